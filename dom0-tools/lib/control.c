/* SPDX-License-Identifier: BSD-2-Clause */
/* The control handle and its hypercall memory. */
#include "lib/control_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONTROL_PAGE 4096

struct control *control_open(void)
{
	struct control *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->call = xencall_open(NULL, XENCALL_OPENFLAG_NON_REENTRANT);
	if (!c->call) {
		free(c);
		return NULL;
	}
	c->op = xencall_alloc_buffer_pages(c->call, 1);
	if (!c->op) {
		control_close(c);
		errno = ENOMEM;
		return NULL;
	}
	return c;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	if (c->op)
		xencall_free_buffer_pages(c->call, c->op, 1);
	if (c->data)
		xencall_free_buffer_pages(c->call, c->data, c->data_pages);
	xencall_close(c->call);
	free(c);
}

void *control_data(struct control *c, size_t size)
{
	size_t pages = (size + CONTROL_PAGE - 1) / CONTROL_PAGE;

	if (pages == 0)
		pages = 1;
	if (pages <= c->data_pages)
		return c->data;
	if (c->data)
		xencall_free_buffer_pages(c->call, c->data, c->data_pages);
	c->data_pages = 0;
	c->data = xencall_alloc_buffer_pages(c->call, pages);
	if (c->data)
		c->data_pages = pages;
	return c->data;
}

long control_call(struct control *c, unsigned int nr, unsigned long cmd,
		  void *op, size_t size)
{
	long rc;

	if (op)
		memcpy(c->op, op, size);
	rc = xencall2L(c->call, nr, cmd, op ? (uintptr_t)c->op : 0);
	if (rc < 0)
		return errno ? -errno : -EIO;
	if (op)
		memcpy(op, c->op, size);
	return rc;
}

int control_domctl(struct control *c, struct xen_domctl *op, uint32_t cmd,
		   uint32_t domid)
{
	int rc;

	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = domid;
	memcpy(c->op, op, sizeof(*op));
	rc = xencall1(c->call, __HYPERVISOR_domctl, (uintptr_t)c->op);
	if (rc < 0)
		return errno ? -errno : -EIO;
	memcpy(op, c->op, sizeof(*op));
	return rc;
}

int control_sysctl(struct control *c, struct xen_sysctl *op, uint32_t cmd)
{
	int rc;

	op->cmd = cmd;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	memcpy(c->op, op, sizeof(*op));
	rc = xencall1(c->call, __HYPERVISOR_sysctl, (uintptr_t)c->op);
	if (rc < 0)
		return errno ? -errno : -EIO;
	memcpy(op, c->op, sizeof(*op));
	return rc;
}
