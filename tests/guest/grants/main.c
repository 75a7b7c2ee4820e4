/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grant tables, a domain with itself: setup, map by address and by entry,
 * read-only, unmap, copy in both directions, and every refusal with its
 * status and without effect.
 */
#include "guest.h"

static grant_entry_v1_t *table;

static void check_setup(void)
{
	unsigned long frames[4] = { 0 };
	struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };
	struct gnttab_query_size q = { .dom = DOMID_SELF };
	void *window = alloc_page();

	subject("setup");
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_query_size, &q, 1), 0);
	CHECK_EQ(q.status, GNTST_okay);
	CHECK(q.max_nr_frames >= 32);
	set_xen_guest_handle(s.frame_list, frames);
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_setup_table, &s, 1), 0);
	CHECK_EQ(s.status, GNTST_okay);
	CHECK(frames[0] != 0);
	CHECK_EQ(map_page((u64)window, PTE_RW(frames[0]), UVMF_INVLPG), 0);
	table = window;
	s.nr_frames = 100000;
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_setup_table, &s, 1), 0);
	CHECK(s.status < 0);
	CHECK_EQ(HC3(grant_table_op, 99, 0, 0), -38);
}

static void grant(u32 ref, void *page, u16 flags)
{
	table[ref].domid = 0;
	table[ref].frame = mfn_of(page);
	barrier();
	table[ref].flags = flags;
}

static void map(struct gnttab_map_grant_ref *m, u64 addr, u32 flags, u32 ref)
{
	memset(m, 0, sizeof(*m));
	m->host_addr = addr;
	m->flags = flags;
	m->ref = ref;
	m->dom = 0;
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_map_grant_ref, m, 1), 0);
}

static int unmap(u64 addr, u32 handle)
{
	struct gnttab_unmap_grant_ref u = { .host_addr = addr,
					    .handle = handle };

	CHECK_EQ(HC3(grant_table_op, GNTTABOP_unmap_grant_ref, &u, 1), 0);
	return u.status;
}

static void check_map(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	u64 mfn = mfn_of(page);
	struct gnttab_map_grant_ref m;

	subject("map");
	page[3] = 0x1234;
	CHECK_EQ(map_page((u64)window, 0, UVMF_INVLPG), 0);
	map(&m, (u64)window, GNTMAP_host_map, 10);
	CHECK_EQ(m.status, GNTST_general_error);	/* not granted */
	grant(10, page, GTF_permit_access);
	map(&m, (u64)window, GNTMAP_host_map, 10);
	CHECK_EQ(m.status, GNTST_okay);
	CHECK_EQ(m.dev_bus_addr, mfn << 12);
	CHECK_EQ(window[3], 0x1234);
	window[4] = 0x5678;
	CHECK_EQ(page[4], 0x5678);
	CHECK_EQ(table[10].flags, GTF_permit_access | GTF_reading |
		 GTF_writing);
	CHECK_EQ(*l1_entry((u64)window) >> 63, 1);	/* never executable */
	CHECK_EQ(unmap((u64)window, m.handle + 1000), GNTST_bad_handle);
	CHECK_EQ(unmap((u64)table, m.handle), GNTST_general_error);
	CHECK_EQ(window[4], 0x5678);
	CHECK_EQ(unmap((u64)window, m.handle), GNTST_okay);
	CHECK_EQ(*l1_entry((u64)window), 0);
	CHECK_EQ(table[10].flags, GTF_permit_access);
	CHECK_EQ(unmap((u64)window, m.handle), GNTST_bad_handle);
}

static void check_readonly(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	struct gnttab_map_grant_ref m;

	subject("read-only");
	CHECK_EQ(map_page((u64)window, 0, UVMF_INVLPG), 0);
	grant(11, page, GTF_permit_access | GTF_readonly);
	map(&m, (u64)window, GNTMAP_host_map, 11);
	CHECK_EQ(m.status, GNTST_general_error);
	map(&m, (u64)window, GNTMAP_host_map | GNTMAP_readonly, 11);
	CHECK_EQ(m.status, GNTST_okay);
	CHECK_EQ(*l1_entry((u64)window) & 2, 0);
	CHECK_EQ(table[11].flags & (GTF_reading | GTF_writing), GTF_reading);
	CHECK_EQ(unmap((u64)window, m.handle), GNTST_okay);
}

