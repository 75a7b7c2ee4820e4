/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a disk really is: real files by all their names, and devices of a
 * written /sys and /proc. 8:0 is a disk with partitions 8:1 and 8:2, 253:0 is
 * made of 8:2, 7:0 is a loop device of the file, 7:1 one that is free.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "hospesd/device_identity.h"

static char folder[64];

static char *name(const char *fmt, ...)
{
	static char names[4][512];
	static unsigned int next;
	char *to = names[next++ % 4];
	int len = snprintf(to, 512, "%s/", folder);
	va_list args;

	va_start(args, fmt);
	vsnprintf(to + len, 512 - (size_t)len, fmt, args);
	va_end(args);
	return to;
}

static void put(const char *path, const char *text)
{
	char command[1200];
	FILE *f;

	snprintf(command, sizeof(command), "mkdir -p $(dirname %s)", path);
	ck_assert_int_eq(system(command), 0);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void setup(void)
{
	char text[600], command[2000];

	snprintf(folder, sizeof(folder), "/tmp/test_identity.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	put(name("disk.img"), "disk");
	put(name("other.img"), "other");
	ck_assert_int_eq(link(name("disk.img"), name("hard.img")), 0);
	ck_assert_int_eq(symlink("disk.img", name("soft.img")), 0);
	put(name("sys/devices/sda/dev"), "8:0\n");
	put(name("sys/devices/sda/sda1/dev"), "8:1\n");
	put(name("sys/devices/sda/sda1/partition"), "1\n");
	put(name("sys/devices/sda/sda2/dev"), "8:2\n");
	put(name("sys/devices/sda/sda2/partition"), "2\n");
	put(name("sys/devices/dm-0/dev"), "253:0\n");
	put(name("sys/devices/dm-0/slaves/sda2/dev"), "8:2\n");
	put(name("sys/block/loopx0/dev"), "7:0\n");
	put(name("sys/block/loopx0/ro"), "0\n");
	snprintf(text, sizeof(text), "%s\n", name("disk.img"));
	put(name("sys/block/loopx0/loop/backing_file"), text);
	put(name("sys/block/loopx1/dev"), "7:1\n");
	snprintf(command, sizeof(command), "cd %s/sys && mkdir -p dev/block && "
		 "ln -s ../../devices/sda dev/block/8:0 && "
		 "ln -s ../../devices/sda/sda1 dev/block/8:1 && "
		 "ln -s ../../devices/sda/sda2 dev/block/8:2 && "
		 "ln -s ../../devices/dm-0 dev/block/253:0 && "
		 "ln -s ../../block/loopx0 dev/block/7:0 && "
		 "ln -s ../../block/loopx1 dev/block/7:1", folder);
	ck_assert_int_eq(system(command), 0);
	put(name("proc/self/mountinfo"), "");
	put(name("proc/swaps"), "Filename Type Size Used Priority\n");
	identity_sys = strdup(name("sys"));
	identity_proc = strdup(name("proc"));
}

static void teardown(void)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static struct identity of(const char *path)
{
	struct identity id;

	ck_assert(identity_of_path(name("%s", path), &id));
	return id;
}

static struct stat block(unsigned int major_number, unsigned int minor_number)
{
	return (struct stat){ .st_mode = S_IFBLK,
			      .st_rdev = makedev(major_number, minor_number) };
}

static struct identity of_block(unsigned int major_number,
				unsigned int minor_number)
{
	struct stat st = block(major_number, minor_number);
	struct identity id;

	ck_assert(identity_of_stat(&st, &id));
	return id;
}

static bool clash(struct identity a, struct identity b)
{
	bool does = identity_clash(&a, &b);

	ck_assert(identity_clash(&b, &a) == does);
	return does;
}

START_TEST(names_do_not_matter)
{
	struct identity id;

	ck_assert(clash(of("disk.img"), of("hard.img")));
	ck_assert(clash(of("disk.img"), of("soft.img")));
	ck_assert(!clash(of("disk.img"), of("other.img")));
	ck_assert(!identity_of_path(name("none"), &id));
	ck_assert(!identity_of_path(folder, &id));
}
END_TEST

START_TEST(devices_are_what_they_are_made_of)
{
	ck_assert(clash(of_block(7, 0), of("hard.img")));
	ck_assert(!clash(of_block(7, 0), of("other.img")));
	ck_assert(!clash(of_block(7, 1), of("disk.img")));
	ck_assert(clash(of_block(8, 0), of_block(8, 0)));
	ck_assert(clash(of_block(8, 0), of_block(8, 1)));
	ck_assert(!clash(of_block(8, 1), of_block(8, 2)));
	ck_assert(clash(of_block(253, 0), of_block(8, 2)));
	ck_assert(clash(of_block(253, 0), of_block(8, 0)));
	ck_assert(!clash(of_block(253, 0), of_block(8, 1)));
}
END_TEST

static char why[300];
static bool reads;

static bool in_dom0(unsigned int major_number, unsigned int minor_number,
		    bool readonly)
{
	struct stat st = block(major_number, minor_number);
	struct identity id = of_block(major_number, minor_number);

	return identity_in_dom0(&id, &st, readonly, &reads, why, sizeof(why));
}

START_TEST(mounts)
{
	ck_assert(!in_dom0(8, 0, false));
	put(name("proc/self/mountinfo"),
	    "1 0 0:5 / /proc rw - proc proc rw\n"
	    "36 35 8:1 / /mnt/a\\040b rw,noatime shared:1 - ext4 /dev/x rw\n");
	ck_assert(in_dom0(8, 1, false));
	ck_assert_str_eq(why, "mounted on /mnt/a b in dom0");
	ck_assert(in_dom0(8, 0, false));
	ck_assert(in_dom0(8, 0, true));
	ck_assert(!in_dom0(8, 2, false));
	put(name("proc/self/mountinfo"),
	    "36 35 8:1 / /mnt rw shared:1 - ext4 /dev/x ro,errors=x\n");
	ck_assert(in_dom0(8, 1, false));
	ck_assert(!in_dom0(8, 1, true));
	ck_assert(reads);
	/* Not taken for "ro". */
	put(name("proc/self/mountinfo"),
	    "36 35 8:1 / /mnt rw shared:1 - ext4 /dev/x rough\n");
	ck_assert(in_dom0(8, 1, true));
}
END_TEST

START_TEST(loop_devices_and_swap)
{
	struct identity id = of("hard.img"), other = of("other.img");
	char text[600];
	struct stat st;

	ck_assert_int_eq(stat(name("hard.img"), &st), 0);
	ck_assert(identity_in_dom0(&id, &st, false, &reads, why, sizeof(why)));
	ck_assert_str_eq(why, "in use by loop device loopx0 in dom0");
	ck_assert(!identity_in_dom0(&other, &st, false, &reads, why,
				    sizeof(why)));
	/* The loop device is the disk itself. */
	ck_assert(!in_dom0(7, 0, false));
	ck_assert(identity_in_dom0(&id, &st, true, &reads, why, sizeof(why)));
	put(name("sys/block/loopx0/ro"), "1\n");
	ck_assert(!identity_in_dom0(&id, &st, true, &reads, why,
				    sizeof(why)));
	snprintf(text, sizeof(text), "Filename\n%s file 1 0 -2\n",
		 name("other.img"));
	put(name("proc/swaps"), text);
	ck_assert(identity_in_dom0(&other, &st, true, &reads, why,
				   sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "used as swap"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hospesd_identity");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, names_do_not_matter);
	tcase_add_test(t, devices_are_what_they_are_made_of);
	tcase_add_test(t, mounts);
	tcase_add_test(t, loop_devices_and_swap);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
