/* SPDX-License-Identifier: BSD-2-Clause */
/* The disks and interfaces of one incarnation.  See devices.h. */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/device_store.h"
#include "hospesd/domain.h"
#include "lib/json.h"
#include "lib/log.h"

#define FRONTEND_PATH "/local/domain/%u/device/%s/%u"

#define XENBUS_INIT_WAIT 2
#define XENBUS_CLOSING 5
#define XENBUS_CLOSED 6

#define CLOSE_STEP_MS 1000	/* until SIGTERM, then until SIGKILL */
#define START_MS 15000		/* a backend not ready by then failed */
#define BUSY_MS 50		/* so often it is asked for a disk in use, */
#define BUSY_WAITS 100		/* and so many times */

const char *device_kind_name(enum device_kind kind)
{
	return kind == DEVICE_VBD ? "vbd" : "vif";
}

static void init_device(struct domain *d, struct device *dev,
			enum device_kind kind, size_t index)
{
	const struct domain_config *config = d->config;

	dev->domain = d;
	dev->kind = kind;
	dev->index = (unsigned int)index;
	dev->backend.pidfd = -1;
	dev->wire = -1;
	if (kind == DEVICE_VBD) {
		dev->devid = config->disks[index].devid;
		return;
	}
	dev->devid = (uint32_t)index;
	if (config->interfaces[index].ifname[0])
		snprintf(dev->ifname, sizeof(dev->ifname), "%s",
			 config->interfaces[index].ifname);
	else
		snprintf(dev->ifname, sizeof(dev->ifname), "vif%u.%u",
			 (uint16_t)d->domid, (uint16_t)index);
}

int devices_init(struct domain *d)
{
	const struct domain_config *config = d->config;
	size_t count = config->disk_count + config->interface_count;
	struct devices *devices = &d->devices;

	if (!count)
		return 0;
	devices->list = calloc(count, sizeof(*devices->list));
	devices->timer = event_new(d->m->base, -1, 0, NULL, NULL);
	if (!devices->list || !devices->timer) {
		devices_clear(d);
		return -ENOMEM;
	}
	devices->count = count;
	for (size_t i = 0; i < config->disk_count; i++)
		init_device(d, &devices->list[i], DEVICE_VBD, i);
	for (size_t i = 0; i < config->interface_count; i++)
		init_device(d, &devices->list[config->disk_count + i],
			    DEVICE_VIF, i);
	return 0;
}

void devices_clear(struct domain *d)
{
	struct devices *devices = &d->devices;

	for (size_t i = 0; i < devices->count; i++) {
		proc_forget(&devices->list[i].backend);
		device_store_forget(&devices->list[i]);
	}
	if (devices->timer)
		event_free(devices->timer);
	free(devices->list);
	devices->list = NULL;
	devices->timer = NULL;
	devices->count = 0;
}

static bool all_in(const struct devices *devices, enum device_state state)
{
	for (size_t i = 0; i < devices->count; i++)
		if (devices->list[i].state != state)
			return false;
	return true;
}

static bool any_alive(const struct devices *devices)
{
	for (size_t i = 0; i < devices->count; i++)
		if (proc_alive(&devices->list[i].backend))
			return true;
	return false;
}

/* --- starting ------------------------------------------------------------ */

static void watch(struct device *dev, bool on)
{
	struct domain *d = dev->domain;
	const char *kind = device_kind_name(dev->kind);

	if (on == dev->watched)
		return;
	dev->watched = on;
	if (on)
		store_watch(d->m->store, "device", BACKEND_PATH "/state", kind,
			    d->domid, dev->devid);
	else
		store_unwatch(d->m->store, "device", BACKEND_PATH "/state",
			      kind, d->domid, dev->devid);
}

/* The guest shall see its device go; the nodes stay until it has let go. */
static void backend_died(struct device *dev, const char *why)
{
	struct domain *d = dev->domain;
	const char *kind = device_kind_name(dev->kind);

	log_warn("%s: %s", d->config->name, why);
	device_log(dev, why);
	snprintf(dev->trouble, sizeof(dev->trouble), "%s", why);
	dev->state = DEVICE_DEAD;
	store_write(d->m->store, "0", BACKEND_PATH "/online", kind, d->domid,
		    dev->devid);
	store_write_int(d->m->store, XENBUS_CLOSED, BACKEND_PATH "/state",
			kind, d->domid, dev->devid);
	persist_save(d);
}

