/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's part: two vCPUs that make calls and live with what happens. */
#include "fuzz.h"

volatile u64 calls_made[FUZZ_VCPUS];

static struct fuzzer fuzzers[FUZZ_VCPUS];
static char stack1[16384] __attribute__((aligned(16)));
static char stack2[4096] __attribute__((aligned(16)));
static struct vcpu_guest_context context;
static volatile unsigned int finished;
static u64 calls_wanted;

extern char touch_start[], touch_end[], touch_out[];

/* ---- entries -------------------------------------------------------------------------- */

static unsigned int vcpu_of(const struct frame *f)
{
	if (addr_of(f) >= addr_of(stack1) &&
	    addr_of(f) < addr_of(stack1) + sizeof(stack1))
		return 1;
	return addr_of(f) >= addr_of(stack2) &&
	       addr_of(f) < addr_of(stack2) + sizeof(stack2) ? 2 : 0;
}

/* Faults of touch_*() are skipped; pages that are gone are replaced. */
static bool go_on(struct frame *f)
{
	struct vcpu_info *vi = &shared_info->vcpu_info[vcpu_of(f)];

	if (f->vector == ENTRY_EVENT) {
		vi->evtchn_upcall_pending = 0;
		vi->evtchn_pending_sel = 0;
		return true;
	}
	if (f->vector == 2 || f->vector == 1)
		return true;
	if (f->ip >= addr_of(touch_start) && f->ip < addr_of(touch_end)) {
		f->ip = addr_of(touch_out);
		return true;
	}
	return f->vector == 14 && pool_repair(vi->arch.cr2);
}

/* ---- calls ------------------------------------------------------------------------------ */

static const struct weighted *const lists[] = {
	/* Those on memory take ten times as long. */
	calls_memory, calls_objects, calls_objects, calls_objects,
	calls_objects, calls_cpu, calls_cpu, calls_cpu,
};

static maker *choose(struct fuzzer *f)
{
	const struct weighted *w = lists[below(f, ARRAY_SIZE(lists))], *i;
	unsigned int sum = 0, at;

	for (i = w; i->make; i++)
		sum += i->weight;
	at = below(f, sum);
	for (i = w; at >= i->weight; i++)
		at -= i->weight;
	return i->make;
}

/* Wrong values there leave us without a way in, or asleep: a short life. */
static bool delicate(const struct call *c)
{
	return c->nr == __HYPERVISOR_set_trap_table ||
	       c->nr == __HYPERVISOR_sched_op ||
	       c->nr == __HYPERVISOR_callback_op ||
	       c->nr == __HYPERVISOR_set_callbacks;
}

/* Now and then something in it is not what it should be. */
static void spoil(struct fuzzer *f, struct call *c)
{
	if (delicate(c) && !one_in(f, 128))
		return;
	if (one_in(f, 24) && c->arg)
		((u64 *)c->arg)[below(f, 6)] = any_number(f);
	if (one_in(f, 48))
		c->a[below(f, 4)] = any_number(f);
	if (one_in(f, 48))
		c->a[below(f, 3)] = any_pointer(f);
	if (one_in(f, 512))
		c->nr = below(f, 64);
}

/* What ends us or puts us to sleep for ever: as a call of its own. */
static bool deadly(const struct call *c)
{
	switch (c->nr) {
	case __HYPERVISOR_sched_op:
		return c->a[0] != SCHEDOP_yield && c->a[0] != SCHEDOP_poll &&
		       c->a[0] != SCHEDOP_watchdog &&
		       c->a[0] != SCHEDOP_remote_shutdown &&
		       c->a[0] != SCHEDOP_pin_override;
	case __HYPERVISOR_iret:
		return true;
	default:
		return false;
	}
}

