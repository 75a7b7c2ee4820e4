/* SPDX-License-Identifier: BSD-2-Clause */
/* The domain config: life, defaults, and the small parsers of its parts. */
#include "config/domain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

struct domain_config *domain_config_new(void)
{
	struct domain_config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->cmdline = strdup("");
	if (!config->cmdline) {
		free(config);
		return NULL;
	}
	config->vcpus = 1;
	config->on_poweroff = DOMAIN_DESTROY;
	config->on_reboot = DOMAIN_RESTART;
	config->on_crash = DOMAIN_DESTROY;
	config->console = true;
	return config;
}

void domain_config_free(struct domain_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->disk_count; i++)
		free(config->disks[i].path);
	free(config->disks);
	free(config->interfaces);
	free(config->kernel);
	free(config->initrd);
	free(config->cmdline);
	free(config);
}

static const char *const action_names[] = {
	[DOMAIN_DESTROY] = "destroy",
	[DOMAIN_RESTART] = "restart",
	[DOMAIN_PRESERVE] = "preserve",
	[DOMAIN_RENAME_RESTART] = "rename-restart",
};

#define ACTIONS (sizeof(action_names) / sizeof(action_names[0]))

const char *domain_action_name(enum domain_action action)
{
	return (size_t)action < ACTIONS ? action_names[action] : "destroy";
}

bool domain_action_parse(const char *text, enum domain_action *action)
{
	for (size_t i = 0; i < ACTIONS; i++) {
		if (strcmp(text, action_names[i]) == 0) {
			*action = (enum domain_action)i;
			return true;
		}
	}
	return false;
}

static const char *const arch_names[] = {
	[DOMAIN_ARCH_ANY] = "",
	[DOMAIN_ARCH_X86_64] = "x86_64",
	[DOMAIN_ARCH_I686] = "i686",
};

#define ARCHS (sizeof(arch_names) / sizeof(arch_names[0]))

const char *domain_arch_name(enum domain_arch arch)
{
	return (size_t)arch < ARCHS ? arch_names[arch] : "";
}

bool domain_arch_parse(const char *text, enum domain_arch *arch)
{
	for (size_t i = 0; i < ARCHS; i++) {
		if (strcmp(text, arch_names[i]) == 0) {
			*arch = (enum domain_arch)i;
			return true;
		}
	}
	return false;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

/*
 * Names become file names of logs and arguments of commands: no leading dot
 * or dash, nothing a shell or a path would mind. A number alone would be
 * taken for a domain id.
 */
bool domain_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > DOMAIN_NAME_MAX || !is_alnum(name[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alnum(name[i]) && !strchr("._+:@-", name[i]))
			return false;
	return strspn(name, "0123456789") != len;
}

void domain_uuid_format(const uint8_t u[16], char text[DOMAIN_UUID_TEXT])
{
	char *out = text;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		out += sprintf(out, "%02x", u[i]);
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* 32 digits with dashes at the usual places, or nowhere. */
bool domain_uuid_parse(const char *text, uint8_t uuid[16])
{
	bool dashes = strlen(text) == DOMAIN_UUID_TEXT - 1;

	for (int i = 0; i < 16; i++) {
		int high, low;

		if (dashes && (i == 4 || i == 6 || i == 8 || i == 10) &&
		    *text++ != '-')
			return false;
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0)
			return false;
		uuid[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return *text == '\0';
}

/* RFC 4122, version 4. */
void domain_uuid_random(uint8_t uuid[16])
{
	if (getrandom(uuid, 16, 0) != 16)
		abort();
	uuid[6] = (uuid[6] & 0x0f) | 0x40;
	uuid[8] = (uuid[8] & 0x3f) | 0x80;
}

void domain_mac_format(const uint8_t m[6], char text[18])
{
	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2],
		 m[3], m[4], m[5]);
}

bool domain_mac_parse(const char *text, uint8_t mac[6])
{
	for (int i = 0; i < 6; i++) {
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0 || text[2] != (i < 5 ? ':' : '\0'))
			return false;
		mac[i] = (uint8_t)(high << 4 | low);
		text += 3;
	}
	return true;
}

/* FNV-1a: stable for ever, and spread well enough over 24 bits. */
void domain_mac_generate(const uint8_t uuid[16], unsigned int index,
			 uint8_t mac[6])
{
	uint32_t hash = 2166136261u;

	for (int i = 0; i < 16; i++)
		hash = (hash ^ uuid[i]) * 16777619u;
	for (int i = 0; i < 4; i++)
		hash = (hash ^ (index >> (8 * i) & 0xff)) * 16777619u;
	hash ^= hash >> 24;
	mac[0] = 0x00;
	mac[1] = 0x16;
	mac[2] = 0x3e;
	mac[3] = (uint8_t)(hash >> 16);
	mac[4] = (uint8_t)(hash >> 8);
	mac[5] = (uint8_t)hash;
}

/*
 * The ABI's numbers: disks 0..15 with 16 partitions each are major 202;
 * beyond, or with more partitions, bit 28 is set and 256 fit each disk.
 */
bool domain_target_devid(const char *target, uint32_t *devid)
{
	unsigned int disk, partition = 0;
	const char *s = target;

	if (strncmp(s, "xvd", 3) != 0)
		return false;
	s += 3;
	if (*s < 'a' || *s > 'z')
		return false;
	disk = (unsigned int)(*s++ - 'a');
	if (*s >= 'a' && *s <= 'z')
		disk = (disk + 1) * 26 + (unsigned int)(*s++ - 'a');
	if (*s == '0')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		partition = partition * 10 + (unsigned int)(*s - '0');
		if (partition > 255)
			return false;
	}
	if (*s != '\0')
		return false;
	if (disk < 16 && partition < 16)
		*devid = 202u << 8 | disk << 4 | partition;
	else
		*devid = 1u << 28 | disk << 8 | partition;
	return true;
}

static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "b", 1 }, { "bytes", 1 },
	{ "KB", 1000 }, { "k", 1ull << 10 }, { "KiB", 1ull << 10 },
	{ "MB", 1000000 }, { "M", 1ull << 20 }, { "MiB", 1ull << 20 },
	{ "GB", 1000000000 }, { "G", 1ull << 30 }, { "GiB", 1ull << 30 },
	{ "TB", 1000000000000 }, { "T", 1ull << 40 }, { "TiB", 1ull << 40 },
};

/* libvirt takes them in any case. */
uint64_t domain_unit_bytes(const char *unit)
{
	if (!unit)
		return 1024;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcasecmp(unit, units[i].name) == 0)
			return units[i].bytes;
	return 0;
}
