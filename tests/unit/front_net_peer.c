/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "front_net_peer.h"

/* ---- Wire ----------------------------------------------------------------- */

void net_wire_put(struct net_wire *w, const struct virtio_net_hdr *header,
		  const void *data, size_t len)
{
	struct net_packet *p = &w->packets[w->tail % NET_WIRE];

	ck_assert_uint_lt(w->tail - w->head, NET_WIRE);
	free(p->data);
	p->data = malloc(len ? len : 1);
	memcpy(p->data, data, len);
	p->len = len;
	p->header = *header;
	w->tail++;
}

const struct net_packet *net_wire_get(struct net_wire *w)
{
	return w->head == w->tail ? NULL : &w->packets[w->head++ % NET_WIRE];
}

static void net_wire_free(struct net_wire *w)
{
	for (int i = 0; i < NET_WIRE; i++)
		free(w->packets[i].data);
}

/* ---- What netback has of its own: TAP and grants ------------------------------ */

static struct net_peer *peer;
static void *pool;

void *grants_alloc(struct grants *g, uint32_t pages)
{
	(void)g;
	pool = aligned_alloc(GRANTS_PAGE, (size_t)pages * GRANTS_PAGE);
	return pool;
}

ssize_t tap_read(int fd, struct virtio_net_hdr *header, void *data,
		 size_t size)
{
	const struct net_packet *p = net_wire_get(&peer->coming);

	(void)fd;
	if (!p)
		return -EAGAIN;
	ck_assert_uint_le(p->len, size);
	*header = p->header;
	memcpy(data, p->data, p->len);
	return (ssize_t)p->len;
}

int tap_write(int fd, const struct virtio_net_hdr *header, const void *data,
	      size_t len)
{
	(void)fd;
	net_wire_put(&peer->sent, header, data, len);
	return 0;
}

static void net_copy(struct grant_copy *c)
{
	char *page = fake_granted(peer->fake, c->ref);

	ck_assert_uint_le(c->offset + c->len, GRANTS_PAGE);
	if (c->to_guest) {
		ck_assert(!(peer->fake->entries[c->ref].flags & GTF_readonly));
		memcpy(page + c->offset, c->local, c->len);
	} else {
		memcpy(c->local, page + c->offset, c->len);
	}
	c->status = 0;
}

int grants_copy(struct grants *g, struct grant_copy *copies, uint32_t count)
{
	(void)g;
	while (count--)
		net_copy(copies++);
	return 0;
}

/* ---- Store ------------------------------------------------------------------ */

static void net_state(struct net_peer *p, enum xenbus_state state)
{
	char text[2] = { (char)('0' + state), '\0' };

	fake_set(p->fake, text, NET_BACK "/state");
}

static void net_feature(struct net_peer *p, const char *name, bool offered)
{
	if (offered)
		fake_set(p->fake, "1", NET_BACK "/%s", name);
}

static void net_nodes(struct net_peer *p)
{
	fake_set(p->fake, NULL, NET_BACK);
	fake_set(p->fake, NET_BACK, NET_FRONT "/backend");
	fake_set(p->fake, "0", NET_FRONT "/backend-id");
	fake_set(p->fake, "00:16:3e:01:02:Af", NET_FRONT "/mac");
	fake_set(p->fake, "1", NET_FRONT "/state");
	fake_set(p->fake, "9000", NET_BACK "/mtu");
	net_feature(p, "feature-rx-copy", p->offer.rx_copy);
	net_feature(p, "feature-sg", p->offer.sg);
	net_feature(p, "feature-gso-tcpv4", p->offer.gso4);
	net_feature(p, "feature-gso-tcpv6", p->offer.gso6);
	net_feature(p, "feature-ipv6-csum-offload", p->offer.checksum6);
	net_feature(p, "feature-split-event-channels", p->offer.split);
	net_feature(p, "feature-multicast-control", p->offer.multicast);
	net_state(p, XenbusStateInitWait);
}

static bool net_asked(struct net_peer *p, const char *node)
{
	return fake_number(p->fake, NET_FRONT "/%s", node) == 1;
}

/* ---- Handshake ---------------------------------------------------------------- */

