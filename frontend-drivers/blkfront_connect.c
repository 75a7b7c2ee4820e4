/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handshake of a disk over the store, and what is agreed on in it. Nodes
 * of the backend are numbers that are brought down to what we can do, apart
 * from sizes: a disk of nonsense is refused.
 */
#include <xen/io/blkif.h>
#include <xen/io/protocols.h>
#include "blkfront_internal.h"

#define BLKFRONT_IN(state) (1U << XenbusState##state)

/* More would overflow when counted in bytes. */
#define BLKFRONT_MOST_SECTORS (UINT64_C(1) << 54)

static uint64_t blkfront_feature(const struct blkfront *b, const char *node,
				 uint64_t max, uint64_t otherwise)
{
	return xenbus_read_feature(b->os->xenbus, b->device.backend, node, max,
				   otherwise);
}

static bool blkfront_flag(const struct blkfront *b, const char *node)
{
	return blkfront_feature(b, node, 1, 0) != 0;
}

/* ---- What the backend is ------------------------------------------------ */

static int blkfront_read_size(struct blkfront *b, struct blkfront_info *info)
{
	uint64_t value;
	int rc = xenbus_read_number(b->os->xenbus, XENBUS_NO_TX,
				    b->device.backend, "sectors",
				    BLKFRONT_MOST_SECTORS, &info->sectors);

	if (rc)
		return rc == -XEN_EPROTO ? rc : -XEN_EINVAL;
	value = blkfront_feature(b, "sector-size", UINT32_MAX,
				 BLKFRONT_SECTOR);
	if (value < BLKFRONT_SECTOR || value > FRONTEND_PAGE ||
	    value & (value - 1))
		return -XEN_EINVAL;
	info->sector_size = (uint32_t)value;
	value = blkfront_feature(b, "physical-sector-size", UINT32_MAX, 0);
	if (value < info->sector_size || value & (value - 1))
		value = info->sector_size;
	info->physical_size = (uint32_t)value;
	return 0;
}

/* Pages that one slot of the ring can move. */
static uint32_t blkfront_most_segments(const struct blkfront *b)
{
	uint64_t most = blkfront_feature(b, "feature-max-indirect-segments",
					 UINT64_MAX, 0);

	if (most < BLKFRONT_DIRECT)
		most = BLKFRONT_DIRECT;
	if (most > b->config.segments)
		most = b->config.segments;
	/* All of them at once must be possible, descriptors included. */
	if (most > BLKFRONT_DIRECT && most > b->nr_pages - 1)
		most = b->nr_pages - 1;
	return (uint32_t)(most < b->nr_pages ? most : b->nr_pages);
}

static int blkfront_read_info(struct blkfront *b)
{
	struct blkfront_info info;
	uint64_t bits;
	int rc;

	memset(&info, 0, sizeof(info));
	rc = blkfront_read_size(b, &info);
	if (rc)
		return rc;
	bits = blkfront_feature(b, "info", UINT32_MAX, 0);
	info.readonly = bits & VDISK_READONLY;
	info.cdrom = bits & VDISK_CDROM;
	info.removable = bits & VDISK_REMOVABLE;
	info.flush = blkfront_flag(b, "feature-flush-cache");
	info.barrier = blkfront_flag(b, "feature-barrier");
	info.discard = blkfront_flag(b, "feature-discard");
	if (info.discard) {
		info.discard_granularity = blkfront_feature(b,
			"discard-granularity", UINT32_MAX, info.physical_size);
		info.discard_alignment = blkfront_feature(b,
			"discard-alignment", UINT32_MAX, 0);
		info.discard_secure = blkfront_flag(b, "discard-secure");
	}
	info.persistent = b->config.persistent &&
			  blkfront_flag(b, "feature-persistent");
	info.segments = blkfront_most_segments(b);
	info.ring_slots = b->ring.size;
	b->info = info;
	return 0;
}

bool blkfront_resized(struct blkfront *b)
{
	struct blkfront_info info = b->info;

	if (blkfront_read_size(b, &info) ||
	    info.sector_size != b->info.sector_size ||
	    info.sectors == b->info.sectors)
		return false;
	b->info.sectors = info.sectors;
	return true;
}

/* ---- What we are -------------------------------------------------------- */

static int blkfront_write_refs(struct xenbus *x, uint32_t tx,
			       const struct blkfront *b, uint32_t order)
{
	char node[sizeof("ring-ref") + XENBUS_DIGITS] = "ring-ref";
	uint32_t i;
	int rc;

	if (!order) {
		/* Left by a driver before us it would mislead. */
		rc = xenbus_rm(x, tx, b->device.path, "ring-page-order");
		if (rc && rc != -XEN_ENOENT)
			return rc;
		return xenbus_write_number(x, tx, b->device.path, node,
					   b->ring_refs[0]);
	}
	rc = xenbus_write_number(x, tx, b->device.path, "ring-page-order",
				 order);
	for (i = 0; !rc && i < 1U << order; i++) {
		xenbus_format(node + sizeof("ring-ref") - 1, i);
		rc = xenbus_write_number(x, tx, b->device.path, node,
					 b->ring_refs[i]);
	}
	return rc;
}

