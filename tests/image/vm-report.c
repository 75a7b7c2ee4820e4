/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dom0's side of tests/vm: carries what a command prints, and how it ended,
 * out of the machine.
 *
 *	vm-report say TEXT...	an event: one line on the control port
 *	vm-report run CMD...	runs CMD; its output goes to the data port, its
 *				exit status to the control port; it is ours too
 *
 * The ports are QEMU's isa-debugcon devices. They need no interrupt and no
 * driver and nobody else writes to them, so the output arrives whole and free
 * of console messages as long as dom0 can do port I/O at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT_DATA = 0x5e8, PORT_CONTROL = 0x5e9 };

static int ports;
static volatile sig_atomic_t child_gone;

static void die(const char *what)
{
	fprintf(stderr, "vm-report: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* A byte at a time: the kernel steps the port number within one write. */
static void put(int port, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (pwrite(ports, text + i, 1, port) != 1)
			die("/dev/port");
}

static void say(char **words)
{
	for (; *words; words++) {
		put(PORT_CONTROL, *words, strlen(*words));
		put(PORT_CONTROL, words[1] ? " " : "\n", 1);
	}
}

static void on_child(int sig)
{
	(void)sig;
	child_gone = 1;
}

/* Copies until end of file; stops early if nothing is there right now. */
static void copy_available(int fd)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		put(PORT_DATA, buf, (size_t)n);
}

/*
 * The end of the command ends the run, not the end of its output: a daemon
 * that it leaves behind may hold the pipe open for ever.
 */
static void copy_until_exit(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	const struct timespec tick = { .tv_nsec = 200 * 1000 * 1000 };

	while (!child_gone) {
		int n = ppoll(&pfd, 1, &tick, NULL);

		if (n > 0 && (pfd.revents & POLLIN))
			copy_available(fd);
		else if (n > 0)
			ppoll(NULL, 0, &tick, NULL);
	}
	copy_available(fd);
}

static int run(char **cmd)
{
	char line[32];
	int fds[2], status;
	pid_t pid;

	signal(SIGCHLD, on_child);
	if (pipe(fds))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		setsid();
		signal(SIGCHLD, SIG_DFL);
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		close(ports);
		execvp(cmd[0], cmd);
		die(cmd[0]);
	}
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	copy_until_exit(fds[0]);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	status = WIFEXITED(status) ? WEXITSTATUS(status) :
		128 + WTERMSIG(status);
	snprintf(line, sizeof(line), "exit %d\n", status);
	put(PORT_CONTROL, line, strlen(line));
	return status;
}

int main(int argc, char **argv)
{
	ports = open("/dev/port", O_WRONLY | O_CLOEXEC);
	if (ports < 0)
		die("/dev/port");
	if (argc >= 3 && !strcmp(argv[1], "say")) {
		say(argv + 2);
		return 0;
	}
	if (argc >= 3 && !strcmp(argv[1], "run")) {
		return run(argv + 2);
	}
	fprintf(stderr, "usage: vm-report say TEXT... | run CMD...\n");
	return 2;
}
