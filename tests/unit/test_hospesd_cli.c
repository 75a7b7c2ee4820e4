/* SPDX-License-Identifier: BSD-2-Clause */
/* The CLI: command names, options, and text to the byte. */
#include <check.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hospes/args.h"
#include "hospes/format.h"
#include "hospes/hospes.h"
#include "lib/lock_holder.h"

/* What main.c supplies in the program. */
int usage_error(const struct command *cmd, const char *fmt, ...)
{
	(void)cmd;
	(void)fmt;
	return EXIT_USAGE;
}

static int helped;

void print_command_help(const struct command *cmd)
{
	(void)cmd;
	helped++;
}

static const struct command table[] = {
	{ .name = "console" }, { .name = "create" }, { .name = "list" },
	{ .name = "pause" }, { .name = "pauseall" }, { .name = NULL },
};

static void resolves(const char *name, const char *to)
{
	const struct command *found;

	ck_assert_int_eq(command_resolve(table, name, &found), RESOLVED);
	ck_assert_str_eq(found->name, to);
}

START_TEST(prefixes)
{
	const struct command *found;
	char matches[64];

	resolves("list", "list");
	resolves("l", "list");
	resolves("cr", "create");
	resolves("con", "console");
	resolves("pause", "pause");
	resolves("pausea", "pauseall");
	ck_assert_int_eq(command_resolve(table, "c", &found),
			 RESOLVE_AMBIGUOUS);
	ck_assert_ptr_null(found);
	ck_assert_int_eq(command_resolve(table, "pau", &found),
			 RESOLVE_AMBIGUOUS);
	ck_assert_int_eq(command_resolve(table, "lists", &found),
			 RESOLVE_UNKNOWN);
	ck_assert_int_eq(command_resolve(table, "", &found), RESOLVE_UNKNOWN);
	command_matches(table, "c", matches, sizeof(matches));
	ck_assert_str_eq(matches, "console, create");
	command_matches(table, "c", matches, 12);
	ck_assert_uint_lt(strlen(matches), 12);
}
END_TEST

static bool flag;
static const char *value;
static const struct arg_option options[] = {
	{ "wait", 'w', &flag, NULL },
	{ "timeout", 't', NULL, &value },
	{ 0 },
};

static int parse(int *status, const char *a, const char *b, const char *c,
		 const char *d, char **argv)
{
	const char *args[] = { "cmd", a, b, c, d };
	int argc = 1;

	flag = false;
	value = NULL;
	*status = 0;
	for (; argc < 5 && args[argc]; argc++)
		;
	memcpy(argv, args, sizeof(args));
	return args_parse(&table[0], options, argc, argv, status);
}

START_TEST(option_parsing)
{
	char *argv[5];
	int st;

	ck_assert_int_eq(parse(&st, "name", "--wait", "--timeout", "5", argv),
			 1);
	ck_assert_str_eq(argv[1], "name");
	ck_assert(flag);
	ck_assert_str_eq(value, "5");
	ck_assert_int_eq(parse(&st, "-w", "--timeout=7", "x", "y", argv), 2);
	ck_assert_str_eq(value, "7");
	ck_assert_str_eq(argv[2], "y");
	ck_assert_int_eq(parse(&st, "--", "--wait", "-x", NULL, argv), 2);
	ck_assert(!flag);
	ck_assert_str_eq(argv[1], "--wait");
	ck_assert_int_eq(parse(&st, "-", NULL, NULL, NULL, argv), 1);
	ck_assert_int_eq(parse(&st, "--wait=1", NULL, NULL, NULL, argv), -1);
	ck_assert_int_eq(st, EXIT_USAGE);
	ck_assert_int_eq(parse(&st, "--timeout", NULL, NULL, NULL, argv), -1);
	ck_assert_int_eq(parse(&st, "--wai", NULL, NULL, NULL, argv), -1);
	ck_assert_int_eq(parse(&st, "-wt", NULL, NULL, NULL, argv), -1);
	ck_assert_int_eq(parse(&st, "a", "--help", NULL, NULL, argv), -1);
	ck_assert_int_eq(st, EXIT_DONE);
	ck_assert_int_eq(helped, 1);
}
END_TEST

static void row(const struct format_domain *d, const char *want)
{
	char line[256];

	format_list_row(line, sizeof(line), d);
	ck_assert_str_eq(line, want);
}

