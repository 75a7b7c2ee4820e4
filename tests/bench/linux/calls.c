/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a Linux kernel does for its processes: system calls, faults, processes,
 * signals, switches. Each row is the median of several rounds of many
 * operations; a round includes what the timer took of it.
 *
 *   calls          all rows
 *   calls --exit   what `exec` starts: ends at once
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"
#include "peer.h"

enum {
	ROUNDS = 7,
	PAGE = 4096,
	AREA = 256,		/* pages of the tests of faults */
};

struct row {
	const char *name;
	uint32_t count;		/* operations in a round */
	/* Does so many; returns the instructions they took. */
	uint64_t (*round)(uint32_t count);
};

static uint64_t row_getppid(uint32_t count)
{
	uint64_t begin = bench_now();

	for (uint32_t i = 0; i < count; i++)
		syscall(SYS_getppid);
	return bench_now() - begin;
}

static uint64_t row_read(uint32_t count)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);
	uint64_t begin = bench_now();

	for (uint32_t i = 0; i < count; i++)
		if (read(fd, &byte, 1) != 1)
			bench_fail("read /dev/zero");
	begin = bench_now() - begin;
	close(fd);
	return begin;
}

static uint64_t row_open(uint32_t count)
{
	uint64_t begin = bench_now();

	for (uint32_t i = 0; i < count; i++)
		close(open("/dev/zero", O_RDONLY));
	return bench_now() - begin;
}

static char *area_new(size_t pages)
{
	char *area = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		bench_fail("mmap");
	madvise(area, pages * PAGE, MADV_NOHUGEPAGE);
	return area;
}

static void area_touch(char *area, size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		((volatile char *)area)[i * PAGE] = 1;
}

/* Anonymous memory, first touched; the page's zeroing is in it. */
static uint64_t row_fault(uint32_t count)
{
	char *area = area_new(count);
	uint64_t begin = bench_now();

	area_touch(area, count);
	begin = bench_now() - begin;
	munmap(area, count * (size_t)PAGE);
	return begin;
}

/* A page that the parent and a child share is written: copied. */
static uint64_t row_cow(uint32_t count)
{
	char *area = area_new(count);
	uint64_t took;
	pid_t child;
	int pipes[2];

	area_touch(area, count);
	if (pipe(pipes))
		bench_fail("pipe");
	child = fork();
	if (child == 0) {
		char byte;

		close(pipes[1]);
		_exit(read(pipes[0], &byte, 1) != 0);
	}
	took = bench_now();
	area_touch(area, count);
	took = bench_now() - took;
	close(pipes[0]);
	close(pipes[1]);
	waitpid(child, NULL, 0);
	munmap(area, count * (size_t)PAGE);
	return took;
}

static uint64_t row_mmap(uint32_t count)
{
	uint64_t begin = bench_now();

	for (uint32_t i = 0; i < count; i++)
		munmap(area_new(1), PAGE);
	return bench_now() - begin;
}

/* Sixteen pages mapped, written, unmapped. */
static uint64_t row_mmap_touch(uint32_t count)
{
	uint64_t begin = bench_now();

	for (uint32_t i = 0; i < count; i++) {
		char *area = area_new(16);

		area_touch(area, 16);
		munmap(area, 16 * PAGE);
	}
	return bench_now() - begin;
}

/* Sixteen pages that are there lose the right to be written and get it back. */
static uint64_t row_mprotect(uint32_t count)
{
	char *area = area_new(16);
	uint64_t begin;

	area_touch(area, 16);
	begin = bench_now();
	for (uint32_t i = 0; i < count; i++)
		if (mprotect(area, 16 * PAGE, PROT_READ) ||
		    mprotect(area, 16 * PAGE, PROT_READ | PROT_WRITE))
			bench_fail("mprotect");
	begin = bench_now() - begin;
	munmap(area, 16 * PAGE);
	return begin;
}

static uint64_t row_fork(uint32_t count)
{
	uint64_t begin = bench_now();

	for (uint32_t i = 0; i < count; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child < 0 || waitpid(child, NULL, 0) != child)
			bench_fail("fork");
	}
	return bench_now() - begin;
}

