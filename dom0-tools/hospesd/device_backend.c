/* SPDX-License-Identifier: BSD-2-Clause */
/* The process behind one device: its TAP, its log, its last words. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hospesd/domain.h"
#include "hospesd/tap.h"

#define BACKEND_LOG_MAX (1024 * 1024)

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

/* Returns the TAP's fd, -1 for a disk; -errno with a message in error. */
static int open_tap(struct device *dev, char *error, size_t size)
{
	const struct domain_interface *nic =
		&dev->domain->config->interfaces[dev->index];

	return tap_create(dev->ifname, nic->bridge, nic->mtu, error, size);
}

static int spawn_backend(struct device *dev, int tap_fd,
			 proc_exit_fn on_exit)
{
	struct domain *d = dev->domain;
	char prog[PATH_MAX], domid[16], devid[16], tap[16];
	const char *argv[] = { prog, "--domid", domid, "--devid", devid,
			       NULL, NULL, NULL };
	struct proc_spec spec = { .argv = argv, .in = -1, .out = -1,
				  .extra_fd = tap_fd };
	int rc;

	snprintf(prog, sizeof(prog), "%s/%s", d->m->opt.lib_dir,
		 dev->kind == DEVICE_VBD ? "blkback" : "netback");
	snprintf(domid, sizeof(domid), "%u", d->domid);
	snprintf(devid, sizeof(devid), "%u", dev->devid);
	snprintf(tap, sizeof(tap), "%d", tap_fd);
	if (dev->kind == DEVICE_VIF) {
		argv[5] = "--tap-fd";
		argv[6] = tap;
	}
	spec.err = open_backend_log(d);
	rc = proc_spawn(&dev->backend, d->m->base, &spec, on_exit, dev);
	if (spec.err >= 0)
		close(spec.err);
	return rc;
}

bool device_start(struct device *dev, proc_exit_fn on_exit, char *error,
		  size_t size)
{
	char text[64];
	int rc, tap_fd = -1;

	if (dev->kind == DEVICE_VIF) {
		tap_fd = open_tap(dev, error, size);
		if (tap_fd < 0)
			return false;
	}
	rc = spawn_backend(dev, tap_fd, on_exit);
	if (tap_fd >= 0)
		close(tap_fd);
	if (rc) {
		snprintf(error, size, "%s: cannot start %s/%s: %s",
			 device_text(dev, text, sizeof(text)),
			 dev->domain->m->opt.lib_dir,
			 dev->kind == DEVICE_VBD ? "blkback" : "netback",
			 strerror(-rc));
		return false;
	}
	return true;
}
