/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netback: serves one network interface of one guest over an inherited TAP.
 */
#include <errno.h>
#include <event2/event.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include "common/backend.h"
#include "common/options.h"
#include "common/sandbox.h"
#include "common/store.h"
#include "lib/log.h"
#include "vif.h"

enum { CHANNEL_TX, CHANNEL_RX };
/* A frontend that never announces slots is looked at this often. */
enum { POLL_US = 20000 };
/* The only file it could make longer is its log. */
enum { LOG_SIZE = 4 << 20 };

struct nic {
	struct backend backend;
	const char *name;	/* of the TAP */
	struct vif vif;
	struct event *tap_event;
	struct event *again_event;
	struct event *poll_event;
	void *tx;
	void *rx;
	bool split;		/* two event channels */
	bool rx_notify;
	bool tap_watched;
};

static int nic_announce(struct backend *b)
{
	static const struct {
		const char *node;
		int64_t value;
	} nodes[] = {
		{ "feature-rx-copy", 1 },
		{ "feature-rx-flip", 0 },
		{ "feature-sg", 1 },
		{ "feature-gso-tcpv4", 1 },
		{ "feature-gso-tcpv6", 1 },
		{ "feature-ipv6-csum-offload", 1 },
		{ "feature-split-event-channels", 1 },
		{ "feature-multicast-control", 1 },
		{ "multi-queue-max-queues", 1 },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes) && !rc; i++)
		rc = backend_set(b, nodes[i].node, nodes[i].value);
	return rc;
}

static bool nic_flag(struct backend *b, const char *node)
{
	return backend_frontend_int(b, node, 0) == 1;
}

static void nic_features(struct backend *b, struct vif_features *f)
{
	f->sg = nic_flag(b, "feature-sg");
	f->checksum4 = !nic_flag(b, "feature-no-csum-offload");
	f->checksum6 = nic_flag(b, "feature-ipv6-csum-offload");
	f->gso4 = f->sg && f->checksum4 && nic_flag(b, "feature-gso-tcpv4");
	f->gso6 = f->sg && f->checksum6 && nic_flag(b, "feature-gso-tcpv6");
	f->multicast_control = nic_flag(b, "request-multicast-control");
}

static void *nic_map(struct backend *b, const char *node)
{
	int64_t value = backend_frontend_int(b, node, -1);
	uint32_t ref = value;
	void *page;

	if (value < 0 || value > UINT32_MAX) {
		backend_error(b, "the frontend gave no valid %s", node);
		return NULL;
	}
	page = grants_map(b->grants, &ref, 1);
	if (!page)
		backend_error(b, "cannot map %s: %s", node, strerror(errno));
	return page;
}

static void nic_unmap(struct nic *n)
{
	if (n->tx)
		grants_unmap(n->backend.grants, n->tx, 1);
	if (n->rx)
		grants_unmap(n->backend.grants, n->rx, 1);
	n->tx = n->rx = NULL;
}

static int nic_bind(struct nic *n)
{
	struct backend *b = &n->backend;

	n->split = store_exists(b->store, "%s/event-channel-tx", b->frontend);
	if (!n->split)
		return backend_bind(b, CHANNEL_TX, "event-channel");
	return backend_bind(b, CHANNEL_TX, "event-channel-tx") ||
	       backend_bind(b, CHANNEL_RX, "event-channel-rx") ? -1 : 0;
}

static int nic_attach(struct nic *n)
{
	struct backend *b = &n->backend;
	struct vif_features features;
	struct tap_offload offload;

	if (!nic_flag(b, "request-rx-copy")) {
		backend_error(b, "the frontend does not receive by copy");
		return -1;
	}
	n->tx = nic_map(b, "tx-ring-ref");
	n->rx = nic_map(b, "rx-ring-ref");
	if (!n->tx || !n->rx)
		return -1;
	nic_features(b, &features);
	n->rx_notify = nic_flag(b, "feature-rx-notify");
	if (vif_attach(&n->vif, n->tx, n->rx, &features)) {
		backend_error(b, "the rings' indices are wrong");
		return -1;
	}
	offload.checksum = features.checksum4 || features.checksum6;
	offload.tso4 = features.gso4;
	offload.tso6 = features.gso6;
	if (tap_offload(n->vif.tap, &offload))
		log_warn("the TAP takes no offloads: %s", strerror(errno));
	return nic_bind(n);
}

static void nic_watch_tap(struct nic *n, bool watch)
{
	if (watch == n->tap_watched)
		return;
	n->tap_watched = watch;
	if (watch)
		event_add(n->tap_event, NULL);
	else
		event_del(n->tap_event);
}

static int nic_connect(struct backend *b)
{
	struct nic *n = b->device;

	if (nic_attach(n)) {
		nic_unmap(n);
		return -1;
	}
	tap_carrier(n->vif.tap, true);
	nic_watch_tap(n, true);
	/* Stands for the scripts of other toolstacks; frontends look for it. */
	store_write(b->store, "connected", "%s/hotplug-status", b->path);
	backend_note(b, "domain %u vif %u connected", b->domid, b->devid);
	return 0;
}

