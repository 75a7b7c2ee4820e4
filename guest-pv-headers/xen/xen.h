/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest interface: numbers of the hypercalls, and the structures of those
 * that have no header of their own.
 *
 * A hypercall returns 0 or a positive result, or an error as a negative number
 * (errno.h). "Anybody" below means every domain for itself. Operations on
 * another domain are for privileged domains only (-EPERM), and that domain
 * must exist (-ESRCH). Where an argument's address is bad, the answer is
 * -EFAULT; a number that is not known is answered with -ENOSYS.
 */
#ifndef __XEN_PUBLIC_XEN_H__
#define __XEN_PUBLIC_XEN_H__

#ifndef __ASSEMBLY__
#include <stdint.h>
#endif

#include "xen-compat.h"

#if defined(__i386__) || defined(__x86_64__)
#include "arch-x86/xen.h"
#else
#error "x86 only"
#endif

#ifndef __ASSEMBLY__
DEFINE_XEN_GUEST_HANDLE(char);
__DEFINE_XEN_GUEST_HANDLE(uchar, unsigned char);
DEFINE_XEN_GUEST_HANDLE(int);
__DEFINE_XEN_GUEST_HANDLE(uint, unsigned int);
DEFINE_XEN_GUEST_HANDLE(void);
DEFINE_XEN_GUEST_HANDLE(uint64_t);
DEFINE_XEN_GUEST_HANDLE(xen_pfn_t);
DEFINE_XEN_GUEST_HANDLE(xen_ulong_t);
__DEFINE_XEN_GUEST_HANDLE(uint8, uint8_t);
__DEFINE_XEN_GUEST_HANDLE(uint16, uint16_t);
__DEFINE_XEN_GUEST_HANDLE(uint32, uint32_t);
__DEFINE_XEN_GUEST_HANDLE(uint64, uint64_t);

/* Between the brackets of an array whose length is found out at run time. */
#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
#define XEN_FLEX_ARRAY_DIM
#else
#define XEN_FLEX_ARRAY_DIM 0
#endif

/* Constants that assembler code uses too: the suffix is for C only. */
#define __xen_mk_uint(x)  x ## U
#define __xen_mk_ulong(x) x ## UL
#ifndef __xen_mk_ullong
#define __xen_mk_ullong(x) x ## ULL
#endif
#define xen_mk_uint(x)   __xen_mk_uint(x)
#define xen_mk_ulong(x)  __xen_mk_ulong(x)
#define xen_mk_ullong(x) __xen_mk_ullong(x)
#else
#define xen_mk_uint(x)   x
#define xen_mk_ulong(x)  x
#define xen_mk_ullong(x) x
#endif

/*
 * Hypercalls. Stub number N starts at byte 32 * N of the hypercall page.
 * 64-bit: arguments in RDI, RSI, RDX, R10, R8, R9; result in RAX.
 *
 * Those with a header of their own are described there, so are those whose
 * structures follow below; the rest in their rows.
 */
