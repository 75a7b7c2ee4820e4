/* SPDX-License-Identifier: BSD-2-Clause */
/* A domain of the other word size: see other.h. */
#define __XEN_TOOLS__ 1
#include "other.h"
#include <xen/domctl.h>

/* Offsets are those in vcpu_guest_context. */
const struct other_kind other = IS_32BIT ? (struct other_kind){
	.bits = 64, .size = 5168, .cs = 0xe033, .ss = 0xe02b,
	.flags = 512, .ax = 600, .ip = 648, .cs_at = 656, .eflags = 664,
	.sp = 672, .ss_at = 680, .es = 688, .ds = 696, .cr3 = 5008,
} : (struct other_kind){
	.bits = 32, .size = 2800, .cs = 0xe019, .ss = 0xe021,
	.flags = 512, .ax = 540, .ip = 548, .cs_at = 552, .eflags = 556,
	.sp = 560, .ss_at = 564, .es = 568, .ds = 572, .cr3 = 2728,
};

static struct xen_domctl op;
unsigned char other_context[OTHER_CONTEXT_MAX] __attribute__((aligned(8)));

static long domctl(unsigned int cmd, unsigned int id)
{
	op.cmd = cmd;
	op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op.domain = id;
	return HC1(domctl, &op);
}

/* ---- creation ---------------------------------------------------------------------- */

static long create(struct peer *p)
{
	long rc;

	memset(&op, 0, sizeof(op));
	op.u.createdomain.max_vcpus = 1;
	op.u.createdomain.max_evtchn_port = 1023;
	op.u.createdomain.max_grant_frames = 4;
	op.u.createdomain.max_maptrack_frames = 4;
	op.u.createdomain.grant_opts = XEN_DOMCTL_GRANT_version(1);
	rc = domctl(XEN_DOMCTL_createdomain, 0);
	if (rc)
		return rc;
	p->id = op.domain;
	memset(&op, 0, sizeof(op));
	op.u.max_vcpus.max = 1;
	CHECK_EQ(domctl(XEN_DOMCTL_max_vcpus, p->id), 0);
	memset(&op, 0, sizeof(op));
	op.u.address_size.size = other.bits;
	rc = domctl(XEN_DOMCTL_set_address_size, p->id);
	memset(&op, 0, sizeof(op));
	op.u.max_mem.max_memkb = (OTHER_FRAMES + 8) * 4;
	CHECK_EQ(domctl(XEN_DOMCTL_max_mem, p->id), 0);
	return rc;
}

static void populate(struct peer *p)
{
	xen_pfn_t list[OTHER_FRAMES];
	struct xen_memory_reservation r = { .nr_extents = OTHER_FRAMES,
					    .domid = p->id };
	unsigned int i;

	for (i = 0; i < OTHER_FRAMES; i++)
		list[i] = i;
	set_xen_guest_handle(r.extent_start, list);
	CHECK_EQ(HC2(memory_op, XENMEM_populate_physmap, &r), OTHER_FRAMES);
	for (i = 0; i < OTHER_FRAMES; i++)
		p->mfn[i] = list[i];
}

static void set_word(const struct peer *p, unsigned int frame,
		     unsigned int slot, unsigned int target, u64 flags)
{
	u64 *page = peer_map(p, p->mfn[frame], true);

	if (page)
		page[slot] = p->mfn[target] << 12 | flags;
	peer_unmap(page);
}

/* Frame 0 is the code, 1 its L1 table, 2 the L2 above; the top's number. */
static unsigned int make_tables(const struct peer *p, const void *code,
				size_t size)
{
	u64 leaf = other.bits == 64 ? 0x67 : 0x63;
	char *page = peer_map(p, p->mfn[0], true);
	unsigned int i;

	if (page)
		memcpy(page, code, size);
	peer_unmap(page);
	set_word(p, 1, 0, 0, leaf);
	set_word(p, 1, 1, 7, leaf);
	set_word(p, 1, 2, 8, leaf);
	set_word(p, 2, 1, 1, 0x67);
	if (other.bits == 64) {
		set_word(p, 3, 0, 2, 0x67);
		set_word(p, 4, 0, 3, 0x67);
		return 4;
	}
	for (i = 0; i < 4; i++)
		set_word(p, 6, i, 2 + i, 1);
	return 6;
}

/* ---- its context ---------------------------------------------------------------------- */

static void set(unsigned int offset, u32 value)
{
	memcpy(other_context + offset, &value, sizeof(value));
}

u32 other_get(unsigned int offset)
{
	u32 value;

	memcpy(&value, other_context + offset, sizeof(value));
	return value;
}

u32 other_cr3(u64 mfn)
{
	return (u32)mfn << 12 | (other.bits == 32 ? (u32)mfn >> 20 : 0);
}

static long set_context(const struct peer *p, u64 top)
{
	memset(other_context, 0, sizeof(other_context));
	set(other.flags, VGCF_in_kernel | VGCF_online);
	set(other.ip, OTHER_CODE);
	set(other.cs_at, other.cs);
	set(other.ss_at, other.ss);
	set(other.es, other.ss);
	set(other.ds, other.ss);
	set(other.eflags, 0x200);
	set(other.sp, OTHER_STACK);
	set(other.cr3, other_cr3(top));
	memset(&op, 0, sizeof(op));
	op.u.vcpucontext.ctxt.p = (void *)other_context;
	return domctl(XEN_DOMCTL_setvcpucontext, p->id);
}

long other_context_get(const struct peer *p)
{
	memset(other_context, 0xa5, sizeof(other_context));
	memset(&op, 0, sizeof(op));
	op.u.vcpucontext.ctxt.p = (void *)other_context;
	return domctl(XEN_DOMCTL_getvcpucontext, p->id);
}

u64 other_start(struct peer *p, const void *code, size_t size)
{
	u64 top = p->mfn[make_tables(p, code, size)];

	CHECK_EQ(set_context(p, top), 0);
	CHECK_EQ(peer_control(p, XEN_DOMCTL_unpausedomain), 0);
	return top;
}

bool other_create(struct peer *p)
{
	long rc;

	memset(p, 0, sizeof(*p));
	if (!is_dom0()) {
		skip("a domain of the other word size: only dom0 can make one");
		return false;
	}
	rc = create(p);
	if (rc == -95) {
		skip("this hypervisor has no 32-bit guests");
		CHECK_EQ(peer_destroy(p), 0);
		return false;
	}
	CHECK_EQ(rc, 0);
	populate(p);
	return true;
}
