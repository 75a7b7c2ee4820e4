/* SPDX-License-Identifier: BSD-2-Clause */
/* What only the 32-bit test kernels do, in the library. */
#include "internal.h"

const char magic[] = "xen-3.0-x86_32p";

/* The compiler calls these for divisions of 64 bits. */
u64 __udivdi3(u64 n, u64 d);
u64 __umoddi3(u64 n, u64 d);

static u64 divide(u64 n, u64 d, u64 *rem)
{
	u64 q = 0, r = 0;
	int i;

	for (i = 63; i >= 0; i--) {
		r = r << 1 | (n >> i & 1);
		if (r >= d) {
			r -= d;
			q |= 1ULL << i;
		}
	}
	*rem = r;
	return q;
}

u64 __udivdi3(u64 n, u64 d)
{
	u64 rem;

	return divide(n, d, &rem);
}

u64 __umoddi3(u64 n, u64 d)
{
	u64 rem;

	divide(n, d, &rem);
	return rem;
}

long update_va_mapping(unsigned long va, u64 pte, unsigned long flags)
{
	return HC4(update_va_mapping, va, pte, pte >> 32, flags);
}

long update_va_mapping_of(unsigned long va, u64 pte, unsigned long flags,
			  unsigned int owner)
{
	return HC5(update_va_mapping_otherdomain, va, pte, pte >> 32, flags,
		   owner);
}

long update_descriptor(u64 maddr, u64 descriptor)
{
	return HC4(update_descriptor, maddr, maddr >> 32, descriptor,
		   descriptor >> 32);
}

long set_timer(u64 ns)
{
	return HC2(set_timer_op, ns, ns >> 32);
}

long set_callbacks(unsigned long event, unsigned long failsafe,
		   unsigned long syscall)
{
	(void)syscall;
	return HC4(set_callbacks, KERNEL_CS, event, KERNEL_CS, failsafe);
}

/* What could not be loaded must not be loaded again. */
void leave_bad_segments(struct frame *f)
{
	f->ds = f->es = KERNEL_DS;
	f->fs = f->gs = 0;
}

/* One set of tables for both: the user bit, at every level, makes the difference. */
void make_user(unsigned long va, u64 pte)
{
	u64 *l2 = table_entry(2, va);
	struct mmu_update u = { .ptr = maddr_of(l2), .val = *l2 | 4 };

	if (!(*l2 & 4))
		CHECK_EQ(HC4(mmu_update, &u, 1, 0, DOMID_SELF), 0);
	CHECK_EQ(map_page(va, pte | 4, UVMF_TLB_FLUSH), 0);
}

void start_user(void)
{
	unsigned long va;

	for (va = (unsigned long)user_start; va < (unsigned long)user_end;
	     va += PAGE_SIZE)
		make_user(va, PTE_RW(mfn_of((void *)va)));
	CHECK_EQ(HC2(stack_switch, KERNEL_DS, trap_stack_end), 0);
}

void set_context(struct vcpu_guest_context *c, void (*fn)(void), void *stack)
{
	c->user_regs.eip = (unsigned long)fn;
	/* As if called: the compiler counts on it. */
	c->user_regs.esp = ((unsigned long)stack & -16UL) - 4;
	c->user_regs.cs = KERNEL_CS;
	c->user_regs.ss = c->user_regs.ds = c->user_regs.es = KERNEL_DS;
	c->user_regs.eflags = 0x200;
	c->event_callback_cs = c->failsafe_callback_cs = KERNEL_CS;
	c->event_callback_eip = (unsigned long)event_entry;
	c->failsafe_callback_eip = (unsigned long)failsafe_entry;
}
