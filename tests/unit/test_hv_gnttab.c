/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grant tables: single rules, then random operations side by side with a
 * model that knows nothing but which handle holds what.
 */
#include "tests/unit/hv_gnttab.h"

#include "core/memory.h"

#define SLOTS	8		/* entries of the mapping domain's L1 */

/* ---- rules ---------------------------------------------------------------------- */

START_TEST(map_and_unmap)
{
	struct gnttab_map_grant_ref m;

	grant(3, 0, 0);
	m = map(3, 1, GNTMAP_host_map | 1U << 16);
	ck_assert_int_eq(m.status, GNTST_okay);
	ck_assert_uint_eq(m.dev_bus_addr, pages[0].v << PAGE_SHIFT);
	ck_assert_uint_eq(fake_table(l1)[1], pte_make(pages[0], PTE_P | PTE_RW |
			  PTE_A | PTE_D | PTE_NX | PTE_U | PTE_GUEST_KERNEL |
			  BIT(9)));
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access | GTF_reading |
			  GTF_writing);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_int_eq(unmap(&m), GNTST_okay);
	ck_assert_uint_eq(fake_table(l1)[1], 0);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access);
	ck_assert_int_eq(unmap(&m), GNTST_bad_handle);
}
END_TEST

START_TEST(readonly_and_application)
{
	struct gnttab_map_grant_ref a, b;

	grant(3, 0, GTF_readonly);
	a = map(3, 1, GNTMAP_host_map);
	ck_assert_int_eq(a.status, GNTST_general_error);
	a = map(3, 1, GNTMAP_host_map | GNTMAP_readonly |
		GNTMAP_application_map | GNTMAP_contains_pte);
	ck_assert_int_eq(a.status, GNTST_okay);
	ck_assert_uint_eq(fake_table(l1)[1], pte_make(pages[0], PTE_P | PTE_A |
			  PTE_D | PTE_NX | PTE_U | PTE_G));
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access | GTF_readonly |
			  GTF_reading);
	entries[3].flags &= ~GTF_readonly;
	b = map(3, 2, GNTMAP_host_map);
	ck_assert_int_eq(b.status, GNTST_okay);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access | GTF_reading |
			  GTF_writing);
	ck_assert_int_eq(unmap(&b), GNTST_okay);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access | GTF_reading);
	ck_assert_int_eq(unmap(&a), GNTST_okay);
}
END_TEST

START_TEST(refused)
{
	grant(3, 0, 0);
	entries[4] = entries[3];
	entries[4].domid = 0;
	entries[5] = entries[3];
	entries[5].flags = GTF_accept_transfer;
	entries[6] = entries[3];
	entries[6].frame = l1.v;
	ck_assert_int_eq(map(512, 1, GNTMAP_host_map).status,
			 GNTST_bad_gntref);
	ck_assert_int_ne(map(4, 1, GNTMAP_host_map).status, GNTST_okay);
	ck_assert_int_ne(map(5, 1, GNTMAP_host_map).status, GNTST_okay);
	/* Not the granter's own, and its shared frames. */
	ck_assert_int_ne(map(6, 1, GNTMAP_host_map).status, GNTST_okay);
	entries[6].frame = virt_to_mfn(entries).v;
	ck_assert_int_ne(map(6, 1, GNTMAP_host_map).status, GNTST_okay);
	entries[6].frame = FAKE_FRAMES + 2;
	ck_assert_int_ne(map(6, 1, GNTMAP_host_map).status, GNTST_okay);
	/* No table there, no part wanted, misaligned entry. */
	ck_assert_int_ne(map(3, 1024, GNTMAP_host_map).status, GNTST_okay);
	ck_assert_int_ne(map(3, 1, 0).status, GNTST_okay);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access);
	ck_assert_uint_eq(d2->gnttab.mapped, 0);
}
END_TEST

