/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual disk. Requests are queued, given to the backend as far as ring
 * and pages reach, and reported by a callback.
 *
 *	thread	blkfront_open -> Connected ... blkfront_close
 *	any	blkfront_submit -> done(request, status) from blkfront_poll,
 *		which is also the handler of the device's events
 *
 * Data goes through pages that the driver owns and has granted once: buffers
 * may lie anywhere, be of any alignment, and are never seen by the backend;
 * it can keep the pages mapped if it wants to (persistent grants). The copy is
 * made for writes when they are given to the backend, for reads when they end.
 *
 * Order: none between requests, as with any disk, apart from flush and
 * barrier. Sectors are of 512 bytes, whatever the disk's are.
 *
 * Backends are not trusted: a response with an unknown id, one that comes
 * twice, more responses than requests, another operation than asked: the
 * device is broken, all requests end with -XEN_EIO, and so do later ones.
 * Odd numbers in the store are refused (sizes) or brought down to what the
 * driver can do (limits).
 */
#ifndef BLKFRONT_H
#define BLKFRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "front_ring.h"
#include "frontend.h"
#include "xenbus.h"

enum {
	BLKFRONT_SECTOR = 512,
	BLKFRONT_RING_ORDER = 4,	/* largest: 16 pages */
	BLKFRONT_SEGMENTS = 256,	/* largest number in one ring slot */
	BLKFRONT_DIRECT = 11,		/* the same without indirect pages */
};

enum blkfront_op {
	BLKFRONT_READ,
	BLKFRONT_WRITE,
	/*
	 * Writes whose end had been reported before this was submitted are on
	 * stable storage when it ends. Ends at once with 0 if the backend
	 * offers neither flush nor barrier: nothing is held back then.
	 */
	BLKFRONT_FLUSH,
	/*
	 * A write (perhaps of no sectors, at most 44 KiB) between all that was
	 * given to the backend before and after it; only if info.barrier.
	 */
	BLKFRONT_BARRIER,
	BLKFRONT_DISCARD,	/* only if info.discard */
	BLKFRONT_DISCARD_SECURE	/* only if info.discard_secure */
};

struct blkfront_buffer {
	void *address;
	size_t bytes;
};

/* The caller's, untouched from blkfront_submit until done() is called. */
struct blkfront_request {
	enum blkfront_op op;
	uint64_t sector;		/* the first one */
	uint64_t sectors;		/* flush: 0 */
	/* Reads and writes: together exactly sectors * 512 bytes. */
	const struct blkfront_buffer *buffers;
	unsigned int nr_buffers;
	/*
	 * In any context, at most once; the request is the caller's again, and
	 * may be submitted anew from here. Status: 0, -XEN_EIO,
	 * -XEN_EOPNOTSUPP (the backend cannot after all).
	 */
	void (*done)(struct blkfront_request *r, int status);
	void *arg;

	/* of blkfront.c */
	struct blkfront_request *next, *prev;
	uint64_t issued;		/* sectors given to the backend */
	uint32_t pieces;		/* slots of the ring in use */
	int status;
};

/* What the device is; after a resume or a change of size it may differ. */
struct blkfront_info {
	uint64_t sectors;		/* of 512 bytes */
	uint32_t sector_size;		/* 512 to 4096: unit of requests */
	uint32_t physical_size;
	uint64_t discard_granularity;	/* bytes */
	uint64_t discard_alignment;
	uint32_t ring_slots;
	uint32_t segments;		/* pages in one slot of the ring */
	bool readonly, cdrom, removable;
	bool flush, barrier, discard, discard_secure;
	bool persistent;		/* the backend keeps pages mapped */
};

