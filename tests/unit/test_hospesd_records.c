/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hospesd is killed at every moment of a guest's life, one after the other:
 * before and after each record and mark is written or removed, and each change
 * in the hypervisor.  Another hospesd takes over; then the guest is what its
 * policy says, once, and nothing else is left.
 */
#include <check.h>
#include <dirent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_hospesd.h"
#include "lib/diag.h"
#include "lib/log.h"

#define GUEST_KIB (4 * 1000)

static char dir[] = "/tmp/hospes-records.XXXXXX";
static const uint8_t uuid[16] = { 1, 2, 3 };
static struct hospesd m;

/* A story: what is done in the first hospesd, what must be after the second. */
struct story {
	enum domain_action on_reboot, on_crash;
	void (*act)(struct domain *d);
	/* Lives: how many domains of it there may be. */
	unsigned int running_min, running_max;
	unsigned int corpses_min, corpses_max;
};

/* --- one hospesd ----------------------------------------------------------------- */

static void open_manager(void)
{
	memset(&m, 0, sizeof(m));
	LIST_INIT(&m.domains);
	m.opt.run_dir = dir;
	m.opt.log_dir = dir;
	m.opt.lib_dir = dir;
	m.base = event_base_new();
	m.control = control_open();
}

static bool is_settled(void)
{
	struct domain *d;

	LIST_FOREACH(d, &m.domains, link) {
		if (d->lc.state == LC_WAITING)
			domain_event(d, LC_EV_START, 0);
		if (d->lc.state == LC_BUILDING || d->lc.state == LC_DYING ||
		    d->twin_due)
			return false;
	}
	return true;
}

/* Until all is quiet; threads and timers take turns in the loop. */
static void run(void)
{
	do {
		event_base_loop(m.base, EVLOOP_NONBLOCK);
		domain_poll(&m);
	} while (!is_settled());
	event_base_loop(m.base, EVLOOP_NONBLOCK);
}

static struct domain *start_guest(const struct story *s)
{
	struct domain_config *config = domain_config_new();
	struct domain *d;

	strcpy(config->name, "guest");
	memcpy(config->uuid, uuid, 16);
	config->memory_kib = config->max_memory_kib = GUEST_KIB;
	config->vcpus = 1;
	config->kernel = strdup("/kernel");
	config->on_reboot = s->on_reboot;
	config->on_crash = s->on_crash;
	d = domain_new(&m, config);
	if (domain_start(d))
		abort();
	return d;
}

static void ends(struct domain *d, unsigned int reason)
{
	fake_host->doms[d->domid].shut_down = true;
	fake_host->doms[d->domid].reason = reason;
	fake_host->ended = true;
	run();
}

static void first_hospesd(const struct story *s)
{
	struct domain *d;

	open_manager();
	adopt_all(&m);
	d = start_guest(s);
	run();
	if (s->act)
		s->act(d);
	_exit(0);
}

/* --- what is there afterwards --------------------------------------------------- */

static unsigned int files(const char *sub)
{
	char path[64];
	struct dirent *e;
	unsigned int n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", dir, sub);
	d = opendir(path);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.' && !strstr(e->d_name, ".new");
	closedir(d);
	return n;
}

static unsigned int wrong;

static void expect(bool is_so, const char *what)
{
	if (is_so)
		return;
	fprintf(stderr, "not so: %s\n", what);
	wrong++;
}

static void judge(const struct story *s)
{
	unsigned int running = 0, corpses = 0, domains = 0, known = 0;
	struct domain *d;

	LIST_FOREACH(d, &m.domains, link) {
		known++;
		running += d->lc.state == LC_RUNNING &&
			!strcmp(d->config->name, "guest") &&
			!fake_host->doms[d->domid].shut_down;
		corpses += d->lc.state == LC_SHUTDOWN && d->corpse_of[0];
	}
	for (uint32_t i = 1; i < FAKE_DOMAINS; i++)
		domains += fake_host->doms[i].there;
	expect(running <= 1 && fake_count(uuid) == running,
	       "one domain of the guest at most, and it runs");
	expect(known == running + corpses, "nothing half is known");
	expect(domains == running + corpses, "no other domain is left");
	expect(files("domains") == known, "a record each");
	expect(files("building") == 0, "no mark");
	expect(fake_host->claimed == 0, "no claim");
	expect(fake_host->free == FAKE_PAGES - domains * GUEST_KIB / 4,
	       "all other memory is free");
	/* A create nobody waits for any more may be gone. */
	if (!fake_host->ended)
		return;
	expect(running >= s->running_min && running <= s->running_max,
	       "the guest runs if it should");
	expect(corpses >= s->corpses_min && corpses <= s->corpses_max,
	       "a corpse if there should be one");
}

