/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of this subject. */
#ifndef TESTS_DESCRIPTORS_H
#define TESTS_DESCRIPTORS_H

void check_ldt_use(void);	/* ldt.c */

#endif
