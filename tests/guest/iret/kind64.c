/* SPDX-License-Identifier: BSD-2-Clause */
/* What the iret of 64-bit kernels has besides. */
#include "iret.h"

unsigned long *frame_register(struct frame *f, unsigned int i)
{
	unsigned long *const where[NR_REGISTERS] = {
		&f->rax, &f->rbx, &f->rcx, &f->rdx, &f->rsi, &f->rdi, &f->rbp,
		&f->r8, &f->r9, &f->r10, &f->r11, &f->r12, &f->r13, &f->r14,
		&f->r15,
	};

	return where[i];
}

/* A return as SYSRET would make it: RCX and R11 are not the frame's. */
void check_kind(void)
{
	subject("frame of a system call");
	land(KERNEL_CS_SHOWN, 0x202, 0);
	CHECK_EQ(landed[LANDED_AX], LAND_AX);
	CHECK_EQ(landed[LANDED_CX], LAND_CX);
	CHECK_EQ(landed[LANDED_R11], LAND_R11);
	land(KERNEL_CS_SHOWN, 0x202, VGCF_in_syscall);
	CHECK_EQ(landed[LANDED_AX], LAND_AX);
	CHECK_EQ(landed[LANDED_CX], (unsigned long)landing);
	CHECK_EQ(landed[LANDED_R11] & 0x200, 0x200);
	CHECK_EQ(landed[LANDED_CS], KERNEL_CS);
}