START_TEST(overwritten_entry)
{
	struct gnttab_map_grant_ref m, other;

	grant(3, 0, 0);
	grant(4, 1, 0);
	m = map(3, 1, GNTMAP_host_map);
	other = map(4, 2, GNTMAP_host_map);
	ck_assert_int_eq(update(1, 0), 0);
	ck_assert_uint_eq(fake_check(), 0);
	/* Another address than that of the mapping changes nothing. */
	other.handle = m.handle;
	ck_assert_int_ne(unmap(&other), GNTST_okay);
	ck_assert_uint_ne(fake_table(l1)[2], 0);
	ck_assert_int_eq(unmap(&m), GNTST_general_error);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access);
	ck_assert_int_eq(unmap(&m), GNTST_bad_handle);
	/* A guest cannot copy or move the entry of a foreign frame. */
	ck_assert_int_eq(update(3, fake_table(l1)[2]), -EINVAL);
	ck_assert_uint_eq(fake_check(), 0);
}
END_TEST

START_TEST(device_part)
{
	struct gnttab_map_grant_ref m;
	struct gnttab_unmap_grant_ref u;

	grant(3, 0, 0);
	m = map(3, 1, GNTMAP_host_map | GNTMAP_device_map);
	ck_assert_int_eq(m.status, GNTST_okay);
	ck_assert_uint_eq(fake_check(), 0);
	u = (struct gnttab_unmap_grant_ref){ .dev_bus_addr = 4096,
					     .handle = m.handle };
	call(GNTTABOP_unmap_grant_ref, &u, 1);
	ck_assert_int_eq(u.status, GNTST_bad_dev_addr);
	u.dev_bus_addr = m.dev_bus_addr;
	call(GNTTABOP_unmap_grant_ref, &u, 1);
	ck_assert_int_eq(u.status, GNTST_okay);
	ck_assert_uint_ne(entries[3].flags & GTF_writing, 0);
	m.flags = GNTMAP_host_map;
	ck_assert_int_eq(unmap(&m), GNTST_okay);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access);
}
END_TEST

START_TEST(unmap_and_replace)
{
	struct gnttab_map_grant_ref m, n;
	struct gnttab_unmap_and_replace r;
	mfn_t own = fake_give(d2);

	grant(3, 0, 0);
	grant(4, 1, 0);
	m = map(3, 1, GNTMAP_host_map);
	n = map(4, 2, GNTMAP_host_map);
	ck_assert_int_eq(update(3, pte_make(own, PTE_P | PTE_RW)), 0);
	r = (struct gnttab_unmap_and_replace){
		.host_addr = PAGE_SIZE, .new_addr = 2 * PAGE_SIZE,
		.handle = m.handle
	};
	/* Another grant's entry would be lost to its handle. */
	call(GNTTABOP_unmap_and_replace, &r, 1);
	ck_assert_int_eq(r.status, GNTST_general_error);
	r.new_addr = 3 * PAGE_SIZE;
	call(GNTTABOP_unmap_and_replace, &r, 1);
	ck_assert_int_eq(r.status, GNTST_okay);
	ck_assert_uint_eq(pte_mfn(fake_table(l1)[1]).v, own.v);
	ck_assert_uint_eq(fake_table(l1)[3], 0);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access);
	ck_assert_int_eq(unmap(&n), GNTST_okay);
}
END_TEST

START_TEST(copies)
{
	mfn_t own = fake_give(d2);
	struct gnttab_copy c = {
		.source = { .u.ref = 3, .domid = 1, .offset = 8 },
		.dest = { .u.gmfn = own.v, .domid = SELF, .offset = 16 },
		.len = 4, .flags = GNTCOPY_source_gref,
	};

	grant(3, 0, GTF_readonly);
	grant(4, 1, 0);
	strcpy((char *)fake_table(pages[0]) + 8, "abc");
	fake_run(2);
	call(GNTTABOP_copy, &c, 1);
	ck_assert_int_eq(c.status, GNTST_okay);
	ck_assert_str_eq((char *)fake_table(own) + 16, "abc");
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access | GTF_readonly);
	/* Never across the end of a page. */
	c.source.offset = 4093;
	call(GNTTABOP_copy, &c, 1);
	ck_assert_int_eq(c.status, GNTST_bad_copy_arg);
	c.source.offset = c.dest.offset = 0;
	c.len = 4096;
	call(GNTTABOP_copy, &c, 1);
	ck_assert_int_eq(c.status, GNTST_okay);
	/* Read-only grants and page tables are not written. */
	c.dest = c.source;
	c.flags |= GNTCOPY_dest_gref;
	call(GNTTABOP_copy, &c, 1);
	ck_assert_int_ne(c.status, GNTST_okay);
	c.dest.u.ref = 4;
	call(GNTTABOP_copy, &c, 1);
	ck_assert_int_eq(c.status, GNTST_okay);
	c.flags = GNTCOPY_source_gref;
	c.dest.u.gmfn = l1.v;
	c.dest.domid = SELF;
	call(GNTTABOP_copy, &c, 1);
	ck_assert_int_ne(c.status, GNTST_okay);
	c.dest.u.gmfn = pages[2].v;
	c.dest.domid = 1;
	call(GNTTABOP_copy, &c, 1);
	ck_assert_int_eq(c.status, GNTST_permission_denied);
}
END_TEST