START_TEST(list_rows)
{
	struct format_domain d = {
		.name = "Domain-0", .memory_kib = 1500 * 1024, .vcpus = 2,
		.running = true, .cpu_ns = 12340000000,
	};

	ck_assert_str_eq(FORMAT_LIST_HEADER,
			 "Name                                        ID   Mem "
			 "VCPUs\tState\tTime(s)");
	row(&d, "Domain-0                                     0  1500     2"
	    "     r-----      12.3");
	d = (struct format_domain){
		.name = "first", .domid = 12, .memory_kib = 262144,
		.vcpus = 1, .blocked = true, .cpu_ns = 50000000,
	};
	row(&d, "first                                       12   256     1"
	    "     -b----       0.1");
	d.waits = "no memory";
	d.start_ms = 4001;
	row(&d, "first                                       12   256     1"
	    "     -b----       0.1  waiting 5 s: no memory");
	d.no_id = true;
	row(&d, "first                                        -   256     1"
	    "     -b----       0.1  waiting 5 s: no memory");
	d.no_id = false;
	d.waits = NULL;
	d.blocked = false;
	d.paused = true;
	row(&d, "first                                       12   256     1"
	    "     --p---       0.1");
	d.paused = false;
	d.shutdown = true;
	d.reason = 3;
	d.dying = true;
	row(&d, "first                                       12   256     1"
	    "     ---scd       0.1");
	d.reason = 0;
	d.dying = false;
	row(&d, "first                                       12   256     1"
	    "     ---s--       0.1");
	d.reason = 6;
	row(&d, "first                                       12   256     1"
	    "     ---s?-       0.1");
	d.reason = -1;
	row(&d, "first                                       12   256     1"
	    "     ---s?-       0.1");
}
END_TEST

START_TEST(info_text)
{
	static const uint32_t caps[8] = { 0x178bf3ff, 1, 0, 0, 0, 0, 0, 9 };
	char text[128];

	format_info_key(text, sizeof(text), "host");
	ck_assert_str_eq(text, "host                   : ");
	format_info_key(text, sizeof(text), "sharing_freed_memory");
	ck_assert_str_eq(text, "sharing_freed_memory   : ");
	format_hw_caps(text, sizeof(text), caps);
	ck_assert_str_eq(text, "178bf3ff:00000001:00000000:00000000:00000000:"
			 "00000000:00000000:00000009");
	format_virt_caps(text, sizeof(text), 2);
	ck_assert_str_eq(text, " pv");
	format_virt_caps(text, sizeof(text), 1 | 2 | 8 | 16 | 256);
	ck_assert_str_eq(text, " pv hvm hap shadow gnttab-v1");
	format_virt_caps(text, sizeof(text), 0);
	ck_assert_str_eq(text, "");
	ck_assert_str_eq(format_scheduler(5), "credit");
	ck_assert_str_eq(format_scheduler(6), "credit2");
	ck_assert_str_eq(format_scheduler(99), "unknown");
	format_spec_ctrl(text, sizeof(text), 0);
	ck_assert_str_eq(text, "none");
	format_spec_ctrl(text, sizeof(text), 1);
	ck_assert_str_eq(text, "ibrs");
	format_spec_ctrl(text, sizeof(text), 31);
	ck_assert_str_eq(text, "ibrs stibp ibpb verw rsb");
	format_spec_ctrl(text, sizeof(text), 1U << 31 | 24);
	ck_assert_str_eq(text, "verw rsb");
}
END_TEST

/* A process that keeps the file locked until its pipe is closed. */
static pid_t lock_elsewhere(const char *path, int how, int go[2])
{
	int ready[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(go), 0);
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		int fd = open(path, O_RDWR);

		close(go[1]);
		if (flock(fd, how) || write(ready[1], "x", 1) != 1 ||
		    read(go[0], &byte, 1) != 0)
			_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	return pid;
}

START_TEST(lock_holders)
{
	char path[] = "/tmp/test_cli.XXXXXX", want[64], got[64];
	int fd = mkstemp(path), go[2], status;
	pid_t pid = lock_elsewhere(path, LOCK_EX, go);

	ck_assert_int_eq(flock(fd, LOCK_SH | LOCK_NB), -1);
	snprintf(want, sizeof(want), "process %d (hospesd_cli)", (int)pid);
	ck_assert_str_eq(lock_holder(fd, got, sizeof(got)), want);
	close(go[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	/* Nobody now, and what cannot be looked at. */
	ck_assert_str_eq(lock_holder(fd, got, sizeof(got)), "another process");
	ck_assert_str_eq(lock_holder(-1, got, sizeof(got)), "another process");
	ck_assert_str_eq(lock_holder(fd, got, 8), "another");
	unlink(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hospesd_cli");
	TCase *t = tcase_create("cli");
	SRunner *r;
	int failed;

	tcase_add_test(t, prefixes);
	tcase_add_test(t, option_parsing);
	tcase_add_test(t, list_rows);
	tcase_add_test(t, info_text);
	tcase_add_test(t, lock_holders);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
