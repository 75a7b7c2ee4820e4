/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, page tables and grants of others, and the machine's own. */
#define __XEN_TOOLS__ 1
#include "privilege.h"

/* ---- memory_op ------------------------------------------------------------------ */

/* What memory_op has beside the operations below; the rest is unknown. */
static bool is_known(unsigned int cmd)
{
	static const u8 known[] = {
		XENMEM_increase_reservation, XENMEM_decrease_reservation,
		XENMEM_populate_physmap, XENMEM_exchange,
		XENMEM_maximum_ram_page, XENMEM_current_reservation,
		XENMEM_maximum_reservation, XENMEM_maximum_gpfn,
		XENMEM_machphys_mapping, XENMEM_memory_map,
		XENMEM_machine_memory_map, XENMEM_set_memory_map,
		XENMEM_claim_pages, XENMEM_acquire_resource,
		XENMEM_get_vnumainfo,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i] == cmd)
			return true;
	return false;
}

/* Extents say how many were done: none. */
static void check_reservation(unsigned int dom)
{
	static const u8 ops[] = {
		XENMEM_increase_reservation, XENMEM_decrease_reservation,
		XENMEM_populate_physmap,
	};
	xen_pfn_t list[1];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		struct xen_memory_reservation r = { .nr_extents = 1,
						    .domid = dom };

		list[0] = ops[i] == XENMEM_decrease_reservation ?
			  (xen_pfn_t)mfn_of(&r) : 3000;
		set_xen_guest_handle(r.extent_start, list);
		expect("extents of others", CALL2(memory_op, ops[i], &r), 0);
	}
}

static long exchange(unsigned int in_dom, unsigned int out_dom)
{
	xen_pfn_t in[1] = { mfn_of(alloc_page()) }, out[1] = { 3000 };
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 1, .domid = in_dom },
		.out = { .nr_extents = 1, .domid = out_dom },
	};

	set_xen_guest_handle(x.in.extent_start, in);
	set_xen_guest_handle(x.out.extent_start, out);
	return CALL2(memory_op, XENMEM_exchange, &x);
}

static void check_questions(unsigned int dom, long want)
{
	struct xen_foreign_memory_map map = { .domid = dom };
	struct xen_memory_domain d = { .domid = dom };

	expect("current_reservation",
	       CALL2(memory_op, XENMEM_current_reservation, &d), want);
	expect("maximum_reservation",
	       CALL2(memory_op, XENMEM_maximum_reservation, &d), want);
	expect("maximum_gpfn", CALL2(memory_op, XENMEM_maximum_gpfn, &d), want);
	expect("set_memory_map", CALL2(memory_op, XENMEM_set_memory_map, &map),
	       want);
	expect("exchange", exchange(dom, dom), want);
}

static void check_machine(void)
{
	static u8 entries[128 * 20];
	struct xen_memory_map m = { .nr_entries = 128 };
	struct xen_memory_reservation r = { .nr_extents = 1,
					    .domid = DOMID_SELF };
	struct xen_mem_acquire_resource a = { 0 };
	xen_pfn_t frame = 0x5a5a;
	unsigned int i;

	set_xen_guest_handle(m.buffer, entries);
	expect("machine_memory_map",
	       CALL2(memory_op, XENMEM_machine_memory_map, &m), -XEN_EPERM);
	expect("claim_pages", CALL2(memory_op, XENMEM_claim_pages, &r),
	       -XEN_EPERM);
	for (i = 0; i < OTHERS + 1; i++) {
		a.domid = i < OTHERS ? others[i] : DOMID_SELF;
		a.type = XENMEM_resource_grant_table;
		a.nr_frames = 1;
		set_xen_guest_handle(a.frame_list, &frame);
		expect("acquire_resource",
		       CALL2(memory_op, XENMEM_acquire_resource, &a),
		       -XEN_EPERM);
		expect("no frame", frame, 0x5a5a);
	}
	for (i = 0; i < 64; i++)
		if (!is_known(i))
			expect("unknown", CALL2(memory_op, i, entries),
			       -XEN_ENOSYS);
}

