/* SPDX-License-Identifier: BSD-2-Clause */
/* Stores of eight bytes to an L1 table: see main.c. */
#include "ops.h"
#include "wpt.h"

static void check_alu(void)
{
	volatile u64 *e = &wpt_l1[100];
	u64 x;

	subject("64 bits");
	*e = wpt_rw;
	CHECK_EQ(wpt_read(100), wpt_rw);
	x = wpt_ro;
	__asm__ volatile("xchgq %0, %1" : "+r"(x), "+m"(*e));
	CHECK_EQ(x & ~0x60UL, wpt_rw);
	CHECK_EQ(wpt_read(100), wpt_ro);
	__asm__ volatile("lock orq $2, %0" : "+m"(*e));
	CHECK_EQ(wpt_read(100), wpt_rw);
	__asm__ volatile("lock andq %1, %0" : "+m"(*e) : "r"(~2UL));
	CHECK_EQ(wpt_read(100), wpt_ro);
	__asm__ volatile("addq $2, %0" : "+m"(*e));
	CHECK_EQ(wpt_read(100), wpt_rw);
	__asm__ volatile("subq %1, %0" : "+m"(*e) : "r"(2UL));
	CHECK_EQ(wpt_read(100), wpt_ro);
	__asm__ volatile("xorq $2, %0" : "+m"(*e));
	CHECK_EQ(wpt_read(100), wpt_rw);
	x = -2UL;
	__asm__ volatile("lock xaddq %0, %1" : "+r"(x), "+m"(*e));
	CHECK_EQ(x & ~0x60UL, wpt_rw);
	CHECK_EQ(wpt_read(100), wpt_ro);
	__asm__ volatile("movntiq %1, %0" : "=m"(*e) : "r"(wpt_rw));
	CHECK_EQ(wpt_read(100), wpt_rw);
	__asm__ volatile("movq $0, %0" : "=m"(*e));
	CHECK_EQ(wpt_read(100), 0);
}

static void check_bits(void)
{
	volatile u64 *e = &wpt_l1[101];
	u8 carry;

	subject("bits of 64");
	*e = wpt_ro;
	__asm__ volatile("lock btsq $1, %0; setc %1" : "+m"(*e), "=q"(carry));
	CHECK_EQ(carry, 0);
	CHECK_EQ(wpt_read(101), wpt_rw);
	__asm__ volatile("lock btrq $1, %0; setc %1" : "+m"(*e), "=q"(carry));
	CHECK_EQ(carry, 1);
	CHECK_EQ(wpt_read(101), wpt_ro);
	__asm__ volatile("lock btcq $63, %0; setc %1" : "+m"(*e), "=q"(carry));
	CHECK_EQ(carry, 0);
	CHECK_EQ(wpt_read(101) ^ wpt_ro, PTE_NX);
	__asm__ volatile("lock btrq %2, %0; setc %1"
			 : "+m"(*e), "=q"(carry) : "r"(63UL));
	CHECK_EQ(carry, 1);
	CHECK_EQ(wpt_read(101), wpt_ro);
	*e = 0;
}

static void check_compare(void)
{
	volatile u64 *e = &wpt_l1[102];
	u64 old;
	u8 zero;

	subject("compare and exchange, 64 bits");
	*e = wpt_ro;
	old = *e;
	__asm__ volatile("lock cmpxchgq %3, %1; setz %2"
			 : "+a"(old), "+m"(*e), "=q"(zero) : "r"(*e | 2));
	CHECK_EQ(zero, 1);
	CHECK_EQ(wpt_read(102), wpt_rw);
	old = 0x1234;
	__asm__ volatile("lock cmpxchgq %3, %1; setz %2"
			 : "+a"(old), "+m"(*e), "=q"(zero) : "r"(0UL));
	CHECK_EQ(zero, 0);
	CHECK_EQ(old, *e);
	CHECK_EQ(wpt_read(102), wpt_rw);
	*e = 0;
}

/* With registers and addressing that need prefixes. */
static void check_addressing(void)
{
	register u64 r15 __asm__("r15") = wpt_rw;
	register u64 *r12 __asm__("r12") = wpt_l1;
	register u64 r13 __asm__("r13") = 103;

	subject("addressing");
	__asm__ volatile("movq %0, (%1,%2,8)" :: "r"(r15), "r"(r12), "r"(r13)
			 : "memory");
	CHECK_EQ(wpt_read(103), wpt_rw);
	__asm__ volatile("movq %0, 824(%1)" :: "r"(0UL), "r"(r12) : "memory");
	CHECK_EQ(wpt_read(103), 0);
	__asm__ volatile("movq %0, %%gs:(%1)"
			 :: "r"(wpt_ro), "r"(&wpt_l1[103]) : "memory");
	CHECK_EQ(wpt_read(103), wpt_ro);
	wpt_l1[103] = 0;
}

static void check_strings(void)
{
	static u64 from[2];
	void *di = &wpt_l1[110], *si = from;
	unsigned long n = 4;

	subject("strings of 64");
	wpt_l1[111] = wpt_rw;
	wpt_l1[113] = wpt_ro;
	__asm__ volatile("rep stosq" : "+D"(di), "+c"(n) : "a"(0UL)
			 : "memory");
	CHECK(di == &wpt_l1[114]);
	CHECK_EQ(n, 0);
	CHECK_EQ(wpt_read(111) | wpt_read(113), 0);
	from[0] = wpt_ro;
	from[1] = wpt_rw;
	di = &wpt_l1[115];
	__asm__ volatile("movsq" : "+D"(di), "+S"(si) :: "memory");
	__asm__ volatile("movsq" : "+D"(di), "+S"(si) :: "memory");
	CHECK(di == &wpt_l1[117]);
	CHECK(si == &from[2]);
	CHECK_EQ(wpt_read(115), wpt_ro);
	CHECK_EQ(wpt_read(116), wpt_rw);
	wpt_l1[115] = wpt_l1[116] = 0;
}

void wpt_check_wide(void)
{
	check_alu();
	check_bits();
	check_compare();
	check_addressing();
	check_strings();
}
