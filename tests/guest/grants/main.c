/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grant tables, a domain with itself: set-up and versions, mappings by address
 * and by entry, read-only, several of one entry, unmapping in all its ways, and
 * every refusal with its status and without effect.
 */
#include "grant.h"

static grant_entry_v1_t *table;
static unsigned int self;

static void check_set_up(void)
{
	struct gnttab_query_size q = { .dom = DOMID_SELF };
	struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 100000 };
	struct gnttab_get_version v = { .dom = DOMID_SELF };
	xen_pfn_t frames[4] = { 0 }, again[4] = { 0 };

	subject("set-up");
	CHECK_EQ(grant_op(GNTTABOP_query_size, &q), 0);
	CHECK_EQ(q.status, GNTST_okay);
	CHECK(q.max_nr_frames >= 4);
	set_xen_guest_handle(s.frame_list, frames);
	CHECK_EQ(grant_op(GNTTABOP_setup_table, &s), 0);
	CHECK_EQ(s.status, GNTST_general_error);
	table = grant_table_map();
	/* It grows, and the frames that were there stay the same. */
	s.nr_frames = 3;
	CHECK_EQ(grant_op(GNTTABOP_setup_table, &s), 0);
	CHECK_EQ(s.status, GNTST_okay);
	CHECK(frames[0] && frames[1] && frames[2] && !frames[3]);
	CHECK_EQ(PTE_FRAME(*l1_entry(addr_of(table))), frames[0]);
	set_xen_guest_handle(s.frame_list, again);
	CHECK_EQ(grant_op(GNTTABOP_setup_table, &s), 0);
	CHECK_EQ(memcmp(frames, again, sizeof(frames)), 0);
	CHECK_EQ(grant_op(GNTTABOP_query_size, &q), 0);
	CHECK(q.nr_frames >= 3);
	/* Whose? */
	s.dom = q.dom = NO_DOMAIN;
	CHECK_EQ(grant_op(GNTTABOP_setup_table, &s), 0);
	CHECK_EQ(s.status, GNTST_bad_domain);
	CHECK_EQ(grant_op(GNTTABOP_query_size, &q), 0);
	CHECK_EQ(q.status, GNTST_bad_domain);
	CHECK_EQ(grant_op(GNTTABOP_get_version, &v), 0);
	CHECK_EQ(v.version, 1);
}

static void check_calls(void)
{
	struct gnttab_query_size q = { .dom = DOMID_SELF };

	subject("the call");
	CHECK_EQ(HC3(grant_table_op, 99, 0, 0), -XEN_ENOSYS);
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_query_size, &q, 2),
		 -XEN_EINVAL);
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_map_grant_ref, 0, -1),
		 -XEN_EINVAL);
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_map_grant_ref, BAD_POINTER, 1),
		 -XEN_EFAULT);
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_map_grant_ref, 0, 0), 0);
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_copy, 0, 0), 0);
}

static void check_map(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	u64 mfn = mfn_of(page);
	struct gnttab_map_grant_ref m;

	subject("map");
	page[3] = 0x1234;
	CHECK_EQ(unmap_page(window), 0);
	CHECK_EQ(grant_map(&m, addr_of(window), GNTMAP_host_map, self, 10),
		 GNTST_general_error);			/* not granted */
	grant_set(&table[10], self, mfn, GTF_permit_access);
	CHECK_EQ(grant_map(&m, addr_of(window), GNTMAP_host_map, self, 10),
		 GNTST_okay);
	CHECK_EQ(m.dev_bus_addr, mfn << 12);
	CHECK_EQ(window[3], 0x1234);
	window[4] = 0x5678;
	CHECK_EQ(page[4], 0x5678);
	CHECK_EQ(table[10].flags, GTF_permit_access | GTF_reading |
		 GTF_writing);
	CHECK_EQ(*l1_entry(addr_of(window)) & PTE_NX, PTE_NX);
	/* In use: it can be no table, whatever we unmap ourselves. */
	CHECK_EQ(make_ro(page), 0);
	CHECK_EQ(pin(1, page), -XEN_EINVAL);
	CHECK_EQ(make_rw(page), 0);
	subject("unmap");
	CHECK_EQ(grant_unmap(addr_of(window), 0, m.handle + 1000),
		 GNTST_bad_handle);
	CHECK_EQ(grant_unmap(addr_of(table), 0, m.handle),
		 GNTST_general_error);
	CHECK_EQ(window[4], 0x5678);
	CHECK_EQ(grant_unmap(addr_of(window), 0, m.handle), GNTST_okay);
	CHECK_EQ(*l1_entry(addr_of(window)), 0);
	CHECK_EQ(table[10].flags, GTF_permit_access);
	CHECK_EQ(grant_unmap(addr_of(window), 0, m.handle), GNTST_bad_handle);
	CHECK_EQ(make_rw(window), 0);
}

