/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper of xenstored: a process of its own, because hospesd blocks while
 * the store does not answer.  It never touches the store.
 */
#ifndef HOSPESD_KEEPER_H
#define HOSPESD_KEEPER_H

struct hospesd;
struct options;

/* In hospesd: starts the keeper and keeps it. */
int keeper_start(struct hospesd *m);
/* The keeper itself; does not return unless it cannot begin. */
int keeper_main(const struct options *opt);

#endif
