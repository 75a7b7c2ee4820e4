/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain XML: the domain itself. Devices are in xml_devices.c. */
#include "config/xml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/xml_private.h"

#define QUOTA_PERIOD_US 100000ull

void xml_error(const struct xml_reader *r, unsigned int line,
	       const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	diag_error(r->diag, "%s:%u: %s", r->file, line, text);
}

void xml_warn(const struct xml_reader *r, unsigned int line,
	      const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	diag_warn(r->diag, "%s:%u: %s", r->file, line, text);
}

struct xml_node *xml_only(const struct xml_reader *r, struct xml_node *parent,
			  const char *name)
{
	struct xml_node *first = xml_node_child(parent->children, name);
	struct xml_node *again;

	if (!first)
		return NULL;
	for (again = xml_node_child(first->next, name); again;
	     again = xml_node_child(again->next, name)) {
		xml_node_accept(again);
		xml_error(r, again->line, "a second <%s> in <%s>; only one is "
			  "possible, the first is on line %u", name,
			  parent->name, first->line);
	}
	return first;
}

char *xml_path(const struct xml_reader *r, unsigned int line, const char *what,
	       const char *path)
{
	char *copy;

	if (path[0] != '/') {
		xml_error(r, line, "%s is '%s', must be an absolute path, "
			  "beginning with /", what, path);
		return NULL;
	}
	copy = strdup(path);
	if (!copy)
		xml_error(r, line, "out of memory");
	return copy;
}

bool xml_number(const char *text, uint64_t least, uint64_t most,
		uint64_t *value)
{
	unsigned long long n;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end != '\0' || n < least || n > most)
		return false;
	*value = n;
	return true;
}

static void read_name(struct xml_reader *r, struct xml_node *domain)
{
	struct xml_node *node = xml_only(r, domain, "name");

	if (!node) {
		xml_error(r, domain->line, "<name> is missing; give the "
			  "domain one: <name>web1</name>");
		return;
	}
	if (!domain_name_valid(node->text)) {
		xml_error(r, node->line, "<name> is '%s', must be 1 to %d "
			  "letters, digits and . _ + : @ -, begin with a "
			  "letter or digit, and not be a number", node->text,
			  DOMAIN_NAME_MAX);
		return;
	}
	strcpy(r->config->name, node->text);
}

static void read_uuid(struct xml_reader *r, struct xml_node *domain)
{
	struct xml_node *node = xml_only(r, domain, "uuid");

	if (!node)
		domain_uuid_random(r->config->uuid);
	else if (!domain_uuid_parse(node->text, r->config->uuid))
		xml_error(r, node->line, "<uuid> is '%s', must be 32 "
			  "hexadecimal digits as in 8-4-4-4-12; leave it out "
			  "to get one", node->text);
}

/* Bytes are rounded up to whole pages. */
static bool read_size(struct xml_reader *r, struct xml_node *node,
		      uint64_t *kib)
{
	const char *unit = xml_node_attribute(node, "unit");
	uint64_t bytes = domain_unit_bytes(unit), n;

	if (!bytes) {
		xml_error(r, node->line, "unit of <%s> is '%s', must be one "
			  "of b, KiB, MiB, GiB, TiB, KB, MB, GB, TB",
			  node->name, unit);
		return false;
	}
	if (!xml_number(node->text, 0, UINT64_MAX / bytes - 4096, &n)) {
		xml_error(r, node->line, "<%s> is '%s', must be a whole "
			  "number, for example <%s unit='MiB'>256</%s>",
			  node->name, node->text, node->name, node->name);
		return false;
	}
	*kib = (n * bytes + 4095) / 4096 * 4;
	if (*kib >= DOMAIN_MEMORY_KIB_LEAST && *kib <= DOMAIN_MEMORY_KIB_MOST)
		return true;
	xml_error(r, node->line, "<%s> is %llu KiB, must be 1 MiB to 1 TiB%s",
		  node->name, (unsigned long long)*kib,
		  unit ? "" : "; without a unit the number means KiB");
	return false;
}

