/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks a domain config against the host it shall run on. */
#include "config/domain.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	const char *origin;
	struct diag *diag;
};

/* "ORIGIN:LINE: text", with what is not known left out. */
__attribute__((format(printf, 3, 4)))
static void complain(const struct place *p, unsigned int line,
		     const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (p->origin && line)
		diag_error(p->diag, "%s:%u: %s", p->origin, line, text);
	else if (p->origin)
		diag_error(p->diag, "%s: %s", p->origin, text);
	else
		diag_error(p->diag, "%s", text);
}

static void check_file(const struct place *p, unsigned int line,
		       const char *what, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		complain(p, line, "%s %s: %s; give the path of an existing "
			 "file", what, path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		complain(p, line, "%s %s is not a regular file", what, path);
	else if (access(path, R_OK) < 0)
		complain(p, line, "%s %s cannot be read: %s", what, path,
			 strerror(errno));
	else if (st.st_size == 0)
		complain(p, line, "%s %s is empty", what, path);
}

/* Linux boot protocol, and the class byte of ELF: offsets into the file. */
#define PEEK_SIZE 0x240
#define PEEK_ELF_CLASS 4
#define PEEK_BZ_MAGIC 0x202
#define PEEK_BZ_VERSION 0x206
#define PEEK_BZ_FLAGS 0x236
#define PEEK_BZ_FLAGS_SINCE 0x20c
#define PEEK_BZ_64BIT 1

/* What can be seen without unpacking anything; the builder sees all. */
static enum domain_arch peek_arch(const uint8_t *head, size_t size)
{
	if (size > PEEK_ELF_CLASS && memcmp(head, "\x7f" "ELF", 4) == 0)
		return head[PEEK_ELF_CLASS] == 1 ? DOMAIN_ARCH_I686 :
			DOMAIN_ARCH_X86_64;
	if (size < PEEK_SIZE || memcmp(head + PEEK_BZ_MAGIC, "HdrS", 4) ||
	    (head[PEEK_BZ_VERSION] | head[PEEK_BZ_VERSION + 1] << 8) <
	    PEEK_BZ_FLAGS_SINCE)
		return DOMAIN_ARCH_ANY;
	return head[PEEK_BZ_FLAGS] & PEEK_BZ_64BIT ? DOMAIN_ARCH_X86_64 :
		DOMAIN_ARCH_I686;
}

/* `path` is known to be a regular file, readable. */
static void check_arch(const struct place *p,
		       const struct domain_config *config)
{
	uint8_t head[PEEK_SIZE];
	enum domain_arch is;
	ssize_t n;
	int fd;

	if (config->arch == DOMAIN_ARCH_ANY)
		return;
	fd = open(config->kernel, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return;
	n = read(fd, head, sizeof(head));
	close(fd);
	is = n > 0 ? peek_arch(head, (size_t)n) : DOMAIN_ARCH_ANY;
	if (is != DOMAIN_ARCH_ANY && is != config->arch)
		complain(p, config->arch_line, "arch of <type> is '%s' and "
			 "kernel %s is a %s one; write arch='%s' or name "
			 "another kernel", domain_arch_name(config->arch),
			 config->kernel, is == DOMAIN_ARCH_I686 ? "32-bit" :
			 "64-bit", domain_arch_name(is));
}

static void check_disk(const struct place *p, const struct domain_disk *disk)
{
	bool block = disk->kind == DOMAIN_DISK_BLOCK;
	int mode = disk->readonly ? R_OK : R_OK | W_OK;
	struct stat st;

	if (stat(disk->path, &st) < 0) {
		complain(p, disk->line, "disk %s: %s: %s; create it first, "
			 "for example with truncate and mke2fs",
			 disk->target, disk->path, strerror(errno));
		return;
	}
	if (block && !S_ISBLK(st.st_mode)) {
		complain(p, disk->line, "disk %s: %s is not a block device; "
			 "for a file write <disk type='file'> and "
			 "<source file='...'/>", disk->target, disk->path);
		return;
	}
	if (!block && !S_ISREG(st.st_mode)) {
		complain(p, disk->line, "disk %s: %s is not a regular file; "
			 "for a device write <disk type='block'> and "
			 "<source dev='...'/>", disk->target, disk->path);
		return;
	}
	if (access(disk->path, mode) < 0)
		complain(p, disk->line, "disk %s: %s cannot be %s: %s%s",
			 disk->target, disk->path,
			 disk->readonly ? "read" : "written", strerror(errno),
			 disk->readonly ? "" : "; change its mode or add "
			 "<readonly/>");
	else if (!block && st.st_size < 512)
		complain(p, disk->line, "disk %s: %s is smaller than one "
			 "sector of 512 bytes", disk->target, disk->path);
}

static bool same_bridge(const char *a, const char *b)
{
	unsigned int index;

	if (!a[0] || !b[0])
		return false;
	if (strcmp(a, b) == 0)
		return true;
	index = if_nametoindex(a);
	return index && index == if_nametoindex(b);
}

bool domain_mac_taken(const struct domain_config *config,
		      const struct domain_interface *nic)
{
	for (size_t i = 0; i < config->interface_count; i++)
		if (memcmp(config->interfaces[i].mac, nic->mac, 6) == 0 &&
		    same_bridge(config->interfaces[i].bridge, nic->bridge))
			return true;
	return false;
}

/* A bridge keeps frames to its own and its ports' addresses for dom0. */
static bool is_own_address(const char *device, const uint8_t mac[6])
{
	char path[300], text[32];
	uint8_t own[6];
	FILE *f;
	bool own_it;

	snprintf(path, sizeof(path), "/sys/class/net/%s/address", device);
	f = fopen(path, "re");
	if (!f)
		return false;
	own_it = fscanf(f, "%17s", text) == 1 && domain_mac_parse(text, own) &&
		memcmp(own, mac, 6) == 0;
	fclose(f);
	return own_it;
}

static void check_mac(const struct place *p, const struct domain_interface *nic)
{
	char path[64], mac[18];
	const char *owner = NULL;
	struct dirent *entry;
	DIR *ports;

	snprintf(path, sizeof(path), "/sys/class/net/%s/brif", nic->bridge);
	ports = opendir(path);
	if (is_own_address(nic->bridge, nic->mac))
		owner = nic->bridge;
	while (!owner && ports && (entry = readdir(ports)))
		if (entry->d_name[0] != '.' &&
		    is_own_address(entry->d_name, nic->mac))
			owner = entry->d_name;
	domain_mac_format(nic->mac, mac);
	if (owner)
		complain(p, nic->line, "interface: mac %s is that of %s in "
			 "dom0, whose bridge %s keeps its frames; choose "
			 "another <mac address=/>", mac, owner, nic->bridge);
	if (ports)
		closedir(ports);
}

static void check_interface(const struct place *p,
			    const struct domain_interface *nic)
{
	char path[64];

	if (nic->bridge[0] == '\0')
		return;
	snprintf(path, sizeof(path), "/sys/class/net/%s", nic->bridge);
	if (access(path, F_OK) < 0) {
		complain(p, nic->line, "interface: bridge %s does not exist; "
			 "create it (ip link add %s type bridge) or name "
			 "another", nic->bridge, nic->bridge);
		return;
	}
	snprintf(path, sizeof(path), "/sys/class/net/%s/bridge", nic->bridge);
	if (access(path, F_OK) < 0)
		complain(p, nic->line, "interface: %s is not a bridge; name "
			 "one that 'ip link show type bridge' lists",
			 nic->bridge);
	else
		check_mac(p, nic);
}

bool domain_check_host(const struct domain_config *config, const char *origin,
		       struct diag *diag)
{
	const struct place p = { .origin = origin, .diag = diag };
	size_t before = diag->errors;

	check_file(&p, config->kernel_line, "kernel", config->kernel);
	if (diag->errors == before)
		check_arch(&p, config);
	if (config->initrd)
		check_file(&p, config->initrd_line, "initrd", config->initrd);
	for (size_t i = 0; i < config->disk_count; i++)
		check_disk(&p, &config->disks[i]);
	for (size_t i = 0; i < config->interface_count; i++)
		check_interface(&p, &config->interfaces[i]);
	return diag->errors == before;
}
