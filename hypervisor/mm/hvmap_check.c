/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proof that our tables are as they should be, and the end of start-up:
 * what was needed only for it is given to the heap.
 */
#include "core/lock.h"
#include "lib/printf.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/hvmap_private.h"
#include "mm/image.h"
#include "x86/cpu.h"
#include "x86/tlb.h"

/*
 * @user, @write: what the entries above allow.  A leaf may be executable only
 * if it is not writable; user-accessible only in M2P's slot, read-only.
 */
static void check_leaf(u64 va, u64 entry, bool user, bool write)
{
	bool u = user && (entry & PTE_U), w = write && (entry & PTE_RW);

	if (w && !(entry & PTE_NX))
		panic("%#lx is writable and executable", va);
	if (u && (va >= IMAGE_VIRT || w || !(entry & PTE_NX)))
		panic("%#lx is open to guests: %#lx", va, entry);
}

static void check_table(const u64 *table, unsigned int level, u64 va,
			bool user, bool write)
{
	for (unsigned int i = 0; i < 512; i++) {
		u64 e = table[i], at = va + ((u64)i << (3 + 9 * level));

		if (!(e & PTE_P))
			continue;
		if (level == 1 || (e & PTE_PSE))
			check_leaf(at, e, user, write);
		else
			check_table(mfn_to_virt(pte_mfn(e)), level - 1, at,
				    user && (e & PTE_U),
				    write && (e & PTE_RW));
	}
}

void hvmap_check(void)
{
	for (unsigned int i = 0; i < 512; i++) {
		u64 e = hvmap_idle_l4[i], va = HV_VIRT_START;

		if (!(e & PTE_P))
			continue;
		if (i < HV_SLOT_FIRST || i > HV_SLOT_LAST)
			panic("our table has slot %u in use", i);
		va += (u64)(i - HV_SLOT_FIRST) << 39;
		check_table(mfn_to_virt(pte_mfn(e)), 3, va, e & PTE_U,
			    e & PTE_RW);
	}
}

static void set_rights(const char *start, const char *end, u64 flags)
{
	for (u64 va = (u64)start; va < (u64)end; va += PAGE_SIZE) {
		u64 *e = hvmap_l1e(va);

		WRITE_ONCE(*e, flags ? pte_make(pte_mfn(*e), flags) : 0);
	}
}

void hvmap_seal(void)
{
	maddr_t start = image_maddr(init_start), end = image_maddr(init_end);

	set_rights(rodata_end, ro_after_init_end, HV_R);
	set_rights(init_start, init_end, 0);
	tlb_flush_mask(&cpu_online_mask);
	heap_add_range(maddr_to_mfn(start), maddr_to_mfn(end));
	pr_info("%lu KiB of start-up code and data freed\n",
		(end.v - start.v) / KIB);
}
