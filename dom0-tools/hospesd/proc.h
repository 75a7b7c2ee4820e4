/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that hospesd starts or takes over, watched by pidfd.  A process
 * is named by pid and start time, so that a recycled pid is never mistaken
 * for it, also after a restart of hospesd.
 */
#ifndef HOSPESD_PROC_H
#define HOSPESD_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct event;
struct event_base;
struct proc;

#define PROC_STATUS_UNKNOWN (-1)	/* it was not our child */

/* status as by waitpid(2), or PROC_STATUS_UNKNOWN. */
typedef void (*proc_exit_fn)(struct proc *proc, int status);

struct proc {
	pid_t pid;		/* 0: none */
	uint64_t start;		/* in ticks since boot */
	int pidfd;
	bool child;
	struct event *event;
	proc_exit_fn on_exit;
	void *arg;
};

/* Whoever is started shall not be spared, or fed, as we are. */
struct proc_limits {
	int oom_score;		/* oom_score_adj: 1000 dies first */
	uint64_t memory;	/* bytes of its own, not what it maps of others */
};

struct proc_spec {
	const char *const *argv;
	int in, out, err;	/* -1: /dev/null */
	int fds[4];		/* it finds them as 3, 4 ... */
	unsigned int nr_fds;
	const struct proc_limits *limits;	/* NULL: ours */
	bool die_with_us;
};

/* Returns 0 or -errno; an executable that is missing is -ENOENT. */
int proc_spawn(struct proc *proc, struct event_base *base,
	       const struct proc_spec *spec, proc_exit_fn on_exit, void *arg);
/* -ESRCH when no process has this pid and start time. */
int proc_adopt(struct proc *proc, struct event_base *base, pid_t pid,
	       uint64_t start, proc_exit_fn on_exit, void *arg);
static inline bool proc_alive(const struct proc *proc)
{
	return proc->pid != 0;
}
void proc_signal(const struct proc *proc, int sig);
/* Stops watching; the process goes on. */
void proc_forget(struct proc *proc);

/* 0 when there is no such process. */
uint64_t proc_start_time(pid_t pid);
/* "exit status 1", "killed by signal 9". */
const char *proc_status_text(int status, char *buf, size_t size);

#endif
