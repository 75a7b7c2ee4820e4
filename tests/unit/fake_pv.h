/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small model machine for the PV memory management: real frame table, page
 * types, grants and locks over a little RAM; heap, TLBs and guests are ours.
 *
 * The TLBs of the model keep, for each CPU, what a stale entry could still do:
 * write to a frame, or walk a frame as a table.  fake_check() compares that, and
 * all reference counts, with the tables as they are.
 */
#ifndef TESTS_UNIT_FAKE_PV_H
#define TESTS_UNIT_FAKE_PV_H

#include "core/domain.h"

#define FAKE_FRAMES	192		/* of RAM */
#define FAKE_IO_FRAMES	8		/* above it, below frame_count */
#define FAKE_CPUS	3		/* CPU n runs domain n's vCPU 0 */

extern struct domain *fake_domains[FAKE_CPUS];
extern unsigned int fake_preempt_percent;
extern u64 fake_flushes;		/* of any CPU */
extern u64 fake_restart_args[4];
extern bool fake_restarted;

/* CPU n and domain n (0 is privileged), each with 2 vCPUs; nothing owned. */
void fake_pv_reset(void);
/* Run the end of all domains; the number of frames that did not come back. */
unsigned int fake_pv_finish(void);
void fake_kill(struct domain *d);
/* As which domain the calls are made. */
void fake_run(unsigned int domain);
/* A frame for a domain, zeroed. */
mfn_t fake_give(struct domain *d);
u64 *fake_table(mfn_t m);

/* Let CPUs fill their TLBs, then check everything: number of faults, logged. */
unsigned int fake_check(void);
u32 fake_random(u32 below);
extern u64 fake_seed;

#endif
