/* SPDX-License-Identifier: BSD-2-Clause */
/* The shared page of a PV console.  See console_ring.h. */
#include "hospesd/console_ring.h"

#define IN_SIZE  (sizeof(((struct xencons_interface *)0)->in))
#define OUT_SIZE (sizeof(((struct xencons_interface *)0)->out))

size_t console_ring_take(struct xencons_interface *page, uint8_t *buf,
			 size_t size, bool *corrupt)
{
	uint32_t prod = __atomic_load_n(&page->out_prod, __ATOMIC_ACQUIRE);
	uint32_t cons = __atomic_load_n(&page->out_cons, __ATOMIC_RELAXED);
	uint32_t avail = prod - cons;
	size_t n;

	*corrupt = avail > OUT_SIZE;
	if (*corrupt) {
		__atomic_store_n(&page->out_cons, prod, __ATOMIC_RELEASE);
		return 0;
	}
	for (n = 0; n < avail && n < size; n++)
		buf[n] = (uint8_t)page->out[(cons + n) % OUT_SIZE];
	__atomic_store_n(&page->out_cons, cons + (uint32_t)n,
			 __ATOMIC_RELEASE);
	return n;
}

size_t console_ring_give(struct xencons_interface *page, const uint8_t *buf,
			 size_t len, bool *corrupt)
{
	uint32_t cons = __atomic_load_n(&page->in_cons, __ATOMIC_ACQUIRE);
	uint32_t prod = __atomic_load_n(&page->in_prod, __ATOMIC_RELAXED);
	uint32_t used = prod - cons;
	size_t n;

	*corrupt = used > IN_SIZE;
	if (*corrupt) {
		__atomic_store_n(&page->in_prod, cons, __ATOMIC_RELEASE);
		return 0;
	}
	for (n = 0; n < len && n < IN_SIZE - used; n++)
		page->in[(prod + n) % IN_SIZE] = (char)buf[n];
	__atomic_store_n(&page->in_prod, prod + (uint32_t)n,
			 __ATOMIC_RELEASE);
	return n;
}
