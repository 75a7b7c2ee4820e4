/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"
#include "peer.h"

enum { STACK = 65536 };

struct peer {
	int there[2];
	int back[2];
};

/* Echoes until the other end is closed or says so. */
static int peer_echo(void *arg)
{
	struct peer *p = arg;
	char byte;

	while (read(p->there[0], &byte, 1) == 1 && byte)
		if (write(p->back[1], &byte, 1) != 1)
			break;
	_exit(0);
}

static pid_t peer_start(enum peer_kind kind, struct peer *p, char *stack)
{
	int flags = kind == PEER_THREAD ? CLONE_VM | CLONE_FS | CLONE_FILES : 0;
	pid_t pid = clone(peer_echo, stack + STACK, flags | SIGCHLD, p);

	if (pid < 0)
		bench_fail("clone");
	return pid;
}

static void peer_trip(const struct peer *p)
{
	char byte = 1;

	if (write(p->there[1], &byte, 1) != 1 ||
	    read(p->back[0], &byte, 1) != 1)
		bench_fail("pipe");
}

uint64_t peer_round_trips(enum peer_kind kind, uint32_t count)
{
	static char stack[STACK] __attribute__((aligned(16)));
	const char end = 0;
	uint64_t took;
	struct peer p;
	pid_t pid;

	if (pipe(p.there) || pipe(p.back))
		bench_fail("pipe");
	pid = peer_start(kind, &p, stack);
	peer_trip(&p);
	took = bench_now();
	for (uint32_t i = 0; i < count; i++)
		peer_trip(&p);
	took = bench_now() - took;
	if (write(p.there[1], &end, 1) != 1 || waitpid(pid, NULL, 0) != pid)
		bench_fail("peer");
	for (int i = 0; i < 2; i++) {
		close(p.there[i]);
		close(p.back[i]);
	}
	return took;
}
