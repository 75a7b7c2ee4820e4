/* SPDX-License-Identifier: BSD-2-Clause */
/* How a 64-bit kernel returns by a list of calls. */
#include "multicall.h"

void return_by_list(struct frame *f, struct multicall_entry *list,
		    unsigned long n, unsigned long ax)
{
	struct iret_context c = {
		.rax = ax, .r11 = f->r11, .rcx = f->rcx, .rip = f->rip + 2,
		.cs = f->cs, .rflags = f->rflags, .rsp = f->rsp, .ss = f->ss,
	};

	__asm__ volatile("mov %[frame], %%rsp\n\tsyscall\n\tud2"
			 :: [frame] "b"(&c), "a"(__HYPERVISOR_multicall),
			    "D"(list), "S"(n) : "memory");
	__builtin_unreachable();
}

unsigned long trap_for_ax(void)
{
	unsigned long ax = 0;

	__asm__ volatile("push %%rbp\n\tud2\n\tpop %%rbp" : "+a"(ax)
			 :: "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9",
			    "r10", "r11", "r12", "r13", "r14", "r15", "memory",
			    "cc");
	return ax;
}
