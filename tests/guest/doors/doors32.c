/* SPDX-License-Identifier: BSD-2-Clause */
/* The doors of a 32-bit guest: see doors.h. */
#include "doors.h"

USER_CODE(d_syscall, "syscall; ud2");
USER_CODE(d_sysenter, "sysenter; ud2");
USER_CODE(d_int3, "int3; ud2");
USER_CODE(d_int20, "int $0x20; ud2");
USER_CODE(d_int80, "int $0x80; ud2");
USER_CODE(d_int82, "int $0x82; ud2");
USER_CODE(d_ud, "ud2");
USER_CODE(d_hlt, "hlt; ud2");
USER_CODE(d_pf, "mov %ss:0x70000000, %al; ud2");
USER_CODE(d_div, "div %ecx; ud2");
USER_CODE(d_icebp, ".byte 0xf1; ud2");
USER_CODE(d_nop, "nop; nop; ud2");
USER_CODE(d_clts, "clts; ud2");

const struct door doors[] = {
	{ "SYSCALL", d_syscall, VEC_SYSCALL32, 2, MAY_LACK | CLOBBERS_CX,
	  NO_ERROR, 0, 0 },
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
	{ "no hypercall", d_int82, 6, 2, IN_KERNEL | GIVES_RESULT, NO_ERROR,
	  5000, -38 },
	{ "hypercall", d_int82, 6, 2, IN_KERNEL | GIVES_RESULT, NO_ERROR,
	  __HYPERVISOR_sched_op, -38 },
	{ "INT3 in the kernel", d_int3, 3, 1, IN_KERNEL, NO_ERROR, 0, 0 },
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
	AT(ax), AT(bx), AT(cx), AT(dx), AT(si), AT(di), AT(bp),
};

/* Ring 3 has no use for the kernel's: a return there clears them. */
static const u16 selectors[8] = {
	0, 0xe02a, 0xe033, 0xe032, 0xe02b, 0xe031, 0xe033, 0xe030
};

static u16 choose_one(bool kernel)
{
	u64 x = random64();

	return kernel && x & 8 ? KERNEL_DS : selectors[x % 8];
}

void choose_segments(struct frame *start, bool kernel)
{
	start->ds = choose_one(kernel);
	start->es = choose_one(kernel);
	start->fs = choose_one(kernel);
	start->gs = choose_one(kernel);
}

void check_segments(const struct frame *start, const struct frame *f)
{
	CHECK_EQ((u16)f->ds, start->ds);
	CHECK_EQ((u16)f->es, start->es);
	CHECK_EQ((u16)f->fs, start->fs);
	CHECK_EQ((u16)f->gs, start->gs);
}

void check_kind(const struct door *d, const struct frame *start,
		const struct frame *f)
{
	if (d->vector == VEC_SYSENTER) {
		CHECK_EQ(f->cs, 3);
		CHECK_EQ(f->ip, 0);
		CHECK_EQ(f->sp, 0);
	}
	if (d->what & CLOBBERS_CX)
		CHECK_EQ(f->cx, start->ip + d->offset);
}
