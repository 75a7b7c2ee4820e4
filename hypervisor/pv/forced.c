/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forced emulation: the sequence ud2; "xen"; CPUID asks for the processor
 * identification that is meant for paravirtual guests.
 */
#include "core/guest_copy.h"
#include "pv/internal.h"
#include "pv/segment.h"

/* 0f 0b 'x' 'e' 'n' 0f a2, as a word. */
#define SEQUENCE	0xa20f6e65780b0fUL
#define SEQUENCE_SIZE	7

/* The eighth byte may be on a page that is not there. */
static u64 code_bytes(gva_t at)
{
	u64 bytes = 0;

	if (guest_read(&bytes, at) &&
	    copy_from_guest(&bytes, at, SEQUENCE_SIZE))
		return 0;
	return bytes & ((1UL << 8 * SEQUENCE_SIZE) - 1);
}

bool pv_emulate_forced(struct regs *r)
{
	struct cpuid c __uninitialized;

	if (code_bytes(pv_code_gva(current, r)) != SEQUENCE)
		return false;
	perf_count_by(r, emulated_cpuid);
	cpuid_guest(current, r->rax, r->rcx, &c);
	r->rax = c.a;
	r->rbx = c.b;
	r->rcx = c.c;
	r->rdx = c.d;
	r->rip += SEQUENCE_SIZE;
	return true;
}
