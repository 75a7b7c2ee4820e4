/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A blkback that was taken over, played by a program: it sets up the ring, the
 * devices and the confinement by blkback's own functions, and then tries
 * everything. Usage: backend-inside IMAGE FOLDER OWN-DOMID OTHER-DOMID SIBLING
 * [PID]; with PID, a blkback whose store connection is taken. With an own domid
 * of 0 there is no hypervisor, and nothing is tried of what it gives.
 * The last line is "inside: N refused, M went through"; M other than 0 is said
 * by the exit status as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "blkback/confine.h"
#include "common/sandbox.h"
#include "inside.h"

enum { USER = 0x70abcdef, STORE_FD = 4 };

static unsigned int refused, through;

static void open_all(struct inside *in, const char *path)
{
	static char why[300];
	struct image_config config = { .name = path, .discard = true };

	sandbox_prepare();
	config.fd = open(path, O_RDWR | O_CLOEXEC);
	in->image = image_open(&config, why, sizeof(why));
	if (in->image && !in->own)
		return;
	in->evtchn = xenevtchn_open(NULL, 0);
	in->gnttab = xengnttab_open(NULL, 0);
	if (!in->image || !in->evtchn || !in->gnttab ||
	    xenevtchn_restrict(in->evtchn, in->own)) {
		fprintf(stderr, "backend-inside: cannot set up: %s\n", why);
		_exit(UNKNOWN);
	}
}

static void report(const struct attempt *a, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		printf("ended by the filter: %s\n", a->name);
		refused++;
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED) {
		printf("refused: %s\n", a->name);
		refused++;
	} else {
		printf("WENT THROUGH (status %#x): %s\n", status, a->name);
		through++;
	}
	fflush(stdout);
}

static void attempt(struct inside in, const char *path,
		    const struct attempt *a)
{
	int status = 0;
	pid_t child = fork();

	if (child) {
		waitpid(child, &status, 0);
		report(a, status);
		return;
	}
	open_all(&in, path);
	if (confine_disk(in.image, USER))
		_exit(UNKNOWN);
	_exit(a->try(&in, a->argument));
}

static void attempts(struct inside in, const char *path,
		     const struct attempt *list, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		attempt(in, path, &list[i]);
}

static int take_store(pid_t pid)
{
	int fd = pidfd_open(pid, 0);

	return fd < 0 ? -1 : pidfd_getfd(fd, STORE_FD, 0);
}

int main(int argc, char **argv)
{
	struct inside in = { .store = -1 };

	if (argc < 6)
		return 2;
	in.folder = argv[2];
	in.own = atoi(argv[3]);
	in.other = atoi(argv[4]);
	in.sibling = atoi(argv[5]);
	if (argc > 6 && (in.store = take_store(atoi(argv[6]))) < 0) {
		perror("backend-inside: cannot take the store's connection");
		return 2;
	}
	attempts(in, argv[1], syscall_attempts, nr_syscall_attempts);
	attempts(in, argv[1], ring_attempts, nr_ring_attempts);
	if (in.own)
		attempts(in, argv[1], device_attempts, nr_device_attempts);
	printf("inside: %u refused, %u went through\n", refused, through);
	return through ? 1 : 0;
}
