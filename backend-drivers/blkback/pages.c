/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <sys/mman.h>
#include "common/grants.h"
#include "pages.h"

struct pages {
	uint8_t *memory;
	uint32_t count;
	uint32_t left;
	uint32_t stack[];	/* numbers of the free pages: [0, left) */
};

/* Memory is taken from the system when a page is first used. */
struct pages *pages_new(uint32_t count)
{
	struct pages *p = calloc(1, sizeof(*p) + count * sizeof(*p->stack));

	if (!p)
		return NULL;
	p->memory = mmap(NULL, (size_t)count * GRANTS_PAGE,
			 PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p->memory == MAP_FAILED) {
		free(p);
		return NULL;
	}
	p->count = p->left = count;
	/* The lowest on top: few pages are ever touched. */
	for (uint32_t i = 0; i < count; i++)
		p->stack[i] = count - 1 - i;
	return p;
}

void pages_free(struct pages *p)
{
	if (!p)
		return;
	munmap(p->memory, (size_t)p->count * GRANTS_PAGE);
	free(p);
}

uint32_t pages_left(const struct pages *p)
{
	return p->left;
}

void *pages_get(struct pages *p)
{
	return p->memory + (size_t)p->stack[--p->left] * GRANTS_PAGE;
}

void pages_put(struct pages *p, void *page)
{
	p->stack[p->left++] = ((uint8_t *)page - p->memory) / GRANTS_PAGE;
}
