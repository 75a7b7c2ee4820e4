/* SPDX-License-Identifier: BSD-2-Clause */
/* memory_op: exchange is all or nothing; reservations count right. */
#include <check.h>

#include "tests/unit/fake_pv.h"

#include <xen/memory.h>

#include "core/memory.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/hvmap.h"

static struct domain *d1;
static u64 in[8], out[8];

static void setup(void)
{
	fake_seed = 1;
	fake_pv_reset();
	d1 = fake_domains[1];
	for (unsigned int i = 0; i < 8; i++) {
		in[i] = fake_give(d1).v;
		out[i] = 100 + i;
	}
}

static void teardown(void)
{
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_uint_eq(fake_pv_finish(), 0);
}

static long exchange(struct xen_memory_exchange *x)
{
	x->in.extent_start.p = in;
	x->out.extent_start.p = out;
	x->in.domid = x->out.domid = DOMID_SELF;
	return hc_memory_op(XENMEM_exchange, GVA(x));
}

START_TEST(to_contiguous_and_back)
{
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 8 },
		.out = { .nr_extents = 2, .extent_order = 2 },
	};
	u64 first;

	ck_assert_int_eq(exchange(&x), 0);
	ck_assert_uint_eq(x.nr_exchanged, 8);
	ck_assert_uint_eq(memory_pages(d1), 8);
	first = out[0];
	for (unsigned int i = 0; i < 4; i++) {
		ck_assert_uint_eq(frame_owner(MFN(first + i)), 1);
		ck_assert_uint_eq(m2p_get(MFN(first + i)), 100 + i);
	}
	ck_assert_uint_eq(fake_check(), 0);
	x = (struct xen_memory_exchange){
		.in = { .nr_extents = 1, .extent_order = 2 },
		.out = { .nr_extents = 4 },
	};
	in[0] = first;
	for (unsigned int i = 0; i < 4; i++)
		out[i] = 200 + i;
	ck_assert_int_eq(exchange(&x), 0);
	ck_assert_uint_eq(x.nr_exchanged, 1);
	ck_assert_uint_eq(m2p_get(MFN(out[3])), 203);
	ck_assert_uint_eq(memory_pages(d1), 8);
}
END_TEST

START_TEST(inputs_stay_on_failure)
{
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 4 },
		.out = { .nr_extents = 1, .extent_order = 2,
			 .mem_flags = XENMEMF_address_bits(12) },
	};
	u64 kept[4];

	memcpy(kept, in, sizeof(kept));
	/* No memory that low. */
	ck_assert_int_eq(exchange(&x), -ENOMEM);
	ck_assert_uint_eq(x.nr_exchanged, 0);
	ck_assert_int_eq(memcmp(kept, in, sizeof(kept)), 0);
	ck_assert_uint_eq(out[0], 100);
	x.out.mem_flags = 0;
	/* In use, named twice, another's, none at all. */
	ck_assert(frame_get(MFN(in[3]), 1));
	ck_assert_int_lt(exchange(&x), 0);
	frame_put(MFN(in[3]));
	in[3] = in[0];
	ck_assert_int_lt(exchange(&x), 0);
	in[3] = fake_give(fake_domains[2]).v;
	ck_assert_int_lt(exchange(&x), 0);
	in[3] = ~0UL >> 12;
	ck_assert_int_lt(exchange(&x), 0);
	ck_assert_uint_eq(x.nr_exchanged, 0);
	ck_assert_uint_eq(fake_check(), 0);
	for (unsigned int i = 0; i < 3; i++)
		ck_assert_uint_eq(frame_read(MFN(in[i])) & FRAME_REFS_MASK, 1);
}
END_TEST

START_TEST(unequal_sizes)
{
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 3 },
		.out = { .nr_extents = 1, .extent_order = 2 },
	};

	ck_assert_int_eq(exchange(&x), -EINVAL);
	x.in.nr_extents = 1;
	x.in.extent_order = x.out.extent_order = 40;
	ck_assert_int_eq(exchange(&x), -EINVAL);
	x.in.extent_order = x.out.extent_order = 0;
	x.nr_exchanged = 2;
	ck_assert_int_eq(exchange(&x), -EINVAL);
	x.in.nr_extents = x.out.nr_extents = ~0UL;
	ck_assert_int_eq(exchange(&x), -EINVAL);
}
END_TEST

static long one(unsigned int cmd, u64 *frame)
{
	struct xen_memory_reservation r = {
		.nr_extents = 1, .domid = DOMID_SELF,
	};

	r.extent_start.p = frame;
	return hc_memory_op(cmd, GVA(&r));
}

