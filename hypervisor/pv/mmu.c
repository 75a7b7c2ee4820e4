/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls that change page table entries: mmu_update and
 * update_va_mapping.  The rules are in pte.c and page_type.c.
 */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "pv/leaf.h"
#include "pv/page_type.h"

/* Marks a call that goes on with the count in *done. */
#define MMU_UPDATE_PREEMPTED	BIT(31)

/*
 * Live tables were validated: a present entry leads to the table below.  Only
 * its A and D bits change without the lock.
 */
static __inlined u64 *walk(mfn_t l4, u64 va)
{
	const u64 *table = mfn_to_virt(l4);
	u64 e;

#pragma GCC unroll 3
	for (unsigned int shift = 39; shift > PAGE_SHIFT; shift -= 9) {
		e = table[va >> shift & 511];
		if (unlikely(!(e & PTE_P)))
			return NULL;
		table = mfn_to_virt(pte_mfn(e));
	}
	return (u64 *)&table[l1_index(va)];
}

static __inlined bool can_walk(const struct domain *d, u64 va)
{
	return gva_canonical(va) && !gva_is_ours(va) &&
	       !(d->pv.is_32bit && va >= HV_COMPAT_START);
}

static __inlined u64 *walk_kernel(const struct vcpu *v,
				  const struct domain *d, u64 va)
{
	mfn_t root;

	if (unlikely(!can_walk(d, va)))
		return NULL;
	root = mmu_kernel_root(v);
	return unlikely(mfn_eq(root, INVALID_MFN)) ? NULL : walk(root, va);
}

u64 *mmu_walk_kernel(struct vcpu *v, u64 va)
{
	return walk_kernel(v, v->domain, va);
}

static u64 rights_below(mfn_t l4, u64 va)
{
	u64 rights = PTE_P | PTE_RW | PTE_U;
	const u64 *table = mfn_to_virt(l4);

	for (unsigned int shift = 39; rights & PTE_P; shift -= 9) {
		u64 e = READ_ONCE(table[va >> shift & 511]);

		rights &= e;
		if (shift == PAGE_SHIFT)
			break;
		table = mfn_to_virt(pte_mfn(e));
	}
	return rights & PTE_P ? rights : 0;
}

u64 mmu_rights(struct vcpu *v, u64 va)
{
	struct domain *d = v->domain;
	u64 rights = 0;

	if (!can_walk(d, va))
		return 0;
	spin_lock(&d->pv.mmu_lock);
	if (!mfn_eq(mmu_root(v), INVALID_MFN))
		rights = rights_below(mmu_root(v), va);
	spin_unlock(&d->pv.mmu_lock);
	return rights;
}

bool pv_mmu_l1e(struct vcpu *v, u64 va, u64 *pte, maddr_t *where)
{
	u64 *slot = mmu_walk_kernel(v, va);

	if (!slot)
		return false;
	*pte = READ_ONCE(*slot);
	*where = virt_to_maddr(slot);
	return true;
}

/* ---- whose tables, whose frames -------------------------------------------- */

struct update {
	struct mmu_target t;
	struct domain *frames;	/* owner of the frames, NULL: devices */
};

static int get_frames_owner(struct update *u, unsigned int domid)
{
	int rc = -ESRCH;

	if (domid == DOMID_IO) {
		u->t.owner = OWNER_IO;
		return current->domain->privileged ? 0 : -EPERM;
	}
	if (domid == DOMID_XEN)
		return -EPERM;
	u->frames = domain_get_target(domid, &rc);
	if (!u->frames)
		return rc;
	u->t.owner = u->frames->id;
	return 0;
}

static void put_owners(struct update *u)
{
	if (u->frames)
		domain_put(u->frames);
	if (u->t.pt)
		domain_put(u->t.pt);
}

static int get_owners(struct update *u, u32 foreign)
{
	unsigned int pt = foreign >> 16;
	int rc = -ESRCH;

	*u = (struct update){ 0 };
	u->t.pt = domain_get_target(pt ? pt - 1 : DOMID_SELF, &rc);
	if (!u->t.pt)
		return rc;
	rc = get_frames_owner(u, foreign & 0xffff);
	if (rc)
		put_owners(u);
	return rc;
}

static bool owners_alive(const struct update *u)
{
	return !u->t.pt->dying && !(u->frames && u->frames->dying);
}

/* ---- mmu_update: any request ----------------------------------------------- */