struct blkfront_offer {
	const struct blkfront *b;
	uint32_t order;
};

static int blkfront_publish(struct xenbus *x, uint32_t tx, void *arg)
{
	const struct blkfront_offer *offer = arg;
	const struct blkfront *b = offer->b;
	const char *path = b->device.path;
	int rc = blkfront_write_refs(x, tx, b, offer->order);

	if (!rc)
		rc = xenbus_rm(x, tx, path, "multi-queue-num-queues");
	if (!rc || rc == -XEN_ENOENT)
		rc = xenbus_write_number(x, tx, path, "event-channel",
					 b->port);
	if (!rc)
		rc = xenbus_write(x, tx, path, "protocol",
				  XEN_IO_PROTO_ABI_NATIVE);
	if (!rc)
		rc = xenbus_write_number(x, tx, path, "feature-persistent",
					 b->config.persistent);
	return rc;
}

/* ---- Handshake ---------------------------------------------------------- */

/*
 * The backend shall be waiting for us. Where it still serves a driver before
 * us (a boot loader that said no goodbye), that is ended first.
 */
static int blkfront_invite(struct blkfront *b, uint64_t deadline)
{
	struct xenbus *x = b->os->xenbus;
	enum xenbus_state state = xenbus_state(x, b->device.backend);
	int rc = 0;

	if (state == XenbusStateInitWait)
		return 0;
	if (state == XenbusStateConnected || state == XenbusStateClosing) {
		rc = xenbus_set_state(x, &b->device, XenbusStateClosing);
		if (!rc)
			rc = xenbus_wait_backend(x, &b->device,
						 BLKFRONT_IN(Closing) |
						 BLKFRONT_IN(Closed), deadline);
		if (rc >= 0)
			rc = xenbus_set_state(x, &b->device,
					      XenbusStateClosed);
		if (!rc)
			rc = xenbus_wait_backend(x, &b->device,
						 BLKFRONT_IN(Closed) |
						 BLKFRONT_IN(InitWait),
						 deadline);
	}
	if (rc >= 0)
		rc = xenbus_set_state(x, &b->device, XenbusStateInitialising);
	if (!rc)
		rc = xenbus_wait_backend(x, &b->device, BLKFRONT_IN(InitWait),
					 deadline);
	return rc < 0 ? rc : 0;
}

static void blkfront_event(void *arg)
{
	blkfront_poll(arg);
}

/* The ring, and who may use it. */
static int blkfront_offer(struct blkfront *b)
{
	struct blkfront_offer offer = { b, b->config.ring_order };
	uint64_t most = blkfront_feature(b, "max-ring-page-order", UINT32_MAX,
					 0);
	struct xenbus *x = b->os->xenbus;
	int rc;

	if (most < offer.order)
		offer.order = (uint32_t)most;
	front_ring_init(&b->ring, b->ring_memory,
			(size_t)FRONTEND_PAGE << offer.order,
			sizeof(union blkif_sring_entry));
	blkfront_grant(b, 1U << offer.order);
	b->handle = (uint16_t)xenbus_read_feature(x, b->device.path,
						  "virtual-device", UINT32_MAX,
						  0);
	rc = b->os->event_alloc(b->os->context, b->device.backend_id,
				blkfront_event, b, &b->port);
	if (rc)
		return rc;
	b->bound = true;
	return xenbus_transaction(x, blkfront_publish, &offer);
}

int blkfront_connect(struct blkfront *b, uint64_t deadline)
{
	struct xenbus *x = b->os->xenbus;
	int rc = blkfront_invite(b, deadline);

	if (!rc)
		rc = blkfront_offer(b);
	if (!rc)
		rc = xenbus_set_state(x, &b->device, XenbusStateInitialised);
	if (!rc)
		rc = xenbus_wait_backend(x, &b->device,
					 BLKFRONT_IN(Connected) |
					 BLKFRONT_IN(Closing) |
					 BLKFRONT_IN(Closed) |
					 BLKFRONT_IN(Unknown), deadline);
	if (rc < 0)
		return rc;
	if (rc != XenbusStateConnected)
		return -XEN_ENXIO;
	rc = blkfront_read_info(b);
	if (!rc)
		rc = xenbus_set_state(x, &b->device, XenbusStateConnected);
	if (rc)
		return rc;
	b->state = BLKFRONT_CONNECTED;
	blkfront_issue(b);
	return 0;
}

void blkfront_disconnect(struct blkfront *b, uint64_t deadline)
{
	struct xenbus *x = b->os->xenbus;

	if (!b->told) {
		xenbus_set_state(x, &b->device, XenbusStateClosing);
		xenbus_wait_backend(x, &b->device, BLKFRONT_IN(Closing) |
				    BLKFRONT_IN(Closed) | BLKFRONT_IN(Unknown),
				    deadline);
		xenbus_set_state(x, &b->device, XenbusStateClosed);
	}
	/* It lets go of ring and pages before it says so. */
	xenbus_wait_backend(x, &b->device, BLKFRONT_IN(Closed) |
			    BLKFRONT_IN(Unknown), deadline);
	if (b->bound)
		b->os->event_close(b->os->context, b->port);
	b->bound = false;
}
