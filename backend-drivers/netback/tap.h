/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TAP device that a guest's interface is wired to. Every frame goes with
 * a virtio-net header that says what of checksums and segmentation is left
 * to do. Unit tests have their own.
 */
#ifndef NETBACK_TAP_H
#define NETBACK_TAP_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tap_offload {
	bool checksum;
	bool tso4;
	bool tso6;
};

/* Makes an inherited descriptor ours; -1 with errno set if it is no TAP. */
int tap_adopt(int fd);
/* Somebody in dom0 has deleted the interface. */
bool tap_gone(int fd);
/* What frames from the TAP may leave undone. */
int tap_offload(int fd, const struct tap_offload *offload);
void tap_carrier(int fd, bool up);

/*
 * The frame's length; -EAGAIN: there is none now; else the -errno of a TAP that
 * will give no more.
 */
ssize_t tap_read(int fd, struct virtio_net_hdr *header, void *data,
		 size_t size);
/*
 * A frame that cannot be sent is lost, as on any wire: that is 0, too. -errno:
 * the TAP will take no more.
 */
int tap_write(int fd, const struct virtio_net_hdr *header, const void *data,
	      size_t len);

#endif
