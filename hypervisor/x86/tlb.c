/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLB flushes.
 *
 * The clock ticks at every full flush: a CPU notes the new time *before* it
 * flushes.  Whoever reads the clock after removing a mapping gets a time S; a
 * CPU whose last flush has a time later than S did it after the removal.
 *
 * A request is a row in the target's mailbox: what to flush, then wanted++, then
 * an interrupt.  The target notes "wanted", takes what is asked, flushes, and
 * sets done.  A target that spins on a lock does so in smp_poll(), hence nobody
 * waits for ever, even with locks held.
 */
#include "x86/apic.h"
#include "x86/cpu.h"
#include "x86/tlb.h"

struct mailbox {
	u64 wanted;		/* requests made, atomic */
	u64 done;		/* requests answered */
	u64 va;			/* one address, 0: none; atomic */
	u64 full;		/* all of it; atomic */
} __aligned(64);

static struct mailbox mailboxes[NR_CPUS];
u64 tlb_time __aligned(64) = 1;

static u64 tick(void)
{
	return __atomic_add_fetch(&tlb_time, 1, __ATOMIC_SEQ_CST);
}

/* A change of CR4.PGE drops every entry, global ones too (SDM 4.10.4.1). */
static void flush_all(void)
{
	struct cpu *c = this_cpu();
	u64 now = tick();

	WRITE_CR(4, c->cr4 & ~CR4_PGE);
	WRITE_CR(4, c->cr4);
	WRITE_ONCE(c->tlb_flushed, now);
}

static void flush_one(u64 va)
{
	__asm__ volatile("invlpg (%0)" :: "r"(va) : "memory");
}

void tlb_flush_local(void)
{
	perf_count(tlb_full);
	flush_all();
}

void tlb_flush_local_one(u64 va)
{
	perf_count(tlb_one);
	flush_one(va);
}

/* Guests' user pages are global: they go with the table they belong to. */
void tlb_load_cr3(u64 cr3)
{
	struct cpu *c = this_cpu();
	u64 now = tick();

	perf_count(cr3_loads);
	WRITE_CR(4, c->cr4 & ~CR4_PGE);
	WRITE_CR(3, cr3);
	WRITE_CR(4, c->cr4);
	WRITE_ONCE(c->tlb_flushed, now);
}

static void answer(struct mailbox *m, u64 wanted)
{
	u64 va = __atomic_exchange_n(&m->va, 0, __ATOMIC_SEQ_CST);
	u64 full = __atomic_exchange_n(&m->full, 0, __ATOMIC_SEQ_CST);

	if (full) {
		perf_count(tlb_full_answers);
		flush_all();
	} else if (va) {
		perf_count(tlb_one_answers);
		flush_one(va);
	}
	__atomic_store_n(&m->done, wanted, __ATOMIC_SEQ_CST);
}

void smp_poll(void)
{
	struct mailbox *m = &mailboxes[this_cpu()->id];
	u64 wanted = __atomic_load_n(&m->wanted, __ATOMIC_SEQ_CST);

	if (unlikely(wanted != m->done))
		answer(m, wanted);
}

/* Ask @cpu; returns the number to wait for. */
static u64 request(unsigned int cpu, u64 va)
{
	struct mailbox *m = &mailboxes[cpu];
	u64 none = 0, ticket;

	if (!va || !__atomic_compare_exchange_n(&m->va, &none, va, false,
						__ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
		__atomic_store_n(&m->full, 1, __ATOMIC_SEQ_CST);
	ticket = __atomic_add_fetch(&m->wanted, 1, __ATOMIC_SEQ_CST);
	perf_count(tlb_asked);
	apic_send_ipi(cpu, VEC_KICK);
	return ticket;
}

/* Wait for all of @mask; the own mailbox is answered meanwhile. */
static void wait(const struct cpumask *mask, const u64 tickets[])
{
	unsigned int cpu;

	for_each_cpu(cpu, mask) {
		while ((s64)(__atomic_load_n(&mailboxes[cpu].done,
					     __ATOMIC_SEQ_CST) -
			     tickets[cpu]) < 0) {
			cpu_relax();
			smp_poll();
		}
	}
}

/* @va 0: everything. CPUs that flushed fully after @since are left out. */
static void flush(const struct cpumask *mask, u64 va, u64 since)
{
	unsigned int self = this_cpu()->id, cpu;
	u64 tickets[NR_CPUS] __uninitialized;
	struct cpumask others = { 0 };
	bool any = false;

	smp_mb();
	for_each_cpu(cpu, mask) {
		if (cpu == self || !cpumask_test(&cpu_online_mask, cpu) ||
		    READ_ONCE(cpu_by_id(cpu)->tlb_flushed) > since)
			continue;
		tickets[cpu] = request(cpu, va);
		others.bits[cpu / 64] |= BIT(cpu % 64);
		any = true;
	}
	if (cpumask_test(mask, self) && this_cpu()->tlb_flushed <= since) {
		if (va)
			tlb_flush_local_one(va);
		else
			tlb_flush_local();
	}
	if (any)
		wait(&others, tickets);
}

void tlb_flush_mask(const struct cpumask *mask)
{
	flush(mask, 0, ~0UL);
}

void tlb_flush_mask_one(const struct cpumask *mask, u64 va)
{
	flush(mask, va, ~0UL);
}

void tlb_flush_since(const struct cpumask *mask, u64 since)
{
	flush(mask, 0, since);
}

void tlb_flush_all_since(u64 since)
{
	flush(&cpu_online_mask, 0, since);
}
