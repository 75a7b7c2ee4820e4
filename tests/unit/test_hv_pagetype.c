/* SPDX-License-Identifier: BSD-2-Clause */
/* Page types, references and page table updates: rules, then random guests. */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/fake_pv.h"
#include "tests/unit/fake_pv_calls.h"

#include "core/memory.h"
#include "lib/errno.h"
#include "mm/hvmap.h"
#include "hypercall/hypercall.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "pv/page_type.h"

/* A tree with one table of each level, and what lies at VA 0. */
struct tree {
	mfn_t l4, l3, l2, l1, data;
};

static struct domain *d1, *d2;

static void setup(void)
{
	fake_seed = 1;
	fake_pv_reset();
	d1 = fake_domains[1];
	d2 = fake_domains[2];
}

static void teardown(void)
{
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_uint_eq(fake_pv_finish(), 0);
}

static struct tree make_tree(struct domain *d)
{
	struct tree t = {
		fake_give(d), fake_give(d), fake_give(d), fake_give(d),
		fake_give(d)
	};

	fake_table(t.l4)[0] = pte_make(t.l3, TABLE);
	fake_table(t.l3)[0] = pte_make(t.l2, TABLE);
	fake_table(t.l2)[0] = pte_make(t.l1, TABLE);
	fake_table(t.l1)[0] = pte_make(t.data, RW_KERNEL);
	return t;
}

/* ---- rules -------------------------------------------------------------------------- */

START_TEST(pin_validates_the_tree)
{
	struct tree t = make_tree(d1);

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_int_eq(type_of(t.l4), FT_L4);
	ck_assert_int_eq(type_of(t.l3), FT_L3);
	ck_assert_int_eq(type_of(t.l2), FT_L2);
	ck_assert_int_eq(type_of(t.l1), FT_L1);
	ck_assert_int_eq(type_of(t.data), FT_WRITABLE);
	/* Our slots are there, the guest's kernel page is marked. */
	ck_assert_uint_ne(fake_table(t.l4)[HV_SLOT_FIRST], 0);
	ck_assert_uint_eq(fake_table(t.l1)[0],
			  pte_make(t.data, RW_KERNEL | PTE_U |
				   PTE_GUEST_KERNEL));
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_UNPIN_TABLE, t.l4.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_UNPIN_TABLE, t.l4.v, SELF), -EINVAL);
	ck_assert_int_eq(type_of(t.l1), FT_NONE);
	ck_assert_int_eq(type_of(t.data), FT_NONE);
	ck_assert_uint_eq(fake_table(t.l4)[HV_SLOT_FIRST], 0);
}
END_TEST

START_TEST(a_table_is_never_writable)
{
	struct tree t = make_tree(d1);

	/* Writable within itself: refused, and nothing is left of it. */
	fake_table(t.l1)[1] = pte_make(t.l2, RW_KERNEL);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), -EINVAL);
	ck_assert_int_eq(type_of(t.data), FT_NONE);
	ck_assert_uint_eq(fake_check(), 0);
	/* Read-only is right. */
	fake_table(t.l1)[1] = pte_make(t.l2, RO_KERNEL);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(update(t.l1, 1, pte_make(t.l1, RW_KERNEL), SELF),
			 -EBUSY);
	ck_assert_int_eq(update(t.l1, 1, pte_make(t.l2, RW_KERNEL), SELF),
			 -EBUSY);
	/* What is writable cannot become a table. */
	ck_assert_int_eq(ext(MMUEXT_PIN_L1_TABLE, t.data.v, SELF), -EINVAL);
	ck_assert_int_eq(update(t.l2, 1, pte_make(t.data, TABLE), SELF),
			 -EINVAL);
}
END_TEST

