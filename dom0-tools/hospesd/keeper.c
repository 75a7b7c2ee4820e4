/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper of xenstored.  It takes over one that runs already (by its pid
 * file), else starts one, and starts another as soon as it is gone.  It dies
 * with its hospesd; the next hospesd's keeper takes the same xenstored over.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hospesd/hospesd.h"
#include "hospesd/keeper.h"
#include "hospesd/proc.h"
#include "lib/log.h"

#define PROGRAM "xenstored"
#define KEEPER_ARGS (7 + 2 * QUOTAS_MAX)
/* One that dies at once is started again after a while only. */
#define SHORT_LIFE_MS 1000
#define PAUSE_STEP_MS 100
#define PAUSE_MAX_MS 2000

static void sleep_ms(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static void pid_path(const struct options *opt, char *path, size_t size)
{
	snprintf(path, size, "%s/xenstored.pid", opt->run_dir);
}

static bool is_xenstored(pid_t pid)
{
	char path[32], name[32] = "";
	FILE *f;
	bool yes;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	yes = fgets(name, sizeof(name), f) && !strcmp(name, PROGRAM "\n");
	fclose(f);
	return yes;
}

/* A pidfd of the one that runs, or -1. */
static int find_running(const struct options *opt, pid_t *pid)
{
	char path[PATH_MAX], text[16] = "";
	FILE *f;
	int fd;

	pid_path(opt, path, sizeof(path));
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	*pid = (pid_t)strtol(text, NULL, 10);
	if (*pid <= 0)
		return -1;
	fd = pidfd_open(*pid, 0);
	if (fd >= 0 && !is_xenstored(*pid)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void write_pid(const struct options *opt, pid_t pid)
{
	char path[PATH_MAX], temp[PATH_MAX + 8];
	FILE *f;

	pid_path(opt, path, sizeof(path));
	snprintf(temp, sizeof(temp), "%s.new", path);
	f = fopen(temp, "we");
	if (!f)
		return;
	fprintf(f, "%d\n", (int)pid);
	if (!fclose(f))
		(void)rename(temp, path);
}

/* To what has @n arguments; ends the list. */
static void keeper_add_quotas(const struct options *opt, const char **argv,
			      int n)
{
	for (int i = 0; i < opt->quotas; i++) {
		argv[n++] = "--quota";
		argv[n++] = opt->quota[i];
	}
	argv[n] = NULL;
}

static void run_xenstored(const struct options *opt, const char *program)
{
	int null = open("/dev/null", O_RDWR);
	const char *argv[KEEPER_ARGS];
	char state[PATH_MAX];
	int n = 0;

	signal(SIGTERM, SIG_DFL);
	setsid();
	dup2(null, 0);
	dup2(null, 1);
	snprintf(state, sizeof(state), "%s/xenstored.state", opt->run_dir);
	argv[n++] = PROGRAM;
	argv[n++] = "--state";
	argv[n++] = state;
	keeper_add_quotas(opt, argv, n);
	execv(program, (char *const *)argv);
	log_errno("cannot start %s", program);
	_exit(127);
}

/* Starts one; returns its pidfd, or -1. */
static int start(const struct options *opt, pid_t *pid)
{
	char program[PATH_MAX];

	snprintf(program, sizeof(program), "%s/" PROGRAM, opt->lib_dir);
	*pid = fork();
	if (*pid == 0)
		run_xenstored(opt, program);
	if (*pid < 0)
		return -1;
	write_pid(opt, *pid);
	return pidfd_open(*pid, 0);
}

static void wait_for_end(int fd, pid_t pid)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char end[64];
	int status = PROC_STATUS_UNKNOWN;

	while (poll(&p, 1, -1) <= 0)
		;
	close(fd);
	(void)waitpid(pid, &status, WNOHANG);
	log_warn("xenstored ended (%s)",
		 proc_status_text(status, end, sizeof(end)));
}

static void keep_forever(const struct options *opt)
{
	unsigned int pause_ms = 0;

	for (;;) {
		uint64_t since = hospesd_now_ms();
		pid_t pid = 0;
		int fd = find_running(opt, &pid);

		if (fd < 0) {
			fd = start(opt, &pid);
			log_info("xenstored started, pid %d", (int)pid);
		}
		if (fd >= 0)
			wait_for_end(fd, pid);
		if (hospesd_now_ms() - since >= SHORT_LIFE_MS)
			pause_ms = 0;
		else if (pause_ms < PAUSE_MAX_MS)
			pause_ms += PAUSE_STEP_MS;
		sleep_ms(pause_ms);
	}
}

int keeper_main(const struct options *opt)
{
	prctl(PR_SET_NAME, "hospes-keeper");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log_open("hospes-keeper");
	keep_forever(opt);
	return 1;
}

/* --- in hospesd ---------------------------------------------------------- */

static void keeper_exited(struct proc *proc, int status)
{
	char end[64];

	log_warn("the keeper of xenstored ended (%s), started again",
		 proc_status_text(status, end, sizeof(end)));
	(void)keeper_start(proc->arg);
}

int keeper_start(struct hospesd *m)
{
	static struct proc proc;
	char self[PATH_MAX];
	const char *argv[KEEPER_ARGS] = {
		self, "--keeper", "--run-dir", m->opt.run_dir,
		"--lib-dir", m->opt.lib_dir,
	};
	struct proc_spec spec = { .argv = argv, .in = -1, .out = 2, .err = 2,
				  .die_with_us = true };
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return -errno;
	self[n] = '\0';
	keeper_add_quotas(&m->opt, argv, 6);
	return proc_spawn(&proc, m->base, &spec, keeper_exited, m);
}
