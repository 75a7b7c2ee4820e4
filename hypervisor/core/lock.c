/* SPDX-License-Identifier: BSD-2-Clause */
/* Ticket locks; DEBUG builds check the order of core/lock.h. */
#include "core/lock.h"
#include "debug.h"
#include "lib/printf.h"
#include "x86/cpu.h"
#include "x86/tlb.h"

/* The two halves of the ticket word. */
union ticket {
	u32 word;
	struct {
		u16 served;
		u16 next;
	};
};

static void note_level(unsigned int level, bool same_level_allowed)
{
	struct cpu *c = this_cpu();
	u64 above = c->lock_levels >> level;

	if (above >> 1 || (!same_level_allowed && above & 1))
		panic("lock of level %u taken, held: %#lx", level,
		      c->lock_levels);
	c->lock_levels |= BIT(level);
	c->lock_depth[level]++;
}

static void note_locked(const struct spinlock *l, bool same_level_allowed)
{
	note_level(l->level, same_level_allowed);
}

void lock_note(enum lock_level level)
{
	note_level(level, false);
}

void lock_unnote(enum lock_level level)
{
	struct cpu *c = this_cpu();

	if (!c->lock_depth[level])
		panic("lock of level %u released, not held", level);
	if (--c->lock_depth[level] == 0)
		c->lock_levels &= ~BIT(level);
}

void lock_may_wait(enum lock_level level)
{
	if (debug && this_cpu()->lock_levels >> level)
		panic("wait of level %u, held: %#lx", level,
		      this_cpu()->lock_levels);
}

static void note_unlocked(const struct spinlock *l)
{
	lock_unnote(l->level);
}

static __noinline void wait_turn(struct spinlock *l, u16 mine)
{
	do {
		cpu_relax();
		smp_poll();
	} while (mine != (u16)__atomic_load_n(&l->ticket, __ATOMIC_ACQUIRE));
}

static void acquire(struct spinlock *l)
{
	union ticket t;

	t.word = __atomic_fetch_add(&l->ticket, 1U << 16, __ATOMIC_ACQUIRE);
	if (unlikely(t.next != t.served))
		wait_turn(l, t.next);
}

void spin_lock_init(struct spinlock *l, enum lock_level level)
{
	l->ticket = 0;
	l->level = level;
}

void spin_lock(struct spinlock *l)
{
	if (debug)
		note_locked(l, false);
	acquire(l);
}

bool spin_trylock(struct spinlock *l)
{
	union ticket t = { .word = READ_ONCE(l->ticket) };

	if (t.served != t.next ||
	    !__atomic_compare_exchange_n(&l->ticket, &t.word,
					 t.word + (1U << 16), false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	if (debug) {
		this_cpu()->lock_levels |= BIT(l->level);
		this_cpu()->lock_depth[l->level]++;
	}
	return true;
}

void spin_unlock(struct spinlock *l)
{
	u16 *served = (u16 *)&l->ticket;

	if (debug)
		note_unlocked(l);
	__atomic_store_n(served, *served + 1, __ATOMIC_RELEASE);
}

bool spin_is_locked(const struct spinlock *l)
{
	union ticket t = { .word = READ_ONCE(l->ticket) };

	return t.served != t.next;
}

void spin_lock_pair(struct spinlock *a, struct spinlock *b)
{
	if (a > b) {
		struct spinlock *tmp = a;

		a = b;
		b = tmp;
	}
	spin_lock(a);
	if (a == b)
		return;
	if (debug)
		note_locked(b, true);
	acquire(b);
}

void spin_unlock_pair(struct spinlock *a, struct spinlock *b)
{
	spin_unlock(a);
	if (a != b)
		spin_unlock(b);
}

void lock_assert_none(void)
{
	if (debug && this_cpu()->lock_levels)
		panic("locks held on the way out: %#lx",
		      this_cpu()->lock_levels);
}