static void second_hospesd(const struct story *s)
{
	fake_host->countdown = 0;
	fake_host->builds_fail = false;
	open_manager();
	adopt_all(&m);
	run();
	judge(s);
	_exit(wrong ? 1 : 0);
}

static int in_child(void (*fn)(const struct story *s), const struct story *s)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		fn(s);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void clean(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s; mkdir -p %s/domains "
		 "%s/building", dir, dir, dir);
	ck_assert_int_eq(system(command), 0);
}

/* Every moment at which the first may die, until it comes to its end. */
static void tell(const struct story *s)
{
	unsigned int moment = 0;
	int status;

	do {
		clean();
		fake_host_reset();
		fake_host->countdown = ++moment;
		status = in_child(first_hospesd, s);
		ck_assert(status == 0 || status == FAKE_KILLED);
		if (in_child(second_hospesd, s))
			ck_abort_msg("killed at moment %u", moment);
	} while (status == FAKE_KILLED);
	ck_assert_uint_gt(moment, 10);
}

/* --- the stories ------------------------------------------------------------------ */

static void reboots(struct domain *d)
{
	ends(d, LC_REBOOT);
}

static void powers_off(struct domain *d)
{
	ends(d, LC_POWEROFF);
}

static void crashes(struct domain *d)
{
	ends(d, LC_CRASH);
}

static void crashes_thrice(struct domain *d)
{
	for (int i = 0; i < 3; i++)
		ends(d, LC_CRASH);
}

static void is_destroyed(struct domain *d)
{
	fake_host->ended = true;
	domain_event(d, LC_EV_DESTROY, 0);
	run();
}

static void until_waiting(struct domain *d)
{
	fake_host->builds_fail = true;
	fake_host->doms[d->domid].shut_down = true;
	fake_host->doms[d->domid].reason = LC_REBOOT;
	fake_host->ended = true;
	domain_poll(&m);
	while (d->lc.state != LC_WAITING)
		event_base_loop(m.base, EVLOOP_NONBLOCK);
}

/* Its memory is kept for it, and counts as taken. */
static void waits(struct domain *d)
{
	until_waiting(d);
	if (fake_host->claimed != GUEST_KIB / 4 || fake_count(uuid) != 1 ||
	    reserve_missing_kib(&m))
		abort();
	/* Again, by the clock. */
	domain_event(d, LC_EV_START, 0);
	while (d->lc.state != LC_WAITING)
		event_base_loop(m.base, EVLOOP_NONBLOCK);
	if (d->lc.failures != 2 ||
	    !strstr(d->error, "the bridge is gone for a moment"))
		abort();
}

static void is_destroyed_while_waiting(struct domain *d)
{
	until_waiting(d);
	/* From here on it must not come back. */
	domain_event(d, LC_EV_DESTROY, 0);
	fake_host->countdown = 0;
	run();
}

static void loses_its_restart(struct domain *d)
{
	fake_host->doms[d->domid].shut_down = true;
	fake_host->doms[d->domid].reason = LC_REBOOT;
	domain_poll(&m);
	fake_host->ended = true;
	domain_event(d, LC_EV_DESTROY, 0);
	run();
}

START_TEST(stories)
{
	static const struct story all[] = {
		{ .act = NULL },
		{ DOMAIN_RESTART, DOMAIN_DESTROY, reboots, 1, 1, 0, 0 },
		{ DOMAIN_DESTROY, DOMAIN_DESTROY, powers_off, 0, 0, 0, 0 },
		{ DOMAIN_RESTART, DOMAIN_RESTART, crashes, 1, 1, 0, 0 },
		{ DOMAIN_RESTART, DOMAIN_RENAME_RESTART, crashes,
		  1, 1, 1, 1 },
		{ DOMAIN_RESTART, DOMAIN_RENAME_RESTART, crashes_thrice,
		  1, 1, 1, 1 },
		{ DOMAIN_RESTART, DOMAIN_DESTROY, waits, 1, 1, 0, 0 },
		/* The wish may have been recorded or not. */
		{ DOMAIN_RESTART, DOMAIN_DESTROY, is_destroyed, 0, 1, 0, 0 },
		{ DOMAIN_RESTART, DOMAIN_DESTROY, is_destroyed_while_waiting,
		  0, 1, 0, 0 },
		{ DOMAIN_RESTART, DOMAIN_DESTROY, loses_its_restart,
		  0, 1, 0, 0 },
	};

	tell(&all[_i]);
}
END_TEST

