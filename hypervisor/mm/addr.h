/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses are types, so that a machine frame cannot be passed where a
 * guest's frame is meant.  Access the number by .v only at the borders.
 */
#ifndef HOSPES_MM_ADDR_H
#define HOSPES_MM_ADDR_H

#include "lib/types.h"
#include "mm/layout.h"

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

static inline bool gva_is_ours(u64 va)
{
	return va - HV_VIRT_START < HV_VIRT_END - HV_VIRT_START;
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

/*
 * Does what begins there begin in what is ours?  An access in ascending order
 * that does not will never come to ours: what lies below is not canonical, and
 * faults before.
 */
static inline bool gva_ours(u64 va)
{
	return va >> HV_VIRT_BITS == HV_VIRT_START >> HV_VIRT_BITS;
}

_Static_assert(HV_VIRT_END - HV_VIRT_START == 1UL << HV_VIRT_BITS &&
	       HV_VIRT_START % (1UL << HV_VIRT_BITS) == 0 &&
	       HV_VIRT_START == 0xffff800000000000UL, "gva_ours()");

#endif
