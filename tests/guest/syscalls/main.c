/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls of user mode in a 64-bit kernel: SYSCALL of 64-bit and of 32-bit
 * code, SYSENTER, with and without callbacks, and the way back.
 */
#include "guest.h"

#define CODE32		0xe023

USER_CODE(u_syscall, "mov $0x1111, %ebx; mov $0x2222, %r12d; syscall;"
	  "inc %ebx; ud2");
USER_CODE(u_flags, "std; stc; syscall; ud2");
USER_CODE(u_code32, ".byte 0xb8; .long 0x12345678; .byte 0x40; int3");
USER_CODE(u_syscall32, ".byte 0xb8, 5, 0, 0, 0, 0x0f, 0x05; ud2");
USER_CODE(u_sysenter, "sysenter; ud2");

static long register_callback(u16 type, u16 flags, unsigned long address)
{
	struct callback_register r = { .type = type, .flags = flags,
				       .address = address };

	return HC2(callback_op, CALLBACKOP_register, &r);
}

static void check_syscall(void)
{
	unsigned long after = (unsigned long)u_syscall + 13;
	struct frame f;

	subject("SYSCALL");
	CHECK_EQ(catch_user(u_syscall, 0x777, &f), ENTRY_SYSCALL);
	CHECK_EQ(f.rax, 0x777);
	CHECK_EQ(f.rip, after);
	CHECK_EQ(f.rcx, after);
	CHECK_EQ(f.cs, USER_CS);
	CHECK_EQ(f.ss, USER_DS);
	CHECK(f.rsp >= (unsigned long)user_start &&
	      f.rsp < (unsigned long)user_end);
	CHECK_EQ(f.rbx, 0x1111);
	CHECK_EQ(f.r12, 0x2222);
	CHECK_EQ(f.rflags & 0x3200, 0x200);
	CHECK_EQ(f.r11 & 0x200, 0x200);
	CHECK_EQ(catch_user(u_flags, 0, &f), ENTRY_SYSCALL);
	CHECK_EQ(f.rflags & 0x401, 0x401);
	CHECK_EQ(f.r11 & 0x401, 0x401);
}

static u8 mask_in_handler;
static struct frame seen;

static bool answer(struct frame *f)
{
	if (f->vector != ENTRY_SYSCALL)
		return false;
	mask_in_handler = shared_info->vcpu_info[0].evtchn_upcall_mask;
	seen = *f;
	f->rax = 0x4242;
	return true;
}

/* The number by which the hypervisor's handlers ask for another try. */
#define ERESTART	85

/* Back as a system call goes back, with a result of that number. */
static bool answer_restart(struct frame *f)
{
	struct iret_context c = {
		.rax = -(u64)ERESTART, .flags = VGCF_in_syscall,
		.rip = f->rip, .cs = USER_CS, .rflags = 0x202,
		.rsp = f->rsp, .ss = USER_DS,
	};

	if (f->vector != ENTRY_SYSCALL)
		return false;
	seen = *f;
	__asm__ volatile("mov %0, %%rsp; mov $23, %%eax; syscall"
			 :: "r"(&c) : "memory");
	return true;
}

/* It is the guest's, and nothing else is done than to hand it on. */
static void check_any_result(void)
{
	struct frame f;

	subject("a result that looks like a restart");
	on_user_entry = answer_restart;
	CHECK_EQ(catch_user(u_syscall, 0, &f), 6);
	CHECK_EQ((long)f.rax, -ERESTART);
	CHECK(f.rip > seen.rip);
	CHECK_EQ(f.rsp, seen.rsp);
	on_user_entry = 0;
}

static void check_return(void)
{
	struct frame f;
	unsigned int masks;

	subject("return of a system call");
	on_user_entry = answer;
	for (masks = 0; masks < 2; masks++) {
		CHECK_EQ(register_callback(CALLBACKTYPE_syscall,
					   masks ? CALLBACKF_mask_events : 0,
					   (unsigned long)syscall_entry), 0);
		CHECK_EQ(catch_user(u_syscall, 0, &f), 6);
		CHECK_EQ(mask_in_handler, masks);
		CHECK_EQ(seen.saved_mask, 0);
		CHECK_EQ(f.rax, 0x4242);
		CHECK_EQ(f.rbx, 0x1112);
		CHECK_EQ(f.r12, 0x2222);
		CHECK_EQ(f.rsp, seen.rsp);
	}
	on_user_entry = 0;
}

static void check_none(void)
{
	struct frame f;

	subject("no callback");
	CHECK_EQ(set_callbacks((unsigned long)event_entry,
			       (unsigned long)failsafe_entry, 0), 0);
	CHECK_EQ(catch_user(u_syscall, 0, &f), 6);
	CHECK_EQ(f.rip, (unsigned long)u_syscall + 11);
	CHECK_EQ(set_callbacks((unsigned long)event_entry,
			       (unsigned long)failsafe_entry,
			       (unsigned long)syscall_entry), 0);
	CHECK_EQ(catch_user(u_syscall, 0, &f), ENTRY_SYSCALL);
}

/* In 32-bit code AMD processors have SYSCALL and Intel ones SYSENTER. */
static void check_code32(void)
{
	struct frame f;

	subject("32-bit code");
	CHECK_EQ(catch_user_at(u_code32, CODE32, 0x202, 0, &f), 3);
	CHECK_EQ(f.rax, 0x12345679);
	CHECK_EQ(f.cs, CODE32);
	CHECK_EQ(f.rip, (unsigned long)u_code32 + 7);
	CHECK_EQ(catch_user_at(u_syscall32, CODE32, 0x202, 0, &f), 6);
	CHECK_EQ(f.rip, (unsigned long)u_syscall32 + 5);
	CHECK_EQ(register_callback(CALLBACKTYPE_syscall32, 0,
				   (unsigned long)syscall_entry), 0);
	if (catch_user_at(u_syscall32, CODE32, 0x202, 0, &f) == 6) {
		skip("no SYSCALL in 32-bit code");
		return;
	}
	CHECK_EQ(f.vector, ENTRY_SYSCALL);
	CHECK_EQ(f.rip, (unsigned long)u_syscall32 + 7);
	CHECK_EQ(f.cs, CODE32);
	CHECK_EQ(f.ss, USER_DS);
	CHECK_EQ(f.rax, 5);
}

static void check_sysenter(void)
{
	struct callback_unregister u = { .type = CALLBACKTYPE_sysenter };
	struct frame f;
	int vector;

	subject("SYSENTER");
	vector = catch_user(u_sysenter, 0, &f);
	CHECK(vector == 6 || vector == 13);
	/* The instruction says nowhere where it was. */
	CHECK_EQ(f.rip, vector == 6 ? (unsigned long)u_sysenter : 0);
	CHECK_EQ(register_callback(CALLBACKTYPE_sysenter, 0,
				   (unsigned long)syscall_entry), 0);
	if (vector == 6) {
		skip("the processor has none in long mode");
	} else {
		CHECK_EQ(catch_user(u_sysenter, 0, &f), ENTRY_SYSCALL);
		CHECK_EQ(f.cs, 3);
	}
	CHECK_EQ(HC2(callback_op, CALLBACKOP_unregister, &u), -22);
}

void test_main(void)
{
	check_syscall();
	check_return();
	check_any_result();
	check_none();
	check_code32();
	check_sysenter();
}
