/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that connects to its disk and its network interface like a good one and
 * then fills their rings with garbage: random requests, producer indices that
 * no honest frontend could have, references to pages that are granted, were
 * granted or never will be.  It closes, connects again and goes on, for as long as
 * the backends let it.  At worst its own backends end.
 */
#include "xs.h"
#include "grant.h"

#define ROUNDS		6	/* connections */
#define FILLS		150	/* of the rings, in one of them */
#define DATA_PAGES	8
#define FIRST_REF	16

enum { INIT_WAIT = 2, INITIALISED = 3, CONNECTED = 4, CLOSING = 5, CLOSED = 6 };

struct ring {
	volatile u32 *page;
	u32 ref;
};

struct device {
	const char *front;	/* its directory in the store */
	char back[200];
	bool net;
	unsigned int rings, rounds, filled;
	struct ring ring[2];
	int port;
	bool ended;		/* its backend is no more */
};

static struct device devices[] = {
	{ .front = "device/vbd/51712", .rings = 1 },
	{ .front = "device/vif/0", .rings = 2, .net = true },
};
static u64 seed = 0x2545f4914f6cdd1d;
static grant_entry_v1_t *grants;
static u64 *data[DATA_PAGES];

static u64 rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* ---- the store ------------------------------------------------------------------- */

static char *join(const char *a, const char *b)
{
	static char path[300];
	size_t n = strlen(a), m = strlen(b);

	memcpy(path, a, n);
	path[n] = '/';
	memcpy(path + n + 1, b, m + 1);
	return path;
}

static void put(struct device *d, const char *node, unsigned long value)
{
	xs_write_number(join(d->front, node), value);
}

static unsigned long backend_state(struct device *d)
{
	return xs_number(join(d->back, "state"));
}

/* False: it did not come to that within some seconds, or is no more. */
static bool await(struct device *d, unsigned long wanted)
{
	u64 limit = time_now() + 8000 * MSEC;
	unsigned long state;

	while (time_now() < limit) {
		state = backend_state(d);
		if (state == wanted)
			return true;
		if (state == ~0UL)
			return false;
		poll_port(start_info->store_evtchn, time_now() + 10 * MSEC);
	}
	return false;
}

/* ---- connections ------------------------------------------------------------------- */

static void set_up_ring(struct ring *r)
{
	memset((void *)addr_of(r->page), 0, PAGE_SIZE);
	r->page[1] = r->page[3] = 1;		/* req_event, rsp_event */
	grant_set(&grants[r->ref], 0, mfn_of((void *)addr_of(r->page)),
		  GTF_permit_access);
}

static bool connect(struct device *d)
{
	unsigned int i;

	if (!await(d, INIT_WAIT))
		return false;
	for (i = 0; i < d->rings; i++)
		set_up_ring(&d->ring[i]);
	d->port = port_alloc(DOMID_SELF, 0);
	if (d->port < 0)
		return false;
	put(d, "event-channel", d->port);
	if (d->net) {
		put(d, "tx-ring-ref", d->ring[0].ref);
		put(d, "rx-ring-ref", d->ring[1].ref);
		put(d, "request-rx-copy", 1);
		put(d, "feature-sg", 1);
		put(d, "feature-gso-tcpv4", 1);
	} else {
		put(d, "ring-ref", d->ring[0].ref);
		xs_write(0, join(d->front, "protocol"),
			 IS_32BIT ? "x86_32-abi" : "x86_64-abi");
		put(d, "feature-persistent", rnd() & 1);
	}
	put(d, "state", d->net ? CONNECTED : INITIALISED);
	if (!await(d, CONNECTED))
		return false;
	put(d, "state", CONNECTED);
	return true;
}

/* The end of a connection; true: there may be another one. */
static bool disconnect(struct device *d)
{
	unsigned int i;

	put(d, "state", CLOSING);
	for (i = 0; i < 200 && backend_state(d) < CLOSING; i++)
		poll_port(start_info->store_evtchn, time_now() + 10 * MSEC);
	put(d, "state", CLOSED);
	port_close(d->port);
	for (i = 0; i < d->rings; i++)
		*(volatile u16 *)&grants[d->ring[i].ref].flags = 0;
	if (!await(d, INIT_WAIT) && !await(d, CLOSED))
		return false;
	put(d, "state", 1);
	return backend_state(d) == INIT_WAIT;
}

