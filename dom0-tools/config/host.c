/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks a domain config against the host it shall run on. */
#include "config/domain.h"

#include <errno.h>
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
		complain(p, nic->line, "interface: %s is not a bridge",
			 nic->bridge);
}

bool domain_check_host(const struct domain_config *config, const char *origin,
		       struct diag *diag)
{
	const struct place p = { .origin = origin, .diag = diag };
	size_t before = diag->errors;

	check_file(&p, config->kernel_line, "kernel", config->kernel);
	if (config->initrd)
		check_file(&p, config->initrd_line, "initrd", config->initrd);
	for (size_t i = 0; i < config->disk_count; i++)
		check_disk(&p, &config->disks[i]);
	for (size_t i = 0; i < config->interface_count; i++)
		check_interface(&p, &config->interfaces[i]);
	return diag->errors == before;
}