static void make(struct fuzzer *f, struct call *c, unsigned int slot)
{
	memset(c, 0, sizeof(*c));
	c->arg = pool_args(f, slot);
	memset(c->arg, 0, 128);
	choose(f)(f, c);
	spoil(f, c);
	if (deadly(c) && !one_in(f, 64)) {
		c->nr = __HYPERVISOR_xen_version;
		c->a[0] = below(f, 12);
		c->done = 0;
	}
}

static long issue(const struct call *c)
{
	return hypercall(c->nr, c->a[0], c->a[1], c->a[2], c->a[3], c->a[4]);
}

static void make_one(struct fuzzer *f)
{
	struct call c;
	long rc;

	make(f, &c, 0);
	rc = issue(&c);
	calls_made[f->id]++;
	if (c.done)
		c.done(f, &c, rc);
}

static void make_many(struct fuzzer *f)
{
	multicall_entry_t *list = pool_list(f);
	struct call c[CALLS];
	unsigned int n = 2 + below(f, CALLS - 2), i, k;

	for (i = 0; i < n; i++) {
		make(f, &c[i], i);
		memset(&list[i], 0, sizeof(list[i]));
		list[i].op = c[i].nr;
		for (k = 0; k < 6; k++)
			list[i].args[k] = c[i].a[k];
	}
	/* Rarely, as a list of zeros takes our trap table away. */
	HC2(multicall, one_in(f, 5000) ? any_pointer(f) : addr_of(list),
	    one_in(f, 5000) ? any_number(f) & 0xffff : n);
	calls_made[f->id] += n;
	for (i = 0; i < n; i++)
		if (c[i].done)
			c[i].done(f, &c[i], list[i].result);
}

static void fuzz(unsigned int id, u64 seed)
{
	struct fuzzer *f = &fuzzers[id];

	f->id = id;
	f->seed = seed;
	while (calls_made[id] < calls_wanted / FUZZ_VCPUS) {
		shared_info->vcpu_info[id].evtchn_upcall_mask = one_in(f, 2);
		if (one_in(f, 6))
			make_many(f);
		else
			make_one(f);
		if (one_in(f, 3))
			touch_read(any_page(f) + (below(f, 4096) & ~7UL));
		if (one_in(f, 3))
			touch_write(any_page(f) + (below(f, 4096) & ~7UL),
				    any_pte(f));
		if (one_in(f, 40))
			touch_iret(rnd(f) & ~0x67100UL);
	}
	__atomic_fetch_add(&finished, 1, __ATOMIC_SEQ_CST);
}

/* ---- vCPUs ----------------------------------------------------------------------------------- */

static void second(void)
{
	fuzz(1, option("seed", 1) * 0x9e3779b97f4a7c15ULL | 1);
	for (;;)
		HC2(sched_op, SCHEDOP_yield, 0);
}

/* It is there to be brought up and down by the others. */
static void third(void)
{
	for (;;)
		HC3(vcpu_op, VCPUOP_down, 2, 0);
}

static int bring_up(unsigned int id, void (*fn)(void), void *stack)
{
	int rc;

	fill_context(&context, fn, stack);
	rc = HC3(vcpu_op, VCPUOP_initialise, id, &context);
	return rc ? rc : (int)HC3(vcpu_op, VCPUOP_up, id, 0);
}

void fuzz_guest(void)
{
	u64 seed = option("seed", 1);

	calls_wanted = option("calls", 200000);
	on_entry = go_on;
	HC2(vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables);
	pool_set_up();
	bring_up(2, third, stack2 + sizeof(stack2));
	if (bring_up(1, second, stack1 + sizeof(stack1)))
		finished++;
	fuzz(0, seed * 0xbf58476d1ce4e5b9ULL | 1);
	while (finished < FUZZ_VCPUS)
		HC2(sched_op, SCHEDOP_yield, 0);
	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	if (!option("partner", 0))
		print("sequences: %llu calls made\n", (unsigned long long)
		      (calls_made[0] + calls_made[1]));
	guest_shutdown(SHUTDOWN_poweroff);
}
