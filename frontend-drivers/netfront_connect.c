/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network interface from Closed to Connected and back; see netfront.h.
 * Memory and grants are taken once, by netfront_open, and kept over a resume;
 * ports and nodes of the store are made by each connection.
 */
#include "netfront_internal.h"

enum {
	LARGE_RX = 32,			/* rx pages that take it and some */
	MTU_DEFAULT = 1500,
	MAC_TEXT = 17
};

#define STATE(name)	(1U << XenbusState##name)

/* ---- Ports ---------------------------------------------------------------------- */

static void netfront_event(void *arg)
{
	struct netfront *n = arg;

	if (n->config.event)
		n->config.event(n->config.arg);
	else
		while (netfront_poll(n))
			;
}

static void ports_close(struct netfront *n)
{
	if (n->tx.port)
		n->os->event_close(n->os->context, n->tx.port);
	if (n->rx.port && n->rx.port != n->tx.port)
		n->os->event_close(n->os->context, n->rx.port);
	n->tx.port = n->rx.port = 0;
}

static int ports_open(struct netfront *n)
{
	const struct frontend_os *os = n->os;
	int rc;

	n->tx.port = n->rx.port = 0;
	rc = os->event_alloc(os->context, n->device.backend_id, netfront_event,
			     n, &n->tx.port);
	if (rc)
		return rc;
	if (!n->info.split) {
		n->rx.port = n->tx.port;
		return 0;
	}
	return os->event_alloc(os->context, n->device.backend_id,
			       netfront_event, n, &n->rx.port);
}

/* ---- The store -------------------------------------------------------------------- */

