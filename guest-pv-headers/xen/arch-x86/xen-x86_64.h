/* SPDX-License-Identifier: BSD-2-Clause */
/* What is particular to 64-bit x86 guests. Included by arch-x86/xen.h. */
#ifndef __XEN_PUBLIC_ARCH_X86_XEN_X86_64_H__
#define __XEN_PUBLIC_ARCH_X86_XEN_X86_64_H__

/*
 * Flat selectors that every GDT has at its upper end. A 64-bit guest's kernel
 * and its processes both run in ring 3 of the processor.
 */
#define FLAT_RING3_CS32 0xe023
#define FLAT_RING3_CS64 0xe033
#define FLAT_RING3_DS32 0xe02b
#define FLAT_RING3_DS64 0x0000
#define FLAT_RING3_SS32 0xe02b
#define FLAT_RING3_SS64 0xe02b

/* Names for them by role: kernel ... */
#define FLAT_KERNEL_CS64 FLAT_RING3_CS64
#define FLAT_KERNEL_CS32 FLAT_RING3_CS32
#define FLAT_KERNEL_CS   FLAT_KERNEL_CS64
#define FLAT_KERNEL_DS64 FLAT_RING3_DS64
#define FLAT_KERNEL_DS32 FLAT_RING3_DS32
#define FLAT_KERNEL_DS   FLAT_KERNEL_DS64
#define FLAT_KERNEL_SS64 FLAT_RING3_SS64
#define FLAT_KERNEL_SS32 FLAT_RING3_SS32
#define FLAT_KERNEL_SS   FLAT_KERNEL_SS64

/* ... and processes. */
#define FLAT_USER_CS64 FLAT_RING3_CS64
#define FLAT_USER_CS32 FLAT_RING3_CS32
#define FLAT_USER_CS   FLAT_USER_CS64
#define FLAT_USER_DS64 FLAT_RING3_DS64
#define FLAT_USER_DS32 FLAT_RING3_DS32
#define FLAT_USER_DS   FLAT_USER_DS64
#define FLAT_USER_SS64 FLAT_RING3_SS64
#define FLAT_USER_SS32 FLAT_RING3_SS32
#define FLAT_USER_SS   FLAT_USER_SS64

/*
 * The part of the address space that is not the guest's: sixteen top-level
 * slots from number 256. Its first 256 GiB hold the machine-to-physical table,
 * one 64-bit pseudo-physical frame number for each machine frame, which the
 * guest may read.
 */
#define __HYPERVISOR_VIRT_START 0xFFFF800000000000
#define __HYPERVISOR_VIRT_END   0xFFFF880000000000
#define __MACH2PHYS_VIRT_START  0xFFFF800000000000
#define __MACH2PHYS_VIRT_END    0xFFFF804000000000

#ifndef HYPERVISOR_VIRT_START
#define HYPERVISOR_VIRT_START xen_mk_ulong(__HYPERVISOR_VIRT_START)
#define HYPERVISOR_VIRT_END   xen_mk_ulong(__HYPERVISOR_VIRT_END)
#endif
#define MACH2PHYS_VIRT_START  xen_mk_ulong(__MACH2PHYS_VIRT_START)
#define MACH2PHYS_VIRT_END    xen_mk_ulong(__MACH2PHYS_VIRT_END)
#define MACH2PHYS_NR_ENTRIES \
	((MACH2PHYS_VIRT_END - MACH2PHYS_VIRT_START) >> 3)
#ifndef machine_to_phys_mapping
#define machine_to_phys_mapping ((unsigned long *)HYPERVISOR_VIRT_START)
#endif

/*
 * set_segment_base(which, value): 0, -EINVAL (value is not canonical, or
 * `which` unknown). Values are linear addresses, but for the last.
 */
#define SEGBASE_FS          0
#define SEGBASE_GS_USER     1 /* that of the guest's processes */
#define SEGBASE_GS_KERNEL   2 /* the one in force now */
#define SEGBASE_GS_USER_SEL 3 /* a selector; a bad one becomes null */

/*
 * Flag in iret_context: return as SYSRET does, so that RCX and R11 are lost.
 */
#define _VGCF_in_syscall 8
#define VGCF_in_syscall  (1 << _VGCF_in_syscall)
#define VGCF_IN_SYSCALL  VGCF_in_syscall

