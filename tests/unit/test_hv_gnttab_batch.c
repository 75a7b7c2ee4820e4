/* SPDX-License-Identifier: BSD-2-Clause */
/* Grant tables: batches of operations, and how long the handles' table stays. */
#include "tests/unit/hv_gnttab.h"

/* What it cost comes back with the granter, not with every last mapping. */
START_TEST(table_of_handles)
{
	struct gnttab_map_grant_ref m;

	grant(3, 0, 0);
	m = map(3, 1, GNTMAP_host_map);
	ck_assert_int_eq(unmap(&m), GNTST_okay);
	ck_assert_uint_eq(d2->gnttab.mapped, 0);
	ck_assert_ptr_nonnull(d2->gnttab.maptrack);
	ck_assert_int_eq(unmap(&m), GNTST_bad_handle);
	fake_run(0);
	fake_kill(d1);
	ck_assert_ptr_null(d2->gnttab.maptrack);
	ck_assert_uint_eq(d2->gnttab.handles, 0);
	ck_assert_int_eq(unmap(&m), GNTST_bad_handle);
}
END_TEST

START_TEST(table_after_the_granter)
{
	struct gnttab_map_grant_ref a, b;

	grant(3, 0, 0);
	a = map(3, 1, GNTMAP_host_map);
	b = map(3, 2, GNTMAP_host_map);
	fake_run(0);
	fake_kill(d1);
	ck_assert_int_eq(unmap(&a), GNTST_okay);
	ck_assert_ptr_nonnull(d2->gnttab.maptrack);
	ck_assert_int_eq(unmap(&b), GNTST_okay);
	ck_assert_ptr_null(d2->gnttab.maptrack);
}
END_TEST

/* ---- batches --------------------------------------------------------------------------- */

#define MANY	(3 * GRANT_BATCH + 5)

/* Of @i: an own grant, one of domain 1, and two that fail. */
static struct gnttab_map_grant_ref nth_map(unsigned int i)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = (1 + i) * PAGE_SIZE, .flags = GNTMAP_host_map,
		.ref = 3 + i % 2, .dom = 1 + i / 5 % 2,
	};

	if (i % 11 == 7)
		op.dom = 77;
	if (i % 13 == 5)
		op.flags = 0;
	if (i % 3 == 1)
		op.flags |= op.flags ? GNTMAP_readonly : 0;
	return op;
}

static int nth_status(unsigned int i)
{
	if (i % 13 == 5)
		return GNTST_bad_gntref;
	return i % 11 == 7 ? GNTST_bad_domain : GNTST_okay;
}

static struct grant_entry_v1 *own_entries(struct domain *d, mfn_t own)
{
	struct gnttab_setup_table s = { .dom = SELF, .nr_frames = 1 };
	struct grant_entry_v1 *e;
	u64 frame;

	fake_run(d->id);
	s.frame_list.p = &frame;
	call(GNTTABOP_setup_table, &s, 1);
	e = mfn_to_virt(MFN(frame));
	for (u32 ref = 3; ref <= 4; ref++)
		e[ref] = (struct grant_entry_v1){ GTF_permit_access, d->id,
						  own.v };
	return e;
}

/* Granters change within a batch, operations fail, and more than one batch. */
START_TEST(mixed_batches)
{
	struct gnttab_map_grant_ref m[MANY];
	struct gnttab_unmap_grant_ref u[MANY];
	mfn_t own = fake_give(d2);
	struct grant_entry_v1 *e2 = own_entries(d2, own);
	unsigned int done = 0;

	grant(3, 0, 0);
	grant(4, 1, 0);
	for (unsigned int i = 0; i < MANY; i++)
		m[i] = nth_map(i);
	call(GNTTABOP_map_grant_ref, m, MANY);
	for (unsigned int i = 0; i < MANY; i++) {
		ck_assert_int_eq(m[i].status, nth_status(i));
		done += !m[i].status;
		if (!m[i].status)
			ck_assert_uint_eq(pte_mfn(fake_table(l1)[1 + i]).v,
					  m[i].dev_bus_addr >> PAGE_SHIFT);
		u[i] = (struct gnttab_unmap_grant_ref){
			.host_addr = m[i].host_addr, .handle = m[i].handle };
	}
	ck_assert_uint_eq(d2->gnttab.mapped, done);
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_uint_eq(gnttab_audit(d1) + gnttab_audit(d2), 0);
	call(GNTTABOP_unmap_grant_ref, u, MANY);
	for (unsigned int i = 0; i < MANY; i++) {
		ck_assert_int_eq(u[i].status, nth_status(i) ?
				 GNTST_bad_handle : GNTST_okay);
		ck_assert_uint_eq(fake_table(l1)[1 + i], 0);
	}
	ck_assert_uint_eq(d2->gnttab.mapped, 0);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access);
	ck_assert_uint_eq(e2[4].flags, GTF_permit_access);
}
END_TEST

/* One handle several times in a batch: each part is dropped once. */
START_TEST(same_handle_in_a_batch)
{
	struct gnttab_map_grant_ref m, other;
	struct gnttab_unmap_grant_ref u[5];

	grant(3, 0, 0);
	grant(4, 1, GTF_readonly);
	m = map(3, 1, GNTMAP_host_map | GNTMAP_device_map);
	other = map(4, 2, GNTMAP_host_map | GNTMAP_readonly);
	ck_assert_int_eq(m.status | other.status, GNTST_okay);
	u[0] = (struct gnttab_unmap_grant_ref){
		.host_addr = m.host_addr, .handle = m.handle };
	u[1] = u[0];
	u[2] = (struct gnttab_unmap_grant_ref){
		.host_addr = other.host_addr, .handle = other.handle };
	u[3] = (struct gnttab_unmap_grant_ref){
		.dev_bus_addr = m.dev_bus_addr, .handle = m.handle };
	/* No part at all: only a look. */
	u[4] = (struct gnttab_unmap_grant_ref){ .handle = m.handle };
	call(GNTTABOP_unmap_grant_ref, u, 5);
	ck_assert_int_eq(u[0].status, GNTST_okay);
	ck_assert_int_eq(u[1].status, GNTST_general_error);
	ck_assert_int_eq(u[2].status, GNTST_okay);
	ck_assert_int_eq(u[3].status, GNTST_okay);
	ck_assert_int_eq(u[4].status, GNTST_okay);
	ck_assert_uint_eq(d2->gnttab.mapped, 0);
	ck_assert_uint_eq(entries[3].flags, GTF_permit_access);
	ck_assert_uint_eq(entries[4].flags, GTF_permit_access | GTF_readonly);
	ck_assert_int_eq(unmap(&m), GNTST_bad_handle);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_gnttab_batch");
	TCase *c = tcase_create("batches");
	SRunner *run = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, table_of_handles);
	tcase_add_test(c, table_after_the_granter);
	tcase_add_test(c, mixed_batches);
	tcase_add_test(c, same_handle_in_a_batch);
	suite_add_tcase(s, c);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed != 0;
}
