/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debug registers by hypercall and by instruction; watchpoints and breakpoints
 * in the kernel and in user mode; single steps, one of them held back by MOV SS
 * until after the hypercall that follows.
 */
#include "guest.h"

static volatile unsigned long watched;
static volatile u16 watched_ss = KERNEL_DS;
static struct frame seen;
static volatile unsigned int hits;

static bool count(struct frame *f)
{
	seen = *f;
	hits++;
	f->flags = (f->flags & ~0x100UL) | 0x10000;
	return f->vector == 1;
}

static long set_dr(int reg, unsigned long value)
{
	return HC2(set_debugreg, reg, value);
}

static void check_calls(void)
{
	unsigned int i;

	subject("calls");
	for (i = 0; i < 4; i++) {
		CHECK_EQ(set_dr(i, (unsigned long)&watched + i * 8), 0);
		CHECK_EQ(HC1(get_debugreg, i), (unsigned long)&watched + i * 8);
		if (IS_32BIT)
			continue;		/* all are harmless there */
		CHECK_EQ(set_dr(i, HV_ADDRESS), -1);
		CHECK_EQ(HC1(get_debugreg, i), (unsigned long)&watched + i * 8);
	}
	CHECK_EQ(set_dr(4, 0), 0);		/* another name of DR6 */
	CHECK_EQ(HC1(get_debugreg, 4), HC1(get_debugreg, 6));
	CHECK_EQ(set_dr(8, 0), -19);
	CHECK_EQ(set_dr(-1, 0), -19);
	CHECK_EQ(HC1(get_debugreg, 8), -19);
	if (!IS_32BIT)
		CHECK_EQ(set_dr(0, NONCANONICAL), -1);
	CHECK_EQ(set_dr(7, 0), 0);
	CHECK_EQ(HC1(get_debugreg, 7) & 0x3fff, 0x400);
}

static void check_instructions(void)
{
	unsigned long x;

	subject("instructions");
	__asm__ volatile("mov %0, %%dr1" :: "r"(0x1234000UL));
	CHECK_EQ(HC1(get_debugreg, 1), 0x1234000);
	CHECK_EQ(set_dr(2, 0x5678000), 0);
	__asm__ volatile("mov %%dr2, %0" : "=r"(x));
	CHECK_EQ(x, 0x5678000);
	__asm__ volatile("mov %0, %%dr6" :: "r"(0UL));
	__asm__ volatile("mov %%dr6, %0" : "=r"(x));
	CHECK_EQ(x & 0xf, 0);
}

#define DR7_WRITE(size)	(1UL | 1UL << 16 | ((size) - 1UL) << 18)
#define DR7_ALL(size)	(1UL | 3UL << 16 | ((size) - 1UL) << 18)
#define DR7_CODE	1UL

static void check_watch(void)
{
	volatile unsigned long x;

	subject("watchpoints");
	hits = 0;
	CHECK_EQ(set_dr(6, 0), 0);
	CHECK_EQ(set_dr(0, (unsigned long)&watched), 0);
	CHECK_EQ(set_dr(7, DR7_WRITE(4)), 0);
	watched = 5;
	CHECK_EQ(hits, 1);
	CHECK_EQ(seen.cs, KERNEL_CS_SHOWN);
	CHECK_EQ(HC1(get_debugreg, 6) & 15, 1);
	CHECK_EQ(watched, 5);
	x = watched;				/* reads are not watched */
	CHECK_EQ(hits, 1);
	CHECK_EQ(set_dr(7, DR7_ALL(4)), 0);
	x = watched;
	CHECK_EQ(x, 5);
	CHECK(hits >= 2);
	CHECK_EQ(set_dr(7, 0), 0);
	hits = 0;
	watched = 6;
	CHECK_EQ(hits, 0);
}

#define CR4_DE		8UL
#define DR7_IO		(2UL << 16)

static unsigned long read_cr4(void)
{
	unsigned long x;

	__asm__ volatile("mov %%cr4, %0" : "=r"(x));
	return x;
}

static void write_cr4(unsigned long x)
{
	__asm__ volatile("mov %0, %%cr4" :: "r"(x));
}

static void write_dr7(void *arg)
{
	__asm__ volatile("mov %0, %%dr7" :: "r"(HC_ARG(arg)));
}

/* What the processor calls undefined without CR4.DE nobody may ask for. */
static void check_io(void)
{
	unsigned long cr4 = read_cr4();
	struct frame f;

	subject("breakpoints on I/O");
	CHECK_EQ(set_dr(0, 0x84), 0);
	CHECK_EQ(set_dr(7, 0), 0);
	write_cr4(cr4 & ~CR4_DE);
	CHECK_EQ(set_dr(7, DR7_IO | 1), -1);
	CHECK_EQ(set_dr(7, DR7_IO << 12 | 0x80), -1);
	CHECK_EQ(set_dr(5, DR7_IO | 1), -1);	/* another name of it */
	on_entry = 0;
	CHECK_EQ(catch_trap(write_dr7, (void *)(DR7_IO | 1), &f), 13);
	on_entry = count;
	CHECK_EQ(HC1(get_debugreg, 7), 0x400);
	CHECK_EQ(set_dr(7, DR7_IO), 0);		/* nothing is on */
	write_cr4(cr4 | CR4_DE);
	CHECK_EQ(set_dr(7, DR7_IO | 1), 0);
	CHECK_EQ(HC1(get_debugreg, 7), 0x400 | DR7_IO | 1);
	CHECK_EQ(set_dr(7, 0), 0);
	write_cr4(cr4);
}

static void nothing(void)
{
	__asm__ volatile("nop");
}

