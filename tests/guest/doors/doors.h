/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the common part and the tables of each kind. */
#ifndef TESTS_DOORS_H
#define TESTS_DOORS_H

#include "ops.h"

/* Where the callbacks of 32-bit SYSCALL and of SYSENTER lead. */
#define VEC_SYSCALL32	0x7e
#define VEC_SYSENTER	0x7f
#define NO_ERROR	(~0UL)		/* the exception has none to check */

/* What must hold of a door beside what holds of all of them. */
#define IN_KERNEL	1	/* from the kernel, on a stack that is there */
#define IN_CODE32	2	/* from 32-bit user code of a 64-bit guest */
#define STEPS		4	/* with TF */
#define NO_STEPS	8	/* without */
#define MAY_LACK	16	/* #UD on processors that do not have it */
#define NO_RETURN_IP	32	/* the frame does not say where it was */
#define CLOBBERS_CX	64	/* with the address behind, R11 with flags */
#define GIVES_RESULT	128	/* in AX */

struct door {
	const char *name;
	const char *code;
	int vector;		/* what comes next, */
	unsigned int offset;	/* and how far from its start */
	unsigned int what;
	unsigned long error;
	unsigned long ax;	/* 0: random */
	long result;
};

extern const struct door doors[];
extern const unsigned int door_count;
/* Where the general registers of a frame are, their number; AX and CX. */
extern const u16 register_offsets[NR_REGISTERS];
/* Beside CX: the register that SYSCALL keeps the flags in. */
#define R_FLAGS		(IS_32BIT ? R_CX : 10)

u64 random64(void);
/* Put random selectors where they are at a catch_frame(); back after it. */
void choose_segments(struct frame *start, bool kernel);
void check_segments(const struct frame *start, const struct frame *f);
/* What only this kind's frame of @d has. */
void check_kind(const struct door *d, const struct frame *start,
		const struct frame *f);

#endif
