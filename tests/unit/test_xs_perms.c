/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may do what. */
#include <stdio.h>
#include <string.h>
#include "xenstored/domain.h"
#include "xs_check.h"
#include "xs_fake.h"

static struct fake *dom0, *five, *six;

static void setup(void)
{
	fake_store();
	dom0 = fake_new(0);
	five = fake_new(5);
	six = fake_new(6);
	fake_write(dom0, 0, "/local/domain/5/x", "");
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/5\0n5");
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/5/x\0n5");
}

START_TEST(strings)
{
	static const char *const bad[] = {
		"", "x", "n", "n5x", "q5", "5", "n-1", "n32752", "n99999999",
		"n 5",
	};
	struct perms *p = perms_parse("n5\0r6\0w7\0b8", 12);
	struct buf b = { 0 };

	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->count, 4);
	perms_format(p, &b);
	ck_assert_int_eq(memcmp(b.data, "n5\0r6\0w7\0b8", 12), 0);
	buf_free(&b);
	perms_unref(p);
	ck_assert_ptr_null(perms_parse("n5", 2));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_ptr_null(perms_parse(bad[i], strlen(bad[i]) + 1));
}
END_TEST

START_TEST(rights)
{
	setup();
	ck_assert_str_eq(fake_write(five, 0, "x", "1"), "OK");
	ck_assert_str_eq(fake_str(six, XS_READ, 0, "/local/domain/5/x"),
			 "EACCES");
	ck_assert_str_eq(fake_str(five, XS_SET_PERMS, 0, "x\0n5\0r6"), "OK");
	ck_assert_str_eq(fake_str(six, XS_READ, 0, "/local/domain/5/x"), "1");
	ck_assert_str_eq(fake_write(six, 0, "/local/domain/5/x", "2"),
			 "EACCES");
	ck_assert_str_eq(fake_str(six, XS_GET_PERMS, 0, "/local/domain/5/x"),
			 "n5|r6");
	ck_assert_str_eq(fake_str(six, XS_SET_PERMS, 0,
				  "/local/domain/5/x\0n6"), "EACCES");
	ck_assert_str_eq(fake_str(five, XS_SET_PERMS, 0, "x\0n6"), "EPERM");
	ck_assert_str_eq(fake_str(five, XS_SET_PERMS, 0, "x\0b5"), "OK");
	ck_assert_str_eq(fake_write(six, 0, "/local/domain/5/x", "2"), "OK");
	ck_assert_str_eq(fake_str(five, XS_SET_PERMS, 0, "x\0zz"), "EINVAL");
	ck_assert_str_eq(fake_str(five, XS_GET_PERMS, 0, "@releaseDomain"),
			 "EACCES");
	fake_forget();
}
END_TEST

/* What is not there says no more than its parent would. */
START_TEST(absence)
{
	setup();
	ck_assert_str_eq(fake_str(five, XS_READ, 0, "none/at/all"), "ENOENT");
	ck_assert_str_eq(fake_str(six, XS_READ, 0, "/local/domain/5/none"),
			 "EACCES");
	ck_assert_str_eq(fake_str(six, XS_READ, 0, "/none"), "EACCES");
	ck_assert_str_eq(fake_write(six, 0, "/none", ""), "EACCES");
	ck_assert_str_eq(fake_str(six, XS_RM, 0, "/none"), "EACCES");
	ck_assert_str_eq(fake_str(five, XS_RM, 0, "none"), "OK");
	ck_assert_str_eq(fake_str(five, XS_RM, 0, "none/deep"), "ENOENT");
	ck_assert_str_eq(fake_str(dom0, XS_RM, 0, "/"), "EINVAL");
	fake_forget();
}
END_TEST

