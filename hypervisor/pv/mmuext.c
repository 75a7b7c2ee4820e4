/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmuext_op: pins, base pointers, flushes, LDT.  Flushes asked for by a batch
 * are done when they are met; loads of a base pointer flush by themselves.
 */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "pv/mmu.h"
#include "pv/page_type.h"
#include "x86/tlb.h"

#define MMUEXT_PREEMPTED	BIT(31)

/* ---- pins ------------------------------------------------------------------ */

static bool set_pinned(mfn_t m, bool on)
{
	u64 *word = &mfn_frame(m)->word, old;

	if (on)
		old = __atomic_fetch_or(word, FRAME_PINNED, __ATOMIC_SEQ_CST);
	else
		old = __atomic_fetch_and(word, ~FRAME_PINNED,
					 __ATOMIC_SEQ_CST);
	return old & FRAME_PINNED;
}

static int pin(struct domain *d, mfn_t m, enum frame_type type)
{
	int rc;

	if (!mfn_valid(m) || d->dying)
		return -EINVAL;
	rc = page_get_type(d, m, type, true);
	if (rc)
		return rc == -EBUSY ? -EINVAL : rc;
	if (!set_pinned(m, true))
		return 0;
	/* It was pinned before, so this is not the last reference. */
	page_put_type(d, m, false);
	return -EINVAL;
}

static int unpin(struct domain *d, mfn_t m)
{
	int rc;

	if (!frame_get(m, d->id))
		return -EINVAL;
	if (!set_pinned(m, false)) {
		frame_put(m);
		return -EINVAL;
	}
	rc = page_put_type(d, m, true);
	if (rc)
		set_pinned(m, true);
	frame_put(m);
	return rc;
}

/* ---- pages --------------------------------------------------------------------- */

static int clear_page(struct domain *d, mfn_t m)
{
	int rc = pte_get_writable(d, m);

	if (rc)
		return rc == -ERESTART ? rc : -EINVAL;
	memset(mfn_to_virt(m), 0, PAGE_SIZE);
	frame_put_writable(m);
	return 0;
}

static int copy_page(struct domain *d, mfn_t to, mfn_t from)
{
	int rc;

	if (!frame_get(from, d->id))
		return -EINVAL;
	rc = pte_get_writable(d, to);
	if (!rc) {
		memcpy(mfn_to_virt(to), mfn_to_virt(from), PAGE_SIZE);
		frame_put_writable(to);
	}
	frame_put(from);
	return rc && rc != -ERESTART ? -EINVAL : rc;
}

/* ---- flushes ------------------------------------------------------------------- */

static int flush_multi(struct domain *d, const struct mmuext_op *op)
{
	struct cpumask mask;
	int rc;

	rc = mmu_flush_mask(d, GVA(op->arg2.vcpumask.p), &mask);
	if (rc)
		return rc;
	if (op->cmd == MMUEXT_TLB_FLUSH_MULTI)
		tlb_flush_mask(&mask);
	else if (gva_allowed(op->arg1.linear_addr, 1))
		tlb_flush_mask_one(&mask, op->arg1.linear_addr);
	return 0;
}

static int flush_cache(const struct domain *d)
{
	if (!d->privileged)
		return -EACCES;
	__asm__ volatile("wbinvd" ::: "memory");
	return 0;
}

/* What needs no lock. -ENOSYS: not one of these. */
static int op_unlocked(struct domain *d, const struct mmuext_op *op)
{
	u64 va = op->arg1.linear_addr;

	switch (op->cmd) {
	case MMUEXT_TLB_FLUSH_LOCAL:
		tlb_flush_local();
		return 0;
	case MMUEXT_INVLPG_LOCAL:
		if (gva_allowed(va, 1))
			tlb_flush_local_one(va);
		return 0;
	case MMUEXT_TLB_FLUSH_MULTI:
	case MMUEXT_INVLPG_MULTI:
		return flush_multi(d, op);
	case MMUEXT_TLB_FLUSH_ALL:
		tlb_flush_mask(&d->dirty);
		return 0;
	case MMUEXT_INVLPG_ALL:
		if (gva_allowed(va, 1))
			tlb_flush_mask_one(&d->dirty, va);
		return 0;
	case MMUEXT_FLUSH_CACHE:
	case MMUEXT_FLUSH_CACHE_GLOBAL:
		return flush_cache(d);
	default:
		return -ENOSYS;
	}
}

