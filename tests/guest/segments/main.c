/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments of a 32-bit kernel as they were meant: bases and limits, in the
 * kernel and in user mode, FS and GS through entries, expand-down and small
 * stacks; call gates from user mode.
 */
#include "guest.h"

#define SELECTOR(n)	((n) * 8 + 3)

static u64 *gdt;
static bool limits_checked;		/* emulators may not */
static u32 words[1024] __attribute__((section(".user.data"), aligned(4096)));

static u64 segment(u32 base, u32 limit, u8 type, bool big)
{
	return (limit & 0xffff) | (u64)(base & 0xffffff) << 16 |
	       (u64)type << 40 | (u64)(limit >> 16 & 15) << 48 |
	       (u64)(big ? 4 : 0) << 52 | (u64)(base >> 24) << 56;
}

static void set(unsigned int n, u64 descriptor)
{
	CHECK_EQ(update_descriptor(maddr_of(&gdt[n]), descriptor), 0);
}

static u32 fs_read(u32 offset)
{
	u32 x;

	__asm__ volatile("movl %%fs:(%1), %0" : "=r"(x) : "r"(offset));
	return x;
}

static void do_fs_read(void *arg)
{
	fs_read(HC_ARG(arg));
}

static void do_fs_write(void *arg)
{
	__asm__ volatile("movl %0, %%fs:(%0)" :: "r"(HC_ARG(arg)) : "memory");
}

static void load_fs(u16 selector)
{
	__asm__ volatile("mov %w0, %%fs" :: "r"((u32)selector));
}

static int run(void (*fn)(void *), unsigned long arg)
{
	struct frame f = { .error = 0 };
	int vector = catch_trap(fn, (void *)arg, &f);

	CHECK_EQ(f.error, 0);
	return vector;
}

/* As LSL tells; -1 if it does not. */
static long long limit_of(u16 selector)
{
	u32 limit = 0;
	u8 ok;

	__asm__ volatile("lsl %2, %0; setz %1" : "+r"(limit), "=q"(ok)
			 : "r"((u32)selector) : "cc");
	return ok ? (long long)limit : -1;
}

static void check_beyond(void)
{
	CHECK_EQ(run(do_fs_read, 16), 13);
	/* Read-only. */
	set(1, segment(HC_ARG(words), 15, 0xf0, true));
	load_fs(SELECTOR(1));
	CHECK_EQ(run(do_fs_write, 8), 13);
	CHECK_EQ(fs_read(8), 8);
	/* Expand-down: from the limit up. */
	set(1, segment(HC_ARG(words), 15, 0xf6, true));
	load_fs(SELECTOR(1));
	CHECK_EQ(run(do_fs_read, 12), 13);
	words[4] = 0x44;
	CHECK_EQ(fs_read(16), 0x44);
	load_fs(0);
	CHECK_EQ(run(do_fs_read, 0), 13);
}

static void check_limits(void)
{
	subject("bases and limits");
	words[0] = 0xabcd0000;
	words[3] = 0xabcd0003;
	set(1, segment(HC_ARG(words), 15, 0xf2, true));
	load_fs(SELECTOR(1));
	CHECK_EQ(fs_read(0), 0xabcd0000);
	CHECK_EQ(fs_read(12), 0xabcd0003);
	CHECK_EQ(run(do_fs_write, 8), -1);
	CHECK_EQ(words[2], 8);
	CHECK_EQ(limit_of(SELECTOR(1)), 15);
	CHECK_EQ(limit_of(SELECTOR(9)), -1);
	/* The flat ones reach at least to where the hypervisor begins. */
	CHECK(limit_of(KERNEL_DS) >= M2P_START - 1);
	CHECK(limit_of(USER_CS) >= M2P_START - 1);
	limits_checked = run(do_fs_read, 13) == 13;
	if (!limits_checked) {
		skip("the processor checks no limits");
		return;
	}
	check_beyond();
}

/* What FS is at an entry, it is behind it. */
static bool keep_fs(struct frame *f)
{
	f->ip += 2;
	load_fs(0);
	return f->vector == 6;
}

static void check_entries(void)
{
	subject("through calls and entries");
	set(1, segment(HC_ARG(words), 15, 0xf2, true));
	load_fs(SELECTOR(1));
	HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(fs_read(0), 0xabcd0000);
	on_entry = keep_fs;
	__asm__ volatile("ud2" ::: "memory");
	on_entry = 0;
	CHECK_EQ(fs_read(0), 0xabcd0000);
	load_fs(0);
}

