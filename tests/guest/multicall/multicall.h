/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the common part and that of each kind. */
#ifndef TESTS_MULTICALL_H
#define TESTS_MULTICALL_H

#include "guest.h"

/* Back behind the UD2 that led to @f, by a list of @n calls that has iret. */
void return_by_list(struct frame *f, struct multicall_entry *list,
		    unsigned long n, unsigned long ax) __attribute__((noreturn));
/* Raises #UD; what AX is behind it.  The handler may spoil other registers. */
unsigned long trap_for_ax(void);

#endif
