/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal, cut at any byte or damaged at any byte, gives a state that once
 * was, and the latest one that is whole.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "xenstored/busy.h"
#include "xenstored/domain_ring.h"
#include "xenstored/journal.h"
#include "xenstored/state.h"
#include "xs_check.h"
#include "xs_fake.h"

#define STEPS	100

static char state_path[64], cut_path[64];
static struct {
	size_t size;
	char *dump;
} step[STEPS + 1];
static int steps;
static struct fake *dom0;

static void begin(void)
{
	snprintf(state_path, sizeof(state_path), "/dev/shm/xs_journal.%d",
		 getpid());
	snprintf(cut_path, sizeof(cut_path), "/dev/shm/xs_journal.%d.cut",
		 getpid());
	unlink(state_path);
	fake_xen_init();
	fake_store();
	dom0 = fake_new(0);
	ck_assert_int_eq(state_start(state_path), 0);
}

static void finish(void)
{
	static const char *const also[] = { "", ".spare", ".busy" };
	char path[80];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", state_path, also[i]);
		unlink(path);
	}
	unlink(cut_path);
	fake_forget();
}

static void note(void)
{
	struct stat st;

	ck_assert(journal_sync());
	ck_assert_int_eq(stat(state_path, &st), 0);
	step[steps].size = st.st_size;
	step[steps++].dump = fake_dump();
}

/* A guest's request through its ring. */
static void guest_asks(uint16_t domid, uint32_t type, const char *data,
		       size_t len)
{
	struct xenstore_domain_interface *p =
		(void *)fake_xen->dom[domid].page;
	struct xsd_sockmsg head = { .type = type, .len = len };
	char whole[128];

	if (!domain_find(domid))
		return;
	memcpy(whole, &head, sizeof(head));
	memcpy(whole + sizeof(head), data, len);
	for (size_t i = 0; i < sizeof(head) + len; i++)
		p->req[MASK_XENSTORE_IDX(p->req_prod++)] = whole[i];
	domain_serve(domain_find(domid));
	fake_run();
	p->rsp_cons = p->rsp_prod;
}

static void random_domain_step(void)
{
	char s[64];
	uint16_t d = 1 + random() % 2;
	int n = sprintf(s, "%u", d) + 1;

	switch (random() % 6) {
	case 0:
		memcpy(s + n, "77\0" "3", 5);
		fake_ask(dom0, XS_INTRODUCE, 0, s, n + 5);
		break;
	case 1:
		if (random() % 2)
			fake_ask(dom0, XS_RELEASE, 0, s, n);
		break;
	case 2:
		fake_str(dom0, XS_SET_TARGET, 0, "1\0" "2");
		break;
	case 3:
		n = sprintf(s, "p%ld%ct", random() % 3, 0) + 1;
		guest_asks(d, random() % 2 ? XS_WATCH : XS_UNWATCH, s, n);
		break;
	case 4:
		guest_asks(d, XS_TRANSACTION_START, "", 1);
		break;
	default:
		fake_xen->dom[d].state = random() % 2;
		domain_check_all();
		fake_run();
	}
}

static void random_step(void)
{
	char path[64], value[64];
	uint32_t tx;
	int n = sprintf(path, "/n%ld/m%ld", random() % 4, random() % 4) + 1;

	sprintf(value, "%ld", random());
	switch (random() % 6) {
	case 0:
		fake_ask(dom0, XS_RM, 0, path, random() % 2 ? 4 : n);
		break;
	case 1:
		memcpy(path + n, random() % 2 ? "n1\0r2" : "b2\0n1", 6);
		fake_ask(dom0, XS_SET_PERMS, 0, path, n + 6);
		break;
	case 2:
		tx = fake_start(dom0);
		fake_write(dom0, tx, path, value);
		fake_write(dom0, tx, "/other", value);
		fake_str(dom0, XS_RM, tx, "/n1");
		fake_end(dom0, tx, random() % 4);
		break;
	case 3:
		random_domain_step();
		break;
	default:
		fake_write(dom0, 0, path, value);
	}
}

static int load(const char *path)
{
	int rc;

	fake_forget();
	fake_store();
	rc = state_load(path);
	return rc;
}

static void write_file(const char *path, const char *data, size_t len)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, len, f), len);
	fclose(f);
}