static uint64_t row_exec(uint32_t count)
{
	uint64_t begin = bench_now();
	int status;

	for (uint32_t i = 0; i < count; i++) {
		pid_t child = fork();

		if (child == 0) {
			execl("/proc/self/exe", "calls", "--exit", NULL);
			_exit(1);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status)
			bench_fail("exec");
	}
	return bench_now() - begin;
}

static void on_signal(int signal)
{
	(void)signal;
}

static uint64_t row_signal(uint32_t count)
{
	struct sigaction action = { .sa_handler = on_signal };
	pid_t self = getpid();
	uint64_t begin;

	sigaction(SIGUSR1, &action, NULL);
	begin = bench_now();
	for (uint32_t i = 0; i < count; i++)
		kill(self, SIGUSR1);
	return bench_now() - begin;
}

static char *fault_area;

static void on_fault(int signal)
{
	(void)signal;
	mprotect(fault_area, PAGE, PROT_READ | PROT_WRITE);
}

/* A store faults, the handler allows it, it is forbidden again. */
static uint64_t row_fault_signal(uint32_t count)
{
	struct sigaction action = { .sa_handler = on_fault };
	uint64_t begin;

	fault_area = area_new(1);
	area_touch(fault_area, 1);
	sigaction(SIGSEGV, &action, NULL);
	begin = bench_now();
	for (uint32_t i = 0; i < count; i++) {
		mprotect(fault_area, PAGE, PROT_READ);
		area_touch(fault_area, 1);
	}
	begin = bench_now() - begin;
	signal(SIGSEGV, SIG_DFL);
	munmap(fault_area, PAGE);
	return begin;
}

static uint64_t row_pipe_self(uint32_t count)
{
	uint64_t begin;
	int pipes[2];
	char byte = 0;

	if (pipe(pipes))
		bench_fail("pipe");
	begin = bench_now();
	for (uint32_t i = 0; i < count; i++)
		if (write(pipes[1], &byte, 1) != 1 ||
		    read(pipes[0], &byte, 1) != 1)
			bench_fail("pipe");
	begin = bench_now() - begin;
	close(pipes[0]);
	close(pipes[1]);
	return begin;
}

static uint64_t row_pipe_processes(uint32_t count)
{
	return peer_round_trips(PEER_PROCESS, count);
}

static uint64_t row_pipe_threads(uint32_t count)
{
	return peer_round_trips(PEER_THREAD, count);
}

static const struct row rows[] = {
	{ "getppid", 4000, row_getppid },
	{ "read-byte", 2000, row_read },
	{ "open-close", 1000, row_open },
	{ "page-fault", AREA, row_fault },
	{ "copy-on-write", AREA, row_cow },
	{ "mmap-munmap", 1000, row_mmap },
	{ "mmap-touch-16", 200, row_mmap_touch },
	{ "mprotect-16", 500, row_mprotect },
	{ "signal", 1000, row_signal },
	{ "fault-signal", 500, row_fault_signal },
	{ "fork-exit", 40, row_fork },
	{ "fork-exec", 40, row_exec },
	{ "pipe-self", 1000, row_pipe_self },
	{ "pipe-processes", 500, row_pipe_processes },
	{ "pipe-threads", 500, row_pipe_threads },
};

/* A round trip is two switches and twice what a pipe costs by itself. */
static const struct {
	const char *name;
	const char *trip;
} switches[] = {
	{ "switch-processes", "pipe-processes" },
	{ "switch-threads", "pipe-threads" },
};

enum { ROWS = sizeof(rows) / sizeof(*rows) };

static double measured[ROWS];

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double row_median(const struct row *row)
{
	double each[ROUNDS];

	row->round(row->count);	/* warm */
	for (int i = 0; i < ROUNDS; i++)
		each[i] = (double)row->round(row->count) / row->count;
	qsort(each, ROUNDS, sizeof(*each), compare);
	return each[ROUNDS / 2];
}

static double row_value(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (!strcmp(rows[i].name, name))
			return measured[i];
	abort();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--exit"))
		return 0;
	for (size_t i = 0; i < ROWS; i++) {
		measured[i] = row_median(&rows[i]);
		bench_print(rows[i].name, measured[i]);
	}
	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++)
		bench_print(switches[i].name, row_value(switches[i].trip) / 2 -
			    row_value("pipe-self"));
	return 0;
}
