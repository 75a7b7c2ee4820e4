/* SPDX-License-Identifier: BSD-2-Clause */
/* Hooks, grants and events: see front_fake.h. The store: front_store.c. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "front_fake.h"

uint32_t fake_random(void)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

/* ---- Memory and grants -------------------------------------------------- */

static int fake_free_run(const struct front_fake *f, unsigned int count)
{
	unsigned int run = 0;

	for (int i = 0; i < FAKE_PAGES; i++) {
		run = f->pages[i] ? 0 : run + 1;
		if (run == count)
			return i + 1 - (int)count;
	}
	return -1;
}

static void *fake_pages(void *context, unsigned int count)
{
	struct front_fake *f = context;
	int first = fake_free_run(f, count);
	char *pages;

	if (count > f->pages_left || first < 0)
		return NULL;
	pages = aligned_alloc(FRONTEND_PAGE, (size_t)count * FRONTEND_PAGE);
	memset(pages, 0, (size_t)count * FRONTEND_PAGE);
	for (unsigned int i = 0; i < count; i++)
		f->pages[first + (int)i] = pages + (size_t)i * FRONTEND_PAGE;
	f->nr_pages += count;
	f->pages_left -= count;
	return pages;
}

static int fake_index(const struct front_fake *f, const void *page)
{
	for (int i = 0; i < FAKE_PAGES; i++)
		if (f->pages[i] && f->pages[i] == page)
			return i;
	ck_abort_msg("no page of the kernel");
	return -1;
}

static void fake_pages_free(void *context, void *pages, unsigned int count)
{
	struct front_fake *f = context;
	int first = fake_index(f, pages);

	for (uint32_t ref = 0; ref < FAKE_REFS; ref++) {
		uint32_t frame = f->entries[ref].frame - FAKE_FIRST_FRAME;

		if (f->entries[ref].flags)
			fake_check(frame < (uint32_t)first ||
				   frame >= first + count);
	}
	for (unsigned int i = 0; i < count; i++)
		f->pages[first + (int)i] = NULL;
	f->nr_pages -= count;
	f->pages_left += count;
	free(pages);
}

static uint32_t fake_frame(void *context, const void *page)
{
	return FAKE_FIRST_FRAME + (uint32_t)fake_index(context, page);
}

void *fake_granted(struct front_fake *f, uint32_t ref)
{
	uint32_t frame;

	fake_check(ref < FAKE_REFS);
	fake_check(f->entries[ref].flags & GTF_permit_access);
	fake_check(f->entries[ref].domid == 0);
	frame = f->entries[ref].frame - FAKE_FIRST_FRAME;
	fake_check(frame < FAKE_PAGES);
	fake_check(f->pages[frame]);
	return f->pages[frame];
}

void fake_map(struct front_fake *f, uint32_t ref, bool mapped)
{
	fake_check(ref < FAKE_REFS);
	if (mapped)
		f->entries[ref].flags |= GTF_reading | GTF_writing;
	else
		f->entries[ref].flags &= (uint16_t)~(GTF_reading | GTF_writing);
}

/* ---- Events ------------------------------------------------------------- */

static int fake_bind(void *context, evtchn_port_t port,
		     void (*handler)(void *arg), void *arg)
{
	struct front_fake *f = context;

	fake_check(port < FAKE_PORTS);
	f->ports[port] = (struct fake_port){
		.handler = handler, .arg = arg, .open = true,
	};
	return 0;
}

static int fake_alloc(void *context, domid_t remote,
		      void (*handler)(void *arg), void *arg,
		      evtchn_port_t *port)
{
	struct front_fake *f = context;

	fake_check(remote == 0);
	for (evtchn_port_t p = FAKE_STORE_PORT + 1; p < FAKE_PORTS; p++) {
		if (f->ports[p].open)
			continue;
		*port = p;
		return fake_bind(f, p, handler, arg);
	}
	return -XEN_ENOSPC;
}

static void fake_close(void *context, evtchn_port_t port)
{
	struct front_fake *f = context;

	fake_check(port < FAKE_PORTS);
	fake_check(f->ports[port].open);
	f->ports[port].open = false;
}

