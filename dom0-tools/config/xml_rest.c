/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domain XML: what is left once all that is known has been read.
 *
 * Most of it may be ignored with a warning: a guest without a sound card is
 * still the guest that was asked for. What says where a guest's data goes, who
 * may see it or what its kernel is may not: a disk that was to be encrypted, a
 * NIC that was to be filtered or a domain that was to serve the backend is
 * something else without that. Such elements are refused until they are served.
 */
#include <string.h>

#include "config/xml_private.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define NOT_GIVEN "guests are given none; remove it"
#define ONLY_A_PLACE "a source is a path or a bridge of dom0 and nothing " \
	"else; remove it"
#define NO_PORT "all that a guest prints goes to its console and that one's " \
	"log; remove it, or make its type 'pty'"

/* --- those that say what is so anyway ------------------------------------- */

static bool has(const struct xml_node *node, const char *name,
		const char *value)
{
	for (const struct xml_attribute *a = node->attributes; a; a = a->next)
		if (strcmp(a->name, name) == 0)
			return strcmp(a->value, value) == 0;
	return false;
}

static bool is_harmless(const struct xml_node *node)
{
	static const char *const ports[] = { "channel", "parallel", "serial" };

	if (strcmp(node->name, "backingStore") == 0)
		return !node->children && !node->attributes;
	if (strcmp(node->name, "link") == 0)
		return has(node, "state", "up");
	for (size_t i = 0; i < COUNT(ports); i++)
		if (strcmp(node->name, ports[i]) == 0)
			return !node->attributes || has(node, "type", "pty");
	return false;
}

/* --- the tables ----------------------------------------------------------- */

/* In `parent`, or anywhere. `advice` ends the message. */
static const struct {
	const char *parent, *name, *advice;
} refused[] = {
	{ "disk", "auth", "images that want credentials are not served; remove "
	  "it and use a file or a block device of dom0" },
	{ "disk", "backenddomain", "dom0 serves all disks; remove it and name "
	  "an image of dom0" },
	{ "disk", "backingStore", "images on top of others are not served; "
	  "convert it into one with qemu-img convert -O raw and remove this" },
	{ "disk", "encryption", "images are served as they are; remove it and "
	  "encrypt within the guest, or use a dm-crypt device of dom0" },
	{ "disk", "mirror", "disks are not copied while in use; remove it" },
	{ "disk", "script", "no scripts are run; remove it and name the device "
	  "that the script would make: <disk type='block'>" },
	{ "disk", "transient", "all that a guest writes stays; remove it, and "
	  "give the guest a copy of the image" },
	{ "interface", "backend", "hospesd makes the TAP device, netback "
	  "serves it; remove it" },
	{ "interface", "backenddomain", "dom0 serves all NICs; remove it and "
	  "name a bridge of dom0" },
	{ "interface", "filterref", "nothing is filtered; remove it, and use "
	  "nftables on the <target dev='NAME'/> in dom0" },
	{ "interface", "ip", "a guest may use any address; remove it, and "
	  "limit the <target dev='NAME'/> by nftables in dom0 if need be" },
	{ "interface", "link", "a NIC is connected as soon as its guest is; "
	  "remove it, or leave out the interface" },
	{ "interface", "port", "ports of a bridge are not isolated; remove it, "
	  "and use a bridge of its own" },
	{ "interface", "route", "no routes are made; remove it" },
	{ "interface", "script", "no scripts are run; remove it and name a "
	  "bridge: <source bridge='br0'/>" },
	{ "interface", "virtualport", "Open vSwitch is not served; remove it "
	  "and name a Linux bridge" },
	{ "interface", "vlan", "no VLAN tags are set; remove it and name a "
	  "bridge that is in that VLAN" },
	{ "console", "log", "the log of a console is NAME.console.log in "
	  "/var/log/hospes; remove it" },
	{ "devices", "channel", NO_PORT },
	{ "devices", "filesystem", "folders of dom0 are not shared; remove it "
	  "and use a disk" },
	{ "devices", "hostdev", "devices of the host are not passed to guests; "
	  "remove it" },
	{ "devices", "lease", "no leases are taken; remove it" },
	{ "devices", "memory", "no memory modules are served; remove it and "
	  "use <memory> of the domain" },
	{ "devices", "parallel", NO_PORT },
	{ "devices", "redirdev", NOT_GIVEN },
	{ "devices", "serial", NO_PORT },
	{ "devices", "shmem", "memory is not shared between guests; remove "
	  "it" },
	{ "devices", "smartcard", NOT_GIVEN },
	{ "devices", "tpm", NOT_GIVEN },
	{ "devices", "vsock", NOT_GIVEN },
	{ "domain", "bootloader", "no program of dom0 looks for a kernel; "
	  "remove it and make GRUB the <kernel>, as docs/operating.md says" },
	{ "domain", "bootloader_args", "no program of dom0 looks for a kernel; "
	  "remove it" },
	{ "domain", "commandline", "there is no QEMU to be given arguments; "
	  "remove it" },
	{ "domain", "launchSecurity", "guests' memory is not encrypted; remove "
	  "it" },
	{ "os", "loader", "PV domains have no firmware; remove it" },
	{ "os", "nvram", "PV domains have no firmware; remove it" },
	/* Within anything, as long as it is not known there. */
	{ NULL, "backenddomain", "dom0 serves all devices; remove it" },
	{ NULL, "encryption", "nothing is encrypted; remove it" },
	{ NULL, "source", "that is no place to read from or write to that is "
	  "known here; remove it" },
};