/* What to use at most; NULL in its place means BLKFRONT_DEFAULT. */
struct blkfront_config {
	uint32_t ring_order;		/* 0 to BLKFRONT_RING_ORDER */
	uint32_t segments;		/* 1 to BLKFRONT_SEGMENTS */
	uint32_t pages;			/* for data; 2 to 4096 */
	bool persistent;
	/*
	 * Thread context, by xenbus_poll(): the device was lost (see
	 * blkfront_usable()) or its size has changed. May be NULL. Where the
	 * backend takes the device away, xenbus_poll() waits up to 30 s for
	 * the requests under way before.
	 */
	void (*changed)(void *arg);
	void *arg;
};
#define BLKFRONT_DEFAULT { 2, 32, 128, true, NULL, NULL }

enum blkfront_state {
	BLKFRONT_CLOSED,
	BLKFRONT_CONNECTING,	/* requests are queued */
	BLKFRONT_CONNECTED,
	BLKFRONT_CLOSING,	/* requests are finished, none taken */
	BLKFRONT_GONE		/* every request fails */
};

/* All but `info` is of blkfront.c. */
struct blkfront {
	struct blkfront_info info;
	const struct frontend_os *os;
	struct blkfront_config config;
	struct xenbus_device device;
	struct xenbus_watch watch;
	enum blkfront_state state;
	bool issuing;
	bool told;			/* store and kernel: it is lost */
	uint16_t handle;
	evtchn_port_t port;
	bool bound;			/* port is ours */
	struct front_ring ring;
	void *ring_memory;
	uint32_t ring_refs[1 << BLKFRONT_RING_ORDER];
	struct blkfront_slot *slots;
	uint32_t nr_slots, free_slot;
	struct blkfront_page *pages;
	uint32_t nr_pages, free_page, nr_free_pages;
	void *tables;
	uint32_t table_pages, ring_pages;
	/* Submitted ones in their order; before `queue` all are issued. */
	struct blkfront_request *first, *last, *queue;
};

/*
 * Connects the device whose nodes are in `path` ("device/vbd/51712"), which
 * may take until `timeout` ns from now (0: no limit). `b` may hold anything.
 * -XEN_ENOENT: no such device; -XEN_ENOMEM; -XEN_ENOSPC: no more grants;
 * -XEN_ETIMEDOUT; -XEN_ENXIO: the backend has closed; -XEN_EINVAL: the
 * configuration or what the backend says. After an error nothing is left
 * behind. Thread context.
 */
int blkfront_open(struct blkfront *b, const struct frontend_os *os,
		  const char *path, const struct blkfront_config *config,
		  uint64_t timeout);

/*
 * Begins a request; done() tells of its end, perhaps before this returns.
 * What is refused at once is not reported by done(): -XEN_EINVAL (bounds,
 * units, buffers), -XEN_EROFS, -XEN_EOPNOTSUPP, -XEN_E2BIG (barrier),
 * -XEN_ENXIO (closed or closing), -XEN_EIO (lost). Any context.
 */
int blkfront_submit(struct blkfront *b, struct blkfront_request *r);

/* Takes responses and goes on with the queue. Any context. */
void blkfront_poll(struct blkfront *b);

bool blkfront_usable(const struct blkfront *b);

/*
 * One request and its end: thread context, waits. `buffer` holds
 * sectors * 512 bytes; NULL for a flush or discard. Meanwhile the device's
 * watch is looked after, so that it ends if the backend does.
 */
int blkfront_transfer(struct blkfront *b, enum blkfront_op op,
		      uint64_t sector, uint64_t sectors, void *buffer);

/*
 * After grant_resume() and xenbus_resume(): connects to the backend of the new
 * host. Requests that had not ended are done again from their start; those
 * that came meanwhile follow. Errors as of blkfront_open(); then the device is
 * lost. Thread context. Before a suspend nothing need be called; no call may
 * be made between it and this one.
 */
int blkfront_resume(struct blkfront *b, uint64_t timeout);

/*
 * Takes no more requests, waits for those under way, says goodbye, gives all
 * memory back. After `timeout` ns (0: no limit) requests fail with -XEN_EIO.
 * -XEN_EBUSY: the backend has kept pages mapped; they are lost to the kernel.
 * Either way `b` may be opened again. Thread context.
 */
int blkfront_close(struct blkfront *b, uint64_t timeout);

#endif
