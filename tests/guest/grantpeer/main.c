/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grants of another domain: its pages mapped and copied, what its table says
 * obeyed, pages given to it by transfer, mappings that are left when it
 * dies, handles that run out.
 */
#define __XEN_TOOLS__ 1
#include "peer.h"
#include "grant.h"
#include <xen/domctl.h>

static struct peer peer;

static void check_map(void)
{
	volatile u64 *window = alloc_page(), *view;
	unsigned long va = addr_of(window);
	struct gnttab_map_grant_ref m;

	subject("map another domain's page");
	view = peer_map(&peer, peer.mfn[2], true);
	view[1] = 0x111;
	CHECK_EQ(unmap_page((void *)va), 0);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, peer.id, 8),
		 GNTST_general_error);
	grant_set(&peer.grants[8], 0, peer.mfn[2], GTF_permit_access);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, peer.id, 8), GNTST_okay);
	CHECK_EQ(m.dev_bus_addr, peer.mfn[2] << 12);
	CHECK_EQ(window[1], 0x111);
	window[2] = 0x222;
	CHECK_EQ(view[2], 0x222);
	CHECK_EQ(peer.grants[8].flags, GTF_permit_access | GTF_reading |
		 GTF_writing);
	CHECK_EQ(grant_unmap(va, 0, m.handle), GNTST_okay);
	CHECK_EQ(peer.grants[8].flags, GTF_permit_access);
	CHECK_EQ(*l1_entry(va), 0);
	subject("read-only");
	grant_set(&peer.grants[8], 0, peer.mfn[2],
		  GTF_permit_access | GTF_readonly);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, peer.id, 8),
		 GNTST_general_error);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map | GNTMAP_readonly, peer.id,
			   8), GNTST_okay);
	CHECK_EQ(*l1_entry(va) & 2, 0);
	CHECK_EQ(peer.grants[8].flags, GTF_permit_access | GTF_readonly |
		 GTF_reading);
	CHECK_EQ(grant_unmap(va, 0, m.handle), GNTST_okay);
	subject("refused");
	grant_set(&peer.grants[8], 5, peer.mfn[2], GTF_permit_access);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, peer.id, 8),
		 GNTST_general_error);
	/* Not its own page: ours, or nobody's. */
	grant_set(&peer.grants[8], 0, mfn_of(&peer), GTF_permit_access);
	CHECK(grant_map(&m, va, GNTMAP_host_map, peer.id, 8) < 0);
	CHECK_EQ(peer.grants[8].flags, GTF_permit_access);
	grant_set(&peer.grants[8], 0, 0xfee00, GTF_permit_access);
	CHECK(grant_map(&m, va, GNTMAP_host_map, peer.id, 8) < 0);
	CHECK_EQ(peer.grants[8].flags, GTF_permit_access);
	CHECK_EQ(*l1_entry(va), 0);
	CHECK_EQ(make_rw((void *)va), 0);
	peer_unmap((void *)addr_of(view));
}

/* Mapped for a device only: there is no entry, but the page is held. */
static void check_device_map(void)
{
	struct gnttab_map_grant_ref m;

	subject("device mappings");
	grant_set(&peer.grants[9], 0, peer.mfn[3], GTF_permit_access);
	CHECK_EQ(grant_map(&m, 0, GNTMAP_device_map, peer.id, 9), GNTST_okay);
	CHECK_EQ(m.dev_bus_addr, peer.mfn[3] << 12);
	CHECK_EQ(peer.grants[9].flags & GTF_writing, GTF_writing);
	CHECK_EQ(grant_unmap(0, (peer.mfn[3] + 1) << 12, m.handle),
		 GNTST_bad_dev_addr);
	CHECK_EQ(grant_unmap(0, m.dev_bus_addr, m.handle), GNTST_okay);
	CHECK_EQ(peer.grants[9].flags, GTF_permit_access);
}

