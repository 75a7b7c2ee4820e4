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

/* ---- User mode: tables of its own, without the kernel ---------------------- */

static u64 *user_l4;

static void set_entry(u64 *entry, u64 value)
{
	struct mmu_update u = { .ptr = maddr_of(entry), .val = value };

	CHECK_EQ(HC4(mmu_update, &u, 1, 0, DOMID_SELF), 0);
}

static u64 *new_table(void)
{
	u64 *t = alloc_page();

	CHECK_EQ(map_page((unsigned long)t, PTE_RO(mfn_of(t)), UVMF_INVLPG), 0);
	return t;
}

/* The entry for @va of user mode's own tables, which grow as they must. */
static u64 *user_entry(unsigned long va)
{
	u64 *t = user_l4;
	unsigned int shift;

	for (shift = 39; shift > 12; shift -= 9) {
		u64 *e = &t[va >> shift & 511];

		if (!(*e & 1))
			set_entry(e, mfn_of(new_table()) << 12 | 0x67);
		t = (u64 *)(mfn_to_pfn(PTE_FRAME(*e)) * PAGE_SIZE);
	}
	return &t[va >> 12 & 511];
}

/*
 * Of pages that the loader mapped with the user bit, translations would outlive
 * the change of tables.  As with real kernels, the kernel's have none.
 */
static void hide_kernel(unsigned long start, unsigned long end)
{
	static struct mmu_update list[512];
	unsigned int n = 0;
	unsigned long va;

	for (va = start; va < end; va += PAGE_SIZE) {
		u64 *e = l1_entry(va);

		if ((*e & 5) == 5)
			list[n++] = (struct mmu_update){
				.ptr = maddr_of(e), .val = *e & ~(4ULL | 0x100)
			};
		if (n == ARRAY_SIZE(list) || (n && va + PAGE_SIZE >= end)) {
			CHECK_EQ(HC4(mmu_update, list, n, 0, DOMID_SELF), 0);
			n = 0;
		}
	}
}

void start_user(void)
{
	struct mmuext_op ops[2] = { { .cmd = MMUEXT_NEW_USER_BASEPTR },
				    { .cmd = MMUEXT_TLB_FLUSH_ALL } };
	unsigned long va;

	user_l4 = new_table();
	ops[0].arg1.mfn = mfn_of(user_l4);
	CHECK_EQ(HC4(mmuext_op, ops, 1, 0, DOMID_SELF), 0);
	for (va = (unsigned long)user_start; va < (unsigned long)user_end;
	     va += PAGE_SIZE)
		make_user(va, PTE_RW(mfn_of((void *)va)));
	hide_kernel((unsigned long)image_start, (unsigned long)user_start);
	hide_kernel((unsigned long)user_end, (unsigned long)image_end);
	CHECK_EQ(HC4(mmuext_op, ops + 1, 1, 0, DOMID_SELF), 0);
	CHECK_EQ(HC2(stack_switch, KERNEL_DS, trap_stack_end), 0);
}

void make_user(unsigned long va, u64 pte)
{
	CHECK_EQ(map_page(va, pte | 4, UVMF_TLB_FLUSH), 0);
	set_entry(user_entry(va), pte | 4);
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
