/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the two ways in (dispatch.c, dispatch32.c). */
#ifndef HOSPES_HYPERCALL_DISPATCH_H
#define HOSPES_HYPERCALL_DISPATCH_H

#include "hypercall/hypercall.h"

typedef long hypercall_fn(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6);

/* Kinds of guests, as in table.def. */
#define PV64	BIT(0)
#define PV32	BIT(1)
#define HVM	BIT(2)

#define HYPERCALL_MULTICALL	13
#define HYPERCALL_IRET		23

/* Numbers from here on have no call. */
#define HYPERCALL_SLOTS		64

/*
 * The handlers of 64-bit guests' calls, for entry.S; slots without a row have one
 * that answers -ENOSYS.  The other table is that of multicalls.
 */
extern hypercall_fn *hypercall_table64[HYPERCALL_SLOTS];
extern hypercall_fn *multicall_table64[HYPERCALL_SLOTS];

/* The same for dispatch32.c. */
void hypercall_init32(void);

/*
 * A handler returned -ERESTART: the result, or the guest's registers go back
 * to before the call.
 */
void hypercall_restart_frame(void);

/* By table.def; NULL if guests of @kind have no such call. */
hypercall_fn *hypercall_lookup(u64 nr, unsigned int kind);

#endif
