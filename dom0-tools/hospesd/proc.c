/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting and watching processes.  See proc.h. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hospesd/proc.h"

extern char **environ;

/* Above all numbers that a child finds something under. */
enum { FD_SAFE = 16 };

uint64_t proc_start_time(pid_t pid)
{
	char path[32], buf[1024], *p;
	unsigned long long start;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	/* The name in field 2 may hold anything, even ')'. */
	p = strrchr(buf, ')');
	if (!p)
		return 0;
	/* Field 22, counted from the one behind the name (3). */
	for (int field = 2; field < 22 && p; field++)
		p = strchr(p + 1, ' ');
	if (!p)
		return 0;
	start = strtoull(p + 1, NULL, 10);
	return start ? start : 1;
}

const char *proc_status_text(int status, char *buf, size_t size)
{
	if (status == PROC_STATUS_UNKNOWN)
		snprintf(buf, size, "exit status unknown");
	else if (WIFSIGNALED(status))
		snprintf(buf, size, "killed by signal %d", WTERMSIG(status));
	else
		snprintf(buf, size, "exit status %d", WEXITSTATUS(status));
	return buf;
}

static void proc_exited(evutil_socket_t fd, short what, void *arg)
{
	struct proc *proc = arg;
	int status = PROC_STATUS_UNKNOWN;
	proc_exit_fn on_exit = proc->on_exit;

	(void)fd;
	(void)what;
	if (proc->child)
		while (waitpid(proc->pid, &status, 0) < 0 && errno == EINTR)
			;
	proc_forget(proc);
	on_exit(proc, status);
}

static int proc_watch(struct proc *proc, struct event_base *base,
		      proc_exit_fn on_exit, void *arg)
{
	proc->on_exit = on_exit;
	proc->arg = arg;
	proc->event = event_new(base, proc->pidfd, EV_READ, proc_exited, proc);
	if (!proc->event || event_add(proc->event, NULL))
		return -ENOMEM;
	return 0;
}

/* Moves fd (or /dev/null) to number `to`, in the child. */
static int child_move(int fd, int to)
{
	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd == to)
		return fcntl(fd, F_SETFD, 0);
	return dup2(fd, to);
}

/* First out of the way, as one may stand where another shall. */
static int child_inherit(const struct proc_spec *spec)
{
	int moved[4];

	for (unsigned int i = 0; i < spec->nr_fds; i++) {
		moved[i] = fcntl(spec->fds[i], F_DUPFD_CLOEXEC, FD_SAFE);
		if (moved[i] < 0)
			return -1;
	}
	for (unsigned int i = 0; i < spec->nr_fds; i++)
		if (dup2(moved[i], 3 + (int)i) < 0)
			return -1;
	return 0;
}

static int child_limit(const struct proc_limits *limits)
{
	struct rlimit memory;
	char text[16];
	int fd, n;

	if (!limits)
		return 0;
	memory.rlim_cur = memory.rlim_max = limits->memory;
	if (setrlimit(RLIMIT_DATA, &memory))
		return -1;
	n = snprintf(text, sizeof(text), "%d", limits->oom_score);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		return -1;
	close(fd);
	return 0;
}

/* Runs in the address space of hospesd: touches nothing, returns never. */
static void __attribute__((noreturn)) child_main(const struct proc_spec *spec,
						 int *error)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	if (spec->die_with_us)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (child_move(spec->in, 0) < 0 || child_move(spec->out, 1) < 0 ||
	    child_move(spec->err, 2) < 0 || child_inherit(spec) ||
	    child_limit(spec->limits)) {
		*error = errno;
		_exit(127);
	}
	execve(spec->argv[0], (char *const *)spec->argv, environ);
	*error = errno;
	_exit(127);
}

/*
 * vfork, as copying the page tables of a PV process is dear, and because the
 * child can then tell us its errno by memory.
 */
static pid_t __attribute__((noinline)) spawn(const struct proc_spec *spec,
					     int *error)
{
	pid_t pid = vfork();

	if (pid == 0)
		child_main(spec, error);
	return pid;
}

int proc_spawn(struct proc *proc, struct event_base *base,
	       const struct proc_spec *spec, proc_exit_fn on_exit, void *arg)
{
	int error = 0;
	pid_t pid;

	memset(proc, 0, sizeof(*proc));
	pid = spawn(spec, &error);
	if (pid < 0)
		return -errno;
	if (error) {
		waitpid(pid, NULL, 0);
		return -error;
	}
	proc->pid = pid;
	proc->child = true;
	proc->start = proc_start_time(pid);
	proc->pidfd = pidfd_open(pid, 0);
	if (proc->pidfd < 0 || proc_watch(proc, base, on_exit, arg)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		proc_forget(proc);
		return -ENOMEM;
	}
	return 0;
}

int proc_adopt(struct proc *proc, struct event_base *base, pid_t pid,
	       uint64_t start, proc_exit_fn on_exit, void *arg)
{
	memset(proc, 0, sizeof(*proc));
	if (pid <= 0)
		return -ESRCH;
	proc->pidfd = pidfd_open(pid, 0);
	if (proc->pidfd < 0)
		return -errno;
	proc->pid = pid;
	proc->start = start;
	/* Read after opening: from now on the pid cannot be recycled. */
	if (proc_start_time(pid) != start) {
		proc_forget(proc);
		return -ESRCH;
	}
	if (proc_watch(proc, base, on_exit, arg)) {
		proc_forget(proc);
		return -ENOMEM;
	}
	return 0;
}

void proc_signal(const struct proc *proc, int sig)
{
	if (proc->pid)
		(void)pidfd_send_signal(proc->pidfd, sig, NULL, 0);
}

void proc_forget(struct proc *proc)
{
	if (!proc->pid)
		return;
	if (proc->event)
		event_free(proc->event);
	if (proc->pidfd >= 0)
		close(proc->pidfd);
	proc->event = NULL;
	proc->pidfd = -1;
	proc->pid = 0;
}