static void read_memory(struct xml_reader *r, struct xml_node *domain)
{
	struct xml_node *most = xml_only(r, domain, "memory");
	struct xml_node *now = xml_only(r, domain, "currentMemory");
	struct domain_config *c = r->config;
	bool ok = true;

	if (!most) {
		if (now)
			xml_node_accept(now);
		xml_error(r, domain->line, "<memory> is missing; say how much "
			  "the domain gets: <memory unit='MiB'>256</memory>");
		return;
	}
	ok = read_size(r, most, &c->max_memory_kib);
	c->memory_kib = c->max_memory_kib;
	if (now)
		ok = read_size(r, now, &c->memory_kib) && ok;
	if (ok && c->memory_kib > c->max_memory_kib)
		xml_error(r, now->line, "<currentMemory> is %llu KiB, must "
			  "not be more than the %llu KiB of <memory>",
			  (unsigned long long)c->memory_kib,
			  (unsigned long long)c->max_memory_kib);
}

static void read_vcpus(struct xml_reader *r, struct xml_node *domain)
{
	struct xml_node *vcpu = xml_only(r, domain, "vcpu");
	const char *placement;
	uint64_t n;

	if (!vcpu)
		return;
	placement = xml_node_attribute(vcpu, "placement");
	if (placement && strcmp(placement, "static") != 0)
		xml_warn(r, vcpu->line, "placement '%s' of <vcpu> is "
			 "not known and ignored", placement);
	if (xml_number(vcpu->text, 1, DOMAIN_VCPUS_MAX, &n))
		r->config->vcpus = (unsigned int)n;
	else
		xml_error(r, vcpu->line, "<vcpu> is '%s', must be a whole "
			  "number from 1 to %d", vcpu->text, DOMAIN_VCPUS_MAX);
}

/*
 * Microseconds of CPU time for the whole domain in each period. The scheduler
 * has a period of its own and knows the share only, in percent of one CPU.
 */
static void read_quota(struct xml_reader *r, struct xml_node *tune)
{
	struct xml_node *period = xml_only(r, tune, "global_period");
	struct xml_node *quota = xml_only(r, tune, "global_quota");
	uint64_t us = QUOTA_PERIOD_US, n, percent;

	if (period && !xml_number(period->text, 1000, 1000000, &us)) {
		xml_error(r, period->line, "<global_period> is '%s', must be "
			  "1000 to 1000000 microseconds", period->text);
		return;
	}
	if (!quota || strcmp(quota->text, "-1") == 0)
		return;
	if (!xml_number(quota->text, 1, DOMAIN_VCPUS_MAX * us, &n)) {
		xml_error(r, quota->line, "<global_quota> is '%s', must be "
			  "microseconds of CPU time in each period of %llu, at "
			  "most %d CPUs, or -1 for no limit", quota->text,
			  (unsigned long long)us, DOMAIN_VCPUS_MAX);
		return;
	}
	percent = n * 100 / us;
	r->config->cap = percent ? (unsigned int)percent : 1;
}

static void read_tune(struct xml_reader *r, struct xml_node *domain)
{
	struct xml_node *tune = xml_only(r, domain, "cputune"), *shares;
	uint64_t n;

	if (!tune)
		return;
	shares = xml_only(r, tune, "shares");
	if (shares) {
		if (xml_number(shares->text, 1, 65535, &n))
			r->config->weight = (unsigned int)n;
		else
			xml_error(r, shares->line, "<shares> is '%s', must be "
				  "a whole number from 1 to 65535 (256 is "
				  "usual)", shares->text);
	}
	read_quota(r, tune);
}

