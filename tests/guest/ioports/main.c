/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports: who may use them by I/O privilege and by bitmap, in the kernel and in
 * user mode, and what STI, CLI, PUSHF and POPF do meanwhile.  Port 0x84 is a
 * latch that no machine minds; port 0x20 is the hypervisor's own.  Operands of
 * string instructions: strings.c.
 */
#include "ioports.h"

/* Which port is in EDX. */
USER_CODE(u_in, "mov %eax, %edx; xor %eax, %eax; in (%dx), %al; ud2");
USER_CODE(u_in4, "mov %eax, %edx; xor %eax, %eax; in (%dx), %eax; ud2");
USER_CODE(u_out, "mov %eax, %edx; mov $0x5a, %al; out %al, (%dx); ud2");
USER_CODE(u_sti, "sti; ud2");
static u8 bitmap[PAGE_SIZE] __attribute__((aligned(4096)));

static void do_in(void *arg)
{
	__asm__ volatile("inb %w0, %%al" :: "d"((u32)HC_ARG(arg)) : "eax");
}

static void do_cli(void *arg)
{
	(void)arg;
	__asm__ volatile("cli; sti");
}

long set_iopl(u32 iopl)
{
	struct physdev_set_iopl op = { .iopl = iopl };

	return HC2(physdev_op, PHYSDEVOP_set_iopl, &op);
}

static long set_bitmap(u8 *bits, u32 ports)
{
	struct physdev_set_iobitmap op = { .nr_ports = ports };

	*(u8 **)&op.bitmap = bits;
	return HC2(physdev_op, PHYSDEVOP_set_iobitmap, &op);
}

static int user(const char *code, unsigned int port)
{
	struct frame f;
	int vector = catch_user(code, port, &f);

	if (vector == 13)
		CHECK_EQ(f.error, 0);
	return vector;
}

static int kernel(void (*fn)(void *), unsigned long port)
{
	struct frame f;

	return catch_trap(fn, (void *)port, &f);
}

static void check_privilege(void)
{
	subject("I/O privilege");
	CHECK_EQ(set_iopl(4), -22);
	CHECK_EQ(set_iopl(0), 0);
	CHECK_EQ(kernel(do_in, LATCH), 13);
	CHECK_EQ(user(u_in, LATCH), 13);
	CHECK_EQ(set_iopl(1), 0);
	CHECK_EQ(kernel(do_in, LATCH), -1);
	CHECK_EQ(kernel(do_cli, 0), -1);
	CHECK_EQ(user(u_in, LATCH), 13);
	CHECK_EQ(user(u_sti, 0), 13);
	CHECK_EQ(set_iopl(2), 0);
	CHECK_EQ(user(u_out, LATCH), 13);
	CHECK_EQ(set_iopl(3), 0);
	CHECK_EQ(user(u_in, LATCH), 6);
	CHECK_EQ(user(u_in4, LATCH), 6);
	CHECK_EQ(user(u_out, LATCH), 6);
	CHECK_EQ(set_iopl(0), 0);
	CHECK_EQ(user(u_in, LATCH), 13);
	CHECK_EQ(HC2(physdev_op, PHYSDEVOP_set_iopl, HV_ADDRESS), -14);
}

static void check_bitmap(void)
{
	subject("I/O bitmap");
	memset(bitmap, 0xff, sizeof(bitmap));
	bitmap[LATCH / 8] &= ~(1 << LATCH % 8);
	CHECK_EQ(set_bitmap(bitmap, 65537), -22);
	CHECK_EQ(set_bitmap(bitmap, 1024), 0);
	CHECK_EQ(user(u_in, LATCH), 6);
	CHECK_EQ(user(u_out, LATCH), 6);
	CHECK_EQ(kernel(do_in, LATCH), -1);
	CHECK_EQ(user(u_in, LATCH + 1), 13);
	CHECK_EQ(user(u_in, LATCH - 1), 13);
	CHECK_EQ(user(u_in4, LATCH), 13);	/* its neighbours, too */
	/* Across the end of a byte of the bitmap. */
	bitmap[LATCH / 8] &= 0x0f;
	CHECK_EQ(user(u_in4, LATCH), 6);
	CHECK_EQ(user(u_in4, LATCH + 1), 13);
	bitmap[LATCH / 8 + 1] &= 0xfe;
	CHECK_EQ(user(u_in4, LATCH + 1), 6);
	/* Ports behind the announced number are closed. */
	memset(bitmap, 0, sizeof(bitmap));
	CHECK_EQ(set_bitmap(bitmap, LATCH + 1), 0);
	CHECK_EQ(user(u_in, LATCH), 6);
	CHECK_EQ(user(u_in, LATCH + 1), 13);
	CHECK_EQ(user(u_in4, LATCH), 13);
	CHECK_EQ(set_bitmap(0, 0), 0);
	CHECK_EQ(user(u_in, LATCH), 13);
}

