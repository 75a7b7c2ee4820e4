/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Building a domain: checks, the builder in a process of its own, store nodes,
 * console, backends.  Each step that waits goes on from the event loop.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hospesd/api.h"
#include "hospesd/console.h"
#include "hospesd/device_image.h"
#include "hospesd/domain.h"
#include "lib/diag.h"
#include "lib/json.h"
#include "lib/log.h"

#define BUILDER_OUTPUT_MAX (64 * 1024)
#define PAGE_KIB 4
/* Page tables, shared pages, vCPUs: what a domain needs beside its memory. */
#define OVERHEAD_KIB 2048

/* A kernel, packed and unpacked, its unpacker's window, lists of frames. */
#define BUILDER_MEMORY (768ull << 20)
#define BUILDER_MEMORY_PART 64
#define BUILDER_OOM_SCORE 500

static void check_memory(struct hospesd *m, const struct domain_config *config,
			 struct diag *diag)
{
	struct xen_sysctl_physinfo info;
	uint64_t free_kib, missing_kib, kib = config->memory_kib + OVERHEAD_KIB;

	if (control_physinfo(m->control, &info))
		return;
	free_kib = (info.free_pages - info.outstanding_pages) * PAGE_KIB;
	/* Guests that are about to start again come first. */
	missing_kib = reserve_missing_kib(m);
	free_kib = free_kib > missing_kib ? free_kib - missing_kib : 0;
	if (kib > free_kib)
		diag_error(diag, "%s: not enough memory: it wants %llu MiB, "
			   "%u of them for what the hypervisor keeps of it, "
			   "and %llu MiB are free; lower <memory> or end "
			   "another domain", config->name,
			   (unsigned long long)(kib + 1023) / 1024,
			   OVERHEAD_KIB / 1024,
			   (unsigned long long)free_kib / 1024);
}

/* Commands find a domain by name or uuid: no word may mean two of them. */
static bool check_identity(const struct domain *d,
			   const struct domain_config *config,
			   struct diag *diag)
{
	char uuid[DOMAIN_UUID_TEXT];

	domain_uuid_format(config->uuid, uuid);
	if (!strcmp(d->config->name, config->name))
		diag_error(diag, "%s: the name is in use by domain %s; destroy "
			   "it first or choose another <name>", config->name,
			   d->uuid);
	else if (!strcmp(d->uuid, uuid))
		diag_error(diag, "%s: uuid %s is in use by domain %s; choose "
			   "another <uuid>", config->name, d->uuid,
			   d->config->name);
	else if (!strcasecmp(d->uuid, config->name))
		diag_error(diag, "%s: the name is the uuid of domain %s; "
			   "choose another <name>", config->name,
			   d->config->name);
	else if (!strcasecmp(d->config->name, uuid))
		diag_error(diag, "%s: uuid %s is the name of another domain; "
			   "choose another <uuid>", config->name, uuid);
	else
		return true;
	return false;
}

bool create_check(struct hospesd *m, const struct domain_config *config,
		  const char *origin, bool force, struct diag *diag)
{
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link)
		if (!check_identity(d, config, diag))
			return false;
	if (!strcmp(config->name, "Domain-0"))
		diag_error(diag, "Domain-0: the name is the control domain's; "
			   "choose another <name>");
	if (!domain_check_host(config, origin, diag))
		return false;
	images_check(m, config, diag);
	create_check_nics(m, config, origin, force, diag);
	check_memory(m, config, diag);
	return !diag->errors;
}

/* --- the builder --------------------------------------------------------- */

static int config_fd(const struct domain_config *config)
{
	struct json_writer *w = json_writer_new(false);
	const char *text;
	size_t len;
	int fd;

	if (!w)
		return -ENOMEM;
	domain_config_write(w, NULL, config);
	text = json_writer_text(w, &len);
	fd = memfd_create("config", MFD_CLOEXEC);
	if (!text || fd < 0 || write(fd, text, len) != (ssize_t)len ||
	    lseek(fd, 0, SEEK_SET)) {
		if (fd >= 0)
			close(fd);
		fd = -ENOMEM;
	}
	json_writer_free(w);
	return fd;
}

static void read_builder(struct domain *d)
{
	int n;

	do {
		n = evbuffer_read(d->builder_output, d->builder_fd, 4096);
	} while (n > 0 && evbuffer_get_length(d->builder_output) <
		 BUILDER_OUTPUT_MAX);
	if (n == 0 || (n < 0 && errno != EAGAIN))
		event_del(d->builder_event);
}

static void builder_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	read_builder(arg);
}

static void close_builder(struct domain *d)
{
	if (d->builder_event)
		event_free(d->builder_event);
	if (d->builder_output)
		evbuffer_free(d->builder_output);
	if (d->builder_fd >= 0)
		close(d->builder_fd);
	d->builder_event = NULL;
	d->builder_output = NULL;
	d->builder_fd = -1;
}

static void build_failed(struct domain *d)
{
	domain_event(d, LC_EV_BUILD_FAILED, 0);
}

/* Understands the builder's line; false with the error set. */
static bool parse_result(struct domain *d, int status)
{
	char end[64], why[128];
	size_t len = evbuffer_get_length(d->builder_output);
	const char *text = (char *)evbuffer_pullup(d->builder_output, -1);
	struct json *j = len ? json_parse(text, len, why, sizeof(why)) : NULL;
	const char *error = j ? json_get_string(j, "error", NULL) : NULL;
	bool ok = j && !error && !status && build_result_read(j, &d->built);

	if (error)
		domain_set_error(d, "%s", error);
	else if (!ok)
		domain_set_error(d, "%s: the builder ended without a result "
				 "(%s); see the log of hospesd",
				 d->config->name,
				 proc_status_text(status, end, sizeof(end)));
	json_free(j);
	return ok;
}

