/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long calls are preempted: a timer that runs out in the middle of a list is
 * heard in the middle of it.  The handler looks how far the call has come: the
 * first item must be done and the last one not.  A call that is not preempted
 * never shows that, however often it is tried, whatever the clock does; one that
 * is preempted shows it at one of the tries, mostly the first, so nothing here
 * depends on how fast the machine is.  Afterwards the whole list must have been done.
 */
#include "ops.h"

#define TRIES	5000		/* an emulator may be late with interrupts */

struct batch {
	const char *name;
	void (*prepare)(void);
	long (*call)(void);
	bool (*first_done)(void);
	bool (*last_done)(void);
	long want;
};

static const struct batch *current;
static volatile bool in_call;
static volatile unsigned int heard, within;
static u32 timer_port;

static bool on_event(struct frame *f)
{
	if (f->vector != ENTRY_EVENT)
		return false;
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	if (!port_pending(timer_port))
		return true;
	port_clear(timer_port);
	heard++;
	if (in_call && current->first_done() && !current->last_done())
		within++;
	return true;
}

static u64 run(u64 delay)
{
	u64 start = time_now();
	long rc;

	current->prepare();
	start = time_now();
	if (delay && set_timer(start + delay))
		CHECK(false);
	in_call = true;
	rc = current->call();
	in_call = false;
	if (rc != current->want || !current->last_done())
		check_eq("batch", 0, current->name, rc, current->want);
	return time_now() - start;
}

static void check_batch(const struct batch *b)
{
	u64 length;
	unsigned int i;

	subject(b->name);
	current = b;
	within = 0;
	length = run(0);
	for (i = 0; i < TRIES && !within; i++) {
		/* From an eighth of its length to all of it. */
		length = run((length >> 3) * (1 + i % 8));
		if (set_timer(0))
			CHECK(false);
	}
	CHECK(within > 0);
}

/* ---- the lists ------------------------------------------------------------------ */

#define UPDATES		8192
static struct mmu_update updates[UPDATES];
static u64 update_value;
static void *some_page[3];

/* Numbers of our frames in the machine-to-physical table, right or zero. */
static void prepare_updates(void)
{
	unsigned int i;

	update_value = update_value ? 0 : 1;
	for (i = 0; i < UPDATES; i++) {
		void *page = some_page[i == 0 ? 0 : i == UPDATES - 1 ? 2 : 1];

		updates[i].ptr = maddr_of(page) | MMU_MACHPHYS_UPDATE;
		updates[i].val = update_value ? pfn_of(page) : 0;
	}
}

static long call_updates(void)
{
	return HC4(mmu_update, updates, UPDATES, 0, DOMID_SELF);
}

static bool update_done(const void *page)
{
	return mfn_to_pfn(mfn_of(page)) ==
	       (update_value ? pfn_of(page) : 0);
}

static bool first_update(void) { return update_done(some_page[0]); }
static bool last_update(void) { return update_done(some_page[2]); }

#define OPS		2048
static struct mmuext_op ops[OPS];

/* Pages cleared: the first and the last once, another in between. */
static void prepare_ops(void)
{
	unsigned int i;

	for (i = 0; i < OPS; i++) {
		void *page = some_page[i == 0 ? 0 : i == OPS - 1 ? 2 : 1];

		ops[i].cmd = MMUEXT_CLEAR_PAGE;
		ops[i].arg1.mfn = mfn_of(page);
	}
	*(volatile u32 *)some_page[0] = 1;
	*(volatile u32 *)some_page[2] = 1;
}

static long call_ops(void)
{
	return HC4(mmuext_op, ops, OPS, 0, DOMID_SELF);
}

static bool first_op(void) { return !*(volatile u32 *)some_page[0]; }
static bool last_op(void) { return !*(volatile u32 *)some_page[2]; }

#define CALLS		2048
#define NOT_YET		0x5a5a
static struct multicall_entry calls[CALLS];

static void prepare_calls(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		calls[i].op = __HYPERVISOR_xen_version;
		calls[i].args[0] = XENVER_version;
		calls[i].result = NOT_YET;
	}
}

static long call_calls(void) { return HC2(multicall, calls, CALLS); }

static bool first_call(void)
{
	return *(volatile unsigned long *)&calls[0].result != NOT_YET;
}

static bool last_call(void)
{
	return *(volatile unsigned long *)&calls[CALLS - 1].result != NOT_YET;
}

#define COPIES		512
static struct gnttab_copy copies[COPIES];