/* A frame that is used after its release counts until that ends. */
START_TEST(released_but_in_use)
{
	u64 kept[4], pfn = 7;

	d1->max_pages = 8;
	for (unsigned int i = 0; i < 4; i++) {
		kept[i] = in[i];
		ck_assert(frame_get_writable(MFN(kept[i]), 1));
		ck_assert_int_eq(one(XENMEM_decrease_reservation, &kept[i]), 1);
		ck_assert_uint_eq(memory_pages(d1), 8);
		ck_assert_int_eq(one(XENMEM_populate_physmap, &pfn), 0);
	}
	for (unsigned int i = 0; i < 4; i++) {
		frame_put_writable(MFN(kept[i]));
		ck_assert_uint_eq(memory_pages(d1), 7);
		pfn = 7 + i;
		ck_assert_int_eq(one(XENMEM_populate_physmap, &pfn), 1);
		ck_assert_uint_eq(memory_pages(d1), 8);
	}
}
END_TEST

/* Taken and given back, to a domain that lives and to one that does not. */
START_TEST(stolen)
{
	mfn_t m = MFN(in[0]), n = MFN(in[1]);
	u64 w;

	ck_assert(frame_get_writable(m, 1));
	ck_assert_int_eq(memory_steal(d1, m), -EINVAL);
	frame_put_writable(m);
	w = frame_read(m);
	ck_assert_int_eq(memory_steal(d1, m), 0);
	/* Nobody can use it now, so nobody can keep it. */
	ck_assert(!frame_get(m, 1));
	ck_assert(!frame_get_writable(m, 1));
	ck_assert_int_eq(memory_steal(d1, m), -EINVAL);
	ck_assert_int_eq(memory_steal(fake_domains[2], n), -EINVAL);
	ck_assert_uint_eq(memory_pages(d1), 8);
	memory_unsteal(d1, m);
	ck_assert_uint_eq(frame_read(m), w);
	ck_assert_uint_eq(memory_pages(d1), 8);
	ck_assert_int_eq(memory_steal(d1, m), 0);
	d1->dying = DYING_YES;
	memory_unsteal(d1, m);
	ck_assert_uint_eq(frame_owner(m), OWNER_FREE);
	ck_assert_uint_eq(memory_pages(d1), 7);
	d1->dying = DYING_NO;
}
END_TEST

START_TEST(reservations)
{
	struct xen_memory_reservation r = {
		.nr_extents = 3, .domid = DOMID_SELF,
	};
	u64 list[3] = { 7, 8, 9 };

	r.extent_start.p = list;
	d1->max_pages = 10;
	/* Two fit. */
	ck_assert_int_eq(hc_memory_op(XENMEM_populate_physmap, GVA(&r)), 2);
	ck_assert_uint_eq(m2p_get(MFN(list[1])), 8);
	ck_assert_uint_eq(list[2], 9);
	ck_assert_uint_eq(memory_pages(d1), 10);
	list[2] = list[0];
	ck_assert_int_eq(hc_memory_op(XENMEM_decrease_reservation, GVA(&r)),
			 2);
	ck_assert_uint_eq(memory_pages(d1), 8);
	/* Not for another domain. */
	r.domid = 2;
	ck_assert_int_eq(hc_memory_op(XENMEM_populate_physmap, GVA(&r)), 0);
	fake_run(0);
	ck_assert_int_eq(hc_memory_op(XENMEM_populate_physmap, GVA(&r)), 3);
	r.extent_order = 30;
	ck_assert_int_eq(hc_memory_op(XENMEM_populate_physmap, GVA(&r)), 0);
	r.nr_extents = ~0UL;
	ck_assert_int_eq(hc_memory_op(XENMEM_populate_physmap, GVA(&r)), 0);
}
END_TEST

START_TEST(grant_frames_as_resource)
{
	struct xen_mem_acquire_resource r = {
		.domid = 1, .type = XENMEM_resource_grant_table,
	};
	u64 list[2];

	ck_assert_int_eq(hc_memory_op(XENMEM_acquire_resource, GVA(&r)),
			 -EPERM);
	fake_run(0);
	ck_assert_int_eq(hc_memory_op(XENMEM_acquire_resource, GVA(&r)), 0);
	ck_assert_uint_eq(r.nr_frames, 2);
	r.frame_list.p = list;
	ck_assert_int_eq(hc_memory_op(XENMEM_acquire_resource, GVA(&r)), 0);
	ck_assert_uint_eq(frame_owner(MFN(list[1])), 1);
	r.frame = 1;
	ck_assert_int_eq(hc_memory_op(XENMEM_acquire_resource, GVA(&r)),
			 -EINVAL);
	r.frame = ~0UL;
	ck_assert_int_eq(hc_memory_op(XENMEM_acquire_resource, GVA(&r)),
			 -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_memory");
	TCase *c = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, to_contiguous_and_back);
	tcase_add_test(c, inputs_stay_on_failure);
	tcase_add_test(c, unequal_sizes);
	tcase_add_test(c, released_but_in_use);
	tcase_add_test(c, stolen);
	tcase_add_test(c, reservations);
	tcase_add_test(c, grant_frames_as_resource);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
