/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A domain of the other word size: what its controller gives and gets of it has
 * the layout of that domain, not of the caller.
 */
#define __XEN_TOOLS__ 1
#include "layouts.h"
#include "peer.h"
#include <xen/domctl.h>

#define FRAMES		8
#define CODE_AT		0x200000UL
#define CONTEXT_MAX	5168

/* What the hypercall xen_version(XENVER_version) answers is left in AX. */
static const struct kind {
	unsigned int bits, word, size;
	u16 cs, ss;
	/* Offsets in vcpu_guest_context. */
	unsigned int flags, ax, ip, cs_at, eflags, sp, ss_at, es, ds, cr3;
	unsigned char code[16];
} other = IS_32BIT ? (struct kind){
	.bits = 64, .word = 8, .size = 5168, .cs = 0xe033, .ss = 0xe02b,
	.flags = 512, .ax = 600, .ip = 648, .cs_at = 656, .eflags = 664,
	.sp = 672, .ss_at = 680, .es = 688, .ds = 696, .cr3 = 5008,
	/* mov $17, %eax; xor %edi, %edi; xor %esi, %esi; syscall; jmp . */
	.code = { 0xb8, 17, 0, 0, 0, 0x31, 0xff, 0x31, 0xf6, 0x0f, 0x05,
		  0xeb, 0xfe },
} : (struct kind){
	.bits = 32, .word = 4, .size = 2800, .cs = 0xe019, .ss = 0xe021,
	.flags = 512, .ax = 540, .ip = 548, .cs_at = 552, .eflags = 556,
	.sp = 560, .ss_at = 564, .es = 568, .ds = 572, .cr3 = 2728,
	/* mov $17, %eax; xor %ebx, %ebx; xor %ecx, %ecx; int $0x82; jmp . */
	.code = { 0xb8, 17, 0, 0, 0, 0x31, 0xdb, 0x31, 0xc9, 0xcd, 0x82,
		  0xeb, 0xfe },
};
#define CODE_END	11		/* where it stays */

static struct xen_domctl op;
static unsigned char context[CONTEXT_MAX + 64] __attribute__((aligned(8)));

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
	op.u.max_mem.max_memkb = (FRAMES + 8) * 4;
	CHECK_EQ(domctl(XEN_DOMCTL_max_mem, p->id), 0);
	return rc;
}

static void populate(struct peer *p)
{
	xen_pfn_t list[FRAMES];
	struct xen_memory_reservation r = { .nr_extents = FRAMES,
					    .domid = p->id };
	unsigned int i;

	for (i = 0; i < FRAMES; i++)
		list[i] = i;
	set_xen_guest_handle(r.extent_start, list);
	CHECK_EQ(HC2(memory_op, XENMEM_populate_physmap, &r), FRAMES);
	for (i = 0; i < FRAMES; i++)
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
static unsigned int make_tables(const struct peer *p)
{
	char *page = peer_map(p, p->mfn[0], true);
	unsigned int i;

	if (page)
		memcpy(page, other.code, sizeof(other.code));
	peer_unmap(page);
	set_word(p, 1, 0, 0, other.bits == 64 ? 0x67 : 0x63);
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
	memcpy(context + offset, &value, sizeof(value));
}

static u32 get(unsigned int offset)
{
	u32 value;

	memcpy(&value, context + offset, sizeof(value));
	return value;
}

static u32 cr3(u64 mfn)
{
	return (u32)mfn << 12 | (other.bits == 32 ? (u32)mfn >> 20 : 0);
}

static long set_context(const struct peer *p, u64 top)
{
	memset(context, 0, sizeof(context));
	set(other.flags, VGCF_in_kernel | VGCF_online);
	set(other.ip, CODE_AT);
	set(other.cs_at, other.cs);
	set(other.ss_at, other.ss);
	set(other.es, other.ss);
	set(other.ds, other.ss);
	set(other.eflags, 0x200);
	set(other.cr3, cr3(top));
	memset(&op, 0, sizeof(op));
	op.u.vcpucontext.ctxt.p = (void *)context;
	return domctl(XEN_DOMCTL_setvcpucontext, p->id);
}

static long get_context(const struct peer *p)
{
	memset(context, 0xa5, sizeof(context));
	memset(&op, 0, sizeof(op));
	op.u.vcpucontext.ctxt.p = (void *)context;
	return domctl(XEN_DOMCTL_getvcpucontext, p->id);
}

static void check_run(const struct peer *p, u64 top)
{
	u64 end = time_now() + 1000 * MSEC;
	unsigned int i, wrong = 0;

	do {
		HC2(sched_op, SCHEDOP_yield, 0);
		CHECK_EQ(get_context(p), 0);
	} while (get(other.ip) != CODE_AT + CODE_END && time_now() < end);
	CHECK_EQ(get(other.ip), CODE_AT + CODE_END);
	CHECK_EQ(get(other.ax), HC2(xen_version, XENVER_version, 0));
	CHECK_EQ(get(other.cs_at) & 0xffff, other.cs);
	CHECK_EQ(get(other.ss_at) & 0xffff, other.ss);
	CHECK_EQ(get(other.cr3), cr3(top));
	for (i = other.size; i < sizeof(context); i++)
		wrong += context[i] != 0xa5;
	CHECK_EQ(wrong, 0);
}

void check_other_size(void)
{
	struct peer p = { .shared = 0 };
	long rc;
	u64 top;

	if (!is_dom0())
		return;
	subject("a domain of the other word size");
	rc = create(&p);
	if (rc == -95) {
		skip("this hypervisor has no 32-bit guests");
		CHECK_EQ(peer_destroy(&p), 0);
		return;
	}
	CHECK_EQ(rc, 0);
	populate(&p);
	top = p.mfn[make_tables(&p)];
	CHECK_EQ(set_context(&p, top), 0);
	CHECK_EQ(peer_control(&p, XEN_DOMCTL_unpausedomain), 0);
	check_run(&p, top);
	CHECK_EQ(peer_destroy(&p), 0);
}
