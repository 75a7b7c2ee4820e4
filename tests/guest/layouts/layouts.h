/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_LAYOUTS_H
#define TESTS_LAYOUTS_H

#include "ops.h"

void check_control(void);	/* control.c */
void check_other_size(void);	/* other.c */

#endif