static char *read_file(const char *path, size_t len)
{
	char *data = mem_alloc(len);
	FILE *f = fopen(path, "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fread(data, 1, len, f), len);
	fclose(f);
	return data;
}

static void expect_dump(int k)
{
	char *dump = fake_dump();

	ck_assert_str_eq(dump, step[k].dump);
	ck_assert(store_check());
	free(dump);
}

static char *record(size_t *size)
{
	begin();
	srandom(11);
	steps = 0;
	note();
	while (steps <= STEPS) {
		random_step();
		note();
	}
	*size = step[STEPS].size;
	return read_file(state_path, *size);
}

static void release(char *data)
{
	free(data);
	for (int i = 0; i < steps; i++)
		free(step[i].dump);
	finish();
}

START_TEST(cut_anywhere)
{
	size_t size;
	char *data = record(&size);
	int k = 0;

	ck_assert_int_eq(freopen("/dev/null", "w", stderr) != NULL, 1);
	for (size_t t = step[0].size; t <= size; t++) {
		while (k < STEPS && step[k + 1].size <= t)
			k++;
		write_file(cut_path, data, t);
		ck_assert_int_eq(load(cut_path), 0);
		expect_dump(k);
	}
	release(data);
}
END_TEST

START_TEST(damaged_anywhere)
{
	size_t size;
	char *data = record(&size);
	int k = 0;

	ck_assert_int_eq(freopen("/dev/null", "w", stderr) != NULL, 1);
	for (size_t t = step[0].size; t < size; t += 23) {
		while (k < STEPS && step[k + 1].size <= t)
			k++;
		data[t] ^= 0x40;
		write_file(cut_path, data, size);
		data[t] ^= 0x40;
		ck_assert_int_eq(load(cut_path), 0);
		expect_dump(k);
	}
	release(data);
}
END_TEST

/* The snapshot says the same as the journal that it takes the place of. */
START_TEST(snapshot_equals)
{
	begin();
	journal_set_limit(500);
	srandom(12);
	steps = 0;
	for (int i = 0; i < 2000; i++) {
		random_step();
		if (i % 100)
			continue;
		steps = 0;
		note();
		load(state_path);
		expect_dump(0);
		free(step[0].dump);
		dom0 = fake_new(0);
		ck_assert_int_eq(state_start(state_path), 0);
	}
	finish();
}
END_TEST

START_TEST(no_file)
{
	begin();
	ck_assert_int_eq(state_load("/nonexistent/state"), -ENOENT);
	write_file(cut_path, "something else", 14);
	ck_assert_int_eq(state_load(cut_path), -EINVAL);
	finish();
}
END_TEST

/* No room for the journal: changes are refused, reads go on. */
START_TEST(no_room)
{
	struct rlimit limit = { 400 * 1024, RLIM_INFINITY };
	const char *r;
	int i;

	begin();
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(freopen("/dev/null", "w", stderr) != NULL, 1);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (i = 0; i < 100000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/full/n%d", i);
		r = fake_write(dom0, 0, path, "01234567890123456789");
		if (strcmp(r, "OK"))
			break;
	}
	ck_assert_str_eq(r, "ENOSPC");
	ck_assert_int_gt(i, 100);
	ck_assert_str_eq(fake_str(dom0, XS_READ, 0, "/full/n7"),
			 "01234567890123456789");
	ck_assert_str_eq(fake_str(dom0, XS_RM, 0, "/full"), "OK");
	ck_assert_str_eq(fake_write(dom0, 0, "/new", ""), "OK");
	load(state_path);
	ck_assert_ptr_nonnull(tree_find(store_root, "/new"));
	ck_assert_ptr_null(tree_find(store_root, "/full"));
	finish();
}
END_TEST

/* Guests get no more when dom0 still does. */
START_TEST(room_kept_back)
{
	struct rlimit limit = { 1024 * 1024, RLIM_INFINITY };
	char value[1025], path[32];
	struct fake *guest;
	const char *r;
	int i = 0;

	begin();
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(freopen("/dev/null", "w", stderr) != NULL, 1);
	fake_str(dom0, XS_MKDIR, 0, "/local/domain/1");
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/1\0n1");
	guest = fake_new(1);
	setrlimit(RLIMIT_FSIZE, &limit);
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	do {
		snprintf(path, sizeof(path), "n%d", i);
		r = fake_write(guest, 0, path, value);
	} while (!strcmp(r, "OK") && i++ < 900);
	ck_assert_str_eq(r, "ENOSPC");
	ck_assert_int_gt(i, 100);
	ck_assert_str_eq(fake_write(guest, 0, path, value), "ENOSPC");
	for (i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "/dom0/n%d", i);
		ck_assert_str_eq(fake_write(dom0, 0, path, value), "OK");
	}
	ck_assert(journal_sync());
	/* A daemon that starts now needs no more than there is. */
	load(state_path);
	ck_assert_int_eq(state_start(state_path), 0);
	dom0 = fake_new(0);
	ck_assert_str_eq(fake_write(dom0, 0, "/after", ""), "OK");
	finish();
}
END_TEST

