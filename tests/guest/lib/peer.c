/* SPDX-License-Identifier: BSD-2-Clause */
/* The second domain: see peer.h. */
#define __XEN_TOOLS__ 1
#include "peer.h"
#include <xen/domctl.h>

static long domctl(struct xen_domctl *op, unsigned int cmd, unsigned int id)
{
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = id;
	return HC1(domctl, op);
}

/* ---- mapping ------------------------------------------------------------------ */

/* Places that are free again; the pool of pages has no way back. */
static void *spare[32];
static unsigned int spares;

void *peer_map(const struct peer *p, u64 mfn, bool writable)
{
	void *page = spares ? spare[--spares] : alloc_page();
	u64 pte = writable ? PTE_RW(mfn) : PTE_RO(mfn);
	int rc = update_one(maddr_of(l1_entry(addr_of(page))), pte, p->id);

	if (rc) {
		peer_unmap(page);
		return 0;
	}
	mmuext(MMUEXT_INVLPG_LOCAL, addr_of(page));
	return page;
}

void peer_unmap(void *page)
{
	if (!page)
		return;
	CHECK_EQ(make_rw(page), 0);
	if (spares < ARRAY_SIZE(spare))
		spare[spares++] = page;
}

/* ---- creation ------------------------------------------------------------------- */

static long create(struct peer *p)
{
	struct xen_domctl op;
	long rc;

	memset(&op, 0, sizeof(op));
	op.u.createdomain.max_vcpus = 1;
	op.u.createdomain.max_evtchn_port = 1023;
	op.u.createdomain.max_grant_frames = 4;
	op.u.createdomain.max_maptrack_frames = 4;
	op.u.createdomain.grant_opts = XEN_DOMCTL_GRANT_version(1);
	rc = domctl(&op, XEN_DOMCTL_createdomain, 0);
	if (rc)
		return rc;
	p->id = op.domain;
	if (IS_32BIT) {
		memset(&op, 0, sizeof(op));
		op.u.address_size.size = 32;
		rc = domctl(&op, XEN_DOMCTL_set_address_size, p->id);
	}
	memset(&op, 0, sizeof(op));
	op.u.max_mem.max_memkb = (PEER_FRAMES + 8) * 4;
	if (!rc)
		rc = domctl(&op, XEN_DOMCTL_max_mem, p->id);
	memset(&op, 0, sizeof(op));
	op.u.max_vcpus.max = 1;
	if (!rc)
		rc = domctl(&op, XEN_DOMCTL_max_vcpus, p->id);
	return rc;
}

static long populate(struct peer *p)
{
	static xen_pfn_t list[PEER_FRAMES];
	struct xen_memory_reservation r = { .nr_extents = PEER_FRAMES,
					    .domid = p->id };
	unsigned int i;
	long n;

	for (i = 0; i < PEER_FRAMES; i++)
		list[i] = i;
	set_xen_guest_handle(r.extent_start, list);
	n = HC2(memory_op, XENMEM_populate_physmap, &r);
	for (i = 0; i < PEER_FRAMES; i++)
		p->mfn[i] = list[i];
	return n == PEER_FRAMES ? 0 : -1;
}

static u64 grant_frame(const struct peer *p)
{
	struct xen_mem_acquire_resource a = {
		.domid = p->id, .type = XENMEM_resource_grant_table,
		.nr_frames = 1,
	};
	xen_pfn_t mfn = 0;

	set_xen_guest_handle(a.frame_list, &mfn);
	CHECK_EQ(HC2(memory_op, XENMEM_acquire_resource, &a), 0);
	return mfn;
}

static long info(const struct peer *p, struct xen_domctl_getdomaininfo *out)
{
	struct xen_domctl op;
	long rc;

	memset(&op, 0, sizeof(op));
	rc = domctl(&op, XEN_DOMCTL_getdomaininfo, p->id);
	if (!rc && op.domain != p->id)
		rc = -XEN_ESRCH;
	*out = op.u.getdomaininfo;
	return rc;
}

bool peer_create(struct peer *p)
{
	struct xen_domctl_getdomaininfo i;

	if (!is_dom0()) {
		skip("a second domain: only dom0 can make one");
		return false;
	}
	CHECK_EQ(create(p), 0);
	CHECK_EQ(populate(p), 0);
	CHECK_EQ(info(p, &i), 0);
	p->shared = peer_map(p, i.shared_info_frame, true);
	p->grants = peer_map(p, grant_frame(p), true);
	CHECK(p->shared);
	CHECK(p->grants);
	return p->shared && p->grants;
}

