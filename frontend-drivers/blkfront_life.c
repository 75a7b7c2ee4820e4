/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a disk: open, lost, resumed, closed. All in thread context. */
#include "blkfront_internal.h"

/* Nanoseconds: for requests of a device that the backend takes away, and for
 * goodbyes after an error. */
#define BLKFRONT_DRAIN	 UINT64_C(30000000000)
#define BLKFRONT_GOODBYE UINT64_C(2000000000)

static bool blkfront_settled(void *arg)
{
	struct blkfront *b = arg;

	blkfront_poll(b);
	xenbus_pending(b->os->xenbus);
	return !b->first || b->watch.fired;
}

/* Until no request is under way, or none can end any more. */
static void blkfront_drain(struct blkfront *b, uint64_t deadline)
{
	enum xenbus_state state;

	while (b->first) {
		if (!b->os->wait(b->os->context, blkfront_settled, b,
				 deadline))
			return;
		if (!b->watch.fired)
			continue;
		b->watch.fired = false;
		state = xenbus_state(b->os->xenbus, b->device.backend);
		if (state == XenbusStateClosed || state == XenbusStateUnknown)
			return;
	}
}

static void blkfront_tell(struct blkfront *b)
{
	if (b->told)
		return;
	b->told = true;
	xenbus_set_state(b->os->xenbus, &b->device, XenbusStateClosed);
	if (b->config.changed)
		b->config.changed(b->config.arg);
}

/* The backend's folder has changed, or the ring was found broken. */
static void blkfront_changed(void *arg)
{
	struct blkfront *b = arg;
	enum xenbus_state state;

	if (b->state == BLKFRONT_GONE)
		blkfront_tell(b);
	if (b->state != BLKFRONT_CONNECTED)
		return;
	state = xenbus_state(b->os->xenbus, b->device.backend);
	if (b->os->xenbus->error)
		return;
	switch (state) {
	case XenbusStateConnected:
		if (blkfront_resized(b) && b->config.changed)
			b->config.changed(b->config.arg);
		return;
	case XenbusStateClosing:
		b->state = BLKFRONT_CLOSING;
		blkfront_drain(b, frontend_deadline(b->os, BLKFRONT_DRAIN));
		break;
	case XenbusStateClosed:
	case XenbusStateUnknown:
		break;
	default:
		return;
	}
	blkfront_log(b, "the backend has taken the device away");
	blkfront_lose(b);
	blkfront_tell(b);
}

static int blkfront_start(struct blkfront *b, uint64_t deadline)
{
	int rc = blkfront_connect(b, deadline);

	if (rc)
		return rc;
	memcpy(b->watch.path, b->device.backend, sizeof(b->watch.path));
	b->watch.changed = blkfront_changed;
	b->watch.arg = b;
	return xenbus_watch(b->os->xenbus, &b->watch);
}

static bool blkfront_sane(const struct blkfront_config *config)
{
	return config->ring_order <= BLKFRONT_RING_ORDER &&
	       config->segments >= 1 &&
	       config->segments <= BLKFRONT_SEGMENTS &&
	       config->pages >= 2 && config->pages <= 4096;
}

int blkfront_open(struct blkfront *b, const struct frontend_os *os,
		  const char *path, const struct blkfront_config *config,
		  uint64_t timeout)
{
	static const struct blkfront_config usual = BLKFRONT_DEFAULT;
	uint64_t deadline = frontend_deadline(os, timeout);
	int rc;

	memset(b, 0, sizeof(*b));
	b->os = os;
	b->config = config ? *config : usual;
	if (!blkfront_sane(&b->config))
		return -XEN_EINVAL;
	rc = xenbus_device_find(os->xenbus, &b->device, path);
	if (rc)
		return rc;
	rc = blkfront_allocate(b);
	if (!rc) {
		blkfront_reset(b);
		b->state = BLKFRONT_CONNECTING;
		rc = blkfront_start(b, deadline);
		if (rc)
			blkfront_disconnect(b, frontend_deadline(os,
							BLKFRONT_GOODBYE));
	}
	if (rc) {
		b->state = BLKFRONT_CLOSED;
		blkfront_release(b);
	}
	return rc;
}

int blkfront_resume(struct blkfront *b, uint64_t timeout)
{
	uint64_t deadline = frontend_deadline(b->os, timeout);
	struct blkfront_request *r;
	int rc;

	if (b->state == BLKFRONT_CLOSED)
		return -XEN_ENXIO;
	b->state = BLKFRONT_CONNECTING;
	b->bound = false;
	b->told = false;
	blkfront_reset(b);
	for (r = b->first; r; r = r->next) {
		r->issued = 0;
		r->pieces = 0;
		r->status = 0;
	}
	b->queue = b->first;
	/* The backend's folder may be another one here. */
	xenbus_unwatch(b->os->xenbus, &b->watch);
	rc = xenbus_device_find(b->os->xenbus, &b->device, b->device.path);
	if (!rc)
		rc = blkfront_start(b, deadline);
	if (!rc)
		return 0;
	blkfront_log(b, "cannot reconnect");
	blkfront_lose(b);
	blkfront_disconnect(b, frontend_deadline(b->os, BLKFRONT_GOODBYE));
	b->told = true;
	return rc;
}

int blkfront_close(struct blkfront *b, uint64_t timeout)
{
	if (b->state == BLKFRONT_CLOSED)
		return 0;
	if (b->state == BLKFRONT_CONNECTED) {
		b->state = BLKFRONT_CLOSING;
		blkfront_drain(b, frontend_deadline(b->os, timeout));
	}
	blkfront_lose(b);
	xenbus_unwatch(b->os->xenbus, &b->watch);
	blkfront_disconnect(b, frontend_deadline(b->os, timeout));
	b->state = BLKFRONT_CLOSED;
	return blkfront_release(b);
}
