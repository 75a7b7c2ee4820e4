/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptor tables of guests.
 *
 * Every CPU has a window of 32 pages: 14 of the running guest's GDT, two of
 * ours, 16 of its LDT.  A switch of vCPUs writes the window's page table
 * entries; the CR3 load that follows makes them effective.  The LDT's pages
 * come one by one, when a fault in the window asks for them.
 *
 * Frames in use as descriptor tables are typed SEGDESC: every descriptor in
 * them was checked, has its accessed bit set, and no mapping can write them.
 */
#include "core/guest_copy.h"
#include "lib/string.h"
#include "mm/hvmap.h"
#include "pv/gate.h"
#include "pv/internal.h"
#include "pv/page_type.h"
#include "pv/segment.h"
#include "x86/desc.h"
#include "x86/tlb.h"

#define DESC_ACCESSED	BIT(40)
#define DESC_CODE	BIT(43)
#define DESC_S		BIT(44)		/* code or data, not system */
#define DESC_TYPE	(15UL << 40)
#define DESC_CALL_GATE	(12UL << 40)
#define DESC_DPL	(3UL << 45)
#define DESC_DPL1	BIT(45)
#define DESC_G		BIT(55)
#define DESC_P		BIT(47)
#define DESC_L		BIT(53)
#define DESC_DB		BIT(54)

static u64 *window_l1(void)
{
	return hvmap_l1e(desc_window(this_cpu()->id));
}

void pv_desc_init(struct vcpu *v)
{
	unsigned int i;

	for (i = 0; i < PV_GDT_FRAMES; i++)
		v->pv.gdt[i] = INVALID_MFN;
	for (i = 0; i < ARRAY_SIZE(v->pv.ldt); i++)
		v->pv.ldt[i] = INVALID_MFN;
}

static u64 window_pte(mfn_t m)
{
	if (mfn_eq(m, INVALID_MFN))
		return 0;
	return pte_make(m, PTE_P | PTE_A | PTE_NX);
}

/*
 * A selector that leads to no frame of the guest's must fail as one of a
 * descriptor that is not there, not by a fault at our address.
 */
static mfn_t gdt_frame(const struct vcpu *v, unsigned int i)
{
	mfn_t m = v->pv.gdt[i];

	return mfn_eq(m, INVALID_MFN) ? desc_empty_frame() : m;
}

void pv_desc_load_window(struct vcpu *v)
{
	u64 *l1 = window_l1();
	unsigned int i;

	for (i = 0; i < PV_GDT_FRAMES; i++)
		l1[i] = window_pte(gdt_frame(v, i));
	for (i = 0; i < ARRAY_SIZE(v->pv.ldt); i++)
		l1[16 + i] = window_pte(v->pv.ldt[i]);
}

/* The LDT register; a system descriptor of ours points into the window. */
void pv_desc_load_ldt(struct vcpu *v)
{
	u64 base = desc_window(this_cpu()->id) + 16 * PAGE_SIZE;
	u64 limit = v->pv.ldt_entries * 8UL - 1;
	u64 *slot = desc_ldt_slot();

	if (!v->pv.ldt_entries) {
		__asm__ volatile("lldt %w0" :: "r"(0));
		return;
	}
	slot[1] = base >> 32;
	slot[0] = (limit & 0xffff) | (base & 0xffffff) << 16 |
		  0x82UL << 40 | (limit >> 16 & 0xf) << 48 |
		  (base >> 24 & 0xff) << 56;
	__asm__ volatile("lldt %w0" :: "r"(SEL_LDT));
}

/* What is no code and no data: of 32-bit guests call gates, of all nothing. */
static bool check_system(const struct domain *d, u64 *desc)
{
	if (!d->pv.is_32bit)
		return false;
	switch (*desc & DESC_TYPE) {
	case 0:
		return true;		/* never of use: all of them fault */
	case DESC_CALL_GATE:
		return pv_gate_fix(desc);
	default:
		return false;
	}
}

/*
 * A flat segment that ends where a hypervisor in the guest's address space would
 * begin may be a whole one: we are not below 4 GiB.
 */
static u64 widen_flat(u64 x)
{
	u64 limit = ((x >> 32 & 0xf0000) | (x & 0xffff)) + 1;

	if (x & DESC_G)
		limit <<= PAGE_SHIFT;
	if (pv_descriptor_base(x) == 0 && limit > HV_COMPAT_START)
		x |= 0x000f00000000ffff;
	return x;
}

static u64 fix_segment32(u64 x)
{
	if (!(x & DESC_DPL))
		x |= DESC_DPL1;
	return widen_flat(x);
}

bool pv_check_descriptor(const struct domain *d, u64 *desc)
{
	u64 x = *desc;

	if (!(x & DESC_P))
		return true;
	if (!(x & DESC_S))
		return check_system(d, desc);
	if ((x & DESC_CODE) && (x & DESC_L) &&
	    (x & DESC_DB || d->pv.is_32bit))
		return false;
	x |= DESC_ACCESSED;
	if (d->pv.is_32bit) {
		*desc = fix_segment32(x);
		return true;
	}
	/* Both modes of a 64-bit guest run in ring 3. */
	x |= DESC_DPL;
	*desc = x;
	return true;
}

/* ---- GDT ------------------------------------------------------------------- */

