/* SPDX-License-Identifier: BSD-2-Clause */
/* What the iret of 32-bit kernels has besides. */
#include "iret.h"

unsigned long *frame_register(struct frame *f, unsigned int i)
{
	unsigned long *const where[NR_REGISTERS] = {
		&f->ax, &f->bx, &f->cx, &f->dx, &f->si, &f->di, &f->bp,
	};

	return where[i];
}

/* To the kernel itself the frame has no stack: it goes on above the frame. */
void check_kind(void)
{
	unsigned long sp;

	subject("stack of the kernel");
	land(KERNEL_CS, 0x202, 0);
	CHECK_EQ(landed[LANDED_AX], LAND_AX);
	__asm__ volatile("mov %%esp, %0" : "=r"(sp));
	CHECK(landed[LANDED_SP] < sp && landed[LANDED_SP] + 64 > sp);
}