/* The domains of a state from before a reboot are others by now. */
START_TEST(earlier_boot)
{
	begin();
	fake_write(dom0, 0, "/here", "x");
	ck_assert(journal_sync());
	ck_assert_int_eq(load(state_path), 0);
	ck_assert_ptr_nonnull(tree_find(store_root, "/here"));
	strcpy(state_boot_id, "another");
	ck_assert_int_eq(load(state_path), -ENOENT);
	ck_assert_ptr_null(tree_find(store_root, "/here"));
	ck_assert_int_eq(state_start(state_path), 0);
	ck_assert_int_eq(load(state_path), 0);
	state_boot_id[0] = '\0';
	finish();
}
END_TEST

static uint64_t snapshot_size(void)
{
	fake_forget();
	fake_store();
	state_load(state_path);
	ck_assert_int_eq(state_start(state_path), 0);
	dom0 = fake_new(0);
	return journal_size();
}

/* @parts times "/p", at @to. */
static size_t deep_path(char *to, int parts)
{
	for (int i = 0; i < parts; i++)
		memcpy(to + 2 * i, "/p", 3);
	return 2 * (size_t)parts;
}

/* A path of n parts costs n: in the journal, and in a snapshot. */
START_TEST(deep_paths)
{
	char path[3000];
	uint64_t before, grown;

	begin();
	before = journal_size();
	deep_path(path, 1000);
	ck_assert_str_eq(fake_write(dom0, 0, path, "v"), "OK");
	grown = journal_size() - before;
	ck_assert_uint_lt(grown, 2 * strlen(path));
	ck_assert_str_eq(fake_ask(dom0, XS_READ, 0, path, strlen(path) + 1),
			 "v");
	path[1000] = '\0';
	ck_assert_str_eq(fake_ask(dom0, XS_READ, 0, path, strlen(path) + 1),
			 "");
	ck_assert_uint_lt(snapshot_size() - before, 60 * 1000);
	path[1000] = '/';
	ck_assert_str_eq(fake_ask(dom0, XS_READ, 0, path, strlen(path) + 1),
			 "v");
	ck_assert(store_check());
	finish();
}
END_TEST

/* What a guest wrote in its ring ends the process, as a bug of ours would. */
static void die_of_a_request(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(0);
		load(state_path);
		busy_start(state_path);
		if (domain_start() || state_start(state_path))
			_exit(0);
		domain_go();
		store_root = NULL;
		fake_run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_ne(status, 0);
}

/* The third daemon knows better, and serves all others. */
START_TEST(deadly_request)
{
	struct xenstore_domain_interface *p;
	struct xsd_sockmsg head = { .type = XS_READ, .len = 2 };

	begin();
	fake_str(dom0, XS_INTRODUCE, 0, "1\0" "77\0" "3");
	fake_str(dom0, XS_INTRODUCE, 0, "2\0" "77\0" "3");
	ck_assert(journal_sync());
	p = (void *)fake_xen->dom[1].page;
	memcpy(p->req, &head, sizeof(head));
	memcpy(p->req + sizeof(head), "x", 2);
	p->req_prod = sizeof(head) + 2;
	die_of_a_request();
	die_of_a_request();
	load(state_path);
	busy_start(state_path);
	ck_assert_int_eq(domain_start(), 0);
	ck_assert_int_eq(state_start(state_path), 0);
	domain_go();
	fake_run();
	ck_assert_uint_eq(p->error, XENSTORE_ERROR_PROTO);
	ck_assert(domain_find(1)->broken);
	ck_assert_uint_eq(p->rsp_prod, 0);
	guest_asks(2, XS_IS_DOMAIN_INTRODUCED, "2", 2);
	p = (void *)fake_xen->dom[2].page;
	ck_assert_uint_gt(p->rsp_prod, sizeof(head));
	/* It may begin anew. */
	p = (void *)fake_xen->dom[1].page;
	p->connection = XENSTORE_RECONNECT;
	domain_serve(domain_find(1));
	fake_run();
	ck_assert_uint_eq(p->connection, XENSTORE_CONNECTED);
	guest_asks(1, XS_IS_DOMAIN_INTRODUCED, "2", 2);
	ck_assert_uint_gt(p->rsp_prod, sizeof(head));
	finish();
}
END_TEST

XS_SUITE(xs_journal, cut_anywhere, damaged_anywhere, snapshot_equals, no_file,
	 no_room, room_kept_back, earlier_boot, deep_paths, deadly_request)
