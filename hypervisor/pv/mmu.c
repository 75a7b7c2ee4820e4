/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls that change page table entries: mmu_update and
 * update_va_mapping.  The rules are in pte.c and page_type.c.
 */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "mm/hvmap.h"
#include "pv/mmu.h"
#include "x86/tlb.h"

/* Marks a call that goes on with the count in *done. */
#define MMU_UPDATE_PREEMPTED	BIT(31)

u64 *mmu_walk(mfn_t l4, u64 va)
{
	unsigned int shift;
	u64 *table, e;

	if (mfn_eq(l4, INVALID_MFN))
		return NULL;
	table = mfn_to_virt(l4);
	for (shift = 39; shift > PAGE_SHIFT; shift -= 9) {
		e = READ_ONCE(table[va >> shift & 511]);
		if (!(e & PTE_P))
			return NULL;
		table = mfn_to_virt(pte_mfn(e));
	}
	return &table[l1_index(va)];
}

u64 *mmu_walk_current(struct vcpu *v, u64 va)
{
	if (!gva_allowed(va, 1) ||
	    (v->domain->pv.is_32bit && va >= HV_COMPAT_START))
		return NULL;
	return mmu_walk(mmu_root(v), va);
}

bool pv_mmu_l1e(struct vcpu *v, u64 va, u64 *pte, maddr_t *where)
{
	u64 *slot = mmu_walk_current(v, va);

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

/* ---- mmu_update -------------------------------------------------------------- */

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

/* Some of the requests, with the lock held; *n of them were done. */
static int update_some(struct update *u, gva_t reqs, unsigned int count,
		       unsigned int *n)
{
	struct mmu_update req;
	int rc = mmu_drop_finish(current, u->t.pt);

	if (!rc && !owners_alive(u))
		rc = -ESRCH;
	while (!rc && *n < count) {
		if (*n && hypercall_preempt_short())
			return -ERESTART;
		if (copy_elem_from_guest(&req, reqs, *n))
			return -EFAULT;
		rc = update_one(u, &req);
		if (rc)
			break;
		(*n)++;
		if (unlikely(current->pv.stale_table))
			rc = -ERESTART;
	}
	return rc;
}

long pv_mmu_update(gva_t reqs, unsigned int count, gva_t done, u32 foreign)
{
	unsigned int n = 0;
	struct update u;
	u32 total = 0;
	int rc;

	if (count & MMU_UPDATE_PREEMPTED) {
		count &= ~MMU_UPDATE_PREEMPTED;
		if (done.v && copy_from_guest(&total, done, sizeof(total)))
			return -EFAULT;
	}
	rc = get_owners(&u, foreign);
	if (rc)
		return rc;
	spin_lock(&u.t.pt->pv.mmu_lock);
	rc = update_some(&u, reqs, count, &n);
	spin_unlock(&u.t.pt->pv.mmu_lock);
	put_owners(&u);
	total += n;
	if (done.v && copy_to_guest(done, &total, sizeof(total)) &&
	    rc != -ERESTART)
		rc = -EFAULT;
	if (rc == -ERESTART)
		return hypercall_restart(reqs.v + n * sizeof(struct mmu_update),
					 (count - n) | MMU_UPDATE_PREEMPTED,
					 done.v, foreign);
	return rc;
}

/* ---- update_va_mapping ------------------------------------------------------- */

static int flush_va(u64 va, u64 flags)
{
	struct domain *d = current->domain;
	u64 scope = flags & ~UVMF_FLUSHTYPE_MASK;
	struct cpumask mask;

	if (!(flags & UVMF_FLUSHTYPE_MASK))
		return 0;
	if (scope == UVMF_LOCAL) {
		if (flags & UVMF_TLB_FLUSH)
			tlb_flush_local();
		else
			tlb_flush_local_one(va);
		return 0;
	}
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

long pv_update_va_mapping(u64 va, u64 pte, u64 flags, u32 domid)
{
	struct vcpu *v = current;
	struct update u;
	u64 *slot;
	int rc;

	rc = get_owners(&u, domid & 0xffff);
	if (rc)
		return rc;
	spin_lock(&v->domain->pv.mmu_lock);
	slot = mmu_walk_current(v, va);
	if (!slot || !owners_alive(&u))
		rc = -EINVAL;
	else
		rc = mmu_entry_set_leaf(&u.t, slot, pte);
	spin_unlock(&v->domain->pv.mmu_lock);
	put_owners(&u);
	if (rc == -ERESTART)
		return hypercall_restart_same();
	return rc ? rc : flush_va(va, flags);
}