START_TEST(creation)
{
	setup();
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/5\0n5\0r7");
	ck_assert_str_eq(fake_write(five, 0, "a/b", "v"), "OK");
	ck_assert_str_eq(fake_str(dom0, XS_GET_PERMS, 0,
				  "/local/domain/5/a/b"), "n5|r7");
	ck_assert_str_eq(fake_str(dom0, XS_MKDIR, 0, "/local/domain/5/m/n"),
			 "OK");
	ck_assert_str_eq(fake_str(dom0, XS_GET_PERMS, 0,
				  "/local/domain/5/m"), "n5|r7");
	/* In another's writable directory the writer is the owner. */
	fake_str(dom0, XS_MKDIR, 0, "/shared");
	fake_str(dom0, XS_SET_PERMS, 0, "/shared\0b0");
	ck_assert_str_eq(fake_write(five, 0, "/shared/mine", "v"), "OK");
	ck_assert_str_eq(fake_str(dom0, XS_GET_PERMS, 0, "/shared/mine"),
			 "b5");
	fake_forget();
}
END_TEST

START_TEST(privileged_requests)
{
	static const struct {
		uint32_t type;
		const char *data;
		size_t len;
	} only[] = {
		{ XS_CONTROL, "help", 5 }, { XS_INTRODUCE, "7\0" "1\0" "1", 6 },
		{ XS_RELEASE, "6", 2 }, { XS_RESUME, "6", 2 },
		{ XS_SET_TARGET, "6\0" "5", 4 },
	};

	setup();
	for (size_t i = 0; i < sizeof(only) / sizeof(*only); i++)
		ck_assert_str_eq(fake_ask(five, only[i].type, 0, only[i].data,
					  only[i].len), "EACCES");
	ck_assert_str_eq(fake_str(five, XS_GET_DOMAIN_PATH, 0, "9"),
			 "/local/domain/9");
	ck_assert_str_eq(fake_str(five, XS_IS_DOMAIN_INTRODUCED, 0, "9"), "F");
	ck_assert_str_eq(fake_str(five, XS_IS_DOMAIN_INTRODUCED, 0, "0"), "T");
	fake_forget();
}
END_TEST

START_TEST(target)
{
	struct domain *d;

	setup();
	fake_xen_init();
	ck_assert_str_eq(fake_str(dom0, XS_SET_TARGET, 0, "1\0" "2"),
			 "ENOENT");
	fake_str(dom0, XS_INTRODUCE, 0, "1\0" "77\0" "3");
	fake_str(dom0, XS_INTRODUCE, 0, "2\0" "77\0" "3");
	fake_write(dom0, 0, "/two", "x");
	fake_str(dom0, XS_SET_PERMS, 0, "/two\0n2");
	d = domain_find(1);
	ck_assert_uint_eq(perms_rights(tree_find(store_root, "/two")->perms,
				       &d->conn.who), 0);
	ck_assert_str_eq(fake_str(dom0, XS_SET_TARGET, 0, "1\0" "2"), "OK");
	ck_assert_uint_eq(perms_rights(tree_find(store_root, "/two")->perms,
				       &d->conn.who), PERM_ALL);
	/* The target dies, and its number comes back as another domain. */
	fake_str(dom0, XS_RELEASE, 0, "2");
	fake_str(dom0, XS_SET_PERMS, 0, "/two\0n2");
	ck_assert_uint_eq(perms_rights(tree_find(store_root, "/two")->perms,
				       &d->conn.who), 0);
	fake_forget();
}
END_TEST

START_TEST(dead_domains)
{
	setup();
	fake_xen_init();
	fake_str(dom0, XS_INTRODUCE, 0, "1\0" "77\0" "3");
	fake_write(dom0, 0, "/owned", "x");
	fake_str(dom0, XS_SET_PERMS, 0, "/owned\0r1\0w3");
	fake_write(dom0, 0, "/named", "x");
	fake_str(dom0, XS_SET_PERMS, 0, "/named\0n3\0r1\0b4");
	fake_xen->dom[1].state = XEN_DOMAIN_DYING;
	domain_check_all();
	fake_run();
	ck_assert_str_eq(fake_str(dom0, XS_GET_PERMS, 0, "/owned"), "r0|w3");
	ck_assert_str_eq(fake_str(dom0, XS_GET_PERMS, 0, "/named"), "n3|b4");
	ck_assert_str_eq(fake_str(dom0, XS_IS_DOMAIN_INTRODUCED, 0, "1"), "F");
	ck_assert_uint_eq(usage_of(1)->nodes, 0);
	ck_assert(store_check());
	fake_forget();
}
END_TEST