START_TEST(transfer)
{
	mfn_t own = fake_give(d2);
	struct gnttab_transfer t = { .mfn = own.v, .domid = 1, .ref = 5 };
	u64 pages1 = memory_pages(d1), pages2 = memory_pages(d2);

	fake_table(own)[7] = 1234;
	fake_run(2);
	call(GNTTABOP_transfer, &t, 1);
	ck_assert_int_eq(t.status, GNTST_bad_gntref);
	ck_assert_uint_eq(fake_check(), 0);
	entries[5] = (struct grant_entry_v1){ GTF_accept_transfer, 2, 42 };
	call(GNTTABOP_transfer, &t, 1);
	ck_assert_int_eq(t.status, GNTST_okay);
	ck_assert_uint_eq(entries[5].flags & 15, GTF_accept_transfer |
			  GTF_transfer_committed | GTF_transfer_completed);
	ck_assert_uint_eq(fake_table(MFN(entries[5].frame))[7], 1234);
	ck_assert_uint_eq(m2p_get(MFN(entries[5].frame)), 42);
	ck_assert_uint_eq(memory_pages(d1), pages1 + 1);
	ck_assert_uint_eq(memory_pages(d2), pages2 - 1);
	/* One that is in use stays. */
	t.mfn = l1.v;
	call(GNTTABOP_transfer, &t, 1);
	ck_assert_int_eq(t.status, GNTST_bad_page);
}
END_TEST

START_TEST(granter_dies_first)
{
	struct gnttab_map_grant_ref m;

	grant(3, 0, 0);
	m = map(3, 1, GNTMAP_host_map | GNTMAP_device_map);
	ck_assert_int_eq(m.status, GNTST_okay);
	fake_run(0);
	fake_kill(d1);
	ck_assert_uint_eq(frame_owner(pages[0]), 1);
	ck_assert_int_eq(map(3, 2, GNTMAP_host_map).status, GNTST_bad_domain);
	ck_assert_int_eq(unmap(&m), GNTST_okay);
	ck_assert_uint_eq(frame_owner(pages[0]), OWNER_FREE);
}
END_TEST

/*
 * The end of a domain with many handles, preempted at every look: what was done
 * is not looked at again.  A page of handles that are all free is taken away to
 * see that.
 */
START_TEST(many_handles_end)
{
	struct maptrack *first;
	unsigned int calls;

	grant(3, 0, 0);
	for (unsigned int i = 0; i < 3 * 64; i++)
		ck_assert_int_eq(map(3, 1, GNTMAP_device_map).status,
				 GNTST_okay);
	ck_assert_uint_eq(d2->gnttab.mapped, 3 * 64);
	fake_run(0);
	fake_preempt_percent = 100;
	for (calls = 0; d2->gnttab.mapped > 2 * 64; calls++)
		ck_assert_int_eq(gnttab_release_mappings(d2), -ERESTART);
	ck_assert_uint_eq(calls, 64);
	first = d2->gnttab.maptrack[0];
	d2->gnttab.maptrack[0] = NULL;
	while (gnttab_release_mappings(d2))
		calls++;
	fake_preempt_percent = 0;
	d2->gnttab.maptrack[0] = first;
	ck_assert_uint_eq(calls, 3 * 64);
	ck_assert_uint_eq(d2->gnttab.mapped, 0);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access);
}
END_TEST

