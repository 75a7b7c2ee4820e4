/* SPDX-License-Identifier: BSD-2-Clause */
/* What earlier calls left behind, and random values made of that. */
#include "fuzz.h"

#define SPARES	224

unsigned int partner, own_id;
u32 ports[PORTS];
struct mapping mappings[MAPPINGS];
grant_entry_v1_t *grants;

/*
 * Page by page, so that what is lost of them can be replaced.  The pages
 * behind are not mapped: lists may be announced as longer than they are.
 */
#define LIST_PAGE	(CALLS * ARG_BYTES / PAGE_SIZE)

static struct {
	/* Arguments, a list of calls, and a page that is not mapped. */
	char work[FUZZ_VCPUS][LIST_PAGE + 2][PAGE_SIZE];
	u64 victims[VICTIMS][512];
	u64 tables[TABLES][512];
	u64 windows[WINDOWS][512];
	u64 guard[4][512];
} arena __attribute__((aligned(4096)));

static u64 spare_mfn[SPARES];
static unsigned int spare_next;

u64 rnd(struct fuzzer *f)
{
	f->seed ^= f->seed << 13;
	f->seed ^= f->seed >> 7;
	f->seed ^= f->seed << 17;
	return f->seed;
}

u32 below(struct fuzzer *f, u32 n)
{
	return (u32)(rnd(f) >> 16) % n;
}

bool one_in(struct fuzzer *f, u32 n)
{
	return !below(f, n);
}

u64 any_number(struct fuzzer *f)
{
	static const u64 borders[] = {
		0, 1, 2, 3, 7, 8, 15, 16, 63, 64, 127, 128, 511, 512, 1023,
		1024, 4095, 4096, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
		0x80000000, 0xffffffff, 0x100000000ULL, 0x7fffffffffffffffULL,
		0x8000000000000000ULL, ~0ULL, ~0ULL - 1, ~0xfffULL,
	};

	switch (below(f, 8)) {
	case 0:
		return rnd(f);
	case 1:
	case 2:
		return borders[below(f, ARRAY_SIZE(borders))];
	case 3:
		return below(f, 5000);
	default:
		return below(f, 40);
	}
}

unsigned int any_domid(struct fuzzer *f)
{
	static const u16 special[] = {
		DOMID_IO, DOMID_XEN, DOMID_COW, DOMID_INVALID, DOMID_IDLE,
	};

	switch (below(f, 16)) {
	case 0:
		return 0;
	case 1:
		return special[below(f, ARRAY_SIZE(special))];
	case 2:
		return below(f, 0x8000);
	case 3:
	case 4:
	case 5:
	case 6:
		return partner;
	case 7:
		return own_id;
	default:
		return DOMID_SELF;
	}
}

u32 any_port(struct fuzzer *f)
{
	if (one_in(f, 12))
		return any_number(f);
	if (one_in(f, 4))
		return 1 + below(f, 80);	/* perhaps the partner's */
	return ports[below(f, PORTS)];
}

void keep_port(struct fuzzer *f, u32 port)
{
	ports[below(f, PORTS)] = port;
}

u32 any_ref(struct fuzzer *f)
{
	return one_in(f, 16) ? (u32)any_number(f) : 8 + below(f, 64);
}

/* Frames between which our code and data are: whoever clears them ends us. */
static u64 image_low = ~0ULL, image_high;

/* Some frame of the machine, often of the partner or of the hypervisor. */
static u64 others(struct fuzzer *f)
{
	u64 mfn = one_in(f, 2) ? image_high + below(f, 8192)
			       : below(f, 0xc0000);

	return mfn >= image_low && mfn <= image_high ? 0 : mfn;
}

u64 any_mfn(struct fuzzer *f)
{
	switch (below(f, 24)) {
	case 0:
		return any_number(f);
	case 1:
		return below(f, 0x100);			/* the first MiB */
	case 2:
		return 0xfee00;
	case 3:
		return start_info->shared_info >> 12;
	case 4:
	case 5:
		return spare_mfn[below(f, SPARES)];
	case 6:
		return others(f);
	case 7:
	case 8:
	case 9:
		return any_table_mfn(f);
	default:
		return mfn_of(arena.victims[below(f, VICTIMS)]);
	}
}

u64 any_table_mfn(struct fuzzer *f)
{
	return mfn_of(arena.tables[below(f, TABLES)]);
}

