/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The domain config as JSON. Reading trusts nothing: the record may have been
 * edited by hand, and the builder reads it with all rights.
 */
#include "config/domain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void disk_write(struct json_writer *w, const struct domain_disk *disk)
{
	json_open_object(w, NULL);
	json_put_string(w, "type", disk->kind == DOMAIN_DISK_BLOCK ? "block" :
			"file");
	json_put_string(w, "path", disk->path);
	json_put_string(w, "target", disk->target);
	json_put_bool(w, "readonly", disk->readonly);
	json_put_bool(w, "discard", disk->discard);
	json_close_object(w);
}

static void interface_write(struct json_writer *w,
			    const struct domain_interface *nic)
{
	char mac[18];

	domain_mac_format(nic->mac, mac);
	json_open_object(w, NULL);
	json_put_string(w, "bridge", nic->bridge);
	json_put_string(w, "mac", mac);
	json_put_string(w, "ifname", nic->ifname);
	json_put_int(w, "mtu", nic->mtu);
	json_close_object(w);
}

void domain_config_write(struct json_writer *w, const char *key,
			 const struct domain_config *c)
{
	char uuid[DOMAIN_UUID_TEXT];

	domain_uuid_format(c->uuid, uuid);
	json_open_object(w, key);
	json_put_string(w, "name", c->name);
	json_put_string(w, "uuid", uuid);
	json_put_int(w, "memory_kib", (int64_t)c->memory_kib);
	json_put_int(w, "max_memory_kib", (int64_t)c->max_memory_kib);
	json_put_int(w, "vcpus", c->vcpus);
	json_put_string(w, "arch", domain_arch_name(c->arch));
	json_put_string(w, "kernel", c->kernel);
	json_put_string(w, "initrd", c->initrd);
	json_put_string(w, "cmdline", c->cmdline);
	json_put_string(w, "on_poweroff", domain_action_name(c->on_poweroff));
	json_put_string(w, "on_reboot", domain_action_name(c->on_reboot));
	json_put_string(w, "on_crash", domain_action_name(c->on_crash));
	json_put_int(w, "weight", c->weight);
	json_put_int(w, "cap", c->cap);
	json_put_bool(w, "console", c->console);
	json_open_array(w, "disks");
	for (size_t i = 0; i < c->disk_count; i++)
		disk_write(w, &c->disks[i]);
	json_close_array(w);
	json_open_array(w, "interfaces");
	for (size_t i = 0; i < c->interface_count; i++)
		interface_write(w, &c->interfaces[i]);
	json_close_array(w);
	json_close_object(w);
}

/* Copies a text member into a fixed field; false and an error if too long. */
static bool read_text(const struct json *object, const char *key, char *out,
		      size_t size, struct diag *diag)
{
	const char *text = json_get_string(object, key, "");

	if (strlen(text) >= size) {
		diag_error(diag, "config: %s is longer than %zu characters",
			   key, size - 1);
		return false;
	}
	strcpy(out, text);
	return true;
}

static char *read_path(const struct json *object, const char *key,
		       bool needed, struct diag *diag)
{
	const char *path = json_get_string(object, key, NULL);

	if (!path && !needed)
		return NULL;
	if (!path || path[0] != '/') {
		diag_error(diag, "config: %s must be an absolute path", key);
		return NULL;
	}
	return strdup(path);
}

static void read_number(const struct json *object, const char *key,
			int64_t least, int64_t most, int64_t otherwise,
			int64_t *out, struct diag *diag)
{
	*out = json_get_int(object, key, otherwise);
	if (*out < least || *out > most) {
		diag_error(diag, "config: %s is %lld, must be %lld to %lld",
			   key, (long long)*out, (long long)least,
			   (long long)most);
		*out = least;
	}
}

static void read_action(const struct json *object, const char *key,
			enum domain_action *action, struct diag *diag)
{
	const char *text = json_get_string(object, key,
					   domain_action_name(*action));

	if (!domain_action_parse(text, action))
		diag_error(diag, "config: %s: unknown action '%s'", key, text);
}

static void read_disk(const struct json *object, struct domain_disk *disk,
		      struct diag *diag)
{
	const char *type = json_get_string(object, "type", "");

	if (strcmp(type, "block") == 0)
		disk->kind = DOMAIN_DISK_BLOCK;
	else if (strcmp(type, "file") != 0)
		diag_error(diag, "config: disk type is '%s', must be file or "
			   "block", type);
	disk->path = read_path(object, "path", true, diag);
	disk->readonly = json_get_bool(object, "readonly", false);
	disk->discard = json_get_bool(object, "discard", true);
	if (read_text(object, "target", disk->target, sizeof(disk->target),
		      diag) &&
	    !domain_target_devid(disk->target, &disk->devid))
		diag_error(diag, "config: disk target is '%s', must be xvda "
			   "to xvdzz", disk->target);
}

static void read_disks(const struct json *array, struct domain_config *c,
		       struct diag *diag)
{
	size_t count = json_count(array);

