/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unprivileged guests made by a test kernel that is booted as dom0: each is a
 * copy of the kernel's own image, entered at its start with a start_info of its
 * own.  A whole life of such a guest takes milliseconds, and no Linux.
 */
#ifndef TESTS_GUEST_CLONE_H
#define TESTS_GUEST_CLONE_H

#include "ops.h"
#include <xen/io/console.h>

struct xen_domctl;
struct xen_sysctl;

#define CLONE_PAGES	1024
#define CLONE_VCPUS	3

struct clone {
	unsigned int id;
	xen_pfn_t mfn[CLONE_PAGES];
	unsigned int console_port;	/* ours */
	struct xencons_interface *console;
	void *window;			/* page of ours in whose place it is */
};

long clone_domctl(struct xen_domctl *op, unsigned int cmd, unsigned int id);
long clone_sysctl(struct xen_sysctl *op, unsigned int cmd);

/* 0, or an error; then there is nothing to destroy. Not running yet. */
long clone_create(struct clone *c);
/* Writes its start_info with this command line, and lets it run. */
long clone_start(struct clone *c, const char *cmdline);
/* Reads a number of its image: @at is the address in this image. */
u64 clone_read(struct clone *c, const volatile u64 *at);
/* Copies what its console's ring holds to ours. */
void clone_console(struct clone *c);
/* The reason if it is shut down, else -1; -2: there is no such domain. */
int clone_shut_down(const struct clone *c);
void clone_kill(struct clone *c);
/* False: it is not gone within some seconds; others may hold its pages. */
bool clone_gone(struct clone *c);

#endif
