/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the common part and that of each kind. */
#ifndef TESTS_IRET_H
#define TESTS_IRET_H

#include "guest.h"

#define PATTERN(i)	(0x3c3c0100UL + (i) * 0x01010101UL)

enum { LANDED_FLAGS, LANDED_CS, LANDED_AX, LANDED_CX, LANDED_R11, LANDED_SP };
extern unsigned long landed[8];
extern char landing[];

/*
 * Go to `landing` of this kernel by an iret frame with these values, AX =
 * LAND_AX, and for 64 bits the other two and @vgcf; back with what was there.
 */
void land(unsigned long cs, unsigned long flags, unsigned long vgcf);
#define LAND_AX		0x1111
#define LAND_CX		0x2222
#define LAND_R11	0x3333

/* The place of register @i (R_AX ...) in a frame. */
unsigned long *frame_register(struct frame *f, unsigned int i);
void check_kind(void);

#endif
