/* SPDX-License-Identifier: BSD-2-Clause */
/* Grants as the subjects make them; the table is the caller's own. */
#ifndef TESTS_GUEST_GRANT_H
#define TESTS_GUEST_GRANT_H

#include "ops.h"

/* The first frame of our table, mapped in place of a page of the pool. */
static inline grant_entry_v1_t *grant_table_map(void)
{
	struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };
	xen_pfn_t frame = 0;
	void *window = alloc_page();

	set_xen_guest_handle(s.frame_list, &frame);
	CHECK_EQ(grant_op(GNTTABOP_setup_table, &s), 0);
	CHECK_EQ(s.status, GNTST_okay);
	CHECK(frame != 0);
	CHECK_EQ(map_page(addr_of(window), PTE_RW(frame), UVMF_INVLPG), 0);
	return window;
}

/* Our own number, which we are not told: grants to DOMID_SELF do not exist. */
static inline unsigned int own_domid(void)
{
	unsigned int id;

	if (is_dom0())
		return 0;
	/* Only its own number and those it controls pass this question. */
	for (id = 1; id < 1000; id++) {
		struct evtchn_status s = { .dom = id, .port = 0 };

		if (evtchn(EVTCHNOP_status, &s) >= 0)
			break;
	}
	return id;
}

/* The flags come last: the entry must be whole when it becomes valid. */
static inline void grant_set(grant_entry_v1_t *e, unsigned int domid, u64 mfn,
			     u16 flags)
{
	e->domid = domid;
	e->frame = mfn;
	barrier();
	*(volatile u16 *)&e->flags = flags;
}

/* Status; the operation is left in @m. */
static inline int grant_map(struct gnttab_map_grant_ref *m, u64 addr,
			    u32 flags, unsigned int dom, u32 ref)
{
	memset(m, 0, sizeof(*m));
	m->host_addr = addr;
	m->flags = flags;
	m->ref = ref;
	m->dom = dom;
	CHECK_EQ(grant_op(GNTTABOP_map_grant_ref, m), 0);
	return m->status;
}

static inline int grant_unmap(u64 addr, u64 bus_addr, u32 handle)
{
	struct gnttab_unmap_grant_ref u = { .host_addr = addr,
					    .dev_bus_addr = bus_addr,
					    .handle = handle };

	CHECK_EQ(grant_op(GNTTABOP_unmap_grant_ref, &u), 0);
	return u.status;
}

#endif
