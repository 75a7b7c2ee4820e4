/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls: from registers to handlers by table.def, restarts of long ones,
 * multicalls.  32-bit guests come in through dispatch32.c.
 */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/dispatch.h"
#include "lib/string.h"
#include "x86/apic.h"

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
	return was && rc == -ERESTART ? again : NULL;
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

/* ---- Dispatch ------------------------------------------------------------------ */

void hypercall_dispatch(void)
{
	struct regs *r = guest_regs();
	hypercall_fn *fn = hypercall_lookup(r->rax, PV64);
	const struct hypercall_again *again;
	long rc;

	r->rflags |= RFLAGS_IF;
	if (unlikely(!fn)) {
		r->rax = (u64)-ENOSYS;
		return;
	}
	rc = fn(r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9);
	if (unlikely(rc == -ERESTART)) {
		again = hypercall_take_restart(rc);
		if (again) {
			rewind(r, again);
			return;
		}
	}
	r->rax = rc;
}

static long put_result(gva_t entry, long rc)
{
	entry.v += offsetof(struct multicall_entry, result);
	return copy_to_guest(entry, &rc, sizeof(rc)) ? -EFAULT : 0;
}

/* One call of a list; its entry is written back with the result. */
static long multicall_one(gva_t list, unsigned int i)
{
	const gva_t at = GVA(list.v + i * sizeof(struct multicall_entry));
	const struct hypercall_again *again;
	struct multicall_entry e __uninitialized;
	hypercall_fn *fn;
	long rc = -ENOSYS;

	if (copy_elem_from_guest(&e, list, i))
		return -EFAULT;
	fn = hypercall_lookup(e.op, PV64);
	if (e.op == HYPERCALL_MULTICALL || e.op == HYPERCALL_IRET)
		rc = -EINVAL;
	else if (fn)
		rc = fn(e.args[0], e.args[1], e.args[2], e.args[3], e.args[4],
			e.args[5]);
	if (likely(rc != -ERESTART))
		return put_result(at, rc);
	again = hypercall_take_restart(rc);
	if (!again)
		return put_result(at, rc);
	if (!again->same)
		memcpy(e.args, again->args, sizeof(again->args));
	return copy_elem_to_guest(list, i, &e) ? -EFAULT : -ERESTART;
}

long hc_multicall(gva_t list, unsigned int count)
{
	unsigned int i;
	long rc;

	for (i = 0; i < count; i++) {
		rc = 0;
		if (i == 0 || !hypercall_preempt_short())
			rc = multicall_one(list, i);
		else
			rc = -ERESTART;
		if (rc == -ERESTART)
			return hypercall_restart(
				list.v + i * sizeof(struct multicall_entry),
				count - i, 0, 0);
		if (rc)
			return rc;
	}
	return 0;
}
