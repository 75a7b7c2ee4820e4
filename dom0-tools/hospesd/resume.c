/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that suspended itself goes on where it was. Its suspend hypercall
 * returns 1, "called off": nothing has changed under it, so that it keeps its
 * devices as they are, and its backends know nothing of it all.
 */
#include <errno.h>
#include <string.h>

#include "builder/layout32.h"
#include "hospesd/domain.h"
#include "lib/log.h"

union context {
	struct vcpu_guest_context native;
	struct vcpu_context32 narrow;
};

enum { CALLED_OFF = 1 };

static bool is_suspended(struct domain *d)
{
	struct xen_domctl_getdomaininfo info;

	return !control_domain_info(d->m->control, d->domid, &info) &&
	       info.flags & XEN_DOMINF_shutdown &&
	       control_shutdown_reason(&info) == LC_SUSPEND;
}

/* The result that vCPU 0, which made the call, will see. */
static int set_result(struct domain *d, uint64_t value)
{
	struct control *c = d->m->control;
	union context ctx;
	int rc = control_vcpu_get_context(c, d->domid, 0, &ctx.native);

	if (rc)
		return rc;
	if (d->built.is_32bit) {
		ctx.narrow.user_regs.eax = (uint32_t)value;
		return control_vcpu_set_context32(c, d->domid, 0, &ctx.narrow,
						  sizeof(ctx.narrow));
	}
	ctx.native.user_regs.rax = value;
	return control_vcpu_set_context(c, d->domid, 0, &ctx.native);
}

bool resume_suspended(struct domain *d)
{
	int rc = is_suspended(d) ? set_result(d, CALLED_OFF) : -EINVAL;

	if (!rc)
		rc = control_domain_resume(d->m->control, d->domid);
	if (rc) {
		log_warn("%s: cannot resume: %s", d->config->name,
			 strerror(-rc));
		return false;
	}
	/* Else the store would not tell of its next end. */
	rc = store_resume(d->m->store, d->domid);
	if (rc)
		log_warn("%s: the store does not take it up again: %s",
			 d->config->name, strerror(-rc));
	return true;
}