static void backend_exited(struct proc *proc, int status)
{
	struct device *dev = proc->arg;
	struct domain *d = dev->domain;
	enum device_state was = dev->state;
	char why[512];

	watch(dev, false);
	device_store_forget(dev);
	if (was == DEVICE_CLOSING || d->lc.state == LC_DYING) {
		dev->state = DEVICE_GONE;
		if (!any_alive(&d->devices))
			teardown_devices_gone(d);
		return;
	}
	device_why_ended(dev, status, why, sizeof(why));
	backend_died(dev, why);
	if (was == DEVICE_STARTING)
		create_devices_failed(d, why);
}

static void start_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct domain *d = arg;
	char text[64], why[256];

	(void)fd;
	(void)what;
	for (size_t i = 0; i < d->devices.count; i++) {
		struct device *dev = &d->devices.list[i];

		if (dev->state != DEVICE_STARTING)
			continue;
		snprintf(why, sizeof(why), "%s: its backend was not ready "
			 "within %d s; see %s/%s.backend.log",
			 device_text(dev, text, sizeof(text)), START_MS / 1000,
			 d->m->opt.log_dir, d->config->name);
		create_devices_failed(d, why);
		return;
	}
}

static void all_started(struct domain *d)
{
	static const struct timeval limit = { .tv_sec = START_MS / 1000 };
	struct devices *devices = &d->devices;

	persist_save(d);
	for (size_t i = 0; i < devices->count; i++)
		watch(&devices->list[i], true);
	event_assign(devices->timer, d->m->base, -1, 0, start_timeout, d);
	event_add(devices->timer, &limit);
}

/*
 * Starts those that are not started yet. The last owner of a disk may be on its
 * way out, also one whose process is no more: the kernel ends its transfers.
 */
static void start_rest(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval pause = { .tv_usec = BUSY_MS * 1000 };
	struct domain *d = arg;
	struct devices *devices = &d->devices;
	char error[1024];

	(void)fd;
	(void)what;
	for (size_t i = 0; i < devices->count; i++) {
		struct device *dev = &devices->list[i];
		int rc = dev->state != DEVICE_NONE ? 0 :
			 device_start(dev, backend_exited, error,
				      sizeof(error));

		if (rc == -EBUSY && devices->waits++ < BUSY_WAITS) {
			event_add(devices->timer, &pause);
			return;
		}
		if (rc) {
			create_devices_failed(d, error);
			return;
		}
		if (dev->state == DEVICE_NONE)
			dev->state = DEVICE_STARTING;
	}
	all_started(d);
}

void devices_start(struct domain *d)
{
	struct devices *devices = &d->devices;

	if (!devices->count) {
		create_devices_ready(d);
		return;
	}
	devices->waits = 0;
	event_assign(devices->timer, d->m->base, -1, 0, start_rest, d);
	start_rest(-1, 0, d);
}

static struct device *find_device(struct hospesd *m, const char *path)
{
	unsigned int domid, devid;
	char kind[4];
	struct domain *d;

	if (sscanf(path, "/local/domain/0/backend/%3[a-z]/%u/%u/state", kind,
		   &domid, &devid) != 3)
		return NULL;
	d = domain_find_id(m, domid);
	for (size_t i = 0; d && i < d->devices.count; i++) {
		struct device *dev = &d->devices.list[i];

		if (dev->devid == devid &&
		    !strcmp(device_kind_name(dev->kind), kind))
			return dev;
	}
	return NULL;
}

void devices_store_event(struct hospesd *m, const char *path)
{
	struct device *dev = find_device(m, path);
	struct domain *d;
	int64_t state;

	if (!dev || dev->state != DEVICE_STARTING)
		return;
	d = dev->domain;
	if (store_read_int(m->store, &state, BACKEND_PATH "/state",
			   device_kind_name(dev->kind), d->domid, dev->devid))
		return;
	if (state < XENBUS_INIT_WAIT || state >= XENBUS_CLOSING)
		return;
	dev->state = DEVICE_READY;
	watch(dev, false);
	if (d->lc.state != LC_BUILDING || !all_in(&d->devices, DEVICE_READY))
		return;
	event_del(d->devices.timer);
	create_devices_ready(d);
}

/* --- ending -------------------------------------------------------------- */

static void signal_all(struct domain *d, int sig)
{
	for (size_t i = 0; i < d->devices.count; i++)
		proc_signal(&d->devices.list[i].backend, sig);
}

/* Asked by the store first, then by SIGTERM, at last by SIGKILL. */
static void stop_step(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval step = { .tv_sec = CLOSE_STEP_MS / 1000 };
	struct domain *d = arg;

	(void)fd;
	(void)what;
	if (!any_alive(&d->devices))
		return;
	if (d->devices.patience++)
		log_warn("%s: a backend did not close in time, killed",
			 d->config->name);
	signal_all(d, d->devices.patience > 1 ? SIGKILL : SIGTERM);
	event_add(d->devices.timer, &step);
}