static struct ring_shared *net_map(struct net_peer *p, const char *node,
				   uint32_t *ref)
{
	*ref = (uint32_t)fake_number(p->fake, NET_FRONT "/%s", node);
	fake_map(p->fake, *ref, true);
	return fake_granted(p->fake, *ref);
}

static unsigned int net_port(struct net_peer *p, const char *node)
{
	long port = fake_number(p->fake, NET_FRONT "/%s", node);

	ck_assert_int_gt(port, 0);
	ck_assert(p->fake->ports[port].open);
	return (unsigned int)port;
}

static void net_connect(struct net_peer *p)
{
	struct vif_features f = {
		.sg = net_asked(p, "feature-sg"),
		.gso4 = net_asked(p, "feature-gso-tcpv4"),
		.gso6 = net_asked(p, "feature-gso-tcpv6"),
		.checksum4 = !net_asked(p, "feature-no-csum-offload"),
		.checksum6 = net_asked(p, "feature-ipv6-csum-offload"),
		.multicast_control = net_asked(p, "request-multicast-control"),
	};

	if (p->refuses) {
		net_state(p, XenbusStateClosed);
		return;
	}
	ck_assert(net_asked(p, "request-rx-copy"));
	p->tx = net_map(p, "tx-ring-ref", &p->tx_ref);
	p->rx = net_map(p, "rx-ring-ref", &p->rx_ref);
	if (fake_get(p->fake, NET_FRONT "/event-channel-tx")) {
		ck_assert_ptr_null(fake_get(p->fake,
					    NET_FRONT "/event-channel"));
		p->tx_port = net_port(p, "event-channel-tx");
		p->rx_port = net_port(p, "event-channel-rx");
	} else {
		p->tx_port = p->rx_port = net_port(p, "event-channel");
	}
	ck_assert_int_eq(vif_attach(&p->vif, p->tx, p->rx, &f), 0);
	p->connected = true;
	net_state(p, XenbusStateConnected);
}

static void net_disconnect(struct net_peer *p)
{
	if (!p->connected)
		return;
	p->connected = false;
	if (p->keeps)
		return;
	fake_map(p->fake, p->tx_ref, false);
	fake_map(p->fake, p->rx_ref, false);
}

static void net_handshake(struct net_peer *p)
{
	long own = fake_number(p->fake, NET_BACK "/state");
	long front = fake_number(p->fake, NET_FRONT "/state");

	switch (front) {
	case XenbusStateInitialising:
		if (own == XenbusStateClosed)
			net_state(p, XenbusStateInitWait);
		return;
	case XenbusStateConnected:
		if (!p->connected && own == XenbusStateInitWait)
			net_connect(p);
		return;
	case XenbusStateClosing:
		if (own != XenbusStateClosing && own != XenbusStateClosed)
			net_state(p, XenbusStateClosing);
		return;
	case XenbusStateClosed:
		net_disconnect(p);
		if (own != XenbusStateClosed)
			net_state(p, XenbusStateClosed);
		return;
	default:
		return;
	}
}

/* ---- Serving -------------------------------------------------------------------- */

void net_peer_step(struct front_fake *f)
{
	struct net_peer *p = f->peer_data;
	bool notify, starved;

	peer = p;
	if (!p->mute)
		net_handshake(p);
	if (!p->connected || p->hostile || p->idle)
		return;
	ck_assert_msg(vif_transmit(&p->vif, &notify) != VIF_FATAL, "%s",
		      p->vif.why);
	if (notify)
		fake_event(f, p->tx_port);
	ck_assert_msg(vif_receive(&p->vif, &notify, &starved) != VIF_FATAL,
		      "%s", p->vif.why);
	if (notify)
		fake_event(f, p->rx_port);
}

void net_peer_init(struct net_peer *p, struct front_fake *f,
		   const struct net_offer *offer)
{
	memset(p, 0, sizeof(*p));
	p->fake = f;
	p->offer = *offer;
	ck_assert(vif_init(&p->vif, NULL, -1));
	f->peer = net_peer_step;
	f->peer_data = p;
	net_nodes(p);
}

void net_peer_free(struct net_peer *p)
{
	vif_free(&p->vif);
	free(pool);
	net_wire_free(&p->sent);
	net_wire_free(&p->coming);
}

void net_peer_restart(struct net_peer *p)
{
	p->connected = false;
	net_nodes(p);
}
