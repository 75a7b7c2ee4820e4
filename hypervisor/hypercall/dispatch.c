/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls: the handlers by table.def, restarts of long ones.  64-bit guests
 * come straight from entry.S, 32-bit ones through dispatch32.c.
 */
#include "core/domain.h"
#include "hypercall/dispatch.h"
#include "x86/apic.h"
#include "x86/traps.h"

#define HC(nr, name, kinds, args, call) \
	static long call_##name(__unused u64 a1, __unused u64 a2, \
				__unused u64 a3, __unused u64 a4, \
				__unused u64 a5, __unused u64 a6) \
	{ return call; }
#include "hypercall/table.def"
#undef HC

static const struct {
	hypercall_fn *fn;
	u8 kinds;
} calls[] = {
#define HC(nr, name, kinds_, args, call) \
	[nr] = { .fn = call_##name, .kinds = kinds_ },
#include "hypercall/table.def"
#undef HC
};

/* The table's numbers are below what is counted. */

hypercall_fn *hypercall_lookup(u64 nr, unsigned int kind)
{
	if (nr >= ARRAY_SIZE(calls) || !(calls[nr].kinds & kind))
		return NULL;
	return calls[nr].fn;
}

/* ---- Restart ------------------------------------------------------------------ */

static struct hypercall_again restart[NR_CPUS];

long hypercall_restart(u64 a1, u64 a2, u64 a3, u64 a4)
{
	restart[this_cpu()->id] = (struct hypercall_again){
		.asked = true, .args = { a1, a2, a3, a4 },
	};
	return -ERESTART;
}

long hypercall_restart_same(void)
{
	restart[this_cpu()->id] = (struct hypercall_again){
		.asked = true, .same = true,
	};
	return -ERESTART;
}

const struct hypercall_again *hypercall_take_restart(long rc)
{
	struct hypercall_again *again = &restart[this_cpu()->id];
	bool was = again->asked;

	again->asked = false;
	if (!was || rc != -ERESTART)
		return NULL;
	perf_count(restarts);
	return again;
}

bool hypercall_preempt(void)
{
	return READ_ONCE(this_cpu()->work) || apic_interrupt_pending();
}

/* The interrupt controller is far away: asked at every eighth call only. */
bool hypercall_preempt_short(void)
{
	struct cpu *c = this_cpu();

	if (READ_ONCE(c->work))
		return true;
	return !(++c->short_steps % 8) && apic_interrupt_pending();
}

/* The guest executes its two-byte SYSCALL again, events come first. */
static void rewind(struct regs *r, const struct hypercall_again *again)
{
	r->rip -= 2;
	if (again->same)
		return;
	r->rdi = again->args[0];
	r->rsi = again->args[1];
	r->rdx = again->args[2];
	r->r10 = again->args[3];
}

void hypercall_restart_frame(void)
{
	const struct hypercall_again *again =
		hypercall_take_restart(-ERESTART);

	if (again)
		rewind(guest_regs(), again);
	else
		guest_regs()->rax = (u64)-ERESTART;
}

/* ---- The tables of 64-bit guests ------------------------------------------------ */

hypercall_fn *hypercall_table64[HYPERCALL_SLOTS] __ro_after_init;
hypercall_fn *multicall_table64[HYPERCALL_SLOTS] __ro_after_init;

_Static_assert(ARRAY_SIZE(calls) <= HYPERCALL_SLOTS, "a slot for each call");
_Static_assert(HYPERCALL_SLOTS <= PERF_HYPERCALLS, "x86/perf.h");

static long no_call(__unused u64 a1, __unused u64 a2, __unused u64 a3,
		    __unused u64 a4, __unused u64 a5, __unused u64 a6)
{
	return -ENOSYS;
}

/* A list has no lists. */
static long not_in_list(__unused u64 a1, __unused u64 a2, __unused u64 a3,
			__unused u64 a4, __unused u64 a5, __unused u64 a6)
{
	return -EINVAL;
}

/*
 * The way to another context ends the list: what it says in RAX is the frame's,
 * and nothing is written to an entry, which may not be mapped there.
 */
static long iret_in_list(__unused u64 a1, __unused u64 a2, __unused u64 a3,
			 __unused u64 a4, __unused u64 a5, __unused u64 a6)
{
	pv_iret();
	return_to_guest();
}

__init void hypercall_init(void)
{
	unsigned int nr;

	for (nr = 0; nr < HYPERCALL_SLOTS; nr++) {
		hypercall_fn *fn = hypercall_lookup(nr, PV64);

		hypercall_table64[nr] = fn ? fn : no_call;
		multicall_table64[nr] = hypercall_table64[nr];
	}
	multicall_table64[HYPERCALL_MULTICALL] = not_in_list;
	multicall_table64[HYPERCALL_IRET] = iret_in_list;
	hypercall_init32();
}
