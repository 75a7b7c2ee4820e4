# SPDX-License-Identifier: BSD-2-Clause
# Every object of the hypervisor, in the order a reader should meet them.

# Start: from the boot loader to the first schedule.
OBJECTS := boot/head.o boot/main.o boot/multiboot.o boot/multiboot2.o \
	boot/e820.o boot/options.o boot/trampoline.o

# The processor and what is around it.
OBJECTS += x86/entry.o x86/traps.o x86/desc.o x86/cpuid.o x86/cpu_init.o \
	x86/smp.o x86/apic.o x86/ioapic.o x86/irq.o x86/msi.o x86/time.o \
	x86/cmos.o x86/tlb.o x86/fpu.o x86/acpi.o x86/pci.o x86/serial.o \
	x86/panic.o x86/reboot.o x86/decode.o x86/decode_tables.o

# Memory: who owns each frame.
OBJECTS += mm/bootmem.o mm/hvmap.o mm/frame.o mm/frame_init.o \
	mm/frame_set.o mm/heap.o mm/slab.o

# What a domain is, for every kind of guest.
OBJECTS += core/lock.o core/console.o core/console_io.o core/domain.o \
	core/vcpu.o core/guest_copy.o core/sched.o core/timer.o \
	core/evtchn.o core/evtchn_2l.o core/evtchn_fifo.o core/gnttab.o \
	core/memory.o core/pirq.o

# Paravirtual guests.
OBJECTS += pv/kind.o pv/mmu.o pv/page_type.o pv/desc.o pv/traps.o \
	pv/emulate.o pv/build.o

# The edge: hypercalls.
OBJECTS += hypercall/dispatch.o hypercall/policy.o hypercall/info.o \
	hypercall/domctl.o hypercall/sysctl.o hypercall/memory.o \
	hypercall/schedop.o hypercall/vcpuop.o hypercall/platform.o \
	hypercall/physdev.o

OBJECTS += lib/printf.o lib/string.o

# Files that no line above names yet; to be given their place.
OBJECTS += $(filter-out $(OBJECTS) container.o asm_offsets.o, $(patsubst \
	%.c,%.o,$(wildcard */*.c)) $(patsubst %.S,%.o,$(wildcard */*.S)))
