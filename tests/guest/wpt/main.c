/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stores of the kernel to an L1 table, which the hypervisor carries out: each
 * form of instruction that kernels use, in each width, with its result in
 * memory, in registers and in flags; and stores that are not carried out: what
 * an entry may not hold, what is not aligned, without the assist.
 */
#include "ops.h"
#include "wpt.h"

u64 *wpt_l1;			/* pinned, mapped read-only */
u64 wpt_rw, wpt_ro;		/* two good entries, as read back */
static u64 *data;

/* Accessed and dirty bits are nobody's concern here. */
u64 wpt_read(unsigned int i)
{
	return ((volatile u64 *)wpt_l1)[i] & ~0x60ULL;
}

static void set_up(void)
{
	wpt_l1 = alloc_page();
	data = alloc_page();
	subject("set up");
	CHECK_EQ(HC2(vm_assist, VMASST_CMD_enable,
		     VMASST_TYPE_writable_pagetables), 0);
	wpt_l1[500] = PTE_RW(mfn_of(data)) & ~0x60ULL;
	wpt_l1[501] = PTE_RO(mfn_of(data)) & ~0x60ULL;
	CHECK_EQ(make_ro(wpt_l1), 0);
	CHECK_EQ(pin(1, wpt_l1), 0);
	wpt_rw = wpt_read(500);
	wpt_ro = wpt_read(501);
	CHECK_EQ(wpt_rw ^ wpt_ro, 2);
}

/* ---- every width ---------------------------------------------------------------- */

static void check_byte_forms(void)
{
	volatile u8 *e = (volatile u8 *)&wpt_l1[20];
	u8 x;

	subject("8 bits");
	CHECK_EQ(set_entry(&wpt_l1[20], wpt_rw), 0);
	__asm__ volatile("lock andb $0xfd, %0" : "+m"(*e));
	CHECK_EQ(wpt_read(20), wpt_ro);
	__asm__ volatile("lock orb $2, %0" : "+m"(*e));
	CHECK_EQ(wpt_read(20), wpt_rw);
	__asm__ volatile("movb %1, %0" : "=m"(*e) : "q"((u8)wpt_ro));
	CHECK_EQ(wpt_read(20), wpt_ro);
	x = wpt_rw;
	__asm__ volatile("xchgb %0, %1" : "+q"(x), "+m"(*e));
	CHECK_EQ(x & 0x9f, (u8)wpt_ro);
	CHECK_EQ(wpt_read(20), wpt_rw);
	/* The byte with the bits for software. */
	__asm__ volatile("orb $0xe, %0" : "+m"(e[1]));
	CHECK_EQ(wpt_read(20) ^ wpt_rw, 0xe00);
	__asm__ volatile("movb $0, %0" : "=m"(*e));
	CHECK_EQ(wpt_read(20) & 0xff, 0);
	CHECK_EQ(PTE_FRAME(wpt_read(20)), mfn_of(data));
	CHECK_EQ(set_entry(&wpt_l1[20], 0), 0);
}

static void check_word_forms(void)
{
	volatile u16 *e = (volatile u16 *)&wpt_l1[21];

	subject("16 bits");
	CHECK_EQ(set_entry(&wpt_l1[21], wpt_rw), 0);
	__asm__ volatile("movw %1, %0" : "=m"(e[3]) : "r"((u16)(0x8000 |
			 (u16)(wpt_rw >> 48))));
	CHECK_EQ(wpt_read(21) ^ wpt_rw, PTE_NX);
	__asm__ volatile("lock andw $0x7fff, %0" : "+m"(e[3]));
	CHECK_EQ(wpt_read(21), wpt_rw);
	__asm__ volatile("lock btrw $1, %0" : "+m"(e[0]));
	CHECK_EQ(wpt_read(21), wpt_ro);
	CHECK_EQ(set_entry(&wpt_l1[21], 0), 0);
}

/* As 32-bit kernels set an entry: upper half, then lower; lower cleared first. */
static void check_halves(void)
{
	volatile u32 *e = (volatile u32 *)&wpt_l1[22];
	u32 x;

	subject("halves");
	CHECK_EQ(set_entry(&wpt_l1[22], 0), 0);
	e[1] = wpt_rw >> 32;
	CHECK_EQ(wpt_read(22), wpt_rw >> 32 << 32);
	e[0] = wpt_rw;
	CHECK_EQ(wpt_read(22), wpt_rw);
	x = 0;
	__asm__ volatile("xchgl %0, %1" : "+r"(x), "+m"(e[0]));
	CHECK_EQ(x & ~0x60U, (u32)wpt_rw);
	CHECK_EQ(wpt_read(22), wpt_rw >> 32 << 32);
	e[1] = 0;
	CHECK_EQ(wpt_read(22), 0);
	e[1] = wpt_ro >> 32;
	e[0] = wpt_ro;
	__asm__ volatile("lock orl $2, %0" : "+m"(e[0]));
	CHECK_EQ(wpt_read(22), wpt_rw);
	__asm__ volatile("andl $-3, %0" : "+m"(e[0]));
	CHECK_EQ(wpt_read(22), wpt_ro);
	__asm__ volatile("addl $2, %0" : "+m"(e[0]));
	CHECK_EQ(wpt_read(22), wpt_rw);
	__asm__ volatile("subl $2, %0" : "+m"(e[0]));
	CHECK_EQ(wpt_read(22), wpt_ro);
	__asm__ volatile("xorl %1, %0" : "+m"(e[0]) : "r"(2));
	CHECK_EQ(wpt_read(22), wpt_rw);
	x = -2;
	__asm__ volatile("lock xaddl %0, %1" : "+r"(x), "+m"(e[0]));
	CHECK_EQ(x & ~0x60U, (u32)wpt_rw);
	CHECK_EQ(wpt_read(22), wpt_ro);
	__asm__ volatile("movl $0, %0" : "=m"(e[0]));
	__asm__ volatile("movl $0, %0" : "=m"(e[1]));
	CHECK_EQ(wpt_read(22), 0);
}

