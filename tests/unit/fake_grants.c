/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "fake_grants.h"

void fake_grants_init(struct grants *g)
{
	memset(g, 0, sizeof(*g));
	g->pages = aligned_alloc(GRANTS_PAGE, FAKE_GRANTS * GRANTS_PAGE);
	ck_assert_ptr_nonnull(g->pages);
	for (int i = 0; i < FAKE_GRANTS; i++) {
		memset(g->pages[i], i, GRANTS_PAGE);
		g->granted[i] = true;
	}
}

void fake_grants_free(struct grants *g)
{
	ck_assert_uint_eq(fake_grants_mapped(g), 0);
	free(g->pages);
	free(g->pool);
}

uint32_t fake_grants_mapped(const struct grants *g)
{
	uint32_t mapped = 0;

	for (int i = 0; i < FAKE_GRANTS; i++)
		mapped += g->mapped[i];
	return mapped;
}

void *grants_map(struct grants *g, const uint32_t *refs, uint32_t count)
{
	ck_assert_uint_eq(count, 1);
	if (refs[0] >= FAKE_GRANTS || !g->granted[refs[0]] ||
	    g->readonly[refs[0]]) {
		errno = EINVAL;
		return NULL;
	}
	g->mapped[refs[0]]++;
	g->maps++;
	return g->pages[refs[0]];
}

void grants_unmap(struct grants *g, void *address, uint32_t count)
{
	size_t page = ((uint8_t *)address - g->pages[0]) / GRANTS_PAGE;

	ck_assert_uint_eq(count, 1);
	ck_assert_uint_lt(page, FAKE_GRANTS);
	ck_assert_uint_gt(g->mapped[page], 0);
	g->mapped[page]--;
}

void *grants_alloc(struct grants *g, uint32_t pages)
{
	ck_assert_ptr_null(g->pool);
	g->pool = aligned_alloc(GRANTS_PAGE, (size_t)pages * GRANTS_PAGE);
	return g->pool;
}

static int fake_copy(struct grants *g, const struct grant_copy *c)
{
	uint8_t *page;

	ck_assert_uint_le((uint32_t)c->offset + c->len, GRANTS_PAGE);
	if (c->ref >= FAKE_GRANTS || !g->granted[c->ref] ||
	    (c->to_guest && g->readonly[c->ref]))
		return -1;
	page = g->pages[c->ref] + c->offset;
	if (c->to_guest)
		memcpy(page, c->local, c->len);
	else
		memcpy(c->local, page, c->len);
	return 0;
}

int grants_copy(struct grants *g, struct grant_copy *copies, uint32_t count)
{
	if (g->copy_fails)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		uintptr_t first = (uintptr_t)copies[i].local;
		uintptr_t last = first + copies[i].len - 1;

		copies[i].status = fake_copy(g, &copies[i]);
		g->pieces += last / GRANTS_PAGE - first / GRANTS_PAGE + 1;
	}
	g->copies += count;
	return 0;
}
