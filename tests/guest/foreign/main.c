/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that are not the caller's: another domain's, mapped by its
 * controller; devices'; the hypervisor's. Who must be named as the owner, what
 * a mapping holds, and that a domain that dies stays until the last mapping
 * of its memory is gone.
 */
#define __XEN_TOOLS__ 1
#include "peer.h"
#include <xen/domctl.h>

static struct peer peer;

static int map_as(volatile void *va, u64 pte, unsigned int owner)
{
	int rc = update_one(maddr_of(l1_entry(addr_of(va))), pte, owner);

	mmuext(MMUEXT_INVLPG_LOCAL, addr_of(va));
	return rc;
}

static void check_peer_frames(void)
{
	volatile u64 *a = alloc_page(), *b = alloc_page(), *own = alloc_page();
	u64 mfn = peer.mfn[3];

	subject("frames of another domain");
	CHECK_EQ(map_as(a, PTE_RW(mfn), peer.id), 0);
	CHECK_EQ(map_as(b, PTE_RO(mfn), peer.id), 0);
	a[7] = 0x1234567;
	CHECK_EQ(b[7], 0x1234567);
	CHECK_EQ(PTE_FRAME(*l1_entry(addr_of(a))), mfn);
	/* The owner must be the one that is named. */
	CHECK(map_as(own, PTE_RO(mfn), DOMID_SELF) < 0);
	CHECK(map_as(own, PTE_RO(mfn), DOMID_IO) < 0);
	CHECK(map_as(own, PTE_RO(mfn_of((void *)own)), peer.id) < 0);
	CHECK(map_as(own, PTE_RO(mfn), NO_DOMAIN) < 0);
	CHECK_EQ(PTE_FRAME(*l1_entry(addr_of(own))), mfn_of((void *)own));
	/* Entries that are not present are always allowed. */
	CHECK_EQ(map_as(a, 0, peer.id), 0);
	CHECK_EQ(map_as(b, 0, DOMID_SELF), 0);
	/* By address. */
	CHECK_EQ(update_va_mapping_of(addr_of(a), PTE_RO(mfn), UVMF_INVLPG,
				      peer.id), 0);
	CHECK_EQ(a[7], 0x1234567);
	CHECK(update_va_mapping_of(addr_of(own), PTE_RO(mfn), UVMF_INVLPG,
				   NO_DOMAIN) < 0);
	CHECK_EQ(make_rw((void *)addr_of(a)), 0);
	CHECK_EQ(make_rw((void *)addr_of(b)), 0);
}

/* Its pages become tables only while nobody else has them writable. */
static void check_peer_types(void)
{
	volatile u64 *a = alloc_page();
	struct mmuext_op op = { .cmd = MMUEXT_PIN_L1_TABLE };
	u64 mfn = peer.mfn[4];

	subject("types of another domain's frames");
	op.arg1.mfn = mfn;
	CHECK_EQ(map_as(a, PTE_RW(mfn), peer.id), 0);
	memset((void *)addr_of(a), 0, PAGE_SIZE);
	CHECK(HC4(mmuext_op, &op, 1, 0, peer.id) < 0);
	CHECK_EQ(map_as(a, PTE_RO(mfn), peer.id), 0);
	CHECK_EQ(HC4(mmuext_op, &op, 1, 0, peer.id), 0);
	CHECK(HC4(mmuext_op, &op, 1, 0, peer.id) < 0);
	CHECK(map_as(a, PTE_RW(mfn), peer.id) < 0);
	/* Our own tables hold nothing of it. */
	CHECK(set_entry(table_entry(2, 0x38000000), mfn << 12 | 0x67) < 0);
	CHECK_EQ(*table_entry(2, 0x38000000), 0);
	/* An entry in its table, of one of its frames. */
	CHECK_EQ(update_one(mfn << 12 | 8, PTE_RW(peer.mfn[5]),
			    peer.id | (peer.id + 1) << 16), 0);
	CHECK_EQ(PTE_FRAME(a[1]), peer.mfn[5]);
	CHECK(update_one(mfn << 12 | 16, PTE_RW(mfn),
			 peer.id | (peer.id + 1) << 16) < 0);
	CHECK_EQ(a[2], 0);
	/* Without naming whose table it is. */
	CHECK(update_one(mfn << 12 | 16, PTE_RO(peer.mfn[5]), peer.id) < 0);
	CHECK_EQ(a[2], 0);
	op.cmd = MMUEXT_UNPIN_TABLE;
	CHECK_EQ(HC4(mmuext_op, &op, 1, 0, peer.id), 0);
	CHECK(HC4(mmuext_op, &op, 1, 0, peer.id) < 0);
	CHECK_EQ(map_as(a, PTE_RW(mfn), peer.id), 0);
	CHECK_EQ(make_rw((void *)addr_of(a)), 0);
	/* Base pointers are of the caller's own only. */
	op.cmd = MMUEXT_NEW_BASEPTR;
	op.arg1.mfn = mfn_of((void *)start_info->pt_base);
	CHECK(HC4(mmuext_op, &op, 1, 0, peer.id) < 0);
}

