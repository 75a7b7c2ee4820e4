/* SPDX-License-Identifier: BSD-2-Clause */
/* What a new store contains. */
#ifndef XENSTORED_INITIAL_H
#define XENSTORED_INITIAL_H

void initial_nodes(void);

#endif
