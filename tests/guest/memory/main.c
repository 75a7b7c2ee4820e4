/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory_op: frames given back and taken, how many extents were done when
 * something stops a list, contiguous extents, address limits, exchanges that are
 * all or nothing, the quota, also with frames that are given back and used on,
 * what a domain may ask, values at the borders, claims.
 */
#define __XEN_TOOLS__ 1
#include "peer.h"
#include "memory.h"

long memory_op(unsigned int cmd, void *arg)
{
	return HC2(memory_op, cmd, arg);
}

long pages_now(void)
{
	domid_t self = DOMID_SELF;

	return memory_op(XENMEM_current_reservation, &self);
}

long reservation(unsigned int cmd, xen_pfn_t *list, unsigned long n,
		 unsigned int order, unsigned int flags)
{
	struct xen_memory_reservation r = {
		.nr_extents = n, .extent_order = order, .mem_flags = flags,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(r.extent_start, list);
	return memory_op(cmd, &r);
}

static void check_questions(void)
{
	domid_t self = DOMID_SELF, nobody = NO_DOMAIN;
	struct xen_machphys_mapping m;
	struct xen_platform_parameters p;

	subject("questions");
	CHECK(pages_now() >= (long)start_info->nr_pages);
	CHECK(memory_op(XENMEM_maximum_reservation, &self) >= pages_now());
	CHECK_EQ(memory_op(XENMEM_current_reservation, &nobody), -XEN_ESRCH);
	CHECK_EQ(memory_op(XENMEM_maximum_reservation, &nobody), -XEN_ESRCH);
	CHECK_EQ(memory_op(XENMEM_current_reservation, (void *)BAD_POINTER),
		 -XEN_EFAULT);
	CHECK(memory_op(XENMEM_maximum_ram_page, 0) > 0x1000);
	CHECK_EQ(memory_op(63, 0), -XEN_ENOSYS);
	CHECK_EQ(memory_op(XENMEM_machphys_mapping, &m), 0);
	CHECK_EQ(m.v_start, M2P_START);
	CHECK(m.v_end > m.v_start);
	CHECK(m.max_mfn >= mfn_of(&self));
	CHECK_EQ(memory_op(XENMEM_machphys_mapping, (void *)BAD_POINTER),
		 -XEN_EFAULT);
	CHECK_EQ(HC2(xen_version, XENVER_platform_parameters, &p), 0);
	CHECK_EQ(p.virt_start, M2P_START);
}

static void check_give_and_take(void)
{
	u64 *page = alloc_page();
	unsigned long pfn = pfn_of(page);
	xen_pfn_t e = mfn_of(page), got;
	long before = pages_now();

	subject("give back, take again");
	page[0] = 0x5ec2e7;
	CHECK_EQ(unmap_page(page), 0);
	CHECK_EQ(reservation(XENMEM_decrease_reservation, &e, 1, 0, 0), 1);
	CHECK_EQ(pages_now(), before - 1);
	CHECK(map_page(addr_of(page), PTE_RW(e), 0) < 0);
	CHECK_EQ(reservation(XENMEM_decrease_reservation, &e, 1, 0, 0), 0);
	got = pfn;
	CHECK_EQ(reservation(XENMEM_populate_physmap, &got, 1, 0, 0), 1);
	CHECK_EQ(pages_now(), before);
	CHECK_EQ(mfn_to_pfn(got), pfn);
	CHECK_EQ(map_page(addr_of(page), PTE_RW(got), UVMF_INVLPG), 0);
	CHECK_EQ(page[0], 0);
	set_mfn(pfn, got);
	/* Its number is read before anything is done. */
	CHECK_EQ(reservation(XENMEM_populate_physmap, (void *)BAD_POINTER, 1,
			     0, 0), 0);
	CHECK_EQ(reservation(XENMEM_decrease_reservation, (void *)BAD_POINTER,
			     1, 0, 0), 0);
	CHECK_EQ(pages_now(), before);
}

/* While it is mapped it stays, and counts. */
static void check_mapped(void)
{
	volatile u64 *page = alloc_page();
	unsigned long pfn = pfn_of((void *)addr_of(page));
	xen_pfn_t e = mfn_of((void *)addr_of(page)), got = pfn;
	long before = pages_now();

	subject("given back while mapped");
	page[5] = 0x555;
	CHECK_EQ(reservation(XENMEM_decrease_reservation, &e, 1, 0, 0), 1);
	CHECK_EQ(page[5], 0x555);
	CHECK_EQ(reservation(XENMEM_decrease_reservation, &e, 1, 0, 0), 0);
	CHECK_EQ(page[5], 0x555);
	CHECK_EQ(pages_now(), before);
	CHECK_EQ(unmap_page((void *)addr_of(page)), 0);
	CHECK_EQ(pages_now(), before - 1);
	CHECK(map_page(addr_of(page), PTE_RW(e), 0) < 0);
	CHECK_EQ(reservation(XENMEM_populate_physmap, &got, 1, 0, 0), 1);
	CHECK(pages_now() == before);
	CHECK_EQ(map_page(addr_of(page), PTE_RW(got), UVMF_INVLPG), 0);
	set_mfn(pfn, got);
}

static void check_partial(void)
{
	xen_pfn_t list[4];
	u64 *page[4];
	unsigned int i;
	long before;

	subject("lists that stop");
	for (i = 0; i < 4; i++) {
		page[i] = alloc_page();
		list[i] = mfn_of(page[i]);
		CHECK_EQ(unmap_page(page[i]), 0);
	}
	before = pages_now();
	list[2] = 0xffffff0;
	CHECK_EQ(reservation(XENMEM_decrease_reservation, list, 4, 0, 0), 2);
	CHECK_EQ(pages_now(), before - 2);
	/* The last was not touched. */
	CHECK_EQ(map_page(addr_of(page[3]), PTE_RW(list[3]), UVMF_INVLPG), 0);
	for (i = 0; i < 2; i++) {
		list[i] = pfn_of(page[i]);
		CHECK_EQ(reservation(XENMEM_populate_physmap, &list[i], 1, 0,
				     0), 1);
		set_mfn(pfn_of(page[i]), list[i]);
		CHECK_EQ(make_rw(page[i]), 0);
	}
	CHECK_EQ(make_rw(page[2]), 0);
	CHECK_EQ(reservation(XENMEM_populate_physmap, list, 0, 0, 0), 0);
	CHECK_EQ(pages_now(), before);
}

#define ROOM	32

static void check_extents(void)
{
	static xen_pfn_t room[ROOM];
	static u64 *page[ROOM];
	unsigned int i, order;
	xen_pfn_t e;
	long before;

	subject("extents");
	for (i = 0; i < ROOM; i++) {		/* below the quota */
		page[i] = alloc_page();
		room[i] = mfn_of(page[i]);
		CHECK_EQ(unmap_page(page[i]), 0);
	}
	CHECK_EQ(reservation(XENMEM_decrease_reservation, room, ROOM, 0, 0),
		 ROOM);
	before = pages_now();
	for (order = 1; order <= 5; order++) {
		e = 0;
		CHECK_EQ(reservation(XENMEM_increase_reservation, &e, 1,
				     order, 0), 1);
		CHECK_EQ(e & ((1UL << order) - 1), 0);
		CHECK_EQ(pages_now(), before + (1L << order));
		CHECK_EQ(reservation(XENMEM_decrease_reservation, &e, 1,
				     order, 0), 1);
		CHECK_EQ(pages_now(), before);
	}
	/* Orders that there are not. */
	CHECK_EQ(reservation(XENMEM_increase_reservation, &e, 1, 30, 0), 0);
	CHECK_EQ(reservation(XENMEM_increase_reservation, &e, 1, 64, 0), 0);
	CHECK_EQ(reservation(XENMEM_increase_reservation, &e, 1, ~0U, 0), 0);
	CHECK_EQ(reservation(XENMEM_increase_reservation, &e, ~0UL, 0, 0), 0);
	CHECK_EQ(pages_now(), before);
	for (i = 0; i < ROOM; i++)
		room[i] = pfn_of(page[i]);
	CHECK_EQ(reservation(XENMEM_populate_physmap, room, ROOM, 0, 0), ROOM);
	for (i = 0; i < ROOM; i++) {
		set_mfn(pfn_of(page[i]), room[i]);
		CHECK_EQ(make_rw(page[i]), 0);
		CHECK_EQ(page[i][1], 0);
	}
}

/* The quota of another domain: what does not fit is not done. */
static void check_quota(void)
{
	static xen_pfn_t list[20];
	struct xen_memory_reservation r = { .nr_extents = 20 };
	struct peer peer;
	unsigned int i;

	subject("quota");
	if (!peer_create(&peer))
		return;
	for (i = 0; i < 20; i++)
		list[i] = 100 + i;
	r.domid = peer.id;
	set_xen_guest_handle(r.extent_start, list);
	CHECK_EQ(memory_op(XENMEM_populate_physmap, &r), 8);
	CHECK_EQ(peer_pages(&peer), PEER_FRAMES + 8);
	CHECK_EQ(memory_op(XENMEM_populate_physmap, &r), 0);
	CHECK_EQ(list[8], 108);
	CHECK_EQ(mfn_to_pfn(list[7]), 107);
	r.nr_extents = 8;
	CHECK_EQ(memory_op(XENMEM_decrease_reservation, &r), 8);
	CHECK_EQ(peer_pages(&peer), PEER_FRAMES);
	CHECK_EQ(peer_destroy(&peer), 0);
	r.domid = NO_DOMAIN;
	CHECK_EQ(memory_op(XENMEM_populate_physmap, &r), 0);
}

static void check_maps(void)
{
	static struct { u64 addr, size; u32 type; }
		__attribute__((packed)) map[128];
	struct xen_memory_map m = { .nr_entries = ARRAY_SIZE(map) };
	unsigned int i, k, wrong = 0;

	subject("the machine's memory map");
	set_xen_guest_handle(m.buffer, map);
	if (!is_dom0()) {
		CHECK(memory_op(XENMEM_machine_memory_map, &m) < 0);
		return;
	}
	CHECK_EQ(memory_op(XENMEM_machine_memory_map, &m), 0);
	CHECK(m.nr_entries >= 4 && m.nr_entries < ARRAY_SIZE(map));
	for (i = 0; i < m.nr_entries; i++) {
		wrong += !map[i].size || map[i].type < 1;
		for (k = 0; k < i; k++)
			wrong += map[i].addr < map[k].addr + map[k].size &&
				 map[k].addr < map[i].addr + map[i].size;
	}
	CHECK_EQ(wrong, 0);
	CHECK_EQ(map[0].addr, 0);
	CHECK_EQ(map[0].type, 1);
	CHECK_EQ(memory_op(XENMEM_machine_memory_map, (void *)BAD_POINTER),
		 -XEN_EFAULT);
}

void test_main(void)
{
	check_questions();
	check_give_and_take();
	check_mapped();
	check_partial();
	check_extents();
	check_quota();
	check_maps();
	memory_check_exchange();
	memory_check_claims();
	memory_check_held();
}
