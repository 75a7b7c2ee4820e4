/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon asks of the hypervisor. */
#include "lib/control.h"
#include "xen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include "lib/log.h"

#define XEN_KERNEL_PAGE	"/proc/xen/xsd_kva"
#define XEN_KERNEL_PORT	"/proc/xen/xsd_port"

static xenevtchn_handle *xen_events;
static xenforeignmemory_handle *xen_memory;
static struct control *xen_control;

int xen_open(void)
{
	int fd;

	xen_events = xenevtchn_open(NULL, 0);
	if (!xen_events) {
		log_errno("cannot open the event channel device");
		return -ENODEV;
	}
	fd = xenevtchn_fd(xen_events);
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		return -errno;
	xen_memory = xenforeignmemory_open(NULL, 0);
	if (!xen_memory) {
		log_errno("cannot open the foreign memory device");
		return -ENODEV;
	}
	xen_control = control_open();
	if (!xen_control)
		log_errno("cannot open the control device");
	return 0;
}

int xen_event_fd(void)
{
	return xenevtchn_fd(xen_events);
}

int xen_next_event(void)
{
	int port = xenevtchn_pending(xen_events);

	if (port >= 0)
		xenevtchn_unmask(xen_events, port);
	/* The next one has our state, and event channels that work. */
	else if (errno != EAGAIN && errno != EINTR)
		log_fatal("event channels cannot be read: %s", strerror(errno));
	return port;
}

int xen_bind_domain_events(void)
{
	return xenevtchn_bind_virq(xen_events, VIRQ_DOM_EXC);
}

int xen_bind(uint16_t domid, uint32_t port)
{
	return xenevtchn_bind_interdomain(xen_events, domid, port);
}

void xen_unbind(int local_port)
{
	xenevtchn_unbind(xen_events, local_port);
}

void xen_notify(int local_port)
{
	xenevtchn_notify(xen_events, local_port);
}

/*
 * As foreign memory: by a grant to dom0 any process there that has the grant
 * device could map it, each backend among them.
 */
bool xen_map_ring(struct xen_map *m, uint16_t domid, uint64_t gfn)
{
	xen_pfn_t pfn = gfn;
	int err = 0;

	m->page = xenforeignmemory_map(xen_memory, domid,
				       PROT_READ | PROT_WRITE, 1, &pfn, &err);
	if (m->page && err) {
		xenforeignmemory_unmap(xen_memory, m->page, 1);
		m->page = NULL;
	}
	return m->page;
}

void xen_unmap_ring(struct xen_map *m)
{
	if (!m->page)
		return;
	xenforeignmemory_unmap(xen_memory, m->page, 1);
	m->page = NULL;
}

static bool xen_read_number(const char *path, uint32_t *out)
{
	FILE *f = fopen(path, "re");
	bool good;

	if (!f)
		return false;
	good = fscanf(f, "%u", out) == 1;
	fclose(f);
	return good;
}

bool xen_map_kernel_ring(struct xen_map *m, uint32_t *port)
{
	int fd;
	void *page;

	if (!xen_read_number(XEN_KERNEL_PORT, port))
		return false;
	fd = open(XEN_KERNEL_PAGE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	m->page = page == MAP_FAILED ? NULL : page;
	return m->page;
}

enum xen_domain_state xen_domain_state(uint16_t domid)
{
	struct xen_domctl_getdomaininfo info;
	int rc = xen_control ? control_domain_info(xen_control, domid, &info) :
		-ENODEV;

	if (rc == -ESRCH)
		return XEN_DOMAIN_GONE;
	if (rc)
		return XEN_DOMAIN_UNKNOWN;
	if (info.flags & XEN_DOMINF_dying)
		return XEN_DOMAIN_DYING;
	if (info.flags & XEN_DOMINF_shutdown)
		return XEN_DOMAIN_SHUTDOWN;
	return XEN_DOMAIN_ALIVE;
}
