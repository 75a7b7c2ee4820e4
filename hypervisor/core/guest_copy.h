/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies between the hypervisor and the memory of the running guest, through
 * its present page tables.  Addresses are checked, faults are tolerated:
 * the functions return 0, or -EFAULT after a partial copy.
 */
#ifndef HOSPES_CORE_GUEST_COPY_H
#define HOSPES_CORE_GUEST_COPY_H

#include "lib/errno.h"
#include "mm/addr.h"

int copy_from_guest(void *dst, gva_t src, size_t n) __must_check;
int copy_to_guest(gva_t dst, const void *src, size_t n) __must_check;
int clear_guest(gva_t dst, size_t n) __must_check;
/* Bytes not copied (0: all); @dst/@src unchecked: callers did. entry asm. */
size_t copy_user_raw(void *dst, const void *src, size_t n);

#include "core/guest_words.h"

/* Element @i of an array in the guest. */
#define copy_elem_from_guest(dst, base, i) \
	guest_read((dst), GVA((base).v + (i) * sizeof(*(dst))))
#define copy_elem_to_guest(base, i, src) \
	guest_write(GVA((base).v + (i) * sizeof(*(src))), (src))

#endif
