/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of the hypervisor: one initialisation after the other. */
#include "boot/loader.h"
#include "core/console.h"
#include "core/domain.h"
#include "core/sched.h"
#include "core/timer.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "lib/stack_guard.h"
#include "mm/bootmem.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "mm/image.h"
#include "x86/time.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/cpu_init.h"
#include "x86/cpuid.h"
#include "x86/fpu.h"
#include "x86/irq_private.h"
#include "x86/serial.h"
#include "x86/smp.h"
#include "x86/smp_init.h"
#include "x86/spec_ctrl.h"
#include "x86/time_init.h"
#include "x86/traps.h"

/* On the boot CPU's own stack, with everything but dom0 in place. */
/* Not part of what hvmap_seal() takes away. */
static __noinline void boot_finish(void)
{
	struct domain *d = pv_build_dom0();

	bootmem_free_modules();
	hvmap_seal();
	hvmap_check();
	serial_enable_irq();
	console_start_queue();
	pr_info("memory: %lu MiB, free %lu MiB, our own %lu KiB\n",
		heap_total_frames() >> 8, heap_free_frames() >> 8,
		heap_own_frames() << 2);
	pr_info("starting dom0\n");
	domain_unpause(d);
	enter_idle();
}

static __init void boot_on_own_stack(void)
{
	cpu_init_control();
	desc_load(this_cpu());
	apic_init();
	this_cpu()->apic_id = apic_id();
	irq_init();
	fpu_init_cpu();
	time_init();
	smp_boot_cpu_online();
	timer_init_cpu(0);
	sched_init(options.sched_ratelimit_us * US);
	sched_init_cpu(0);
	hypercall_init();
	smp_boot_aps();
	boot_finish();
}

static __init void say_hello(void)
{
	pr_info("Hospes, a hypervisor\n");
	pr_info("loader: %s, options: %s\n", boot_info.loader,
		boot_info.cmdline);
}

static __init void boot_memory(void)
{
	bootmem_init();
	hvmap_init();
	heap_set_total(boot_ram_bytes() >> PAGE_SHIFT);
	bootmem_to_heap();
}

__init void boot_main(u32 magic, u64 info)
{
	bool known;
	struct cpu *c;

	stack_guard_init(rdtsc());
	this_cpu()->self = this_cpu();
	known = boot_parse(magic, info);
	console_init();
	options_parse(boot_info.cmdline);
	console_init();
	say_hello();
	if (!known)
		panic("unknown boot protocol, %#x", magic);
	cpuid_init();
	spec_ctrl_init();
	cpu_init_early();
	acpi_init();
	time_begin();
	boot_memory();
	desc_init();
	c = desc_cpu_create(0, 0);
	if (!c)
		panic("no memory for the first CPU");
	desc_enter(c, boot_on_own_stack);
}
