/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that are given back and used on: see main.c.  At its limit a domain
 * can have no more for them, in whatever way it holds them; what it is said to
 * have does not fall until they are gone.
 */
#include "grant.h"
#include "memory.h"

#define N	4		/* frames at a time */

static u64 *page[N];
static xen_pfn_t frame[N];
static long limit;

/* Up to the limit, which is not reached by the builder of every domain. */
static unsigned int fill(xen_pfn_t *list, unsigned int room)
{
	unsigned int n = 0;

	while (n < room && reservation(XENMEM_increase_reservation, &list[n],
				       1, 0, 0) == 1)
		n++;
	return n;
}

/* All are given back, though something holds them: as many as before. */
static void give_back_held(void)
{
	xen_pfn_t e = 0;

	CHECK_EQ(reservation(XENMEM_decrease_reservation, frame, N, 0, 0), N);
	CHECK_EQ(pages_now(), limit);
	CHECK_EQ(reservation(XENMEM_increase_reservation, &e, 1, 0, 0), 0);
	CHECK_EQ(pages_now(), limit);
}

/* Let go of, one after the other: each makes room for one. */
static void let_go(int (*release)(unsigned int i))
{
	unsigned int i;
	xen_pfn_t got;

	for (i = 0; i < N; i++) {
		CHECK_EQ(release(i), 0);
		CHECK_EQ(pages_now(), limit - 1);
		/* It is not ours any more. */
		CHECK(map_page(addr_of(page[i]), PTE_RO(frame[i]), 0) < 0);
		got = pfn_of(page[i]);
		CHECK_EQ(reservation(XENMEM_populate_physmap, &got, 1, 0, 0),
			 1);
		CHECK_EQ(pages_now(), limit);
		set_mfn(pfn_of(page[i]), got);
		frame[i] = got;
		CHECK_EQ(make_rw(page[i]), 0);
		CHECK_EQ(page[i][3], 0);
	}
}

static int release_mapping(unsigned int i)
{
	return unmap_page(page[i]);
}

static void check_mappings(void)
{
	subject("held by mappings");
	give_back_held();
	page[1][3] = 0x333;
	CHECK_EQ(page[1][3], 0x333);
	let_go(release_mapping);
}

static int release_pin(unsigned int i)
{
	return mmuext(MMUEXT_UNPIN_TABLE, frame[i]);
}

static void check_pins(void)
{
	unsigned int i;

	subject("held by pins");
	for (i = 0; i < N; i++) {
		CHECK_EQ(unmap_page(page[i]), 0);
		CHECK_EQ(mmuext(MMUEXT_PIN_L1_TABLE, frame[i]), 0);
	}
	give_back_held();
	let_go(release_pin);
}

static u32 handle[N];
static void *window[N];

static int release_grant(unsigned int i)
{
	return grant_unmap(addr_of(window[i]), 0, handle[i]);
}

/* Granted to ourselves; the page's own mapping goes first. */
static void check_grants(void)
{
	grant_entry_v1_t *table = grant_table_map();
	unsigned int i, self = own_domid();
	struct gnttab_map_grant_ref m;

	subject("held by grants");
	for (i = 0; i < N; i++) {
		window[i] = alloc_page();
		CHECK_EQ(unmap_page(window[i]), 0);
		grant_set(&table[20 + i], self, frame[i], GTF_permit_access);
		CHECK_EQ(grant_map(&m, addr_of(window[i]), GNTMAP_host_map,
				   self, 20 + i), GNTST_okay);
		handle[i] = m.handle;
		CHECK_EQ(unmap_page(page[i]), 0);
	}
	give_back_held();
	let_go(release_grant);
	for (i = 0; i < N; i++) {
		*(volatile u16 *)&table[20 + i].flags = 0;
		CHECK_EQ(make_rw(window[i]), 0);
	}
}

/*
 * A page of the hypervisor's use for good, beside those that are left: given
 * back, it makes no room; what it takes is given back for that.
 */
static void check_used_page(u64 *used)
{
	xen_pfn_t e = mfn_of(used), got = 0;

	CHECK_EQ(unmap_page(used), 0);
	CHECK_EQ(reservation(XENMEM_decrease_reservation, &e, 1, 0, 0), 1);
	CHECK_EQ(pages_now(), limit);
	CHECK_EQ(reservation(XENMEM_increase_reservation, &got, 1, 0, 0), 0);
}

static void check_vcpu_info(void)
{
	u64 *used = alloc_page();
	struct vcpu_register_vcpu_info i = { .mfn = mfn_of(used) };
	long rc;

	subject("held by vcpu_info");
	rc = HC3(vcpu_op, VCPUOP_register_vcpu_info, 1, &i);
	if (rc == -XEN_ENOENT) {
		skip("vcpu_info: there is one vCPU only");
		return;
	}
	CHECK_EQ(rc, 0);
	check_used_page(used);
}

/* From here on events come another way: last of all. */
static void check_fifo(void)
{
	u64 *used = alloc_page();
	struct evtchn_init_control i = { .control_gfn = mfn_of(used) };
	struct evtchn_reset r = { .dom = DOMID_SELF };

	subject("held by FIFO events");
	CHECK_EQ(evtchn(EVTCHNOP_init_control, &i), 0);
	check_used_page(used);
	if (!is_dom0())		/* a guest would lose its console */
		return;
	CHECK_EQ(evtchn(EVTCHNOP_reset, &r), 0);
	CHECK_EQ(pages_now(), limit - 1);
}

void memory_check_held(void)
{
	static xen_pfn_t rest[8192];
	domid_t self = DOMID_SELF;
	unsigned int i, n;

	subject("at the limit");
	for (i = 0; i < N; i++) {
		page[i] = alloc_page();
		frame[i] = mfn_of(page[i]);
	}
	n = fill(rest, ARRAY_SIZE(rest));
	limit = memory_op(XENMEM_maximum_reservation, &self);
	CHECK_EQ(pages_now(), limit);
	check_mappings();
	check_pins();
	check_grants();
	check_vcpu_info();
	check_fifo();
	CHECK_EQ(reservation(XENMEM_decrease_reservation, rest, n, 0, 0), n);
}
