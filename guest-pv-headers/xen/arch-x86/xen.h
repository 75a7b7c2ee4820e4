/* SPDX-License-Identifier: BSD-2-Clause */
/* The x86 part of the guest interface, both word sizes. */
#include "../xen.h"

#ifndef __XEN_PUBLIC_ARCH_X86_XEN_H__
#define __XEN_PUBLIC_ARCH_X86_XEN_H__

/*
 * A handle is a pointer into the caller's address space wrapped in a type of
 * its own, so that the two are not mixed up by accident.
 *
 *	XEN_GUEST_HANDLE(type)          the handle's type
 *	XEN_GUEST_HANDLE(const_type)    the same for what is only read
 *	set_xen_guest_handle(h, p)      sets a handle from a pointer
 */
#define ___DEFINE_XEN_GUEST_HANDLE(name, type) \
	typedef struct { type *p; } __guest_handle_ ## name
#define __DEFINE_XEN_GUEST_HANDLE(name, type) \
	___DEFINE_XEN_GUEST_HANDLE(name, type); \
	___DEFINE_XEN_GUEST_HANDLE(const_##name, const type)
#define DEFINE_XEN_GUEST_HANDLE(name) __DEFINE_XEN_GUEST_HANDLE(name, name)
#define __XEN_GUEST_HANDLE(name)      __guest_handle_ ## name
#define XEN_GUEST_HANDLE(name)        __XEN_GUEST_HANDLE(name)
#define XEN_GUEST_HANDLE_PARAM(name)  XEN_GUEST_HANDLE(name)
#define set_xen_guest_handle_raw(hnd, val) do { (hnd).p = val; } while (0)
#define set_xen_guest_handle(hnd, val) set_xen_guest_handle_raw(hnd, val)

#if defined(__i386__)
#include "xen-x86_32.h"
#elif defined(__x86_64__)
#include "xen-x86_64.h"
#endif

/* Number of a page frame: machine ("mfn") or pseudo-physical ("pfn", "gfn"). */
#ifndef __ASSEMBLY__
typedef unsigned long xen_pfn_t;
#define PRI_xen_pfn "lx"
#define PRIu_xen_pfn "lu"
#endif

#define XEN_HAVE_PV_GUEST_ENTRY 1	/* there is a start_info */
#define XEN_HAVE_PV_UPCALL_MASK 1	/* there is an evtchn_upcall_mask */

/* The last two pages of every GDT are the hypervisor's; units as named. */
#define FIRST_RESERVED_GDT_PAGE  14
#define FIRST_RESERVED_GDT_BYTE  (FIRST_RESERVED_GDT_PAGE * 4096)
#define FIRST_RESERVED_GDT_ENTRY (FIRST_RESERVED_GDT_BYTE / 8)

/* vCPUs that have their vcpu_info in the shared page; others register one. */
#define XEN_LEGACY_MAX_VCPUS 32

#ifndef __ASSEMBLY__

typedef unsigned long xen_ulong_t;
#define PRI_xen_ulong "lx"

/*
 * set_trap_table(table): sets handlers of the calling vCPU. The table ends with
 * an entry whose address is 0; a null pointer removes all handlers. -EFAULT,
 * -EINVAL (address not canonical). A vector raised without a handler ends the
 * domain.
 */
struct trap_info {
	uint8_t vector;
	uint8_t flags;	/* bits 0-1: privilege for INT; bit 2: mask events */
	uint16_t cs;
	unsigned long address;
};
typedef struct trap_info trap_info_t;
DEFINE_XEN_GUEST_HANDLE(trap_info_t);

#define TI_GET_DPL(_ti)       ((_ti)->flags & 3)
#define TI_GET_IF(_ti)        ((_ti)->flags & 4)
#define TI_SET_DPL(_ti, _dpl) ((_ti)->flags |= (_dpl))
#define TI_SET_IF(_ti, _if)   ((_ti)->flags |= ((!!(_if)) << 2))

typedef uint64_t tsc_timestamp_t;

/*
 * Everything a vCPU starts with: argument of VCPUOP_initialise and of
 * XEN_DOMCTL_{set,get}vcpucontext.
 */
struct vcpu_guest_context {
	struct { char x[512]; } fpu_ctxt;	/* FXSAVE image */
	/* fpu_ctxt holds something */
#define VGCF_I387_VALID                (1 << 0)
#define _VGCF_i387_valid               0
#define VGCF_i387_valid                (1 << _VGCF_i387_valid)
	/* starts in the guest's kernel, not in its user mode */
#define VGCF_IN_KERNEL                 (1 << 2)
#define _VGCF_in_kernel                2
#define VGCF_in_kernel                 (1 << _VGCF_in_kernel)
	/* the failsafe callback is entered with events masked */
#define _VGCF_failsafe_disables_events 3
#define VGCF_failsafe_disables_events  (1 << _VGCF_failsafe_disables_events)
	/* so is the system call callback */
#define _VGCF_syscall_disables_events  4
#define VGCF_syscall_disables_events   (1 << _VGCF_syscall_disables_events)
	/* the vCPU runs as soon as it is set up */
#define _VGCF_online                   5
#define VGCF_online                    (1 << _VGCF_online)
	unsigned long flags;
	struct cpu_user_regs user_regs;
	struct trap_info trap_ctxt[256];
	unsigned long ldt_base, ldt_ents;	/* linear address, entries */
	unsigned long gdt_frames[16], gdt_ents;	/* machine frames, entries */
	unsigned long kernel_ss, kernel_sp;	/* as of stack_switch */
	/* 0 and 4 by bits; 3: the kernel's CR3, 1: user mode's (64-bit) or 0 */
	unsigned long ctrlreg[8];
	unsigned long debugreg[8];
#ifdef __i386__
	unsigned long event_callback_cs;
	unsigned long event_callback_eip;
	unsigned long failsafe_callback_cs;
	unsigned long failsafe_callback_eip;
#else
	unsigned long event_callback_eip;
	unsigned long failsafe_callback_eip;
	unsigned long syscall_callback_eip;
#endif
	unsigned long vm_assist;		/* 1 << VMASST_TYPE_* */
#ifdef __x86_64__
	uint64_t fs_base;
	uint64_t gs_base_kernel;
	uint64_t gs_base_user;
#endif
};
typedef struct vcpu_guest_context vcpu_guest_context_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_guest_context_t);

