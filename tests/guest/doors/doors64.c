/* SPDX-License-Identifier: BSD-2-Clause */
/* The doors of a 64-bit guest: see doors.h. */
#include "doors.h"

USER_CODE(d_syscall, "syscall; ud2");
USER_CODE(d_sysenter, "sysenter; ud2");
USER_CODE(d_int3, "int3; ud2");
USER_CODE(d_int20, "int $0x20; ud2");
USER_CODE(d_int80, "int $0x80; ud2");
USER_CODE(d_int82, "int $0x82; ud2");
USER_CODE(d_ud, "ud2");
USER_CODE(d_hlt, "hlt; ud2");
USER_CODE(d_pf, "movabs 0x7000000000, %al; ud2");
USER_CODE(d_div, "div %ecx; ud2");
USER_CODE(d_icebp, ".byte 0xf1; ud2");
USER_CODE(d_nop, "nop; nop; ud2");
USER_CODE(d_clts, "clts; ud2");
USER_CODE(d_pf32, ".byte 0xa0; .long 0x70000000; ud2");

const struct door doors[] = {
	{ "SYSCALL", d_syscall, ENTRY_SYSCALL, 2, CLOBBERS_CX, NO_ERROR, 0, 0 },
	{ "SYSENTER", d_sysenter, VEC_SYSENTER, 0, MAY_LACK | NO_RETURN_IP,
	  NO_ERROR, 0, 0 },
	{ "INT3", d_int3, 3, 1, 0, NO_ERROR, 0, 0 },
	{ "INT 0x20", d_int20, 0x20, 2, 0, NO_ERROR, 0, 0 },
	{ "INT 0x80", d_int80, 13, 0, 0, 0x80 * 8 + 2, 0, 0 },
	{ "INT 0x82", d_int82, 13, 0, 0, 0x82 * 8 + 2, 0, 0 },
	{ "#UD", d_ud, 6, 0, 0, NO_ERROR, 0, 0 },
	{ "#GP", d_hlt, 13, 0, 0, 0, 0, 0 },
	{ "#PF", d_pf, 14, 0, 0, 4, 0, 0 },
	{ "#DE", d_div, 0, 0, 0, NO_ERROR, 0, 0 },
	{ "#DB, ICEBP", d_icebp, 1, 1, MAY_LACK, NO_ERROR, 0, 0 },
	{ "#DB, step", d_nop, 1, 1, STEPS, NO_ERROR, 0, 0 },
	{ "SYSCALL, 32-bit code", d_syscall, VEC_SYSCALL32, 2,
	  IN_CODE32 | MAY_LACK | CLOBBERS_CX, NO_ERROR, 0, 0 },
	{ "SYSENTER, 32-bit code", d_sysenter, VEC_SYSENTER, 0,
	  IN_CODE32 | MAY_LACK | NO_RETURN_IP, NO_ERROR, 0, 0 },
	{ "INT3, 32-bit code", d_int3, 3, 1, IN_CODE32, NO_ERROR, 0, 0 },
	{ "#PF, 32-bit code", d_pf32, 14, 0, IN_CODE32, 4, 0, 0 },
	{ "no hypercall", d_syscall, 6, 2,
	  IN_KERNEL | CLOBBERS_CX | GIVES_RESULT, NO_ERROR, 5000, -38 },
	{ "hypercall", d_syscall, 6, 2,
	  IN_KERNEL | CLOBBERS_CX | GIVES_RESULT, NO_ERROR,
	  __HYPERVISOR_set_segment_base, -22 },
	{ "INT3 in the kernel", d_int3, 3, 1, IN_KERNEL, NO_ERROR, 0, 0 },
	{ "INT 0x82 in the kernel", d_int82, 13, 0, IN_KERNEL, 0x82 * 8 + 2,
	  0, 0 },
	{ "#UD in the kernel", d_ud, 6, 0, IN_KERNEL, NO_ERROR, 0, 0 },
	{ "#PF in the kernel", d_pf, 14, 0, IN_KERNEL, 0, 0, 0 },
	{ "#DE in the kernel", d_div, 0, 0, IN_KERNEL, NO_ERROR, 0, 0 },
	{ "#DB in the kernel", d_nop, 1, 1, IN_KERNEL | STEPS, NO_ERROR, 0, 0 },
	{ "CLTS in the kernel", d_clts, 6, 2, IN_KERNEL | NO_STEPS, NO_ERROR,
	  0, 0 },
};
const unsigned int door_count = ARRAY_SIZE(doors);

#define AT(r)	offsetof(struct frame, r)
const u16 register_offsets[NR_REGISTERS] = {
	AT(rax), AT(rbx), AT(rcx), AT(rdx), AT(rsi), AT(rdi), AT(rbp), AT(r8),
	AT(r9), AT(r10), AT(r11), AT(r12), AT(r13), AT(r14), AT(r15),
};

static const u16 selectors[8] = {
	0, 0xe029, 0xe02b, 0xe02a, 0xe023, 0xe033, 0xe02b, 0xe028
};
static u16 chosen[4];

void choose_segments(struct frame *start, bool kernel)
{
	unsigned int i;

	(void)start;
	(void)kernel;
	for (i = 0; i < 4; i++)
		chosen[i] = selectors[random64() % 8];
	__asm__ volatile("mov %w0, %%ds; mov %w1, %%es; mov %w2, %%fs;"
			 "mov %w3, %%gs" :: "r"(chosen[0]), "r"(chosen[1]),
			 "r"(chosen[2]), "r"(chosen[3]));
}

void check_segments(const struct frame *start, const struct frame *f)
{
	u16 now[4];
	unsigned int i;

	(void)start;
	(void)f;
	__asm__ volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2;"
			 "mov %%gs, %3" : "=r"(now[0]), "=r"(now[1]),
			 "=r"(now[2]), "=r"(now[3]));
	for (i = 0; i < 4; i++)
		CHECK_EQ(now[i], chosen[i]);
}

/* SYSCALL's own registers say where and with which flags it was made. */
void check_kind(const struct door *d, const struct frame *start,
		const struct frame *f)
{
	if (d->vector == VEC_SYSENTER) {
		CHECK_EQ(f->cs, 3);
		CHECK_EQ(f->ip, 0);
		CHECK_EQ(f->sp, 0);
		return;
	}
	if (!(d->what & CLOBBERS_CX))
		return;
	CHECK_EQ(f->rcx, start->ip + d->offset);
	if (!(d->what & IN_CODE32))
		CHECK_EQ(f->r11 & 0x244dd5, start->flags & 0x244dd5);
}
