/* SPDX-License-Identifier: BSD-2-Clause */
/* The surroundings of hospesd's life cycle.  See fake_hospesd.h. */
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "fake_hospesd.h"
#include "hospesd/api.h"
#include "hospesd/console.h"
#include "lib/json.h"

struct fake_host *fake_host;

void fake_host_make(void)
{
	fake_host = mmap(NULL, sizeof(*fake_host), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fake_host == MAP_FAILED)
		abort();
}

void fake_host_reset(void)
{
	memset(fake_host, 0, sizeof(*fake_host));
	fake_host->free = FAKE_PAGES;
}

void fake_moment(void)
{
	if (fake_host->countdown && !--fake_host->countdown)
		_exit(FAKE_KILLED);
}

unsigned int fake_count(const uint8_t uuid[16])
{
	unsigned int n = 0;

	for (uint32_t i = 1; i < FAKE_DOMAINS; i++)
		n += fake_host->doms[i].there &&
			!memcmp(fake_host->doms[i].uuid, uuid, 16);
	return n;
}

/* --- files: a record is there at the end of these, or gone ----------------- */

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);

int __wrap_rename(const char *from, const char *to)
{
	int rc;

	fake_moment();
	rc = __real_rename(from, to);
	fake_moment();
	return rc;
}

int __wrap_unlink(const char *path)
{
	int rc;

	fake_moment();
	rc = __real_unlink(path);
	fake_moment();
	return rc;
}

/* --- the hypervisor ------------------------------------------------------------ */

/* Destructions come from threads. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct fake_dom *find(uint32_t domid)
{
	return domid && domid < FAKE_DOMAINS && fake_host->doms[domid].there ?
		&fake_host->doms[domid] : NULL;
}

struct control *control_open(void)
{
	return calloc(1, 1);
}

void control_close(struct control *c)
{
	free(c);
}

int control_domain_create(struct control *c, const struct control_create *how,
			  uint32_t *domid)
{
	struct fake_dom *f;

	(void)c;
	fake_moment();
	if (fake_host->last + 1 >= FAKE_DOMAINS)
		return -ENOMEM;
	*domid = ++fake_host->last;
	f = &fake_host->doms[*domid];
	memset(f, 0, sizeof(*f));
	f->there = f->paused = true;
	memcpy(f->uuid, how->uuid, 16);
	fake_moment();
	return 0;
}

int control_domain_max_memory(struct control *c, uint32_t domid, uint64_t kib)
{
	struct fake_dom *f = find(domid);

	(void)c;
	if (!f)
		return -ESRCH;
	f->max = kib / 4;
	return 0;
}

int control_memory_claim(struct control *c, uint32_t domid, uint64_t pages)
{
	struct fake_dom *f = find(domid);

	(void)c;
	if (!f || f->claim || pages <= f->pages || pages > f->max)
		return -EINVAL;
	if (pages > fake_host->free - fake_host->claimed)
		return -ENOMEM;
	fake_host->claimed += pages;
	f->claim = pages;
	fake_moment();
	return 0;
}

int control_domain_destroy(struct control *c, uint32_t domid)
{
	struct fake_dom *f;
	int rc = -ESRCH;

	(void)c;
	pthread_mutex_lock(&lock);
	fake_moment();
	f = find(domid);
	if (f && !f->dying) {
		fake_host->free += f->pages;
		fake_host->claimed -= f->claim;
		f->pages = f->claim = 0;
		f->dying = true;
		f->there = fake_host->lingers != 0;
		rc = 0;
	}
	fake_moment();
	pthread_mutex_unlock(&lock);
	return rc;
}

int control_domain_pause(struct control *c, uint32_t domid)
{
	(void)c;
	if (find(domid))
		find(domid)->paused = true;
	return find(domid) ? 0 : -ESRCH;
}

int control_domain_unpause(struct control *c, uint32_t domid)
{
	(void)c;
	if (find(domid))
		find(domid)->paused = false;
	return find(domid) ? 0 : -ESRCH;
}

int control_domain_set_uuid(struct control *c, uint32_t domid,
			    const uint8_t uuid[CONTROL_UUID_SIZE])
{
	(void)c;
	fake_moment();
	if (!find(domid))
		return -ESRCH;
	memcpy(find(domid)->uuid, uuid, 16);
	fake_moment();
	return 0;
}

static void describe(uint32_t domid, struct xen_domctl_getdomaininfo *info)
{
	const struct fake_dom *f = &fake_host->doms[domid];

	memset(info, 0, sizeof(*info));
	info->domain = (domid_t)domid;
	memcpy(info->handle, f->uuid, 16);
	info->tot_pages = f->pages;
	info->outstanding_pages = f->claim;
	if (f->dying)
		info->flags |= XEN_DOMINF_dying;
	if (f->paused)
		info->flags |= XEN_DOMINF_paused;
	if (f->shut_down)
		info->flags |= XEN_DOMINF_shutdown |
			f->reason << XEN_DOMINF_shutdownshift;
}

int control_domain_info(struct control *c, uint32_t domid,
			struct xen_domctl_getdomaininfo *info)
{
	(void)c;
	if (!find(domid))
		return -ESRCH;
	describe(domid, info);
	if (find(domid)->dying && !--fake_host->lingers)
		find(domid)->there = false;
	return 0;
}

int control_domain_list(struct control *c, uint32_t first,
			struct xen_domctl_getdomaininfo *infos, size_t max)
{
	int n = 0;

	(void)c;
	for (uint32_t i = first; i < FAKE_DOMAINS && (size_t)n < max; i++)
		if (find(i))
			describe(i, &infos[n++]);
	return n;
}

int control_physinfo(struct control *c, struct xen_sysctl_physinfo *info)
{
	(void)c;
	memset(info, 0, sizeof(*info));
	info->free_pages = fake_host->free;
	info->outstanding_pages = fake_host->claimed;
	return 0;
}

/* --- the builder: it does its work while it is being started ---------------- */

