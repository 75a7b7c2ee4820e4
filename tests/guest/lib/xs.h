/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest's talk with the store: one request at a time, over its ring. */
#ifndef TESTS_GUEST_XS_H
#define TESTS_GUEST_XS_H

#include "ops.h"
#include <xen/io/xs_wire.h>

#define XS_MAX	4096

/* The ring that the builder mapped; NULL: this domain has none. */
struct xenstore_domain_interface *xs_ring(void);
/* Raw bytes, waiting for room or for data. */
void xs_put(const void *from, u32 n);
void xs_get(void *to, u32 n);
/* One message, header and all. */
void xs_put_message(u32 type, u32 req, u32 tx, const void *payload, u32 len);
/* Its payload, ended with a 0, into a buffer of XS_MAX + 1; returns its length. */
u32 xs_get_message(struct xsd_sockmsg *h, char *payload);

/*
 * Request and reply; the reply is ended with a 0. Returns its length, or -1:
 * an error, whose name is in @reply. Watch events in between are counted and
 * kept in xs_event.
 */
int xs_request(u32 type, u32 tx, const void *payload, u32 len, char *reply);
extern char xs_event[XS_MAX + 1];
extern u32 xs_events;

/* Strings: "PATH\0VALUE" and the like; what is left out is NULL. */
int xs_read(const char *path, char *reply);
int xs_write(u32 tx, const char *path, const char *value);
unsigned long xs_number(const char *path);	/* ~0: there is none */
void xs_write_number(const char *path, unsigned long value);

#endif