START_TEST(bits_of_entries)
{
	static const u64 bad_leaf[] = { PTE_PSE, PTE_PWT, PTE_PCD, BIT(62) };
	static const u64 bad_table[] = {
		PTE_PSE, PTE_PWT, PTE_PCD, PTE_G, BIT(62)
	};
	struct tree t = make_tree(d1);

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad_leaf); i++)
		ck_assert_int_eq(update(t.l1, 2, pte_make(t.data, RW_KERNEL |
					bad_leaf[i]), SELF), -EINVAL);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad_table); i++)
		ck_assert_int_eq(update(t.l2, 0, pte_make(t.l1, TABLE |
					bad_table[i]), SELF), -EINVAL);
	/* User pages are global, kernel pages never. */
	ck_assert_int_eq(update(t.l1, 2, pte_make(t.data, RO_KERNEL | PTE_U |
						  PTE_NX), SELF), 0);
	ck_assert_uint_eq(fake_table(t.l1)[2], pte_make(t.data, RO_KERNEL |
			  PTE_U | PTE_NX | PTE_G));
	ck_assert_int_eq(update(t.l1, 2, pte_make(t.data, RO_KERNEL | PTE_G),
				SELF), 0);
	ck_assert_uint_eq(fake_table(t.l1)[2], pte_make(t.data, RO_KERNEL |
			  PTE_U | PTE_GUEST_KERNEL));
	/* Not present: anything goes. */
	ck_assert_int_eq(update(t.l1, 2, 0xdeadbeef00UL & ~1UL, SELF), 0);
	ck_assert_uint_eq(fake_table(t.l1)[2], 0xdeadbeef00UL & ~1UL);
}
END_TEST

START_TEST(our_slots)
{
	struct tree t = make_tree(d1);

	/* Ignored in a table that is not live, refused in one that is. */
	fake_table(t.l4)[HV_SLOT_LAST] = pte_make(t.data, TABLE | PTE_PSE);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_int_eq(update(t.l4, HV_SLOT_FIRST, 0, SELF), -EINVAL);
	ck_assert_int_eq(update(t.l4, HV_SLOT_LAST, 0, SELF), -EINVAL);
	ck_assert_int_eq(update(t.l4, HV_SLOT_LAST + 1, 0, SELF), 0);
}
END_TEST

START_TEST(foreign_frames)
{
	struct tree t = make_tree(d1), own;
	mfn_t other = fake_give(d2);

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_int_eq(update(t.l1, 3, pte_make(other, RW_KERNEL), SELF),
			 -EINVAL);
	ck_assert_int_eq(update(t.l1, 3, pte_make(other, RW_KERNEL), 2),
			 -EPERM);
	fake_run(0);
	own = make_tree(fake_domains[0]);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, own.l4.v, SELF), 0);
	ck_assert_int_eq(update(own.l1, 3, pte_make(other, RW_KERNEL), 2), 0);
	ck_assert_int_eq(type_of(other), FT_WRITABLE);
	ck_assert_int_eq(update(own.l1, 4, pte_make(other, RW_KERNEL), 1),
			 -EINVAL);
	/* A page table of another is foreign, too: read-only. */
	ck_assert_int_eq(update(own.l1, 4, pte_make(t.l1, RW_KERNEL), 1),
			 -EBUSY);
	ck_assert_int_eq(update(own.l1, 4, pte_make(t.l1, RO_KERNEL), 1), 0);
	/* dom0 may pin and change tables of others. */
	ck_assert_int_eq(ext(MMUEXT_UNPIN_TABLE, t.l4.v, 1), 0);
	ck_assert_int_eq(update(t.l1, 5, 0, SELF | 2U << 16), 0);
	ck_assert_int_eq(update(own.l1, 3, 0, SELF), 0);
	ck_assert_int_eq(type_of(other), FT_NONE);
}
END_TEST

START_TEST(devices)
{
	u64 io = FAKE_FRAMES;
	struct tree t = make_tree(d1), own;

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_int_eq(update(t.l1, 3, pte_make(MFN(io + 2), RW_KERNEL),
				SELF), -EPERM);
	fake_run(0);
	own = make_tree(fake_domains[0]);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, own.l4.v, SELF), 0);
	ck_assert_int_eq(update(own.l1, 3, pte_make(MFN(io), RO_KERNEL),
				SELF), -EPERM);
	/* Read-only ones lose the write bit; write-back becomes uncached. */
	ck_assert_int_eq(update(own.l1, 3, pte_make(MFN(io + 1), RW_KERNEL),
				DOMID_IO), 0);
	ck_assert_uint_eq(fake_table(own.l1)[3] & (PTE_RW | PTE_PCD | PTE_PWT),
			  PTE_PCD | PTE_PWT);
	/* Write-combining stays; frames beyond all RAM are devices. */
	ck_assert_int_eq(update(own.l1, 3, pte_make(MFN(0x1000000), RW_KERNEL |
						    PTE_PAT), SELF), 0);
	ck_assert_uint_eq(fake_table(own.l1)[3] & (PTE_PAT | PTE_PCD |
						   PTE_PWT), PTE_PAT);
	ck_assert_int_eq(update(own.l1, 3, pte_make(MFN(1UL << 28), RW_KERNEL),
				SELF), -EINVAL);
	/* RAM is no device. */
	ck_assert_int_eq(update(own.l1, 4, pte_make(own.data, RW_KERNEL),
				DOMID_IO), -EINVAL);
}
END_TEST