/* ---- tables -------------------------------------------------------------------------- */

static long update(u64 ptr, u64 val, u32 foreign)
{
	struct mmu_update u = { .ptr = ptr, .val = val };

	return CALL4(mmu_update, &u, 1, 0, foreign);
}

static long extended(unsigned int cmd, u64 mfn, u32 dom)
{
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.mfn = mfn;
	return CALL4(mmuext_op, &op, 1, 0, dom);
}

/* A page of ours stands for one of theirs: the owner is looked at first. */
static void check_tables(unsigned int dom, long want)
{
	static const u8 ops[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE, MMUEXT_PIN_L3_TABLE,
		MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE, MMUEXT_NEW_BASEPTR,
		MMUEXT_NEW_USER_BASEPTR, MMUEXT_SET_LDT, MMUEXT_CLEAR_PAGE,
		MMUEXT_COPY_PAGE, MMUEXT_TLB_FLUSH_ALL, MMUEXT_INVLPG_ALL,
		MMUEXT_FLUSH_CACHE, MMUEXT_FLUSH_CACHE_GLOBAL,
	};
	void *page = alloc_page();
	u64 slot = l1_entry_maddr(addr_of(page));
	unsigned int i;

	expect("mapping", update(slot, PTE_RW(mfn_of(page)), dom), want);
	expect("table", update(slot, PTE_RW(mfn_of(page)),
			       (dom + 1) << 16 | DOMID_SELF), want);
	expect("frame number",
	       update(maddr_of(page) | MMU_MACHPHYS_UPDATE, 5, dom), want);
	seen[__HYPERVISOR_update_va_mapping_otherdomain] = true;
	expect("mapping at an address",
	       update_va_mapping_of(addr_of(page), PTE_RW(mfn_of(page)),
				    UVMF_INVLPG, dom), want);
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		expect("mmuext_op", extended(ops[i], mfn_of(page), dom), want);
}

/*
 * By frame number, without saying whose it is: everything that is not ours, by
 * the hypervisor's own table, is refused.
 */
static void check_frames(void)
{
	void *page = alloc_page();
	u64 slot = l1_entry_maddr(addr_of(page)), mfn;
	u64 last = HC2(memory_op, XENMEM_maximum_ram_page, 0);
	unsigned int tried = 0;
	static const u8 ops[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_UNPIN_TABLE, MMUEXT_NEW_BASEPTR,
		MMUEXT_CLEAR_PAGE,
	};

	/* The first MiB is firmware's in part: another error. */
	for (mfn = 256; mfn <= last; mfn += 1 + last / 512) {
		unsigned long pfn = mfn_to_pfn(mfn), i;

		if (pfn < start_info->nr_pages && pfn_to_mfn(pfn) == mfn)
			continue;
		tried++;
		expect("frame of others", update(slot, PTE_RW(mfn), DOMID_SELF),
		       -XEN_EINVAL);
		expect("frame of others, read",
		       update(slot, PTE_RO(mfn), DOMID_SELF), -XEN_EINVAL);
		expect("number of a frame of others",
		       update(mfn << 12 | MMU_MACHPHYS_UPDATE, 5, DOMID_SELF),
		       -XEN_EINVAL);
		for (i = 0; i < ARRAY_SIZE(ops); i++)
			expect("mmuext_op on a frame of others",
			       extended(ops[i], mfn, DOMID_SELF), -XEN_EINVAL);
	}
	expect("many frames", tried > 50, true);
	expect("all is as it was", *l1_entry(addr_of(page)) >> 12 & 0xffffffff,
	       mfn_of(page));
}