static void prepare_copies(void)
{
	unsigned int i;

	for (i = 0; i < COPIES; i++) {
		struct gnttab_copy *c = &copies[i];

		c->source.u.gmfn = mfn_of(some_page[0]);
		c->source.domid = DOMID_SELF;
		c->dest.u.gmfn = mfn_of(some_page[1]);
		c->dest.domid = DOMID_SELF;
		c->len = PAGE_SIZE;
		c->status = NOT_YET;
	}
}

static long call_copies(void)
{
	return HC3(grant_table_op, GNTTABOP_copy, copies, COPIES);
}

static bool copy_done(unsigned int i)
{
	return *(volatile int16_t *)&copies[i].status != NOT_YET;
}

static bool first_copy(void) { return copy_done(0); }
static bool last_copy(void) { return copy_done(COPIES - 1); }

/* Handles that nobody has: each of them is looked up. */
#define UNMAPS		4096
static struct gnttab_unmap_grant_ref unmaps[UNMAPS];

static void prepare_unmaps(void)
{
	unsigned int i;

	for (i = 0; i < UNMAPS; i++) {
		unmaps[i].host_addr = addr_of(some_page[1]);
		unmaps[i].handle = 5000 + i;
		unmaps[i].status = NOT_YET;
	}
}

static long call_unmaps(void)
{
	return HC3(grant_table_op, GNTTABOP_unmap_grant_ref, unmaps, UNMAPS);
}

static bool unmap_done(unsigned int i)
{
	return *(volatile int16_t *)&unmaps[i].status != NOT_YET;
}

static bool first_unmap(void) { return unmap_done(0); }
static bool last_unmap(void) { return unmap_done(UNMAPS - 1); }

/* Frames given back and taken again, far from what is mapped; dom0 has some. */
#define EXTENTS		2048
static xen_pfn_t extents[EXTENTS];
static long frames_before;

static long frames_now(void)
{
	struct xen_memory_domain self = { .domid = DOMID_SELF };

	return HC2(memory_op, XENMEM_current_reservation, &self);
}

static long reserve(unsigned int op)
{
	struct xen_memory_reservation r = { .nr_extents = EXTENTS,
					    .domid = DOMID_SELF };

	set_xen_guest_handle(r.extent_start, extents);
	return HC2(memory_op, op, &r);
}

/* Taken again by the one, so that the other can give them back. */
static void prepare_release(void)
{
	unsigned int i;

	if (!frames_before) {
		for (i = 0; i < EXTENTS; i++)
			extents[i] = pfn_to_mfn(start_info->nr_pages - 1 - i);
	} else if (reserve(XENMEM_increase_reservation) != EXTENTS) {
		CHECK(false);
	}
	frames_before = frames_now();
}

static long call_release(void) { return reserve(XENMEM_decrease_reservation); }
static bool first_released(void) { return frames_now() < frames_before; }

static bool last_released(void)
{
	return frames_now() <= frames_before - EXTENTS;
}

static void prepare_take(void)
{
	if (frames_now() >= frames_before &&
	    reserve(XENMEM_decrease_reservation) != EXTENTS)
		CHECK(false);
	frames_before = frames_now() + EXTENTS;
}

static long call_take(void) { return reserve(XENMEM_increase_reservation); }

static bool first_taken(void)
{
	return frames_now() > frames_before - EXTENTS;
}

static bool last_taken(void) { return frames_now() >= frames_before; }

static const struct batch batches[] = {
	{ "mmu_update", prepare_updates, call_updates, first_update,
	  last_update, 0 },
	{ "mmuext_op", prepare_ops, call_ops, first_op, last_op, 0 },
	{ "multicall", prepare_calls, call_calls, first_call, last_call, 0 },
	{ "grant copy", prepare_copies, call_copies, first_copy, last_copy,
	  0 },
	{ "grant unmap", prepare_unmaps, call_unmaps, first_unmap, last_unmap,
	  0 },
};

static const struct batch memory_batches[] = {
	{ "decrease_reservation", prepare_release, call_release,
	  first_released, last_released, EXTENTS },
	{ "increase_reservation", prepare_take, call_take, first_taken,
	  last_taken, EXTENTS },
};

void test_main(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(some_page); i++)
		some_page[i] = alloc_page();
	on_entry = on_event;
	timer_port = port_bind_virq(VIRQ_TIMER, 0);
	CHECK((int)timer_port > 0);
	port_set_mask(timer_port, false);
	shared_info->vcpu_info[0].evtchn_upcall_mask = 0;
	for (i = 0; i < ARRAY_SIZE(batches); i++)
		check_batch(&batches[i]);
	if (!is_dom0()) {
		skip("memory: only dom0 has much that is not mapped");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(memory_batches); i++)
		check_batch(&memory_batches[i]);
	CHECK_EQ(frames_now(), frames_before);
}
