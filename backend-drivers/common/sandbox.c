/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rights of a serving backend: a user of its own, no capabilities, and the
 * system calls on the list below. It cannot open a file, make a socket, start
 * a program, signal another process or map code. Anything else kills the
 * process, which costs its guest one device.
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <malloc.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xen/xen.h>
#include <xen/grant_table.h>
#include <xen/evtchn.h>
#include <xen/gntdev.h>
#include "lib/log.h"
#include "sandbox.h"

enum {
	/* Descriptors: its own dozen, and connections to the store that come. */
	SANDBOX_FILES = 32,
};

static const int common_syscalls[] = {
	/* the event loop */
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl),
	SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	/* descriptors that are open already */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg), SCMP_SYS(lseek), SCMP_SYS(fstat),
	SCMP_SYS(close),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(madvise),
	SCMP_SYS(mremap), SCMP_SYS(getrandom),
	/* signals that come, and the end; abort() needs tgkill, see below */
	SCMP_SYS(futex), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

static const unsigned long common_ioctls[] = {
	IOCTL_GNTDEV_MAP_GRANT_REF,
	IOCTL_GNTDEV_UNMAP_GRANT_REF,
	IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR,
	IOCTL_GNTDEV_GRANT_COPY,
	IOCTL_EVTCHN_BIND_INTERDOMAIN,
	IOCTL_EVTCHN_UNBIND,
	IOCTL_EVTCHN_NOTIFY,
};

static void sandbox_limit(int resource, rlim_t most)
{
	struct rlimit limit = { .rlim_cur = most, .rlim_max = most };

	if (setrlimit(resource, &limit))
		log_errno("cannot set a resource limit");
}

void sandbox_prepare(void)
{
	/* One arena: no others are ever sized by reading /sys. */
	mallopt(M_ARENA_MAX, 1);
	sandbox_limit(RLIMIT_CORE, 0);
	for (int cap = 0; cap < 64; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && errno == EPERM)
			break;
}

static int sandbox_user(uid_t user)
{
	if (setgroups(0, NULL) || setresgid(user, user, user) ||
	    setresuid(user, user, user)) {
		log_errno("cannot become user %u", user);
		return -1;
	}
	if (!setuid(0)) {
		log_warn("could become root again after giving it up");
		return -1;
	}
	return 0;
}

static int sandbox_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof(none));
	if (syscall(SYS_capset, &header, none)) {
		log_errno("cannot drop capabilities");
		return -1;
	}
	return 0;
}

/* Memory may be mapped and protected, but never to be executed. */
static int sandbox_memory(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC,
					      0);
	int rc;

	rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			      no_exec);
	if (rc)
		return rc;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				no_exec);
}

/* Only to ourselves: users differ, but the rule stands by itself. */
static int sandbox_signals(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				SCMP_A0(SCMP_CMP_EQ, getpid()));
}

static int sandbox_allow(scmp_filter_ctx filter, const int *syscalls,
			 size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count && !rc; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, syscalls[i], 0);
	return rc;
}

static int sandbox_allow_ioctls(scmp_filter_ctx filter,
				const unsigned long *requests, size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count && !rc; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl),
			1, SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX,
				   requests[i]));
	return rc;
}

static int sandbox_rules(scmp_filter_ctx filter, const struct sandbox *s)
{
	int rc;

	/* A thread that a library has made is bound by it, too. */
	rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!rc)
		rc = sandbox_allow(filter, common_syscalls,
			sizeof(common_syscalls) / sizeof(*common_syscalls));
	if (!rc)
		rc = sandbox_allow(filter, s->syscalls, s->nr_syscalls);
	if (!rc)
		rc = sandbox_allow_ioctls(filter, common_ioctls,
			sizeof(common_ioctls) / sizeof(*common_ioctls));
	if (!rc)
		rc = sandbox_allow_ioctls(filter, s->ioctls, s->nr_ioctls);
	if (!rc)
		rc = sandbox_memory(filter);
	if (!rc)
		rc = sandbox_signals(filter);
	return rc;
}

static int sandbox_filter(const struct sandbox *s)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc;

	if (!filter) {
		log_warn("no memory for the system call filter");
		return -1;
	}
	rc = sandbox_rules(filter, s);
	if (!rc)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	if (!rc)
		return 0;
	log_warn("cannot filter system calls: %s", strerror(-rc));
	return -1;
}

int sandbox_enter(const struct sandbox *s, uint32_t user)
{
	/* A file at its limit is an error, not our end. */
	signal(SIGXFSZ, SIG_IGN);
	sandbox_limit(RLIMIT_FSIZE, s->file_size);
	sandbox_limit(RLIMIT_NOFILE, SANDBOX_FILES);
	if (sandbox_user(user) || sandbox_capabilities())
		return -1;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		log_errno("cannot give up privileges");
		return -1;
	}
	return sandbox_filter(s);
}
