/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC, by registers in memory, or by MSRs (x2APIC) where the firmware
 * enabled that or APIC ids need it.  Intel SDM volume 3, chapter 11.
 */
#include "lib/printf.h"
#include "mm/hvmap.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/cpu.h"
#include "x86/cpuid.h"

enum {
	REG_ID = 0x20, REG_TPR = 0x80, REG_EOI = 0xb0, REG_LDR = 0xd0,
	REG_DFR = 0xe0, REG_SVR = 0xf0, REG_IRR = 0x200, REG_ESR = 0x280, REG_ICR = 0x300,
	REG_ICR_HIGH = 0x310, REG_TIMER = 0x320, REG_THERMAL = 0x330,
	REG_PERF = 0x340, REG_LINT0 = 0x350, REG_LINT1 = 0x360,
	REG_ERROR = 0x370, REG_TIMER_INIT = 0x380, REG_TIMER_NOW = 0x390,
	REG_TIMER_DIVIDE = 0x3e0
};

#define BASE_ENABLE	BIT(11)
#define BASE_X2APIC	BIT(10)
#define SVR_ENABLE	0x100
#define LVT_MASKED	0x10000
#define LVT_NMI		0x400
#define TIMER_DEADLINE	0x40000
#define DIVIDE_BY_1	0xb
#define ICR_INIT	0x500
#define ICR_STARTUP	0x600
#define ICR_NMI		0x400
#define ICR_ASSERT	0x4000
#define ICR_PENDING	0x1000
#define ICR_ALL_OTHERS	0xc0000

static volatile u32 *regs_xapic __ro_after_init;
static bool x2apic __ro_after_init;
static maddr_t base_addr __ro_after_init;
/* Timer ticks a TSC cycle, 32 bits after the point; 0: TSC deadline. */
static u64 timer_scale __ro_after_init;
static bool deadline __ro_after_init;

static u32 reg_read(unsigned int reg)
{
	if (x2apic)
		return rdmsr(0x800 + (reg >> 4));
	return regs_xapic[reg / 4];
}

static void reg_write(unsigned int reg, u32 v)
{
	if (x2apic)
		wrmsr(0x800 + (reg >> 4), v);
	else
		regs_xapic[reg / 4] = v;
}

static __init bool need_x2apic(void)
{
	for (unsigned int i = 0; i < acpi_info.cpu_count; i++)
		if (acpi_info.cpus[i].apic_id >= 255)
			return true;
	return false;
}

__init void apic_init(void)
{
	u64 msr = rdmsr(MSR_APIC_BASE);

	base_addr = MADDR(msr & PTE_ADDR);
	x2apic = (msr & BASE_X2APIC) ||
		 (cpu_features.x2apic && need_x2apic());
	if (!x2apic)
		regs_xapic = hvmap_device(base_addr, PAGE_SIZE);
	deadline = cpu_features.tsc_deadline;
	apic_init_cpu();
	pr_info("apic: %s, timer %s\n", x2apic ? "x2APIC" : "xAPIC",
		deadline ? "by TSC deadline" : "one-shot");
}

void apic_init_cpu(void)
{
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | BASE_ENABLE);
	if (x2apic)
		wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | BASE_ENABLE |
		      BASE_X2APIC);
	reg_write(REG_TPR, 0);
	reg_write(REG_THERMAL, LVT_MASKED);
	reg_write(REG_PERF, LVT_MASKED);
	reg_write(REG_LINT0, LVT_MASKED);
	reg_write(REG_LINT1, LVT_NMI);
	reg_write(REG_ERROR, VEC_APIC_ERROR);
	reg_write(REG_SVR, SVR_ENABLE | VEC_SPURIOUS);
	reg_write(REG_TIMER_DIVIDE, DIVIDE_BY_1);
	reg_write(REG_TIMER, VEC_TIMER | (deadline ? TIMER_DEADLINE : 0));
	/* What was in service under the firmware. */
	for (unsigned int i = 0; i < 8; i++)
		reg_write(REG_EOI, 0);
}

u32 apic_id(void)
{
	u32 id = reg_read(REG_ID);

	return x2apic ? id : id >> 24;
}

maddr_t apic_base(void)
{
	return base_addr;
}

void apic_eoi(void)
{
	reg_write(REG_EOI, 0);
}

static void send(u32 id, u32 command)
{
	if (x2apic) {
		smp_mb();
		wrmsr(0x830, (u64)id << 32 | command);
		return;
	}
	while (regs_xapic[REG_ICR / 4] & ICR_PENDING)
		cpu_relax();
	regs_xapic[REG_ICR_HIGH / 4] = id << 24;
	regs_xapic[REG_ICR / 4] = command;
}

void apic_send_ipi(unsigned int cpu, u8 vector)
{
	perf_count(ipis);
	send(cpu_by_id(cpu)->apic_id, vector | ICR_ASSERT);
}

void apic_send_init(u32 id)
{
	send(id, ICR_INIT | ICR_ASSERT);
}

void apic_send_startup(u32 id, u8 page)
{
	send(id, ICR_STARTUP | ICR_ASSERT | page);
}

void apic_send_nmi_others(void)
{
	send(0, ICR_NMI | ICR_ASSERT | ICR_ALL_OTHERS);
}

/*
 * Reads are dear, so devices' vectors get a look in turn; those of the timer
 * and of other CPUs' requests, in the last register, at every call.
 */
bool apic_interrupt_pending(void)
{
	static u32 turn;
	unsigned int other = 1 + turn++ % 6;

	return reg_read(REG_IRR + 0x70) || reg_read(REG_IRR + other * 0x10);
}

void apic_timer_calibrate_start(void)
{
	reg_write(REG_TIMER, VEC_TIMER | LVT_MASKED);
	reg_write(REG_TIMER_INIT, ~0U);
}

u32 apic_timer_count(void)
{
	return ~0U - reg_read(REG_TIMER_NOW);
}

__init void apic_timer_calibrate_end(u64 ticks, u64 tsc_cycles)
{
	reg_write(REG_TIMER_INIT, 0);
	timer_scale = (ticks << 32) / tsc_cycles;
	reg_write(REG_TIMER, VEC_TIMER | (deadline ? TIMER_DEADLINE : 0));
}

void apic_timer_arm(u64 tsc_delta)
{
	u64 ticks;

	if (deadline) {
		wrmsr(MSR_TSC_DEADLINE, tsc_delta ? rdtsc() + tsc_delta : 0);
		return;
	}
	ticks = (u64)(((unsigned __int128)tsc_delta * timer_scale) >> 32);
	if (tsc_delta && !ticks)
		ticks = 1;
	reg_write(REG_TIMER_INIT, min(ticks, 0xffffffffUL));
}
