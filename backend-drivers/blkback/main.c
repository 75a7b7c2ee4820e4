/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * blkback: serves one disk of one guest. The image was opened by hospesd, which
 * knows which it is; the frontend's nodes say where its rings are.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/backend.h"
#include "common/options.h"
#include "common/sandbox.h"
#include "common/store.h"
#include "lib/log.h"
#include "confine.h"
#include "image.h"
#include "vbd.h"

enum {
	RING_ORDER_MAX = 4,
	/* So often what completes at once is answered with what came before. */
	ROUNDS = 4,
};
/* The node `info`. */
enum { INFO_CDROM = 1, INFO_READONLY = 4 };

struct disk {
	struct backend backend;
	const char *name;	/* of the image */
	struct image *image;
	struct vbd *vbd;
	struct event *image_event;
	struct event *again_event;
	void *ring;
	uint32_t ring_pages;
	bool cdrom;
	bool draining;
	bool lost;		/* the image is, and that was said */
};

static int disk_announce(struct backend *b)
{
	struct disk *d = b->device;
	const struct image_info *info = image_info(d->image);
	const struct {
		const char *node;
		int64_t value;
	} nodes[] = {
		{ "feature-barrier", 1 },
		{ "feature-flush-cache", 1 },
		{ "feature-persistent", 1 },
		{ "feature-max-indirect-segments", REQUEST_SEGMENTS },
		{ "max-ring-page-order", RING_ORDER_MAX },
		{ "feature-discard", info->discard_granularity != 0 },
		{ "discard-granularity", info->discard_granularity },
		{ "discard-alignment", 0 },
		{ "discard-secure", 0 },
		{ "sectors", info->sectors },
		{ "sector-size", info->sector_size },
		{ "physical-sector-size", info->physical_size },
		{ "info", (info->readonly ? INFO_READONLY : 0) |
			  (d->cdrom ? INFO_CDROM : 0) },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes) && !rc; i++)
		rc = backend_set(b, nodes[i].node, nodes[i].value);
	return rc;
}

static const struct request_layout *disk_layout(struct backend *b)
{
	char *protocol = store_read(b->store, "%s/protocol", b->frontend);
	const struct request_layout *layout = request_layout(protocol);

	if (!layout)
		backend_error(b, "the frontend speaks an unknown protocol");
	free(protocol);
	return layout;
}

static int disk_ring_ref(struct backend *b, const char *node, uint32_t *ref)
{
	int64_t value = backend_frontend_int(b, node, -1);

	if (value < 0 || value > UINT32_MAX)
		return -1;
	*ref = value;
	return 0;
}

/* One page is named ring-ref, several ring-ref0 and so on. */
static int disk_ring_refs(struct backend *b, uint32_t *refs)
{
	int64_t order = backend_frontend_int(b, "ring-page-order", 0);
	uint32_t count;

	if (order < 0 || order > RING_ORDER_MAX)
		return -1;
	count = 1U << order;
	if (count == 1 && !disk_ring_ref(b, "ring-ref", refs))
		return 1;
	for (uint32_t i = 0; i < count; i++) {
		char node[16];

		snprintf(node, sizeof(node), "ring-ref%u", i);
		if (disk_ring_ref(b, node, &refs[i]))
			return -1;
	}
	return count;
}

static void disk_unmap(struct disk *d)
{
	if (d->ring)
		grants_unmap(d->backend.grants, d->ring, d->ring_pages);
	d->ring = NULL;
}

static int disk_map(struct disk *d)
{
	struct backend *b = &d->backend;
	uint32_t refs[1 << RING_ORDER_MAX];
	int count = disk_ring_refs(b, refs);

	if (count < 0) {
		backend_error(b, "the frontend gave no valid ring-ref");
		return -1;
	}
	d->ring = grants_map(b->grants, refs, count);
	if (!d->ring) {
		backend_error(b, "cannot map the ring: %s", strerror(errno));
		return -1;
	}
	d->ring_pages = count;
	return 0;
}

static int disk_attach(struct disk *d, const struct request_layout *layout)
{
	struct backend *b = &d->backend;
	bool persistent = backend_frontend_int(b, "feature-persistent", 0);
	int rc = vbd_attach(d->vbd, d->ring,
			    (size_t)d->ring_pages * GRANTS_PAGE, layout,
			    persistent);

	if (!rc)
		return 0;
	backend_error(b, rc == RING_OVERFLOW ? "the ring's indices are wrong" :
		      "out of memory for the ring");
	return -1;
}

static int disk_connect(struct backend *b)
{
	struct disk *d = b->device;
	const struct request_layout *layout = disk_layout(b);

	if (!layout || disk_map(d))
		return -1;
	if (disk_attach(d, layout)) {
		disk_unmap(d);
		return -1;
	}
	if (backend_bind(b, 0, "event-channel")) {
		vbd_detach(d->vbd);
		disk_unmap(d);
		return -1;
	}
	d->draining = false;
	backend_note(b, "domain %u disk %u connected: %s, %u ring pages",
		     b->domid, b->devid, layout->protocol, d->ring_pages);
	return 0;
}