/* ---- the call -------------------------------------------------------------------- */

/* @d: owner of the frames named; only some operations allow another's. */
static int op_locked(struct vcpu *v, struct domain *d,
		     const struct mmuext_op *op)
{
	mfn_t m = MFN(op->arg1.mfn);
	bool self = d == v->domain;

	switch (op->cmd) {
	case MMUEXT_PIN_L1_TABLE:
	case MMUEXT_PIN_L2_TABLE:
	case MMUEXT_PIN_L3_TABLE:
	case MMUEXT_PIN_L4_TABLE:
		return pin(d, m, FT_L1 + (op->cmd - MMUEXT_PIN_L1_TABLE));
	case MMUEXT_UNPIN_TABLE:
		return unpin(d, m);
	case MMUEXT_NEW_BASEPTR:
		return self ? mmu_new_base(v, m) : -EPERM;
	case MMUEXT_NEW_USER_BASEPTR:
		return self ? mmu_new_user_base(v, op->arg1.mfn) : -EPERM;
	case MMUEXT_SET_LDT:
		return self ? pv_set_ldt(v, op->arg1.linear_addr,
					 op->arg2.nr_ents) : -EPERM;
	case MMUEXT_CLEAR_PAGE:
		return clear_page(d, m);
	case MMUEXT_COPY_PAGE:
		return copy_page(d, m, MFN(op->arg2.src_mfn));
	default:
		return -ENOSYS;
	}
}

static int op_one(struct vcpu *v, struct domain *d, const struct mmuext_op *op)
{
	int rc = op_unlocked(v->domain, op);

	if (rc != -ENOSYS)
		return rc;
	spin_lock(&d->pv.mmu_lock);
	rc = mmu_drop_finish(v, d);
	if (!rc)
		rc = op_locked(v, d, op);
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

static int finish_drop(struct vcpu *v, struct domain *d)
{
	int rc;

	spin_lock(&d->pv.mmu_lock);
	rc = mmu_drop_finish(v, d);
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

static int op_some(struct domain *d, gva_t ops, unsigned int count,
		   unsigned int *n)
{
	struct vcpu *v = current;
	struct mmuext_op op;
	int rc = v->pv.stale_table ? finish_drop(v, d) : 0;

	while (!rc && *n < count) {
		if (*n && hypercall_preempt())
			return -ERESTART;
		if (copy_elem_from_guest(&op, ops, *n))
			return -EFAULT;
		rc = op_one(v, d, &op);
		if (rc)
			break;
		(*n)++;
		if (unlikely(v->pv.stale_table))
			rc = -ERESTART;
	}
	return rc;
}

long pv_mmuext_op(gva_t ops, unsigned int count, gva_t done, u32 foreign)
{
	unsigned int n = 0;
	struct domain *d;
	u32 total = 0;
	int rc = -ESRCH;

	if (count & MMUEXT_PREEMPTED) {
		count &= ~MMUEXT_PREEMPTED;
		if (done.v && copy_from_guest(&total, done, sizeof(total)))
			return -EFAULT;
	}
	d = domain_get_target(foreign & 0xffff, &rc);
	if (!d)
		return rc;
	rc = op_some(d, ops, count, &n);
	domain_put(d);
	total += n;
	if (done.v && copy_to_guest(done, &total, sizeof(total)) &&
	    rc != -ERESTART)
		rc = -EFAULT;
	if (rc == -ERESTART)
		return hypercall_restart(ops.v + n * sizeof(struct mmuext_op),
					 (count - n) | MMUEXT_PREEMPTED,
					 done.v, foreign);
	return rc;
}
