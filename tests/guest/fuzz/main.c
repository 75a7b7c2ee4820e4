/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A million random hypercalls with random arguments from two vCPUs at once.
 * Arguments are random words, addresses of buffers with random contents, own
 * and foreign machine frames, and small numbers.  Left out is only what ends
 * the guest or puts it to sleep by design.  The attack succeeds if anyone else
 * notices; tests/system asks the hypervisor's audit afterwards.
 */
#include "guest.h"

#define CALLS_PER_VCPU	500000
#define VCPUS		2

/*
 * Arrays of arguments may be announced as longer than they are: the pages
 * behind ours are not mapped, so that no call works on our stack.
 */
static struct {
	u64 victim_pages[8][512];
	u64 buffers[VCPUS][512];
	u64 guard[16][512];
} arena __attribute__((aligned(4096)));
#define buffers		arena.buffers
#define victim_pages	arena.victim_pages
static u64 victim_table[512] __attribute__((aligned(4096)));
static struct vcpu_guest_context context;
static char stack1[16384] __attribute__((aligned(16)));
#define SPARES		1024
static u64 spare_mfn[SPARES];
static volatile unsigned int finished;
static unsigned int repairs;
/* Registered once, so that no random call can put it elsewhere. */
static struct vcpu_info infos[VCPUS] __attribute__((aligned(4096)));
static volatile u64 made[VCPUS], accepted[VCPUS];

static u64 next_random(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* A list that could load an empty top-level table ends us at once. */
static bool may_change_base(u64 ops, unsigned int me)
{
	u64 *op = (u64 *)ops, *end = buffers[me] + ARRAY_SIZE(buffers[me]);

	if (op < buffers[me] || op >= end)
		return true;
	for (; op + 2 < end; op += 3)
		if ((u32)op[0] == MMUEXT_NEW_BASEPTR)
			return true;
	return false;
}

/*
 * Calls that end the guest, stop a vCPU, or make it enter a random place; and
 * debug registers, which would stop us in our own handler.
 */
static bool left_out(u64 nr, u64 a1, unsigned int me)
{
	switch (nr) {
	case __HYPERVISOR_mmuext_op:
		return may_change_base(a1, me);
	case __HYPERVISOR_set_debugreg:
	case __HYPERVISOR_iret:
	case __HYPERVISOR_set_trap_table:
	case __HYPERVISOR_set_callbacks:
	case __HYPERVISOR_callback_op:
	case __HYPERVISOR_multicall:		/* could hold any of these */
		return true;
	case __HYPERVISOR_sched_op:
		return (u32)a1 != SCHEDOP_yield;
	case __HYPERVISOR_vcpu_op:
		return (u32)a1 == VCPUOP_down;
	default:
		return false;
	}
}

static u64 argument(u64 *s, unsigned int me)
{
	u64 r = next_random(s);

	switch (r >> 8 & 15) {
	case 0:
		return next_random(s);
	case 1:
		return DOMID_SELF;
	case 2:
		/* The upper half is free memory: nothing of ours is there. */
		return spare_mfn[next_random(s) % SPARES];
	case 3:
		return (u64)victim_pages[r >> 16 & 7];
	case 4:
		return mfn_of(victim_pages[r >> 16 & 7]);
	case 5:
		return mfn_of(victim_table);
	case 6:
		return (mfn_of(victim_table) << 12) + (r >> 16 & 0xff8);
	case 7:
		return 0xffff800000000000 + (next_random(s) >> 20);
	case 8:
		return (mfn_of(victim_pages[r >> 16 & 7]) << 12) |
		       (next_random(s) & 0xfff);
	case 9:
		return r >> 16 & 3;
	default:
		return r & 0x100000 ? (u64)buffers[me] + (r >> 32 & 0xff8)
				    : (r >> 16 & 31);
	}
}

static void fill(u64 *s, unsigned int me)
{
	unsigned int i;

	for (i = 0; i < 24; i++)
		buffers[me][next_random(s) & 511] = argument(s, me);
}

static void fuzz(unsigned int me, u64 seed)
{
	struct vcpu_info *vi = &infos[me];
	u64 s = seed, i, nr, a[5];
	unsigned int k;

	for (i = 0; made[me] < CALLS_PER_VCPU; i++) {
		if (!(i & 7))
			fill(&s, me);
		nr = next_random(&s) % 50;
		for (k = 0; k < 5; k++)
			a[k] = argument(&s, me);
		vi->evtchn_upcall_mask = 1;
		if (left_out(nr, a[0], me))
			continue;
		if (hypercall(nr, a[0], a[1], a[2], a[3], a[4]) >= 0)
			accepted[me]++;
		made[me]++;
	}
	__atomic_fetch_add(&finished, 1, __ATOMIC_SEQ_CST);
}

static void second_vcpu(void)
{
	fuzz(1, 0x9e3779b97f4a7c15);
	for (;;)
		HC2(sched_op, SCHEDOP_yield, 0);
}

static void start_second(void)
{
	context.flags = VGCF_in_kernel;
	context.user_regs.rip = (u64)second_vcpu;
	context.user_regs.rsp = (u64)stack1 + sizeof(stack1) - 8;
	context.user_regs.cs = 0xe033;
	context.user_regs.ss = 0xe02b;
	context.user_regs.rflags = 0x200;
	context.kernel_ss = 0xe02b;
	context.kernel_sp = context.user_regs.rsp;
	context.ctrlreg[3] = mfn_of((void *)start_info->pt_base) << 12;
	for (unsigned int i = 0; i < 256; i++) {
		context.trap_ctxt[i].vector = i;
		context.trap_ctxt[i].cs = 0xe033;
		context.trap_ctxt[i].address = (u64)trap_entries + i * 64;
	}
	context.event_callback_eip = (u64)event_entry;
	context.failsafe_callback_eip = (u64)failsafe_entry;
	CHECK_EQ(HC3(vcpu_op, VCPUOP_initialise, 1, &context), 0);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_up, 1, 0), 0);
}