static void disk_let_go(struct disk *d)
{
	d->draining = false;
	vbd_detach(d->vbd);
	disk_unmap(d);
	backend_note(&d->backend, "domain %u disk %u disconnected",
		     d->backend.domid, d->backend.devid);
}

static bool disk_disconnect(struct backend *b)
{
	struct disk *d = b->device;

	vbd_drain(d->vbd);
	d->draining = true;
	if (!vbd_idle(d->vbd))
		return false;
	disk_let_go(d);
	return true;
}

/* A cache or a disk in memory is done with a request when it is submitted. */
static int disk_rounds(struct disk *d)
{
	for (int i = 0; i < ROUNDS; i++) {
		int rc = vbd_work(d->vbd);

		if (rc < 0 || !image_ready(d->image))
			return rc;
	}
	return 1;
}

/* What is known of the failure beyond the kernel's word for it. */
static const char *disk_why(const struct disk *d,
			    const struct vbd_failure *f, char *lost,
			    size_t size)
{
	if (image_lost(d->image, lost, size))
		return lost;
	if (!f->error)
		return "the image ends before it";
	return strerror(-f->error);
}

static void disk_tell_failures(struct disk *d)
{
	struct vbd_failure f;
	char lost[512];

	if (!vbd_failed(d->vbd, &f))
		return;
	if (!strcmp(f.what, "flush"))
		backend_trouble(&d->backend, "disk %s: flush failed: %s; every request fails from now on",
				d->name, disk_why(d, &f, lost, sizeof(lost)));
	else
		backend_trouble(&d->backend, "disk %s: %s of %llu bytes at sector %llu failed: %s (%u such now)",
				d->name, f.what, (unsigned long long)f.bytes,
				(unsigned long long)f.sector,
				disk_why(d, &f, lost, sizeof(lost)), f.count);
}

/* Requests under way would never come back: nothing is left to wait for. */
static void disk_give_up(struct disk *d)
{
	backend_error(&d->backend, "disk %s: the kernel takes no more requests: %s",
		      d->name, strerror(-vbd_lost(d->vbd)));
	exit(1);
}

static void disk_check(struct backend *b)
{
	struct disk *d = b->device;
	char why[512];

	if (d->lost || !image_lost(d->image, why, sizeof(why)))
		return;
	d->lost = true;
	backend_trouble_once(b, "%s", why);
}

static void disk_work(struct disk *d)
{
	struct backend *b = &d->backend;
	int rc = disk_rounds(d);

	if (vbd_publish(d->vbd))
		backend_notify(b, 0);
	disk_tell_failures(d);
	if (rc == VBD_IMAGE_LOST)
		disk_give_up(d);
	if (rc == RING_OVERFLOW)
		backend_fail(b, "the frontend of domain %u claims more requests than its ring holds",
			     b->domid);
	if (rc > 0)
		event_active(d->again_event, EV_TIMEOUT, 1);
	if (d->draining && vbd_idle(d->vbd)) {
		disk_let_go(d);
		backend_disconnected(b);
	}
}

static void disk_notified(struct backend *b, unsigned int channel)
{
	(void)channel;
	disk_work(b->device);
}

static void disk_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	disk_work(arg);
}

static int disk_open_image(struct disk *d, const struct options *o)
{
	struct backend *b = &d->backend;
	char *mode = backend_own_string(b, "mode");
	char *type = backend_own_string(b, "device-type");
	struct image_config config = {
		.name = o->name,
		.fd = o->device_fd,
		.readonly = !mode || mode[0] != 'w',
		.discard = backend_own_int(b, "discard-enable", 1) != 0,
	};
	char why[1024];

	d->name = o->name;
	d->cdrom = type && !strcmp(type, "cdrom");
	d->image = image_open(&config, why, sizeof(why));
	free(mode);
	free(type);
	if (d->image)
		return 0;
	backend_error(b, "%s", why);
	return -1;
}

static int disk_open(struct disk *d, const struct options *o)
{
	struct event_base *base = d->backend.base;

	if (disk_open_image(d, o))
		return -1;
	d->vbd = vbd_new(d->backend.grants, d->image);
	d->image_event = event_new(base, image_fd(d->image),
				   EV_READ | EV_PERSIST, disk_event, d);
	d->again_event = event_new(base, -1, 0, disk_event, d);
	if (d->vbd && d->image_event && d->again_event &&
	    !event_add(d->image_event, NULL))
		return 0;
	backend_error(&d->backend, "out of memory");
	return -1;
}

static const struct backend_driver disk_driver = {
	.name = "blkback",
	.type = "vbd",
	.announce = disk_announce,
	.connect = disk_connect,
	.disconnect = disk_disconnect,
	.notified = disk_notified,
	.check = disk_check,
};

int main(int argc, char **argv)
{
	static struct disk disk;
	struct options options;

	log_open(disk_driver.name);
	options_parse(&options, disk_driver.name, argc, argv);
	sandbox_prepare();
	if (backend_open(&disk.backend, &disk_driver, &options))
		return 1;
	disk.backend.device = &disk;
	if (disk_open(&disk, &options) || confine_disk(disk.image, options.user))
		return 1;
	return backend_serve(&disk.backend);
}
