/* SPDX-License-Identifier: BSD-2-Clause */
/* What the machine's processors can do, found once on the boot CPU. */
#include "boot/boot.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/cpuid.h"

struct cpu_features cpu_features __ro_after_init;

struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static __init void read_names(struct cpu_features *f)
{
	struct cpuid *brand = (struct cpuid *)f->model;
	struct cpuid r = cpuid(0, 0);

	f->max_leaf = r.a;
	f->amd = r.b == 0x68747541 || r.b == 0x6f677948; /* Auth…, Hygo… */
	f->max_ext_leaf = cpuid(0x80000000, 0).a;
	if (f->max_ext_leaf >= 0x80000004)
		for (u32 i = 0; i < 3; i++)
			brand[i] = cpuid(0x80000002 + i, 0);
}

/* Order of hw_caps: 1.edx 1.ecx e1.edx e1.ecx d1.eax 7.ebx 7.ecx e7.edx */
static __init void read_words(struct cpu_features *f)
{
	struct cpuid r = cpuid(1, 0);

	f->words[0] = r.d;
	f->words[1] = r.c;
	r = cpuid(0x80000001, 0);
	f->words[2] = r.d;
	f->words[3] = r.c;
	if (f->max_leaf >= 0xd)
		f->words[4] = cpuid(0xd, 1).a;
	if (f->max_leaf >= 7) {
		r = cpuid(7, 0);
		f->words[5] = r.b;
		f->words[6] = r.c;
	}
	if (f->max_ext_leaf >= 0x80000007)
		f->words[7] = cpuid(0x80000007, 0).d;
}

/*
 * QEMU's emulation checks SMAP for the stack reads of an IRET in ring 3 as if
 * they were the kernel's, so every PV guest dies of its first one.
 */
static __init bool smap_is_broken(void)
{
	struct cpuid r;

	if (!(cpu_features.words[1] & BIT(31)))
		return false;
	r = cpuid(0x40000000, 0);
	return r.b == 0x54474354 && r.c == 0x43544743 && r.d == 0x47435447;
}

__init void cpuid_init(void)
{
	struct cpu_features *f = &cpu_features;
	const u32 *w = f->words;

	read_names(f);
	read_words(f);
	f->x2apic = w[1] & BIT(21);
	f->tsc_deadline = w[1] & BIT(24);
	f->xsave = w[1] & BIT(26);
	f->vmx = w[1] & BIT(5);
	f->nx = w[2] & BIT(20);
	f->page1gb = w[2] & BIT(26);
	f->rdtscp = w[2] & BIT(27);
	f->svm = w[3] & BIT(2);
	f->xsaveopt = f->xsave && (w[4] & BIT(0));
	f->smep = w[5] & BIT(7);
	f->smap = (w[5] & BIT(20)) && !smap_is_broken();
	f->invariant_tsc = w[7] & BIT(8);
	f->arat = f->max_leaf >= 6 && (cpuid(6, 0).a & BIT(2));
	f->saves_fpu_pointers = !f->amd || (f->max_ext_leaf >= 0x80000008 &&
				cpuid(0x80000008, 0).b & BIT(2));
	f->phys_bits = f->max_ext_leaf >= 0x80000008 ?
		       cpuid(0x80000008, 0).a & 0xff : 36;
	if (!f->nx)
		panic("the processor cannot forbid execution (NX)");
	pr_info("cpu: %s\n", f->model);
}
