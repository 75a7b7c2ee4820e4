/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structures of the public ABI as a 32-bit guest has them, where that differs
 * from the native layout.  Fields have the names of the public headers, so
 * that a table row can name both sides at once; a handle or pointer is a u32.
 * tests/unit/test_compat32.c compares all of it with those headers.
 */
#ifndef HOSPES_HYPERCALL_COMPAT32_ABI_H
#define HOSPES_HYPERCALL_COMPAT32_ABI_H

#include "lib/types.h"

/* Numbers of 64 bits are aligned to 4 there. */
typedef u64 c32_u64 __aligned(4);

struct c32_multicall_entry {
	u32 op, result, args[6];
};

/* --- memory ----------------------------------------------------------------- */

struct c32_memory_reservation {
	u32 extent_start, nr_extents, extent_order, mem_flags;
	u16 domid;
};

struct c32_memory_exchange {
	struct c32_memory_reservation in, out;
	u32 nr_exchanged;
};

struct c32_machphys_mapping {
	u32 v_start, v_end, max_mfn;
};

struct c32_memory_map {
	u32 nr_entries, buffer;
};

struct c32_foreign_memory_map {
	u16 domid;
	struct c32_memory_map map;
};

struct c32_mem_acquire_resource {
	u16 domid, type;
	u32 id, nr_frames, pad;
	c32_u64 frame;
	u32 frame_list;
};

struct c32_mmuext_op {
	u32 cmd, arg1, arg2;
};

/* --- grants ----------------------------------------------------------------- */

struct c32_gnttab_setup_table {
	u16 dom;
	u32 nr_frames;
	s16 status;
	u32 frame_list;
};

struct c32_gnttab_get_status_frames {
	u32 nr_frames;
	u16 dom;
	s16 status;
	u32 frame_list;
};

struct c32_gnttab_transfer {
	u32 mfn;
	u16 domid;
	u32 ref;
	s16 status;
};

struct c32_gnttab_copy {
	struct {
		u32 u;			/* ref or frame number */
		u16 domid, offset;
	} source, dest;
	u16 len, flags;
	s16 status;
};

/* --- vCPUs, scheduling, devices ---------------------------------------------- */

struct c32_trap_info {
	u8 vector, flags;
	u16 cs;
	u32 address;
};

struct c32_callback_register {
	u16 type, flags;
	struct {
		u32 cs, eip;
	} address;
};

struct c32_sched_poll {
	u32 ports, nr_ports;
	c32_u64 timeout;
};

struct c32_vcpu_set_singleshot_timer {
	c32_u64 timeout_abs_ns;
	u32 flags;
};

/* Only the first word of an address is sure to be set. */
struct c32_vcpu_register_area {
	u32 addr, unused;
};

struct c32_physdev_set_iobitmap {
	u32 bitmap, nr_ports;
};

struct c32_physdev_apic {
	u32 apic_physbase, reg, value;
};

struct c32_physdev_map_pirq {
	u16 domid;
	s32 type, index, pirq, bus, devfn, entry_nr;
	c32_u64 table_base;
};

struct c32_cpu_user_regs {
	u32 ebx, ecx, edx, esi, edi, ebp, eax;
	u16 error_code, entry_vector;
	u32 eip;
	u16 cs;
	u8 saved_upcall_mask, pad0;
	u32 eflags, esp;
	u16 ss, pad1, es, pad2, ds, pad3, fs, pad4, gs, pad5;
};

struct c32_vcpu_guest_context {
	struct {
		u8 x[512];
	} fpu_ctxt;
	u32 flags;
	struct c32_cpu_user_regs user_regs;
	struct c32_trap_info trap_ctxt[256];
	u32 ldt_base, ldt_ents;
	u32 gdt_frames[16], gdt_ents;
	u32 kernel_ss, kernel_sp;
	u32 ctrlreg[8], debugreg[8];
	u32 event_callback_cs, event_callback_eip;
	u32 failsafe_callback_cs, failsafe_callback_eip;
	u32 vm_assist;
};

#endif
