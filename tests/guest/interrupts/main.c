/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Software interrupts: INT n of every number, from the kernel and from user
 * mode, through gates of every privilege; INT3, and INTO where it exists.
 */
#include "guest.h"

/* `int n; ret`, written anew for each number. */
static u8 code[PAGE_SIZE] __attribute__((section(".user.data"), aligned(4096)));
USER_CODE(trap3, "int3; ud2");

static void set_gate(unsigned int n, u8 dpl, bool mask)
{
	struct trap_info t[2] = { {
		.vector = n, .flags = dpl | (mask ? 4 : 0), .cs = KERNEL_CS,
		.address = (unsigned long)trap_entries + n * 64,
	} };

	CHECK_EQ(HC1(set_trap_table, t), 0);
}

static void write_code(unsigned int n)
{
	code[0] = 0xcd;
	code[1] = n;
	code[2] = 0xc3;
}

static void call_code(void *arg)
{
	(void)arg;
	((void (*)(void))(unsigned long)code)();
}

static int run(unsigned int n, bool user, struct frame *f)
{
	write_code(n);
	memset(f, 0, sizeof(*f));
	return user ? catch_user(code, 0, f) : catch_trap(call_code, 0, f);
}

/* Numbers with doors of their own: exceptions, the hypercall of 32 bits. */
static bool is_special(unsigned int n)
{
	return n < 0x20 || n == 0x80 || (IS_32BIT && n == 0x82);
}

static unsigned int wrong;

static void expect(bool ok, unsigned int n, const char *what)
{
	if (ok)
		return;
	print("int %#x: %s\n", n, what);
	wrong++;
}

static void try_closed(unsigned int n, bool user)
{
	struct frame f;

	expect(run(n, user, &f) == 13, n, "not #GP");
	expect(f.error == n * 8 + 2, n, "error code");
	expect(f.ip == (unsigned long)code, n, "address of #GP");
}

static void try_open(unsigned int n, bool user)
{
	struct frame f;

	expect(run(n, user, &f) == (int)n, n, "not delivered");
	expect(f.ip == (unsigned long)code + 2, n, "address");
	expect(f.error == 0, n, "error code of an interrupt");
}

static void check_all(bool user)
{
	unsigned int n;

	wrong = 0;
	for (n = 0; n < 256; n++) {
		if (is_special(n))
			continue;
		set_gate(n, 0, false);
		try_closed(n, user);
		set_gate(n, 3, false);
		try_open(n, user);
	}
	CHECK_EQ(wrong, 0);
}

/* To a kernel privilege 1 is enough, to its processes only 3. */
static void check_privileges(void)
{
	struct frame f;
	u8 dpl;

	subject("privileges of gates");
	for (dpl = 0; dpl < 4; dpl++) {
		set_gate(0x30, dpl, false);
		CHECK_EQ(run(0x30, false, &f), dpl ? 0x30 : 13);
		CHECK_EQ(run(0x30, true, &f), dpl == 3 ? 0x30 : 13);
	}
}

static void check_breakpoints(void)
{
	struct frame f;

	subject("breakpoints");
	CHECK_EQ(run(3, false, &f), 3);
	CHECK_EQ(f.ip, (unsigned long)code + 2);
	CHECK_EQ(run(3, true, &f), 3);
	CHECK_EQ(run(4, true, &f), 4);
	CHECK_EQ(f.ip, (unsigned long)code + 2);
	CHECK_EQ(catch_user(trap3, 0, &f), 3);
	CHECK_EQ(f.ip, (unsigned long)trap3 + 1);
	set_gate(0x80, 3, false);
	CHECK_EQ(run(0x80, true, &f), 0x80);
	CHECK_EQ(f.ip, (unsigned long)code + 2);
	CHECK_EQ(f.cs & 3, 3);
	if (IS_32BIT) {
		set_gate(0x82, 3, false);
		CHECK_EQ(run(0x82, true, &f), 0x82);
		set_gate(0x82, 0, false);
		CHECK_EQ(run(0x82, true, &f), 13);
		CHECK_EQ(f.error, 0x82 * 8 + 2);
	}
}

static u8 mask_in_handler;

static bool look(struct frame *f)
{
	mask_in_handler = shared_info->vcpu_info[0].evtchn_upcall_mask;
	f->ax = f->vector;
	return f->vector == 0x40;
}

static void check_mask(void)
{
	unsigned long ax = 0;

	subject("interrupts that mask events");
	shared_info->vcpu_info[0].evtchn_upcall_mask = 0;
	on_entry = look;
	set_gate(0x40, 1, true);
	__asm__ volatile("int $0x40" : "+a"(ax) :: "memory");
	CHECK_EQ(ax, 0x40);
	CHECK_EQ(mask_in_handler, 1);
	CHECK_EQ(shared_info->vcpu_info[0].evtchn_upcall_mask, 0);
	set_gate(0x40, 1, false);
	__asm__ volatile("int $0x40" : "+a"(ax) :: "memory");
	CHECK_EQ(mask_in_handler, 0);
	on_entry = 0;
}

void test_main(void)
{
	subject("from the kernel");
	check_all(false);
	subject("from user mode");
	check_all(true);
	check_privileges();
	check_breakpoints();
	check_mask();
}
