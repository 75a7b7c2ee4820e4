/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CPU does when no guest wants it. */
#include "core/console.h"
#include "core/domain.h"
#include "x86/tlb.h"

/*
 * Work that comes after the look at c->work comes with an interrupt, which is
 * taken only once STI's shadow is over: HLT ends at once.
 */
static void halt_unless(const struct cpu *c)
{
	if (READ_ONCE(c->work))
		return;
	perf_count(halts);
	__asm__ volatile("sti; hlt; cli" ::: "memory");
}

void sched_idle_loop(void)
{
	struct cpu *c = this_cpu();

	/* The first round tells the scheduler that this CPU is free. */
	cpu_kick(c->id, WORK_SCHED | WORK_TIMER);
	for (;;) {
		u64 work = __atomic_exchange_n(&c->work, 0, __ATOMIC_SEQ_CST);

		if (work & WORK_POLL)
			smp_poll();
		if (work & WORK_TIMER)
			timer_run();
		if (work & WORK_SCHED)
			schedule();
		if (work & WORK_CONSOLE)
			console_drain();
		if (!current->domain->is_idle)
			exit_to_guest();
		halt_unless(c);
	}
}
