/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Included before everything else: no symbol can be replaced at run time, so
 * that position independent code needs no table of addresses.
 */
#ifndef __ASSEMBLY__
#include <stdint.h>
#pragma GCC visibility push(hidden)
#endif
