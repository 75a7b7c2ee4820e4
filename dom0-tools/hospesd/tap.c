/* SPDX-License-Identifier: BSD-2-Clause */
/* TAP devices in bridges, by /dev/net/tun and netlink.  See tap.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netlink/addr.h>
#include <netlink/errno.h>
#include <netlink/route/link.h>
#include <netlink/socket.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hospesd/tap.h"

/*
 * A bridge takes the lowest address of its ports: this one is never it, so
 * that guests that come and go do not change the address of the host.
 */
#define TAP_ADDRESS "fe:ff:ff:ff:ff:ff"

bool tap_exists(const char *name)
{
	return if_nametoindex(name) != 0;
}

static int open_tap(const char *name)
{
	struct ifreq req;
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	memset(&req, 0, sizeof(req));
	strncpy(req.ifr_name, name, sizeof(req.ifr_name) - 1);
	req.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
				IFF_TUN_EXCL);
	if (ioctl(fd, TUNSETIFF, &req)) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

/* No addresses of dom0's own on the wire to a guest. Best effort. */
static void disable_ipv6(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6",
		 name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "1", 1) < 0)
		errno = 0;
	close(fd);
}

static struct nl_sock *open_netlink(void)
{
	struct nl_sock *sock = nl_socket_alloc();

	if (!sock)
		return NULL;
	if (nl_connect(sock, NETLINK_ROUTE)) {
		nl_socket_free(sock);
		return NULL;
	}
	return sock;
}

/* Fills in the change that brings a fresh TAP into service. */
static int describe(struct rtnl_link *change, struct rtnl_link *bridge,
		    unsigned int mtu)
{
	struct nl_addr *addr;
	int rc = nl_addr_parse(TAP_ADDRESS, AF_LLC, &addr);

	if (rc)
		return rc;
	rtnl_link_set_addr(change, addr);
	nl_addr_put(addr);
	rtnl_link_set_flags(change, IFF_UP);
	if (bridge)
		rtnl_link_set_master(change, rtnl_link_get_ifindex(bridge));
	if (!mtu && bridge)
		mtu = rtnl_link_get_mtu(bridge);
	if (mtu)
		rtnl_link_set_mtu(change, mtu);
	return 0;
}

static int set_up(struct nl_sock *sock, const char *name, const char *bridge,
		  unsigned int mtu, char *error, size_t size)
{
	struct rtnl_link *link = NULL, *br = NULL, *change = NULL;
	const char *type;
	int rc;

	if (*bridge) {
		rc = rtnl_link_get_kernel(sock, 0, bridge, &br);
		type = rc ? NULL : rtnl_link_get_type(br);
		if (!type || strcmp(type, "bridge")) {
			snprintf(error, size, rc ?
				 "bridge %s does not exist; make it with: ip "
				 "link add %s type bridge" :
				 "%s is not a bridge; name one that 'ip link "
				 "show type bridge' lists instead of %s",
				 bridge, bridge);
			rc = -ENODEV;
			goto out;
		}
	}
	rc = rtnl_link_get_kernel(sock, 0, name, &link);
	change = rtnl_link_alloc();
	if (!rc)
		rc = change ? describe(change, br, mtu) : -NLE_NOMEM;
	if (!rc)
		rc = rtnl_link_change(sock, link, change, 0);
	if (rc) {
		snprintf(error, size, "interface %s: cannot join %s: %s", name,
			 *bridge ? bridge : "no bridge", nl_geterror(rc));
		rc = -EIO;
	}
out:
	rtnl_link_put(change);
	rtnl_link_put(link);
	rtnl_link_put(br);
	return rc;
}

int tap_create(const char *name, const char *bridge, unsigned int mtu,
	       char *error, size_t size)
{
	struct nl_sock *sock;
	int fd, rc;

	fd = open_tap(name);
	if (fd < 0) {
		if (fd == -EBUSY || fd == -EEXIST)
			snprintf(error, size, "interface " TAP_IN_USE, name,
				 name);
		else
			snprintf(error, size, "interface %s: cannot make it: "
				 "%s; %s", name, strerror(-fd),
				 fd == -ENOENT || fd == -ENODEV ?
				 "load the kernel module tun" :
				 "see the log of dom0's kernel (dmesg)");
		return fd;
	}
	disable_ipv6(name);
	sock = open_netlink();
	if (!sock) {
		snprintf(error, size, "interface %s: no netlink socket", name);
		close(fd);
		return -EIO;
	}
	rc = set_up(sock, name, bridge, mtu, error, size);
	nl_socket_free(sock);
	if (rc) {
		close(fd);
		return rc;
	}
	return fd;
}