/*
 * What the guest tells about its memory, at the end of the shared page. Only
 * tools read it, to save or to inspect a guest.
 */
struct arch_shared_info {
	unsigned long max_pfn;		/* frames in the p2m table, at most */
	xen_pfn_t pfn_to_mfn_frame_list_list;	/* machine frame of its index */
	unsigned long nmi_reason;	/* why an NMI was sent (domain 0) */
	unsigned long p2m_cr3;		/* of the tables that map p2m_vaddr */
	unsigned long p2m_vaddr;	/* the table, linear in memory */
	unsigned long p2m_generation;	/* odd while it is being changed */
#ifdef __i386__
	uint32_t wc_sec_hi;
#endif
};
typedef struct arch_shared_info arch_shared_info_t;

#if defined(__XEN__) || defined(__XEN_TOOLS__)
/* The x86 part of XEN_DOMCTL_createdomain. PV guests: both must be 0. */
struct xen_arch_domainconfig {
	uint32_t emulation_flags;
	uint32_t misc_flags;
};
#endif

#endif /* !__ASSEMBLY__ */

/*
 * Put before an instruction that shall be emulated. Only CPUID is, and so a
 * PV guest's kernel learns what it has been given, not what the machine has.
 */
#ifdef __ASSEMBLY__
#define XEN_EMULATE_PREFIX .byte 0x0f,0x0b,0x78,0x65,0x6e ;
#define XEN_CPUID          XEN_EMULATE_PREFIX cpuid
#else
#define XEN_EMULATE_PREFIX ".byte 0x0f,0x0b,0x78,0x65,0x6e ; "
#define XEN_CPUID          XEN_EMULATE_PREFIX "cpuid"
#endif

#endif