static bool nic_disconnect(struct backend *b)
{
	struct nic *n = b->device;

	nic_watch_tap(n, false);
	event_del(n->again_event);
	event_del(n->poll_event);
	tap_carrier(n->vif.tap, false);
	nic_unmap(n);
	backend_note(b, "domain %u vif %u disconnected", b->domid, b->devid);
	return true;
}

static void nic_fail(struct nic *n)
{
	nic_watch_tap(n, false);
	backend_fail(&n->backend, "the frontend of domain %u broke the protocol: %s",
		     n->backend.domid, n->vif.why);
}

/* Whoever took it away will not give it back to us: the device is gone. */
static void nic_lost(struct nic *n)
{
	nic_watch_tap(n, false);
	backend_fail(&n->backend, "the TAP %s of domain %u is gone: somebody in dom0 has removed it (%s); reboot the guest to get a new one",
		     n->name, n->backend.domid,
		     strerror(n->vif.lost ? -n->vif.lost : ENODEV));
}

static void nic_check(struct backend *b)
{
	struct nic *n = b->device;

	if (tap_gone(n->vif.tap))
		nic_lost(n);
}

static void nic_transmit(struct nic *n)
{
	bool notify;
	enum vif_result result = vif_transmit(&n->vif, &notify);

	if (notify)
		backend_notify(&n->backend, CHANNEL_TX);
	if (result == VIF_FATAL)
		nic_fail(n);
	if (result == VIF_TAP_LOST)
		nic_lost(n);
	if (result == VIF_MORE)
		event_active(n->again_event, EV_TIMEOUT, 1);
}

static void nic_receive(struct nic *n)
{
	static const struct timeval poll = { .tv_usec = POLL_US };
	bool notify, starved;
	enum vif_result result = vif_receive(&n->vif, &notify, &starved);

	if (notify)
		backend_notify(&n->backend, n->split ? CHANNEL_RX :
			       CHANNEL_TX);
	if (result == VIF_FATAL) {
		nic_fail(n);
		return;
	}
	if (result == VIF_TAP_LOST) {
		nic_lost(n);
		return;
	}
	nic_watch_tap(n, !starved);
	if (starved && !n->rx_notify)
		event_add(n->poll_event, &poll);
}

static bool nic_serving(const struct nic *n)
{
	return n->tx && !n->backend.failed;
}

static void nic_notified(struct backend *b, unsigned int channel)
{
	struct nic *n = b->device;

	if (nic_serving(n) && channel == CHANNEL_TX)
		nic_transmit(n);
	/* Slots may have come only if we ran out of them. */
	if (nic_serving(n) && (channel == CHANNEL_RX || !n->split) &&
	    !n->tap_watched)
		nic_receive(n);
}

static void nic_again(evutil_socket_t fd, short what, void *arg)
{
	struct nic *n = arg;

	(void)fd;
	(void)what;
	if (nic_serving(n))
		nic_transmit(n);
}

static void nic_readable(evutil_socket_t fd, short what, void *arg)
{
	struct nic *n = arg;

	(void)fd;
	(void)what;
	if (nic_serving(n))
		nic_receive(n);
}

static const struct backend_driver nic_driver = {
	.name = "netback",
	.type = "vif",
	.announce = nic_announce,
	.connect = nic_connect,
	.disconnect = nic_disconnect,
	.notified = nic_notified,
	.check = nic_check,
};

static int nic_open(struct nic *n, const struct options *o)
{
	struct event_base *base = n->backend.base;
	int tap = o->device_fd;

	n->name = o->name;
	if (tap_adopt(tap)) {
		backend_error(&n->backend, "%s is no usable TAP: %s", n->name,
			      strerror(errno));
		return -1;
	}
	tap_carrier(tap, false);
	n->tap_event = event_new(base, tap, EV_READ | EV_PERSIST,
				 nic_readable, n);
	n->again_event = event_new(base, -1, 0, nic_again, n);
	n->poll_event = event_new(base, -1, 0, nic_readable, n);
	if (vif_init(&n->vif, n->backend.grants, tap) && n->tap_event &&
	    n->again_event && n->poll_event)
		return 0;
	backend_error(&n->backend, "out of memory");
	return -1;
}

int main(int argc, char **argv)
{
	static const unsigned long ioctls[] = {
		TUNSETOFFLOAD, TUNSETCARRIER,
	};
	static const struct sandbox sandbox = {
		.ioctls = ioctls,
		.nr_ioctls = sizeof(ioctls) / sizeof(*ioctls),
		.file_size = LOG_SIZE,
	};
	static struct nic nic;
	struct options options;

	log_open(nic_driver.name);
	options_parse(&options, nic_driver.name, argc, argv);
	sandbox_prepare();
	if (backend_open(&nic.backend, &nic_driver, &options))
		return 1;
	nic.backend.device = &nic;
	if (nic_open(&nic, &options) || sandbox_enter(&sandbox, options.user))
		return 1;
	return backend_serve(&nic.backend);
}
