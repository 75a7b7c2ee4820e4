/* SPDX-License-Identifier: BSD-2-Clause */
/* How a 32-bit kernel returns by a list of calls. */
#include "multicall.h"

struct words {
	u32 ax, ip, cs, flags, sp, ss;
};

void return_by_list(struct frame *f, struct multicall_entry *list,
		    unsigned long n, unsigned long ax)
{
	struct words c = {
		.ax = ax, .ip = f->ip + 2, .cs = f->cs, .flags = f->flags,
		.sp = f->sp, .ss = f->ss,
	};
	void *at = &c;

	/* Within ring 1 the frame ends where the old stack does. */
	if (!(f->cs & 2)) {
		at = (void *)(f->sp - 16);
		memcpy(at, &c, 16);
	}
	__asm__ volatile("mov %[frame], %%esp\n\tint $0x82\n\tud2"
			 :: [frame] "d"(at), "a"(__HYPERVISOR_multicall),
			    "b"(list), "c"(n) : "memory");
	__builtin_unreachable();
}

unsigned long trap_for_ax(void)
{
	unsigned long ax = 0;

	__asm__ volatile("push %%ebp\n\tud2\n\tpop %%ebp" : "+a"(ax)
			 :: "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
	return ax;
}
