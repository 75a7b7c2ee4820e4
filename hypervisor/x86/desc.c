/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptor tables and per-CPU areas (layout: x86/cpu.h).
 *
 * A CPU's GDT is a window of 16 pages at DESC_VIRT + n * 128 KiB: the first 14
 * are the running guest's, page 14 is ours and page 15 empty.  The next 16
 * pages are the window of the guest's LDT.
 */
#include "lib/printf.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "mm/image.h"
#include "x86/cpu_init.h"
#include "x86/desc.h"
#include "x86/traps.h"

#define OUR_GDT_PAGE	14
#define OUR_FIRST_SEL	0xe000
#define MAP_RW		(PTE_P | PTE_RW | PTE_A | PTE_D | PTE_G | PTE_NX)
#define MAP_R		(PTE_P | PTE_A | PTE_D | PTE_G | PTE_NX)
#define MAP_RX		(PTE_P | PTE_A | PTE_D | PTE_G)

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 io_bitmap;
} __packed;

struct gate {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_middle;
	u32 offset_high, reserved;
};

struct table_pointer {
	u16 limit;
	u64 base;
} __packed;

static struct gate idt[256] __aligned(4096) __section(".data.ro_after_init");
static void *empty_page __ro_after_init;

#define GATE_INTERRUPT	0x8e

static u8 ist_of(unsigned int vector)
{
	switch (vector) {
	case VEC_DF: return 1;
	case VEC_NMI: return 2;
	case VEC_MC: return 3;
	case VEC_DB: return 4;
	default: return 0;
	}
}

/*
 * Which vectors guests may raise by INT: the others arrive as #GP.  Only the
 * kernel of a 32-bit guest runs in ring 1.
 */
static unsigned int dpl_of(unsigned int vector)
{
	if (vector == VEC_HYPERCALL32)
		return 1;
	return vector == VEC_BP || vector == VEC_OF ? 3 : 0;
}

__init void desc_init(void)
{
	for (unsigned int v = 0; v < 256; v++) {
		u64 entry = trap_entry_table[v];

		idt[v] = (struct gate){
			.offset_low = entry,
			.selector = SEL_HV_CODE,
			.ist = ist_of(v),
			.type = GATE_INTERRUPT | dpl_of(v) << 5,
			.offset_middle = entry >> 16,
			.offset_high = entry >> 32,
		};
	}
	empty_page = heap_page();
	if (!empty_page)
		panic("no memory for descriptor tables");
}

/*
 * From SEL_RING3_CODE32 on, for 64-bit guests: ring 3 32-bit code, data, 64-bit
 * code.  For 32-bit guests, none of whose descriptors may lead to 64-bit mode:
 * ring 1 data, ring 3 code, ring 3 data.
 */
static const u64 flat_descriptors[2][3] = {
	{ 0x00cffb000000ffff, 0x00cff3000000ffff, 0x00affb000000ffff },
	{ 0x00cfb3000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff },
};

static void fill_flat(u64 *gdt, const u64 *flat)
{
	u64 *slot = &gdt[(SEL_RING3_CODE32 - OUR_FIRST_SEL) / 8];

	for (unsigned int i = 0; i < 3; i++)
		slot[i] = flat[i];
}

void desc_load_flat(bool guest_32bit)
{
	u64 page = desc_window(this_cpu()->id) + OUR_GDT_PAGE * PAGE_SIZE;

	fill_flat((u64 *)page, flat_descriptors[guest_32bit]);
}

static void fill_gdt(u64 *gdt, const struct tss *tss)
{
	u64 base = (u64)tss;
	u64 *slot = &gdt[(SEL_TSS - OUR_FIRST_SEL) / 8];

#define SLOT(sel) gdt[((sel) - OUR_FIRST_SEL) / 8]
	SLOT(SEL_HV_CODE) = 0x00af9b000000ffff;
	SLOT(SEL_HV_DATA) = 0x00cf93000000ffff;
	SLOT(SEL_RING1_CODE32) = 0x00cfbb000000ffff;
#undef SLOT
	fill_flat(gdt, flat_descriptors[0]);
	/* Available 64-bit TSS. */
	slot[0] = (sizeof(*tss) - 1) | (base & 0xffffff) << 16 |
		  0x89UL << 40 | (base >> 24 & 0xff) << 56;
	slot[1] = base >> 32;
}

mfn_t desc_empty_frame(void)
{
	return virt_to_mfn(empty_page);
}

static bool map_new(u64 va, unsigned int pages)
{
	for (unsigned int i = 0; i < pages; i++) {
		void *p = heap_page();

		if (!p || hvmap_map(va + i * PAGE_SIZE, virt_to_mfn(p), 1,
				    MAP_RW))
			return false;
	}
	return true;
}

static bool map_area(u64 base)
{
	mfn_t stubs = maddr_to_mfn(image_maddr(stub_page_start));

	return !hvmap_map(base, stubs, 1, MAP_RX) &&
	       map_new(base + 2 * PAGE_SIZE, 1) &&
	       map_new(base + 4 * PAGE_SIZE, 1) &&
	       map_new(base + 6 * PAGE_SIZE, 1) &&
	       map_new(base + 8 * PAGE_SIZE, 1) &&
	       map_new(base + 10 * PAGE_SIZE, 6);
}

