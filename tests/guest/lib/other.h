/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second domain whose word size is not this kernel's: 32-bit beside a 64-bit
 * kernel, 64-bit beside a 32-bit one.  What is told of it has its layout.
 */
#ifndef TESTS_GUEST_OTHER_H
#define TESTS_GUEST_OTHER_H

#include "peer.h"

#define OTHER_FRAMES	16
#define OTHER_CODE	0x200000UL	/* frame 0; 7 and 8 follow, writable */
#define OTHER_STACK	0x203000UL	/* grows down into frame 8 */
#define OTHER_CONTEXT_MAX (5168 + 64)

extern const struct other_kind {
	unsigned int bits, size;	/* size of a vcpu_guest_context */
	u16 cs, ss;
	unsigned int flags, ax, ip, cs_at, eflags, sp, ss_at, es, ds, cr3;
} other;

/* False: not possible here; says so. */
bool other_create(struct peer *p);
/* Runs code of at most a page; the frame of its top-level page table. */
u64 other_start(struct peer *p, const void *code, size_t size);
/* Its context now; words of it by their offset in struct other_kind. */
long other_context_get(const struct peer *p);
extern unsigned char other_context[OTHER_CONTEXT_MAX];
u32 other_get(unsigned int offset);
u32 other_cr3(u64 mfn);		/* a frame's number in that field */

#endif
