/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that assembly and C share. */
#ifndef GUEST_KERNEL_ASM_H
#define GUEST_KERNEL_ASM_H

#define STACK_SIZE	16384
#define MAX_CPUS	2

/* Traps with an entry of their own: the processor's exceptions. */
#define TRAPS		32
#define TRAP_STUB	32		/* bytes of an entry */
#define TRAP_HAS_ERROR(n) \
	((n) == 8 || ((n) >= 10 && (n) <= 14) || (n) == 17 || (n) == 21)

/* frame.vector of what is not a trap. */
#define ENTRY_EVENT	256
#define ENTRY_FAILSAFE	257

#endif
