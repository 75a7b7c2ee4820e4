/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes the place of the example kernel's disk.c: blkfront against a real
 * backend. For each configuration the device is connected, written and read
 * at random places by many requests at once, every sector compared, flushed,
 * discarded, and closed. Then requests go on until the device is lost or
 * `hold` seconds have passed. The console tells dom0's script how it went.
 */
#include "devices.h"
#include "blkfront.h"

enum {
	WORKERS = 32,
	REGION = 256,			/* sectors that a worker has */
	BYTES = REGION * 512,
	TIMEOUT_S = 20,
};

struct worker {
	struct blkfront_request request;
	struct blkfront_buffer buffers[3];
	u8 *data;
	u32 first;			/* sector */
	u32 versions[REGION];		/* of what was written there */
	u32 left;			/* requests still to make */
	bool busy;
};

static struct blkfront disk;
static struct worker workers[WORKERS];
static u32 made, refused, failed, wrong, version;
static char *path;

static u32 random(void)
{
	static u32 state = 2463534242;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* ---- What is on the disk ------------------------------------------------ */

static void sector_fill(u32 *to, u32 sector, u32 v)
{
	u32 i;

	for (i = 0; i < 128; i++)
		to[i] = (sector * 2654435761u + i) ^ v << 20;
}

static bool sector_right(const u32 *at, u32 sector, u32 v)
{
	u32 i;

	for (i = 0; i < 128; i++)
		if (at[i] != ((sector * 2654435761u + i) ^ v << 20))
			return false;
	return true;
}

/* ---- Many requests ------------------------------------------------------ */

static u32 worker_offset(const struct worker *w)
{
	return (u32)w->request.sector - w->first;
}

static void worker_check(const struct worker *w)
{
	u32 i, n, at = worker_offset(w);

	for (i = 0; i < (u32)w->request.sectors; i++) {
		n = at + i;
		if (w->versions[n] &&
		    !sector_right((u32 *)(w->data + i * 512), w->first + n,
				  w->versions[n]))
			wrong++;
	}
}

/* Three buffers, cut at odd places. */
static void worker_cut(struct worker *w, u32 bytes)
{
	u32 a = random() % (bytes + 1), b = random() % (bytes - a + 1);

	w->buffers[0].address = w->data;
	w->buffers[0].bytes = a;
	w->buffers[1].address = w->data + a;
	w->buffers[1].bytes = b;
	w->buffers[2].address = w->data + a + b;
	w->buffers[2].bytes = bytes - a - b;
	w->request.buffers = w->buffers;
	w->request.nr_buffers = 3;
}

static void worker_write(struct worker *w)
{
	u32 i, at = worker_offset(w);

	version = (version + 1) % 4000;
	for (i = 0; i < (u32)w->request.sectors; i++) {
		w->versions[at + i] = version + 1;
		sector_fill((u32 *)(w->data + i * 512), w->first + at + i,
			    version + 1);
	}
}

static void worker_next(struct worker *w)
{
	u32 unit = disk.info.sector_size / 512;
	u32 at = random() % REGION & -unit;
	u32 n = 1 + random() % (REGION - at);

	if (!w->left || refused || failed)
		return;
	w->left--;
	n = (n + unit - 1) & -unit;
	w->request.op = random() % 2 ? BLKFRONT_WRITE : BLKFRONT_READ;
	w->request.sector = w->first + at;
	w->request.sectors = n;
	if (w->request.op == BLKFRONT_WRITE)
		worker_write(w);
	else
		memset(w->data, 0, n * 512);
	worker_cut(w, n * 512);
	w->busy = true;
	if (blkfront_submit(&disk, &w->request)) {
		w->busy = false;
		refused++;
		return;
	}
	made++;
}

static void worker_done(struct blkfront_request *r, int status)
{
	struct worker *w = r->arg;

	w->busy = false;
	if (status)
		failed++;
	else if (r->op == BLKFRONT_READ)
		worker_check(w);
	worker_next(w);
}

static bool workers_idle(void *arg)
{
	u32 i;

	(void)arg;
	if (xenbus_pending(hooks.xenbus))
		return true;
	for (i = 0; i < WORKERS; i++)
		if (workers[i].busy)
			return false;
	return true;
}

static bool any_busy(void)
{
	u32 i;

	for (i = 0; i < WORKERS; i++)
		if (workers[i].busy)
			return true;
	return false;
}

/* Until all have made so many requests, or one failed. */
static void workers_run(u32 requests)
{
	u32 i;

	for (i = 0; i < WORKERS; i++) {
		workers[i].left = requests;
		worker_next(&workers[i]);
	}
	while (any_busy()) {
		events_wait(workers_idle, NULL, FRONTEND_FOREVER);
		xenbus_poll(hooks.xenbus);
	}
}

static void workers_init(void)
{
	struct worker *w;
	u32 i;

	for (i = 0; i < WORKERS; i++) {
		w = &workers[i];
		w->data = memory_pages(BYTES / PAGE_SIZE);
		if (!w->data)
			panic("front: no memory");
		w->first = i * REGION;
		w->request.done = worker_done;
		w->request.arg = w;
	}
}

/* ---- Configurations ----------------------------------------------------- */

static int single(enum blkfront_op op, u32 sector, u32 sectors)
{
	return blkfront_transfer(&disk, op, sector, sectors,
				 op == BLKFRONT_BARRIER ? workers[0].data :
				 NULL);
}

/* The last MiB of the regions is discarded, and forgotten. */
static int try_discard(void)
{
	u32 i, n;

	for (i = WORKERS - 8; i < WORKERS; i++)
		for (n = 0; n < REGION; n++)
			workers[i].versions[n] = 0;
	return single(BLKFRONT_DISCARD, (WORKERS - 8) * REGION, 8 * REGION);
}

static bool try_operations(void)
{
	int flush = single(BLKFRONT_FLUSH, 0, 0), discard, barrier;

	discard = try_discard();
	barrier = single(BLKFRONT_BARRIER, 0, 0);
	print("front: flush %d, discard %d, barrier %d\n", flush, discard,
	      barrier);
	return !flush && (!discard || !disk.info.discard) &&
	       (!barrier || !disk.info.barrier);
}

static bool try_configuration(const struct blkfront_config *config, u32 n)
{
	int rc = blkfront_open(&disk, &hooks, path, config,
			       TIMEOUT_S * 1000ULL * MS);
	u32 before = made;
	u64 began = time_now();

	if (rc) {
		print("front: open: error %d\n", rc);
		return false;
	}
	print("front: %llu sectors of %u, ring of %u, %u segments, "
	      "persistent %d, flush %d, barrier %d, discard %d\n",
	      (unsigned long long)disk.info.sectors, disk.info.sector_size,
	      disk.info.ring_slots, disk.info.segments, disk.info.persistent,
	      disk.info.flush, disk.info.barrier, disk.info.discard);
	workers_run(n);
	if (!failed && !try_operations())
		failed++;
	rc = blkfront_close(&disk, TIMEOUT_S * 1000ULL * MS);
	failed += refused;
	print("front: %u requests in %u ms, %u failed, %u wrong, close %d\n",
	      made - before, (u32)divide(time_now() - began, 1000000), failed,
	      wrong, rc);
	return !rc && !failed && !wrong;
}

static bool try_all(u32 requests)
{
	static const struct blkfront_config configs[] = {
		BLKFRONT_DEFAULT,
		{ 0, 11, 64, false, NULL, NULL },
		{ 0, 32, 40, true, NULL, NULL },
		{ 4, 256, 700, true, NULL, NULL },
		{ 1, 3, 9, false, NULL, NULL },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(configs); i++)
		if (!try_configuration(&configs[i], requests))
			return false;
	return true;
}

/* ---- Until it is gone --------------------------------------------------- */

static void hold(u32 seconds)
{
	u64 end = time_now() + seconds * 1000ULL * MS;
	int rc = blkfront_open(&disk, &hooks, path, NULL,
			       TIMEOUT_S * 1000ULL * MS);

	print("front: holding, open %d\n", rc);
	if (rc)
		return;
	refused = 0;
	failed = 0;
	while (time_now() < end && blkfront_usable(&disk)) {
		workers_run(20);
		xenbus_poll(hooks.xenbus);
	}
	print("front: held: usable %d, %u failed, %u wrong\n",
	      blkfront_usable(&disk), failed, wrong);
	rc = blkfront_close(&disk, TIMEOUT_S * 1000ULL * MS);
	print("front: closed %d\n", rc);
}

void disk_prove(void)
{
	u32 times = option_number("hold-times", 1);

	workers_init();
	if (!try_all(option_number("requests", 20))) {
		print("front: FAILED\n");
		return;
	}
	print("front: all good\n");
	while (option_number("hold", 0) && times--)
		hold(option_number("hold", 0));
	print("front: end\n");
}

bool disk_init(void)
{
	static char vbd[] = "device/vbd/51712";

	path = vbd;
	return true;
}
