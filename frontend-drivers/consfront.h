/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console of the guest: the page and the port that start_info (or the HVM
 * parameters) name. It works before the store and anything else do.
 */
#ifndef CONSFRONT_H
#define CONSFRONT_H

#include <stdbool.h>
#include <stddef.h>

#include <xen/io/console.h>
#include "frontend.h"

struct consfront {
	const struct frontend_os *os;
	struct xencons_interface *ring;
	evtchn_port_t port;
	void (*input)(void *arg);
	void *arg;
	bool listening;
};

/*
 * Output works from here on. The hooks that are used for it: event_send.
 * Any context.
 */
void consfront_init(struct consfront *c, const struct frontend_os *os,
		    void *ring, evtchn_port_t port);
/*
 * `input(arg)`, in any context, when there may be something to read or room
 * to write; may be NULL. Thread context.
 */
int consfront_listen(struct consfront *c, void (*input)(void *arg), void *arg);
/* After a resume: the new page and port; listening goes on. */
int consfront_resume(struct consfront *c, void *ring, evtchn_port_t port);

/* Writes what fits and returns how much that was. Any context. */
size_t consfront_write(struct consfront *c, const char *text, size_t len);
/*
 * Writes all of it, spinning (`relax` is called meanwhile; NULL: nothing)
 * until there is room; gives up if the other end takes nothing for `patience`
 * rounds. True if all was written. For messages of a kernel.
 */
bool consfront_print(struct consfront *c, const char *text, size_t len,
		     void (*relax)(void), unsigned int patience);
/* Reads what there is, at most `size` bytes. Any context. */
size_t consfront_read(struct consfront *c, char *text, size_t size);

#endif