/* Two mappings of one entry; the marks go with the last of each kind. */
static void check_twice(void)
{
	u64 *page = alloc_page(), *a = alloc_page(), *b = alloc_page();
	struct gnttab_map_grant_ref ma, mb;

	subject("two mappings of one entry");
	CHECK_EQ(unmap_page(a), 0);
	CHECK_EQ(unmap_page(b), 0);
	grant_set(&table[11], self, mfn_of(page), GTF_permit_access);
	CHECK_EQ(grant_map(&ma, addr_of(a), GNTMAP_host_map |
			   GNTMAP_readonly, self, 11), GNTST_okay);
	CHECK_EQ(table[11].flags, GTF_permit_access | GTF_reading);
	CHECK_EQ(*l1_entry(addr_of(a)) & 2, 0);
	CHECK_EQ(grant_map(&mb, addr_of(b), GNTMAP_host_map, self, 11),
		 GNTST_okay);
	CHECK(ma.handle != mb.handle);
	CHECK_EQ(table[11].flags, GTF_permit_access | GTF_reading |
		 GTF_writing);
	CHECK_EQ(grant_unmap(addr_of(b), 0, ma.handle), GNTST_general_error);
	CHECK_EQ(grant_unmap(addr_of(b), 0, mb.handle), GNTST_okay);
	CHECK_EQ(table[11].flags, GTF_permit_access | GTF_reading);
	CHECK_EQ(grant_unmap(addr_of(a), 0, ma.handle), GNTST_okay);
	CHECK_EQ(table[11].flags, GTF_permit_access);
	CHECK_EQ(make_rw(a), 0);
	CHECK_EQ(make_rw(b), 0);
}

static void check_read_only(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	struct gnttab_map_grant_ref m;

	subject("read-only");
	CHECK_EQ(unmap_page(window), 0);
	grant_set(&table[12], self, mfn_of(page),
		  GTF_permit_access | GTF_readonly);
	CHECK_EQ(grant_map(&m, addr_of(window), GNTMAP_host_map, self, 12),
		 GNTST_general_error);
	CHECK_EQ(table[12].flags, GTF_permit_access | GTF_readonly);
	CHECK_EQ(grant_map(&m, addr_of(window), GNTMAP_host_map |
			   GNTMAP_readonly, self, 12), GNTST_okay);
	CHECK_EQ(*l1_entry(addr_of(window)) & 2, 0);
	CHECK_EQ(table[12].flags & (GTF_reading | GTF_writing), GTF_reading);
	CHECK_EQ(grant_unmap(addr_of(window), 0, m.handle), GNTST_okay);
	CHECK_EQ(make_rw(window), 0);
}

/* By the machine address of the entry, with bits for the guest's use. */
static void check_contains_pte(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	u64 where = maddr_of(l1_entry(addr_of(window)));
	u32 flags = GNTMAP_host_map | GNTMAP_contains_pte;
	struct gnttab_map_grant_ref m;

	subject("map into an entry");
	CHECK_EQ(unmap_page(window), 0);
	grant_set(&table[13], self, mfn_of(page), GTF_permit_access);
	CHECK_EQ(grant_map(&m, where, flags | 5U << _GNTMAP_guest_avail0,
			   self, 13), GNTST_okay);
	CHECK_EQ(*l1_entry(addr_of(window)) >> 9 & 7, 5);
	CHECK_EQ(grant_unmap(where, 0, m.handle), GNTST_okay);
	CHECK_EQ(grant_map(&m, where, flags | GNTMAP_application_map, self,
			   13), GNTST_okay);
	CHECK_EQ(*l1_entry(addr_of(window)) & 4, 4);
	CHECK_EQ(grant_unmap(where, 0, m.handle), GNTST_okay);
	/* Not an entry; not a table. */
	CHECK_EQ(grant_map(&m, where + 4, flags, self, 13),
		 GNTST_general_error);
	CHECK_EQ(grant_map(&m, maddr_of(page), flags, self, 13),
		 GNTST_general_error);
	CHECK_EQ(grant_map(&m, maddr_of(table_at(2, addr_of(page))), flags,
			   self, 13), GNTST_general_error);
	CHECK_EQ(table[13].flags, GTF_permit_access);
	CHECK_EQ(make_rw(window), 0);
}

/*
 * The entry is changed by the guest itself, below the mapping: it cannot be
 * unmapped any more, which is said, and that ends the use of the grant.
 */
