/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's memory for backend tests: grant reference N is page N. Every
 * access is checked against what the guest granted.
 */
#ifndef FAKE_GRANTS_H
#define FAKE_GRANTS_H

#include <stdbool.h>
#include <stdint.h>
#include "common/grants.h"

enum { FAKE_GRANTS = 1024 };

struct grants {
	uint8_t (*pages)[GRANTS_PAGE];
	void *pool;		/* grants_alloc() */
	bool granted[FAKE_GRANTS];
	bool readonly[FAKE_GRANTS];
	uint32_t mapped[FAKE_GRANTS];
	uint32_t maps;		/* in total, ever */
	uint32_t copies;
	uint32_t pieces;	/* of them, for a hypervisor that takes pages */
	bool copy_fails;	/* the call itself */
};

/* All pages granted, filled with a pattern. */
void fake_grants_init(struct grants *g);
void fake_grants_free(struct grants *g);
uint32_t fake_grants_mapped(const struct grants *g);

#endif
