/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing of one vCPU's registers is seen by another: the first fills all that
 * there is (x87 with its control, status and last instruction, SSE with MXCSR,
 * the upper halves of AVX); the second, fresh, must find the initial state, then
 * fills its own; from then on they change places on one CPU, and each must find
 * what it left.  dom0 can tie both to one CPU; elsewhere they may have one each,
 * which shows less.  What no emulator keeps (the addresses of the last x87
 * instruction) is compared like the rest.
 */
#define __XEN_TOOLS__ 1
#include "fpu.h"
#include <xen/domctl.h>

#define VECTORS		(IS_32BIT ? 8 : 16)
#define ROUNDS		200

struct state {
	u8 legacy[512];		/* as FXSAVE has it */
	u8 wide[16][32];
} __attribute__((aligned(64)));

static struct state filled[2], found[2], fresh;
static struct vcpu_guest_context context;
static char stack1[16384] __attribute__((aligned(16)));
static volatile unsigned int looked, differing[2], rounds[2];
static bool avx;

/* ---- registers as memory --------------------------------------------------------- */

/* On the vCPU that runs: the guest's own switch for XSAVE, then AVX. */
static bool enable_avx(void)
{
	unsigned long cr4;
	u32 a = 1, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	if ((c & (1 << 26 | 1 << 28)) != (1 << 26 | 1 << 28))
		return false;
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" :: "r"(cr4 | 1UL << 18));
	__asm__ volatile("xsetbv" :: "a"(7), "d"(0), "c"(0));
	return true;
}

static void save(struct state *s)
{
	memset(s, 0, sizeof(*s));
	__asm__ volatile(FXSAVE " (%0)" :: "r"(s->legacy) : "memory");
	if (avx)
		__asm__ volatile(STORE_WIDE :: "r"(s->wide) : "memory");
	/* Bytes that FXSAVE leaves to software. */
	memset(s->legacy + 416, 0, 96);
}

/* Bytes that are different in all registers, of each vCPU. */
static void fill(unsigned int me)
{
	static struct state s[2];
	u8 *legacy = s[me].legacy;
	unsigned int i;

	__asm__ volatile(FXSAVE " (%0)" :: "r"(legacy) : "memory");
	for (i = 32; i < 160 + 16 * VECTORS; i++)
		legacy[i] = i * 7 + 100 * me + 1;
	for (i = 32; i < 160; i += 16)
		memset(legacy + i + 10, 0, 6);
	*(u16 *)legacy = me ? 0x0f7f : 0x027f;		/* control */
	*(u16 *)(legacy + 2) = me ? 0x4500 : 0x3a00;	/* status */
	legacy[4] = 0xff;				/* none is empty */
	*(u16 *)(legacy + 6) = me ? 0x123 : 0x345;	/* last opcode */
	*(u32 *)(legacy + 8) = 0x1234567 + me;		/* its address */
	*(u32 *)(legacy + 16) = 0x7654321 + me;		/* its operand */
	*(u32 *)(legacy + 24) = me ? 0x3fbf : 0xdfbf;	/* MXCSR */
	for (i = 0; i < sizeof(s[me].wide); i++)
		((u8 *)s[me].wide)[i] = i * 11 + 50 * me + 3;
	if (avx)
		__asm__ volatile(LOAD_WIDE :: "r"(s[me].wide) : "memory");
	else
		__asm__ volatile(FXRSTOR " (%0)" :: "r"(legacy) : "memory");
	/* The lower halves are in both: FXRSTOR has the last word on them. */
	__asm__ volatile(FXRSTOR " (%0)" :: "r"(legacy) : "memory");
	save(&filled[me]);
}

/* ---- both ------------------------------------------------------------------------ */

static void take_turns(unsigned int me)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		HC2(sched_op, SCHEDOP_yield, 0);
		save(&found[me]);
		if (memcmp(&found[me], &filled[me], sizeof(found[me])))
			differing[me]++;
		rounds[me]++;
	}
}