static void fake_send(void *context, evtchn_port_t port)
{
	struct front_fake *f = context;

	fake_check(port < FAKE_PORTS);
	fake_check(f->ports[port].open);
	f->ports[port].sent++;
}

void fake_event(struct front_fake *f, evtchn_port_t port)
{
	fake_check(port < FAKE_PORTS);
	f->ports[port].pending = true;
}

void fake_deliver(struct front_fake *f)
{
	for (int i = 0; i < FAKE_PORTS; i++) {
		struct fake_port *p = &f->ports[i];

		if (!p->open || !p->pending)
			continue;
		p->pending = false;
		p->handler(p->arg);
	}
}

/* ---- Time --------------------------------------------------------------- */

static bool fake_wait(void *context, bool (*ready)(void *arg), void *arg,
		      uint64_t deadline)
{
	struct front_fake *f = context;

	for (int round = 0; round < FAKE_IDLE; round++) {
		if (ready(arg))
			return true;
		fake_store_run(f);
		if (f->peer)
			f->peer(f);
		fake_deliver(f);
		f->now += 1000;
		if (f->now >= deadline)
			return ready(arg);
	}
	ck_assert_msg(deadline != FRONTEND_FOREVER, "waits for ever");
	f->now = deadline;
	return ready(arg);
}

static uint64_t fake_time(void *context)
{
	struct front_fake *f = context;

	return f->now;
}

static void fake_log(void *context, const char *device, const char *text)
{
	struct front_fake *f = context;

	fake_check(device);
	fake_check(text);
	f->logged++;
}

/* ---- Life --------------------------------------------------------------- */

static void fake_new_ring(struct front_fake *f)
{
	free(f->store.ring);
	f->store.ring = aligned_alloc(FRONTEND_PAGE, FRONTEND_PAGE);
	memset(f->store.ring, 0, FRONTEND_PAGE);
	free(f->store.out);
	f->store.out = NULL;
	f->store.out_len = 0;
	f->store.have = 0;
	f->store.nr_watches = 0;
}

void front_fake_init(struct front_fake *f)
{
	memset(f, 0, sizeof(*f));
	f->pages_left = FAKE_PAGES;
	f->os = (struct frontend_os){
		.context = f, .pages = fake_pages,
		.pages_free = fake_pages_free, .frame = fake_frame,
		.event_alloc = fake_alloc, .event_bind = fake_bind,
		.event_close = fake_close, .event_send = fake_send,
		.wait = fake_wait, .time = fake_time, .log = fake_log,
		.grants = &f->grants, .xenbus = &f->xenbus,
	};
	f->entries = calloc(FAKE_REFS, sizeof(*f->entries));
	grant_init(&f->grants, f->entries, f->next, FAKE_REFS);
	fake_new_ring(f);
	ck_assert_int_eq(xenbus_init(&f->xenbus, &f->os, f->store.ring,
				     FAKE_STORE_PORT), 0);
}

void front_fake_free(struct front_fake *f)
{
	fake_check(f->nr_pages == 0);
	fake_check(f->grants.nr_free == FAKE_REFS - GNTTAB_NR_RESERVED_ENTRIES);
	for (int i = 0; i < FAKE_REFS; i++)
		fake_check(f->entries[i].flags == 0);
	for (int i = 0; i < FAKE_PORTS; i++)
		fake_check(i == FAKE_STORE_PORT || !f->ports[i].open);
	fake_check(!f->xenbus.watches);
	free(f->entries);
	free(f->store.ring);
	free(f->store.out);
}

void front_fake_resume(struct front_fake *f)
{
	free(f->entries);
	f->entries = calloc(FAKE_REFS, sizeof(*f->entries));
	memset(f->ports, 0, sizeof(f->ports));
	fake_new_ring(f);
	grant_resume(&f->grants, f->entries);
	ck_assert_int_eq(xenbus_resume(&f->xenbus, f->store.ring,
				       FAKE_STORE_PORT), 0);
}
