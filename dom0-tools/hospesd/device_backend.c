/* SPDX-License-Identifier: BSD-2-Clause */
/* The process behind one device: its TAP, its log, its last words. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hospesd/device_store.h"
#include "hospesd/domain.h"
#include "hospesd/tap.h"

#define BACKEND_LOG_MAX (1024 * 1024)

/*
 * Each backend is a user of its own, by the number alone: a range that systemd
 * leaves unused and that no list of users has. Domids have 15 bits.
 */
#define USER_FIRST 0x70000000u
#define USER_DEVICES 12		/* bits */

/* What rings, requests and buffers of the largest disk take, three times. */
static const struct proc_limits backend_limits = {
	.oom_score = 0, .memory = 64 << 20,
};

const char *device_text(const struct device *dev, char *buf, size_t n)
{
	if (dev->kind == DEVICE_VBD)
		snprintf(buf, n, "disk %s",
			 dev->domain->config->disks[dev->index].target);
	else
		snprintf(buf, n, "interface %s", dev->ifname);
	return buf;
}

static int open_backend_log(struct domain *d)
{
	char path[PATH_MAX], old[PATH_MAX + 2];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s.backend.log", d->m->opt.log_dir,
		 d->config->name);
	snprintf(old, sizeof(old), "%s.1", path);
	if (!stat(path, &st) && st.st_size > BACKEND_LOG_MAX)
		(void)rename(path, old);
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
}

void device_why_ended(const struct device *dev, int status, char *buf,
		      size_t size)
{
	struct domain *d = dev->domain;
	char text[64], end[64];
	char *error = store_read(d->m->store, BACKEND_PATH "/error",
				 device_kind_name(dev->kind), d->domid,
				 dev->devid);

	device_text(dev, text, sizeof(text));
	if (error && *error)
		snprintf(buf, size, "%s: %s", text, error);
	else
		snprintf(buf, size, "%s: its backend ended (%s); see "
			 "%s/%s.backend.log", text,
			 proc_status_text(status, end, sizeof(end)),
			 d->m->opt.log_dir, d->config->name);
	free(error);
}

void device_log(const struct device *dev, const char *text)
{
	int fd = open_backend_log(dev->domain);

	if (fd < 0)
		return;
	dprintf(fd, "hospesd: %s\n", text);
	close(fd);
}

void device_trouble(const struct device *dev, char *buf, size_t size)
{
	static const char *const nodes[] = { "error", "last-error" };
	struct domain *d = dev->domain;

	snprintf(buf, size, "%s", dev->trouble);
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes) && !*buf &&
	     d->domid != DOMAIN_NO_ID; i++) {
		char *text = store_read(d->m->store, BACKEND_PATH "/%s",
					device_kind_name(dev->kind), d->domid,
					dev->devid, nodes[i]);

		if (text)
			snprintf(buf, size, "%s", text);
		free(text);
	}
}

static const char *device_name(const struct device *dev)
{
	return dev->kind == DEVICE_VIF ? dev->ifname :
	       dev->domain->config->disks[dev->index].path;
}

/* The image or the TAP; -errno with a message in error. */
static int open_device(struct device *dev, char *error, size_t size)
{
	const struct domain_interface *nic;

	if (dev->kind == DEVICE_VBD)
		return image_open_for(dev, error, size);
	nic = &dev->domain->config->interfaces[dev->index];
	return tap_create(dev->ifname, nic->bridge, nic->mtu, error, size);
}

static uint32_t device_user(const struct device *dev)
{
	uint32_t number = (uint32_t)(dev - dev->domain->devices.list);

	return USER_FIRST + (dev->domain->domid << USER_DEVICES) + number;
}

static const char *device_program(const struct device *dev)
{
	return dev->kind == DEVICE_VBD ? "blkback" : "netback";
}

/* fds: the device, the store, the wire; its other end follows. */
static int spawn_backend(struct device *dev, const int fds[3],
			 proc_exit_fn on_exit)
{
	struct domain *d = dev->domain;
	char prog[PATH_MAX], domid[16], devid[16], user[16];
	const char *argv[] = { prog, "--domid", domid, "--devid", devid,
			       "--user", user, "--device-fd", "3",
			       "--store-fd", "4", "--store-wire", "5",
			       "--name", device_name(dev), NULL };
	struct proc_spec spec = {
		.argv = argv, .in = -1, .out = -1,
		.fds = { fds[0], fds[1], fds[2], dev->wire }, .nr_fds = 4,
		.limits = &backend_limits,
	};
	int rc;

	_Static_assert(DEVICE_FD_DEVICE == 3 && DEVICE_FD_STORE == 4 &&
		       DEVICE_FD_WIRE == 5, "as named above");
	snprintf(prog, sizeof(prog), "%s/%s", d->m->opt.lib_dir,
		 device_program(dev));
	snprintf(domid, sizeof(domid), "%u", d->domid);
	snprintf(devid, sizeof(devid), "%u", dev->devid);
	snprintf(user, sizeof(user), "%u", device_user(dev));
	spec.err = open_backend_log(d);
	rc = proc_spawn(&dev->backend, d->m->base, &spec, on_exit, dev);
	if (spec.err >= 0)
		close(spec.err);
	return rc;
}

static int connect_and_spawn(struct device *dev, int fd, proc_exit_fn on_exit)
{
	int fds[3] = { fd, device_store_connect(dev), -1 };
	int rc = fds[1];

	if (rc >= 0)
		rc = fds[2] = device_store_wire(dev);
	if (rc >= 0)
		rc = spawn_backend(dev, fds, on_exit);
	if (fds[1] >= 0)
		close(fds[1]);
	if (fds[2] >= 0)
		close(fds[2]);
	if (rc)
		device_store_forget(dev);
	return rc;
}

int device_start(struct device *dev, proc_exit_fn on_exit, char *error,
		 size_t size)
{
	int rc, fd = open_device(dev, error, size);
	char text[64];

	if (fd < 0)
		return fd;
	rc = connect_and_spawn(dev, fd, on_exit);
	close(fd);
	if (rc)
		snprintf(error, size, "%s: cannot start %s/%s: %s",
			 device_text(dev, text, sizeof(text)),
			 dev->domain->m->opt.lib_dir, device_program(dev),
			 strerror(-rc));
	return rc;
}