static void check_devices(void)
{
	void *page = alloc_page();
	u64 slot = l1_entry_maddr(addr_of(page));

	/* The window of the local APIC. */
	expect("memory of devices", update(slot, PTE_RW(0xfee00), DOMID_IO),
	       -XEN_EPERM);
	expect("memory of the hypervisor",
	       update(slot, PTE_RO(mfn_of(page)), DOMID_XEN), -XEN_EPERM);
	expect("cache", extended(MMUEXT_FLUSH_CACHE, 0, DOMID_SELF),
	       -XEN_EACCES);
	expect("caches", extended(MMUEXT_FLUSH_CACHE_GLOBAL, 0, DOMID_SELF),
	       -XEN_EACCES);
}

/* ---- grants --------------------------------------------------------------------------- */

static long grant_call(unsigned int cmd, void *op)
{
	return CALL3(grant_table_op, cmd, op, 1);
}

static void check_table_of(unsigned int dom, long status, long want)
{
	xen_pfn_t frame = 0x5a5a;
	struct gnttab_setup_table s = { .dom = dom, .nr_frames = 1 };
	struct gnttab_query_size q = { .dom = dom };
	struct gnttab_get_version v = { .dom = dom };

	set_xen_guest_handle(s.frame_list, &frame);
	expect("setup_table", grant_call(GNTTABOP_setup_table, &s), 0);
	expect("setup_table, status", s.status, status);
	expect("setup_table, frame", frame, 0x5a5a);
	expect("query_size", grant_call(GNTTABOP_query_size, &q), 0);
	expect("query_size, status", q.status, status);
	expect("get_version", grant_call(GNTTABOP_get_version, &v), want);
}

/* Entries that were not made for us. */
static void check_entries_of(unsigned int dom)
{
	char *page = alloc_page();
	unsigned int ref;

	for (ref = 0; ref < 16; ref++) {
		struct gnttab_map_grant_ref m = {
			.host_addr = addr_of(page), .dom = dom, .ref = ref,
			.flags = GNTMAP_host_map,
		};
		struct gnttab_copy c = { .len = 8, .flags = GNTCOPY_source_gref };

		c.source.u.ref = ref;
		c.source.domid = dom;
		c.dest.u.gmfn = IS_32BIT ? (xen_pfn_t)mfn_of(page) :
				mfn_of(page);
		c.dest.domid = DOMID_SELF;
		expect("map", grant_call(GNTTABOP_map_grant_ref, &m), 0);
		if (dom == NO_DOMAIN)
			expect("map, status", m.status, GNTST_bad_domain);
		else		/* no such entry, or not one for us */
			expect("map, status",
			       m.status == GNTST_bad_gntref ||
			       m.status == GNTST_general_error, true);
		expect("copy", grant_call(GNTTABOP_copy, &c), 0);
		expect("copy, status", c.status < 0, true);
		/* By frame of somebody else, without any grant. */
		c.flags = 0;
		c.source.u.gmfn = mfn_of(page);
		expect("copy by frame", grant_call(GNTTABOP_copy, &c), 0);
		expect("copy by frame, status", c.status,
		       GNTST_permission_denied);
	}
}

static void check_grants(void)
{
	unsigned int i;

	subject("grant_table_op");
	for (i = 0; i < OTHERS; i++) {
		check_table_of(others[i], GNTST_permission_denied, -XEN_EPERM);
		check_entries_of(others[i]);
	}
	check_table_of(NO_DOMAIN, GNTST_bad_domain, -XEN_ESRCH);
	check_entries_of(NO_DOMAIN);
}

void check_memory(void)
{
	unsigned int i;

	subject("memory_op");
	for (i = 0; i < OTHERS; i++) {
		check_reservation(others[i]);
		check_questions(others[i], -XEN_EPERM);
	}
	check_reservation(NO_DOMAIN);
	check_questions(NO_DOMAIN, -XEN_ESRCH);
	check_machine();
	subject("mmu_update, mmuext_op");
	for (i = 0; i < OTHERS; i++)
		check_tables(others[i], -XEN_EPERM);
	check_tables(NO_DOMAIN, -XEN_ESRCH);
	check_frames();
	check_devices();
	check_grants();
}