START_TEST(update_lists)
{
	struct tree t = make_tree(d1);
	mfn_t plain = fake_give(d1);
	u64 at = t.l1.v << PAGE_SHIFT, pl = plain.v << PAGE_SHIFT;
	struct mmu_update u[] = {
		{ at + 8 * 8, pte_make(t.data, RO_KERNEL) },
		{ pl + 16, 0x1234567 },
		{ pl | MMU_MACHPHYS_UPDATE, 77 },
		{ (at + 8 * 8) | MMU_PT_UPDATE_PRESERVE_AD,
		  pte_make(t.data, PTE_P) },
		{ at + 9 * 8, pte_make(t.data, RO_KERNEL | PTE_PSE) },
		{ at + 9 * 8, 0 },
	};
	u32 done = 99;

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_int_eq(update_list(u, 6, &done, SELF), -EINVAL);
	ck_assert_uint_eq(done, 4);
	ck_assert_uint_eq(fake_table(plain)[2], 0x1234567);
	ck_assert_uint_eq(m2p_get(plain), 77);
	ck_assert_uint_eq(fake_table(t.l1)[8], pte_make(t.data, RO_KERNEL |
			  PTE_U | PTE_GUEST_KERNEL));
	ck_assert_int_eq(update(t.l1, 0, 0, SELF), 0);
	u[0].ptr |= 4;
	ck_assert_int_eq(update_list(u, 1, &done, SELF), -ENOSYS);
	ck_assert_uint_eq(done, 0);
}
END_TEST

START_TEST(base_pointers)
{
	struct tree a = make_tree(d1), b = make_tree(d1);
	struct vcpu *v = d1->vcpus[0];

	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, a.l4.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, a.l4.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_NEW_USER_BASEPTR, a.l4.v, SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, fake_give(d1).v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, a.data.v, SELF), -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, INVALID_MFN.v, SELF), -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, b.l4.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_NEW_USER_BASEPTR, 0, SELF), 0);
	ck_assert_int_eq(type_of(a.l4), FT_NONE);
	ck_assert_int_eq(pv_update_va_mapping(0, pte_make(b.data, RO_KERNEL),
					      UVMF_INVLPG | UVMF_ALL, SELF), 0);
	ck_assert_int_eq(pv_update_va_mapping(1UL << 30, 0, 0, SELF), -EINVAL);
	ck_assert_int_eq(pv_update_va_mapping(M2P_VIRT, 0, 0, SELF), -EINVAL);
	ck_assert_int_eq(pv_mmu_emulated_write(v, MADDR(b.l1.v << PAGE_SHIFT),
					       0, 0), -EAGAIN);
	ck_assert_int_eq(pv_mmu_emulated_write(v, MADDR(b.l2.v << PAGE_SHIFT),
					       fake_table(b.l2)[0], 0),
			 -EINVAL);
	ck_assert_int_eq(pv_mmu_emulated_write(v, MADDR(b.l1.v << PAGE_SHIFT),
					       fake_table(b.l1)[0], 0), 0);
	pv_drop_cr3(v);
	ck_assert_int_eq(pv_set_cr3(v, a.l4, b.l4), 0);
	ck_assert_int_eq(pv_set_cr3(v, b.l4, INVALID_MFN), 0);
	ck_assert_int_eq(type_of(a.l4), FT_NONE);
}
END_TEST