#define FRONT	"/local/domain/5/device/vbd/51712"
#define OWN	"/local/domain/0/backend/vbd/5/51712"

/* dom0's, for the device above; nodes of it and of others are there. */
static struct fake *restricted(void)
{
	struct fake *f;

	setup();
	fake_write(dom0, 0, FRONT "/state", "1");
	fake_write(dom0, 0, OWN "/state", "1");
	fake_write(dom0, 0, OWN "0/state", "other");
	fake_write(dom0, 0, "/local/domain/6/secret", "six");
	f = fake_new(0);
	ck_assert_str_eq(fake_str(f, XS_CONTROL, 0,
				  "restrict\0" FRONT "\0" OWN), "OK");
	return f;
}

/* A connection for one device does its work. */
START_TEST(restricted_works)
{
	struct fake *f = restricted();

	ck_assert_str_eq(fake_str(f, XS_READ, 0, FRONT "/state"), "1");
	ck_assert_str_eq(fake_str(f, XS_DIRECTORY, 0, FRONT), "state");
	ck_assert_str_eq(fake_str(f, XS_READ, 0, FRONT "/none"), "ENOENT");
	ck_assert_str_eq(fake_write(f, 0, OWN "/state", "2"), "OK");
	ck_assert_str_eq(fake_write(f, 0, OWN "/feature-x", "1"), "OK");
	ck_assert_str_eq(fake_str(dom0, XS_READ, 0, OWN "/state"), "2");
	ck_assert_str_eq(fake_str(f, XS_RM, 0, OWN "/feature-x"), "OK");
	ck_assert_str_eq(fake_str(f, XS_WATCH, 0, FRONT "/state\0t"), "OK");
	ck_assert_str_eq(fake_event(f), FRONT "/state|t");
	fake_write(dom0, 0, FRONT "/state", "4");
	ck_assert_str_eq(fake_event(f), FRONT "/state|t");
	ck_assert_str_eq(fake_str(f, XS_UNWATCH, 0, FRONT "/state\0t"), "OK");
}
END_TEST

/* And whatever else it tries is refused, and changes nothing. */
START_TEST(restricted_to_its_folders)
{
#define TRY(type, s) { type, s, sizeof(s) }
	static const struct {
		uint32_t type;
		const char *data;
		size_t len;
	} tries[] = {
		TRY(XS_READ, "/local/domain/6/secret"),
		TRY(XS_READ, OWN "0/state"),
		TRY(XS_READ, "secret"),
		TRY(XS_DIRECTORY, "/"),
		TRY(XS_DIRECTORY, "/local/domain/0/backend/vbd/5"),
		TRY(XS_DIRECTORY_PART, "/local/domain\0000"),
		TRY(XS_GET_PERMS, "/local/domain/6"),
		TRY(XS_GET_PERMS, "@releaseDomain"),
		TRY(XS_WRITE, FRONT "/state"),
		TRY(XS_WRITE, FRONT "/new"),
		TRY(XS_WRITE, OWN),
		TRY(XS_WRITE, OWN "0/state"),
		TRY(XS_WRITE, "/local/domain/6/secret"),
		TRY(XS_MKDIR, "/local/domain/0/x"),
		TRY(XS_MKDIR, "x"),
		TRY(XS_RM, FRONT "/state"),
		TRY(XS_RM, OWN),
		TRY(XS_RM, "/local/domain/6"),
		TRY(XS_SET_PERMS, OWN "/state\0n6"),
		TRY(XS_SET_PERMS, FRONT "\0n0"),
		TRY(XS_WATCH, "/local/domain/6\0t"),
		TRY(XS_WATCH, "/\0t"),
		TRY(XS_WATCH, "@releaseDomain\0t"),
		TRY(XS_TRANSACTION_START, ""),
		TRY(XS_INTRODUCE, "7\0001\0001"),
		TRY(XS_RELEASE, "5"),
		TRY(XS_RESUME, "5"),
		TRY(XS_SET_TARGET, "5\0006"),
		TRY(XS_IS_DOMAIN_INTRODUCED, "5"),
		TRY(XS_GET_DOMAIN_PATH, "5"),
		TRY(XS_CONTROL, "quota"),
		TRY(XS_CONTROL, "restrict\0/local\0/local"),
	};
	struct fake *f = restricted();
	char *before = fake_dump(), *after;

	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++)
		ck_assert_msg(!strcmp(fake_ask(f, tries[i].type, 0,
				tries[i].data, tries[i].len), "EACCES"),
			"%u %s: %s", tries[i].type, tries[i].data, f->data);
	after = fake_dump();
	ck_assert_str_eq(before, after);
	ck_assert_ptr_null(fake_event(f));
	free(before);
	free(after);
}
END_TEST

