/* SPDX-License-Identifier: BSD-2-Clause */
/* The store nodes of devices that a toolstack writes, at both ends. */
#include <xen/io/protocols.h>

#include "hospesd/domain.h"
#include "lib/json.h"

#define XENBUS_INITIALISING 1

/* Owned by the guest, read by the backend. */
static void open_frontend(struct device *dev, struct store_batch *b)
{
	const char *kind = device_kind_name(dev->kind);
	uint32_t domid = dev->domain->domid;

	store_batch_dir(b, domid, 0, "/local/domain/%u/device/%s/%u", domid,
			kind, dev->devid);
	store_batch_set(b, "backend", "/local/domain/0/backend/%s/%u/%u", kind,
			domid, dev->devid);
	store_batch_set(b, "backend-id", "0");
	store_batch_set(b, "state", "%d", XENBUS_INITIALISING);
}

/* Owned by dom0, read by the guest. */
static void open_backend(struct device *dev, struct store_batch *b)
{
	const char *kind = device_kind_name(dev->kind);
	uint32_t domid = dev->domain->domid;

	store_batch_dir(b, 0, domid, "/local/domain/0/backend/%s/%u/%u", kind,
			domid, dev->devid);
	store_batch_set(b, "frontend", "/local/domain/%u/device/%s/%u", domid,
			kind, dev->devid);
	store_batch_set(b, "frontend-id", "%u", domid);
	store_batch_set(b, "online", "1");
	store_batch_set(b, "state", "%d", XENBUS_INITIALISING);
}

static void layout_vbd(struct device *dev, struct store_batch *b)
{
	const struct domain_disk *disk =
		&dev->domain->config->disks[dev->index];

	open_frontend(dev, b);
	store_batch_set(b, "virtual-device", "%u", dev->devid);
	store_batch_set(b, "device-type", "disk");
	/* The frontend says it itself; very old ones leave it to us. */
	if (dev->domain->built.is_32bit)
		store_batch_set(b, "protocol", "%s", XEN_IO_PROTO_ABI_X86_32);
	open_backend(dev, b);
	store_batch_set(b, "dev", "%s", disk->target);
	store_batch_set(b, "device-type", "disk");
	store_batch_set(b, "removable", "0");
	store_batch_set(b, "mode", disk->readonly ? "r" : "w");
	store_batch_set(b, "type",
			disk->kind == DOMAIN_DISK_BLOCK ? "phy" : "file");
	store_batch_set(b, "params", "%s", disk->path);
	store_batch_set(b, "discard-enable", disk->discard ? "1" : "0");
}

static void layout_vif(struct device *dev, struct store_batch *b)
{
	const struct domain_interface *nic =
		&dev->domain->config->interfaces[dev->index];
	char mac[18];

	domain_mac_format(nic->mac, mac);
	open_frontend(dev, b);
	store_batch_set(b, "handle", "%u", dev->devid);
	store_batch_set(b, "mac", "%s", mac);
	if (nic->mtu)
		store_batch_set(b, "mtu", "%u", nic->mtu);
	open_backend(dev, b);
	store_batch_set(b, "handle", "%u", dev->devid);
	store_batch_set(b, "mac", "%s", mac);
	store_batch_set(b, "bridge", "%s", nic->bridge);
	store_batch_set(b, "vifname", "%s", dev->ifname);
	if (nic->mtu)
		store_batch_set(b, "mtu", "%u", nic->mtu);
	/* We put it into the bridge ourselves, no script does. */
	store_batch_set(b, "hotplug-status", "connected");
}

void devices_layout(struct domain *d, struct store_batch *batch)
{
	for (size_t i = 0; i < d->devices.count; i++) {
		struct device *dev = &d->devices.list[i];

		if (dev->kind == DEVICE_VBD)
			layout_vbd(dev, batch);
		else
			layout_vif(dev, batch);
	}
}
