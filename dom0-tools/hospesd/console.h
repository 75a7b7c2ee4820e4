/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console of a domain: everything it prints goes to a rotated log and to
 * every attached client, what clients type goes to the guest.  It belongs to
 * the domain's name: clients stay attached while the guest reboots.
 */
#ifndef HOSPESD_CONSOLE_H
#define HOSPESD_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

struct bufferevent;
struct console;
struct hospesd;

/* NULL: no memory. A log that cannot be opened is only warned of. */
struct console *console_new(struct hospesd *m, const char *name);
/* Ends all clients. */
void console_free(struct console *c);

/* Takes up the ring of a (new) incarnation; 0 or -errno. */
int console_connect(struct console *c, uint32_t domid, uint64_t mfn,
		    uint32_t port);
/* Takes the last words and lets go of the guest's page and port. */
void console_disconnect(struct console *c);

/* Takes the connection over; replay: begins with the latest output. */
void console_attach(struct console *c, struct bufferevent *client,
		    bool replay);

/* Serves the event channels of all consoles. */
void console_events(struct hospesd *m);

#endif
