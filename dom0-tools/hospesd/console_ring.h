/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shared page of a PV console, seen from the serving side.  The guest
 * writes to it at any time and may be hostile: an index is read once, then
 * only the copy is used; nonsense is answered by resynchronising.
 */
#ifndef HOSPESD_CONSOLE_RING_H
#define HOSPESD_CONSOLE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/io/console.h>

/*
 * Takes what the guest printed, at most size bytes.  *corrupt is set when the
 * indices are impossible; the ring is then emptied.
 */
size_t console_ring_take(struct xencons_interface *page, uint8_t *buf,
			 size_t size, bool *corrupt);
/* Gives the guest input; returns how much fitted. */
size_t console_ring_give(struct xencons_interface *page, const uint8_t *buf,
			 size_t len, bool *corrupt);

#endif
