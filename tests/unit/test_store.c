/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Store batches against a scripted libxenstore: what is sent, in which order,
 * and what happens when a transaction conflicts or a step fails.
 */
#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

#include "lib/store.h"

static char said[4096];		/* every call, as text */
static int conflicts;		/* commits that are to fail with EAGAIN */
static const char *failing;	/* path whose write fails, or NULL */
static int failing_errno;
static const char *value;	/* what every read gives, or NULL: ENOENT */

struct xs_handle {
	int unused;
};

static struct xs_handle handle;

__attribute__((format(printf, 1, 2)))
static bool say(const char *fmt, ...)
{
	size_t len = strlen(said);
	va_list args;

	va_start(args, fmt);
	vsnprintf(said + len, sizeof(said) - len, fmt, args);
	va_end(args);
	return true;
}

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	return &handle;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
}

int xs_fileno(struct xs_handle *h)
{
	(void)h;
	return -1;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	say("start;");
	return 7;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
	(void)h;
	ck_assert_uint_eq(t, 7);
	say("%s;", abort ? "abort" : "end");
	if (abort || conflicts == 0)
		return true;
	conflicts--;
	errno = EAGAIN;
	return false;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
	      const void *data, unsigned int len)
{
	(void)h;
	say("write%u %s=%.*s;", t, path, (int)len, (const char *)data);
	if (!failing || strcmp(failing, path) != 0)
		return true;
	errno = failing_errno;
	return false;
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	(void)h;
	return say("mkdir%u %s;", t, path);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	(void)h;
	say("rm%u %s;", t, path);
	errno = ENOENT;
	return false;
}

bool xs_resume_domain(struct xs_handle *h, unsigned int domid)
{
	(void)h;
	errno = domid == 7 ? 0 : EINVAL;
	return domid == 7;
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t,
			const char *path, struct xs_permissions *perms,
			unsigned int count)
{
	(void)h;
	(void)t;
	say("perms %s", path);
	for (unsigned int i = 0; i < count; i++)
		say(" %u:%u", perms[i].id, (unsigned int)perms[i].perms);
	return say(";");
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
	      unsigned int *len)
{
	(void)h;
	(void)t;
	(void)path;
	if (!value) {
		errno = ENOENT;
		return NULL;
	}
	*len = (unsigned int)strlen(value);
	return strdup(value);
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path,
		    unsigned int *num)
{
	(void)h;
	(void)t;
	(void)path;
	(void)num;
	errno = ENOENT;
	return NULL;
}

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid,
			 unsigned long mfn, unsigned int port)
{
	(void)h;
	return say("introduce %u %lu %u;", domid, mfn, port);
}

bool xs_release_domain(struct xs_handle *h, unsigned int domid)
{
	(void)h;
	(void)domid;
	errno = ENOENT;
	return false;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	return say("watch %s %s;", path, token);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	return say("unwatch %s %s;", path, token);
}

static int events_left;

char **xs_check_watch(struct xs_handle *h)
{
	char **event;

	(void)h;
	if (events_left == 0)
		return NULL;
	events_left--;
	event = malloc(2 * sizeof(*event));
	event[XS_WATCH_PATH] = (char *)"/p";
	event[XS_WATCH_TOKEN] = (char *)"t";
	return event;
}

static struct store *store;
static struct store_batch *batch;

static void setup(void)
{
	said[0] = '\0';
	conflicts = 0;
	failing = NULL;
	value = NULL;
	store = store_open();
	batch = store_batch_new();
}

static void teardown(void)
{
	store_batch_free(batch);
	store_close(store);
}

START_TEST(test_commit)
{
	store_batch_dir(batch, 3, 0, "/local/domain/%u/device", 3);
	store_batch_set(batch, "state", "%d", 1);
	store_batch_dir(batch, 0, 0, "/x");
	store_batch_write(batch, "100%", "/y/%s", "z");
	store_batch_remove(batch, "/old/%d", 5);
	ck_assert_int_eq(store_batch_commit(store, batch), 0);
	ck_assert_str_eq(said, "start;mkdir7 /local/domain/3/device;"
			 "perms /local/domain/3/device 3:0 0:1;"
			 "write7 /local/domain/3/device/state=1;"
			 "mkdir7 /x;perms /x 0:0;write7 /y/z=100%;"
			 "rm7 /old/5;end;");
}
END_TEST

