/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains for tests of event channels: made by hand, no memory, no switch. */
#ifndef TESTS_UNIT_FAKE_DOMAIN_H
#define TESTS_UNIT_FAKE_DOMAIN_H

#include "tests/unit/fake_hv.h"

#define FAKE_DOMAINS	4

extern unsigned int fake_wakes;		/* sched_wake() of a blocked vCPU */

extern void (*fake_event_hook)(struct vcpu *v);	/* at an upcall */

/* Domain @id with @vcpus vCPUs; 0 is dom0. @max_port: highest allowed. */
struct domain *fake_domain(unsigned int id, unsigned int vcpus, u32 max_port);
void fake_domain_free(struct domain *d);
/* @v of @d makes the next hypercalls. */
void fake_run(struct domain *d, unsigned int v);

#endif
