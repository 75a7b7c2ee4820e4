/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files netfront*.c. */
#ifndef NETFRONT_INTERNAL_H
#define NETFRONT_INTERNAL_H

#include "grant.h"
#include "netfront.h"

/* In tx_next, in place of an id. */
enum { NETFRONT_TX_BUSY = UINT16_MAX, NETFRONT_TX_END = UINT16_MAX - 1 };

/* netfront.c: any context. */
void netfront_break(struct netfront *n, const char *why);
/* Empty rings, all of our pages to be had, and those of rx posted. */
void netfront_rings_start(struct netfront *n);

/* netfront_tx.c, netfront_rx.c: any context. */
void netfront_tx_give(struct netfront *n, uint16_t id);
void netfront_tx_poll(struct netfront *n);
/* As front_ring_rearm(), but only if somebody waits for room. */
int netfront_tx_rearm(struct netfront *n);
void netfront_rx_poll(struct netfront *n);
/* Gives the backend all pages that it has not. */
void netfront_rx_post(struct netfront *n);

/*
 * netfront_memory.c: thread context. Grants are taken once and given to the
 * backend at each connection; release: -XEN_EBUSY if it has kept some.
 */
int netfront_allocate(struct netfront *n);
void netfront_grant(struct netfront *n);
int netfront_release(struct netfront *n);

#endif