#define __HYPERVISOR_set_trap_table        0 /* trap_info */
#define __HYPERVISOR_mmu_update            1 /* mmu_update */
/* (frames, entries): loads a GDT of at most 14 machine frames. -EINVAL */
#define __HYPERVISOR_set_gdt               2
/* (ss, sp): the stack on which the kernel is entered from user mode */
#define __HYPERVISOR_stack_switch          3
/* (event, failsafe, syscall): 64-bit; callback_op does the same and more */
#define __HYPERVISOR_set_callbacks         4
/* (set): sets or clears the task-switched flag, for lazy FPU switching */
#define __HYPERVISOR_fpu_taskswitch        5
#define __HYPERVISOR_platform_op           7 /* platform.h */
/* (register, value): debug register. -EINVAL, -EPERM (not the guest's) */
#define __HYPERVISOR_set_debugreg          8
/* (register): the result is its value */
#define __HYPERVISOR_get_debugreg          9
/* (machine address, descriptor): changes one entry of a GDT or LDT page */
#define __HYPERVISOR_update_descriptor     10
#define __HYPERVISOR_memory_op             12 /* memory.h */
#define __HYPERVISOR_multicall             13 /* multicall_entry */
/* (address, entry, UVMF_*): sets the L1 entry that maps an address */
#define __HYPERVISOR_update_va_mapping     14
/* (ns): VIRQ_TIMER at this system time, 0 for never */
#define __HYPERVISOR_set_timer_op          15
#define __HYPERVISOR_xen_version           17 /* version.h */
#define __HYPERVISOR_console_io            18 /* CONSOLEIO_* */
#define __HYPERVISOR_grant_table_op        20 /* grant_table.h */
#define __HYPERVISOR_vm_assist             21 /* VMASST_* */
/* (address, entry, UVMF_*, domain): maps a frame of another domain */
#define __HYPERVISOR_update_va_mapping_otherdomain 22
#define __HYPERVISOR_iret                  23 /* iret_context */
#define __HYPERVISOR_vcpu_op               24 /* vcpu.h */
#define __HYPERVISOR_set_segment_base      25 /* SEGBASE_*, 64-bit */
#define __HYPERVISOR_mmuext_op             26 /* mmuext_op */
#define __HYPERVISOR_nmi_op                28 /* answers -ENOSYS */
#define __HYPERVISOR_sched_op              29 /* sched.h */
#define __HYPERVISOR_callback_op           30 /* callback.h */
#define __HYPERVISOR_xenoprof_op           31 /* answers -ENOSYS */
#define __HYPERVISOR_event_channel_op      32 /* event_channel.h */
#define __HYPERVISOR_physdev_op            33 /* physdev.h */
#define __HYPERVISOR_hvm_op                34 /* answers -ENOSYS */
#define __HYPERVISOR_sysctl                35 /* sysctl.h */
#define __HYPERVISOR_domctl                36 /* domctl.h */
#define __HYPERVISOR_kexec_op              37 /* answers -ENOSYS */
#define __HYPERVISOR_xenpmu_op             40 /* answers -ENOSYS */
#define __HYPERVISOR_dm_op                 41 /* answers -EOPNOTSUPP */

/* Numbers kept for the processor family; the first is x86's machine check. */
#define __HYPERVISOR_arch_0 48
#define __HYPERVISOR_arch_1 49
#define __HYPERVISOR_arch_2 50
#define __HYPERVISOR_arch_3 51
#define __HYPERVISOR_arch_4 52
#define __HYPERVISOR_arch_5 53
#define __HYPERVISOR_arch_6 54
#define __HYPERVISOR_arch_7 55

/*
 * Virtual interrupts, bound to an event channel by EVTCHNOP_bind_virq. Those
 * marked V exist once a vCPU, G once a domain, and P for domain 0 only.
 */
#define VIRQ_TIMER      0  /* V: time has passed */
#define VIRQ_DEBUG      1  /* V: never raised here */
#define VIRQ_CONSOLE    2  /* GP: console_io has input */
#define VIRQ_DOM_EXC    3  /* GP: a domain was shut down or has gone */
#define VIRQ_TBUF       4  /* GP: never raised here */
#define VIRQ_DEBUGGER   6  /* GP: never raised here */
#define VIRQ_XENOPROF   7  /* V: never raised here */
#define VIRQ_CON_RING   8  /* GP: never raised here */
#define VIRQ_PCPU_STATE 9  /* GP: never raised here */
#define VIRQ_MEM_EVENT  10 /* GP: never raised here */
#define VIRQ_ARGO       11 /* G: never raised here */
#define VIRQ_ENOMEM     12 /* GP: never raised here */
#define VIRQ_XENPMU     13 /* V: never raised here */
#define VIRQ_ARCH_0     16 /* VIRQ_MCA on x86 */
#define VIRQ_ARCH_1     17
#define VIRQ_ARCH_2     18
#define VIRQ_ARCH_3     19
#define VIRQ_ARCH_4     20
#define VIRQ_ARCH_5     21
#define VIRQ_ARCH_6     22
#define VIRQ_ARCH_7     23
#define NR_VIRQS        24

/*
 * Kinds of mmu_update, in bits 0-1 of `ptr`. Every change of a page table is
 * checked; what the tables must not map is refused with -EINVAL (wrong type),
 * -EPERM (not the caller's frame) or -EBUSY.
 */
#define MMU_NORMAL_PT_UPDATE      0 /* sets the entry at machine address ptr */
#define MMU_MACHPHYS_UPDATE       1 /* sets the pfn (val) of the frame at ptr */
#define MMU_PT_UPDATE_PRESERVE_AD 2 /* as 0; accessed and dirty are kept */
#define MMU_PT_UPDATE_NO_TRANSLATE 3 /* as 0, for PV guests */

/*
 * Commands of mmuext_op. In brackets the arguments used.
 */
