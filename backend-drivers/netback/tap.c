/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include "tap.h"

enum { TAP_BURST = 4096 };

/* Frames for a guest that was not there are not for the next one. */
static void tap_discard(int fd)
{
	static char frame[65536 + 64];
	struct virtio_net_hdr header;

	for (int i = 0; i < TAP_BURST; i++)
		if (tap_read(fd, &header, frame, sizeof(frame)) < 0)
			return;
}

int tap_adopt(int fd)
{
	struct ifreq request;
	int size = sizeof(struct virtio_net_hdr);
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) ||
	    ioctl(fd, TUNGETIFF, &request))
		return -1;
	if (!(request.ifr_flags & IFF_TAP) ||
	    !(request.ifr_flags & IFF_VNET_HDR) ||
	    !(request.ifr_flags & IFF_NO_PI)) {
		errno = ENODEV;
		return -1;
	}
	return ioctl(fd, TUNSETVNETHDRSZ, &size);
}

int tap_offload(int fd, const struct tap_offload *offload)
{
	unsigned long flags = 0;

	/* The kernel segments only what it may also leave unsummed. */
	if (offload->checksum) {
		flags |= TUN_F_CSUM;
		flags |= offload->tso4 ? TUN_F_TSO4 : 0;
		flags |= offload->tso6 ? TUN_F_TSO6 : 0;
	}
	return ioctl(fd, TUNSETOFFLOAD, flags);
}

void tap_carrier(int fd, bool up)
{
	int carrier = up;

	if (up)
		tap_discard(fd);
	/* Kernels before 5.0 cannot: the link is then always up. */
	(void)!ioctl(fd, TUNSETCARRIER, &carrier);
}

bool tap_gone(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLNVAL);
}

ssize_t tap_read(int fd, struct virtio_net_hdr *header, void *data,
		 size_t size)
{
	struct iovec iov[] = {
		{ header, sizeof(*header) },
		{ data, size },
	};
	ssize_t r;

	do
		r = readv(fd, iov, 2);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	/* Every frame has a header: there is no such thing as an end. */
	return r < (ssize_t)sizeof(*header) ? -EBADFD :
	       r - (ssize_t)sizeof(*header);
}

int tap_write(int fd, const struct virtio_net_hdr *header, const void *data,
	      size_t len)
{
	struct iovec iov[] = {
		{ (void *)header, sizeof(*header) },
		{ (void *)data, len },
	};

	if (writev(fd, iov, 2) >= 0)
		return 0;
	/* Others are about this frame, or pass: no room, the link is down. */
	return errno == EBADFD || errno == EBADF || errno == ENODEV ||
	       errno == ENXIO ? -errno : 0;
}