/* Nothing is taken from the limit of a domain that waits for no page. */
START_TEST(transfer_unasked)
{
	struct gnttab_transfer t = {
		.mfn = fake_give(d2).v, .domid = 1, .ref = 9,
	};

	entries[9] = (struct grant_entry_v1){ .domid = 2 };
	d1->max_pages = memory_pages(d1);
	fake_run(2);
	call(GNTTABOP_transfer, &t, 1);
	ck_assert_int_eq(t.status, GNTST_bad_gntref);
	/* The limit only counts for one that does. */
	entries[9].flags = GTF_accept_transfer;
	call(GNTTABOP_transfer, &t, 1);
	ck_assert_int_eq(t.status, GNTST_general_error);
	ck_assert_uint_eq(entries[9].flags, GTF_accept_transfer);
	ck_assert_uint_eq(frame_owner(MFN(t.mfn)), 2);
}
END_TEST

START_TEST(sizes_and_versions)
{
	struct gnttab_query_size q = { .dom = SELF };
	struct gnttab_set_version v = { .version = 2 };
	struct gnttab_setup_table s = { .dom = SELF, .nr_frames = 3 };
	u64 list[3];

	fake_run(1);
	call(GNTTABOP_query_size, &q, 1);
	ck_assert_uint_eq(q.nr_frames, 1);
	ck_assert_uint_eq(q.max_nr_frames, 2);
	ck_assert_int_eq(gnttab_op(GNTTABOP_set_version, GVA(&v), 1), -ENOSYS);
	ck_assert_int_eq(gnttab_op(GNTTABOP_set_version, GVA(&v), 1), 0);
	s.frame_list.p = list;
	call(GNTTABOP_setup_table, &s, 1);
	ck_assert_int_eq(s.status, GNTST_general_error);
	s.dom = 2;
	call(GNTTABOP_setup_table, &s, 1);
	ck_assert_int_eq(s.status, GNTST_permission_denied);
	ck_assert_int_eq(gnttab_op(77, GVA(&s), 1), -ENOSYS);
	ck_assert_int_eq(gnttab_op(0, GVA(&s), ~0U), -EINVAL);
}
END_TEST

/* ---- lockstep -------------------------------------------------------------------------- */

#define REFS	6
#define HANDLES	256

struct model_handle {
	bool used, entry_gone, ro;
	u32 ref, frame;
	unsigned int slot;
};

static struct model_handle handles[HANDLES];

static unsigned int model_uses(u32 ref, bool writing)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < HANDLES; i++)
		n += handles[i].used && handles[i].ref == ref &&
		     (!writing || !handles[i].ro);
	return n;
}

/* Whoever writes to a slot takes the entry away from its handle. */
static void model_slot_lost(unsigned int slot)
{
	for (unsigned int i = 0; i < HANDLES; i++)
		if (handles[i].used && handles[i].slot == slot)
			handles[i].entry_gone = true;
}

static bool model_may_map(u32 ref, bool ro)
{
	return (entries[ref].flags & GTF_type_mask) == GTF_permit_access &&
	       entries[ref].domid == 2 &&
	       (ro || !(entries[ref].flags & GTF_readonly));
}

static void step_map(void)
{
	u32 ref = fake_random(REFS);
	unsigned int slot = 1 + fake_random(SLOTS);	/* 0: no address */
	bool ro = fake_random(2);
	bool expect = model_may_map(ref, ro);
	struct gnttab_map_grant_ref m;

	m = map(ref, slot, GNTMAP_host_map | (ro ? GNTMAP_readonly : 0) |
		(fake_random(2) ? GNTMAP_contains_pte : 0));
	if (m.status) {
		ck_assert(!expect);
		return;
	}
	ck_assert(expect);
	ck_assert_uint_lt(m.handle, HANDLES);
	ck_assert(!handles[m.handle].used);
	model_slot_lost(slot);
	handles[m.handle] = (struct model_handle){
		.used = true, .ro = ro, .ref = ref, .slot = slot,
		.frame = m.dev_bus_addr >> PAGE_SHIFT,
	};
}

