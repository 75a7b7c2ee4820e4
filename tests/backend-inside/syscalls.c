/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that serve to reach what is not the device's. */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "inside.h"

static int call(const struct inside *in, long nr)
{
	(void)in;
	return refused_if(syscall(nr, 0, 0, 0, 0, 0, 0) < 0);
}

static int open_passwd(const struct inside *in, long nr)
{
	(void)in;
	return refused_if(syscall(nr, AT_FDCWD, "/etc/passwd", O_RDONLY) < 0);
}

static int stat_passwd(const struct inside *in, long nr)
{
	char buffer[256];

	(void)in;
	return refused_if(syscall(nr, AT_FDCWD, "/etc/passwd", buffer, 0) < 0);
}

static int to_sibling(const struct inside *in, long nr)
{
	return refused_if(syscall(nr, in->sibling, 0, 0, 0, 0) < 0);
}

static int tgkill_sibling(const struct inside *in, long nr)
{
	return refused_if(syscall(nr, in->sibling, in->sibling, 0) < 0);
}

static int trace_sibling(const struct inside *in, long request)
{
	return refused_if(syscall(SYS_ptrace, request, in->sibling, 0, 0) < 0);
}

static int unix_socket(const struct inside *in, long domain)
{
	(void)in;
	return refused_if(socket(domain, SOCK_STREAM, 0) < 0);
}

static int map_code(const struct inside *in, long flags)
{
	(void)in;
	return refused_if(mmap(NULL, 4096, PROT_READ | PROT_EXEC, flags, -1,
			       0) == MAP_FAILED);
}

/* To be signalled is to signal: an owner of a descriptor gets SIGIO. */
static int own_descriptor(const struct inside *in, long command)
{
	return refused_if(fcntl(in->image->file.fd, command, in->sibling) < 0);
}

static int any_ioctl(const struct inside *in, long request)
{
	char space[256] = { 0 };

	return refused_if(syscall(SYS_ioctl, in->evtchn ?
				  xenevtchn_fd(in->evtchn) : 0, request,
				  space) < 0);
}

/* Beyond its end by far: a full file system is everybody's harm. */
static int grow_image(const struct inside *in, long unused)
{
	uint64_t end = image_info(in->image)->sectors * 512;

	(void)unused;
	return refused_if(lseek(in->image->file.fd, end + (8 << 20), SEEK_SET) <
			  0 || write(in->image->file.fd, "x", 1) < 0);
}

enum {
	PTRACE_ATTACH_NR = 16, PTRACE_SEIZE_NR = 0x4206,
	IOCTL_BIND_VIRQ = 0x44500, IOCTL_BIND_UNBOUND = 0x84502,
	IOCTL_TIOCSTI = 0x5412,
};

#define ANY(name) { #name, call, SYS_##name }

const struct attempt syscall_attempts[] = {
	{ "openat", open_passwd, SYS_openat },
	{ "openat2", open_passwd, SYS_openat2 },
	{ "newfstatat", stat_passwd, SYS_newfstatat },
	{ "statx", stat_passwd, SYS_statx },
	{ "kill of a sibling", to_sibling, SYS_kill },
	{ "tkill of a sibling", to_sibling, SYS_tkill },
	{ "tgkill of a sibling", tgkill_sibling, SYS_tgkill },
	{ "rt_sigqueueinfo to a sibling", to_sibling, SYS_rt_sigqueueinfo },
	{ "pidfd_open of a sibling", to_sibling, SYS_pidfd_open },
	{ "prlimit64 of a sibling", to_sibling, SYS_prlimit64 },
	{ "process_vm_readv of a sibling", to_sibling, SYS_process_vm_readv },
	{ "process_vm_writev of a sibling", to_sibling,
	  SYS_process_vm_writev },
	{ "ptrace: attach to a sibling", trace_sibling, PTRACE_ATTACH_NR },
	{ "ptrace: seize a sibling", trace_sibling, PTRACE_SEIZE_NR },
	{ "socket: unix", unix_socket, AF_UNIX },
	{ "socket: inet", unix_socket, AF_INET },
	{ "socket: netlink", unix_socket, AF_NETLINK },
	{ "mmap of code", map_code, MAP_PRIVATE | MAP_ANONYMOUS },
	{ "fcntl: owner of a descriptor", own_descriptor, F_SETOWN },
	{ "ioctl: bind a VIRQ", any_ioctl, IOCTL_BIND_VIRQ },
	{ "ioctl: bind an unbound port", any_ioctl, IOCTL_BIND_UNBOUND },
	{ "ioctl: type on a terminal", any_ioctl, IOCTL_TIOCSTI },
	{ "write far beyond the image's end", grow_image, 0 },
	ANY(open), ANY(creat), ANY(unlink), ANY(unlinkat), ANY(rename),
	ANY(renameat), ANY(renameat2), ANY(link), ANY(linkat), ANY(symlink),
	ANY(mkdir), ANY(mknod), ANY(chmod), ANY(chown), ANY(truncate),
	ANY(ftruncate), ANY(fork), ANY(vfork), ANY(clone), ANY(clone3),
	ANY(execve), ANY(execveat), ANY(connect), ANY(bind), ANY(listen),
	ANY(accept), ANY(socketpair), ANY(setuid), ANY(setresuid),
	ANY(setgid), ANY(setgroups), ANY(capset), ANY(setrlimit),
	ANY(io_uring_setup), ANY(io_uring_register), ANY(io_setup),
	ANY(mount), ANY(umount2), ANY(chroot), ANY(pivot_root), ANY(unshare),
	ANY(setns), ANY(bpf), ANY(perf_event_open), ANY(keyctl),
	ANY(userfaultfd), ANY(memfd_create), ANY(seccomp), ANY(prctl),
	ANY(init_module), ANY(finit_module), ANY(kexec_load), ANY(reboot),
	ANY(iopl), ANY(ioperm), ANY(pidfd_getfd), ANY(pidfd_send_signal),
	ANY(kcmp), ANY(name_to_handle_at), ANY(open_by_handle_at),
	ANY(inotify_init1), ANY(fanotify_init), ANY(shmget), ANY(msgget),
	ANY(mq_open), ANY(getdents64), ANY(chdir), ANY(readlink),
	ANY(sysinfo), ANY(syslog), ANY(quotactl), ANY(acct), ANY(swapon),
};
const unsigned int nr_syscall_attempts =
	sizeof(syscall_attempts) / sizeof(*syscall_attempts);
