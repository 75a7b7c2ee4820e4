/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's memory of a host program is what its fakes of these say. */
#ifndef HOSPES_CORE_GUEST_WORDS_H
#define HOSPES_CORE_GUEST_WORDS_H

#include "x86/cpuid.h"

#define guest_read(dst, src)	copy_from_guest((dst), (src), sizeof(*(dst)))
#define guest_write(dst, src)	copy_to_guest((dst), (src), sizeof(*(src)))
#define guest_write_words(va, src, n)	copy_to_guest(GVA(va), (src), (n))
#define GUEST_LOAD(x, at, fault) do { \
	if (copy_from_guest(&(x), GVA(at), sizeof(x))) \
		goto fault; \
} while (0)

#endif
