/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a 32-bit kernel and a 64-bit tool share, as the public headers lay it
 * out for i386. All fields have fixed sizes, so that the structures are the
 * same in either word size; tests/unit/layout.sh compares them with those
 * headers field by field.
 */
#ifndef BUILDER_LAYOUT32_H
#define BUILDER_LAYOUT32_H

#include <stdint.h>

struct start_info32 {
	char magic[32];
	uint32_t nr_pages;
	uint32_t shared_info;		/* machine address */
	uint32_t flags;
	uint32_t store_mfn;
	uint32_t store_evtchn;
	uint32_t console_mfn;
	uint32_t console_evtchn;
	uint32_t pt_base;
	uint32_t nr_pt_frames;
	uint32_t mfn_list;
	uint32_t mod_start;
	uint32_t mod_len;
	int8_t cmd_line[1024];
	uint32_t first_p2m_pfn;
	uint32_t nr_p2m_frames;
};

struct user_regs32 {
	uint32_t ebx, ecx, edx, esi, edi, ebp, eax;
	uint16_t error_code, entry_vector;
	uint32_t eip;
	uint16_t cs;
	uint8_t saved_upcall_mask, pad0;
	uint32_t eflags, esp;
	uint16_t ss, pad1;
	uint16_t es, pad2;
	uint16_t ds, pad3;
	uint16_t fs, pad4;
	uint16_t gs, pad5;
};

struct trap_info32 {
	uint8_t vector, flags;
	uint16_t cs;
	uint32_t address;
};

struct vcpu_context32 {
	uint8_t fpu[512];
	uint32_t flags;
	struct user_regs32 user_regs;
	struct trap_info32 trap_ctxt[256];
	uint32_t ldt_base, ldt_ents;
	uint32_t gdt_frames[16], gdt_ents;
	uint32_t kernel_ss, kernel_sp;
	uint32_t ctrlreg[8];
	uint32_t debugreg[8];
	uint32_t event_callback_cs, event_callback_eip;
	uint32_t failsafe_callback_cs, failsafe_callback_eip;
	uint32_t vm_assist;
};

/*
 * CR3 has 32 bits only: the frame's upper bits go to the lowest place, where a
 * plain CR3 of memory below 4 GiB has zeros.
 */
static inline uint32_t layout32_cr3(uint64_t mfn)
{
	return (uint32_t)(mfn << 12 | mfn >> 20);
}

#endif
