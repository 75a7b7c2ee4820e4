/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Floating point and vector state.  Everything the processor has beyond what
 * guests may use stays off.  Saving and loading is done with all of our bits
 * in XCR0, so that no component of one vCPU is left for the next.
 */
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "x86/cpu.h"
#include "x86/cpuid.h"
#include "x86/fpu.h"

/* x87, SSE, AVX, AVX-512; not MPX, PKRU, AMX. */
#define XCR0_WANTED	0xe7UL
#define XCR0_LEGACY	3UL
#define FXSAVE_SIZE	512
#define FCW_DEFAULT	0x37f
#define MXCSR_DEFAULT	0x1f80

u64 fpu_xcr0_mask;
static unsigned int area_size = FXSAVE_SIZE;

static void set_xcr0(u64 v)
{
	struct cpu *c = this_cpu();

	if (c->xcr0 == v)
		return;
	__asm__ volatile("xsetbv" :: "c"(0), "a"((u32)v), "d"((u32)(v >> 32)));
	c->xcr0 = v;
}

unsigned int fpu_size(u64 xcr0)
{
	unsigned int size = 576;

	if (!fpu_xcr0_mask)
		return FXSAVE_SIZE;
	for (unsigned int i = 2; i < 63; i++) {
		struct cpuid r;

		if (!(xcr0 >> i & 1))
			continue;
		r = cpuid(0xd, i);
		size = max(size, r.a + r.b);
	}
	return size;
}

static void choose_mask(void)
{
	struct cpuid r = cpuid(0xd, 0);

	fpu_xcr0_mask = (r.a | (u64)r.d << 32) & XCR0_WANTED;
	/* AVX-512's three parts only together, and only with AVX. */
	if ((fpu_xcr0_mask & 0xe0) != 0xe0 || !(fpu_xcr0_mask & 4))
		fpu_xcr0_mask &= 7;
	area_size = fpu_size(fpu_xcr0_mask);
	pr_info("fpu: XCR0 %#lx, %u bytes\n", fpu_xcr0_mask, area_size);
}

void fpu_init_cpu(void)
{
	if (cpu_features.xsave) {
		if (!fpu_xcr0_mask)
			choose_mask();
		this_cpu()->xcr0 = 0;
		set_xcr0(fpu_xcr0_mask);
	}
	__asm__ volatile("fninit");
}

void *fpu_alloc(void)
{
	/* Sizes from 64 up are 64-byte aligned: powers of two. */
	char *area = heap_zalloc(area_size);

	if (!area)
		return NULL;
	*(u16 *)area = FCW_DEFAULT;
	*(u32 *)(area + 24) = MXCSR_DEFAULT;
	return area;
}

void fpu_free(void *area)
{
	heap_zfree(area);
}

void fpu_save(void *area)
{
	if (!fpu_xcr0_mask) {
		__asm__ volatile("fxsave64 (%0)" :: "r"(area) : "memory");
		return;
	}
	set_xcr0(fpu_xcr0_mask);
	if (cpu_features.xsaveopt)
		__asm__ volatile("xsaveopt64 (%0)"
				 :: "r"(area), "a"(~0U), "d"(~0U) : "memory");
	else
		__asm__ volatile("xsave64 (%0)"
				 :: "r"(area), "a"(~0U), "d"(~0U) : "memory");
}

/*
 * AMD's processors save and load the last instruction's address, its operand's
 * and its opcode only while an exception waits: without this the vCPU would find
 * those of the one before.  (AMD manual volume 2, 11.4.4.3.)
 */
static void clear_pointers(void)
{
	if (!cpu_features.saves_fpu_pointers)
		__asm__ volatile("fninit");
}

/*
 * Components whose bit in the area's header is clear get their initial state;
 * FCW and MXCSR are set by fpu_alloc() for XRSTOR of an area never saved, where
 * MXCSR is loaded although SSE's bit is clear.
 */
void fpu_load(const void *area)
{
	clear_pointers();
	if (!fpu_xcr0_mask) {
		__asm__ volatile("fxrstor64 (%0)" :: "r"(area) : "memory");
		return;
	}
	set_xcr0(fpu_xcr0_mask);
	__asm__ volatile("xrstor64 (%0)"
			 :: "r"(area), "a"(~0U), "d"(~0U) : "memory");
}
