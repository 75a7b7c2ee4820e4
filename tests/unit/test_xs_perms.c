/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may do what. */
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

XS_SUITE(xs_perms, strings, rights, absence, creation, privileged_requests,
	 target, dead_domains)
