/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A return that the processor refuses comes back to the kernel with the state
 * that could not be loaded: by the failsafe callback, which adds the data
 * segments, or as the exception that it is.  Kernels have to be ready for both.
 */
#include "failsafe.h"

USER_CODE(user_ud, "ud2");
static char stack[4096] __attribute__((section(".user.data"), aligned(4096)));

static unsigned long stack_top(void)
{
	return (unsigned long)stack + sizeof(stack) - 64;
}

static void set_segments(void)
{
	__asm__ volatile("mov %w0, %%ds; mov %w0, %%es" :: "r"(KERNEL_DS));
	__asm__ volatile("mov %w0, %%fs; mov %w0, %%gs" :: "r"(USER_DS));
}

static void expect_refused(u16 cs, u16 ss)
{
	struct frame f;

	memset(&f, 0, sizeof(f));
	if (catch_iret((unsigned long)user_ud, cs, 0x202, stack_top(), ss, 0,
		       &f) == ENTRY_FAILSAFE) {
		CHECK_EQ((u16)failsafe_segments[0], KERNEL_DS);
		CHECK_EQ((u16)failsafe_segments[1], KERNEL_DS);
		CHECK_EQ((u16)failsafe_segments[2], USER_DS);
		CHECK_EQ((u16)failsafe_segments[3], USER_DS);
	} else {
		CHECK_EQ(f.vector, 13);
		CHECK_EQ(f.error, (cs == USER_CS ? ss : cs) & ~3);
	}
	set_segments();
	CHECK_EQ(f.ip, (unsigned long)user_ud);
	CHECK_EQ(f.cs & ~3, cs & ~3);
	CHECK_EQ(f.saved_mask, 0);
	if ((cs & 3) == 3) {
		CHECK_EQ(f.cs, cs);
		CHECK_EQ(f.sp, stack_top());
		CHECK_EQ(f.ss, ss);
	}
}

static void check_selectors(void)
{
	struct frame f;

	subject("selectors");
	CHECK_EQ(catch_user(user_ud, 0, &f), 6);
	set_segments();
	expect_refused(0x1233, USER_DS);	/* beyond the guest's GDT */
	expect_refused(0x3, USER_DS);		/* null */
	expect_refused(0x1237, USER_DS);	/* no LDT */
	expect_refused(USER_DS, USER_DS);	/* no code */
	expect_refused(USER_CS, 0x1233);
	expect_refused(USER_CS, USER_CS);	/* not writable */
	/* The next good one is as good as ever. */
	CHECK_EQ(catch_user(user_ud, 0, &f), 6);
}

/* Processors differ in who faults: the return, or the first instruction. */
static void check_noncanonical(void)
{
	struct frame f;
	int vector;

	subject("non-canonical address");
	if (IS_32BIT)
		return;
	vector = catch_iret(NONCANONICAL, USER_CS, 0x202, stack_top(), USER_DS,
			    0, &f);
	CHECK(vector == ENTRY_FAILSAFE || vector == 13);
	CHECK_EQ(f.ip, NONCANONICAL);
	CHECK_EQ(f.cs, USER_CS);
	vector = catch_iret(NONCANONICAL, KERNEL_CS_SHOWN, 0x202, stack_top(),
			    KERNEL_DS, 0, &f);
	CHECK(vector == ENTRY_FAILSAFE || vector == 13);
	CHECK_EQ(f.ip, NONCANONICAL);
}

static u8 mask_in_handler;
static unsigned long repaired;		/* the vector */

static bool repair(struct frame *f)
{
	if (f->vector != ENTRY_FAILSAFE && f->vector != 13)
		return false;
	mask_in_handler = shared_info->vcpu_info[0].evtchn_upcall_mask;
	f->cs = USER_CS;
	repaired = f->vector;
	return true;
}

static void register_failsafe(bool masks)
{
	struct callback_register r = {
		.type = CALLBACKTYPE_failsafe,
		.flags = masks ? CALLBACKF_mask_events : 0,
	};
	unsigned long words[2] = { KERNEL_CS, (unsigned long)failsafe_entry };

	memcpy(&r.address, IS_32BIT ? words : words + 1, sizeof(r.address));
	CHECK_EQ(HC2(callback_op, CALLBACKOP_register, &r), 0);
}

/* A handler that repairs what was wrong gets its code to run. */
static void check_repair(void)
{
	struct frame f;
	unsigned int masks;

	subject("repair");
	on_user_entry = repair;
	for (masks = 0; masks < 2; masks++) {
		register_failsafe(masks);
		repaired = 0;
		CHECK_EQ(catch_iret((unsigned long)user_ud, 0x1237, 0x202,
				    stack_top(), USER_DS, 0x55, &f), 6);
		CHECK(repaired);
		CHECK_EQ(mask_in_handler, masks && repaired != 13);
		CHECK_EQ(f.saved_mask, 0);
		CHECK_EQ(f.ax, 0x55);
		CHECK_EQ(f.sp, stack_top());
	}
	on_user_entry = 0;
}

void test_main(void)
{
	check_selectors();
	check_noncanonical();
	check_repair();
	check_hopeless();
}