static void read_os_type(struct xml_reader *r, struct xml_node *os)
{
	struct xml_node *type = xml_only(r, os, "type");
	const char *arch, *machine;

	if (!type) {
		xml_error(r, os->line, "<type> is missing in <os>; write "
			  "<type>linux</type> for a PV domain");
		return;
	}
	arch = xml_node_attribute(type, "arch");
	machine = xml_node_attribute(type, "machine");
	if (strcmp(type->text, "hvm") == 0 ||
	    strcmp(type->text, "xenpvh") == 0)
		xml_error(r, type->line, "<type> is '%s', which is not "
			  "supported yet; write <type>linux</type> for a PV "
			  "domain", type->text);
	else if (strcmp(type->text, "linux") != 0)
		xml_error(r, type->line, "<type> is '%s', must be 'linux'",
			  type->text);
	else if (machine && strcmp(machine, "xenpv") != 0)
		xml_error(r, type->line, "machine of <type> is '%s', must be "
			  "'xenpv'", machine);
	r->config->arch_line = type->line;
	if (arch && (!*arch || !domain_arch_parse(arch, &r->config->arch)))
		xml_error(r, type->line, "arch of <type> is '%s', must be "
			  "'x86_64' or 'i686'; leave it out to go by the "
			  "kernel", arch);
}

static void read_cmdline(struct xml_reader *r, struct xml_node *node)
{
	char *copy;

	if (strlen(node->text) > DOMAIN_CMDLINE_MAX) {
		xml_error(r, node->line, "<cmdline> has %zu characters, must "
			  "have at most %d", strlen(node->text),
			  DOMAIN_CMDLINE_MAX);
		return;
	}
	copy = strdup(node->text);
	if (!copy) {
		xml_error(r, node->line, "out of memory");
		return;
	}
	free(r->config->cmdline);
	r->config->cmdline = copy;
}

static void read_os(struct xml_reader *r, struct xml_node *domain)
{
	struct xml_node *os = xml_only(r, domain, "os"), *node;

	if (!os) {
		xml_error(r, domain->line, "<os> is missing; write "
			  "<os><type>linux</type><kernel>/PATH</kernel></os>");
		return;
	}
	read_os_type(r, os);
	node = xml_only(r, os, "kernel");
	if (node) {
		r->config->kernel_line = node->line;
		r->config->kernel = xml_path(r, node->line, "<kernel>",
					     node->text);
	} else {
		xml_error(r, os->line, "<kernel> is missing in <os>; name a "
			  "PV kernel: <kernel>/boot/vmlinuz</kernel>");
	}
	node = xml_only(r, os, "initrd");
	if (node) {
		r->config->initrd_line = node->line;
		r->config->initrd = xml_path(r, node->line, "<initrd>",
					     node->text);
	}
	node = xml_only(r, os, "cmdline");
	if (node)
		read_cmdline(r, node);
}

static void read_action(struct xml_reader *r, struct xml_node *domain,
			const char *name, enum domain_action *action)
{
	struct xml_node *node = xml_only(r, domain, name);

	if (!node || domain_action_parse(node->text, action))
		return;
	/* libvirt's core dumps are for on_crash only. */
	if (strncmp(node->text, "coredump-", 9) == 0 &&
	    strcmp(name, "on_crash") == 0 &&
	    domain_action_parse(node->text + 9, action))
		xml_warn(r, node->line, "core dumps are not made yet: <%s> "
			 "'%s' is taken as '%s'", name, node->text,
			 node->text + 9);
	else
		xml_error(r, node->line, "<%s> is '%s', must be destroy, "
			  "restart, preserve or rename-restart", name,
			  node->text);
}

/* Without meaning for a PV domain, or saying what is so anyway. */
static void accept_harmless(struct xml_reader *r, struct xml_node *domain)
{
	static const char *const names[] = {
		"title", "description", "metadata",
	};
	struct xml_node *clock = xml_only(r, domain, "clock");
	const char *offset;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (struct xml_node *n = domain->children; n; n = n->next)
			if (strcmp(n->name, names[i]) == 0)
				xml_node_accept(n);
	xml_node_attribute(domain, "id");
	if (!clock)
		return;
	offset = xml_node_attribute(clock, "offset");
	if (offset && strcmp(offset, "utc") != 0)
		xml_warn(r, clock->line, "offset '%s' of <clock> is not known "
			 "and ignored: PV domains see UTC", offset);
}

