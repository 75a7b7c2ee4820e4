/* SPDX-License-Identifier: BSD-2-Clause */
/* A domain's ring as the transport of its connection. */
#ifndef XENSTORED_DOMAIN_RING_H
#define XENSTORED_DOMAIN_RING_H

#include "domain.h"

extern const struct transport domain_transport;

/* An event came. */
void domain_serve(struct domain *d);
/* Its ring cannot be believed any more. */
void domain_break(struct domain *d, uint32_t why);
/* Goes on where the daemon before this one died. The page is mapped. */
void domain_take_up(struct domain *d);
/* For domain_each: @arg points to the number of a domain that is gone. */
void domain_untarget(struct domain *d, void *arg);

#endif