#define MMUEXT_PIN_L1_TABLE       0  /* [mfn] makes a frame a page table for */
#define MMUEXT_PIN_L2_TABLE       1  /* good: its entries are checked, and */
#define MMUEXT_PIN_L3_TABLE       2  /* it cannot be mapped writable until */
#define MMUEXT_PIN_L4_TABLE       3  /* unpinned. -EINVAL */
#define MMUEXT_UNPIN_TABLE        4  /* [mfn] -EINVAL if it is not pinned */
#define MMUEXT_NEW_BASEPTR        5  /* [mfn] loads the kernel's top level */
#define MMUEXT_TLB_FLUSH_LOCAL    6  /* [] this vCPU */
#define MMUEXT_INVLPG_LOCAL       7  /* [linear_addr] one page, this vCPU */
#define MMUEXT_TLB_FLUSH_MULTI    8  /* [vcpumask] */
#define MMUEXT_INVLPG_MULTI       9  /* [linear_addr, vcpumask] */
#define MMUEXT_TLB_FLUSH_ALL      10 /* [] every vCPU of the domain */
#define MMUEXT_INVLPG_ALL         11 /* [linear_addr] */
#define MMUEXT_FLUSH_CACHE        12 /* [] WBINVD; domains with devices only */
#define MMUEXT_SET_LDT            13 /* [linear_addr, nr_ents] */
#define MMUEXT_NEW_USER_BASEPTR   15 /* [mfn] user mode's top level; 0: none */
#define MMUEXT_CLEAR_PAGE         16 /* [mfn] fills a frame with zeroes */
#define MMUEXT_COPY_PAGE          17 /* [mfn, src_mfn] */
#define MMUEXT_FLUSH_CACHE_GLOBAL 18 /* [] WBINVD on every processor */

#ifndef __ASSEMBLY__
/*
 * mmuext_op(ops, count, done, domain): does `count` commands in order, on
 * frames of `domain` (DOMID_SELF). The number done is written to `done`, if
 * that is not null, also when one fails.
 */
struct mmuext_op {
	unsigned int cmd;			/* IN: MMUEXT_* */
	union {
		xen_pfn_t mfn;			/* IN: machine frame */
		unsigned long linear_addr;	/* IN */
	} arg1;
	union {
		unsigned int nr_ents;		/* IN: entries of 8 bytes */
		XEN_GUEST_HANDLE(const_void) vcpumask;	/* IN: bitmap */
		xen_pfn_t src_mfn;		/* IN: machine frame */
	} arg2;
};
typedef struct mmuext_op mmuext_op_t;
DEFINE_XEN_GUEST_HANDLE(mmuext_op_t);
#endif

/* What update_va_mapping flushes: bits 0-1 what, bit 2 where ... */
#define UVMF_NONE           (xen_mk_ulong(0) << 0)
#define UVMF_TLB_FLUSH      (xen_mk_ulong(1) << 0)
#define UVMF_INVLPG         (xen_mk_ulong(2) << 0)
#define UVMF_FLUSHTYPE_MASK (xen_mk_ulong(3) << 0)
/* ... the other bits are the address of a bitmap of vCPUs, 0 for this one. */
#define UVMF_MULTI          (xen_mk_ulong(0) << 2)
#define UVMF_LOCAL          (xen_mk_ulong(0) << 2)
#define UVMF_ALL            (xen_mk_ulong(1) << 2)

/*
 * console_io(command, count, buffer). Counts are bytes. Output of domain 0 goes
 * to the serial line as it is, that of others by lines to the log, as far as
 * the limit for guests' messages lets it; only domain 0 has input.
 */
#define CONSOLEIO_write 0
#define CONSOLEIO_read  1 /* the number of bytes read, which may be 0 */

/* vm_assist(command, type): for the whole domain. -EINVAL: unknown type. */
#define VMASST_CMD_enable                0
#define VMASST_CMD_disable               1
#define VMASST_TYPE_4gb_segments         0 /* 32-bit: wide segments work */
#define VMASST_TYPE_4gb_segments_notify  1 /* 32-bit: trap 15 tells of it */
#define VMASST_TYPE_writable_pagetables  2 /* stores to L1 are emulated */
#define VMASST_TYPE_pae_extended_cr3     3 /* 32-bit: top level above 4 GiB */
#define VMASST_TYPE_architectural_iopl   4 /* IOPL is kept in the flags */
#define VMASST_TYPE_runstate_update_flag 5 /* XEN_RUNSTATE_UPDATE is used */
#define VMASST_TYPE_m2p_strict           32 /* 64-bit: user mode has no M2P */