u64 any_pte(struct fuzzer *f)
{
	static const u16 flags[] = {
		0x67, 0x27, 0x65, 0x25, 0x63, 0x61, 0x7, 0x5, 0x3, 0x1, 0x107,
		0x0,
	};
	u64 pte = any_mfn(f) << 12 | flags[below(f, ARRAY_SIZE(flags))];

	if (one_in(f, 12))
		pte ^= 1ULL << below(f, 64);
	if (one_in(f, 12))
		pte |= PTE_NX;
	return pte;
}

u64 any_entry_maddr(struct fuzzer *f)
{
	u64 mfn = one_in(f, 4) ? any_mfn(f) : any_table_mfn(f);

	return mfn << 12 | below(f, 512) << 3;
}

unsigned long any_window(struct fuzzer *f)
{
	return addr_of(arena.windows[below(f, WINDOWS)]);
}

unsigned long any_page(struct fuzzer *f)
{
	switch (below(f, 4)) {
	case 0:
		return addr_of(arena.tables[below(f, TABLES)]);
	case 1:
		return any_window(f);
	default:
		return addr_of(arena.victims[below(f, VICTIMS)]);
	}
}

unsigned long any_pointer(struct fuzzer *f)
{
	switch (below(f, 8)) {
	case 0:
		return HV_ADDRESS + below(f, 0x80000);
	case 1:
		return M2P_START + below(f, 0x100000);
	case 2:
		return any_number(f);
	case 3:
		return addr_of(arena.guard) - below(f, 64);
	case 4:
		return HOLE_ADDRESS;
	default:
		return any_page(f) + below(f, 4096);
	}
}

u64 any_time(struct fuzzer *f)
{
	return one_in(f, 8) ? any_number(f)
			    : time_now() + below(f, 2 * MSEC);
}

u64 *pool_args(struct fuzzer *f, unsigned int slot)
{
	return (u64 *)(arena.work[f->id][0] + slot * ARG_BYTES);
}

multicall_entry_t *pool_list(struct fuzzer *f)
{
	return (multicall_entry_t *)arena.work[f->id][LIST_PAGE + 1] - CALLS;
}

/* ---- set-up and repair --------------------------------------------------------------- */

static void set_up_grants(void)
{
	struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };
	xen_pfn_t frame = 0;
	void *window = alloc_page();

	set_xen_guest_handle(s.frame_list, &frame);
	if (grant_op(GNTTABOP_setup_table, &s) || s.status || !frame)
		return;
	if (!map_page(addr_of(window), PTE_RW(frame), UVMF_INVLPG))
		grants = window;
}

void pool_set_up(void)
{
	unsigned long first = start_info->nr_pages - SPARES - 64;
	unsigned int i;

	/* The loader's tables are the last of what lies behind the image. */
	CHECK(first * PAGE_SIZE > start_info->pt_base);
	partner = option("partner", 0x7fff);
	for (i = 0; i < first; i++) {
		u64 mfn = pfn_to_mfn(i);

		image_low = mfn < image_low ? mfn : image_low;
		image_high = mfn > image_high ? mfn : image_high;
	}
	own_id = option("self", DOMID_SELF);
	for (i = 0; i < SPARES; i++) {
		spare_mfn[i] = pfn_to_mfn(first + i);
		/* Mapped nowhere: free for any use. */
		unmap_page((void *)((first + i) * PAGE_SIZE));
	}
	for (i = 0; i < WINDOWS; i++)
		unmap_page(arena.windows[i]);
	for (i = 0; i < ARRAY_SIZE(arena.guard); i++)
		unmap_page(arena.guard[i]);
	for (i = 0; i < FUZZ_VCPUS; i++)
		unmap_page(arena.work[i][LIST_PAGE + 1]);
	set_up_grants();
}

bool pool_repair(unsigned long addr)
{
	unsigned long page = addr & PAGE_MASK;
	unsigned int tries;

	if (page < addr_of(arena.victims) || page >= addr_of(arena.windows))
		return false;
	for (tries = 0; tries < SPARES; tries++) {
		u64 mfn = spare_mfn[spare_next++ % SPARES];

		if (!map_page(page, PTE_RW(mfn), UVMF_INVLPG | UVMF_ALL))
			return true;
	}
	return false;
}