static void check_bits(void)
{
	volatile u32 *e = (volatile u32 *)&wpt_l1[23];
	u8 carry;

	subject("bits");
	CHECK_EQ(set_entry(&wpt_l1[23], wpt_ro), 0);
	__asm__ volatile("lock btsl $1, %0; setc %1" : "+m"(*e), "=q"(carry));
	CHECK_EQ(carry, 0);
	CHECK_EQ(wpt_read(23), wpt_rw);
	__asm__ volatile("lock btsl $1, %0; setc %1" : "+m"(*e), "=q"(carry));
	CHECK_EQ(carry, 1);
	__asm__ volatile("lock btrl $1, %0; setc %1" : "+m"(*e), "=q"(carry));
	CHECK_EQ(carry, 1);
	CHECK_EQ(wpt_read(23), wpt_ro);
	__asm__ volatile("lock btcl $1, %0; setc %1" : "+m"(*e), "=q"(carry));
	CHECK_EQ(carry, 0);
	CHECK_EQ(wpt_read(23), wpt_rw);
	__asm__ volatile("lock btrl %2, %0; setc %1"
			 : "+m"(*e), "=q"(carry) : "r"(1));
	CHECK_EQ(carry, 1);
	CHECK_EQ(wpt_read(23), wpt_ro);
	__asm__ volatile("lock btsl %2, %0; setc %1"
			 : "+m"(*e), "=q"(carry) : "r"(1));
	CHECK_EQ(wpt_read(23), wpt_rw);
	CHECK_EQ(set_entry(&wpt_l1[23], 0), 0);
}

static void check_compare(void)
{
	volatile u32 *e = (volatile u32 *)&wpt_l1[24];
	u32 old;
	u8 zero;

	subject("compare and exchange, 32 bits");
	CHECK_EQ(set_entry(&wpt_l1[24], wpt_ro), 0);
	old = e[0];
	__asm__ volatile("lock cmpxchgl %3, %1; setz %2"
			 : "+a"(old), "+m"(e[0]), "=q"(zero)
			 : "r"(e[0] | 2));
	CHECK_EQ(zero, 1);
	CHECK_EQ(wpt_read(24), wpt_rw);
	old = 0x1234;
	__asm__ volatile("lock cmpxchgl %3, %1; setz %2"
			 : "+a"(old), "+m"(e[0]), "=q"(zero) : "r"(0));
	CHECK_EQ(zero, 0);
	CHECK_EQ(old, e[0]);
	CHECK_EQ(wpt_read(24), wpt_rw);
	CHECK_EQ(set_entry(&wpt_l1[24], 0), 0);
}

/* Eight bytes at once in both kinds of kernel. */
static void check_compare_8(void)
{
	volatile u64 *e = &wpt_l1[25];
	u64 old;
	u32 lo, hi;
	u8 zero;

	subject("CMPXCHG8B");
	CHECK_EQ(set_entry(e, wpt_ro), 0);
	old = *e;
	lo = old;
	hi = old >> 32;
	__asm__ volatile("lock cmpxchg8b %2; setz %3"
			 : "+a"(lo), "+d"(hi), "+m"(*e), "=q"(zero)
			 : "b"((u32)(old | 2)), "c"((u32)(old >> 32)));
	CHECK_EQ(zero, 1);
	CHECK_EQ(wpt_read(25), wpt_rw);
	lo = 1;
	hi = 2;
	__asm__ volatile("lock cmpxchg8b %2; setz %3"
			 : "+a"(lo), "+d"(hi), "+m"(*e), "=q"(zero)
			 : "b"(0), "c"(0));
	CHECK_EQ(zero, 0);
	CHECK_EQ(lo, (u32)*e);
	CHECK_EQ(hi, (u32)(*e >> 32));
	CHECK_EQ(wpt_read(25), wpt_rw);
	CHECK_EQ(set_entry(e, 0), 0);
}

