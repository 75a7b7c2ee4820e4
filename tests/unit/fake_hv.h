/* SPDX-License-Identifier: BSD-2-Clause */
/* The rest of the hypervisor, as far as core/ needs it on the host. */
#ifndef TESTS_UNIT_FAKE_HV_H
#define TESTS_UNIT_FAKE_HV_H

#include "core/domain.h"
#include "x86/time.h"

#define FAKE_CPUS	8

extern u64 fake_time;			/* what time_now() says */
extern u64 fake_armed[FAKE_CPUS];	/* by time_arm(), 0: nothing */
extern unsigned int fake_kicks[FAKE_CPUS];	/* interrupts sent */
extern unsigned int fake_heap_used;	/* objects that are allocated */
extern int fake_heap_fail_in;		/* fail the n-th allocation, -1: never */
extern int fake_frames_held;		/* writable references taken */

/* hypercall_preempt() says yes at the n-th question from now, 0: never. */
extern unsigned int fake_preempt_in;
extern u64 fake_restart[4];		/* what a call asked to be made again with */

/* What a CPU does that waits for another one; NULL: nothing. */
extern void (*fake_poll_hook)(void);

/* Forget everything; @cpus CPUs are online. */
void fake_hv_reset(unsigned int cpus);
/* A page of guest memory: its "machine frame" leads back to it. */
void *fake_page(mfn_t *m);
/* A frame number that frame_get_writable() refuses. */
#define FAKE_BAD_FRAME	0x1234UL

#endif