/* A preempted pin that the guest never continues keeps nobody from anything. */
START_TEST(abandoned_validation)
{
	struct tree t = make_tree(d1);
	struct mmuext_op op = { .cmd = MMUEXT_PIN_L4_TABLE,
				.arg1.mfn = t.l4.v };
	mfn_t more = fake_give(d1);

	fake_table(t.l4)[1] = pte_make(more, TABLE);
	fake_preempt_percent = 100;
	ck_assert_int_eq(pv_mmuext_op(GVA(&op), 1, GVA(0), SELF), -ERESTART);
	fake_preempt_percent = 0;
	ck_assert_uint_ne(frame_read(t.l4) & FRAME_PARTIAL, 0);
	ck_assert_uint_eq(fake_check(), 0);
	/* The table itself, as something else. */
	ck_assert_int_eq(update(t.l4, 5, 0, SELF), -EINVAL);
	ck_assert_int_eq(ext(MMUEXT_CLEAR_PAGE, t.l4.v, SELF), 0);
	ck_assert_uint_eq(frame_read(t.l4) & FRAME_PARTIAL, 0);
	ck_assert_int_eq(type_of(t.l3), FT_NONE);
}
END_TEST

START_TEST(descriptor_pages)
{
	mfn_t m = fake_give(d1);

	spin_lock(&d1->pv.mmu_lock);
	ck_assert_int_eq(page_get_type(d1, m, FT_SEGDESC, false), 0);
	d1->vcpus[0]->pv.gdt[0] = m;
	spin_unlock(&d1->pv.mmu_lock);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(ext(MMUEXT_CLEAR_PAGE, m.v, SELF), -EINVAL);
	ck_assert_int_eq(update(m, 0, 0, SELF), -EINVAL);
	spin_lock(&d1->pv.mmu_lock);
	ck_assert_int_eq(page_put_type(d1, m, false), 0);
	d1->vcpus[0]->pv.gdt[0] = INVALID_MFN;
	fake_table(m)[511] = 1UL << 63;
	ck_assert_int_eq(page_get_type(d1, m, FT_SEGDESC, false), -EINVAL);
	spin_unlock(&d1->pv.mmu_lock);
}
END_TEST