void pv_drop_gdt(struct vcpu *v)
{
	struct domain *d = v->domain;
	unsigned int i;

	spin_lock(&d->pv.mmu_lock);
	for (i = 0; i < PV_GDT_FRAMES; i++) {
		if (mfn_eq(v->pv.gdt[i], INVALID_MFN))
			continue;
		page_put_type(d, v->pv.gdt[i], false);
		v->pv.gdt[i] = INVALID_MFN;
	}
	v->pv.gdt_entries = 0;
	spin_unlock(&d->pv.mmu_lock);
}

static int get_gdt_frames(struct domain *d, const mfn_t *frames,
			  unsigned int n)
{
	unsigned int i;
	int rc;

	for (i = 0; i < n; i++) {
		rc = page_get_type(d, frames[i], FT_SEGDESC, false);
		if (!rc)
			continue;
		while (i--)
			page_put_type(d, frames[i], false);
		return -EINVAL;
	}
	return 0;
}

int pv_set_gdt_frames(struct vcpu *v, const mfn_t *frames, unsigned int entries)
{
	struct domain *d = v->domain;
	unsigned int n = DIV_UP(entries, 512);
	int rc;

	if (entries > PV_GDT_FRAMES * 512)
		return -EINVAL;
	spin_lock(&d->pv.mmu_lock);
	rc = get_gdt_frames(d, frames, n);
	spin_unlock(&d->pv.mmu_lock);
	if (rc)
		return rc;
	pv_drop_gdt(v);
	memcpy(v->pv.gdt, frames, n * sizeof(*frames));
	v->pv.gdt_entries = entries;
	return 0;
}

long pv_set_gdt(gva_t list, unsigned int entries)
{
	unsigned int n = DIV_UP(entries, 512), i;
	mfn_t frames[PV_GDT_FRAMES];
	u64 mfn;
	int rc;

	if (entries > PV_GDT_FRAMES * 512)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (copy_elem_from_guest(&mfn, list, i))
			return -EFAULT;
		frames[i] = MFN(mfn);
	}
	rc = pv_set_gdt_frames(current, frames, entries);
	if (rc)
		return rc;
	pv_desc_load_window(current);
	tlb_flush_local();
	return 0;
}

/*
 * A store of 8 bytes into a descriptor page, or into a page that has no
 * special use now (it is checked when it gets one).
 */
static int store_descriptor(struct domain *d, maddr_t at, u64 desc)
{
	mfn_t m = maddr_to_mfn(at);
	int rc;

	if (frame_get_writable(m, d->id)) {
		WRITE_ONCE(*(u64 *)maddr_to_virt(at), desc);
		frame_put_writable(m);
		return 0;
	}
	rc = page_get_type(d, m, FT_SEGDESC, false);
	if (rc)
		return -EINVAL;
	WRITE_ONCE(*(u64 *)maddr_to_virt(at), desc);
	page_put_type(d, m, false);
	return 0;
}

long pv_update_descriptor(u64 maddr, u64 desc)
{
	struct domain *d = current->domain;
	int rc;

	if (maddr & 7 || !mfn_valid(maddr_to_mfn(MADDR(maddr))) ||
	    !pv_check_descriptor(d, &desc))
		return -EINVAL;
	spin_lock(&d->pv.mmu_lock);
	rc = store_descriptor(d, MADDR(maddr), desc);
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

/* ---- LDT (callers hold the domain's mmu_lock) ------------------------------ */

bool pv_drop_ldt(struct vcpu *v)
{
	u64 *l1 = v == current ? window_l1() : NULL;
	bool any = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(v->pv.ldt); i++) {
		if (mfn_eq(v->pv.ldt[i], INVALID_MFN))
			continue;
		if (l1)
			l1[16 + i] = 0;
		page_put_type(v->domain, v->pv.ldt[i], false);
		v->pv.ldt[i] = INVALID_MFN;
		any = true;
	}
	return any;
}

int pv_set_ldt(struct vcpu *v, u64 base, unsigned int entries)
{
	if (entries > 8192 || base & ~PAGE_MASK ||
	    (entries && !gva_allowed(base, entries * 8UL)))
		return -EINVAL;
	if (pv_drop_ldt(v))
		tlb_flush_local();
	v->pv.ldt_base = entries ? base : 0;
	v->pv.ldt_entries = entries;
	pv_desc_load_ldt(v);
	return 0;
}

static bool shadow_ldt_page(struct vcpu *v, unsigned int page)
{
	u64 va = v->pv.ldt_base + page * PAGE_SIZE, pte;
	maddr_t where;

	if (!pv_mmu_l1e(v, va, &pte, &where) || !(pte & PTE_P))
		return false;
	if (page_get_type(v->domain, pte_mfn(pte), FT_SEGDESC, false))
		return false;
	v->pv.ldt[page] = pte_mfn(pte);
	window_l1()[16 + page] = window_pte(pte_mfn(pte));
	return true;
}

/*
 * The page is the one that the guest's kernel has there: its user mode, which
 * may well be what uses the selector, need not map it.
 */
bool pv_map_ldt(u64 offset)
{
	struct vcpu *v = current;
	unsigned int page = offset >> PAGE_SHIFT;
	bool ok;

	if (offset >= v->pv.ldt_entries * 8UL)
		return false;
	spin_lock(&v->domain->pv.mmu_lock);
	ok = mfn_eq(v->pv.ldt[page], INVALID_MFN) && shadow_ldt_page(v, page);
	spin_unlock(&v->domain->pv.mmu_lock);
	return ok;
}
