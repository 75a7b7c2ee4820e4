/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a domain shall be: the tools' common form, made from a domain XML file
 * or from JSON, and turned into JSON for hospesd's records and the builder.
 */
#ifndef CONFIG_DOMAIN_H
#define CONFIG_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/diag.h"
#include "lib/json.h"

#define DOMAIN_NAME_MAX 127	/* without the NUL */
#define DOMAIN_CMDLINE_MAX 1023
#define DOMAIN_VCPUS_MAX 32
#define DOMAIN_MEMORY_KIB_LEAST 1024ll
#define DOMAIN_MEMORY_KIB_MOST (1ll << 30)
#define DOMAIN_MTU_LEAST 68
#define DOMAIN_MTU_MOST 65535
#define DOMAIN_DISKS_MAX 64
#define DOMAIN_INTERFACES_MAX 16
#define DOMAIN_UUID_TEXT 37	/* with the NUL */

enum domain_action {
	DOMAIN_DESTROY,
	DOMAIN_RESTART,
	DOMAIN_PRESERVE,
	DOMAIN_RENAME_RESTART,
};

/* Of the kernel; what nobody says is found from its file. */
enum domain_arch {
	DOMAIN_ARCH_ANY,
	DOMAIN_ARCH_X86_64,
	DOMAIN_ARCH_I686,
};

enum domain_disk_kind {
	DOMAIN_DISK_FILE,
	DOMAIN_DISK_BLOCK,
};

struct domain_disk {
	enum domain_disk_kind kind;
	char *path;		/* absolute */
	char target[16];	/* xvda, xvda1, xvdzz ... */
	uint32_t devid;		/* what the guest knows the target by */
	bool readonly;
	bool discard;		/* true unless <driver discard='ignore'/> */
	unsigned int line;	/* in the XML; 0 unknown */
};

struct domain_interface {
	char bridge[16];	/* "" when none */
	uint8_t mac[6];
	char ifname[16];	/* "" lets the manager choose vif<domid>.<n> */
	unsigned int mtu;	/* 0: the bridge's */
	unsigned int line;
};

struct domain_config {
	char name[DOMAIN_NAME_MAX + 1];
	uint8_t uuid[16];
	uint64_t memory_kib;		/* at start */
	uint64_t max_memory_kib;	/* at most; >= memory_kib */
	unsigned int vcpus;
	enum domain_arch arch;
	char *kernel;
	char *initrd;			/* NULL: none */
	char *cmdline;			/* never NULL */
	enum domain_action on_poweroff;	/* default destroy */
	enum domain_action on_reboot;	/* default restart */
	enum domain_action on_crash;	/* default destroy */
	unsigned int weight;		/* cputune/shares; 0: the default */
	unsigned int cap;		/* percent of one CPU; 0: none */
	struct domain_disk *disks;
	size_t disk_count;
	struct domain_interface *interfaces;
	size_t interface_count;
	bool console;			/* always true for PV guests */
	/* In the XML; 0 unknown. */
	unsigned int kernel_line, initrd_line, arch_line;
};

/* A config with the defaults; free with domain_config_free. NULL: no memory. */
struct domain_config *domain_config_new(void);
void domain_config_free(struct domain_config *config);

/* JSON. Reading checks as strictly as XML does; on failure NULL and errors. */
void domain_config_write(struct json_writer *w, const char *key,
			 const struct domain_config *config);
struct domain_config *domain_config_read(const struct json *object,
					 struct diag *diag);

/*
 * Checks the config against this host: files exist, are readable and of the
 * right kind, bridges exist. `origin` begins every message ("FILE", may be
 * NULL). Returns true when nothing is wrong.
 */
bool domain_check_host(const struct domain_config *config, const char *origin,
		       struct diag *diag);

/*
 * Whether one of the config's NICs has this one's address, on the same bridge.
 * Two names of one bridge are the same; what is on none is on no other's.
 */
bool domain_mac_taken(const struct domain_config *config,
		      const struct domain_interface *nic);

/* Pieces, also used by the tools by themselves. */
const char *domain_action_name(enum domain_action action);
bool domain_action_parse(const char *text, enum domain_action *action);
/* "x86_64", "i686"; "" for any. */
const char *domain_arch_name(enum domain_arch arch);
bool domain_arch_parse(const char *text, enum domain_arch *arch);
bool domain_name_valid(const char *name);
void domain_uuid_format(const uint8_t uuid[16], char text[DOMAIN_UUID_TEXT]);
bool domain_uuid_parse(const char *text, uint8_t uuid[16]);
void domain_uuid_random(uint8_t uuid[16]);
void domain_mac_format(const uint8_t mac[6], char text[18]);
bool domain_mac_parse(const char *text, uint8_t mac[6]);
/* 00:16:3e plus 24 bits that depend on uuid and index only. */
void domain_mac_generate(const uint8_t uuid[16], unsigned int index,
			 uint8_t mac[6]);
/* xvda .. xvdzz with an optional partition; false: not such a name. */
bool domain_target_devid(const char *target, uint32_t *devid);
/* "b", "bytes", "KB", "k", "KiB", ... "TiB" to bytes; NULL is KiB; 0: none. */
uint64_t domain_unit_bytes(const char *unit);

#endif