/* Could be found again by chance: another handle's mapping of the same. */
static bool model_slot_maps(const struct model_handle *h)
{
	u64 e = fake_table(l1)[h->slot];

	return e & PTE_P && pte_mfn(e).v == h->frame && !(e & PTE_RW) == h->ro;
}

static void step_unmap(void)
{
	u32 n = fake_random(fake_random(2) ? 16 : 110);
	struct model_handle *h = &handles[n];
	struct gnttab_unmap_grant_ref op = { .handle = n };
	bool maps;

	op.host_addr = h->slot * PAGE_SIZE;
	/* host_addr has to be spelled as in the map. */
	if (h->used && grant_handle(d2, n)->flags & GNTMAP_contains_pte)
		op.host_addr = (l1.v << PAGE_SHIFT) + h->slot * 8;
	if (!h->used)
		op.host_addr = PAGE_SIZE;
	maps = h->used && model_slot_maps(h);
	fake_run(2);
	call(GNTTABOP_unmap_grant_ref, &op, 1);
	if (!h->used) {
		ck_assert_int_eq(op.status, GNTST_bad_handle);
		return;
	}
	ck_assert_int_eq(op.status, maps ? GNTST_okay : GNTST_general_error);
	h->used = false;
	if (maps)
		model_slot_lost(h->slot);
}

static void step_entry(void)
{
	u32 ref = fake_random(REFS);

	/* As the ABI has it: only entries that are not in use. */
	if (entries[ref].flags & (GTF_reading | GTF_writing))
		return;
	grant(ref, fake_random(ARRAY_SIZE(pages)),
	      fake_random(3) ? 0 : GTF_readonly);
	if (!fake_random(4))
		entries[ref].flags = 0;
}

static void step_overwrite(void)
{
	unsigned int slot = 1 + fake_random(SLOTS);

	ck_assert_int_eq(update(slot, 0), 0);
	model_slot_lost(slot);
}

static void check_flags(void)
{
	for (u32 ref = 0; ref < REFS; ref++) {
		u16 want = (model_uses(ref, false) ? GTF_reading : 0) |
			   (model_uses(ref, true) ? GTF_writing : 0);

		ck_assert_uint_eq(entries[ref].flags &
				  (GTF_reading | GTF_writing), want);
	}
}

START_TEST(lockstep)
{
	fake_seed = 500 + _i;
	memset(handles, 0, sizeof(handles));
	for (unsigned int step = 0; step < 3000; step++) {
		switch (fake_random(8)) {
		case 0: case 1:
			step_map();
			break;
		case 2: case 3: case 4: case 5:
			step_unmap();
			break;
		case 6:
			step_entry();
			break;
		default:
			if (!fake_random(4))
				step_overwrite();
		}
		check_flags();
		ck_assert_uint_eq(gnttab_audit(d1) + gnttab_audit(d2), 0);
		ck_assert_msg(!fake_check(), "seed %d step %u", 500 + _i,
			      step);
	}
	/* The mapping domain ends: nothing is in use any more. */
	fake_run(0);
	fake_kill(d2);
	memset(handles, 0, sizeof(handles));
	check_flags();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_gnttab");
	TCase *c = tcase_create("rules"), *r = tcase_create("lockstep");
	SRunner *run = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, map_and_unmap);
	tcase_add_test(c, readonly_and_application);
	tcase_add_test(c, refused);
	tcase_add_test(c, overwritten_entry);
	tcase_add_test(c, device_part);
	tcase_add_test(c, unmap_and_replace);
	tcase_add_test(c, copies);
	tcase_add_test(c, transfer);
	tcase_add_test(c, granter_dies_first);
	tcase_add_test(c, many_handles_end);
	tcase_add_test(c, transfer_unasked);
	tcase_add_test(c, sizes_and_versions);
	tcase_add_checked_fixture(r, setup, teardown);
	tcase_add_loop_test(r, lockstep, 0, 8);
	tcase_set_timeout(r, 120);
	suite_add_tcase(s, c);
	suite_add_tcase(s, r);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed != 0;
}
