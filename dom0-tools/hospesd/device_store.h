/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store connections of backends. xenstored restricts each to the folders of
 * its device before the backend gets it. When xenstored is started anew, every
 * backend is sent another over its wire, of which the backend holds both ends:
 * so a hospesd that comes after us finds it there.
 */
#ifndef HOSPESD_DEVICE_STORE_H
#define HOSPESD_DEVICE_STORE_H

#include <stdbool.h>

struct device;
struct hospesd;

/* The numbers under which a backend finds what it inherits. */
enum device_fd { DEVICE_FD_DEVICE = 3, DEVICE_FD_STORE, DEVICE_FD_WIRE,
		 DEVICE_FD_SPARE };

/* A connection with the rights of this device; -errno: there is none. */
int device_store_connect(const struct device *dev);
/* Makes the wire and keeps our end; the backend's end, or -errno. */
int device_store_wire(struct device *dev);
/* Fetches our end of the wire from a backend that was taken over. */
void device_store_adopt(struct device *dev);
void device_store_forget(struct device *dev);

/* Notices the end of xenstored, and sees to the backends. 0 or -errno. */
int device_store_watch(struct hospesd *m, const char *path);

#endif