static void check_changed_entry(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	struct gnttab_map_grant_ref m;

	subject("an entry changed since");
	CHECK_EQ(unmap_page(window), 0);
	grant_set(&table[14], self, mfn_of(page), GTF_permit_access);
	CHECK_EQ(grant_map(&m, addr_of(window), GNTMAP_host_map, self, 14),
		 GNTST_okay);
	CHECK_EQ(unmap_page(window), 0);
	CHECK_EQ(grant_unmap(addr_of(window), 0, m.handle),
		 GNTST_general_error);
	CHECK_EQ(table[14].flags, GTF_permit_access);
	CHECK_EQ(grant_unmap(addr_of(window), 0, m.handle), GNTST_bad_handle);
	CHECK_EQ(make_rw(window), 0);
}

static void check_refusals(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	struct gnttab_map_grant_ref m;
	unsigned long va = addr_of(window);

	subject("refusals");
	CHECK_EQ(unmap_page(window), 0);
	grant_set(&table[15], self, mfn_of(page), GTF_permit_access);
	CHECK_EQ(grant_map(&m, va, 0, self, 15), GNTST_bad_gntref);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, self, 1U << 30),
		 GNTST_bad_gntref);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, NO_DOMAIN, 15),
		 GNTST_bad_domain);
	CHECK_EQ(grant_map(&m, HV_ADDRESS, GNTMAP_host_map, self, 15),
		 GNTST_general_error);
	CHECK_EQ(grant_map(&m, HOLE_ADDRESS, GNTMAP_host_map, self, 15),
		 GNTST_general_error);
	CHECK_EQ(table[15].flags, GTF_permit_access);
	/* For another domain; of another kind. */
	grant_set(&table[15], self + 5, mfn_of(page), GTF_permit_access);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, self, 15),
		 GNTST_general_error);
	grant_set(&table[15], self, mfn_of(page), GTF_accept_transfer);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, self, 15),
		 GNTST_general_error);
	CHECK_EQ(table[15].flags, GTF_accept_transfer);
	/* A page table may be granted for reading, not for writing. */
	grant_set(&table[15], self, mfn_of((void *)start_info->pt_base),
		  GTF_permit_access);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, self, 15),
		 GNTST_general_error);
	CHECK_EQ(table[15].flags, GTF_permit_access);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map | GNTMAP_readonly, self,
			   15), GNTST_okay);
	CHECK_EQ(grant_unmap(va, 0, m.handle), GNTST_okay);
	grant_set(&table[15], self, 0xfffffff0, GTF_permit_access);
	CHECK(grant_map(&m, va, GNTMAP_host_map, self, 15) < 0);
	CHECK_EQ(table[15].flags, GTF_permit_access);
	CHECK_EQ(*l1_entry(va), 0);
	CHECK_EQ(make_rw(window), 0);
}

/* Each map has a status of its own; the call goes on after a failure. */
static void check_batch(void)
{
	struct gnttab_map_grant_ref m[3];
	struct gnttab_unmap_grant_ref u[3];
	u64 *page = alloc_page(), *window[3];
	unsigned int i;

	subject("batches");
	memset(m, 0, sizeof(m));
	memset(u, 0, sizeof(u));
	grant_set(&table[16], self, mfn_of(page), GTF_permit_access);
	for (i = 0; i < 3; i++) {
		window[i] = alloc_page();
		CHECK_EQ(unmap_page(window[i]), 0);
		m[i].host_addr = addr_of(window[i]);
		m[i].flags = GNTMAP_host_map;
		m[i].ref = i == 1 ? 400 : 16;
		m[i].dom = self;
	}
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_map_grant_ref, m, 3), 0);
	CHECK_EQ(m[0].status, GNTST_okay);
	CHECK_EQ(m[1].status, GNTST_general_error);
	CHECK_EQ(m[2].status, GNTST_okay);
	window[2][9] = 9;
	CHECK_EQ(window[0][9], 9);
	CHECK_EQ(*l1_entry(addr_of(window[1])), 0);
	for (i = 0; i < 3; i++) {
		u[i].host_addr = m[i].host_addr;
		u[i].handle = i == 1 ? 3999 : m[i].handle;
	}
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_unmap_grant_ref, u, 3), 0);
	CHECK_EQ(u[0].status, GNTST_okay);
	CHECK_EQ(u[1].status, GNTST_bad_handle);
	CHECK_EQ(u[2].status, GNTST_okay);
	CHECK_EQ(table[16].flags, GTF_permit_access);
	for (i = 0; i < 3; i++)
		CHECK_EQ(make_rw(window[i]), 0);
}

