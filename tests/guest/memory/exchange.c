/* SPDX-License-Identifier: BSD-2-Clause */
/* XENMEM_exchange: see main.c. */
#include "memory.h"

#define N	64

static u64 *page[N];
static xen_pfn_t in[N], out[N];

static long exchange(unsigned int n_in, unsigned int order_in,
		     unsigned int n_out, unsigned int order_out,
		     unsigned int flags, unsigned long *done)
{
	struct xen_memory_exchange x = {
		.in = { .nr_extents = n_in, .extent_order = order_in,
			.domid = DOMID_SELF },
		.out = { .nr_extents = n_out, .extent_order = order_out,
			 .mem_flags = flags, .domid = DOMID_SELF },
	};
	long rc;

	set_xen_guest_handle(x.in.extent_start, in);
	set_xen_guest_handle(x.out.extent_start, out);
	rc = memory_op(XENMEM_exchange, &x);
	*done = x.nr_exchanged;
	return rc;
}

static void zap(void)
{
	unsigned int i;

	for (i = 0; i < N; i++) {
		in[i] = mfn_of(page[i]);
		CHECK_EQ(unmap_page(page[i]), 0);
	}
}

static void restore(void)
{
	unsigned int i;

	for (i = 0; i < N; i++)
		CHECK_EQ(make_rw(page[i]), 0);
}

/* 64 single frames for one extent of 64 below 4 GiB, and back. */
static void check_both_ways(void)
{
	long before = pages_now();
	unsigned long done;
	unsigned int i;

	subject("exchange");
	zap();
	out[0] = pfn_of(page[0]);
	CHECK_EQ(exchange(N, 0, 1, 6, XENMEMF_address_bits(32), &done), 0);
	CHECK_EQ(done, N);
	CHECK_EQ(pages_now(), before);
	CHECK_EQ(out[0] & (N - 1), 0);
	CHECK(out[0] + N <= 0x100000);
	for (i = 0; i < N; i++) {
		CHECK_EQ(mfn_to_pfn(out[0] + i), pfn_of(page[0]) + i);
		set_mfn(pfn_of(page[0]) + i, out[0] + i);
	}
	restore();
	for (i = 0; i < N; i++)
		CHECK_EQ(page[i][7], 0);
	/* The old ones are not ours any more. */
	CHECK(map_page(addr_of(page[0]), PTE_RO(in[0]), 0) < 0);
	subject("exchange back");
	zap();
	for (i = 0; i < N; i++)
		out[i] = pfn_of(page[i]);
	CHECK_EQ(exchange(1, 6, N, 0, 0, &done), 0);
	CHECK_EQ(done, 1);
	CHECK_EQ(pages_now(), before);
	for (i = 0; i < N; i++) {
		CHECK_EQ(mfn_to_pfn(out[i]), pfn_of(page[i]));
		set_mfn(pfn_of(page[i]), out[i]);
	}
	restore();
}

/* Nothing is changed if it cannot be done. */
static void check_refused(void)
{
	long before = pages_now();
	unsigned long done;
	unsigned int i;

	subject("exchange refused");
	zap();
	out[0] = pfn_of(page[0]);
	/* So low there is no memory for guests. */
	CHECK_EQ(exchange(N, 0, 1, 6, XENMEMF_address_bits(14), &done),
		 -XEN_ENOMEM);
	CHECK_EQ(done, 0);
	CHECK_EQ(out[0], pfn_of(page[0]));
	/* Sums that do not agree; orders that are too large. */
	CHECK_EQ(exchange(N, 0, 1, 5, 0, &done), -XEN_EINVAL);
	CHECK(exchange(N, 0, 2, 6, 0, &done) < 0);
	CHECK(exchange(1, 60, 1, 60, 0, &done) < 0);
	/* One of them is mapped; one is not ours. */
	CHECK_EQ(make_rw(page[40]), 0);
	CHECK_EQ(exchange(N, 0, 1, 6, 0, &done), -XEN_EINVAL);
	CHECK_EQ(done, 0);
	CHECK_EQ(unmap_page(page[40]), 0);
	in[50] = 0xffffff0;
	CHECK_EQ(exchange(N, 0, 1, 6, 0, &done), -XEN_EINVAL);
	CHECK_EQ(done, 0);
	in[50] = in[49];			/* twice the same */
	CHECK_EQ(exchange(N, 0, 1, 6, 0, &done), -XEN_EINVAL);
	CHECK_EQ(memory_op(XENMEM_exchange, (void *)BAD_POINTER),
		 -XEN_EFAULT);
	CHECK_EQ(pages_now(), before);
	for (i = 0; i < N; i++)
		CHECK_EQ(mfn_to_pfn(mfn_of(page[i])), pfn_of(page[i]));
	restore();
}

void memory_check_exchange(void)
{
	unsigned int i;

	for (i = 0; i < N; i++) {
		page[i] = alloc_page();
		page[i][7] = i + 1;
		if (i && page[i] != page[i - 1] + PAGE_SIZE / 8)
			CHECK(!"pages are in a row");
	}
	check_refused();
	for (i = 0; i < N; i++)
		CHECK_EQ(page[i][7], i + 1);
	check_both_ways();
}