/* By the machine address of the entry, with bits for the guest's use. */
static void check_contains_pte(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	u64 where = l1_entry_maddr((u64)window);
	struct gnttab_map_grant_ref m;

	subject("map into an entry");
	CHECK_EQ(map_page((u64)window, 0, UVMF_INVLPG), 0);
	grant(12, page, GTF_permit_access);
	map(&m, where, GNTMAP_host_map | GNTMAP_contains_pte |
	    1U << _GNTMAP_guest_avail0, 12);
	CHECK_EQ(m.status, GNTST_okay);
	CHECK_EQ(*l1_entry((u64)window) >> 9 & 7, 1);
	CHECK_EQ(unmap(where, m.handle), GNTST_okay);
	map(&m, where + 4, GNTMAP_host_map | GNTMAP_contains_pte, 12);
	CHECK_EQ(m.status, GNTST_general_error);
	map(&m, mfn_of(page) << 12, GNTMAP_host_map | GNTMAP_contains_pte, 12);
	CHECK_EQ(m.status, GNTST_general_error);
	CHECK_EQ(table[12].flags, GTF_permit_access);
}

static void check_refusals(void)
{
	u64 *page = alloc_page(), *window = alloc_page();
	struct gnttab_map_grant_ref m;

	subject("refusals");
	CHECK_EQ(map_page((u64)window, 0, UVMF_INVLPG), 0);
	map(&m, (u64)window, 0, 10);
	CHECK_EQ(m.status, GNTST_bad_gntref);
	map(&m, (u64)window, GNTMAP_host_map, 1U << 30);
	CHECK_EQ(m.status, GNTST_bad_gntref);
	grant(13, page, GTF_permit_access);
	table[13].domid = 5;
	map(&m, (u64)window, GNTMAP_host_map, 13);
	CHECK_EQ(m.status, GNTST_general_error);
	/* A page table may not be granted for writing. */
	grant(14, (void *)start_info->pt_base, GTF_permit_access);
	map(&m, (u64)window, GNTMAP_host_map, 14);
	CHECK_EQ(m.status, GNTST_general_error);
	CHECK_EQ(table[14].flags, GTF_permit_access);
	table[14].frame = 0xfffffff0;
	map(&m, (u64)window, GNTMAP_host_map, 14);
	CHECK(m.status < 0);
	m.dom = 0x1234;
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_map_grant_ref, &m, 1), 0);
	CHECK_EQ(m.status, GNTST_bad_domain);
	CHECK_EQ(*l1_entry((u64)window), 0);
}

static int copy(struct gnttab_copy *c)
{
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_copy, c, 1), 0);
	return c->status;
}

static void check_copy(void)
{
	u8 *from = alloc_page(), *to = alloc_page();
	struct gnttab_copy c = {
		.source = { .u.ref = 15, .domid = DOMID_SELF, .offset = 100 },
		.dest = { .u.gmfn = mfn_of(to), .domid = DOMID_SELF,
			  .offset = 7 },
		.len = 500, .flags = GNTCOPY_source_gref,
	};
	unsigned int i;

	subject("copy");
	for (i = 0; i < 4096; i++)
		from[i] = i * 7;
	grant(15, from, GTF_permit_access | GTF_readonly);
	CHECK_EQ(copy(&c), GNTST_okay);
	CHECK_EQ(memcmp(to + 7, from + 100, 500), 0);
	CHECK_EQ(to[6], 0);
	CHECK_EQ(to[507], 0);
	CHECK_EQ(table[15].flags, GTF_permit_access | GTF_readonly);
	c.len = 4000;
	CHECK_EQ(copy(&c), GNTST_bad_copy_arg);
	c.len = 10;
	c.flags = GNTCOPY_dest_gref;
	c.dest.u.ref = 15;
	c.source.u.gmfn = mfn_of(from);
	CHECK_EQ(copy(&c), GNTST_general_error);	/* read-only */
	grant(16, to, GTF_permit_access);
	c.dest.u.ref = 16;
	CHECK_EQ(copy(&c), GNTST_okay);
	c.dest.domid = 0x1234;
	CHECK_EQ(copy(&c), GNTST_bad_domain);
}

void test_main(void)
{
	check_setup();
	check_map();
	check_readonly();
	check_contains_pte();
	check_refusals();
	check_copy();
}