long peer_flags(const struct peer *p)
{
	struct xen_domctl_getdomaininfo i;
	long rc = info(p, &i);

	return rc ? rc : (long)i.flags;
}

unsigned long peer_pages(const struct peer *p)
{
	struct xen_domctl_getdomaininfo i;

	return info(p, &i) ? 0 : i.tot_pages;
}

int peer_control(const struct peer *p, unsigned int cmd)
{
	struct xen_domctl op;

	memset(&op, 0, sizeof(op));
	return domctl(&op, cmd, p->id);
}

int peer_destroy(struct peer *p)
{
	unsigned int tries;
	int rc;

	peer_unmap(p->shared);
	peer_unmap(p->grants);
	p->shared = 0;
	p->grants = 0;
	for (tries = 0; tries < 100000; tries++) {
		rc = peer_control(p, XEN_DOMCTL_destroydomain);
		if (rc != -XEN_EAGAIN)
			break;
	}
	return rc;
}

/* ---- a running one ----------------------------------------------------------------- */

#define FIRST_TABLE	8		/* its frames from here on are tables */
#define EMPTY_TABLE	16
#define CODE_AT		0x200000UL	/* first address of the second L1 table */

static int write_page(const struct peer *p, unsigned int frame,
		      const void *from, size_t size)
{
	char *page = peer_map(p, p->mfn[frame], true);

	if (!page)
		return -1;
	memset(page, 0, PAGE_SIZE);
	memcpy(page, from, size);
	peer_unmap(page);
	return 0;
}

/*
 * One table of each level; the lowest maps the first three frames.  A 32-bit
 * one must have all four entries of its top table: the others name empty tables.
 */
static u64 make_tables(const struct peer *p)
{
	u64 table[4] = { 0 };
	unsigned int level, slot;

	for (slot = 0; slot < 3; slot++)
		table[slot] = PTE_RW(p->mfn[slot]) | 4;
	CHECK_EQ(write_page(p, FIRST_TABLE, table, sizeof(table)), 0);
	for (level = 1; level < PT_LEVELS; level++) {
		bool top32 = IS_32BIT && level == 2;

		memset(table, 0, sizeof(table));
		slot = level == 1 ? 1 : 0;
		table[slot] = p->mfn[FIRST_TABLE + level - 1] << 12 |
			      (top32 ? 1 : UPPER_FLAGS);
		for (slot = 1; top32 && slot < 4; slot++) {
			u64 zero = 0;

			table[slot] = p->mfn[EMPTY_TABLE + slot] << 12 | 1;
			CHECK_EQ(write_page(p, EMPTY_TABLE + slot, &zero,
					    sizeof(zero)), 0);
		}
		CHECK_EQ(write_page(p, FIRST_TABLE + level, table,
				    sizeof(table)), 0);
	}
	return p->mfn[FIRST_TABLE + PT_LEVELS - 1];
}

static int set_context(const struct peer *p, struct vcpu_guest_context *c)
{
	struct xen_domctl op;

	memset(&op, 0, sizeof(op));
	set_xen_guest_handle(op.u.vcpucontext.ctxt, c);
	return domctl(&op, XEN_DOMCTL_setvcpucontext, p->id);
}

/*
 * What the tools do for a domain whose suspend is called off: its call says 1.
 * Its context must have the third argument still.
 */
int peer_cancel_suspend(const struct peer *p, unsigned long *third)
{
	static struct vcpu_guest_context c;
	struct xen_domctl op;
	int rc;

	memset(&op, 0, sizeof(op));
	set_xen_guest_handle(op.u.vcpucontext.ctxt, &c);
	rc = domctl(&op, XEN_DOMCTL_getvcpucontext, p->id);
	*third = c.user_regs.edx;
	c.user_regs.eax = 1;
	return rc ? rc : set_context(p, &c);
}

int peer_start(struct peer *p, const void *code, size_t size)
{
	static struct vcpu_guest_context c;
	int rc;

	if (write_page(p, 0, code, size))
		return -1;
	fill_context(&c, (void (*)(void))CODE_AT, (void *)(CODE_AT + 0x3000));
	memset(c.trap_ctxt, 0, sizeof(c.trap_ctxt));
	c.event_callback_eip = 0;
	c.failsafe_callback_eip = 0;
	c.ctrlreg[3] = cr3_of(make_tables(p));
	c.flags |= VGCF_online;
	rc = set_context(p, &c);
	return rc ? rc : peer_control(p, XEN_DOMCTL_unpausedomain);
}
