# SPDX-License-Identifier: BSD-2-Clause
# Every object of the hypervisor, in the order a reader should meet them.

# Start: from the boot loader to the first schedule.
OBJECTS := boot/head.o boot/main.o boot/multiboot.o boot/multiboot2.o \
	boot/e820.o boot/options.o boot/trampoline.o

# The processor and what is around it.
OBJECTS += x86/entry.o x86/traps.o x86/desc.o x86/cpuid.o x86/cpu_init.o \
	x86/spec_ctrl_choose.o x86/spec_ctrl.o x86/smp.o x86/tlb.o x86/apic.o x86/irq.o x86/ioapic.o x86/msi.o \
	x86/pci.o x86/time.o x86/cmos.o x86/fpu.o x86/acpi.o x86/serial.o \
	x86/panic.o x86/reboot.o x86/decode.o

# Memory: who owns each frame.
OBJECTS += mm/bootmem.o mm/hvmap.o mm/hvmap_check.o mm/frame_init.o \
	mm/frame.o mm/frame_set.o mm/m2p32.o mm/heap.o mm/slab.o

# What a domain is, for every kind of guest.
OBJECTS += core/lock.o core/domain.o core/lifecycle.o core/vcpu.o \
	core/vcpu_time.o core/shared_info.o core/sched.o core/idle.o core/timer.o core/watchdog.o \
	core/guest_copy.o \
	core/memory.o core/console.o core/console_out.o core/console_io.o core/pirq.o

OBJECTS += core/evtchn.o core/evtchn_bind.o core/evtchn_send.o \
	core/evtchn_2l.o core/evtchn_fifo.o core/evtchn_fifo_setup.o \
	core/evtchn_audit.o

OBJECTS += core/gnttab.o core/gnttab_handle.o \
	core/gnttab_map.o core/gnttab_unmap.o core/gnttab_copy.o core/gnttab_transfer.o

# Paravirtual guests: traps and instructions, page tables, dom0.
OBJECTS += pv/kind.o pv/context.o pv/traps.o pv/bounce.o pv/bounce32.o \
	pv/callback.o pv/iret.o pv/iret32.o pv/desc.o pv/segment.o pv/gate.o \
	pv/emulate.o pv/fetch.o pv/forced.o pv/io.o pv/msr.o pv/cpuid.o

OBJECTS += pv/page_type.o pv/pte.o pv/mmu.o pv/mmu_entry.o pv/mmu_drop.o \
	pv/mmu_root.o pv/mmu_flush.o pv/mmuext.o pv/mmu_grant.o pv/wpt.o \
	pv/relinquish.o pv/audit.o

OBJECTS += pv/build.o pv/build_image.o pv/build_elf.o pv/build_tables.o \
	pv/build_start.o

# The edge: hypercalls.
OBJECTS += hypercall/dispatch.o hypercall/multicall.o hypercall/dispatch32.o \
	hypercall/stubs.o hypercall/policy.o hypercall/info.o \
	hypercall/schedop.o hypercall/vcpuop.o hypercall/memory.o \
	hypercall/memory_map.o hypercall/memory_exchange.o \
	hypercall/memory_resource.o hypercall/physdev.o hypercall/platform.o \
	hypercall/domctl.o hypercall/domctl_domain.o hypercall/domctl_vcpu.o \
	hypercall/domain_info.o hypercall/sysctl.o hypercall/sysctl_perf.o \
	hypercall/debug_keys.o hypercall/misc.o

# What 32-bit guests say in other layouts.
OBJECTS += hypercall/compat32.o hypercall/compat32_context.o \
	hypercall/compat32_cpu.o hypercall/compat32_mmuext.o \
	hypercall/compat32_memory.o hypercall/compat32_exchange.o \
	hypercall/compat32_grant.o hypercall/compat32_vcpu.o \
	hypercall/compat32_system.o hypercall/compat32_start.o

OBJECTS += lib/string.o lib/printf.o lib/stack_guard.o lib/xz.o \
	lib/xz_x86.o lib/inflate.o

# Files that no line above names yet; to be given their place.
OBJECTS += $(sort $(filter-out $(OBJECTS), $(patsubst %.c,%.o, \
	$(wildcard */*.c)) $(patsubst %.S,%.o,$(wildcard */*.S))))