static bool map_gdt(unsigned int id, const struct tss *tss)
{
	u64 window = desc_window(id);
	u64 *gdt = heap_page();

	if (!gdt)
		return false;
	fill_gdt(gdt, tss);
	/* Writable: LTR marks the TSS as busy. */
	if (hvmap_map(window + OUR_GDT_PAGE * PAGE_SIZE, virt_to_mfn(gdt), 1,
		      MAP_RW) ||
	    hvmap_map(window + 15 * PAGE_SIZE, virt_to_mfn(empty_page), 1,
		      MAP_R))
		return false;
	/* The guest's pages and the LDT window: tables, no entries yet. */
	for (unsigned int i = 0; i < 32; i++)
		if (!hvmap_l1e(window + i * PAGE_SIZE))
			return false;
	return true;
}

struct cpu *desc_cpu_create(unsigned int id, u32 apic_id)
{
	u64 base = CPU_AREA_VIRT + id * CPU_AREA_SIZE;
	struct cpu *c = cpu_by_id(id);
	struct tss *tss = heap_zalloc(128);

	if (!tss || !map_area(base) || !map_gdt(id, tss))
		return NULL;
	tss->rsp[0] = base + CPU_AREA_SIZE;
	tss->ist[0] = base + 3 * PAGE_SIZE;
	tss->ist[1] = base + 5 * PAGE_SIZE;
	tss->ist[2] = base + 7 * PAGE_SIZE;
	tss->ist[3] = base + 9 * PAGE_SIZE;
	tss->io_bitmap = sizeof(*tss);
	c->id = id;
	c->apic_id = apic_id;
	c->self = c;
	c->tss = tss;
	c->syscall_entry = (u64)syscall_entry;
	c->syscall32_entry = (u64)syscall32_entry;
	c->sysenter_entry = (u64)sysenter_entry;
	return c;
}

static void load_tables(unsigned int id)
{
	struct table_pointer gdt = {
		0xffff, desc_window(id)
	};
	struct table_pointer idt_pointer = { sizeof(idt) - 1, (u64)idt };

	__asm__ volatile("lgdt %0" :: "m"(gdt));
	__asm__ volatile(
		"pushq %0\n\t"
		"leaq 1f(%%rip), %%rax\n\t"
		"pushq %%rax\n\t"
		"lretq\n"
		"1:\tmovl %1, %%eax\n\t"
		"movl %%eax, %%ss\n\t"
		"xorl %%eax, %%eax\n\t"
		"movl %%eax, %%ds\n\t"
		"movl %%eax, %%es\n\t"
		"movl %%eax, %%fs\n\t"
		"movl %%eax, %%gs\n\t"
		"lldt %%ax\n\t"
		"movl %2, %%eax\n\t"
		"ltr %%ax"
		:: "i"(SEL_HV_CODE), "i"(SEL_HV_DATA), "i"(SEL_TSS)
		: "rax", "memory");
	__asm__ volatile("lidt %0" :: "m"(idt_pointer));
}

/*
 * Flags cleared by SYSCALL: all that change how we run.  RF and the condition
 * codes stay.
 */
#define SYSCALL_MASK	(RFLAGS_CLEAR_IN_C | RFLAGS_IOPL | RFLAGS_VM)

static void load_msrs(unsigned int id)
{
	u64 base = CPU_AREA_VIRT + id * CPU_AREA_SIZE;
	u64 star = (u64)SEL_RING3_CODE32 << 48 | (u64)SEL_HV_CODE << 32;

	wrmsr(MSR_STAR, star);
	wrmsr(MSR_LSTAR, base + (stub_syscall64 - stub_page_start));
	wrmsr(MSR_CSTAR, base + (stub_syscall32 - stub_page_start));
	wrmsr(MSR_SFMASK, SYSCALL_MASK);
	wrmsr(MSR_SYSENTER_CS, SEL_HV_CODE);
	wrmsr(MSR_SYSENTER_ESP, base + CPU_AREA_SIZE);
	wrmsr(MSR_SYSENTER_EIP, base + (stub_sysenter - stub_page_start));
}

u64 *desc_ldt_slot(void)
{
	u64 page = desc_window(this_cpu()->id) + OUR_GDT_PAGE * PAGE_SIZE;

	return (u64 *)(page + (SEL_LDT - OUR_FIRST_SEL));
}

void desc_load(struct cpu *c)
{
	load_tables(c->id);
	load_msrs(c->id);
}

void desc_enter(struct cpu *c, void (*fn)(void))
{
	__asm__ volatile("movq %0, %%rsp\n\t"
			 "xorl %%ebp, %%ebp\n\t"
			 "call *%1\n\t"
			 "ud2" :: "r"(c), "r"(fn) : "memory");
	__builtin_unreachable();
}