static void check_copy(void)
{
	u64 *buffer = alloc_page(), *view;
	struct gnttab_copy c = {
		.source = { .u.ref = 10, .domid = peer.id },
		.dest = { .u.gmfn = mfn_of(buffer), .domid = DOMID_SELF },
		.len = PAGE_SIZE, .flags = GNTCOPY_source_gref,
	};

	subject("copy");
	view = peer_map(&peer, peer.mfn[4], true);
	view[100] = 0xabc;
	CHECK_EQ(grant_op(GNTTABOP_copy, &c), 0);
	CHECK_EQ(c.status, GNTST_general_error);
	grant_set(&peer.grants[10], 0, peer.mfn[4],
		  GTF_permit_access | GTF_readonly);
	CHECK_EQ(grant_op(GNTTABOP_copy, &c), 0);
	CHECK_EQ(c.status, GNTST_okay);
	CHECK_EQ(buffer[100], 0xabc);
	/* The other way: it is for reading. */
	buffer[100] = 0xdef;
	c = (struct gnttab_copy){
		.source = { .u.gmfn = mfn_of(buffer), .domid = DOMID_SELF },
		.dest = { .u.ref = 10, .domid = peer.id },
		.len = PAGE_SIZE, .flags = GNTCOPY_dest_gref,
	};
	CHECK_EQ(grant_op(GNTTABOP_copy, &c), 0);
	CHECK_EQ(c.status, GNTST_general_error);
	CHECK_EQ(view[100], 0xabc);
	grant_set(&peer.grants[10], 0, peer.mfn[4], GTF_permit_access);
	CHECK_EQ(grant_op(GNTTABOP_copy, &c), 0);
	CHECK_EQ(c.status, GNTST_okay);
	CHECK_EQ(view[100], 0xdef);
	CHECK_EQ(peer.grants[10].flags, GTF_permit_access);
	/* Another's frames by number are nobody's to copy. */
	c.flags = 0;
	c.dest.u.gmfn = peer.mfn[4];
	CHECK_EQ(grant_op(GNTTABOP_copy, &c), 0);
	CHECK_EQ(c.status, GNTST_permission_denied);
	peer_unmap(view);
}

static int transfer(u64 mfn, unsigned int dom, u32 ref)
{
	struct gnttab_transfer t = { .mfn = mfn, .domid = dom, .ref = ref };

	CHECK_EQ(grant_op(GNTTABOP_transfer, &t), 0);
	return t.status;
}

/* The page's content comes to the peer; the page is not ours any more. */
static void check_transfer(void)
{
	u64 *page = alloc_page(), mfn = mfn_of(page), *view;
	unsigned long pages = peer_pages(&peer);
	u16 done = GTF_accept_transfer | GTF_transfer_committed |
		   GTF_transfer_completed;
	int rc;

	subject("transfer");
	page[9] = 0x999;
	grant_set(&peer.grants[11], 0, 500, GTF_accept_transfer);
	/* Mapped still. */
	CHECK_EQ(transfer(mfn, peer.id, 11), GNTST_bad_page);
	CHECK_EQ(unmap_page(page), 0);
	CHECK_EQ(transfer(0xffffff0, peer.id, 11), GNTST_bad_page);
	CHECK_EQ(transfer(mfn, NO_DOMAIN, 11), GNTST_bad_domain);
	CHECK(transfer(mfn, peer.id, 12) < 0);		/* not waiting */
	CHECK(transfer(mfn, peer.id, 1U << 30) < 0);
	CHECK_EQ(peer.grants[11].flags, GTF_accept_transfer);
	CHECK_EQ(peer_pages(&peer), pages);
	/* All of that left the page ours. (Xen loses it by then.) */
	CHECK_EQ(rc = make_rw(page), 0);
	if (rc)
		return;
	CHECK_EQ(page[9], 0x999);
	CHECK_EQ(unmap_page(page), 0);
	CHECK_EQ(transfer(mfn, peer.id, 11), GNTST_okay);
	CHECK_EQ(peer.grants[11].flags, done);
	CHECK_EQ(peer_pages(&peer), pages + 1);
	CHECK_EQ(mfn_to_pfn(peer.grants[11].frame), 500);
	view = peer_map(&peer, peer.grants[11].frame, true);
	CHECK(view != 0);
	CHECK_EQ(view ? view[9] : 0, 0x999);
	peer_unmap(view);
	CHECK_EQ(transfer(mfn, peer.id, 11), GNTST_bad_page);
	CHECK(make_rw(page) < 0);
}

static void check_end(void)
{
	volatile u64 *window = alloc_page();
	unsigned long va = addr_of(window);
	struct gnttab_map_grant_ref m, late;

	subject("the granter dies");
	CHECK_EQ(unmap_page((void *)va), 0);
	grant_set(&peer.grants[13], 0, peer.mfn[5], GTF_permit_access);
	CHECK_EQ(grant_map(&m, va, GNTMAP_host_map, peer.id, 13), GNTST_okay);
	window[0] = 0x55;
	CHECK_EQ(peer_destroy(&peer), 0);
	CHECK_EQ(window[0], 0x55);
	CHECK(peer_flags(&peer) & XEN_DOMINF_dying);
	CHECK(grant_map(&late, va, GNTMAP_host_map, peer.id, 13) < 0);
	CHECK_EQ(grant_unmap(va, 0, m.handle), GNTST_okay);
	for (int i = 0; i < 100000 && peer_flags(&peer) >= 0; i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(peer_flags(&peer), -XEN_ESRCH);
	CHECK_EQ(grant_map(&late, va, GNTMAP_host_map, peer.id, 13),
		 GNTST_bad_domain);
	CHECK_EQ(make_rw((void *)va), 0);
}

void test_main(void)
{
	if (!peer_create(&peer))
		return;
	check_map();
	check_device_map();
	check_copy();
	check_transfer();
	check_end();
}
