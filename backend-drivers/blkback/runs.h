/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs of pages in a small piece of memory that is not ours: the data of one
 * request lies together there. What a run is short of is not waited for, the
 * request takes another way.
 */
#ifndef BLKBACK_RUNS_H
#define BLKBACK_RUNS_H

#include <stdbool.h>
#include <stddef.h>

struct runs;

/* NULL: out of memory. Of no bytes, nothing is ever given. */
struct runs *runs_new(void *memory, size_t bytes);
void runs_free(struct runs *r);
/* Memory for so many bytes, more than none, from a page's start; or NULL. */
void *runs_get(struct runs *r, size_t bytes);
/* Would runs_get give that much, were the free pages side by side? */
bool runs_enough(const struct runs *r, size_t bytes);
void runs_put(struct runs *r, void *run, size_t bytes);

#endif
