/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dropping whole trees of tables takes long, so it is done in pieces.  The
 * reference that is being dropped is remembered in the vCPU (stale_table);
 * each of its later table changes goes on with that first, and so does the
 * end of the domain.
 */
#include "core/domain.h"
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
