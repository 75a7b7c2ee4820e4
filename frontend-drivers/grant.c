/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of the grant table, version 1: see grant.h. */
#include <xen/grant_table.h>
#include "grant.h"

void grant_init(struct grant_table *t, struct grant_entry_v1 *entries,
		uint32_t *next, uint32_t count)
{
	uint32_t ref;

	t->entries = entries;
	t->next = next;
	t->count = count;
	t->first_free = GRANT_NONE;
	t->nr_free = 0;
	/* The lowest come first. */
	for (ref = count; ref-- > GNTTAB_NR_RESERVED_ENTRIES;)
		grant_put(t, ref);
}

void grant_resume(struct grant_table *t, struct grant_entry_v1 *entries)
{
	t->entries = entries;
}

uint32_t grant_take(struct grant_table *t)
{
	uint32_t ref = t->first_free;

	if (ref == GRANT_NONE)
		return GRANT_NONE;
	t->first_free = t->next[ref];
	t->nr_free--;
	return ref;
}

void grant_put(struct grant_table *t, uint32_t ref)
{
	t->next[ref] = t->first_free;
	t->first_free = ref;
	t->nr_free++;
}

void grant_access(struct grant_table *t, uint32_t ref, domid_t to,
		  uint32_t frame, bool readonly)
{
	struct grant_entry_v1 *entry = &t->entries[ref];
	uint16_t flags = GTF_permit_access;

	if (readonly)
		flags |= GTF_readonly;
	entry->domid = to;
	entry->frame = frame;
	/* The entry is valid by its flags: they are written last. */
	__atomic_store_n(&entry->flags, flags, __ATOMIC_RELEASE);
}

bool grant_end(struct grant_table *t, uint32_t ref)
{
	struct grant_entry_v1 *entry = &t->entries[ref];
	uint16_t flags = __atomic_load_n(&entry->flags, __ATOMIC_RELAXED);

	do {
		if (flags & (GTF_reading | GTF_writing))
			return false;
	} while (!__atomic_compare_exchange_n(&entry->flags, &flags, 0, false,
					      __ATOMIC_SEQ_CST,
					      __ATOMIC_RELAXED));
	return true;
}
