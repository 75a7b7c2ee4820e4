/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes console: a terminal to a guest, or its log. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "hospes/args.h"
#include "hospes/client.h"
#include "hospes/hospes.h"
#include "lib/json.h"

#define LEAVE 0x1d	/* Ctrl-] */
#define LOG_KEPT 4	/* NAME.console.log.4 is the oldest */

struct session {
	const struct console_options *opt;
	int sock, in;		/* in: -1 once stdin has ended */
	bool tty;
	struct termios saved;
	int64_t deadline_ms;	/* 0: none */
	size_t matched;		/* bytes of opt->until seen */
	int status;		/* of the command; -1: go on */
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	stopped = sig;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void enter_raw(struct session *s)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct termios raw;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	s->tty = isatty(0) && !tcgetattr(0, &s->saved);
	if (!s->tty)
		return;
	raw = s->saved;
	cfmakeraw(&raw);
	tcsetattr(0, TCSANOW, &raw);
}

static void leave_raw(struct session *s)
{
	if (s->tty)
		tcsetattr(0, TCSANOW, &s->saved);
}

static bool write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR && !stopped)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* Looks for opt->until in a stream that comes in pieces. */
static void match(struct session *s, const char *buf, size_t len)
{
	const char *until = s->opt->until;
	size_t want = until ? strlen(until) : 0;

	for (size_t i = 0; want && i < len && s->status < 0; i++) {
		/* Fall back to the longest beginning that still fits. */
		while (s->matched && buf[i] != until[s->matched]) {
			size_t keep = s->matched - 1;

			while (keep && memcmp(until, until + s->matched - keep,
					      keep))
				keep--;
			s->matched = keep;
		}
		if (buf[i] == until[s->matched])
			s->matched++;
		if (s->matched == want)
			s->status = EXIT_DONE;
	}
}

static void output(struct session *s, const char *buf, size_t len)
{
	if (!write_all(1, buf, len))
		s->status = EXIT_FAILED;
	match(s, buf, len);
}

static void from_guest(struct session *s)
{
	char buf[4096];
	ssize_t n = read(s->sock, buf, sizeof(buf));

	if (n > 0) {
		output(s, buf, (size_t)n);
	} else if (n == 0 || errno != EINTR) {
		fprintf(stderr, "\r\nhospes: the console is closed: the "
			"domain has ended, or hospesd\r\n");
		s->status = s->opt->until ? EXIT_FAILED : EXIT_DONE;
	}
}

static void from_user(struct session *s)
{
	char buf[1024], *leave = NULL;
	ssize_t n = read(s->in, buf, sizeof(buf));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		s->in = -1;
		if (s->tty)
			s->status = EXIT_DONE;
		return;
	}
	if (s->tty)
		leave = memchr(buf, LEAVE, (size_t)n);
	if (leave)
		n = leave - buf;
	if (!write_all(s->sock, buf, (size_t)n))
		s->status = EXIT_FAILED;
	if (leave)
		s->status = EXIT_DONE;
}

static int time_left(const struct session *s)
{
	int64_t left;

	if (!s->deadline_ms)
		return -1;
	left = s->deadline_ms - now_ms();
	if (left < 0)
		left = 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

static void converse(struct session *s)
{
	while (s->status < 0 && !stopped) {
		struct pollfd p[2] = {
			{ .fd = s->sock, .events = POLLIN },
			{ .fd = s->in, .events = POLLIN },
		};
		int n = poll(p, 2, time_left(s));

		if (n == 0 && s->deadline_ms && now_ms() >= s->deadline_ms)
			s->status = s->opt->until ? EXIT_FAILED : EXIT_DONE;
		if (n <= 0)
			continue;
		if (p[0].revents)
			from_guest(s);
		if (s->status < 0 && p[1].revents)
			from_user(s);
	}
	if (s->status < 0)
		s->status = EXIT_FAILED;
}

static bool attach(struct client *c, const char *name,
		   const struct console_options *opt)
{
	struct json_writer *w = client_request("console", name);
	struct json *answer;
	bool ok;

	json_put_bool(w, "replay", opt->replay);
	if (!client_send(c, w))
		return false;
	answer = client_receive(c);
	ok = answer && client_check(answer);
	json_free(answer);
	return ok;
}

int console_run(const char *name, const struct console_options *opt)
{
	struct session s = { .opt = opt, .status = -1 };
	struct client *c = client_open();
	struct json *answer;
	const char *rest;
	size_t len;

	if (!c)
		return EXIT_FAILED;
	if (!attach(c, name, opt)) {
		client_close(c);
		return EXIT_FAILED;
	}
	if (opt->unpause) {
		answer = client_call(client_request("unpause", name));
		if (!answer) {
			client_close(c);
			return EXIT_FAILED;
		}
		json_free(answer);
	}
	if (isatty(0))
		fprintf(stderr, "connected to %s; Ctrl-] leaves\n", name);
	s.sock = client_fd(c);
	if (opt->timeout_ms)
		s.deadline_ms = now_ms() + opt->timeout_ms;
	enter_raw(&s);
	rest = client_rest(c, &len);
	if (len)
		output(&s, rest, len);
	converse(&s);
	leave_raw(&s);
	client_close(c);
	return s.status;
}

/* --- the log ------------------------------------------------------------- */

static bool print_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char buf[16384];
	size_t n;

	if (!f)
		return false;
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		fwrite(buf, 1, n, stdout);
	fclose(f);
	return true;
}

static int print_log(const char *name)
{
	char path[PATH_MAX], old[PATH_MAX + 8];
	bool any = false;

	snprintf(path, sizeof(path), "%s/%s.console.log", globals.log_dir,
		 name);
	for (int i = LOG_KEPT; i > 0; i--) {
		snprintf(old, sizeof(old), "%s.%d", path, i);
		any |= print_file(old);
	}
	any |= print_file(path);
	if (any)
		return EXIT_DONE;
	complain("%s: no console log: %s: %s; domains that ever ran have "
		 "theirs in %s", name, path, strerror(errno),
		 globals.log_dir);
	return EXIT_FAILED;
}

int cmd_console(const struct command *cmd, int argc, char **argv)
{
	bool log = false, no_replay = false;
	const char *timeout = NULL;
	struct console_options opt = { 0 };
	const struct arg_option options[] = {
		{ "log", 'l', &log, NULL },
		{ "until", 'u', NULL, &opt.until },
		{ "timeout", 't', NULL, &timeout },
		{ "no-replay", 0, &no_replay, NULL },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);

	if (n < 0)
		return status;
	if (n != 1)
		return usage_error(cmd, "one NAME is needed");
	if (timeout && !parse_seconds(timeout, &opt.timeout_ms))
		return usage_error(cmd, "'%s' is no number of seconds",
				   timeout);
	if (log && strchr(argv[1], '/'))
		return usage_error(cmd, "'%s' is no domain's name", argv[1]);
	opt.replay = !no_replay;
	return log ? print_log(argv[1]) : console_run(argv[1], &opt);
}
