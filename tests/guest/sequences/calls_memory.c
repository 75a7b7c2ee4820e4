/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on frames, tables and mappings. */
#include "fuzz.h"

static void set_call(struct call *c, unsigned long nr, u64 a0, u64 a1, u64 a2,
		     u64 a3)
{
	c->nr = nr;
	c->a[0] = a0;
	c->a[1] = a1;
	c->a[2] = a2;
	c->a[3] = a3;
}

/* ---- entries ---------------------------------------------------------------------- */

static void update_entries(struct fuzzer *f, struct call *c)
{
	struct mmu_update *u = c->arg;
	unsigned int n = 1 + below(f, 8), i;
	u32 foreign = one_in(f, 6) ? any_domid(f) : DOMID_SELF;

	for (i = 0; i < n; i++) {
		u[i].ptr = any_entry_maddr(f) | (one_in(f, 8) ? below(f, 8)
							      : 0);
		u[i].val = any_pte(f);
	}
	if (one_in(f, 16))
		foreign |= (any_domid(f) + 1) << 16;
	set_call(c, __HYPERVISOR_mmu_update, addr_of(u), n,
		 one_in(f, 2) ? addr_of(&u[20]) : 0, foreign);
}

/* Upper tables that name lower ones, most of them well-formed. */
static void link_tables(struct fuzzer *f, struct call *c)
{
	struct mmu_update *u = c->arg;

	u->ptr = any_table_mfn(f) << 12 | below(f, 16) << 3;
	u->val = one_in(f, 3) ? 0 : any_table_mfn(f) << 12 | 0x67;
	set_call(c, __HYPERVISOR_mmu_update, addr_of(u), 1, 0, DOMID_SELF);
}

static void set_mapping(struct fuzzer *f, struct call *c, unsigned long va,
			u64 pte)
{
	unsigned long flags = one_in(f, 4) ? below(f, 8) : UVMF_INVLPG;
	bool other = one_in(f, 6);

	set_call(c, other ? __HYPERVISOR_update_va_mapping_otherdomain :
		 __HYPERVISOR_update_va_mapping, va, pte, flags,
		 any_domid(f));
	if (!IS_32BIT)
		return;
	c->a[2] = pte >> 32;
	c->a[3] = flags;
	c->a[4] = any_domid(f);
}

static void map_window(struct fuzzer *f, struct call *c)
{
	set_mapping(f, c, one_in(f, 16) ? any_pointer(f) : any_window(f),
		    one_in(f, 4) ? 0 : any_pte(f));
}

/* A page becomes read-only or writable where it belongs: before, after a pin. */
static void protect_page(struct fuzzer *f, struct call *c)
{
	unsigned long va = any_page(f);
	u64 mfn = mfn_of((void *)va);

	set_mapping(f, c, va, one_in(f, 2) ? PTE_RO(mfn) : PTE_RW(mfn));
}

/* ---- mmuext_op ------------------------------------------------------------------------ */

static void one_op(struct fuzzer *f, struct mmuext_op *op)
{
	static const u8 cmds[] = {
		0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4,
		6, 7, 8, 9, 10, 11, 12, 13, 15, 15, 16, 17, 18, 14, 19,
	};

	op->cmd = cmds[below(f, sizeof(cmds))];
	op->arg1.mfn = any_table_mfn(f);
	switch (op->cmd) {
	case MMUEXT_INVLPG_LOCAL:
	case MMUEXT_INVLPG_ALL:
	case MMUEXT_INVLPG_MULTI:
		op->arg1.linear_addr = any_pointer(f);
		break;
	case MMUEXT_SET_LDT:
		op->arg1.linear_addr = any_page(f);
		op->arg2.nr_ents = one_in(f, 4) ? 0 : any_number(f);
		return;
	case MMUEXT_CLEAR_PAGE:
	case MMUEXT_COPY_PAGE:
		op->arg1.mfn = any_mfn(f);
		op->arg2.src_mfn = any_mfn(f);
		return;
	case MMUEXT_NEW_USER_BASEPTR:
		if (one_in(f, 2))
			op->arg1.mfn = 0;
		break;
	}
	if (one_in(f, 10))
		op->arg1.mfn = any_mfn(f);
	op->arg2.src_mfn = any_pointer(f);
}