/* One mapping takes the place of a granted one. */
static void check_replace(void)
{
	u64 *page = alloc_page(), *window = alloc_page(), *new = alloc_page();
	struct gnttab_map_grant_ref m;
	struct gnttab_unmap_and_replace r;

	subject("unmap and replace");
	new[5] = 0x55;
	CHECK_EQ(unmap_page(window), 0);
	grant_set(&table[17], self, mfn_of(page), GTF_permit_access);
	CHECK_EQ(grant_map(&m, addr_of(window), GNTMAP_host_map, self, 17),
		 GNTST_okay);
	memset(&r, 0, sizeof(r));
	r.host_addr = addr_of(window);
	r.new_addr = addr_of(new);
	r.handle = m.handle;
	CHECK_EQ(grant_op(GNTTABOP_unmap_and_replace, &r), 0);
	CHECK_EQ(r.status, GNTST_okay);
	CHECK_EQ(window[5], 0x55);
	CHECK_EQ(*l1_entry(addr_of(new)), 0);
	CHECK_EQ(table[17].flags, GTF_permit_access);
	CHECK_EQ(make_rw(new), 0);
	CHECK_EQ(make_rw(window), 0);
}

static void check_swap(void)
{
	struct gnttab_swap_grant_ref s = { .ref_a = 18, .ref_b = 19 };

	subject("swap");
	grant_set(&table[18], self, 0x111, GTF_permit_access);
	grant_set(&table[19], 7, 0x222, GTF_permit_access | GTF_readonly);
	CHECK_EQ(grant_op(GNTTABOP_swap_grant_ref, &s), 0);
	CHECK_EQ(s.status, GNTST_okay);
	CHECK_EQ(table[18].frame, 0x222);
	CHECK_EQ(table[18].domid, 7);
	CHECK_EQ(table[19].frame, 0x111);
	CHECK_EQ(table[19].flags, GTF_permit_access);
	s.ref_b = 1U << 30;
	CHECK_EQ(grant_op(GNTTABOP_swap_grant_ref, &s), 0);
	CHECK_EQ(s.status, GNTST_bad_gntref);
	CHECK_EQ(table[18].frame, 0x222);
}

/* A table full of mappings, of eight grants in turn. */
static void check_many(void)
{
	static u32 handles[512];
	struct gnttab_map_grant_ref m;
	u64 *page = alloc_page(), *l1 = alloc_page(), where;
	unsigned int i, wrong = 0;

	subject("many mappings");
	CHECK_EQ(make_ro(l1), 0);
	CHECK_EQ(pin(1, l1), 0);
	where = maddr_of(l1);
	for (i = 0; i < 8; i++)
		grant_set(&table[20 + i], self, mfn_of(page),
			  GTF_permit_access);
	for (i = 0; i < 512; i++) {
		wrong += grant_map(&m, where + i * 8, GNTMAP_host_map |
				   GNTMAP_contains_pte, self, 20 + i % 8) !=
			 GNTST_okay;
		handles[i] = m.handle;
	}
	CHECK_EQ(wrong, 0);
	for (i = 0; i < 512; i++)
		wrong += grant_unmap(where + i * 8, 0, handles[i]) !=
			 GNTST_okay;
	CHECK_EQ(wrong, 0);
	for (i = 0; i < 512; i++)
		wrong += l1[i] != 0;
	CHECK_EQ(wrong, 0);
	for (i = 0; i < 8; i++)
		CHECK_EQ(table[20 + i].flags, GTF_permit_access);
	CHECK_EQ(unpin(l1), 0);
	CHECK_EQ(make_rw(l1), 0);
}

/* A list that leads into nothing: what could be read was done, and says so. */
static void check_cut_list(void)
{
	char *room = alloc_page(), *hole = alloc_page();
	struct gnttab_map_grant_ref *m;
	u64 window = addr_of(alloc_page()), *page = alloc_page();
	unsigned int i;

	subject("a list that ends too early");
	CHECK_EQ(hole - room, PAGE_SIZE);
	grant_set(&table[30], self, mfn_of(page), GTF_permit_access);
	CHECK_EQ(update_va_mapping(addr_of(hole), 0, UVMF_INVLPG), 0);
	m = (struct gnttab_map_grant_ref *)hole - 3;
	for (i = 0; i < 3; i++)
		m[i] = (struct gnttab_map_grant_ref){
			.host_addr = window, .flags = GNTMAP_host_map,
			.ref = i == 1 ? 1000000 : 30, .dom = self,
			.status = 99 };
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_map_grant_ref, m, 8),
		 -XEN_EFAULT);
	CHECK_EQ(m[0].status, GNTST_okay);
	CHECK_EQ(m[1].status, GNTST_bad_gntref);
	CHECK_EQ(m[2].status, GNTST_okay);
	/* The third took the place of the first. */
	CHECK_EQ(grant_unmap(window, 0, m[2].handle), GNTST_okay);
	CHECK_EQ(grant_unmap(window, 0, m[0].handle), GNTST_general_error);
	CHECK_EQ(table[30].flags, GTF_permit_access);
}

void test_main(void)
{
	self = own_domid();
	check_set_up();
	check_calls();
	check_map();
	check_twice();
	check_read_only();
	check_contains_pte();
	check_changed_entry();
	check_refusals();
	check_batch();
	check_replace();
	check_swap();
	check_many();
	check_cut_list();
}
