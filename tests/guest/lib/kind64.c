/* SPDX-License-Identifier: BSD-2-Clause */
/* What only the 64-bit test kernels do, in the library. */
#include "internal.h"

const char magic[] = "xen-3.0-x86_64";

long update_va_mapping(unsigned long va, u64 pte, unsigned long flags)
{
	return HC3(update_va_mapping, va, pte, flags);
}

long update_va_mapping_of(unsigned long va, u64 pte, unsigned long flags,
			  unsigned int owner)
{
	return HC4(update_va_mapping_otherdomain, va, pte, flags, owner);
}

long update_descriptor(u64 maddr, u64 descriptor)
{
	return HC2(update_descriptor, maddr, descriptor);
}

long set_timer(u64 ns)
{
	return HC1(set_timer_op, ns);
}

long set_callbacks(unsigned long event, unsigned long failsafe,
		   unsigned long syscall)
{
	return HC3(set_callbacks, event, failsafe, syscall);
}

/* The processor has loaded null selectors already. */
void leave_bad_segments(struct frame *f)
{
	(void)f;
}

/* User mode has the kernel's tables: all pages have the user bit anyway. */
void start_user(void)
{
	struct mmuext_op op = { .cmd = MMUEXT_NEW_USER_BASEPTR };

	op.arg1.mfn = mfn_of((void *)start_info->pt_base);
	CHECK_EQ(HC4(mmuext_op, &op, 1, 0, DOMID_SELF), 0);
	CHECK_EQ(HC2(stack_switch, KERNEL_DS, trap_stack_end), 0);
}

void set_context(struct vcpu_guest_context *c, void (*fn)(void), void *stack)
{
	c->user_regs.rip = (unsigned long)fn;
	/* As if called: the compiler counts on it. */
	c->user_regs.rsp = ((unsigned long)stack & -16UL) - 8;
	c->user_regs.cs = KERNEL_CS;
	c->user_regs.ss = KERNEL_DS;
	c->user_regs.rflags = 0x200;
	c->event_callback_eip = (unsigned long)event_entry;
	c->failsafe_callback_eip = (unsigned long)failsafe_entry;
	c->syscall_callback_eip = (unsigned long)syscall_entry;
}
