/* SPDX-License-Identifier: BSD-2-Clause */
/* Unit tests check the order of locks. */
#ifndef HOSPES_DEBUG_H
#define HOSPES_DEBUG_H
#include <stdbool.h>
static const bool debug = true;
#endif
