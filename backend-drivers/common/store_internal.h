/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by store.c (what is asked) and store_socket.c (how it gets there). */
#ifndef COMMON_STORE_INTERNAL_H
#define COMMON_STORE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

enum { STORE_WATCHES = 4, STORE_REQUEST = 1024 };

/* The payload of the request that sets it. */
struct store_watch {
	char text[256];
	size_t len;
};

struct store {
	int fd;			/* -1: xenstored is gone for now */
	int wire;		/* new connections come here */
	uint32_t serial;
	struct xsd_sockmsg head;	/* the last message */
	char payload[XENSTORE_PAYLOAD_MAX + 1];
	struct store_watch watches[STORE_WATCHES];
	unsigned int nr_watches;
	bool changed;		/* an event came during a request */
	struct event_base *base;
	struct event *event;
	struct event *wire_event;
	void (*fn)(void *arg);
	void *arg;
};

/* 0: an answer is in head and payload. -ECONNRESET: the connection broke. */
int store_ask_once(struct store *s, uint32_t type, const char *payload,
		   size_t len);
/* Until there is a connection again, with all watches set. */
void store_wait_connection(struct store *s);

#endif