static void builder_ended(evutil_socket_t fd, short what, void *arg)
{
	struct proc *proc = arg;

	(void)fd;
	(void)what;
	proc->pid = 0;
	proc->on_exit(proc, fake_host->builds_fail ? 256 : 0);
}

static void print(int fd, struct json_writer *w)
{
	size_t len;
	const char *text = json_writer_text(w, &len);

	if (write(fd, text, len) != (ssize_t)len)
		abort();
	json_writer_free(w);
}

static void fail_build(const struct proc_spec *spec)
{
	struct json_writer *w = json_writer_new(false);

	json_open_object(w, NULL);
	json_put_string(w, "error", "the bridge is gone for a moment");
	json_close_object(w);
	print(spec->out, w);
}

static void build(struct domain *d, const struct proc_spec *spec)
{
	struct build_result result = { .store_port = 1, .console_port = 2 };
	struct json_writer *w = json_writer_new(false);
	struct control_create how;
	uint64_t pages = d->config->memory_kib / 4;
	struct fake_dom *f;

	memcpy(how.uuid, d->config->uuid, 16);
	if (spec->argv[1])
		result.domid = (uint32_t)atoi(spec->argv[2]);
	else if (control_domain_create(NULL, &how, &result.domid))
		abort();
	f = find(result.domid);
	fake_host->claimed -= f->claim;
	f->claim = 0;
	f->pages = pages;
	fake_host->free -= pages;
	fake_moment();
	build_result_write(w, NULL, &result);
	print(spec->out, w);
}

int proc_spawn(struct proc *proc, struct event_base *base,
	       const struct proc_spec *spec, proc_exit_fn on_exit, void *arg)
{
	static const struct timeval now;

	memset(proc, 0, sizeof(*proc));
	proc->pid = 1;
	proc->on_exit = on_exit;
	proc->arg = arg;
	if (fake_host->builds_fail)
		fail_build(spec);
	else
		build(arg, spec);
	return event_base_once(base, -1, EV_TIMEOUT, builder_ended, proc,
			       &now);
}

void proc_signal(const struct proc *proc, int sig)
{
	(void)proc;
	(void)sig;
}

const char *proc_status_text(int status, char *buf, size_t size)
{
	snprintf(buf, size, "%d", status);
	return buf;
}

/* --- all else: it works, and needs no time ----------------------------------- */

int devices_init(struct domain *d)
{
	(void)d;
	return 0;
}

void devices_start(struct domain *d)
{
	create_devices_ready(d);
}

void devices_stop(struct domain *d)
{
	teardown_devices_gone(d);
}

void devices_clear(struct domain *d)
{
	(void)d;
}

void devices_tidy(struct domain *d)
{
	(void)d;
}

void devices_save(const struct domain *d, struct json_writer *w)
{
	(void)d;
	(void)w;
}

int devices_adopt(struct domain *d, const struct json *array)
{
	(void)d;
	(void)array;
	return 0;
}

struct console *console_new(struct hospesd *m, const char *name)
{
	(void)m;
	(void)name;
	return calloc(1, 1);
}

void console_free(struct console *c)
{
	free(c);
}

int console_connect(struct console *c, uint32_t domid, uint64_t mfn,
		    uint32_t port)
{
	(void)c;
	(void)domid;
	(void)mfn;
	(void)port;
	return 0;
}

void console_disconnect(struct console *c)
{
	(void)c;
}

void api_domain_changed(struct domain *d)
{
	(void)d;
}

void api_domain_step(struct domain *d, const char *what, unsigned int ms)
{
	(void)d;
	(void)what;
	(void)ms;
}

int layout_write(struct domain *d)
{
	(void)d;
	return 0;
}

void layout_remove(struct hospesd *m, uint32_t domid, const char *uuid)
{
	(void)m;
	(void)domid;
	(void)uuid;
}

int layout_rename(struct domain *d, const char *old_uuid)
{
	(void)d;
	(void)old_uuid;
	return 0;
}

int store_introduce(struct store *s, uint32_t domid, uint64_t mfn,
		    uint32_t port)
{
	(void)s;
	(void)domid;
	(void)mfn;
	(void)port;
	return 0;
}

int store_release(struct store *s, uint32_t domid)
{
	(void)s;
	(void)domid;
	return 0;
}

bool resume_suspended(struct domain *d)
{
	(void)d;
	return false;
}

bool domain_check_host(const struct domain_config *config, const char *origin,
		       struct diag *diag)
{
	(void)config;
	(void)origin;
	(void)diag;
	return true;
}

void hospesd_poll_soon(struct hospesd *m)
{
	(void)m;
}

uint64_t hospesd_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void images_check(struct hospesd *h, const struct domain_config *config,
		  struct diag *diag)
{
	(void)h;
	(void)config;
	(void)diag;
}

void images_adopt(struct domain *d, const struct json *array)
{
	(void)d;
	(void)array;
}

void create_check_nics(struct hospesd *m, const struct domain_config *config,
		       const char *origin, bool force, struct diag *diag)
{
	(void)m;
	(void)config;
	(void)origin;
	(void)force;
	(void)diag;
}
