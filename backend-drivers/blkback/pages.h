/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded stock of our own pages, for data of guests' pages that are not
 * mapped. What a request needs is reserved as a whole, so requests that wait
 * for pages can never hold up one another.
 */
#ifndef BLKBACK_PAGES_H
#define BLKBACK_PAGES_H

#include <stdint.h>

struct pages;

struct pages *pages_new(uint32_t count);
void pages_free(struct pages *p);
uint32_t pages_left(const struct pages *p);
/* Only while pages_left() is not 0. */
void *pages_get(struct pages *p);
void pages_put(struct pages *p, void *page);

#endif