static bool within(u64 addr, const void *start, size_t size)
{
	return addr >= (u64)start && addr < (u64)start + size;
}

/* A random call took away a page that we work in: another takes its place. */
static bool repair(u64 addr)
{
	unsigned int tries;

	if (!within(addr, buffers, sizeof(buffers)) &&
	    !within(addr, victim_pages, sizeof(victim_pages)))
		return false;
	for (tries = 0; tries < SPARES; tries++) {
		u64 spare = spare_mfn[repairs++ % SPARES];

		if (!map_page(addr & ~4095UL, PTE_RW(spare),
			      UVMF_INVLPG | UVMF_ALL))
			return true;
	}
	return false;
}

/* Pages that went away, NMIs asked for, upcalls after a lost race. */
static bool go_on(struct frame *f)
{
	unsigned int me = (u64)f >= (u64)stack1 &&
			  (u64)f < (u64)stack1 + sizeof(stack1);

	if (f->vector == 14)
		return repair(infos[me].arch.cr2);
	infos[me].evtchn_upcall_pending = 0;
	return f->vector == 2 || f->vector == ENTRY_EVENT;
}

static void unmap_guard(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arena.guard); i++)
		CHECK_EQ(map_page((u64)arena.guard[i], 0, UVMF_INVLPG), 0);
}

static void register_infos(void)
{
	struct vcpu_register_vcpu_info reg = { .mfn = mfn_of(infos) };
	unsigned int i;

	for (i = 0; i < VCPUS; i++) {
		reg.offset = i * sizeof(infos[0]);
		CHECK_EQ(HC3(vcpu_op, VCPUOP_register_vcpu_info, i, &reg), 0);
		infos[i].evtchn_upcall_mask = 1;
	}
}

static void remember_spares(void)
{
	u64 first = start_info->nr_pages / 2;
	unsigned int i;

	for (i = 0; i < SPARES; i++)
		spare_mfn[i] = pfn_to_mfn(first + i);
}

void test_main(void)
{
	u64 total;

	remember_spares();
	on_entry = go_on;
	register_infos();
	unmap_guard();
	start_second();
	fuzz(0, 0x123456789abcdef1);
	while (finished < VCPUS)
		HC2(sched_op, SCHEDOP_yield, 0);
	infos[0].evtchn_upcall_mask = 1;
	total = made[0] + made[1];
	print("fuzz: %lu calls made, %lu accepted\n", total,
	      accepted[0] + accepted[1]);
	CHECK_EQ(total, VCPUS * CALLS_PER_VCPU);
}
