/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain XML: disks, interfaces, consoles. */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "config/xml_private.h"

static bool equal(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static void disk_target(struct xml_reader *r, struct xml_node *node,
			struct domain_disk *disk)
{
	struct xml_node *target = xml_only(r, node, "target");
	const char *dev = target ? xml_node_attribute(target, "dev") : NULL;
	const char *bus = target ? xml_node_attribute(target, "bus") : NULL;

	if (!dev) {
		xml_error(r, node->line, "<disk> has no target; write "
			  "<target dev='xvda'/>");
		return;
	}
	if (strlen(dev) >= sizeof(disk->target) ||
	    !domain_target_devid(dev, &disk->devid)) {
		xml_error(r, target->line, "dev of <target> is '%s', must be "
			  "xvda to xvdzz, with or without a partition number",
			  dev);
		return;
	}
	strcpy(disk->target, dev);
	if (bus && strcmp(bus, "xen") != 0)
		xml_error(r, target->line, "bus of <target> is '%s', must be "
			  "'xen': PV domains have no other", bus);
}

static void disk_source(struct xml_reader *r, struct xml_node *node,
			struct domain_disk *disk)
{
	bool block = disk->kind == DOMAIN_DISK_BLOCK;
	const char *attribute = block ? "dev" : "file";
	struct xml_node *source = xml_only(r, node, "source");
	const char *path;

	path = source ? xml_node_attribute(source, attribute) : NULL;
	if (!path) {
		xml_error(r, source ? source->line : node->line,
			  "<disk type='%s'> has no source; write "
			  "<source %s='/PATH'/>", block ? "block" : "file",
			  attribute);
		return;
	}
	disk->path = xml_path(r, source->line,
			      block ? "dev of <source>" : "file of <source>",
			      path);
}

static void disk_driver(struct xml_reader *r, struct xml_node *node,
			struct domain_disk *disk)
{
	struct xml_node *driver = xml_only(r, node, "driver");
	const char *type, *discard;

	disk->discard = true;
	if (!driver)
		return;
	xml_node_attribute(driver, "name");
	type = xml_node_attribute(driver, "type");
	discard = xml_node_attribute(driver, "discard");
	if (type && strcmp(type, "raw") != 0)
		xml_error(r, driver->line, "type of <driver> is '%s', must be "
			  "'raw'; convert the image with qemu-img convert -O "
			  "raw", type);
	if (equal(discard, "ignore"))
		disk->discard = false;
	else if (discard && strcmp(discard, "unmap") != 0)
		xml_error(r, driver->line, "discard of <driver> is '%s', must "
			  "be 'unmap' or 'ignore'", discard);
}

static void disk_kind(struct xml_reader *r, struct xml_node *node,
		      struct domain_disk *disk)
{
	const char *type = xml_node_attribute(node, "type");
	const char *device = xml_node_attribute(node, "device");

	if (equal(type, "block"))
		disk->kind = DOMAIN_DISK_BLOCK;
	else if (type && strcmp(type, "file") != 0)
		xml_error(r, node->line, "type of <disk> is '%s', must be "
			  "'file' or 'block'", type);
	if (equal(device, "cdrom")) {
		disk->readonly = true;
		xml_warn(r, node->line, "device 'cdrom' of <disk> is served "
			 "as a read-only disk");
	} else if (device && strcmp(device, "disk") != 0) {
		xml_error(r, node->line, "device of <disk> is '%s', must be "
			  "'disk'", device);
	}
}

/* Against the disks read before; *disk is the last. */
static void disk_conflicts(struct xml_reader *r, const struct domain_disk *disk)
{
	const struct domain_disk *other = r->config->disks;

	for (; other < disk; other++) {
		if (disk->target[0] && strcmp(other->target, disk->target) == 0)
			xml_error(r, disk->line, "target %s is taken by the "
				  "disk on line %u; give each disk its own",
				  disk->target, other->line);
		if (disk->path && other->path &&
		    strcmp(disk->path, other->path) == 0 &&
		    !(disk->readonly && other->readonly))
			xml_error(r, disk->line, "source %s is used by the "
				  "disk on line %u as well; make both "
				  "<readonly/> or use another",
				  disk->path, other->line);
	}
}

static void read_disk(struct xml_reader *r, struct xml_node *node)
{
	struct domain_config *c = r->config;
	struct domain_disk *grown, *disk;

	if (c->disk_count == DOMAIN_DISKS_MAX) {
		xml_node_accept(node);
		xml_error(r, node->line, "too many disks; at most %d are "
			  "possible", DOMAIN_DISKS_MAX);
		return;
	}
	grown = realloc(c->disks, (c->disk_count + 1) * sizeof(*grown));
	if (!grown) {
		xml_error(r, node->line, "out of memory");
		return;
	}
	c->disks = grown;
	disk = &c->disks[c->disk_count++];
	memset(disk, 0, sizeof(*disk));
	disk->line = node->line;
	disk_kind(r, node, disk);
	disk_driver(r, node, disk);
	disk_source(r, node, disk);
	disk_target(r, node, disk);
	if (xml_only(r, node, "readonly"))
		disk->readonly = true;
	disk_conflicts(r, disk);
}

/* The kernel's rule for names of network devices. */
static bool ifname_valid(const char *name)
{
	return name[0] && strlen(name) < IFNAMSIZ && strcmp(name, ".") != 0 &&
		strcmp(name, "..") != 0 && !strpbrk(name, "/: \t\n%");
}

static void nic_bridge(struct xml_reader *r, struct xml_node *node,
		       struct domain_interface *nic)
{
	const char *type = xml_node_attribute(node, "type");
	struct xml_node *source = xml_only(r, node, "source");
	const char *bridge;

	if (!type || (strcmp(type, "bridge") != 0 &&
		      strcmp(type, "ethernet") != 0)) {
		if (source)
			xml_node_accept(source);
		xml_error(r, node->line, "type of <interface> is %s%s%s, must "
			  "be 'bridge' (or 'ethernet' for one without a "
			  "bridge)", type ? "'" : "", type ? type : "missing",
			  type ? "'" : "");
		return;
	}
	if (strcmp(type, "ethernet") == 0) {
		if (!source)
			return;
		xml_node_accept(source);
		xml_error(r, source->line, "<source> in <interface> is not "
			  "supported: of type 'ethernet' it is in no bridge; "
			  "remove it or write <interface type='bridge'>");
		return;
	}
	bridge = source ? xml_node_attribute(source, "bridge") : NULL;
	if (!bridge)
		xml_error(r, source ? source->line : node->line,
			  "<interface type='bridge'> names no bridge; write "
			  "<source bridge='br0'/>");
	else if (!ifname_valid(bridge))
		xml_error(r, source->line, "bridge of <source> is '%s', must "
			  "be the name of a network device, 1 to 15 "
			  "characters", bridge);
	else
		strcpy(nic->bridge, bridge);
}

static void nic_mac(struct xml_reader *r, struct xml_node *node,
		    struct domain_interface *nic, unsigned int index)
{
	struct xml_node *mac = xml_only(r, node, "mac");
	const char *address = mac ? xml_node_attribute(mac, "address") : NULL;
	static const uint8_t none[6];

	domain_mac_generate(r->config->uuid, index, nic->mac);
	if (!mac)
		return;
	if (!address || !domain_mac_parse(address, nic->mac))
		xml_error(r, mac->line, "address of <mac> is %s%s%s, must be "
			  "six hexadecimal pairs as in 00:16:3e:12:34:56",
			  address ? "'" : "", address ? address : "missing",
			  address ? "'" : "");
	else if ((nic->mac[0] & 1) || memcmp(nic->mac, none, 6) == 0)
		xml_error(r, mac->line, "address of <mac> is '%s', must not "
			  "be a group address or zero; begin it with 00:16:3e",
			  address);
}

static void nic_others(struct xml_reader *r, struct xml_node *node,
		       struct domain_interface *nic)
{
	struct xml_node *target = xml_only(r, node, "target");
	struct xml_node *model = xml_only(r, node, "model");
	struct xml_node *mtu = xml_only(r, node, "mtu");
	const char *text = target ? xml_node_attribute(target, "dev") : NULL;
	uint64_t n;

	if (text && !ifname_valid(text))
		xml_error(r, target->line, "dev of <target> is '%s', must be "
			  "the name of a network device, 1 to 15 characters",
			  text);
	else if (text)
		strcpy(nic->ifname, text);
	text = model ? xml_node_attribute(model, "type") : NULL;
	if (text && strcmp(text, "netfront") != 0)
		xml_warn(r, model->line, "model '%s' of <interface> is not "
			 "known and ignored: PV domains have netfront", text);
	text = mtu ? xml_node_attribute(mtu, "size") : NULL;
	if (text && xml_number(text, DOMAIN_MTU_LEAST, DOMAIN_MTU_MOST, &n))
		nic->mtu = (unsigned int)n;
	else if (mtu)
		xml_error(r, mtu->line, "size of <mtu> is '%s', must be %d to "
			  "%d", text ? text : "", DOMAIN_MTU_LEAST, DOMAIN_MTU_MOST);
}

static void nic_conflicts(struct xml_reader *r,
			  const struct domain_interface *nic)
{
	const struct domain_interface *other = r->config->interfaces;
	char mac[18];

	domain_mac_format(nic->mac, mac);
	for (; other < nic; other++) {
		if (memcmp(other->mac, nic->mac, 6) == 0)
			xml_error(r, nic->line, "mac %s is taken by the "
				  "interface on line %u; give each its own",
				  mac, other->line);
		if (nic->ifname[0] && strcmp(nic->ifname, other->ifname) == 0)
			xml_error(r, nic->line, "target %s is taken by the "
				  "interface on line %u; give each its own",
				  nic->ifname, other->line);
	}
}

static void read_interface(struct xml_reader *r, struct xml_node *node)
{
	struct domain_config *c = r->config;
	unsigned int index = (unsigned int)c->interface_count;
	struct domain_interface *grown, *nic;

	if (c->interface_count == DOMAIN_INTERFACES_MAX) {
		xml_node_accept(node);
		xml_error(r, node->line, "too many interfaces; at most %d are "
			  "possible", DOMAIN_INTERFACES_MAX);
		return;
	}
	grown = realloc(c->interfaces,
			(c->interface_count + 1) * sizeof(*grown));
	if (!grown) {
		xml_error(r, node->line, "out of memory");
		return;
	}
	c->interfaces = grown;
	nic = &c->interfaces[c->interface_count++];
	memset(nic, 0, sizeof(*nic));
	nic->line = node->line;
	nic_bridge(r, node, nic);
	nic_mac(r, node, nic, index);
	nic_others(r, node, nic);
	nic_conflicts(r, nic);
}

/* Every PV domain has exactly one console, asked for or not. */
static void read_console(struct xml_reader *r, struct xml_node *node)
{
	const char *type = xml_node_attribute(node, "type");
	struct xml_node *target = xml_only(r, node, "target");
	struct xml_node *source = xml_only(r, node, "source");

	/* Where libvirt found the terminal of a running guest. */
	xml_node_attribute(node, "tty");
	if (source)
		xml_node_attribute(source, "path");
	if (type && strcmp(type, "pty") != 0)
		xml_error(r, node->line, "type of <console> is '%s', must be "
			  "'pty': what a guest prints goes to 'hospes console' "
			  "and a log in /var/log/hospes", type);
	if (!target)
		return;
	xml_node_attribute(target, "port");
	type = xml_node_attribute(target, "type");
	if (type && strcmp(type, "xen") != 0)
		xml_warn(r, target->line, "type '%s' of a console's <target> "
			 "is not known and ignored: PV domains have a Xen "
			 "console", type);
}

void xml_read_devices(struct xml_reader *r, struct xml_node *devices)
{
	struct xml_node *node = devices->children;

	for (; (node = xml_node_child(node, "disk")); node = node->next)
		read_disk(r, node);
	node = devices->children;
	for (; (node = xml_node_child(node, "interface")); node = node->next)
		read_interface(r, node);
	node = xml_only(r, devices, "console");
	if (node)
		read_console(r, node);
	node = xml_node_child(devices->children, "memballoon");
	if (node && equal(xml_node_attribute(node, "model"), "xen"))
		xml_node_accept(node);
}
