/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls of 32-bit guests.  Calls whose arguments look the same to both
 * kinds of guests go straight to the handlers of table.def; table32.def has
 * those that are translated first.
 */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/compat32.h"
#include "hypercall/dispatch.h"
#include "x86/traps.h"

#define HC32(nr, name, call) \
	static long call32_##name(__unused u64 a1, __unused u64 a2, \
				  __unused u64 a3, __unused u64 a4, \
				  __unused u64 a5, __unused u64 a6) \
	{ return call; }
#include "hypercall/table32.def"
#undef HC32

static hypercall_fn *const calls32[] = {
#define HC32(nr, name, call) [nr] = call32_##name,
#include "hypercall/table32.def"
#undef HC32
};

static hypercall_fn *table[HYPERCALL_SLOTS] __ro_after_init;

_Static_assert(ARRAY_SIZE(calls32) <= HYPERCALL_SLOTS, "a slot for each call");

__init void hypercall_init32(void)
{
	unsigned int nr;

	for (nr = 0; nr < HYPERCALL_SLOTS; nr++)
		table[nr] = nr < ARRAY_SIZE(calls32) && calls32[nr]
			? calls32[nr] : hypercall_lookup(nr, PV32);
}

/* NULL: there is none. */
static hypercall_fn *lookup(u32 nr)
{
	return nr < HYPERCALL_SLOTS ? table[nr] : NULL;
}

/* The guest executes its two-byte INT again, events come first. */
static void rewind(struct regs *r, const struct hypercall_again *again)
{
	r->rip -= 2;
	if (again->same)
		return;
	r->rbx = (u32)again->args[0];
	r->rcx = (u32)again->args[1];
	r->rdx = (u32)again->args[2];
	r->rsi = (u32)again->args[3];
}

void hypercall32_dispatch(void)
{
	struct regs *r = guest_regs();
	hypercall_fn *fn = lookup((u32)r->rax);
	const struct hypercall_again *again;
	long rc;

	if (unlikely(!fn)) {
		r->rax = (u32)-ENOSYS;
		return;
	}
	perf_hypercall(r, (u32)r->rax);
	rc = fn((u32)r->rbx, (u32)r->rcx, (u32)r->rdx, (u32)r->rsi,
		(u32)r->rdi, (u32)r->rbp);
	compat32_reset();
	if (unlikely(rc == -ERESTART)) {
		again = hypercall_take_restart(rc);
		if (again) {
			rewind(r, again);
			return;
		}
	}
	r->rax = (u32)rc;
}

/* --- multicall ------------------------------------------------------------------ */

static long run_entry(const struct c32_multicall_entry *e)
{
	hypercall_fn *fn = lookup(e->op);
	const u32 *a = e->args;
	long rc;

	if (e->op == HYPERCALL_MULTICALL)
		return -EINVAL;
	if (!fn)
		return -ENOSYS;
	perf_hypercall(guest_regs(), e->op);
	rc = fn(a[0], a[1], a[2], a[3], a[4], a[5]);
	compat32_reset();
	if (unlikely(e->op == HYPERCALL_IRET)) {
		/* It ends the list: the frame is not that of the call. */
		guest_regs()->rax = (u32)rc;
		return_to_guest();
	}
	return rc;
}

/* One call of a list: its result is written back, or what is left to do. */
static long multicall_one(gva_t list, unsigned int i)
{
	const gva_t at = GVA(list.v + i * sizeof(struct c32_multicall_entry));
	const gva_t result = GVA(at.v + offsetof(struct c32_multicall_entry,
						 result));
	struct c32_multicall_entry e __uninitialized;
	const struct hypercall_again *again;
	u32 answer;
	long rc;

	if (guest_read(&e, at))
		return -EFAULT;
	rc = run_entry(&e);
	again = unlikely(rc == -ERESTART) ? hypercall_take_restart(rc) : NULL;
	if (!again) {
		answer = (u32)rc;
		return guest_write(result, &answer);
	}
	for (unsigned int n = 0; !again->same && n < ARRAY_SIZE(again->args);
	     n++)
		e.args[n] = (u32)again->args[n];
	return guest_write(at, &e) ? -EFAULT : -ERESTART;
}

long compat32_multicall(gva_t list, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		long rc = -ERESTART;

		if (i == 0 || !hypercall_preempt_short())
			rc = multicall_one(list, i);
		if (rc == -ERESTART)
			return hypercall_restart(
				list.v + i * sizeof(struct c32_multicall_entry),
				count - i, 0, 0);
		if (rc)
			return rc;
	}
	return 0;
}