/* ---- garbage -------------------------------------------------------------------------- */

static u32 any_ref(void)
{
	return rnd() & 3 ? FIRST_REF + (u32)(rnd() >> 20) % (DATA_PAGES + 4)
			 : (u32)rnd();
}

/* Some of it is nearly good: known operations, references that are granted. */
static void fill_words(volatile u32 *page)
{
	unsigned int i;

	for (i = 16; i < PAGE_SIZE / 4; i++) {
		switch (rnd() >> 30 & 3) {
		case 0:
			page[i] = rnd();
			break;
		case 1:
			page[i] = any_ref();
			break;
		case 2:
			page[i] = rnd() >> 40 & 0x0fff000f;
			break;
		default:
			page[i] = rnd() >> 50 & 15;
		}
	}
}

static u32 any_index(u32 now)
{
	switch (rnd() >> 33 & 7) {
	case 0:
		return rnd();
	case 1:
		return now + 33 + (rnd() >> 40 & 0xff);
	case 2:
		return now - 1;
	default:
		return now + 1 + (rnd() >> 40 & 15);
	}
}

static void change_grants(void)
{
	unsigned int i = rnd() >> 20 & (DATA_PAGES - 1);
	static const u16 flags[] = {
		GTF_permit_access, GTF_permit_access | GTF_readonly, 0,
		GTF_permit_access,
	};

	grant_set(&grants[FIRST_REF + i], 0, rnd() >> 60 ? mfn_of(data[i])
		  : rnd() & 0xffffff, flags[rnd() >> 13 & 3]);
}

static void fill(struct device *d)
{
	unsigned int i;

	for (i = 0; i < d->rings; i++) {
		volatile u32 *page = d->ring[i].page;

		fill_words(page);
		if (!(rnd() >> 20 & 3))
			page[2] = rnd();		/* rsp_prod: not ours */
		page[0] = any_index(page[0]);
	}
	change_grants();
	d->filled++;
	port_send(d->port);
	if (rnd() & 1)
		HC2(sched_op, SCHEDOP_yield, 0);
	else
		poll_port(d->port, time_now() + MSEC);
	port_clear(d->port);
}

static void play(struct device *d)
{
	unsigned int i;

	if (d->ended)
		return;
	if (!connect(d)) {
		d->ended = true;
		return;
	}
	d->rounds++;
	for (i = 0; i < FILLS; i++)
		fill(d);
	d->ended = !disconnect(d);
}

static void set_up(struct device *d, u32 ref)
{
	unsigned int i;
	char reply[XS_MAX + 1];

	if (xs_read(join(d->front, "backend"), reply) <= 0 ||
	    strlen(reply) >= sizeof(d->back)) {
		d->ended = true;
		return;
	}
	memcpy(d->back, reply, strlen(reply) + 1);
	for (i = 0; i < d->rings; i++) {
		d->ring[i].page = alloc_page();
		d->ring[i].ref = ref + i;
	}
}

void test_main(void)
{
	unsigned int i, k;

	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	grants = grant_table_map();
	for (i = 0; i < DATA_PAGES; i++)
		data[i] = alloc_page();
	for (i = 0; i < ARRAY_SIZE(devices); i++)
		set_up(&devices[i], 40 + 4 * i);
	for (k = 0; k < ROUNDS; k++)
		for (i = 0; i < ARRAY_SIZE(devices); i++)
			play(&devices[i]);
	for (i = 0; i < ARRAY_SIZE(devices); i++)
		print("garbageio: %s: %u connections, %u fills%s\n",
		      devices[i].front, devices[i].rounds, devices[i].filled,
		      devices[i].ended ? ", its backend ended" : "");
	print("garbageio: done\n");
	guest_shutdown(SHUTDOWN_poweroff);
}