/* Attributes of the same kind, unless `harmless` is their value (NULL: any). */
static const struct {
	const char *element, *name, *harmless, *advice;
} refused_attributes[] = {
	{ "source", "index", NULL, NULL },
	{ "source", "startupPolicy", "mandatory", "an image must be there; "
	  "remove it or write startupPolicy='mandatory'" },
	{ "target", "managed", "yes", "hospesd makes the device; remove it" },
};

/* NULL: it may be ignored. */
static const char *advice_for(const struct xml_node *parent,
			      const struct xml_node *node)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		if ((refused[i].parent &&
		     strcmp(refused[i].parent, parent->name) != 0) ||
		    strcmp(refused[i].name, node->name) != 0)
			continue;
		return is_harmless(node) ? NULL : refused[i].advice;
	}
	/* What qualifies a source belongs to it. */
	if (strcmp(parent->name, "source") == 0 &&
	    strcmp(node->name, "seclabel") != 0)
		return ONLY_A_PLACE;
	return NULL;
}

static void check_element(struct xml_reader *r, const struct xml_node *parent,
			  const struct xml_node *node)
{
	const char *advice = advice_for(parent, node);

	if (advice)
		xml_error(r, node->line, "<%s> in <%s> is not supported: %s",
			  node->name, parent->name, advice);
	else
		xml_warn(r, node->line, "element <%s> in <%s> is not known "
			 "and ignored", node->name, parent->name);
}

static void check_attribute(struct xml_reader *r, const struct xml_node *node,
			    const struct xml_attribute *a)
{
	const char *advice = NULL;
	size_t i = 0;

	while (i < COUNT(refused_attributes) &&
	       (strcmp(refused_attributes[i].element, node->name) != 0 ||
		strcmp(refused_attributes[i].name, a->name) != 0))
		i++;
	if (i < COUNT(refused_attributes)) {
		const char *harmless = refused_attributes[i].harmless;

		if (!harmless || strcmp(a->value, harmless) == 0)
			return;
		advice = refused_attributes[i].advice;
	} else if (strcmp(node->name, "source") == 0) {
		advice = ONLY_A_PLACE;
	}
	if (advice)
		xml_error(r, node->line, "attribute '%s' of <%s> is not "
			  "supported: %s", a->name, node->name, advice);
	else
		xml_warn(r, node->line, "attribute '%s' of <%s> is not known "
			 "and ignored", a->name, node->name);
}

void xml_check_rest(struct xml_reader *r, const struct xml_node *node)
{
	for (const struct xml_attribute *a = node->attributes; a; a = a->next)
		if (!a->used)
			check_attribute(r, node, a);
	for (const struct xml_node *n = node->children; n; n = n->next) {
		if (n->used)
			xml_check_rest(r, n);
		else
			check_element(r, node, n);
	}
}