START_TEST(test_conflict)
{
	conflicts = 2;
	store_batch_write(batch, "1", "/a");
	ck_assert_int_eq(store_batch_commit(store, batch), 0);
	ck_assert_str_eq(said, "start;write7 /a=1;end;start;write7 /a=1;end;"
			 "start;write7 /a=1;end;");
}
END_TEST

START_TEST(test_endless_conflict)
{
	conflicts = 1 << 30;
	store_batch_write(batch, "1", "/a");
	ck_assert_int_eq(store_batch_commit(store, batch), -EAGAIN);
}
END_TEST

START_TEST(test_failure)
{
	failing = "/b";
	failing_errno = EACCES;
	store_batch_write(batch, "1", "/a");
	store_batch_write(batch, "1", "/b");
	store_batch_write(batch, "1", "/c");
	ck_assert_int_eq(store_batch_commit(store, batch), -EACCES);
	ck_assert_str_eq(said, "start;write7 /a=1;write7 /b=1;abort;");
}
END_TEST

/* A transaction that a restarted store no longer knows is begun again. */
START_TEST(test_lost_transaction)
{
	failing = "/a";
	failing_errno = EAGAIN;
	store_batch_write(batch, "1", "/a");
	ck_assert_int_eq(store_batch_commit(store, batch), -EAGAIN);
	ck_assert(strncmp(said, "start;write7 /a=1;abort;start;", 30) == 0);
}
END_TEST

START_TEST(test_collecting)
{
	char path[4000];

	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	store_batch_write(batch, "1", "/a");
	store_batch_write(batch, "1", "/%s", path);
	ck_assert_int_eq(store_batch_commit(store, batch), -ENAMETOOLONG);
	ck_assert_str_eq(said, "");
	store_batch_free(batch);
	batch = store_batch_new();
	store_batch_set(batch, "name", "no base");
	ck_assert_int_eq(store_batch_commit(store, batch), -EINVAL);
}
END_TEST

START_TEST(test_single)
{
	char path[4000];

	ck_assert_int_eq(store_write_int(store, -5, "/n/%d", 1), 0);
	ck_assert_int_eq(store_remove(store, "/gone"), 0);
	ck_assert_int_eq(store_watch(store, "tok", "/w/%d", 2), 0);
	ck_assert_int_eq(store_introduce(store, 4, 5, 6), 0);
	ck_assert_int_eq(store_release(store, 4), -ENOENT);
	ck_assert_int_eq(store_resume(store, 4), -EINVAL);
	ck_assert_int_eq(store_resume(store, 7), 0);
	ck_assert_str_eq(said, "write0 /n/1=-5;rm0 /gone;watch /w/2 tok;"
			 "introduce 4 5 6;");
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(store_write(store, "x", "%s", path), -ENAMETOOLONG);
}
END_TEST

START_TEST(test_numbers)
{
	static const char *const bad[] = { "", "x", "12x", "1 2",
					   "99999999999999999999" };
	int64_t n = 0;

	ck_assert_int_eq(store_read_int(store, &n, "/a"), -ENOENT);
	ck_assert(!store_exists(store, "/a"));
	value = "-42";
	ck_assert(store_exists(store, "/a"));
	ck_assert_int_eq(store_read_int(store, &n, "/a"), 0);
	ck_assert_int_eq(n, -42);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		value = bad[i];
		ck_assert_int_eq(store_read_int(store, &n, "/a"), -EINVAL);
	}
}
END_TEST

static void count_event(const char *path, const char *token, void *arg)
{
	ck_assert_str_eq(path, "/p");
	ck_assert_str_eq(token, "t");
	++*(int *)arg;
}

/* A flood of events is taken in turns. */
START_TEST(test_events)
{
	int count = 0;

	events_left = 100;
	store_dispatch(store, count_event, &count);
	ck_assert_int_eq(count, 64);
	store_dispatch(store, count_event, &count);
	ck_assert_int_eq(count, 100);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("store");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_commit);
	tcase_add_test(t, test_conflict);
	tcase_add_test(t, test_endless_conflict);
	tcase_add_test(t, test_failure);
	tcase_add_test(t, test_lost_transaction);
	tcase_add_test(t, test_collecting);
	tcase_add_test(t, test_single);
	tcase_add_test(t, test_numbers);
	tcase_add_test(t, test_events);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
