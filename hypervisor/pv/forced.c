/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forced emulation: the sequence ud2; "xen"; CPUID asks for the processor
 * identification that is meant for paravirtual guests.
 */
#include "core/guest_copy.h"
#include "lib/string.h"
#include "pv/internal.h"
#include "pv/segment.h"

static const u8 sequence[] = { 0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2 };

bool pv_emulate_forced(struct regs *r)
{
	u8 bytes[sizeof(sequence)];
	struct cpuid c;

	if (copy_from_guest(bytes, pv_code_gva(current, r), sizeof(bytes)) ||
	    memcmp(bytes, sequence, sizeof(bytes)))
		return false;
	cpuid_guest(current, r->rax, r->rcx, &c);
	r->rax = c.a;
	r->rbx = c.b;
	r->rcx = c.c;
	r->rdx = c.d;
	r->rip += sizeof(bytes);
	return true;
}
