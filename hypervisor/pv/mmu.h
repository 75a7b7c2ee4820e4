/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the files of the PV memory management: rules for single entries
 * (pte.c), changes of live tables (mmu_entry.c), drops of tables (mmu_drop.c).
 * All of these are called with the mmu_lock of the tables' owner held,
 * unless said otherwise.
 */
#ifndef HOSPES_PV_MMU_H
#define HOSPES_PV_MMU_H

#include "core/domain.h"
#include "lib/cpumask.h"
#include "mm/frame.h"

/* --- pte.c ---------------------------------------------------------------- */
/*
 * Check a present L1 entry for a table of @d, complete its bits in *@pte and
 * take the references it needs.  @owner: whose frames it may map: a domid,
 * or OWNER_IO for devices only (own tables of dom0 may map both).
 */
int pte_get_leaf(struct domain *d, u64 *pte, unsigned int owner);
/* Drop the references of an L1 entry; nothing if it is not present. */
void pte_put_leaf(struct domain *d, u64 pte);
/* Check and complete what is not about references, of L1 entries. */
int pte_check_leaf(const struct domain *d, u64 *pte);
/* Same for an entry of a table of type @type (FT_L2-FT_L4). */
int pte_check_table(const struct domain *d, enum frame_type type, u64 *pte);
/*
 * As frame_get_writable() for a frame of @d, whose stale types it settles;
 * -EBUSY or -EINVAL (not @d's), or -ERESTART: a validation that was left has
 * to be undone first.
 */
int pte_get_writable(struct domain *d, mfn_t m);
/* Both kinds of stale translations that a new table must not have. */
void pte_flush_for_table(struct domain *d, enum frame_type old);

/* --- mmu_entry.c ---------------------------------------------------------- */
struct mmu_target {
	struct domain *pt;	/* owner of the tables */
	unsigned int owner;	/* of the frames that may be mapped */
	bool preserve_ad;
};

/*
 * Put @val into the entry at machine address @where: checked if the frame is
 * a page table, plainly if it is ordinary memory.  -ERESTART: not done yet.
 * Dropping what was there may go on in current->pv.stale_table.
 */
int mmu_entry_write(const struct mmu_target *t, maddr_t where, u64 val);
/* An L1 entry, given by a pointer into the direct map. */
int mmu_entry_set_leaf(const struct mmu_target *t, u64 *slot, u64 val);
/* The same of a table of @d, for its own frames. */
int mmu_entry_set_own_leaf(struct domain *d, u64 *slot, u64 val);

/* --- mmu_drop.c ----------------------------------------------------------- */
/*
 * Drop a type reference in pieces: what remains is kept in @v until
 * mmu_drop_finish() returns 0.  No other drop may be pending.
 */
int mmu_drop_table(struct vcpu *v, struct domain *d, mfn_t m);
int mmu_drop_finish(struct vcpu *v, struct domain *d);

/* --- mmu_root.c ----------------------------------------------------------- */
/* What CR3 holds while @v runs; INVALID_MFN if it cannot. */
static inline mfn_t mmu_root(const struct vcpu *v)
{
	if (unlikely(v->pv.top_table))
		return virt_to_mfn(v->pv.top_table);
	return v->pv.kernel_mode ? v->pv.kernel_cr3 : v->pv.user_cr3;
}
/*
 * The tables of the guest's kernel, whichever mode it is in: what we look up
 * for the kernel is there, and need not be in those of its user mode.
 */
static inline mfn_t mmu_kernel_root(const struct vcpu *v)
{
	if (unlikely(v->pv.top_table))
		return virt_to_mfn(v->pv.top_table);
	return v->pv.kernel_cr3;
}
/* New base pointers of current. -EINVAL, -ERESTART. */
int mmu_new_base(struct vcpu *v, mfn_t m);
int mmu_new_user_base(struct vcpu *v, u64 mfn);
/* Drop both top-level tables and what is pending: -ERESTART. */
int mmu_drop_cr3(struct vcpu *v, bool preemptible);
/* The end of a vCPU, whose base pointers are dropped. */
void mmu_root_free(struct vcpu *v);

/* How a 32-bit guest writes the frame of its base pointer as a CR3. */
static inline u32 mfn_to_cr3_32(mfn_t m)
{
	return (u32)(m.v << 12) | (u32)m.v >> 20;
}

static inline mfn_t cr3_to_mfn32(u32 cr3)
{
	return MFN(cr3 >> 12 | (u32)(cr3 << 20));
}

/* --- mmu.c ------------------------------------------------------------------ */
/*
 * Pointer to the L1 entry of @va in the tables of the running guest's kernel;
 * NULL if there is no L1 table, and for addresses of ours.
 */
u64 *mmu_walk_kernel(struct vcpu *v, u64 va);
/*
 * What the tables that are loaded now, be they of user mode, allow at @va:
 * PTE_P, PTE_RW and PTE_U that all levels have.  Takes the lock.
 */
u64 mmu_rights(struct vcpu *v, u64 va);

/* --- mmu_flush.c: no lock is needed ---------------------------------------- */
/* CPUs where the vCPUs in the guest's bitmap @bits may have translations. */
int mmu_flush_mask(struct domain *d, gva_t bits, struct cpumask *mask);

/* --- page_type.c ---------------------------------------------------------- */
/* Undo a validation that nobody continued or that failed; -ERESTART. */
int page_undo_partial(struct domain *d, mfn_t m);

#endif
