/* SPDX-License-Identifier: BSD-2-Clause */
/* The disks and interfaces of one incarnation, and their backends. */
#ifndef HOSPESD_DEVICES_H
#define HOSPESD_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/domain.h"
#include "hospesd/device_image.h"
#include "hospesd/proc.h"

struct domain;
struct hospesd;
struct json;
struct json_writer;
struct store_batch;

enum device_kind { DEVICE_VBD, DEVICE_VIF };

enum device_state {
	DEVICE_NONE,		/* no backend yet */
	DEVICE_STARTING,
	DEVICE_READY,		/* the backend waits for or serves the guest */
	DEVICE_CLOSING,		/* we asked it to go */
	DEVICE_DEAD,		/* its backend failed; nodes are still there */
	DEVICE_GONE,
};

struct device {
	struct domain *domain;
	enum device_kind kind;
	unsigned int index;	/* among the config's disks or interfaces */
	uint32_t devid;
	char ifname[16];
	enum device_state state;
	bool watched;
	int wire;		/* of device_store.c; -1: none */
	struct proc backend;
	char trouble[512];	/* why its backend ended */
};

struct devices {
	struct device *list;
	size_t count;
	struct event *timer;
	unsigned int patience;	/* steps of closing: ask, SIGTERM, SIGKILL */
	unsigned int waits;	/* for a disk that another has still */
	/* Of the config's disks; kept over reboots. */
	struct image_past past[DOMAIN_DISKS_MAX];
};

/* Makes the list for the domain's current domid; 0 or -ENOMEM. */
int devices_init(struct domain *d);
/* Adds the nodes of both ends to the batch. */
void devices_layout(struct domain *d, struct store_batch *batch);
/* Starts all backends; answers create_devices_ready or _failed. */
void devices_start(struct domain *d);
/* Ends all backends; answers teardown_devices_gone, also at once. */
void devices_stop(struct domain *d);
/* Forgets the list; every backend must be gone. */
void devices_clear(struct domain *d);

/* A watched state node has changed. */
void devices_store_event(struct hospesd *m, const char *path);
/* Takes away devices whose backend died and whose guest has let go. */
void devices_tidy(struct domain *d);

void devices_save(const struct domain *d, struct json_writer *w);
/* Takes up the backends named in a record. */
int devices_adopt(struct domain *d, const struct json *array);

const char *device_kind_name(enum device_kind kind);

/* --- device_backend.c, for devices.c --------------------------------------- */

#define BACKEND_PATH "/local/domain/0/backend/%s/%u/%u"	/* kind domid devid */

/*
 * Makes what it needs in dom0 and spawns it; -errno with a message. -EBUSY: its
 * disk is in use, perhaps not for long.
 */
int device_start(struct device *dev, proc_exit_fn on_exit, char *error,
		 size_t size);
/* A line in the backends' log. */
void device_log(const struct device *dev, const char *text);
/*
 * What is wrong with it, by its backend's own words or after its end; "" if
 * nothing is.
 */
void device_trouble(const struct device *dev, char *buf, size_t size);
/* The backend's own words, or how it ended. */
void device_why_ended(const struct device *dev, int status, char *buf,
		      size_t size);
/* "disk xvda", "interface vif3.0" */
const char *device_text(const struct device *dev, char *buf, size_t n);

#endif
