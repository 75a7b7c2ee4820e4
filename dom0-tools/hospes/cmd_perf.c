/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes perf: the hypervisor's counters, without hospesd. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hospes/args.h"
#include "hospes/host.h"
#include "hospes/hospes.h"
#include "hospes/perf.h"
#include "lib/json.h"

static bool read_counters(struct control *c, struct control_perf *p)
{
	int rc = control_perf_read(c, p);

	if (rc == -ENOSYS || rc == -EOPNOTSUPP)
		complain("this hypervisor has no such counters");
	else if (rc < 0)
		complain("cannot read the hypervisor's counters: %s",
			 strerror(-rc));
	return rc >= 0;
}

static void sleep_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

/* Its exit status, as shells give it. */
static int run_command(char **argv)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		complain("cannot start '%s': %s", argv[0], strerror(errno));
		return EXIT_FAILED;
	}
	if (pid == 0) {
		execvp(argv[0], argv);
		complain("cannot run '%s': %s", argv[0], strerror(errno));
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_FAILED;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static void print_table(const struct control_perf *p, bool all)
{
	char row[128];

	puts(PERF_HEADER);
	for (size_t i = 0; i < p->counters; i++)
		if (perf_row(row, sizeof(row), p, i, all))
			puts(row);
}

static void print_json(const struct control_perf *p, bool all)
{
	struct json_writer *w = json_writer_new(true);
	const char *text;

	perf_json(w, p, all);
	text = json_writer_text(w, NULL);
	if (text)
		puts(text);
	json_writer_free(w);
}

struct perf_request {
	bool json, all;
	int64_t ms;		/* 0: no interval */
	char **command;		/* NULL: none */
};

static int show(struct control *c, const struct perf_request *r)
{
	struct control_perf then = { 0 }, now = { 0 };
	bool between = r->ms || r->command;
	int status = EXIT_DONE;

	if (between && !read_counters(c, &then)) {
		control_perf_free(&then);
		return EXIT_FAILED;
	}
	if (r->command)
		status = run_command(r->command);
	else if (r->ms)
		sleep_ms(r->ms);
	if (!read_counters(c, &now))
		status = EXIT_FAILED;
	else if (between && !perf_subtract(&now, &then))
		status = EXIT_FAILED;
	else if (r->json)
		print_json(&now, r->all);
	else
		print_table(&now, r->all);
	control_perf_free(&then);
	control_perf_free(&now);
	return status;
}

int cmd_perf(const struct command *cmd, int argc, char **argv)
{
	struct perf_request r = { 0 };
	const char *interval = NULL;
	const struct arg_option options[] = {
		{ "json", 'j', &r.json, NULL },
		{ "all", 'a', &r.all, NULL },
		{ "interval", 'i', NULL, &interval },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);
	struct control *c;

	if (n < 0)
		return status;
	if (interval && n)
		return usage_error(cmd, "--interval or a COMMAND");
	if (interval && !parse_seconds(interval, &r.ms))
		return usage_error(cmd, "'%s' is no time", interval);
	if (n) {
		r.command = argv + 1;
		argv[n + 1] = NULL;
	}
	c = host_open();
	if (!c)
		return EXIT_FAILED;
	status = show(c, &r);
	control_close(c);
	return status;
}