#ifndef __ASSEMBLY__

/*
 * Hypercall iret takes no argument: this lies at RSP when it is made. It does
 * not return. A CS with RPL 3 goes to the guest's user mode (then a user page
 * table must have been set), any other stays in its kernel. The interrupt
 * flag of RFLAGS sets evtchn_upcall_mask (inverted); RAX comes from here.
 */
struct iret_context {
	uint64_t rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;
};

/* Control programs get every width of a register, others the full one. */
#if defined(__XEN__) || defined(__XEN_TOOLS__)
#define __DECL_REG_LOHI(which) __extension__ union { \
	uint64_t r ## which ## x; \
	uint32_t e ## which ## x; \
	uint16_t which ## x; \
	__extension__ struct { uint8_t which ## l, which ## h; }; \
}
#define __DECL_REG_LO8(name) __extension__ union { \
	uint64_t r ## name; \
	uint32_t e ## name; \
	uint16_t name; \
	uint8_t name ## l; \
}
#define __DECL_REG_LO16(name) __extension__ union { \
	uint64_t r ## name; \
	uint32_t e ## name; \
	uint16_t name; \
}
#define __DECL_REG_HI(num) __extension__ union { \
	uint64_t r ## num; \
	uint32_t r ## num ## d; \
	uint16_t r ## num ## w; \
	uint8_t r ## num ## b; \
}
#else
#if defined(__GNUC__) && !defined(__STRICT_ANSI__)
#define __DECL_REG(name) __extension__ union { \
	uint64_t r ## name, e ## name; \
	uint32_t _e ## name; \
}
#else
#define __DECL_REG(name) uint64_t r ## name
#endif
#define __DECL_REG_LOHI(name) __DECL_REG(name ## x)
#define __DECL_REG_LO8        __DECL_REG
#define __DECL_REG_LO16       __DECL_REG
#define __DECL_REG_HI(num)    uint64_t r ## num
#endif

/* The registers of a vCPU, as in vcpu_guest_context. */
struct cpu_user_regs {
	__DECL_REG_HI(15);
	__DECL_REG_HI(14);
	__DECL_REG_HI(13);
	__DECL_REG_HI(12);
	__DECL_REG_LO8(bp);
	__DECL_REG_LOHI(b);
	__DECL_REG_HI(11);
	__DECL_REG_HI(10);
	__DECL_REG_HI(9);
	__DECL_REG_HI(8);
	__DECL_REG_LOHI(a);
	__DECL_REG_LOHI(c);
	__DECL_REG_LOHI(d);
	__DECL_REG_LO8(si);
	__DECL_REG_LO8(di);
	uint32_t error_code;		/* not the guest's to see */
	uint32_t entry_vector;		/* not the guest's to see */
	__DECL_REG_LO16(ip);
	uint16_t cs, _pad0[1];
	uint8_t saved_upcall_mask;	/* evtchn_upcall_mask at entry */
	uint8_t _pad1[3];
	__DECL_REG_LO16(flags);		/* IF is !saved_upcall_mask */
	__DECL_REG_LO8(sp);
	uint16_t ss, _pad2[3];
	uint16_t es, _pad3[3];
	uint16_t ds, _pad4[3];
	uint16_t fs, _pad5[3];		/* bases are in vcpu_guest_context */
	uint16_t gs, _pad6[3];
};
typedef struct cpu_user_regs cpu_user_regs_t;
DEFINE_XEN_GUEST_HANDLE(cpu_user_regs_t);

#undef __DECL_REG
#undef __DECL_REG_LOHI
#undef __DECL_REG_LO8
#undef __DECL_REG_LO16
#undef __DECL_REG_HI

/* Frame number of a top-level page table to CR3 and back. */
#define xen_pfn_to_cr3(pfn) ((unsigned long)(pfn) << 12)
#define xen_cr3_to_pfn(cr3) ((unsigned long)(cr3) >> 12)

/* The processor's part of vcpu_info; cr2 is that of the last page fault. */
struct arch_vcpu_info {
	unsigned long cr2;
	unsigned long pad;
};
typedef struct arch_vcpu_info arch_vcpu_info_t;

/* Where a callback enters the guest's kernel: an address, CS is flat. */
typedef unsigned long xen_callback_t;

#endif /* !__ASSEMBLY__ */
#endif