/* Names the first step that fails; false with the error set. */
static bool furnish_step(struct domain *d, int rc, const char *what,
			 const char *where)
{
	if (rc)
		domain_set_error(d, "%s: cannot %s: %s; see the log of %s",
				 d->config->name, what, strerror(-rc), where);
	return !rc;
}

static bool connect_store(struct domain *d)
{
	return furnish_step(d, devices_init(d), "list its devices",
			    "hospesd") &&
	       furnish_step(d, layout_write(d), "write its store nodes",
			    "xenstored") &&
	       furnish_step(d, store_introduce(d->m->store, d->domid,
					       d->built.store_mfn,
					       d->built.store_port),
			    "introduce it to xenstored", "xenstored");
}

static bool connect_console(struct domain *d)
{
	if (!d->console)
		d->console = console_new(d->m, d->config->name);
	return furnish_step(d, d->console ? 0 : -ENOMEM, "make its console",
			    "hospesd") &&
	       furnish_step(d, console_connect(d->console, d->domid,
					       d->built.console_mfn,
					       d->built.console_port),
			    "serve its console", "hospesd");
}

/* The domain exists and is paused; now everything around it. */
static void furnish(struct domain *d)
{
	bool ok = connect_store(d);

	if (ok)
		domain_step(d, "store");
	if (ok && connect_console(d))
		devices_start(d);
	else
		build_failed(d);
}

static void builder_exited(struct proc *proc, int status)
{
	struct domain *d = proc->arg;
	bool ok;

	read_builder(d);
	if (d->lc.state == LC_DYING) {
		close_builder(d);
		teardown_builder_gone(d);
		return;
	}
	ok = parse_result(d, status);
	close_builder(d);
	if (!ok) {
		build_failed(d);
		return;
	}
	d->domid = d->built.domid;
	d->reserved = false;
	persist_save(d);
	domain_step(d, d->built.cached ? "built (kernel from cache)" : "built");
	furnish(d);
}

static int open_pipe(struct domain *d, int *write_end)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	*write_end = fds[1];
	d->builder_fd = fds[0];
	evutil_make_socket_nonblocking(fds[0]);
	d->builder_output = evbuffer_new();
	d->builder_event = event_new(d->m->base, fds[0], EV_READ | EV_PERSIST,
				     builder_readable, d);
	if (!d->builder_output || !d->builder_event ||
	    event_add(d->builder_event, NULL))
		return -ENOMEM;
	return 0;
}

static int spawn_builder(struct domain *d)
{
	char prog[PATH_MAX], domid[16];
	const char *argv[] = { prog, NULL, NULL, NULL };
	/* It unpacks what a stranger may have packed. */
	const struct proc_limits limits = {
		.oom_score = BUILDER_OOM_SCORE,
		.memory = BUILDER_MEMORY + d->config->memory_kib * 1024 /
			BUILDER_MEMORY_PART,
	};
	struct proc_spec spec = { .argv = argv, .out = -1, .err = 2,
				  .limits = &limits, .die_with_us = true };
	int rc;

	snprintf(prog, sizeof(prog), "%s/hospes-build", d->m->opt.lib_dir);
	if (d->reserved) {
		snprintf(domid, sizeof(domid), "%u", d->domid);
		argv[1] = "--reserved";
		argv[2] = domid;
	}
	spec.in = config_fd(d->config);
	if (spec.in < 0)
		return spec.in;
	rc = open_pipe(d, &spec.out);
	if (!rc)
		rc = proc_spawn(&d->builder, d->m->base, &spec, builder_exited,
				d);
	close(spec.in);
	if (spec.out >= 0)
		close(spec.out);
	if (rc)
		close_builder(d);
	return rc;
}

static void build_now(evutil_socket_t fd, short what, void *arg)
{
	struct domain *d = arg;
	int rc;

	(void)fd;
	(void)what;
	d->step_ms = hospesd_now_ms();
	persist_mark(d, true);
	rc = spawn_builder(d);
	if (!rc)
		return;
	domain_set_error(d, "%s: cannot start %s/hospes-build: %s",
			 d->config->name, d->m->opt.lib_dir, strerror(-rc));
	build_failed(d);
}

void create_begin(struct domain *d)
{
	static const struct timeval now;

	d->error[0] = '\0';
	event_del(d->timer);
	if (!d->reserved)
		d->domid = DOMAIN_NO_ID;
	/* Nobody's memory is to be taken in the middle of its reboot. */
	if (d->lc.reason >= 0) {
		reserve_make(d);
		persist_save(d);
	}
	event_assign(d->timer, d->m->base, -1, 0, build_now, d);
	event_add(d->timer, &now);
}

static void wait_over(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	domain_event(arg, LC_EV_START, 0);
}

void create_wait(struct domain *d, unsigned int delay_ms)
{
	struct timeval delay = { .tv_sec = delay_ms / 1000,
				 .tv_usec = delay_ms % 1000 * 1000 };

	d->start_ms = hospesd_now_ms() + delay_ms;
	reserve_make(d);
	event_del(d->timer);
	event_assign(d->timer, d->m->base, -1, 0, wait_over, d);
	event_add(d->timer, &delay);
}

void create_devices_ready(struct domain *d)
{
	if (d->devices.count)
		domain_step(d, "devices");
	persist_mark(d, false);
	domain_event(d, LC_EV_BUILT, 0);
}

void create_devices_failed(struct domain *d, const char *why)
{
	domain_set_error(d, "%s: %s", d->config->name, why);
	build_failed(d);
}
