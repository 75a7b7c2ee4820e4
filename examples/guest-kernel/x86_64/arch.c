/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls whose arguments differ by word size: 64-bit. */
#include "kernel.h"

int arch_map(unsigned long va, u64 pte)
{
	return HYPERCALL3(update_va_mapping, va, pte,
			  UVMF_INVLPG | UVMF_ALL);
}

xen_callback_t arch_callback(void (*entry)(void))
{
	return (xen_callback_t)entry;
}

void arch_context(struct vcpu_guest_context *c, void (*entry)(void),
		  unsigned long stack)
{
	/* The stack is as after a call: 8 below a multiple of 16. */
	c->user_regs.rip = (unsigned long)entry;
	c->user_regs.rsp = stack - 16;
	c->user_regs.cs = FLAT_KERNEL_CS;
	c->user_regs.ss = FLAT_KERNEL_SS;
	c->event_callback_eip = (unsigned long)event_entry;
	c->failsafe_callback_eip = (unsigned long)failsafe_entry;
	c->ctrlreg[3] = (u64)virt_to_mfn((void *)start_info->pt_base) << 12;
}
