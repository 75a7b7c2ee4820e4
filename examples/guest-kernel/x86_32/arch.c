/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls whose arguments differ by word size: 32-bit. */
#include "kernel.h"

/* A page table entry has 64 bits: two arguments. */
int arch_map(unsigned long va, u64 pte)
{
	return HYPERCALL4(update_va_mapping, va, (u32)pte, (u32)(pte >> 32),
			  UVMF_INVLPG | UVMF_ALL);
}

xen_callback_t arch_callback(void (*entry)(void))
{
	return (xen_callback_t){ FLAT_KERNEL_CS, (unsigned long)entry };
}

void arch_context(struct vcpu_guest_context *c, void (*entry)(void),
		  unsigned long stack)
{
	c->user_regs.eip = (unsigned long)entry;
	c->user_regs.esp = stack - 16;
	c->user_regs.cs = FLAT_KERNEL_CS;
	c->user_regs.ss = FLAT_KERNEL_SS;
	c->user_regs.ds = FLAT_KERNEL_DS;
	c->user_regs.es = FLAT_KERNEL_DS;
	c->event_callback_cs = FLAT_KERNEL_CS;
	c->event_callback_eip = (unsigned long)event_entry;
	c->failsafe_callback_cs = FLAT_KERNEL_CS;
	c->failsafe_callback_eip = (unsigned long)failsafe_entry;
	/* Frame numbers of more than 20 bits: CR3 holds them rotated. */
	c->ctrlreg[3] = xen_pfn_to_cr3(
		virt_to_mfn((void *)start_info->pt_base));
}
