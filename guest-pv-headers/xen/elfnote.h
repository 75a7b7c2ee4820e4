/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types of the ELF notes (owner "Xen") by which a kernel tells its loader what
 * it wants. Numbers are 4 or 8 bytes, strings may end with a zero byte.
 */
#ifndef __XEN_PUBLIC_ELFNOTE_H__
#define __XEN_PUBLIC_ELFNOTE_H__

#define XEN_ELFNOTE_INFO               0  /* string; not used */
#define XEN_ELFNOTE_ENTRY              1  /* address of the first instruction */
#define XEN_ELFNOTE_HYPERCALL_PAGE     2  /* address of a page for the stubs */
#define XEN_ELFNOTE_VIRT_BASE          3  /* address of pseudo-physical 0 */
#define XEN_ELFNOTE_PADDR_OFFSET       4  /* p_paddr of pseudo-physical 0 */
#define XEN_ELFNOTE_XEN_VERSION        5  /* string: "xen-3.0" */
#define XEN_ELFNOTE_GUEST_OS           6  /* string: its name */
#define XEN_ELFNOTE_GUEST_VERSION      7  /* string */
#define XEN_ELFNOTE_LOADER             8  /* string: "generic" */
#define XEN_ELFNOTE_PAE_MODE           9  /* string, 32-bit: "yes", "bimodal" */
#define XEN_ELFNOTE_FEATURES           10 /* string: names, '|', '!' requires */
#define XEN_ELFNOTE_BSD_SYMTAB         11 /* string: "yes" loads the symbols */
#define XEN_ELFNOTE_HV_START_LOW       12 /* 32-bit: gives up from here */
#define XEN_ELFNOTE_L1_MFN_VALID       13 /* mask and value of a valid entry */
#define XEN_ELFNOTE_SUSPEND_CANCEL     14 /* 1: suspend may return 1 */
#define XEN_ELFNOTE_INIT_P2M           15 /* address wanted for mfn_list */
#define XEN_ELFNOTE_MOD_START_PFN      16 /* 1: ramdisk need not be mapped */
#define XEN_ELFNOTE_SUPPORTED_FEATURES 17 /* number: bits XENFEAT_* */
#define XEN_ELFNOTE_PHYS32_ENTRY       18 /* physical address of PVH's entry */
#define XEN_ELFNOTE_MAX                XEN_ELFNOTE_PHYS32_ENTRY

#endif
