/* SPDX-License-Identifier: BSD-2-Clause */
/* Every decision about who may do what to whom. */
#include "core/domain.h"
#include "hypercall/hypercall.h"

int policy_control(const struct domain *caller, const struct domain *target)
{
	/* Nobody controls the domain that runs the machine but itself. */
	if (target == dom0 && caller != dom0)
		return -EPERM;
	return caller->privileged ? 0 : -EPERM;
}

int policy_host(const struct domain *caller)
{
	return caller->privileged ? 0 : -EPERM;
}

struct domain *domain_get_target(domid_t domid, int *err)
{
	struct domain *self = current->domain, *d;

	if (domid == DOMID_SELF || domid == self->id) {
		domain_hold(self);
		return self;
	}
	d = domain_get(domid);
	*err = -ESRCH;
	if (!d)
		return NULL;
	*err = policy_control(self, d);
	if (!*err)
		return d;
	domain_put(d);
	return NULL;
}
