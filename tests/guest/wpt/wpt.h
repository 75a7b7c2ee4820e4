/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of this subject. */
#ifndef TESTS_GUEST_WPT_H
#define TESTS_GUEST_WPT_H

#include "guest.h"

extern u64 *wpt_l1;
extern u64 wpt_rw, wpt_ro;
u64 wpt_read(unsigned int i);

/* Whole entries at once: only 64-bit kernels have the instructions. */
void wpt_check_wide(void);

#endif