static void second(void)
{
	__asm__ volatile(FXSAVE " (%0)" :: "r"(fresh.legacy) : "memory");
	if (avx) {
		enable_avx();
		__asm__ volatile(STORE_WIDE :: "r"(fresh.wide) : "memory");
	}
	memset(fresh.legacy + 416, 0, 96);
	fill(1);
	looked = 1;
	take_turns(1);
	looked = 2;
	HC3(vcpu_op, VCPUOP_down, 1, 0);
	second_vcpu();
}

/* Our vCPU and the other on CPU 0, so that they must change places. */
static bool tie(int cpu)
{
	struct sched_pin_override pin = { .pcpu = cpu };
	static u8 map[1];
	struct xen_domctl op;

	if (!is_dom0())
		return false;
	CHECK_EQ(HC2(sched_op, SCHEDOP_pin_override, &pin), 0);
	memset(&op, 0, sizeof(op));
	op.cmd = XEN_DOMCTL_setvcpuaffinity;
	op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op.domain = DOMID_SELF;
	op.u.vcpuaffinity.vcpu = 1;
	op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
	map[0] = cpu < 0 ? 0xff : 1 << cpu;
	set_xen_guest_handle(op.u.vcpuaffinity.cpumap_hard.bitmap, map);
	op.u.vcpuaffinity.cpumap_hard.nr_bits = 8;
	CHECK_EQ(HC1(domctl, &op), 0);
	return true;
}

static bool is_zero(const void *p, size_t n)
{
	const u8 *b = p;

	while (n && !*b) {
		b++;
		n--;
	}
	return !n;
}

static void check_fresh(void)
{
	const u8 *f = fresh.legacy;

	subject("a fresh vCPU's registers");
	CHECK_EQ(*(const u16 *)f, 0x37f);		/* control */
	CHECK_EQ(*(const u16 *)(f + 2), 0);		/* status */
	CHECK_EQ(f[4], 0);				/* all empty */
	CHECK_EQ(*(const u16 *)(f + 6), 0);		/* last opcode */
	CHECK_EQ(*(const u64 *)(f + 8), 0);		/* its address */
	CHECK_EQ(*(const u64 *)(f + 16), 0);		/* its operand */
	CHECK_EQ(*(const u32 *)(f + 24), 0x1f80);	/* MXCSR */
	CHECK(is_zero(f + 32, 128));			/* x87 */
	CHECK(is_zero(f + 160, 256));			/* SSE */
	if (avx)
		CHECK(is_zero(fresh.wide, sizeof(fresh.wide)));
	else
		skip("there is no AVX");
}

void check_leaks(void)
{
	unsigned int i;

	subject("registers of another vCPU");
	if (HC3(vcpu_op, VCPUOP_is_up, 1, 0) < 0) {
		skip("there is one only");
		return;
	}
	avx = enable_avx();
	tie(0);
	fill_context(&context, second, stack1 + sizeof(stack1));
	CHECK_EQ(HC3(vcpu_op, VCPUOP_initialise, 1, &context), 0);
	fill(0);
	CHECK(!is_zero(filled[0].legacy + 160, 256));
	CHECK_EQ(HC3(vcpu_op, VCPUOP_up, 1, 0), 0);
	for (i = 0; i < 100000000 && !looked; i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	take_turns(0);
	for (i = 0; i < 100000000 && looked < 2; i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(rounds[1], ROUNDS);
	CHECK_EQ(differing[0], 0);
	CHECK_EQ(differing[1], 0);
	CHECK(memcmp(&filled[0], &filled[1], sizeof(filled[0])));
	check_fresh();
	while (HC3(vcpu_op, VCPUOP_is_up, 1, 0) == 1)
		HC2(sched_op, SCHEDOP_yield, 0);
	tie(-1);
	__asm__ volatile("fninit");
}
