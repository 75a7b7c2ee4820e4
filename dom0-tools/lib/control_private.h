/* SPDX-License-Identifier: BSD-2-Clause */
/* What the control_*.c files share. */
#ifndef LIB_CONTROL_PRIVATE_H
#define LIB_CONTROL_PRIVATE_H

#include "lib/control.h"

#include <xencall.h>

/*
 * A handle owns two pieces of memory that hypercalls may touch: one page for
 * the operation itself, and one that grows for what the operation points to.
 * Both keep their contents only until the next call.
 */
struct control {
	xencall_handle *call;
	void *op;
	void *data;
	size_t data_pages;
};

/* At least `size` bytes of the data buffer, not cleared; NULL: no memory. */
void *control_data(struct control *c, size_t size);

/* 0 or more: what the call returned; below: -errno. */
long control_call(struct control *c, unsigned int nr, unsigned long cmd,
		  void *op, size_t size);

/* These copy *op to hypercall memory, call, and copy it back. */
int control_domctl(struct control *c, struct xen_domctl *op, uint32_t cmd,
		   uint32_t domid);
int control_sysctl(struct control *c, struct xen_sysctl *op, uint32_t cmd);

#endif
