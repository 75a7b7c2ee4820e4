/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of domctl and sysctl share. */
#ifndef HOSPES_HYPERCALL_CONTROL_H
#define HOSPES_HYPERCALL_CONTROL_H

#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"

#include <xen/domctl.h>
#include <xen/sysctl.h>

/* One operation: the domain (referenced; NULL without one) and the copy of
   the argument.  -ERESTART: the same call again. */
typedef long domctl_fn(struct domain *d, struct xen_domctl *op);

/* domctl_domain.c */
domctl_fn domctl_create, domctl_destroy, domctl_pause, domctl_unpause,
	  domctl_resume, domctl_info, domctl_max_mem, domctl_set_handle,
	  domctl_time_offset, domctl_set_address_size,
	  domctl_get_address_size, domctl_hypercall_init, domctl_page_types,
	  domctl_scheduler, domctl_permission_irq, domctl_permission_iomem,
	  domctl_permission_ioport, domctl_node_affinity;
/* domctl_vcpu.c */
domctl_fn domctl_max_vcpus, domctl_set_context, domctl_get_context,
	  domctl_set_affinity, domctl_get_affinity, domctl_vcpu_info;

/* domain_info.c */
void domain_info(struct domain *d, struct xen_domctl_getdomaininfo *i);
/* A set of bits to the guest, in as many bytes as it has room for. */
long bitmap_to_guest(const struct xenctl_bitmap *to, const u64 *bits,
		     unsigned int count);
long bitmap_from_guest(u64 *bits, unsigned int count,
		       const struct xenctl_bitmap *from);

/* debug_keys.c */
long debug_key(char key);

/* sysctl_perf.c */
long sysctl_perf(struct xen_sysctl *op);

#endif