USER_CODE(u_write, "mov %ecx, (" ASM_AX "); nop; ud2");
static unsigned long user_word __attribute__((section(".user.data")));

static void check_code_and_user(void)
{
	void (*volatile fn)(void) = nothing;
	struct frame f;

	subject("breakpoints and user mode");
	hits = 0;
	CHECK_EQ(set_dr(0, (unsigned long)nothing), 0);
	CHECK_EQ(set_dr(7, DR7_CODE), 0);
	fn();
	CHECK_EQ(hits, 1);
	CHECK_EQ(seen.ip, (unsigned long)nothing);
	CHECK_EQ(set_dr(0, (unsigned long)&user_word), 0);
	CHECK_EQ(set_dr(7, DR7_WRITE(4)), 0);
	CHECK_EQ(catch_user(u_write, (unsigned long)&user_word, &f), 1);
	CHECK_EQ(f.ip, (unsigned long)u_write + 2);
	CHECK_EQ(f.cs, USER_CS);
	CHECK_EQ(set_dr(7, 0), 0);
}

/* The hypercall's own kernel entry must not be what is stopped. */
static void check_mov_ss(void)
{
	unsigned long rc = __HYPERVISOR_xen_version;

	subject("held back by MOV SS");
	hits = 0;
	CHECK_EQ(set_dr(0, (unsigned long)&watched_ss), 0);
	CHECK_EQ(set_dr(7, DR7_ALL(2)), 0);
	__asm__ volatile("movw %[ss], %%ss; " HYPERCALL_INSN
			 : "+a"(rc) : [ss] "m"(watched_ss), "b"(0), "D"(0),
			   "S"(0)
			 : "memory", "cc" CALL_CLOBBERS);
	CHECK_EQ(rc, 4 << 16 | 17);
	CHECK_EQ(set_dr(7, 0), 0);
}

static void check_single_step(void)
{
	subject("single step");
	hits = 0;
	CHECK_EQ(set_dr(6, 0), 0);
	__asm__ volatile("pushf; orl $0x100, (" ASM_SP "); popf; nop; nop");
	barrier();
	CHECK_EQ(hits, 1);
	CHECK_EQ(HC1(get_debugreg, 6) & 0x4000, 0x4000);
	CHECK_EQ(seen.flags & 0x100, 0x100);
}

/* Reasons that were taken do not come back with those of the next exception. */
static void check_stale_status(void)
{
	subject("status of the last one only");
	hits = 0;
	CHECK_EQ(set_dr(0, (unsigned long)&watched), 0);
	CHECK_EQ(set_dr(7, DR7_WRITE(4)), 0);
	watched = 7;
	CHECK_EQ(hits, 1);
	CHECK_EQ(set_dr(7, 0), 0);
	CHECK_EQ(set_dr(6, 0), 0);
	__asm__ volatile("pushf; orl $0x100, (" ASM_SP "); popf; nop; nop");
	barrier();
	CHECK_EQ(hits, 2);
	CHECK_EQ(HC1(get_debugreg, 6) & 0xe00f, 0x4000);
}

/* What the hypervisor hits for us is not told, and we keep the watchpoint. */
static void check_survives_call(void)
{
	static unsigned long buffer[8];

	subject("a watchpoint that a hypercall hits");
	hits = 0;
	CHECK_EQ(set_dr(6, 0), 0);
	CHECK_EQ(set_dr(0, (unsigned long)buffer), 0);
	CHECK_EQ(set_dr(7, DR7_WRITE(4)), 0);
	CHECK_EQ(HC2(xen_version, XENVER_extraversion, buffer), 0);
	CHECK(*(volatile char *)buffer == '.');
	CHECK_EQ(hits, 0);
	CHECK_EQ(HC1(get_debugreg, 6) & 0xe00f, 0);
	*(volatile unsigned long *)buffer = 0;
	CHECK_EQ(hits, 1);
	CHECK_EQ(set_dr(7, 0), 0);
}

USER_CODE(u_sysenter, "sysenter; ud2");

/*
 * SYSENTER does not clear TF: the processor steps into the hypervisor, and the
 * frame has TF as if it had not; the watchpoint is still there.
 */
static void check_step_sysenter(void)
{
	struct callback_register r = { .type = CALLBACKTYPE_sysenter };
	unsigned long words[2] = {
		KERNEL_CS, (unsigned long)trap_entries + 0x7f * 64
	};
	struct frame f;
	int vector;

	subject("a step into SYSENTER");
	memcpy(&r.address, IS_32BIT ? words : words + 1, sizeof(r.address));
	CHECK_EQ(HC2(callback_op, CALLBACKOP_register, &r), 0);
	CHECK_EQ(set_dr(6, 0), 0);
	CHECK_EQ(set_dr(0, (unsigned long)&watched), 0);
	CHECK_EQ(set_dr(7, DR7_WRITE(4)), 0);
	vector = catch_user_at(u_sysenter, USER_CS, 0x302, 0, &f);
	if (vector != 0x7f) {
		CHECK(vector == 6 || vector == 13);
		skip("the processor has none in long mode");
	} else {
		CHECK_EQ(f.flags & 0x100, 0x100);
	}
	CHECK_EQ(HC1(get_debugreg, 6) & 0xe00f, 0);
	hits = 0;
	watched = 8;
	CHECK_EQ(hits, 1);
	CHECK_EQ(set_dr(7, 0), 0);
}

void test_main(void)
{
	on_entry = count;
	check_calls();
	check_instructions();
	check_watch();
	check_code_and_user();
	check_io();
	check_single_step();
	check_mov_ss();
	check_stale_status();
	check_survives_call();
	check_step_sysenter();
}