static int set_m2p(const struct update *u, u64 ptr, u64 pfn)
{
	mfn_t m = maddr_to_mfn(MADDR(ptr));

	if (!u->frames || !frame_get(m, u->frames->id))
		return -EINVAL;
	m2p_set(m, pfn);
	frame_put(m);
	return 0;
}

static int update_one(struct update *u, const struct mmu_update *req)
{
	u64 ptr = req->ptr & ~7UL;

	switch (req->ptr & 7) {
	case MMU_MACHPHYS_UPDATE:
		return set_m2p(u, ptr, req->val);
	case MMU_PT_UPDATE_PRESERVE_AD:
		u->t.preserve_ad = true;
		break;
	case MMU_NORMAL_PT_UPDATE:
	case MMU_PT_UPDATE_NO_TRANSLATE:
		u->t.preserve_ad = false;
		break;
	default:
		return -ENOSYS;
	}
	return mmu_entry_write(&u->t, MADDR(ptr), req->val);
}

/* 1: done, and the call must start anew, as a table is left to be dropped. */
static int update_step(struct update *u, const struct mmu_update *req)
{
	int rc = update_one(u, req);

	return rc ? rc : current->pv.stale_table != 0;
}

/* ---- mmu_update: the result ------------------------------------------------ */

/* @n more were done. A call that goes on has those before in *done. */
static int put_done(gva_t done, bool goes_on, unsigned int n)
{
	u32 total = 0;

	if (goes_on && copy_from_guest(&total, done, sizeof(total)))
		return -EFAULT;
	total += n;
	return copy_to_guest(done, &total, sizeof(total)) ? -EFAULT : 0;
}

static __noinline long update_result(gva_t reqs, unsigned int count,
				     unsigned int left, gva_t done, u32 foreign,
				     int rc)
{
	unsigned int n = (count & ~MMU_UPDATE_PREEMPTED) - left;

	if (done.v && put_done(done, count & MMU_UPDATE_PREEMPTED, n) &&
	    rc != -ERESTART)
		rc = -EFAULT;
	if (rc != -ERESTART)
		return rc;
	return hypercall_restart(reqs.v + n * sizeof(struct mmu_update),
				 left | MMU_UPDATE_PREEMPTED, done.v, foreign);
}

/* ---- mmu_update: the caller's own tables and frames ------------------------ */

#define CHUNK		8U	/* requests that are read, and done, at once */

/* How many were read. Where a list ends in nothing, what is before counts. */
static __inlined unsigned int fetch(struct mmu_update *to, gva_t from,
				    unsigned int n)
{
	n = min(n, CHUNK);
	if (likely(!copy_from_guest(to, from, n * sizeof(*to))))
		return n;
	return copy_from_guest(to, from, sizeof(*to)) ? 0 : 1;
}

/*
 * *@table is what was last seen to be an L1 table of @d.  It stays that while the
 * lock is held and nothing but leaf_try_set() is at work, so one look at it does
 * for all its entries in a row.
 */
static __inlined bool update_leaf(struct domain *d, mfn_t *table,
				  const struct mmu_update *req)
{
	maddr_t where = MADDR(req->ptr);
	mfn_t m = maddr_to_mfn(where);

	if (unlikely(where.v & 7))	/* of another kind */
		return false;
	if (!mfn_eq(m, *table)) {
		if (unlikely(!mfn_valid(m) ||
			     !page_word_is_table(d, frame_read(m), FT_L1)))
			return false;
		*table = m;
	}
	return leaf_try_set(d, maddr_to_virt(where), req->val);
}

static __noinline int update_own(struct domain *d, const struct mmu_update *req)
{
	struct update u = { .t = { .pt = d, .owner = d->id }, .frames = d };

	return update_step(&u, req);
}

/* With the lock held. *@left: requests that were not done. */
static __inlined int update_all_own(struct domain *d, gva_t reqs,
				    unsigned int *left)
{
	struct mmu_update req[CHUNK] __uninitialized, *r, *end;
	mfn_t table = INVALID_MFN;
	int rc;

	while (*left) {
		end = req + fetch(req, reqs, *left);
		if (unlikely(end == req))
			return -EFAULT;
		for (r = req; r < end; r++, (*left)--) {
			if (likely(update_leaf(d, &table, r)))
				continue;
			table = INVALID_MFN;
			rc = update_own(d, r);
			if (rc) {
				*left -= rc > 0;
				return rc > 0 ? -ERESTART : rc;
			}
		}
		if (*left && hypercall_preempt())
			return -ERESTART;
		reqs.v += (u64)end - (u64)req;
	}
	return 0;
}

/* ---- mmu_update: named owners, and what was left over ---------------------- */

