/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the common part and that of each kind. */
#ifndef TESTS_FAILSAFE_H
#define TESTS_FAILSAFE_H

#include "other.h"

/* A callback that cannot be entered ends its domain, and nothing else. */
void check_hopeless(void);

#endif