/* Without a death: what a wish is worth. */
START_TEST(wishes_are_kept)
{
	static const struct story all[] = {
		{ DOMAIN_RESTART, DOMAIN_DESTROY, is_destroyed, 0, 0, 0, 0 },
		{ DOMAIN_RESTART, DOMAIN_DESTROY, is_destroyed_while_waiting,
		  0, 0, 0, 0 },
		{ DOMAIN_RESTART, DOMAIN_DESTROY, loses_its_restart,
		  0, 0, 0, 0 },
	};

	clean();
	fake_host_reset();
	ck_assert_int_eq(in_child(first_hospesd, &all[_i]), 0);
	ck_assert_int_eq(in_child(second_hospesd, &all[_i]), 0);
}
END_TEST

/* It is gone for others when it is gone, not when its builder is. */
START_TEST(destroyed_while_built)
{
	static const struct story any = { .on_reboot = DOMAIN_RESTART };
	struct domain *d;

	clean();
	fake_host_reset();
	fake_host->lingers = 3;
	open_manager();
	d = start_guest(&any);
	while (!fake_count(uuid))
		event_base_loop(m.base, EVLOOP_NONBLOCK);
	domain_event(d, LC_EV_DESTROY, 0);
	while (fake_count(uuid)) {
		ck_assert_ptr_eq(domain_find(&m, "guest"), d);
		ck_assert_int_eq(d->lc.state, LC_DYING);
		event_base_loop(m.base, EVLOOP_NONBLOCK);
	}
	run();
	ck_assert(LIST_EMPTY(&m.domains));
	ck_assert_uint_eq(fake_host->free, FAKE_PAGES);
	ck_assert_uint_eq(files("domains") + files("building"), 0);
}
END_TEST

/* Names and uuids that could be taken for one another are refused. */
START_TEST(identities)
{
	static const struct story any = { .on_reboot = DOMAIN_RESTART };
	struct domain_config *other = domain_config_new();
	struct diag diag = { 0 };
	struct domain *d;
	char text[DOMAIN_UUID_TEXT];

	clean();
	fake_host_reset();
	open_manager();
	d = start_guest(&any);
	run();
	domain_uuid_random(other->uuid);
	other->memory_kib = GUEST_KIB;
	strcpy(other->name, "other");
	ck_assert(create_check(&m, other, "f", false, &diag));
	for (size_t i = 0; d->uuid[i]; i++)
		other->name[i] = (char)(d->uuid[i] >= 'a' ? d->uuid[i] - 32 :
					d->uuid[i]);
	ck_assert(!create_check(&m, other, "f", false, &diag));
	ck_assert_ptr_nonnull(strstr(diag_first_error(&diag), "is the uuid"));
	diag_free(&diag);
	strcpy(other->name, "other");
	domain_uuid_format(other->uuid, text);
	strcpy(d->config->name, text);
	ck_assert(!create_check(&m, other, "f", false, &diag));
	ck_assert_ptr_nonnull(strstr(diag_first_error(&diag), "is the name"));
	diag_free(&diag);
	ck_assert_ptr_eq(domain_find(&m, text), d);
	ck_assert_ptr_null(domain_find_uuid(&m, text));
	ck_assert_ptr_eq(domain_find_uuid(&m, d->uuid), d);
	domain_config_free(other);
}
END_TEST

/* Memory that a guest will want again is not given to a new one. */
START_TEST(memory_is_kept)
{
	static const struct story any = { .on_reboot = DOMAIN_RESTART };
	struct domain_config *other = domain_config_new();
	struct diag diag = { 0 };
	struct domain *d;

	clean();
	fake_host_reset();
	open_manager();
	d = start_guest(&any);
	run();
	strcpy(other->name, "other");
	domain_uuid_random(other->uuid);
	other->memory_kib = (FAKE_PAGES - 1200) * 4;
	ck_assert(!create_check(&m, other, "f", false, &diag));
	diag_free(&diag);
	until_waiting(d);
	ck_assert(!create_check(&m, other, "f", false, &diag));
	diag_free(&diag);
	/* Not even if it could not be claimed. */
	control_domain_destroy(m.control, d->domid);
	ck_assert_uint_eq(reserve_missing_kib(&m), GUEST_KIB);
	ck_assert(!create_check(&m, other, "f", false, &diag));
	diag_free(&diag);
	domain_event(d, LC_EV_DESTROY, 0);
	run();
	ck_assert(create_check(&m, other, "f", false, &diag));
	domain_config_free(other);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hospesd_records");
	TCase *t = tcase_create("records");
	char command[64];
	SRunner *r;
	int failed;

	fake_host_make();
	if (!mkdtemp(dir))
		return EXIT_FAILURE;
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, stories, 0, 10);
	tcase_add_loop_test(t, wishes_are_kept, 0, 3);
	tcase_add_test(t, destroyed_while_built);
	tcase_add_test(t, identities);
	tcase_add_test(t, memory_is_kept);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command))
		return EXIT_FAILURE;
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
