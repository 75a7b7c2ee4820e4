/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hypervisor writes on the stack at an entry, word by word, and what
 * it leaves in the registers: exceptions with and without error code, events,
 * from the kernel with any stack pointer, and from user mode.
 */
#include "frames.h"

unsigned long raw_sp, raw_ax, raw_flags, raw_cs, raw_ss, raw_words[8];
char odd_stack[4096] __attribute__((aligned(4096)));

#define FLAGS_SET	0x44ed5UL	/* AC NT OF DF SF ZF AF PF CF */

USER_CODE(user_ud, "ud2");
USER_CODE(user_gp, "hlt");
USER_CODE(user_flags, "pushf; orl $0x44ed5, (" ASM_SP "); popf; ud2");

static bool skip_instruction(struct frame *f)
{
	f->ip += f->vector == 6 ? 2 : 1;
	return f->vector == 6 || f->vector == 13;
}

static void set_gates(void)
{
	struct trap_info t[3] = {
		{ .vector = 6, .cs = KERNEL_CS,
		  .address = (unsigned long)raw_ud },
		{ .vector = 13, .cs = KERNEL_CS,
		  .address = (unsigned long)raw_gp },
	};

	CHECK_EQ(HC1(set_trap_table, t), 0);
}

static void check_kernel(void)
{
	unsigned long top = (unsigned long)odd_stack + 2048;
	unsigned int i;

	subject("frames of the kernel");
	on_entry = skip_instruction;
	for (i = 0; i < 16; i++) {
		fault_on_stack(top + i, false);
		check_kernel_frame(top + i, false);
		fault_on_stack(top + i, true);
		check_kernel_frame(top + i, true);
	}
	on_entry = 0;
}

static void check_user(void)
{
	unsigned long top = (unsigned long)trap_stack_end, offset;
	struct frame f;

	subject("frames of user mode");
	CHECK_EQ(catch_user(user_ud, 0, &f), 6);
	for (offset = 0; offset < 16; offset += 4) {
		CHECK_EQ(HC2(stack_switch, KERNEL_DS, top - offset), 0);
		CHECK_EQ(catch_user(user_ud, 0, &f), 6);
		check_user_frame(user_ud, false, top - offset);
		CHECK_EQ(catch_user(user_gp, 0, &f), 13);
		check_user_frame(user_gp, true, top - offset);
	}
	CHECK_EQ(HC2(stack_switch, KERNEL_DS, top), 0);
}

/* The frame has the flags as they were, the handler starts with clean ones. */
static void check_flags(void)
{
	struct frame f;

	subject("flags");
	CHECK_EQ(catch_user(user_flags, 0, &f), 6);
	CHECK_EQ(f.flags & 0x6ffed5, FLAGS_SET | 0x200);
	/* TF, RF, NT, VM */
	CHECK_EQ(raw_flags & 0x34100, 0);
	CHECK_EQ(raw_flags & 0x200, 0x200);
	if (!IS_32BIT)
		CHECK_EQ(raw_flags & 0x40000, 0);
}

void test_main(void)
{
	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	set_gates();
	check_kernel();
	check_user();
	check_flags();
}