/* Domain numbers that are not domains. */
#define DOMID_FIRST_RESERVED xen_mk_uint(0x7FF0)
#define DOMID_SELF    xen_mk_uint(0x7FF0) /* the caller */
#define DOMID_IO      xen_mk_uint(0x7FF1) /* memory of devices */
#define DOMID_XEN     xen_mk_uint(0x7FF2) /* what the hypervisor shares */
#define DOMID_COW     xen_mk_uint(0x7FF3) /* not used here */
#define DOMID_INVALID xen_mk_uint(0x7FF4) /* nobody */
#define DOMID_IDLE    xen_mk_uint(0x7FFF) /* the idle loop */
#define DOMID_MASK    xen_mk_uint(0x7FFF)

#ifndef __ASSEMBLY__

typedef uint16_t domid_t;

/*
 * mmu_update(requests, count, done, domain): as mmuext_op. The upper half of
 * `domain` is the owner of the tables (0: the caller, else its number + 1),
 * the lower one that of the frames they are to map.
 */
struct mmu_update {
	uint64_t ptr;	/* IN: machine address | MMU_* */
	uint64_t val;	/* IN: the entry, or the frame number */
};
typedef struct mmu_update mmu_update_t;
DEFINE_XEN_GUEST_HANDLE(mmu_update_t);

/*
 * multicall(calls, count): makes `count` hypercalls in order, each of which
 * has its own result; one that fails does not stop the others.
 */
struct multicall_entry {
	xen_ulong_t op, result;		/* IN: its number; OUT */
	xen_ulong_t args[6];		/* IN; may be overwritten */
};
typedef struct multicall_entry multicall_entry_t;
DEFINE_XEN_GUEST_HANDLE(multicall_entry_t);

/*
 * The clock of a vCPU, kept by the hypervisor. System time in ns is
 *
 *	system_time + (((tsc - tsc_timestamp) << tsc_shift) * mul >> 32)
 *
 * with a right shift for a negative tsc_shift. Read `version`, the rest, and
 * `version` again: the copy is good if both are the same even number.
 */
struct vcpu_time_info {
	uint32_t version;
	uint32_t pad0;
	uint64_t tsc_timestamp;
	uint64_t system_time;		/* ns since boot */
	uint32_t tsc_to_system_mul;
	int8_t tsc_shift;
	uint8_t flags;			/* XEN_PVCLOCK_* */
	uint8_t pad1[2];
};
typedef struct vcpu_time_info vcpu_time_info_t;

#define XEN_PVCLOCK_TSC_STABLE_BIT (1 << 0) /* same clock on all vCPUs */
#define XEN_PVCLOCK_GUEST_STOPPED  (1 << 1) /* it was paused, warn not */

/*
 * What a vCPU shares with the hypervisor. The callback is entered when
 * upcall_pending is set and upcall_mask is not; it clears upcall_pending, takes
 * pending_sel, and looks at each word of evtchn_pending whose bit was set.
 */
struct vcpu_info {
	uint8_t evtchn_upcall_pending;
	uint8_t evtchn_upcall_mask;
	xen_ulong_t evtchn_pending_sel;
	struct arch_vcpu_info arch;
	vcpu_time_info_t time;
};
typedef struct vcpu_info vcpu_info_t;

/*
 * The page that a domain shares with the hypervisor; its machine address is in
 * start_info. Event N is bit N of the arrays (two-level events only). The wall
 * clock is the real time at system time 0; `wc_version` is used as above.
 */
struct shared_info {
	struct vcpu_info vcpu_info[XEN_LEGACY_MAX_VCPUS];
	xen_ulong_t evtchn_pending[sizeof(xen_ulong_t) * 8];
	xen_ulong_t evtchn_mask[sizeof(xen_ulong_t) * 8];
	uint32_t wc_version;
	uint32_t wc_sec;		/* s since 1970, UTC, lower half */
	uint32_t wc_nsec;
#ifndef __i386__
	uint32_t wc_sec_hi;		/* upper half */
#define xen_wc_sec_hi wc_sec_hi
#elif !defined(__XEN__) && !defined(__XEN_TOOLS__)
#define xen_wc_sec_hi arch.wc_sec_hi
#endif
	struct arch_shared_info arch;
};
typedef struct shared_info shared_info_t;

/*
 * What a kernel finds at the address in RSI (ESI) when it is started. Frame
 * numbers are the machine's, addresses linear unless said otherwise.
 */