static void extended(struct fuzzer *f, struct call *c)
{
	struct mmuext_op *op = c->arg;
	unsigned int n = 1 + below(f, 4), i;

	for (i = 0; i < n; i++)
		one_op(f, &op[i]);
	set_call(c, __HYPERVISOR_mmuext_op, addr_of(op), n,
		 one_in(f, 2) ? addr_of(&op[16]) : 0,
		 one_in(f, 12) ? any_domid(f) : DOMID_SELF);
}

/* The tables in use, pinned and let go, loaded again: as a kernel does. */
static void extended_live(struct fuzzer *f, struct call *c)
{
	struct mmuext_op *op = c->arg;

	op->cmd = one_in(f, 2) ? MMUEXT_NEW_BASEPTR :
		  one_in(f, 2) ? MMUEXT_UNPIN_TABLE :
		  MMUEXT_PIN_L1_TABLE + PT_LEVELS - 1;
	op->arg1.mfn = mfn_of((void *)start_info->pt_base);
	set_call(c, __HYPERVISOR_mmuext_op, addr_of(op), 1, 0, DOMID_SELF);
}

/* ---- memory_op --------------------------------------------------------------------------- */

static void reservation(struct fuzzer *f, struct call *c)
{
	struct xen_memory_reservation *r = c->arg;
	xen_pfn_t *list = (xen_pfn_t *)((char *)c->arg + 256);
	static const u8 cmds[] = {
		XENMEM_increase_reservation, XENMEM_decrease_reservation,
		XENMEM_decrease_reservation, XENMEM_populate_physmap,
		XENMEM_populate_physmap,
	};
	unsigned int i;

	for (i = 0; i < 8; i++)
		list[i] = any_mfn(f);
	set_xen_guest_handle(r->extent_start, list);
	r->nr_extents = one_in(f, 16) ? any_number(f) & 0xffff : below(f, 8);
	r->extent_order = one_in(f, 8) ? any_number(f) : 0;
	r->mem_flags = one_in(f, 8) ? any_number(f) : 0;
	r->domid = one_in(f, 8) ? any_domid(f) : DOMID_SELF;
	set_call(c, __HYPERVISOR_memory_op, cmds[below(f, sizeof(cmds))],
		 addr_of(r), 0, 0);
}

static void exchange(struct fuzzer *f, struct call *c)
{
	struct xen_memory_exchange *x = c->arg;
	xen_pfn_t *list = (xen_pfn_t *)((char *)c->arg + 256);
	unsigned int i, order = below(f, 4);

	for (i = 0; i < 16; i++)
		list[i] = any_mfn(f);
	x->in.nr_extents = 1U << order;
	x->out.nr_extents = 1;
	x->out.extent_order = one_in(f, 8) ? any_number(f) : order;
	x->in.domid = x->out.domid = one_in(f, 16) ? any_domid(f)
						   : DOMID_SELF;
	set_xen_guest_handle(x->in.extent_start, list);
	set_xen_guest_handle(x->out.extent_start, list + 8);
	x->out.mem_flags = one_in(f, 4) ? any_number(f) : 0;
	set_call(c, __HYPERVISOR_memory_op, XENMEM_exchange, addr_of(x), 0, 0);
}

static void memory_other(struct fuzzer *f, struct call *c)
{
	u64 *words = c->arg;
	unsigned int i;

	for (i = 0; i < 8; i++)
		words[i] = one_in(f, 3) ? any_pointer(f) : any_number(f);
	set_call(c, __HYPERVISOR_memory_op, below(f, 40) |
		 (one_in(f, 8) ? any_number(f) << 6 : 0), addr_of(words), 0,
		 0);
}

const struct weighted calls_memory[] = {
	{ 20, update_entries }, { 15, link_tables }, { 20, map_window },
	{ 20, protect_page }, { 20, extended }, { 3, extended_live },
	{ 6, reservation }, { 3, exchange }, { 3, memory_other }, { 0, 0 },
};
