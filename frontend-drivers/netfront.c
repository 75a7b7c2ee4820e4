/* SPDX-License-Identifier: BSD-2-Clause */
/* Both directions of a network interface; see netfront.h. */
#include "netfront_internal.h"

enum { ROUNDS = 16 };

void netfront_break(struct netfront *n, const char *why)
{
	n->state = NETFRONT_GONE;
	n->os->log(n->os->context, n->device.path, why);
	/* The store hears of it in thread context: netfront_changed(). */
	n->watch.fired = true;
}

bool netfront_usable(const struct netfront *n)
{
	return n->state == NETFRONT_CONNECTED;
}

bool netfront_poll(struct netfront *n)
{
	int round;

	for (round = 0; round < ROUNDS; round++) {
		if (n->state == NETFRONT_CONNECTED)
			netfront_tx_poll(n);
		if (n->state == NETFRONT_CONNECTED)
			netfront_rx_poll(n);
		if (n->state != NETFRONT_CONNECTED)
			return false;
		/* Both must be asked: no short cut. */
		if (!(netfront_tx_rearm(n) | front_ring_rearm(&n->rx.ring)))
			return false;
	}
	return true;
}

void netfront_rings_start(struct netfront *n)
{
	uint32_t id;

	front_ring_init(&n->tx.ring, n->tx.ring_page, FRONTEND_PAGE,
			sizeof(union netif_tx_sring_entry));
	front_ring_init(&n->rx.ring, n->rx.ring_page, FRONTEND_PAGE,
			sizeof(union netif_rx_sring_entry));
	n->tx_free = NETFRONT_TX_END;
	n->tx_nr_free = 0;
	n->tx_extras = 0;
	n->tx_waiting = false;
	for (id = n->tx.count; id-- > 0;)
		netfront_tx_give(n, (uint16_t)id);
	memset(&n->chain, 0, sizeof(n->chain));
	/* The event goes to a port that nobody has bound yet: no matter. */
	netfront_rx_post(n);
}