/* dom0 has no quota; one of its connections that was taken over has. */
START_TEST(restricted_in_size)
{
	struct fake *f = restricted();
	char path[128], value[2048];
	int n = 0;

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	do
		snprintf(path, sizeof(path), OWN "/n%d", n++);
	while (!strcmp(fake_write(f, 0, path, "x"), "OK"));
	ck_assert_int_eq(n, 127);
	ck_assert_str_eq(fake_write(f, 0, OWN "/state", "3"), "OK");
	for (int i = 0; i < n - 1; i++) {
		snprintf(path, sizeof(path), OWN "/n%d", i);
		fake_write(f, 0, path, value);
	}
	ck_assert_str_eq(fake_ask(f, XS_READ, 0, path, strlen(path) + 1), "x");
	for (n = 0; n < 16; n++) {
		int len = snprintf(path, sizeof(path), FRONT "%ct%d", 0, n);

		ck_assert_str_eq(fake_ask(f, XS_WATCH, 0, path,
					  (size_t)len + 1), "OK");
	}
	ck_assert_str_eq(fake_str(f, XS_WATCH, 0, FRONT "\0more"), "E2BIG");
	/* A folder that was taken away is not made again. */
	ck_assert_str_eq(fake_str(dom0, XS_RM, 0, OWN), "OK");
	ck_assert_str_eq(fake_write(f, 0, OWN "/state", "6"), "ENOENT");
	ck_assert_str_eq(fake_str(dom0, XS_READ, 0, OWN "/state"), "ENOENT");
}
END_TEST

/* Not of a connection at work, not of a guest, not with anything odd. */
START_TEST(restrict_refused)
{
	struct fake *f;

	setup();
	f = fake_new(0);
	ck_assert_str_eq(fake_str(f, XS_CONTROL, 0, "restrict"), "EINVAL");
	ck_assert_str_eq(fake_str(f, XS_CONTROL, 0, "restrict\0/a"), "EINVAL");
	ck_assert_str_eq(fake_str(f, XS_CONTROL, 0, "restrict\0/a\0/"),
			 "EINVAL");
	ck_assert_str_eq(fake_str(f, XS_CONTROL, 0, "restrict\0/a//b\0/c"),
			 "EINVAL");
	ck_assert_str_eq(fake_str(five, XS_CONTROL, 0, "restrict\0/a\0/b"),
			 "EACCES");
	fake_start(f);
	ck_assert_str_eq(fake_str(f, XS_CONTROL, 0, "restrict\0/a\0/b"),
			 "EBUSY");
}
END_TEST

XS_SUITE(xs_perms, restricted_works, restricted_to_its_folders,
	 restricted_in_size, restrict_refused, strings, rights, absence, creation, privileged_requests,
	 target, dead_domains)
