/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicalls of 64-bit guests; those of 32-bit ones are in dispatch32.c. */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/dispatch.h"
#include "lib/string.h"

/* What is left of a call that stopped: its entry is written back with that. */
static long put_rest(struct multicall_entry *at)
{
	const struct hypercall_again *again = hypercall_take_restart(-ERESTART);
	const long rc = -ERESTART;
	struct multicall_entry e;

	if (!again)
		return guest_write(GVA(&at->result), &rc);
	if (again->same)
		return rc;
	if (guest_read(&e, GVA(at)))
		return -EFAULT;
	memcpy(e.args, again->args, sizeof(again->args));
	return guest_write(GVA(at), &e) ? -EFAULT : rc;
}

/*
 * One call of a list: each of its words is read once, its result written back.
 * What begins outside of our addresses does not come to them (gva_ours()).
 */
static long multicall_one(struct multicall_entry *at)
{
	u64 op, a[6];
	long rc = -ENOSYS;

	if (gva_ours((u64)at))
		return -EFAULT;
	user_access_begin();
	GUEST_LOAD(op, &at->op, fault);
	GUEST_LOAD(a[0], &at->args[0], fault);
	GUEST_LOAD(a[1], &at->args[1], fault);
	GUEST_LOAD(a[2], &at->args[2], fault);
	GUEST_LOAD(a[3], &at->args[3], fault);
	GUEST_LOAD(a[4], &at->args[4], fault);
	GUEST_LOAD(a[5], &at->args[5], fault);
	user_access_end();
	if (op < HYPERCALL_SLOTS) {
		perf_hypercall(guest_regs(), op);
		rc = multicall_table64[op](a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	if (unlikely(rc == -ERESTART))
		return put_rest(at);
	return guest_write_words((u64)&at->result, &rc, sizeof(rc));
fault:
	user_access_end();
	return -EFAULT;
}

long hc_multicall(gva_t list, unsigned int count)
{
	struct multicall_entry *at = (void *)list.v;
	struct multicall_entry *end = at + count;
	long rc = 0;

	for (; at != end && !rc; at++) {
		if ((u64)at != list.v && hypercall_preempt_short())
			return hypercall_restart((u64)at, end - at, 0, 0);
		rc = multicall_one(at);
	}
	if (unlikely(rc == -ERESTART))
		return hypercall_restart((u64)(at - 1), end - at + 1, 0, 0);
	return rc;
}