static u32 in_kernel(unsigned int port, bool four)
{
	u32 x = 0x12345678;

	if (four)
		__asm__ volatile("inl %w1, %0" : "+a"(x) : "d"(port));
	else
		__asm__ volatile("inb %w1, %b0" : "+a"(x) : "d"(port));
	return x;
}

/* Ports that are not the guest's read as ones; the access itself is fine. */
static void check_values(void)
{
	u8 buffer[4] = { 0, 0, 0, 0 };
	const u8 *source = buffer;
	void *p = buffer;
	unsigned long n = 2;

	subject("values");
	CHECK_EQ(set_iopl(1), 0);
	CHECK_EQ(in_kernel(NOBODYS, false), 0x123456ff);
	CHECK_EQ(in_kernel(NOBODYS, true), 0xffffffff);
	__asm__ volatile("rep insb" : "+D"(p), "+c"(n) : "d"(NOBODYS)
			 : "memory");
	CHECK_EQ(n, 0);
	CHECK_EQ((u8 *)p - buffer, 2);
	CHECK_EQ(buffer[1], 0xff);
	CHECK_EQ(buffer[2], 0);
	n = 3;
	__asm__ volatile("rep outsb" : "+S"(source), "+c"(n) : "d"(LATCH));
	CHECK_EQ(n, 0);
	CHECK_EQ(source - buffer, 3);
	CHECK_EQ(set_iopl(0), 0);
}

USER_CODE(u_popf, "pushf; orl $0x3000, (" ASM_SP "); popf; pushf;"
	  "pop " ASM_CX "; ud2");

/* The privilege is not in the flags, unless the kernel wants to see it there. */
static void check_flags(void)
{
	struct frame f;

	subject("I/O privilege in the flags");
	CHECK_EQ(set_iopl(3), 0);
	CHECK_EQ(catch_user(u_popf, 0, &f), 6);
	CHECK_EQ(f.cx & 0x3200, 0x200);
	CHECK_EQ(f.flags & 0x3000, 0);
	CHECK_EQ(HC2(vm_assist, VMASST_CMD_enable,
		     VMASST_TYPE_architectural_iopl), 0);
	CHECK_EQ(catch_user(u_popf, 0, &f), 6);
	CHECK_EQ(f.cx & 0x3200, 0x200);
	CHECK_EQ(HC2(vm_assist, VMASST_CMD_disable,
		     VMASST_TYPE_architectural_iopl), 0);
	CHECK_EQ(set_iopl(0), 0);
}

USER_CODE(u_in_latch, "mov $0x84, %edx; in (%dx), %al; pushf; pop " ASM_CX
	  "; ud2");

/* As of the processor: what the frame says holds, and the kernel is ring 0. */
static void check_architectural(void)
{
	unsigned long iopl;
	struct frame f;

	subject("I/O privilege that is kept in the flags");
	CHECK_EQ(set_iopl(0), 0);
	CHECK_EQ(catch_user_at(u_in_latch, USER_CS, 0x3202, 0, &f), 13);
	CHECK_EQ(HC2(vm_assist, VMASST_CMD_enable,
		     VMASST_TYPE_architectural_iopl), 0);
	for (iopl = 0; iopl < 4; iopl++) {
		CHECK_EQ(catch_user_at(u_in_latch, USER_CS, 0x202 | iopl << 12,
				       0, &f), iopl == 3 ? 6 : 13);
		CHECK_EQ(f.flags >> 12 & 3, iopl);
		CHECK_EQ(kernel(do_in, LATCH), -1);
		CHECK_EQ(kernel(do_cli, 0), -1);
	}
	/* The processor's own is not touched: it would open every port. */
	CHECK_EQ(catch_user_at(u_in_latch, USER_CS, 0x3202, 0, &f), 6);
	CHECK_EQ(f.cx & 0x3000, 0);
	CHECK_EQ(user(u_in, LATCH), 13);	/* by flags without it */
	CHECK_EQ(kernel(do_in, LATCH), -1);
	CHECK_EQ(HC2(vm_assist, VMASST_CMD_disable,
		     VMASST_TYPE_architectural_iopl), 0);
	CHECK_EQ(kernel(do_in, LATCH), 13);
}

void test_main(void)
{
	check_privilege();
	check_bitmap();
	check_values();
	check_flags();
	check_architectural();
	check_strings();
}