static void read_domain(struct xml_reader *r, struct xml_node *domain)
{
	const char *type = xml_node_attribute(domain, "type");
	struct xml_node *devices;

	if (strcmp(domain->name, "domain") != 0) {
		xml_error(r, domain->line, "the file's element is <%s>, must "
			  "be <domain type='xen'>", domain->name);
		return;
	}
	if (!type || strcmp(type, "xen") != 0)
		xml_error(r, domain->line, "type of <domain> is %s%s%s, must "
			  "be 'xen'", type ? "'" : "", type ? type : "missing",
			  type ? "'" : "");
	read_name(r, domain);
	read_uuid(r, domain);
	read_memory(r, domain);
	read_vcpus(r, domain);
	read_tune(r, domain);
	read_os(r, domain);
	read_action(r, domain, "on_poweroff", &r->config->on_poweroff);
	read_action(r, domain, "on_reboot", &r->config->on_reboot);
	read_action(r, domain, "on_crash", &r->config->on_crash);
	devices = xml_only(r, domain, "devices");
	if (devices)
		xml_read_devices(r, devices);
	accept_harmless(r, domain);
	xml_check_rest(r, domain);
}

struct domain_config *xml_parse_text(const char *name, const char *text,
				     size_t len, struct diag *diag)
{
	struct xml_reader r = { .file = name, .diag = diag };
	size_t errors = diag->errors;
	struct xml_node *root = xml_node_parse(name, text, len, diag);

	if (!root)
		return NULL;
	r.config = domain_config_new();
	if (r.config)
		read_domain(&r, root);
	else
		xml_error(&r, root->line, "out of memory");
	xml_node_free(root);
	if (diag->errors == errors)
		return r.config;
	domain_config_free(r.config);
	return NULL;
}

/* --- files ---------------------------------------------------------------- */

/* Reads at most one byte more than allowed: enough to tell. */
static ssize_t read_whole(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, size - len);
		if (n < 0)
			return -1;
		len += (size_t)n;
	} while (n > 0 && len < size);
	return (ssize_t)len;
}

const char *xml_file_name(const char *path)
{
	return strcmp(path, "-") ? path : "stdin";
}

/* NUL and other bytes that no XML has. */
static bool is_binary(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' &&
		    !strchr("\t\n\r", text[i] ? text[i] : 1))
			return true;
	return false;
}

char *xml_read_text(const char *path, size_t *len, struct diag *diag)
{
	bool is_stdin = strcmp(path, "-") == 0;
	char *text = malloc(XML_TEXT_MAX + 2);
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0 && text)
		n = read_whole(fd, text, XML_TEXT_MAX + 1);
	if (n < 0)
		diag_error(diag, "%s: %s; give the path of a domain XML file",
			   xml_file_name(path), strerror(errno));
	else if (n > XML_TEXT_MAX)
		diag_error(diag, "%s: larger than %d bytes, which no domain "
			   "file is", xml_file_name(path), XML_TEXT_MAX);
	else if (is_binary(text, (size_t)n))
		diag_error(diag, "%s: holds binary data; give the path of a "
			   "domain XML file", xml_file_name(path));
	if (fd >= 0 && !is_stdin)
		close(fd);
	if (n < 0 || n > XML_TEXT_MAX || is_binary(text, (size_t)n)) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	*len = (size_t)n;
	return text;
}

struct domain_config *xml_parse_file(const char *path, struct diag *diag)
{
	struct domain_config *config = NULL;
	size_t len;
	char *text = xml_read_text(path, &len, diag);

	if (text)
		config = xml_parse_text(xml_file_name(path), text, len, diag);
	free(text);
	return config;
}