static void ask_to_close(struct domain *d)
{
	struct store_batch *b = store_batch_new();
	int rc;

	if (!b)
		return;
	for (size_t i = 0; i < d->devices.count; i++) {
		struct device *dev = &d->devices.list[i];
		const char *kind = device_kind_name(dev->kind);

		if (!proc_alive(&dev->backend))
			continue;
		dev->state = DEVICE_CLOSING;
		watch(dev, false);
		store_batch_write(b, "0", BACKEND_PATH "/online", kind,
				  d->domid, dev->devid);
		store_batch_write(b, "5", BACKEND_PATH "/state", kind,
				  d->domid, dev->devid);
		store_batch_remove(b, FRONTEND_PATH, d->domid, kind,
				   dev->devid);
	}
	rc = store_batch_commit(d->m->store, b);
	if (rc)
		log_warn("%s: cannot ask its backends to close: %s",
			 d->config->name, strerror(-rc));
	store_batch_free(b);
}

void devices_stop(struct domain *d)
{
	static const struct timeval step = { .tv_sec = CLOSE_STEP_MS / 1000 };

	if (d->devices.count)
		event_del(d->devices.timer);
	if (!any_alive(&d->devices)) {
		teardown_devices_gone(d);
		return;
	}
	ask_to_close(d);
	d->devices.patience = 0;
	event_assign(d->devices.timer, d->m->base, -1, 0, stop_step, d);
	event_add(d->devices.timer, &step);
}

static bool frontend_let_go(const struct device *dev)
{
	struct domain *d = dev->domain;
	int64_t state;
	int rc = store_read_int(d->m->store, &state, FRONTEND_PATH "/state",
				d->domid, device_kind_name(dev->kind),
				dev->devid);

	return rc == -ENOENT || (!rc && state == XENBUS_CLOSED);
}

void devices_tidy(struct domain *d)
{
	for (size_t i = 0; i < d->devices.count; i++) {
		struct device *dev = &d->devices.list[i];
		const char *kind = device_kind_name(dev->kind);

		if (dev->state != DEVICE_DEAD || !frontend_let_go(dev))
			continue;
		dev->state = DEVICE_GONE;
		store_remove(d->m->store, FRONTEND_PATH, d->domid, kind,
			     dev->devid);
		store_remove(d->m->store, BACKEND_PATH, kind, d->domid,
			     dev->devid);
		persist_save(d);
	}
}

/* --- records ------------------------------------------------------------- */

void devices_save(const struct domain *d, struct json_writer *w)
{
	json_open_array(w, "devices");
	for (size_t i = 0; i < d->devices.count; i++) {
		const struct device *dev = &d->devices.list[i];

		json_open_object(w, NULL);
		json_put_string(w, "kind", device_kind_name(dev->kind));
		json_put_int(w, "devid", dev->devid);
		json_put_int(w, "state", dev->state);
		json_put_int(w, "pid", dev->backend.pid);
		json_put_int(w, "start", (int64_t)dev->backend.start);
		if (dev->kind == DEVICE_VIF)
			json_put_string(w, "ifname", dev->ifname);
		if (dev->trouble[0])
			json_put_string(w, "trouble", dev->trouble);
		json_close_object(w);
	}
	json_close_array(w);
	images_save(d, w);
}

static void adopt_device(struct device *dev, const struct json *record)
{
	pid_t pid = (pid_t)json_get_int(record, "pid", 0);
	uint64_t start = (uint64_t)json_get_int(record, "start", 0);
	int64_t state = json_get_int(record, "state", DEVICE_NONE);

	snprintf(dev->trouble, sizeof(dev->trouble), "%s",
		 json_get_string(record, "trouble", ""));
	if (state == DEVICE_GONE || state == DEVICE_DEAD ||
	    state == DEVICE_NONE) {
		dev->state = (enum device_state)state;
		return;
	}
	if (!proc_adopt(&dev->backend, dev->domain->m->base, pid, start,
			backend_exited, dev)) {
		dev->state = DEVICE_READY;
		device_store_adopt(dev);
	} else {
		backend_died(dev, "a backend ended while hospesd was away");
	}
}

int devices_adopt(struct domain *d, const struct json *array)
{
	int rc = devices_init(d);

	/* The list is made from the same config: same devices, same order. */
	for (size_t i = 0; !rc && i < d->devices.count; i++)
		adopt_device(&d->devices.list[i], json_at(array, i));
	return rc;
}