struct start_info {
	char magic[32];			/* "xen-3.0-x86_64" or "...x86_32p" */
	unsigned long nr_pages;		/* memory in pages */
	unsigned long shared_info;	/* machine address */
	uint32_t flags;			/* SIF_* */
	xen_pfn_t store_mfn;		/* the store's ring, and its event */
	uint32_t store_evtchn;
	union {
		struct {
			xen_pfn_t mfn;	/* the console's ring */
			uint32_t evtchn;
		} domU;
		struct {
			uint32_t info_off;	/* of dom0_vga_console_info, */
			uint32_t info_size;	/* from start_info, in bytes */
		} dom0;
	} console;
	unsigned long pt_base;		/* top-level page table */
	unsigned long nr_pt_frames;	/* page tables, from there on */
	unsigned long mfn_list;		/* machine frame of each pfn */
	/* initial ramdisk, or 0; a frame number with SIF_MOD_START_PFN */
	unsigned long mod_start;
	unsigned long mod_len;		/* bytes */
#define MAX_GUEST_CMDLINE 1024
	int8_t cmd_line[MAX_GUEST_CMDLINE];
	unsigned long first_p2m_pfn;	/* frames of mfn_list if the kernel */
	unsigned long nr_p2m_frames;	/* chose its place (INIT_P2M) */
};
typedef struct start_info start_info_t;

#endif /* !__ASSEMBLY__ */

/* Flags of start_info. */
#define SIF_PRIVILEGED      (1 << 0) /* may control other domains */
#define SIF_INITDOMAIN      (1 << 1) /* is domain 0 */
#define SIF_MULTIBOOT_MOD   (1 << 2) /* mod_start is a xen_multiboot_mod_list */
#define SIF_MOD_START_PFN   (1 << 3) /* mod_start is a frame number */
#define SIF_VIRT_P2M_4TOOLS (1 << 4) /* p2m_vaddr is understood by tools */
#define SIF_PM_MASK         (0xFF << 8) /* who manages power */

#ifndef __ASSEMBLY__

/* One of several files loaded with the kernel; physical addresses. */
struct xen_multiboot_mod_list {
	uint32_t mod_start;
	uint32_t mod_end;		/* past the last byte */
	uint32_t cmdline;
	uint32_t pad;			/* 0 */
};

/* What the screen of domain 0 shows when it is started. */
typedef struct dom0_vga_console_info {
	uint8_t video_type;
#define XEN_VGATYPE_TEXT_MODE_3 0x03 /* VGA text */
#define XEN_VGATYPE_VESA_LFB    0x23 /* graphics, set up by VESA */
#define XEN_VGATYPE_EFI_LFB     0x70 /* graphics, set up by EFI */
	union {
		struct {
			uint16_t font_height;		/* lines */
			uint16_t cursor_x, cursor_y;	/* characters */
			uint16_t rows, columns;
		} text_mode_3;
		struct {
			uint16_t width, height;		/* dots */
			uint16_t bytes_per_line;
			uint16_t bits_per_pixel;
			uint32_t lfb_base;		/* machine address */
			uint32_t lfb_size;		/* 64 KiB */
			uint8_t red_pos, red_size;	/* bits */
			uint8_t green_pos, green_size;
			uint8_t blue_pos, blue_size;
			uint8_t rsvd_pos, rsvd_size;
			uint32_t gbl_caps;
			uint16_t mode_attrs;
			uint16_t pad;
			uint32_t ext_lfb_base;		/* its upper half */
		} vesa_lfb;
	} u;
} dom0_vga_console_info_t;
#define xen_vga_console_info   dom0_vga_console_info
#define xen_vga_console_info_t dom0_vga_console_info_t

/* A UUID that a domain is given; the hypervisor does not look at it. */
typedef uint8_t xen_domain_handle_t[16];

#endif /* !__ASSEMBLY__ */

#if defined(__XEN__) || defined(__XEN_TOOLS__)
/* Elsewhere than on 32-bit x86 these are the plain types. */
#ifndef int64_aligned_t
#define int64_aligned_t int64_t
#endif
#ifndef uint64_aligned_t
#define uint64_aligned_t uint64_t
#endif
#ifndef XEN_GUEST_HANDLE_64
#define XEN_GUEST_HANDLE_64(name) XEN_GUEST_HANDLE(name)
#endif

#ifndef __ASSEMBLY__
/* A set of CPUs, vCPUs or nodes: bit N of byte N / 8. */
struct xenctl_bitmap {
	XEN_GUEST_HANDLE_64(uint8) bitmap;	/* whole bytes */
	uint32_t nr_bits;
};
typedef struct xenctl_bitmap xenctl_bitmap_t;
#endif
#endif

#endif
