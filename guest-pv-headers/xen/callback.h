/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * callback_op(command, argument): where the guest's kernel is entered. Anybody.
 * -ENOSYS: this kind of guest has no such callback, -EINVAL: a bad address.
 */
#ifndef __XEN_PUBLIC_CALLBACK_H__
#define __XEN_PUBLIC_CALLBACK_H__

#include "xen.h"

#define CALLBACKTYPE_event               0 /* events; always masks them */
#define CALLBACKTYPE_failsafe            1 /* a selector could not be loaded */
#define CALLBACKTYPE_syscall             2 /* SYSCALL of a 64-bit process */
#define CALLBACKTYPE_sysenter_deprecated 3 /* -ENOSYS */
#define CALLBACKTYPE_nmi                 4 /* accepted: NMIs are vector 2 of */
					   /* the trap table */
#define CALLBACKTYPE_sysenter            5 /* SYSENTER */
#define CALLBACKTYPE_syscall32           7 /* SYSCALL of a 32-bit process */

/* Entered with events masked. */
#define _CALLBACKF_mask_events 0
#define CALLBACKF_mask_events  (1U << _CALLBACKF_mask_events)

/* Sets one, of the calling vCPU. */
#define CALLBACKOP_register 0
struct callback_register {
	uint16_t type;			/* IN: CALLBACKTYPE_* */
	uint16_t flags;			/* IN: CALLBACKF_* */
	xen_callback_t address;		/* IN */
};
typedef struct callback_register callback_register_t;
DEFINE_XEN_GUEST_HANDLE(callback_register_t);

/* Removes one; -EINVAL for those a guest cannot do without. */
#define CALLBACKOP_unregister 1
struct callback_unregister {
	uint16_t type;			/* IN: CALLBACKTYPE_* */
	uint16_t _unused;
};
typedef struct callback_unregister callback_unregister_t;
DEFINE_XEN_GUEST_HANDLE(callback_unregister_t);

#endif
