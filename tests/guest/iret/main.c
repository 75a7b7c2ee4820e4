/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The iret hypercall: to the kernel and to user mode, with all registers, with
 * flags as they may be, with events masked or not, and what it must not give.
 */
#include "iret.h"

unsigned long landed[8];
static u8 *mask;

static unsigned int if_of(const struct frame *f)
{
	return f->flags >> 9 & 1;
}

/* From an exception's handler, which changes every register. */
static bool change_all(struct frame *f)
{
	unsigned int i;

	f->ip += 2;
	for (i = 0; i < NR_REGISTERS; i++)
		*frame_register(f, i) = PATTERN(i);
	f->flags = (f->flags & ~0x8d5UL) | 0x8d5;
	return f->vector == 6;
}

static const u8 ud_ret[] = { 0x0f, 0x0b, 0xc3 };

static void check_registers(void)
{
	static unsigned long r[NR_REGISTERS + 1];
	unsigned int i;

	subject("all registers");
	memset(r, 0, sizeof(r));
	r[NR_REGISTERS] = 2;
	on_entry = change_all;
	call_with_registers(r, ud_ret);
	for (i = 0; i < NR_REGISTERS; i++)
		CHECK_EQ(r[i], PATTERN(i));
	CHECK_EQ(r[NR_REGISTERS] & 0x8d5, 0x8d5);
	on_entry = 0;
}

/* Flags are the kernel's to choose, but for privilege and interrupts. */
static void check_flags(void)
{
	static const struct {
		unsigned long asked, got;
	} rows[] = {
		{ 0x202, 0x202 }, { 0x002, 0x202 }, { 0xed7, 0xed7 },
		{ 0x3202, 0x202 },		/* IOPL */
		{ 0x40202, 0x40202 },		/* AC */
		{ 0x4202, 0x4202 },		/* NT */
		{ 0x200202, 0x200202 },		/* ID */
	};
	unsigned int i;

	subject("flags");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		*mask = 0;
		land(KERNEL_CS_SHOWN, rows[i].asked, 0);
		CHECK_EQ(landed[LANDED_FLAGS] & ~0x10000UL, rows[i].got);
		CHECK_EQ(*mask, !(rows[i].asked & 0x200));
		CHECK_EQ(landed[LANDED_CS], KERNEL_CS);
	}
	*mask = 1;
}

USER_CODE(u_probe, "pushf; pop " ASM_CX "; mov %cs, %edx; ud2");

static void check_user(void)
{
	struct frame f;

	subject("to user mode");
	*mask = 1;
	CHECK_EQ(catch_user(u_probe, 0x1234, &f), 6);
	CHECK_EQ(f.ax, 0x1234);
	CHECK_EQ(f.cx & 0x3200, 0x200);
	CHECK_EQ((u16)f.dx, USER_CS);
	CHECK_EQ(f.saved_mask, 0);
	CHECK_EQ(if_of(&f), 1);
	/* User mode with events masked, and with a wish for I/O. */
	CHECK_EQ(catch_user_at(u_probe, USER_CS, 0x3002, 0, &f), 6);
	CHECK_EQ(f.cx & 0x3200, 0x200);
	CHECK_EQ(f.saved_mask, 1);
	CHECK_EQ(if_of(&f), 0);
	*mask = 1;
}

static unsigned int steps;
static unsigned long step_ip;

static bool count_steps(struct frame *f)
{
	steps++;
	step_ip = f->ip;
	f->flags &= ~0x100UL;
	return f->vector == 1;
}

/* TF takes effect behind the first instruction there. */
static void check_single_step(void)
{
	struct frame f;

	subject("single step");
	on_entry = count_steps;
	land(KERNEL_CS_SHOWN, 0x302, 0);
	CHECK_EQ(steps, 1);
	CHECK_EQ(step_ip, (unsigned long)landing + 1);
	on_entry = 0;
	CHECK_EQ(catch_user_at(u_probe, USER_CS, 0x302, 0, &f), 1);
	CHECK_EQ(f.ip, (unsigned long)u_probe + 1);
	CHECK_EQ(f.flags & 0x100, 0x100);
}

static struct frame seen;

/* A handler of user mode's exception goes back there. */
USER_CODE(u_twice, "mov $7, %ecx; ud2; inc %ecx; hlt");

static bool go_back(struct frame *f)
{
	if (f->vector != 6)
		return false;
	seen = *f;
	f->ip += 2;
	f->ax = 0x77;
	return true;
}

static void check_back_to_user(void)
{
	struct frame f;

	subject("back to user mode");
	on_user_entry = go_back;
	CHECK_EQ(catch_user(u_twice, 0, &f), 13);
	on_user_entry = 0;
	CHECK_EQ(seen.cs & 3, 3);
	CHECK_EQ(seen.cx, 7);
	CHECK_EQ(f.cx, 8);
	CHECK_EQ(f.ax, 0x77);
	CHECK_EQ(f.di, 0);
	CHECK_EQ(f.sp, seen.sp);
	CHECK_EQ(f.ss, USER_DS);
}

void test_main(void)
{
	mask = (u8 *)&shared_info->vcpu_info[0].evtchn_upcall_mask;
	check_registers();
	check_flags();
	check_user();
	check_single_step();
	check_back_to_user();
	check_kind();
}
