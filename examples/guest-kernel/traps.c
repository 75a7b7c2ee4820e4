/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traps: a table that the hypervisor keeps for each vCPU says where they go.
 * A trap without an entry would end the domain without a word.
 */
#include "kernel.h"

enum { BREAKPOINT = 3, PAGE_FAULT = 14 };

static unsigned int breakpoints;

/* The table is the same in set_trap_table and in a vCPU's context. */
void traps_fill(struct trap_info *table)
{
	unsigned int n;

	for (n = 0; n < TRAPS; n++) {
		table[n].vector = n;
		table[n].flags = n == BREAKPOINT ? 3 : 0;	/* INT 3 may */
		table[n].cs = FLAT_KERNEL_CS;
		table[n].address = (unsigned long)trap_entries[n];
	}
}

static void traps_fatal(const struct frame *f)
{
	if (f->vector == PAGE_FAULT)
		print("page fault at %#lx\n",
		      shared_info->vcpu_info[cpu_id()].arch.cr2);
	panic("trap %lu, error %#lx, at %#lx", f->vector, f->error, f->ip);
}

/* Every entry from the hypervisor comes here, from start.S. */
void traps_enter(struct frame *f)
{
	switch (f->vector) {
	case ENTRY_EVENT:
		events_deliver();
		break;
	case BREAKPOINT:
		breakpoints++;
		break;
	default:
		traps_fatal(f);
	}
}

void traps_init(void)
{
	static struct trap_info table[TRAPS + 1];	/* ends with zeroes */
	struct callback_register failsafe = {
		.type = CALLBACKTYPE_failsafe,
		.flags = CALLBACKF_mask_events,
		.address = arch_callback(failsafe_entry),
	};

	traps_fill(table);
	if (HYPERCALL1(set_trap_table, table))
		panic("the trap table was refused");
	if (HYPERCALL2(callback_op, CALLBACKOP_register, &failsafe))
		panic("the failsafe callback was refused");
	__asm__ volatile("int3");
	if (breakpoints != 1)
		panic("a breakpoint was lost");
}
