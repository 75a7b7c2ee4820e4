/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses are types, so that a machine frame cannot be passed where a
 * guest's frame is meant.  Access the number by .v only at the borders.
 */
#ifndef HOSPES_MM_ADDR_H
#define HOSPES_MM_ADDR_H

#include "lib/types.h"

typedef struct { u64 v; } mfn_t;	/* machine frame number */
typedef struct { u64 v; } gfn_t;	/* guest (pseudo-physical) frame */
typedef struct { u64 v; } maddr_t;	/* machine address, bytes */
typedef struct { u64 v; } gva_t;	/* guest virtual address */

#define MFN(n)		((mfn_t){ (n) })
#define GFN(n)		((gfn_t){ (n) })
#define MADDR(n)	((maddr_t){ (n) })
#define GVA(n)		((gva_t){ (u64)(n) })
#define INVALID_MFN	MFN(~0UL)

static inline bool mfn_eq(mfn_t a, mfn_t b)
{
	return a.v == b.v;
}

static inline mfn_t maddr_to_mfn(maddr_t a)
{
	return MFN(a.v >> PAGE_SHIFT);
}

static inline maddr_t mfn_to_maddr(mfn_t m)
{
	return MADDR(m.v << PAGE_SHIFT);
}

/*
 * Virtual address map (top-level slots 256-271 are ours in every table):
 *   256  0xffff800000000000  machine-to-physical table, guests read it
 *   257  0xffff808000000000  hypervisor image, its alias of M2P (RW), frame
 *                            table, device mappings, per-CPU regions
 *   258… 0xffff810000000000  direct map of all RAM (up to 7 TiB)
 */
#define HV_SLOT_FIRST	256
#define HV_SLOT_LAST	271
#define HV_VIRT_START	0xffff800000000000UL
#define HV_VIRT_END	0xffff880000000000UL
#define M2P_VIRT	0xffff800000000000UL	/* RO, also for CPL 3 */
#define IMAGE_VIRT	0xffff808000000000UL	/* linked here; 1 GiB */
#define CPU_AREA_VIRT	0xffff808040000000UL	/* 64 KiB a CPU; 1 GiB */
#define DEVMAP_VIRT	0xffff808080000000UL	/* hvmap_device(); 2 GiB */
#define FRAMES_VIRT	0xffff809000000000UL	/* frame table; 64 GiB */
#define M2P_RW_VIRT	0xffff80a000000000UL	/* writable alias of M2P */
#define DESC_VIRT	0xffff80c000000000UL	/* GDT/LDT window, per CPU */
#define DIRECTMAP_VIRT	0xffff810000000000UL
#define DIRECTMAP_SIZE	(HV_VIRT_END - DIRECTMAP_VIRT)

static inline void *maddr_to_virt(maddr_t a)
{
	return (void *)(DIRECTMAP_VIRT + a.v);
}

static inline void *mfn_to_virt(mfn_t m)
{
	return maddr_to_virt(mfn_to_maddr(m));
}

/* Only for pointers into the direct map. */
static inline mfn_t virt_to_mfn(const void *p)
{
	return MFN(((u64)p - DIRECTMAP_VIRT) >> PAGE_SHIFT);
}

static inline maddr_t virt_to_maddr(const void *p)
{
	return MADDR((u64)p - DIRECTMAP_VIRT);
}

static inline bool gva_canonical(u64 va)
{
	return (u64)((s64)(va << 16) >> 16) == va;
}

/* May a guest's kernel name this address (canonical, not ours)? */
static inline bool gva_allowed(u64 va, u64 len)
{
	if (va + len < va || !gva_canonical(va) ||
	    (len && !gva_canonical(va + len - 1)))
		return false;
	if (va < HV_VIRT_START)
		return va + len <= 0x0000800000000000UL;
	return va >= HV_VIRT_END;
}

#endif
