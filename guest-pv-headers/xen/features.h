/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of XENVER_get_features, and of the ELF notes about features. */
#ifndef __XEN_PUBLIC_FEATURES_H__
#define __XEN_PUBLIC_FEATURES_H__

#define XENFEAT_writable_page_tables         0  /* tables need no care */
#define XENFEAT_writable_descriptor_tables   1  /* nor have GDT and LDT */
#define XENFEAT_auto_translated_physmap      2  /* frames are its own */
#define XENFEAT_supervisor_mode_kernel       3  /* runs in ring 0; never set */
#define XENFEAT_pae_pgdir_above_4gb          4  /* 32-bit: top level anywhere */
#define XENFEAT_mmu_pt_update_preserve_ad    5  /* MMU_PT_UPDATE_PRESERVE_AD */
#define XENFEAT_highmem_assist               6  /* MMUEXT_COPY_PAGE */
#define XENFEAT_gnttab_map_avail_bits        7  /* _GNTMAP_guest_avail0 */
#define XENFEAT_hvm_callback_vector          8  /* HVM only, as the next two */
#define XENFEAT_hvm_safe_pvclock             9
#define XENFEAT_hvm_pirqs                    10
#define XENFEAT_dom0                         11 /* is, or can be, domain 0 */
#define XENFEAT_memory_op_vnode_supported    13 /* XENMEMF_vnode */
#define XENFEAT_ARM_SMCCC_supported          14 /* not on x86 */
#define XENFEAT_linux_rsdp_unrestricted      15 /* PVH: RSDP anywhere */
#define XENFEAT_not_direct_mapped            16 /* pfn and mfn differ */
#define XENFEAT_direct_mapped                17 /* DMA by the frames it has */

#define XENFEAT_NR_SUBMAPS 1	/* words of 32 bits */

#endif
