/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, page tables, descriptors, lists of calls. */
#define __XEN_TOOLS__ 1
#include "faults.h"

static void fill_update(void *arg)
{
	static void *page;
	struct mmu_update *u = arg;

	if (!page)
		page = alloc_page();
	u->ptr = l1_entry_maddr(addr_of(page));
	u->val = PTE_RW(mfn_of(page));
}

static void fill_flush(void *arg)
{
	((struct mmuext_op *)arg)->cmd = MMUEXT_TLB_FLUSH_LOCAL;
}

static void fill_call(void *arg)
{
	((struct multicall_entry *)arg)->op = __HYPERVISOR_xen_version;
}

static void fill_self(void *arg)
{
	*(domid_t *)arg = DOMID_SELF;
}

static void fill_resource(void *arg)
{
	struct xen_mem_acquire_resource *r = arg;

	r->domid = DOMID_SELF;
	r->type = XENMEM_resource_grant_table;
}

static void fill_exchange(void *arg)
{
	struct xen_memory_exchange *x = arg;

	x->in.domid = DOMID_SELF;
	x->out.domid = DOMID_SELF;
}

/* These say how many extents were done: none, with or without a fault. */
#define EXTENTS(cmd) \
	{ "memory_op " #cmd, __HYPERVISOR_memory_op, 2, NEVER, cmd, 0, \
	  sizeof(struct xen_memory_reservation), 0, 0 }

const struct row memory_rows[] = {
	ROW1(set_trap_table, 0, struct trap_info, 0, 0),
	ROW1(mmu_update, 1, struct mmu_update, fill_update, 0),
	ROW1(mmuext_op, 1, struct mmuext_op, fill_flush, 0),
	ROW1(multicall, 1, struct multicall_entry, fill_call, OUT),
	ROW1(set_gdt, 512, unsigned long, 0, 0),
	EXTENTS(XENMEM_increase_reservation),
	EXTENTS(XENMEM_decrease_reservation),
	EXTENTS(XENMEM_populate_physmap),
	ROW2(memory_op, XENMEM_exchange, struct xen_memory_exchange,
	     fill_exchange, OUT),
	ROW2(memory_op, XENMEM_current_reservation, domid_t, fill_self, 0),
	ROW2(memory_op, XENMEM_maximum_reservation, domid_t, fill_self, 0),
	ROW2(memory_op, XENMEM_maximum_gpfn, domid_t, fill_self, 0),
	ROW2(memory_op, XENMEM_machphys_mapping, struct xen_machphys_mapping,
	     0, OUT),
	ROW2(memory_op, XENMEM_memory_map, struct xen_memory_map, 0, 0),
	ROW2(memory_op, XENMEM_set_memory_map, struct xen_foreign_memory_map,
	     0, NEVER),
	ROW2(memory_op, XENMEM_machine_memory_map, struct xen_memory_map, 0,
	     DOM0_ONLY),
	ROW2(memory_op, XENMEM_claim_pages, struct xen_memory_reservation,
	     fill_self, DOM0_ONLY | NEVER),
	ROW2(memory_op, XENMEM_acquire_resource,
	     struct xen_mem_acquire_resource, fill_resource,
	     DOM0_ONLY | OUT),
};
const unsigned int memory_row_count = ARRAY_SIZE(memory_rows);