USER_CODE(u_push, "push %eax; ud2");
USER_CODE(u_code, "nop; ud2");

/* A stack segment that ends, a code segment that does. */
static void check_user(void)
{
	unsigned long base = HC_ARG(words);
	struct frame f;

	subject("user mode");
	set(2, segment(base, 4095, 0xf2, true));
	CHECK_EQ(catch_iret(HC_ARG(u_push), USER_CS, 0x202, 4096, SELECTOR(2),
			    0x123, &f), 6);
	CHECK_EQ(words[1023], 0x123);
	CHECK_EQ(f.sp, 4092);
	CHECK_EQ(f.ss, SELECTOR(2));
	set(3, segment(HC_ARG(u_code), 0xfff, 0xfa, true));
	CHECK_EQ(catch_user_at(0, SELECTOR(3), 0x202, 0, &f), 6);
	CHECK_EQ(f.ip, 1);
	CHECK_EQ(f.cs, SELECTOR(3));
	if (!limits_checked)
		return;
	set(2, segment(base, 2047, 0xf2, true));
	CHECK_EQ(catch_iret(HC_ARG(u_push), USER_CS, 0x202, 4096, SELECTOR(2),
			    0x123, &f), 12);
	CHECK_EQ(f.error, 0);
	set(3, segment(HC_ARG(u_code), 0, 0xfa, true));
	CHECK_EQ(catch_user_at(0, SELECTOR(3), 0x202, 0, &f), 13);
	CHECK_EQ(f.ip, 1);
}

USER_CODE(u_gate, "lcall $4 * 8 + 3, $0; ud2");
unsigned long gate_sp, gate_words[4], gate_cs;	/* gate_entry writes them */

extern char gate_entry[];
__asm__(".globl gate_entry\n"
	"gate_entry: movl %esp, gate_sp\n"
	"movl (%esp), %eax; movl %eax, gate_words\n"
	"movl 4(%esp), %eax; movl %eax, gate_words + 4\n"
	"movl 8(%esp), %eax; movl %eax, gate_words + 8\n"
	"movl 12(%esp), %eax; movl %eax, gate_words + 12\n"
	"mov %cs, %eax; movl %eax, gate_cs\n"
	"ud2\n");

static u64 gate(u16 cs, unsigned long ip, u8 dpl, u8 count)
{
	return (ip & 0xffff) | (u64)cs << 16 | (u64)count << 32 |
	       (u64)(0x8c | dpl << 5) << 40 | (u64)(ip >> 16) << 48;
}

/* To the kernel, by its stack; the gate's privilege binds user mode. */
static void check_gates(void)
{
	struct frame f;

	subject("call gates");
	CHECK_EQ(HC2(stack_switch, KERNEL_DS, trap_stack_end), 0);
	set(4, gate(KERNEL_CS, HC_ARG(gate_entry), 3, 0));
	CHECK_EQ(catch_user(u_gate, 0, &f), 6);
	CHECK_EQ(f.ip, HC_ARG(gate_entry) + 48);
	CHECK_EQ(f.cs, KERNEL_CS);
	CHECK_EQ(gate_cs, KERNEL_CS);
	CHECK_EQ(gate_sp, HC_ARG(trap_stack_end) - 16);
	CHECK_EQ(gate_words[0], HC_ARG(u_gate) + 7);
	CHECK_EQ((u16)gate_words[1], USER_CS);
	CHECK_EQ((u16)gate_words[3], USER_DS);
	set(4, gate(KERNEL_CS, HC_ARG(gate_entry), 1, 0));
	CHECK_EQ(catch_user(u_gate, 0, &f), 13);
	CHECK_EQ(f.error, 4 * 8);
	CHECK_EQ(f.ip, HC_ARG(u_gate));
	set(4, gate(KERNEL_CS, HC_ARG(gate_entry), 3, 0) & ~(1ULL << 47));
	CHECK_EQ(catch_user(u_gate, 0, &f), 11);
	CHECK_EQ(f.error, 4 * 8);
}

void test_main(void)
{
	struct frame f;

	gdt = alloc_page();
	CHECK_EQ(map_page(HC_ARG(gdt), PTE_RO(mfn_of(gdt)), UVMF_INVLPG), 0);
	CHECK_EQ(HC2(set_gdt, (unsigned long[]){ mfn_of(gdt) }, 512), 0);
	catch_user(u_code, 0, &f);
	check_limits();
	check_entries();
	check_user();
	check_gates();
}
