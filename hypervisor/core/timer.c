/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timers: one pairing heap per CPU.
 *
 * The heap's links are in the timers, so arming never allocates and cannot
 * fail.  A timer belongs to the heap of timer.cpu; that field changes only
 * under the lock of the CPU it names, so whoever locks looks again.
 */
#include "core/timer.h"
#include "core/lock.h"
#include "debug.h"
#include "lib/printf.h"
#include "x86/cpu.h"
#include "x86/time.h"
#include "x86/tlb.h"

struct timer_heap {
	struct spinlock lock;
	struct timer *root;		/* t: the earliest */
	struct timer *running;		/* t: its function runs now */
	u64 armed;			/* own CPU: what the hardware knows */
};

static struct timer_heap heaps[NR_CPUS] = {
	[0 ... NR_CPUS - 1] = { .lock = SPINLOCK_INIT(LOCK_TIMER) },
};

static struct timer *heap_merge(struct timer *a, struct timer *b)
{
	if (!a)
		return b;
	if (!b)
		return a;
	if (b->expires < a->expires) {
		struct timer *t = a;

		a = b;
		b = t;
	}
	b->prev = a;
	b->next = a->child;
	if (b->next)
		b->next->prev = b;
	a->child = b;
	return a;
}

/* One heap of the children of a removed timer: pairs first, then all. */
static struct timer *heap_merge_children(struct timer *first)
{
	struct timer *pairs = NULL, *root = NULL;

	while (first) {
		struct timer *a = first, *b = a->next;

		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = heap_merge(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *a = pairs;

		pairs = a->next;
		a->next = NULL;
		root = heap_merge(root, a);
	}
	return root;
}

static void heap_insert(struct timer_heap *h, struct timer *t)
{
	t->child = t->next = t->prev = NULL;
	t->active = true;
	h->root = heap_merge(h->root, t);
}

static void heap_remove(struct timer_heap *h, struct timer *t)
{
	struct timer *rest = heap_merge_children(t->child);

	if (t == h->root) {
		h->root = rest;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next)
			t->next->prev = t->prev;
		h->root = heap_merge(h->root, rest);
	}
	t->child = t->next = t->prev = NULL;
	t->active = false;
}

static struct timer_heap *heap_lock_of(struct timer *t)
{
	for (;;) {
		struct timer_heap *h = &heaps[READ_ONCE(t->cpu)];

		spin_lock(&h->lock);
		if (h == &heaps[t->cpu])
			return h;
		spin_unlock(&h->lock);
	}
}

/* Make the hardware of @h's CPU know the earliest timer. */
static void heap_arm(struct timer_heap *h)
{
	unsigned int cpu = h - heaps;
	u64 first = h->root ? max(h->root->expires, 1UL) : 0;

	if (cpu != this_cpu()->id) {
		if (first && (!h->armed || first < READ_ONCE(h->armed)))
			cpu_kick(cpu, WORK_TIMER);
		return;
	}
	if (h->armed == first)
		return;
	WRITE_ONCE(h->armed, first);
	time_arm(first);
}

void timer_init(struct timer *t, void (*fn)(void *), void *data,
		unsigned int cpu)
{
	t->expires = 0;
	t->fn = fn;
	t->data = data;
	t->cpu = cpu;
	t->active = false;
	t->child = t->next = t->prev = NULL;
}

void timer_set(struct timer *t, u64 expires)
{
	struct timer_heap *h = heap_lock_of(t);

	if (t->active)
		heap_remove(h, t);
	t->expires = expires;
	heap_insert(h, t);
	heap_arm(h);
	spin_unlock(&h->lock);
}

/* The hardware may fire for nothing; timer_run() then re-arms. */
static struct timer_heap *cancel(struct timer *t)
{
	struct timer_heap *h = heap_lock_of(t);

	if (t->active)
		heap_remove(h, t);
	spin_unlock(&h->lock);
	return h;
}

void timer_cancel(struct timer *t)
{
	cancel(t);
}

void timer_stop(struct timer *t)
{
	struct timer_heap *h;

	lock_may_wait(LOCK_WAIT_TIMER);
	h = cancel(t);
	if (h == &heaps[this_cpu()->id])
		return;
	while (READ_ONCE(h->running) == t) {
		smp_poll();
		cpu_relax();
	}
}

void timer_migrate(struct timer *t, unsigned int cpu)
{
	struct timer_heap *h = heap_lock_of(t);
	bool active = t->active;

	if (t->cpu == cpu) {
		spin_unlock(&h->lock);
		return;
	}
	if (active)
		heap_remove(h, t);
	WRITE_ONCE(t->cpu, cpu);
	spin_unlock(&h->lock);
	if (active)
		timer_set(t, t->expires);
}

bool timer_active(const struct timer *t)
{
	return READ_ONCE(t->active);
}

/* It takes no lock that those who wait for it may hold. */
static void run(void (*fn)(void *), void *data)
{
	if (debug)
		lock_note(LOCK_WAIT_TIMER);
	fn(data);
	if (debug)
		lock_unnote(LOCK_WAIT_TIMER);
}

void timer_run(void)
{
	struct cpu *c = this_cpu();
	struct timer_heap *h = &heaps[c->id];
	u64 now = time_now();

	__atomic_fetch_and(&c->work, ~WORK_TIMER, __ATOMIC_SEQ_CST);
	spin_lock(&h->lock);
	while (h->root && h->root->expires <= now) {
		struct timer *t = h->root;
		void (*fn)(void *) = t->fn;
		void *data = t->data;

		heap_remove(h, t);
		WRITE_ONCE(h->running, t);
		spin_unlock(&h->lock);
		run(fn, data);
		spin_lock(&h->lock);
		WRITE_ONCE(h->running, NULL);
	}
	/*
	 * `now` was not read again: what is due since waits for an interrupt,
	 * so that timers which re-arm themselves do not keep us here.  The
	 * hardware may have fired before its time: arm in any case.
	 */
	WRITE_ONCE(h->armed, 0);
	if (h->root)
		heap_arm(h);
	spin_unlock(&h->lock);
}

void timer_init_cpu(unsigned int cpu)
{
	struct timer_heap *h = &heaps[cpu];

	ASSERT(!h->running);
	WRITE_ONCE(h->armed, 0);
}