	if (count > DOMAIN_DISKS_MAX) {
		diag_error(diag, "config: %zu disks, at most %d are possible",
			   count, DOMAIN_DISKS_MAX);
		return;
	}
	c->disks = calloc(count + 1, sizeof(*c->disks));
	if (!c->disks) {
		diag_error(diag, "out of memory");
		return;
	}
	c->disk_count = count;
	for (size_t i = 0; i < count; i++) {
		read_disk(json_at(array, i), &c->disks[i], diag);
		for (size_t j = 0; j < i; j++)
			if (c->disks[j].devid == c->disks[i].devid)
				diag_error(diag, "config: two disks have the "
					   "target %s", c->disks[i].target);
	}
}

static void read_interfaces(const struct json *array, struct domain_config *c,
			    struct diag *diag)
{
	size_t count = json_count(array);

	if (count > DOMAIN_INTERFACES_MAX) {
		diag_error(diag, "config: %zu interfaces, at most %d are "
			   "possible", count, DOMAIN_INTERFACES_MAX);
		return;
	}
	c->interfaces = calloc(count + 1, sizeof(*c->interfaces));
	if (!c->interfaces) {
		diag_error(diag, "out of memory");
		return;
	}
	c->interface_count = count;
	for (size_t i = 0; i < count; i++) {
		const struct json *object = json_at(array, i);
		struct domain_interface *nic = &c->interfaces[i];
		const char *mac = json_get_string(object, "mac", NULL);
		int64_t mtu;

		read_text(object, "bridge", nic->bridge, sizeof(nic->bridge),
			  diag);
		read_text(object, "ifname", nic->ifname, sizeof(nic->ifname),
			  diag);
		read_number(object, "mtu", 0, DOMAIN_MTU_MOST, 0, &mtu, diag);
		if (mtu && mtu < DOMAIN_MTU_LEAST)
			diag_error(diag, "config: mtu is %lld, must be 0 or "
				   "%d to %d", (long long)mtu, DOMAIN_MTU_LEAST,
				   DOMAIN_MTU_MOST);
		nic->mtu = (unsigned int)mtu;
		if (!mac)
			domain_mac_generate(c->uuid, (unsigned int)i,
					    nic->mac);
		else if (!domain_mac_parse(mac, nic->mac))
			diag_error(diag, "config: mac '%s' is not six "
				   "hexadecimal pairs", mac);
	}
}

static void read_numbers(const struct json *object, struct domain_config *c,
			 struct diag *diag)
{
	int64_t n;

	read_number(object, "memory_kib", DOMAIN_MEMORY_KIB_LEAST,
		    DOMAIN_MEMORY_KIB_MOST, 0, &n, diag);
	c->memory_kib = (uint64_t)n;
	read_number(object, "max_memory_kib", n, DOMAIN_MEMORY_KIB_MOST, n, &n,
		    diag);
	c->max_memory_kib = (uint64_t)n;
	read_number(object, "vcpus", 1, DOMAIN_VCPUS_MAX, 1, &n, diag);
	c->vcpus = (unsigned int)n;
	read_number(object, "weight", 0, 65535, 0, &n, diag);
	c->weight = (unsigned int)n;
	read_number(object, "cap", 0, 100 * DOMAIN_VCPUS_MAX, 0, &n, diag);
	c->cap = (unsigned int)n;
}

static void read_all(const struct json *object, struct domain_config *c,
		     struct diag *diag)
{
	const char *cmdline = json_get_string(object, "cmdline", "");
	const char *uuid = json_get_string(object, "uuid", "");
	const char *arch = json_get_string(object, "arch", "");

	if (read_text(object, "name", c->name, sizeof(c->name), diag) &&
	    !domain_name_valid(c->name))
		diag_error(diag, "config: '%s' is no name for a domain",
			   c->name);
	if (!domain_uuid_parse(uuid, c->uuid))
		diag_error(diag, "config: '%s' is no uuid", uuid);
	read_numbers(object, c, diag);
	if (!domain_arch_parse(arch, &c->arch))
		diag_error(diag, "config: arch is '%s', must be x86_64 or "
			   "i686", arch);
	c->kernel = read_path(object, "kernel", true, diag);
	c->initrd = read_path(object, "initrd", false, diag);
	if (strlen(cmdline) > DOMAIN_CMDLINE_MAX) {
		diag_error(diag, "config: cmdline is longer than %d characters",
			   DOMAIN_CMDLINE_MAX);
	} else {
		free(c->cmdline);
		c->cmdline = strdup(cmdline);
	}
	read_action(object, "on_poweroff", &c->on_poweroff, diag);
	read_action(object, "on_reboot", &c->on_reboot, diag);
	read_action(object, "on_crash", &c->on_crash, diag);
	c->console = json_get_bool(object, "console", true);
	read_disks(json_get_typed(object, "disks", JSON_ARRAY), c, diag);
	read_interfaces(json_get_typed(object, "interfaces", JSON_ARRAY), c,
			diag);
}

struct domain_config *domain_config_read(const struct json *object,
					 struct diag *diag)
{
	size_t errors = diag->errors;
	struct domain_config *c;

	if (!object || json_type(object) != JSON_OBJECT) {
		diag_error(diag, "config: not a JSON object");
		return NULL;
	}
	c = domain_config_new();
	if (!c) {
		diag_error(diag, "out of memory");
		return NULL;
	}
	read_all(object, c, diag);
	if (diag->errors == errors && c->cmdline && c->kernel)
		return c;
	if (diag->errors == errors)
		diag_error(diag, "out of memory");
	domain_config_free(c);
	return NULL;
}
