/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiled with -m32, never run: the builder's structures for 32-bit kernels
 * have the sizes and offsets of the public ones.
 */
#include <stddef.h>

#include <xen/xen.h>

#include "builder/layout32.h"

#define SAME_SIZE(ours, theirs) \
	_Static_assert(sizeof(struct ours) == sizeof(struct theirs), \
		       #ours " has another size than " #theirs)
#define SAME(ours, our_field, theirs, their_field) \
	_Static_assert(offsetof(struct ours, our_field) == \
		       offsetof(struct theirs, their_field) && \
		       sizeof(((struct ours *)0)->our_field) == \
		       sizeof(((struct theirs *)0)->their_field), \
		       #ours "." #our_field " is not where " #theirs "." \
		       #their_field " is")

SAME_SIZE(start_info32, start_info);
#define INFO(field) SAME(start_info32, field, start_info, field)
INFO(magic);
INFO(nr_pages);
INFO(shared_info);
INFO(flags);
INFO(store_mfn);
INFO(store_evtchn);
SAME(start_info32, console_mfn, start_info, console.domU.mfn);
SAME(start_info32, console_evtchn, start_info, console.domU.evtchn);
INFO(pt_base);
INFO(nr_pt_frames);
INFO(mfn_list);
INFO(mod_start);
INFO(mod_len);
INFO(cmd_line);
INFO(first_p2m_pfn);
INFO(nr_p2m_frames);

SAME_SIZE(user_regs32, cpu_user_regs);
#define REG(field) SAME(user_regs32, field, cpu_user_regs, field)
REG(ebx);
REG(ecx);
REG(edx);
REG(esi);
REG(edi);
REG(ebp);
REG(eax);
REG(error_code);
REG(entry_vector);
REG(eip);
REG(cs);
REG(saved_upcall_mask);
REG(eflags);
REG(esp);
REG(ss);
REG(es);
REG(ds);
REG(fs);
REG(gs);

SAME_SIZE(trap_info32, trap_info);
SAME(trap_info32, vector, trap_info, vector);
SAME(trap_info32, flags, trap_info, flags);
SAME(trap_info32, cs, trap_info, cs);
SAME(trap_info32, address, trap_info, address);

SAME_SIZE(vcpu_context32, vcpu_guest_context);
#define CTX(field) SAME(vcpu_context32, field, vcpu_guest_context, field)
SAME(vcpu_context32, fpu, vcpu_guest_context, fpu_ctxt);
CTX(flags);
CTX(user_regs);
CTX(trap_ctxt);
CTX(ldt_base);
CTX(ldt_ents);
CTX(gdt_frames);
CTX(gdt_ents);
CTX(kernel_ss);
CTX(kernel_sp);
CTX(ctrlreg);
CTX(debugreg);
CTX(event_callback_cs);
CTX(event_callback_eip);
CTX(failsafe_callback_cs);
CTX(failsafe_callback_eip);
CTX(vm_assist);

/* The one field of shared_info that the builder writes is alike in both. */
_Static_assert(offsetof(struct shared_info, vcpu_info) == 0 &&
	       sizeof(struct vcpu_info) == 64 &&
	       offsetof(struct vcpu_info, evtchn_upcall_mask) == 1,
	       "vcpu_info differs from that of 64-bit guests");
