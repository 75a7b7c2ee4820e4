/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base pointers of vCPUs.  A 64-bit guest has two L4 tables, of its kernel and
 * of its user mode, which the processor uses as they are.  A 32-bit guest has
 * one L3 table; that hangs in slot 0 of an L4 of ours, one for each vCPU
 * (top_table), so that such guests run in long mode's compatibility mode on
 * ordinary four-level tables.
 */
#include "core/domain.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "pv/mmu.h"
#include "pv/page_type.h"

/* In PAE mode an L3 entry grants everything, and so does this one. */
#define TOP_FLAGS	(PTE_P | PTE_RW | PTE_U | PTE_A)

/* m held: the table of ours follows the vCPU's base pointer. */
static void follow(struct vcpu *v)
{
	mfn_t m = v->pv.kernel_cr3;

	if (v->pv.top_table)
		WRITE_ONCE(v->pv.top_table[0], mfn_eq(m, INVALID_MFN) ? 0 :
			   pte_make(m, TOP_FLAGS));
}

static int make_top(struct vcpu *v)
{
	if (!v->domain->pv.is_32bit || v->pv.top_table)
		return 0;
	v->pv.top_table = heap_page();
	if (!v->pv.top_table)
		return -ENOMEM;
	hvmap_fill_l4(v->pv.top_table);
	return 0;
}

void mmu_root_free(struct vcpu *v)
{
	heap_page_free(v->pv.top_table);
	v->pv.top_table = NULL;
}

static int get_root(struct domain *d, mfn_t m)
{
	int rc;

	if (mfn_eq(m, INVALID_MFN))
		return 0;
	rc = page_get_type(d, m, page_root_type(d), true);
	return rc == -EBUSY ? -EINVAL : rc;
}

/* ---- of the running vCPU --------------------------------------------------- */

int mmu_new_base(struct vcpu *v, mfn_t m)
{
	mfn_t old = v->pv.kernel_cr3;
	int rc;

	/* The guest's number, too: it must not pass as "none". */
	if (mfn_eq(m, INVALID_MFN))
		return -EINVAL;
	if (!mfn_eq(m, old)) {
		rc = get_root(v->domain, m);
		if (rc)
			return rc;
	}
	pv_drop_ldt(v);
	v->pv.kernel_cr3 = m;
	follow(v);
	pv_load_cr3(v);
	if (!mfn_eq(m, old) && !mfn_eq(old, INVALID_MFN))
		mmu_drop_table(v, v->domain, old);
	return 0;
}

int mmu_new_user_base(struct vcpu *v, u64 mfn)
{
	mfn_t old = v->pv.user_cr3, m = mfn ? MFN(mfn) : INVALID_MFN;
	int rc;

	if (v->domain->pv.is_32bit || mfn == INVALID_MFN.v)
		return -EINVAL;
	if (mfn_eq(m, old))
		return 0;
	rc = get_root(v->domain, m);
	if (rc)
		return rc;
	v->pv.user_cr3 = m;
	if (!mfn_eq(old, INVALID_MFN))
		mmu_drop_table(v, v->domain, old);
	return 0;
}

/* ---- of one that does not run ---------------------------------------------- */

static int drop_one(struct vcpu *v, mfn_t *cr3, bool preemptible)
{
	mfn_t m = *cr3;

	*cr3 = INVALID_MFN;
	follow(v);
	if (mfn_eq(m, INVALID_MFN))
		return 0;
	if (preemptible)
		return mmu_drop_table(v, v->domain, m);
	return page_put_type(v->domain, m, false);
}

int mmu_drop_cr3(struct vcpu *v, bool preemptible)
{
	int rc;

	while (v->pv.stale_table && v->pv.stale_domain == v->domain->id) {
		rc = mmu_drop_finish(v, v->domain);
		if (rc && preemptible)
			return rc;
	}
	rc = drop_one(v, &v->pv.kernel_cr3, preemptible);
	if (rc)
		return rc;
	return drop_one(v, &v->pv.user_cr3, preemptible);
}

void pv_drop_cr3(struct vcpu *v)
{
	spin_lock(&v->domain->pv.mmu_lock);
	mmu_drop_cr3(v, false);
	spin_unlock(&v->domain->pv.mmu_lock);
}

/* m held. The kernel's reference is given back in pieces, if it has to be. */
static int get_both(struct vcpu *v, mfn_t kernel, mfn_t user)
{
	struct domain *d = v->domain;
	int rc = mmu_drop_finish(v, d);

	if (rc)
		return rc;
	rc = get_root(d, kernel);
	if (rc)
		return rc;
	rc = get_root(d, user);
	if (rc)
		mmu_drop_table(v, d, kernel);
	return rc;
}

int pv_set_cr3(struct vcpu *v, mfn_t kernel, mfn_t user)
{
	struct domain *d = v->domain;
	int rc;

	if (mfn_eq(kernel, INVALID_MFN))
		return -EINVAL;
	if (d->pv.is_32bit && !mfn_eq(user, INVALID_MFN))
		return -EINVAL;
	rc = make_top(v);
	if (rc)
		return rc;
	spin_lock(&d->pv.mmu_lock);
	rc = get_both(v, kernel, user);
	if (!rc) {
		mmu_drop_cr3(v, false);
		v->pv.kernel_cr3 = kernel;
		v->pv.user_cr3 = user;
		follow(v);
	}
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

int pv_set_32bit(struct domain *d)
{
	(void)d;
	return m2p32_make();
}
