/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other CPUs.  They are started one by one with INIT and STARTUP through the
 * trampoline, and go to the idle loop; the scheduler does the rest.
 */
#include "boot/boot.h"
#include "core/sched.h"
#include "core/timer.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/bootmem.h"
#include "mm/hvmap.h"
#include "mm/image.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/cpu_init.h"
#include "x86/fpu.h"
#include "x86/smp.h"
#include "x86/smp_init.h"
#include "x86/time.h"
#include "x86/tlb.h"
#include "x86/traps.h"

struct cpumask cpu_online_mask;
unsigned int cpu_online_count;

/* boot/trampoline.S */
extern char trampoline_start[], trampoline_end[], trampoline_data[];

struct trampoline_data {
	u64 stack, entry;
	u32 cr3, efer;
};

static bool stopping;

bool smp_stopping(void)
{
	return READ_ONCE(stopping);
}

extern u64 boot_l3[];		/* head.S: the first 4 GiB at 0 */

void cpu_kick(unsigned int id, u64 work)
{
	struct cpu *c = cpu_by_id(id);

	__atomic_fetch_or(&c->work, work, __ATOMIC_SEQ_CST);
	if (c != this_cpu())
		apic_send_ipi(id, VEC_KICK);
}

static void mark_online(struct cpu *c)
{
	c->online = true;
	cpumask_set(&cpu_online_mask, c->id);
	__atomic_fetch_add(&cpu_online_count, 1, __ATOMIC_SEQ_CST);
}

/* The boot CPU; on its own stack already. */
__init void smp_boot_cpu_online(void)
{
	tlb_flush_local();
	mark_online(this_cpu());
}

/* First C code of another CPU, on the stack of its area. */
static void ap_main(void)
{
	struct cpu *c = this_cpu();

	cpu_init_early();
	cpu_init_control();
	desc_load(c);
	apic_init_cpu();
	fpu_init_cpu();
	tlb_flush_local();
	mark_online(c);
	enter_idle();
}

static __init void start(struct cpu *c, u64 page)
{
	size_t offset = trampoline_data - trampoline_start;
	struct trampoline_data data = {
		.stack = (u64)c,
		.entry = (u64)ap_main,
		.cr3 = virt_to_maddr(hvmap_idle_l4).v,
		.efer = EFER_LME | EFER_NX | EFER_SCE,
	};

	/* The page is mapped by the tables for the start, at its address. */
	memcpy((void *)page, trampoline_start,
	       trampoline_end - trampoline_start);
	memcpy((void *)(page + offset), &data, sizeof(data));
	smp_mb();
	apic_send_init(c->apic_id);
	time_delay_us(10000);
	for (unsigned int i = 0; i < 2 && !READ_ONCE(c->online); i++) {
		apic_send_startup(c->apic_id, page >> PAGE_SHIFT);
		time_delay_us(200);
	}
	for (unsigned int ms = 0; ms < 1000 && !READ_ONCE(c->online); ms++) {
		time_delay_us(1000);
		smp_poll();
	}
}

static __init void boot_cpu(unsigned int id, u32 apic, u64 page)
{
	struct cpu *c = desc_cpu_create(id, apic);

	if (!c)
		panic("no memory for CPU %u", id);
	timer_init_cpu(id);
	sched_init_cpu(id);
	start(c, page);
	if (!READ_ONCE(c->online))
		panic("CPU %u (APIC id %u) does not start", id, apic);
	pr_info("cpu %u (APIC id %u) is up\n", id, apic);
}

__init void smp_boot_aps(void)
{
	unsigned int max = options.max_cpus ? options.max_cpus : 1, id = 1;
	u64 page = bootmem_low_page();

	max = min(max, (unsigned int)NR_CPUS);
	if (!page) {
		pr_warn("no page below 1 MiB: only one CPU\n");
		return;
	}
	hvmap_idle_l4[0] = image_maddr(boot_l3).v | PTE_P | PTE_RW | PTE_A;
	tlb_flush_local();
	for (unsigned int i = 0; i < acpi_info.cpu_count && id < max; i++) {
		u32 apic = acpi_info.cpus[i].apic_id;

		if (apic != this_cpu()->apic_id)
			boot_cpu(id++, apic, page);
	}
	hvmap_idle_l4[0] = 0;
	tlb_flush_mask(&cpu_online_mask);
}

/* By NMI: it reaches CPUs that have interrupts disabled. See ist_trap(). */
void smp_stop_others(void)
{
	WRITE_ONCE(stopping, true);
	if (cpu_online_count < 2)
		return;
	apic_send_nmi_others();
	time_delay_us(1000);
}
