/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the domain being built; see guest.h. */
#include "builder/guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SUPERPAGE_ORDER 9
/* Extents a call: bounds the hypercall buffer. */
#define POPULATE_BATCH 16384

int guest_open(struct guest *g, uint64_t nr_pages, struct build_error *error)
{
	memset(g, 0, sizeof(*g));
	g->nr_pages = nr_pages;
	g->frames = calloc(nr_pages, sizeof(*g->frames));
	if (!g->frames)
		return build_fail(error, "dom0 has no memory to build a "
				  "domain of %llu pages",
				  (unsigned long long)nr_pages);
	g->control = control_open();
	if (!g->control)
		return build_fail(error, "no access to the hypervisor: %s; "
				  "is this dom0, are you root, is the module "
				  "xen-privcmd loaded?", strerror(errno));
	g->foreign = xenforeignmemory_open(NULL, 0);
	if (!g->foreign)
		return build_fail(error, "no access to domains' memory: %s; "
				  "is the module xen-privcmd loaded?",
				  strerror(errno));
	return 0;
}

void guest_close(struct guest *g, bool destroy)
{
	if (g->created && destroy)
		control_domain_destroy(g->control, g->domid);
	if (g->foreign)
		xenforeignmemory_close(g->foreign);
	control_close(g->control);
	free(g->frames);
	memset(g, 0, sizeof(*g));
}

/*
 * Populates from *done on in extents of 2^order as far as memory goes. The
 * frames of an extent are contiguous.
 */
static int populate_order(struct guest *g, unsigned int order, uint64_t *done)
{
	uint64_t step = 1ull << order, batch, *list;
	long got = 0;

	list = calloc(POPULATE_BATCH, sizeof(*list));
	if (!list)
		return -ENOMEM;
	while (g->nr_pages - *done >= step) {
		batch = (g->nr_pages - *done) >> order;
		if (batch > POPULATE_BATCH)
			batch = POPULATE_BATCH;
		for (uint64_t i = 0; i < batch; i++)
			list[i] = *done + (i << order);
		got = control_memory_populate(g->control, g->domid, batch,
					      order, list);
		if (got <= 0)
			break;
		for (uint64_t i = 0; i < (uint64_t)got << order; i++)
			g->frames[*done + i] = list[i >> order] +
				(i & (step - 1));
		*done += (uint64_t)got << order;
		if ((uint64_t)got < batch)
			break;
	}
	free(list);
	return got < 0 ? (int)got : 0;
}

int guest_populate(struct guest *g, struct build_error *error)
{
	uint64_t done = 0;
	int rc;

	/* Large extents save time; where memory is split up, single pages. */
	populate_order(g, SUPERPAGE_ORDER, &done);
	rc = populate_order(g, 0, &done);
	if (done == g->nr_pages)
		return 0;
	if (rc == 0 || rc == -ENOMEM)
		return build_fail(error, "not enough memory: the domain needs "
				  "%llu MiB and the host had only %llu MiB "
				  "free; lower its <memory> or stop another "
				  "domain",
				  (unsigned long long)g->nr_pages >> 8,
				  (unsigned long long)done >> 8);
	return build_fail(error, "memory for the domain could not be "
			  "allocated: %s", strerror(-rc));
}

void *guest_map(struct guest *g, const struct plan_range *range,
		struct build_error *error)
{
	void *memory = xenforeignmemory_map(g->foreign, g->domid,
					    PROT_READ | PROT_WRITE,
					    range->count,
					    g->frames + range->pfn, NULL);

	if (!memory)
		build_fail(error, "the domain's memory could not be mapped: "
			   "%s", strerror(errno));
	return memory;
}

void guest_unmap(struct guest *g, void *memory,
		 const struct plan_range *range)
{
	xenforeignmemory_unmap(g->foreign, memory, range->count);
}

typedef long long vector __attribute__((vector_size(16), aligned(1),
					may_alias));

/*
 * Not memcpy: for large sizes the C library's uses REP MOVSB, which emulators
 * run byte by byte.
 */
static void copy(uint8_t *to, const uint8_t *from, size_t size)
{
	size_t i = 0;

	for (; size - i >= 64; i += 64) {
		vector a = *(const vector *)(from + i);
		vector b = *(const vector *)(from + i + 16);
		vector c = *(const vector *)(from + i + 32);
		vector d = *(const vector *)(from + i + 48);

		*(vector *)(to + i) = a;
		*(vector *)(to + i + 16) = b;
		*(vector *)(to + i + 32) = c;
		*(vector *)(to + i + 48) = d;
	}
	memcpy(to + i, from + i, size - i);
}

int guest_write(struct guest *g, uint64_t address, const uint8_t *data,
		size_t size, struct build_error *error)
{
	uint64_t offset = address % PLAN_PAGE_SIZE;
	struct plan_range range = {
		.pfn = address >> PLAN_PAGE_SHIFT,
		.count = plan_pages(offset + size),
	};
	uint8_t *memory;

	if (size == 0)
		return 0;
	memory = guest_map(g, &range, error);
	if (!memory)
		return -1;
	/* Stays mapped: see guest.h. */
	copy(memory + offset, data, size);
	return 0;
}