static void check_devices(void)
{
	volatile u16 *a = alloc_page();
	volatile u64 *e = l1_entry(addr_of(a));

	subject("devices");
	/* The screen's memory: never cached, whatever is asked. */
	CHECK_EQ(map_as(a, PTE_RW(0xb8ULL), DOMID_IO), 0);
	CHECK_EQ(*e & 0x98, 0x18);
	a[3] = 0x741;
	CHECK_EQ(a[3], 0x741);
	CHECK_EQ(map_as(a, PTE_RW(0xb8ULL), DOMID_SELF), 0);
	CHECK_EQ(*e & 0x98, 0x18);
	CHECK_EQ(a[3], 0x741);
	/* The interrupt controllers stay with the hypervisor. */
	CHECK(map_as(a, PTE_RW(0xfee00ULL), DOMID_IO) < 0);
	CHECK_EQ(PTE_FRAME(*e), 0xb8);
	/* RAM is nobody's device. */
	CHECK(map_as(a, PTE_RO(mfn_of(&peer)), DOMID_IO) < 0);
	CHECK_EQ(PTE_FRAME(*e), 0xb8);
	CHECK(map_as(a, PTE_RO(mfn_of(&peer)), DOMID_XEN) < 0);
	CHECK_EQ(make_rw((void *)addr_of(a)), 0);
}

/* Dead, but not gone while we hold a page of it. */
static void check_death(void)
{
	volatile u64 *a = alloc_page();

	subject("death of another domain");
	CHECK_EQ(map_as(a, PTE_RW(peer.mfn[6]), peer.id), 0);
	a[0] = 0x77;
	CHECK_EQ(peer_destroy(&peer), 0);
	CHECK_EQ(a[0], 0x77);
	CHECK(peer_flags(&peer) & XEN_DOMINF_dying);
	CHECK(map_as(a, PTE_RW(peer.mfn[7]), peer.id) < 0);
	CHECK_EQ(PTE_FRAME(*l1_entry(addr_of(a))), peer.mfn[6]);
	CHECK_EQ(make_rw((void *)addr_of(a)), 0);
	/* The last reference may be dropped a moment later. */
	for (int i = 0; i < 100000 && peer_flags(&peer) >= 0; i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(peer_flags(&peer), -XEN_ESRCH);
	CHECK_EQ(map_as(a, PTE_RO(peer.mfn[6]), peer.id), -XEN_ESRCH);
}

void test_main(void)
{
	if (!peer_create(&peer))
		return;
	CHECK_EQ(peer_pages(&peer), PEER_FRAMES);
	check_peer_frames();
	check_peer_types();
	check_devices();
	check_death();
}
