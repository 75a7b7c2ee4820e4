/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon asks of the hypervisor. The only user of its libraries. */
#ifndef XENSTORED_XEN_H
#define XENSTORED_XEN_H

#include <stdbool.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

struct xen_map {
	struct xenstore_domain_interface *page;
};

enum xen_domain_state {
	XEN_DOMAIN_ALIVE,
	XEN_DOMAIN_SHUTDOWN,
	XEN_DOMAIN_DYING,
	XEN_DOMAIN_GONE,
	XEN_DOMAIN_UNKNOWN,
};

/* 0 or -errno, with a message logged. */
int xen_open(void);
/* A file descriptor that becomes readable on events. */
int xen_event_fd(void);
/* A port that had an event and is ready for the next one; -1: no more. */
int xen_next_event(void);
/* A local port for changes in the life of domains, or -1. */
int xen_bind_domain_events(void);
/* A local port, or -1. */
int xen_bind(uint16_t domid, uint32_t port);
void xen_unbind(int local_port);
void xen_notify(int local_port);

/* False: it cannot be mapped. */
bool xen_map_ring(struct xen_map *m, uint16_t domid, uint64_t gfn);
void xen_unmap_ring(struct xen_map *m);
/* The ring of dom0's own kernel. */
bool xen_map_kernel_ring(struct xen_map *m, uint32_t *port);

enum xen_domain_state xen_domain_state(uint16_t domid);

#endif
