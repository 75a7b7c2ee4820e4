/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel supplies to the frontend drivers, and what holds for all of
 * them. The drivers know no operating system: they use the public headers
 * (<xen/...>), the hooks below, and of a C library only memcpy, memmove,
 * memset and memcmp, which compilers ask for anyway.
 *
 * Results: 0 or more is success, negative is -XEN_E... of <xen/errno.h>.
 * Units: sizes in bytes, pages of 4,096 bytes, times in nanoseconds.
 *
 * Contexts. Each device (and the store) is an object of its own; different
 * objects may be used at the same time on different CPUs. Calls on one object
 * must not overlap, its event handler included: a kernel with one CPU calls
 * drivers with events masked or from one thread; a larger one takes a lock of
 * its own for each device, in its event handler as well. Two kinds of calls:
 *	any context	never waits, makes no memory, only reads and writes
 *			rings and sends events: what the data path uses;
 *	thread context	talks to the store and may wait: set-up, resume, close.
 * Every function says which it is; event handlers are called in any context.
 *
 * Nothing is allocated after set-up. Nothing that the other end writes is
 * trusted: it is copied once, then checked; an end that breaks the protocol
 * loses the device, never the kernel.
 */
#ifndef FRONTEND_H
#define FRONTEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/errno.h>
#include <xen/event_channel.h>

enum { FRONTEND_PAGE = 4096 };

/* No deadline. */
#define FRONTEND_FOREVER UINT64_MAX

struct grant_table;
struct xenbus;

struct frontend_os {
	/* Handed to every hook. */
	void *context;

	/*
	 * `count` (1 or more) pages that follow each other in virtual memory,
	 * filled with zeroes, page-aligned; NULL: out of memory. Only while a
	 * device is set up. The frames may lie anywhere.
	 */
	void *(*pages)(void *context, unsigned int count);
	void (*pages_free)(void *context, void *pages, unsigned int count);

	/*
	 * The frame of the page at a virtual address that `pages` returned, as
	 * a grant entry takes it: machine frame for PV guests, guest frame for
	 * others. Called again after a resume, when it may have changed.
	 */
	uint32_t (*frame)(void *context, const void *page);

	/*
	 * Event channels. `event_alloc` makes a port to which domain `remote`
	 * may bind, `event_bind` takes one that exists already (console,
	 * store); both have `handler(arg)` called at each event from then on
	 * and return 0. `event_close` gives a port of event_alloc up; when it
	 * returns, the handler neither runs nor is called any more.
	 * `event_send` signals the other end, in any context, and does
	 * nothing if the channel has been lost. After a resume all ports of
	 * before are gone: the kernel forgets their handlers, the drivers
	 * neither close nor use them.
	 */
	int (*event_alloc)(void *context, domid_t remote,
			   void (*handler)(void *arg), void *arg,
			   evtchn_port_t *port);
	int (*event_bind)(void *context, evtchn_port_t port,
			  void (*handler)(void *arg), void *arg);
	void (*event_close)(void *context, evtchn_port_t port);
	void (*event_send)(void *context, evtchn_port_t port);

	/*
	 * Waits until `ready(arg)` is true or time reaches `deadline` (may be
	 * FRONTEND_FOREVER); returns what `ready` said last. `ready` must be
	 * called at the start and after every event of any port, by a call
	 * that no event handler interrupts, such that an event between
	 * `ready` and sleeping is not lost: events masked, `ready`, then
	 * SCHEDOP_block, which unmasks. Handlers may run during the wait.
	 * Thread context only.
	 */
	bool (*wait)(void *context, bool (*ready)(void *arg), void *arg,
		     uint64_t deadline);

	/* Nanoseconds since any fixed moment; never runs backwards. */
	uint64_t (*time)(void *context);

	/* One line for people, without a newline. Any context. */
	void (*log)(void *context, const char *device, const char *text);

	/* Of the kernel: set up before the first device (grant.h, xenbus.h). */
	struct grant_table *grants;
	struct xenbus *xenbus;
};

/* The kernel has these, by whatever header; compilers ask for them, too. */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* The moment that lies `ns` ahead; 0 means FRONTEND_FOREVER. */
static inline uint64_t frontend_deadline(const struct frontend_os *os,
					 uint64_t ns)
{
	return ns ? os->time(os->context) + ns : FRONTEND_FOREVER;
}

#endif
