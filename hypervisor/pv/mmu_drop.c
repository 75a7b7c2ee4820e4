/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dropping whole trees of tables takes long, so it is done in pieces.  The
 * reference that is being dropped is remembered in the vCPU (stale_table);
 * each of its later table changes goes on with that first, and so does the
 * end of the domain.
 */
#include "core/domain.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "pv/mmu.h"
#include "pv/page_type.h"

int mmu_drop_table(struct vcpu *v, struct domain *d, mfn_t m)
{
	int rc = page_put_type(d, m, !v->pv.stale_table);

	if (rc) {
		v->pv.stale_table = m.v + 1;
		v->pv.stale_domain = d->id;
	}
	return rc;
}

int mmu_drop_finish(struct vcpu *v, struct domain *d)
{
	int rc;

	if (!v->pv.stale_table || v->pv.stale_domain != d->id)
		return 0;
	rc = page_put_type(d, MFN(v->pv.stale_table - 1), true);
	if (!rc)
		v->pv.stale_table = 0;
	return rc;
}

static int drop_one(struct vcpu *v, mfn_t *cr3, bool preemptible)
{
	mfn_t m = *cr3;

	*cr3 = INVALID_MFN;
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

static int get_l4(struct domain *d, mfn_t m)
{
	int rc;

	if (mfn_eq(m, INVALID_MFN))
		return 0;
	rc = page_get_type(d, m, FT_L4, true);
	return rc == -EBUSY ? -EINVAL : rc;
}

int pv_set_cr3(struct vcpu *v, mfn_t kernel, mfn_t user)
{
	struct domain *d = v->domain;
	int rc;

	if (mfn_eq(kernel, INVALID_MFN))
		return -EINVAL;
	spin_lock(&d->pv.mmu_lock);
	rc = get_l4(d, kernel);
	if (!rc) {
		rc = get_l4(d, user);
		if (rc)
			page_put_type(d, kernel, false);
	}
	if (!rc) {
		mmu_drop_cr3(v, false);
		v->pv.kernel_cr3 = kernel;
		v->pv.user_cr3 = user;
	}
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}