/* Stale translations: fake_check() fills the TLBs, and looks at them. */
START_TEST(flush_before_writable_becomes_table)
{
	struct tree t = make_tree(d1);

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(update(t.l1, 0, 0, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_PIN_L1_TABLE, t.data.v, SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
}
END_TEST

START_TEST(flush_after_foreign_mapping)
{
	mfn_t other = fake_give(d2);
	struct tree own = make_tree(fake_domains[0]);

	fake_run(0);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, own.l4.v, SELF), 0);
	ck_assert_int_eq(update(own.l1, 3, pte_make(other, RW_KERNEL), 2), 0);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(update(own.l1, 3, 0, SELF), 0);
	fake_run(2);
	ck_assert_int_eq(ext(MMUEXT_PIN_L1_TABLE, other.v, SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
}
END_TEST

START_TEST(flush_before_table_becomes_writable)
{
	struct tree t = make_tree(d1), own = make_tree(fake_domains[0]);
	mfn_t former[2] = { fake_give(d1), fake_give(d1) };

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	for (unsigned int i = 0; i < 2; i++)
		ck_assert_int_eq(update(t.l2, 1 + i, pte_make(former[i], TABLE),
					SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(update(t.l2, 1, 0, SELF), 0);
	ck_assert_int_eq(update(t.l1, 1, pte_make(former[0], RW_KERNEL),
				SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
	/* The same by another domain, which knows less. */
	ck_assert_int_eq(update(t.l2, 2, 0, SELF), 0);
	fake_run(0);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, own.l4.v, SELF), 0);
	ck_assert_int_eq(update(own.l1, 3, pte_make(former[1], RW_KERNEL), 1),
			 0);
	ck_assert_uint_eq(fake_check(), 0);
}
END_TEST

START_TEST(flush_before_table_of_another_level)
{
	struct tree t = make_tree(d1);
	mfn_t former = fake_give(d1);

	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_int_eq(update(t.l2, 1, pte_make(former, TABLE), SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(update(t.l2, 1, 0, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_PIN_L2_TABLE, former.v, SELF), 0);
	ck_assert_uint_eq(fake_check(), 0);
}
END_TEST

/* ---- random guests ---------------------------------------------------------------------- */

static const unsigned int indices[] = {
	0, 1, 2, 3, 255, 256, 271, 272, 427, 428, 511
};

static unsigned int some_index(void)
{
	return indices[fake_random(ARRAY_SIZE(indices))];
}

static mfn_t any_frame(void)
{
	/* Mostly RAM that belongs to somebody. */
	return MFN(fake_random(fake_random(20) ? 60 : FAKE_FRAMES + 8));
}

static mfn_t own_frame(unsigned int domid)
{
	for (unsigned int tries = 0; tries < 200; tries++) {
		mfn_t m = any_frame();

		if (frame_owner(m) == domid)
			return m;
	}
	return MFN(0);
}

static u64 any_pte(unsigned int domid)
{
	static const u64 flags[] = {
		TABLE, TABLE, RW_KERNEL, RW_KERNEL, RO_KERNEL, RO_KERNEL | PTE_U,
		PTE_P | PTE_U | PTE_NX, RW_KERNEL | PTE_U | PTE_G,
		TABLE | PTE_PSE, RW_KERNEL | PTE_PCD, 0, 0, PTE_RW
	};
	mfn_t m = fake_random(8) ? own_frame(domid) : any_frame();

	return pte_make(m, flags[fake_random(ARRAY_SIZE(flags))]);
}

static u32 any_foreign(void)
{
	u32 low = fake_random(4) ? SELF : fake_random(4);
	u32 high = fake_random(6) ? 0 : fake_random(4) + 1;

	return low == 3 ? DOMID_IO : low | high << 16;
}

static void random_update(unsigned int domid)
{
	struct mmu_update u[3];
	unsigned int n = 1 + fake_random(3);
	u64 a[4];
	u32 done;

	for (unsigned int i = 0; i < n; i++) {
		u[i].ptr = (own_frame(domid).v << PAGE_SHIFT) +
			   some_index() * 8;
		if (!fake_random(5))
			u[i].ptr |= MMU_PT_UPDATE_PRESERVE_AD;
		u[i].val = any_pte(domid);
	}
	memcpy(a, (u64[]){ (u64)u, n, (u64)&done, any_foreign() }, sizeof(a));
	do {
		fake_restarted = false;
		pv_mmu_update(GVA(a[0]), a[1], GVA(a[2]), a[3]);
		memcpy(a, fake_restart_args, sizeof(a));
		/* Some guests do not come back. */
	} while (fake_restarted && fake_random(10));
}

static void random_ext(unsigned int domid)
{
	static const u8 cmds[] = { 0, 1, 2, 3, 3, 3, 4, 4, 4, 5, 5, 15, 6, 16,
				   17 };
	struct mmuext_op op = {
		.cmd = cmds[fake_random(ARRAY_SIZE(cmds))],
		.arg1.mfn = own_frame(domid).v,
	};
	u64 a[4] = { (u64)&op, 1, 0, fake_random(5) ? SELF : fake_random(3) };

	op.arg2.src_mfn = own_frame(domid).v;
	/* The top of a 32-bit guest's tables. */
	if (fake_domains[domid]->pv.is_32bit && op.cmd == MMUEXT_PIN_L4_TABLE)
		op.cmd = MMUEXT_PIN_L3_TABLE;
	do {
		fake_restarted = false;
		pv_mmuext_op(GVA(a[0]), a[1], GVA(a[2]), a[3]);
		memcpy(a, fake_restart_args, sizeof(a));
	} while (fake_restarted && fake_random(10));
}

static void random_memory(struct domain *d)
{
	u64 list[2] = { own_frame(d->id).v, 0 };
	struct xen_memory_reservation {
		u64 list, n;
		u32 order, flags;
		u16 domid;
	} r = { (u64)list, 1, 0, 0, SELF };

	if (fake_random(2) || heap_free_frames() < 40)
		hc_memory_op(1, GVA(&r));
	else if (memory_pages(d) < 20)
		hc_memory_op(6, GVA(&r));
}

static void random_emulated(struct domain *d)
{
	mfn_t m = own_frame(d->id);
	unsigned int i = some_index();

	pv_mmu_emulated_write(d->vcpus[0], MADDR((m.v << PAGE_SHIFT) + i * 8),
			      fake_table(m)[i], any_pte(d->id));
}

/* A guest that may write to a frame writes something nasty there. */
static void random_store(struct domain *d)
{
	mfn_t m = own_frame(d->id);
	u64 w = frame_read(m);

	if (frame_word_owner(w) == d->id && type_of(m) == FT_WRITABLE)
		fake_table(m)[some_index()] = any_pte(d->id);
}

static void random_gdt(struct domain *d)
{
	mfn_t *slot = &d->vcpus[0]->pv.gdt[0], m = own_frame(d->id);

	spin_lock(&d->pv.mmu_lock);
	if (!mfn_eq(*slot, INVALID_MFN)) {
		page_put_type(d, *slot, false);
		*slot = INVALID_MFN;
	} else if (!page_get_type(d, m, FT_SEGDESC, false)) {
		*slot = m;
	}
	spin_unlock(&d->pv.mmu_lock);
}

static void random_step(void)
{
	unsigned int domid = fake_random(5) ? 1 + fake_random(2) : 0;
	struct domain *d = fake_domains[domid];

	fake_run(domid);
	switch (fake_random(16)) {
	case 0: case 1: case 2: case 3: case 4: case 5:
		random_update(domid);
		break;
	case 6: case 7: case 8: case 9:
		random_ext(domid);
		break;
	case 10:
		random_memory(d);
		break;
	case 11:
		random_emulated(d);
		break;
	case 12:
		pv_update_va_mapping((u64)some_index() << 12,
				     any_pte(domid), fake_random(3), SELF);
		break;
	case 13:
		random_gdt(d);
		break;
	default:
		random_store(d);
	}
}

static void start_guest32(struct domain *d)
{
	mfn_t l3 = fake_make_tree32(d).l3;

	ck_assert_int_eq(pv_set_cr3(d->vcpus[0], l3, INVALID_MFN), 0);
	ck_assert_int_eq(pv_set_cr3(d->vcpus[1], l3, INVALID_MFN), 0);
}

static void start_guest(struct domain *d)
{
	struct tree t;

	fake_run(d->id);
	for (unsigned int i = 0; i < 8; i++)
		fake_give(d);
	if (d->pv.is_32bit) {
		start_guest32(d);
		return;
	}
	t = make_tree(d);
	ck_assert_int_eq(ext(MMUEXT_PIN_L4_TABLE, t.l4.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, t.l4.v, SELF), 0);
}

static void end_gdt(struct domain *d)
{
	mfn_t *slot = &d->vcpus[0]->pv.gdt[0];

	if (mfn_eq(*slot, INVALID_MFN))
		return;
	spin_lock(&d->pv.mmu_lock);
	page_put_type(d, *slot, false);
	*slot = INVALID_MFN;
	spin_unlock(&d->pv.mmu_lock);
}

START_TEST(random_guests)
{
	unsigned int left;

	fake_seed = 1000 + _i;
	for (unsigned int i = 0; i < 3; i++) {
		fake_domains[i]->pv.is_32bit = _i % 2 && (_i >> i & 2);
		start_guest(fake_domains[i]);
	}
	fake_preempt_percent = _i % 3 * 20;
	for (unsigned int step = 0; step < 1500; step++) {
		random_step();
		ck_assert_msg(!fake_check(), "seed %d step %u", 1000 + _i,
			      step);
	}
	/* One ends first, while dom0 still maps of it. */
	end_gdt(d1);
	fake_run(0);
	fake_kill(d1);
	ck_assert_uint_eq(fake_check(), 0);
	end_gdt(d2);
	end_gdt(fake_domains[0]);
	left = fake_pv_finish();
	ck_assert_uint_eq(left, 0);
	fake_pv_reset();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_pagetype");
	TCase *c = tcase_create("rules"), *r = tcase_create("random");
	SRunner *run = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, pin_validates_the_tree);
	tcase_add_test(c, a_table_is_never_writable);
	tcase_add_test(c, bits_of_entries);
	tcase_add_test(c, our_slots);
	tcase_add_test(c, foreign_frames);
	tcase_add_test(c, devices);
	tcase_add_test(c, update_lists);
	tcase_add_test(c, base_pointers);
	tcase_add_test(c, abandoned_validation);
	tcase_add_test(c, descriptor_pages);
	tcase_add_test(c, flush_before_writable_becomes_table);
	tcase_add_test(c, flush_after_foreign_mapping);
	tcase_add_test(c, flush_before_table_becomes_writable);
	tcase_add_test(c, flush_before_table_of_another_level);
	tcase_add_checked_fixture(r, setup, teardown);
	tcase_add_loop_test(r, random_guests, 0, 30);
	tcase_set_timeout(r, 120);
	suite_add_tcase(s, c);
	suite_add_tcase(s, r);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed != 0;
}
