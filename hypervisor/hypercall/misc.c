/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that exist in the ABI and have nothing behind them here: each gives
 * the answer that makes a caller go on without it.
 */
#include "core/domain.h"
#include "hypercall/hypercall.h"

/* Parameters of hardware-assisted guests; there are none of these yet. */
long hc_hvm_op(int cmd, gva_t arg)
{
	(void)cmd;
	(void)arg;
	return -ENOSYS;
}

long hc_dm_op(u32 domid, unsigned int nr, gva_t bufs)
{
	int rc = 0;
	struct domain *d = domain_get_target(domid, &rc);

	(void)nr;
	(void)bufs;
	if (!d)
		return rc;
	domain_put(d);
	return -EOPNOTSUPP;
}

/* No machine-check log: the banks stay with the hypervisor. */
long hc_mca(gva_t arg)
{
	(void)arg;
	return policy_host(current->domain) ? -EPERM : -ENOSYS;
}

long hc_kexec_op(u64 op, gva_t arg)
{
	(void)op;
	(void)arg;
	return policy_host(current->domain) ? -EPERM : -ENOSYS;
}

/* No counters for guests: Linux then uses none. */
long hc_xenpmu_op(unsigned int op, gva_t arg)
{
	(void)op;
	(void)arg;
	return -ENOSYS;
}

/* NMIs reach guests by trap vector 2; the old registration is not offered. */
long hc_nmi_op(unsigned int cmd, gva_t arg)
{
	(void)cmd;
	(void)arg;
	return -ENOSYS;
}