static void check_strings(void)
{
	static u64 from[4];
	void *di = &wpt_l1[30], *si = from;
	unsigned long n;

	subject("strings");
	CHECK_EQ(set_entry(&wpt_l1[30], wpt_rw), 0);
	__asm__ volatile("stosl" : "+D"(di) : "a"(0) : "memory");
	__asm__ volatile("stosl" : "+D"(di) : "a"(0) : "memory");
	CHECK(di == &wpt_l1[31]);
	CHECK_EQ(wpt_read(30), 0);
	/* As a kernel clears a whole table. */
	CHECK_EQ(set_entry(&wpt_l1[32], wpt_rw), 0);
	CHECK_EQ(set_entry(&wpt_l1[34], wpt_ro), 0);
	di = &wpt_l1[31];
	n = 8;
	__asm__ volatile("rep stosl" : "+D"(di), "+c"(n) : "a"(0) : "memory");
	CHECK(di == &wpt_l1[35]);
	CHECK_EQ(n, 0);
	CHECK_EQ(wpt_read(32) | wpt_read(34), 0);
	/* Copied. */
	from[0] = wpt_ro;
	from[1] = wpt_ro;
	di = &wpt_l1[40];
	n = 4;
	__asm__ volatile("rep movsl" : "+D"(di), "+S"(si), "+c"(n)
			 :: "memory");
	CHECK(di == &wpt_l1[42]);
	CHECK(si == &from[2]);
	CHECK_EQ(wpt_read(40), wpt_ro);
	CHECK_EQ(wpt_read(41), wpt_ro);
	CHECK_EQ(set_entry(&wpt_l1[40], 0), 0);
	CHECK_EQ(set_entry(&wpt_l1[41], 0), 0);
}

/* ---- not carried out -------------------------------------------------------------- */

struct attempt {
	volatile u64 *at;
	u64 value;
};

static void store_low(void *arg)
{
	struct attempt *a = arg;

	*(volatile u32 *)a->at = a->value;
}

static void store_unaligned(void *arg)
{
	struct attempt *a = arg;

	*(volatile u32 *)((char *)a->at + 2) = 0;
}

static void expect_fault(void (*fn)(void *), u64 *at, u64 value)
{
	struct attempt a = { at, value };
	u64 was = *(volatile u64 *)at;
	struct frame f;

	CHECK_EQ(catch_trap(fn, &a, &f), 14);
	CHECK_EQ(f.error, 3);		/* present, a write, of the kernel */
	CHECK_EQ(shared_info->vcpu_info[0].arch.cr2 & ~7UL,
		 addr_of(at) & ~7UL);
	CHECK_EQ(*(volatile u64 *)at, was);
}

static void check_refused(void)
{
	u64 *e = &wpt_l1[50];

	subject("stores refused");
	CHECK_EQ(set_entry(e, PTE_RO(mfn_of(wpt_l1))), 0);
	expect_fault(store_low, e, PTE_RW(mfn_of(wpt_l1)));
	expect_fault(store_unaligned, e, 0);
	CHECK_EQ(set_entry(e, 0), 0);
	/* A frame that is not ours. */
	expect_fault(store_low, e, 0xfee00067);
	/* Not present: anything may stand there. */
	*(volatile u32 *)e = 0xfee00066;
	CHECK_EQ(wpt_read(50), 0xfee00006);
	*(volatile u32 *)e = 0;
}

static void check_assist_off(void)
{
	u64 *e = &wpt_l1[51];

	subject("without the assist");
	CHECK_EQ(HC2(vm_assist, VMASST_CMD_disable,
		     VMASST_TYPE_writable_pagetables), 0);
	expect_fault(store_low, e, wpt_rw);
	CHECK_EQ(HC2(vm_assist, VMASST_CMD_enable,
		     VMASST_TYPE_writable_pagetables), 0);
	*(volatile u32 *)e = 0x1000;
	CHECK_EQ(wpt_read(51), 0x1000);
	*(volatile u32 *)e = 0;
}

/* The entries count: while one maps a page writable it can be no table. */
static void check_counts(void)
{
	u64 *page = alloc_page();
	volatile u32 *e = (volatile u32 *)&wpt_l1[60];
	u64 pte = PTE_RW(mfn_of(page));

	subject("counts");
	CHECK_EQ(make_ro(page), 0);
	e[1] = pte >> 32;
	e[0] = pte;
	CHECK_EQ(pin(1, page), -XEN_EINVAL);
	__asm__ volatile("lock btrl $1, %0" : "+m"(e[0]));
	CHECK_EQ(pin(1, page), 0);
	expect_fault(store_low, &wpt_l1[60], pte);
	CHECK_EQ(unpin(page), 0);
	e[0] = pte;
	CHECK_EQ(pin(1, page), -XEN_EINVAL);
	e[0] = 0;
	CHECK_EQ(pin(1, page), 0);
	CHECK_EQ(unpin(page), 0);
}

void test_main(void)
{
	set_up();
	check_byte_forms();
	check_word_forms();
	check_halves();
	check_bits();
	check_compare();
	check_refused();
	check_assist_off();
	check_counts();
	wpt_check_wide();
	check_strings();
	check_compare_8();
}