static bool hex_digit(char c, uint8_t *value)
{
	if (c >= '0' && c <= '9')
		*value = (uint8_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*value = (uint8_t)(c - 'a' + 10);
	else if (c >= 'A' && c <= 'F')
		*value = (uint8_t)(c - 'A' + 10);
	else
		return false;
	return true;
}

static int parse_mac(const char *text, uint8_t mac[6])
{
	uint8_t high, low;
	unsigned int i;

	for (i = 0; i < 6; i++, text += 3) {
		if (!hex_digit(text[0], &high) || !hex_digit(text[1], &low) ||
		    text[2] != (i < 5 ? ':' : '\0'))
			return -XEN_EINVAL;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	/* A group's address, or none at all, is nobody's. */
	return mac[0] & 1 || !(mac[0] | mac[1] | mac[2] | mac[3] | mac[4] |
			       mac[5]) ? -XEN_EINVAL : 0;
}

static int read_mac(struct netfront *n)
{
	char text[MAC_TEXT + 1];
	int len = xenbus_read(n->os->xenbus, XENBUS_NO_TX, n->device.path,
			      "mac", text, sizeof(text));

	if (len == -XEN_E2BIG || (len >= 0 && len != MAC_TEXT))
		return -XEN_EINVAL;
	return len < 0 ? len : parse_mac(text, n->info.mac);
}

static bool offered(struct netfront *n, const char *feature)
{
	return xenbus_read_feature(n->os->xenbus, n->device.backend, feature,
				   1, 0) == 1;
}

static int read_info(struct netfront *n)
{
	struct netfront_info *i = &n->info;
	uint32_t room = n->tx.count * FRONTEND_PAGE;
	bool sg = offered(n, "feature-sg");

	if (!offered(n, "feature-rx-copy"))
		return -XEN_EINVAL;
	i->mtu = (uint32_t)xenbus_read_feature(n->os->xenbus,
					       n->device.backend, "mtu",
					       NETFRONT_LARGEST, MTU_DEFAULT);
	if (!sg)
		room = FRONTEND_PAGE;
	i->largest = room < NETFRONT_LARGEST ? room : NETFRONT_LARGEST;
	i->checksum6 = offered(n, "feature-ipv6-csum-offload");
	i->gso4 = sg && offered(n, "feature-gso-tcpv4");
	i->gso6 = sg && i->checksum6 && offered(n, "feature-gso-tcpv6");
	i->split = n->config.split && offered(n, "feature-split-event-channels");
	i->multicast = n->config.multicast &&
		offered(n, "feature-multicast-control");
	return read_mac(n);
}

/* One node of ours; rc is what went wrong before. */
static int put(struct netfront *n, uint32_t tx, const char *node,
	       uint64_t value, int rc)
{
	return rc ? rc : xenbus_write_number(n->os->xenbus, tx, n->device.path,
					     node, value);
}

static int write_nodes(struct xenbus *x, uint32_t tx, void *arg)
{
	struct netfront *n = arg;
	const struct netfront_config *c = &n->config;
	int rc = 0;

	(void)x;
	rc = put(n, tx, "tx-ring-ref", n->tx.ring_ref, rc);
	rc = put(n, tx, "rx-ring-ref", n->rx.ring_ref, rc);
	if (n->info.split) {
		rc = put(n, tx, "event-channel-tx", n->tx.port, rc);
		rc = put(n, tx, "event-channel-rx", n->rx.port, rc);
	} else {
		rc = put(n, tx, "event-channel", n->tx.port, rc);
	}
	rc = put(n, tx, "request-rx-copy", 1, rc);
	rc = put(n, tx, "feature-rx-notify", 1, rc);
	rc = put(n, tx, "feature-sg", c->large, rc);
	rc = put(n, tx, "feature-no-csum-offload", !c->checksum, rc);
	rc = put(n, tx, "feature-ipv6-csum-offload", c->checksum6, rc);
	rc = put(n, tx, "feature-gso-tcpv4", c->gso4, rc);
	rc = put(n, tx, "feature-gso-tcpv6", c->gso6, rc);
	return put(n, tx, "request-multicast-control", n->info.multicast, rc);
}

/* What another driver may have left, or a connection before. */
static void remove_nodes(struct netfront *n)
{
	static const char *const nodes[] = {
		"event-channel", "event-channel-tx", "event-channel-rx",
	};
	unsigned int i;

	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		xenbus_rm(n->os->xenbus, XENBUS_NO_TX, n->device.path,
			  nodes[i]);
}

/* ---- The other end -------------------------------------------------------------------- */

/* It went away, or broke the protocol: thread context. */
static void netfront_changed(void *arg)
{
	struct netfront *n = arg;
	enum xenbus_state state;

	if (n->state == NETFRONT_CONNECTED) {
		state = xenbus_state(n->os->xenbus, n->device.backend);
		if (state != XenbusStateClosing &&
		    state != XenbusStateClosed && state != XenbusStateUnknown)
			return;
		netfront_break(n, "the backend has closed");
	}
	if (n->state != NETFRONT_GONE || n->announced)
		return;
	n->announced = true;
	xenbus_set_state(n->os->xenbus, &n->device, XenbusStateClosed);
	if (n->config.changed)
		n->config.changed(n->config.arg);
}

static int watch_backend(struct netfront *n)
{
	memcpy(n->watch.path, n->device.backend, sizeof(n->watch.path));
	n->watch.changed = netfront_changed;
	n->watch.arg = n;
	return xenbus_watch(n->os->xenbus, &n->watch);
}

static int await(struct netfront *n, unsigned int states, uint64_t deadline)
{
	return xenbus_wait_backend(n->os->xenbus, &n->device, states, deadline);
}

/*
 * Until the backend offers itself. One that still believes in a connection of
 * before is told that this is over.
 */
static int await_offer(struct netfront *n, uint64_t deadline)
{
	int state = await(n, STATE(InitWait) | STATE(Connected) |
			  STATE(Closing) | STATE(Closed), deadline);

	if (state < 0 || state == XenbusStateInitWait)
		return state < 0 ? state : 0;
	xenbus_set_state(n->os->xenbus, &n->device, XenbusStateClosed);
	state = await(n, STATE(InitWait) | STATE(Closed), deadline);
	if (state < 0)
		return state;
	xenbus_set_state(n->os->xenbus, &n->device, XenbusStateInitialising);
	state = await(n, STATE(InitWait), deadline);
	return state == -XEN_ETIMEDOUT ? -XEN_ENXIO : state < 0 ? state : 0;
}

static int netfront_connect(struct netfront *n, uint64_t deadline)
{
	struct xenbus *x = n->os->xenbus;
	int rc = await_offer(n, deadline), state;

	if (!rc)
		rc = read_info(n);
	if (!rc)
		rc = ports_open(n);
	if (rc)
		return rc;
	netfront_grant(n);
	netfront_rings_start(n);
	remove_nodes(n);
	rc = xenbus_transaction(x, write_nodes, n);
	if (!rc)
		rc = xenbus_set_state(x, &n->device, XenbusStateConnected);
	if (rc)
		return rc;
	state = await(n, STATE(Connected) | STATE(Closing) | STATE(Closed),
		      deadline);
	if (state < 0)
		return state;
	if (state != XenbusStateConnected)
		return -XEN_ENXIO;
	n->state = NETFRONT_CONNECTED;
	n->announced = false;
	rc = watch_backend(n);
	if (!rc)
		netfront_event(n);	/* what came before we were ready */
	return rc;
}

static bool is_size(uint32_t pages)
{
	return pages && pages <= NETFRONT_SLOTS && !(pages & (pages - 1));
}

static bool config_good(const struct netfront_config *c)
{
	return is_size(c->tx_pages) && is_size(c->rx_pages) &&
	       (!c->large || c->rx_pages >= LARGE_RX) &&
	       (!c->gso4 || (c->large && c->checksum)) &&
	       (!c->gso6 || (c->large && c->checksum6));
}

/* After a failure at any point, or at the end. */
static int netfront_undo(struct netfront *n)
{
	struct xenbus *x = n->os->xenbus;

	if (n->watch.set)
		xenbus_unwatch(x, &n->watch);
	ports_close(n);
	n->state = NETFRONT_CLOSED;
	return netfront_release(n);
}

int netfront_open(struct netfront *n, const struct frontend_os *os,
		  const char *path, const struct netfront_config *config,
		  uint64_t timeout)
{
	static const struct netfront_config standard = NETFRONT_DEFAULT;
	int rc;

	memset(n, 0, sizeof(*n));
	n->os = os;
	n->config = config ? *config : standard;
	n->tx.ring_ref = n->rx.ring_ref = GRANT_NONE;
	if (!config_good(&n->config))
		return -XEN_EINVAL;
	n->state = NETFRONT_CONNECTING;
	rc = xenbus_device_find(os->xenbus, &n->device, path);
	if (!rc)
		rc = netfront_allocate(n);
	if (!rc)
		rc = netfront_connect(n, frontend_deadline(os, timeout));
	if (rc) {
		if (n->tx.port)
			xenbus_set_state(os->xenbus, &n->device,
					 XenbusStateClosed);
		netfront_undo(n);
	}
	return rc;
}

int netfront_resume(struct netfront *n, uint64_t timeout)
{
	char path[XENBUS_PATH];
	int rc;

	if (n->state == NETFRONT_CLOSED)
		return -XEN_ENXIO;
	n->state = NETFRONT_CONNECTING;
	/* The backend may be another one, its ports are gone. */
	if (n->watch.set)
		xenbus_unwatch(n->os->xenbus, &n->watch);
	n->tx.port = n->rx.port = 0;
	memcpy(path, n->device.path, sizeof(path));
	rc = xenbus_device_find(n->os->xenbus, &n->device, path);
	if (!rc)
		rc = netfront_connect(n, frontend_deadline(n->os, timeout));
	if (rc)
		n->state = NETFRONT_GONE;
	return rc;
}

int netfront_close(struct netfront *n, uint64_t timeout)
{
	struct xenbus *x = n->os->xenbus;
	uint64_t deadline = frontend_deadline(n->os, timeout);
	unsigned int over = STATE(Closed) | STATE(InitWait) | STATE(Unknown);

	if (n->state == NETFRONT_CLOSED)
		return 0;
	n->state = NETFRONT_CLOSING;
	if (n->watch.set)
		xenbus_unwatch(x, &n->watch);
	xenbus_set_state(x, &n->device, XenbusStateClosing);
	await(n, over | STATE(Closing), deadline);
	xenbus_set_state(x, &n->device, XenbusStateClosed);
	await(n, over, deadline);
	return netfront_undo(n);
}
