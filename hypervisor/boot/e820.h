/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory map arithmetic, free of the machine (unit-tested on the host). */
#ifndef HOSPES_BOOT_E820_H
#define HOSPES_BOOT_E820_H

#include "boot/boot.h"

/*
 * Sort @in, resolve overlaps in favour of the higher type, merge neighbours.
 * Number of entries written to @out. Entries must not wrap.
 */
unsigned int e820_sanitise(const struct e820_entry *in, unsigned int n,
			   struct e820_entry *out, unsigned int max);

#endif
