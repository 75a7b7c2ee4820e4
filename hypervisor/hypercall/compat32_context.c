/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vCPU contexts of 32-bit guests.  In their CR3 the frame number is rotated, so
 * that one of more than 20 bits finds room.
 */
#include "hypercall/compat32.h"
#include "lib/string.h"

static u64 mfn_of_cr3(u32 cr3)
{
	return cr3 >> 12 | cr3 << 20;
}

static u32 cr3_of_mfn(u64 mfn)
{
	return (u32)mfn << 12 | (u32)mfn >> 20;
}

/* Registers with their names in both layouts; segments follow. */
#define REGS(X) X(rbx, ebx) X(rcx, ecx) X(rdx, edx) X(rsi, esi) X(rdi, edi) \
	X(rbp, ebp) X(rax, eax) X(rip, eip) X(rflags, eflags) X(rsp, esp) \
	X(error_code, error_code) X(entry_vector, entry_vector) \
	X(saved_upcall_mask, saved_upcall_mask) \
	X(cs, cs) X(ss, ss) X(es, es) X(ds, ds) X(fs, fs) X(gs, gs)

static void regs_in(struct cpu_user_regs *to,
		    const struct c32_cpu_user_regs *from)
{
#define IN(native, c32) to->native = from->c32;
	REGS(IN)
#undef IN
}

static void regs_out(struct c32_cpu_user_regs *to,
		     const struct cpu_user_regs *from)
{
#define OUT(native, c32) to->c32 = (__typeof__(to->c32))from->native;
	REGS(OUT)
#undef OUT
}

static void traps_in(struct trap_info *to, const struct c32_trap_info *from)
{
	for (unsigned int i = 0; i < 256; i++)
		to[i] = (struct trap_info){
			.vector = from[i].vector, .flags = from[i].flags,
			.cs = from[i].cs, .address = from[i].address,
		};
}

static void traps_out(struct c32_trap_info *to, const struct trap_info *from)
{
	for (unsigned int i = 0; i < 256; i++)
		to[i] = (struct c32_trap_info){
			.vector = from[i].vector, .flags = from[i].flags,
			.cs = from[i].cs, .address = (u32)from[i].address,
		};
}

static void words_in(unsigned long *to, const u32 *from, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		to[i] = from[i];
}

static void words_out(u32 *to, const unsigned long *from, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		to[i] = (u32)from[i];
}

void compat32_context_in(vcpu_guest_context_t *to,
			 const struct c32_vcpu_guest_context *from)
{
	memset(to, 0, sizeof(*to));
	memcpy(&to->fpu_ctxt, &from->fpu_ctxt, sizeof(to->fpu_ctxt));
	to->flags = from->flags;
	regs_in(&to->user_regs, &from->user_regs);
	traps_in(to->trap_ctxt, from->trap_ctxt);
	to->ldt_base = from->ldt_base;
	to->ldt_ents = from->ldt_ents;
	words_in(to->gdt_frames, from->gdt_frames, 16);
	to->gdt_ents = from->gdt_ents;
	to->kernel_ss = from->kernel_ss;
	to->kernel_sp = from->kernel_sp;
	words_in(to->ctrlreg, from->ctrlreg, 8);
	/* One table serves both modes. */
	to->ctrlreg[1] = 0;
	to->ctrlreg[3] = mfn_of_cr3(from->ctrlreg[3]) << PAGE_SHIFT;
	words_in(to->debugreg, from->debugreg, 8);
	to->event_callback_eip = from->event_callback_eip |
				 (u64)from->event_callback_cs << 32;
	to->failsafe_callback_eip = from->failsafe_callback_eip |
				    (u64)from->failsafe_callback_cs << 32;
	to->vm_assist = from->vm_assist;
}

void compat32_context_out(struct c32_vcpu_guest_context *to,
			  const vcpu_guest_context_t *from)
{
	memset(to, 0, sizeof(*to));
	memcpy(&to->fpu_ctxt, &from->fpu_ctxt, sizeof(to->fpu_ctxt));
	to->flags = (u32)from->flags;
	regs_out(&to->user_regs, &from->user_regs);
	traps_out(to->trap_ctxt, from->trap_ctxt);
	to->ldt_base = (u32)from->ldt_base;
	to->ldt_ents = (u32)from->ldt_ents;
	words_out(to->gdt_frames, from->gdt_frames, 16);
	to->gdt_ents = (u32)from->gdt_ents;
	to->kernel_ss = (u32)from->kernel_ss;
	to->kernel_sp = (u32)from->kernel_sp;
	words_out(to->ctrlreg, from->ctrlreg, 8);
	to->ctrlreg[1] = 0;
	to->ctrlreg[3] = cr3_of_mfn(from->ctrlreg[3] >> PAGE_SHIFT);
	words_out(to->debugreg, from->debugreg, 8);
	to->event_callback_eip = (u32)from->event_callback_eip;
	to->event_callback_cs = from->event_callback_eip >> 32;
	to->failsafe_callback_eip = (u32)from->failsafe_callback_eip;
	to->failsafe_callback_cs = from->failsafe_callback_eip >> 32;
	to->vm_assist = (u32)from->vm_assist;
}