static int update_all(struct update *u, gva_t reqs, unsigned int *left)
{
	struct mmu_update req __uninitialized;
	int rc = mmu_drop_finish(current, u->t.pt);
	unsigned int i;

	if (rc)
		return rc;
	if (!owners_alive(u))
		return -ESRCH;
	for (i = 0; *left; i++, (*left)--) {
		if (i && hypercall_preempt_short())
			return -ERESTART;
		if (copy_elem_from_guest(&req, reqs, i))
			return -EFAULT;
		rc = update_step(u, &req);
		if (rc) {
			*left -= rc > 0;
			return rc > 0 ? -ERESTART : rc;
		}
	}
	return 0;
}

static __noinline long update_named(gva_t reqs, unsigned int count, gva_t done,
				    u32 foreign)
{
	unsigned int left = count & ~MMU_UPDATE_PREEMPTED;
	struct update u;
	int rc = get_owners(&u, foreign);

	if (rc)
		return rc;
	spin_lock(&u.t.pt->pv.mmu_lock);
	rc = update_all(&u, reqs, &left);
	spin_unlock(&u.t.pt->pv.mmu_lock);
	put_owners(&u);
	return update_result(reqs, count, left, done, foreign, rc);
}

long pv_mmu_update(gva_t reqs, unsigned int count, gva_t done, u32 foreign)
{
	struct vcpu *v = current;
	struct domain *d = v->domain;
	unsigned int left = count & ~MMU_UPDATE_PREEMPTED;
	int rc = -ESRCH;

	if (unlikely(foreign != DOMID_SELF || v->pv.stale_table))
		return update_named(reqs, count, done, foreign);
	spin_lock(&d->pv.mmu_lock);
	if (likely(!d->dying))
		rc = update_all_own(d, reqs, &left);
	spin_unlock(&d->pv.mmu_lock);
	if (likely(!rc && !done.v))
		return 0;
	return update_result(reqs, count, left, done, foreign, rc);
}

/* ---- update_va_mapping ----------------------------------------------------- */

static __noinline int flush_others(u64 va, u64 flags)
{
	struct domain *d = current->domain;
	u64 scope = flags & ~UVMF_FLUSHTYPE_MASK;
	struct cpumask mask;

	smp_mb();	/* the entry is changed before the CPUs are known */
	if (scope == UVMF_ALL)
		mask = d->dirty;
	else if (mmu_flush_mask(d, GVA(scope), &mask))
		return -EFAULT;
	if (flags & UVMF_TLB_FLUSH)
		tlb_flush_mask(&mask);
	else
		tlb_flush_mask_one(&mask, va);
	return 0;
}

static inline int flush_va(u64 va, u64 flags)
{
	if (!(flags & UVMF_FLUSHTYPE_MASK))
		return 0;
	if (unlikely((flags & ~UVMF_FLUSHTYPE_MASK) != UVMF_LOCAL))
		return flush_others(va, flags);
	if (flags & UVMF_TLB_FLUSH)
		tlb_flush_local();
	else
		tlb_flush_local_one(va);
	return 0;
}

static int set_va(struct vcpu *v, u64 va, u64 pte)
{
	struct domain *d = v->domain;
	int rc = -EINVAL;
	u64 *slot;

	spin_lock(&d->pv.mmu_lock);
	slot = walk_kernel(v, d, va);
	if (likely(slot && !d->dying)) {
		rc = 0;
		if (unlikely(!leaf_try_set(d, slot, pte)))
			rc = mmu_entry_set_own_leaf(d, slot, pte);
	}
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

/* For frames of another domain. */
static __noinline int set_va_named(struct vcpu *v, u64 va, u64 pte, u32 domid)
{
	struct update u;
	int rc = get_owners(&u, domid);
	u64 *slot;

	if (rc)
		return rc;
	spin_lock(&v->domain->pv.mmu_lock);
	slot = mmu_walk_kernel(v, va);
	if (slot && owners_alive(&u))
		rc = mmu_entry_set_leaf(&u.t, slot, pte);
	else
		rc = -EINVAL;
	spin_unlock(&v->domain->pv.mmu_lock);
	put_owners(&u);
	return rc;
}

long pv_update_va_mapping(u64 va, u64 pte, u64 flags, u32 domid)
{
	int rc;

	if (likely(domid == DOMID_SELF))
		rc = set_va(current, va, pte);
	else
		rc = set_va_named(current, va, pte, domid & 0xffff);
	if (unlikely(rc))
		return rc == -ERESTART ? hypercall_restart_same() : rc;
	return flush_va(va, flags);
}
