/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests to a block device, past the page cache, a fixed number at a time:
 *
 *   blkload DEVICE [ROW]    one row, or all
 *
 * Random places by a fixed sequence; the device must be as large as 32 MiB.
 * A row is what one request costs, the kernel's part in sending it included.
 */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "bench.h"
#include "clock.h"

enum {
	DEPTH_MAX = 32,
	BYTES_MAX = 65536,
	SPAN = 32 << 20,	/* of the device */
	ROUNDS = 3,
};

struct load {
	const char *name;
	uint32_t bytes;
	uint32_t depth;
	uint32_t count;		/* requests */
	bool random;
	bool write;
};

static const struct load loads[] = {
	{ "rand-read-4k-1", 4096, 1, 2048, true, false },
	{ "rand-read-4k-32", 4096, 32, 8192, true, false },
	{ "rand-write-4k-1", 4096, 1, 2048, true, true },
	{ "rand-write-4k-32", 4096, 32, 8192, true, true },
	{ "seq-read-64k-1", 65536, 1, 512, false, false },
	{ "seq-read-64k-32", 65536, 32, 2048, false, false },
	{ "seq-write-64k-1", 65536, 1, 512, false, true },
	{ "seq-write-64k-32", 65536, 32, 2048, false, true },
};

struct place {
	uint64_t next;		/* sequential: the next block */
	uint64_t seed;		/* random */
};

static uint64_t place_next(struct place *p, const struct load *l)
{
	uint64_t blocks = SPAN / l->bytes;

	if (!l->random)
		return p->next++ % blocks * l->bytes;
	p->seed = p->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (p->seed >> 33) % blocks * l->bytes;
}

static void load_fill(struct iocb *io, const struct load *l, struct place *p,
		      int fd, char *buffer)
{
	memset(io, 0, sizeof(*io));
	io->aio_lio_opcode = l->write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
	io->aio_fildes = fd;
	io->aio_buf = (uintptr_t)buffer;
	io->aio_nbytes = l->bytes;
	io->aio_offset = place_next(p, l);
	io->aio_data = (uintptr_t)io;
}

static void load_submit(aio_context_t context, struct iocb **list, long n)
{
	long done = syscall(SYS_io_submit, context, n, list);

	if (done != n)
		bench_fail("io_submit");
}

static long load_reap(aio_context_t context, struct io_event *events)
{
	long n = syscall(SYS_io_getevents, context, 1, DEPTH_MAX, events,
			 NULL);

	if (n < 1)
		bench_fail("io_getevents");
	return n;
}

/* Keeps `depth` requests under way until `count` are done. */
static uint64_t load_run(const struct load *l, aio_context_t context, int fd,
			 char *buffers)
{
	struct place place = { .seed = 1 };
	struct io_event events[DEPTH_MAX];
	struct iocb ios[DEPTH_MAX], *list[DEPTH_MAX];
	uint32_t sent = l->depth, done = 0;
	uint64_t begin = clock_now();

	for (uint32_t i = 0; i < l->depth; i++) {
		list[i] = &ios[i];
		load_fill(&ios[i], l, &place, fd, buffers + i * BYTES_MAX);
	}
	load_submit(context, list, l->depth);
	while (done < l->count) {
		long n = load_reap(context, events), again = 0;

		for (long i = 0; i < n; i++) {
			struct iocb *io = (void *)(uintptr_t)events[i].data;

			if (events[i].res != l->bytes)
				bench_fail("short transfer");
			if (sent == l->count)
				continue;
			load_fill(io, l, &place, fd,
				  (char *)(uintptr_t)io->aio_buf);
			list[again++] = io;
			sent++;
		}
		done += n;
		if (again)
			load_submit(context, list, again);
	}
	return clock_now() - begin;
}

static uint64_t load_best(const struct load *l, aio_context_t context, int fd,
			  char *buffers)
{
	uint64_t best = UINT64_MAX, sum = 0;

	for (int i = 0; i < ROUNDS && !clock_enough(sum); i++) {
		uint64_t took = load_run(l, context, fd, buffers);

		if (took < best)
			best = took;
		sum += took;
	}
	return best;
}

int main(int argc, char **argv)
{
	aio_context_t context = 0;
	char *buffers;
	int fd;

	clock_choose();
	fd = open(argc > 1 ? argv[1] : "", O_RDWR | O_DIRECT);
	if (fd < 0)
		bench_fail("cannot open the device");
	buffers = mmap(NULL, DEPTH_MAX * BYTES_MAX, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (buffers == MAP_FAILED)
		bench_fail("mmap");
	memset(buffers, 0x5a, DEPTH_MAX * BYTES_MAX);
	if (syscall(SYS_io_setup, DEPTH_MAX, &context))
		bench_fail("io_setup");
	for (size_t i = 0; i < sizeof(loads) / sizeof(*loads); i++)
		if (argc < 3 || !strcmp(argv[2], loads[i].name))
			clock_print(loads[i].name,
				    load_best(&loads[i], context, fd, buffers),
				    loads[i].count);
	return 0;
}
