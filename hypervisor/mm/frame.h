/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame table: who owns each machine frame and how it is used.
 *
 * One 64-bit word a frame, changed by compare-and-exchange only:
 *
 *   bits  0-21  refs    general references: the owner's allocation, every
 *                       mapping, every grant pin, every temporary user
 *   bits 22-41  types   references to the present type; each of them also
 *                       holds a general reference
 *   bits 42-44  type    enum frame_type
 *   bits 45-50  flags   FRAME_*
 *   bits 51-63  owner   domid, or OWNER_*
 *
 * What must always hold:
 *  - a frame with refs == 0 is not in use, and belongs to the heap;
 *  - the type changes only while types == 0, and after every TLB that might
 *    hold a writable translation was flushed;
 *  - L1-L4 and SEGDESC frames have no writable mapping, ever;
 *  - while FRAME_PARTIAL is set (validation or its undoing was preempted),
 *    the types field is not 0, counts as one reference, and holds how many
 *    entries have their references (FRAME_PARTIAL_*);
 *  - a type outlives its last reference (types == 0): TLBs and paging-
 *    structure caches may still use the frame as such.  The flush comes with
 *    the change to another type; FRAME_LOCKED is held meanwhile, and who
 *    needs the type waits (smp_poll()).
 *
 * The per-domain list of frames is not kept here: a domain has a bitmap of
 * 2 MiB chunks in which it ever had a frame (struct frame_set); whoever must
 * visit all its frames scans those chunks.
 */
#ifndef HOSPES_MM_FRAME_H
#define HOSPES_MM_FRAME_H

#include "mm/addr.h"

struct domain;

enum frame_type {
	FT_NONE, FT_WRITABLE, FT_L1, FT_L2, FT_L3, FT_L4, FT_SEGDESC,
	FT_L2_TOP	/* L2 of a 32-bit guest's last gigabyte; has slots
			   of ours */
};

#define FRAME_REFS_SHIFT	0
#define FRAME_REFS_BITS		22
#define FRAME_TYPES_SHIFT	22
#define FRAME_TYPES_BITS	20
#define FRAME_TYPE_SHIFT	42
#define FRAME_TYPE_MASK		(7UL << FRAME_TYPE_SHIFT)
#define FRAME_REFS_MASK		((1UL << FRAME_REFS_BITS) - 1)
#define FRAME_TYPES_MASK	(((1UL << FRAME_TYPES_BITS) - 1) << \
				 FRAME_TYPES_SHIFT)
#define FRAME_ONE_REF		1UL
#define FRAME_ONE_TYPE		(1UL << FRAME_TYPES_SHIFT)
/* The owner's allocation reference is still held. */
#define FRAME_ALLOCATED		BIT(45)
/* Allocated by the hypervisor and shared with the owner: not charged to it. */
#define FRAME_SHARED		BIT(46)
/* The guest pinned the table: one type reference is held for it. */
#define FRAME_PINNED		BIT(47)
/* Every entry was checked and holds its references. */
#define FRAME_VALIDATED		BIT(48)
#define FRAME_PARTIAL		BIT(49)
#define FRAME_LOCKED		BIT(50)
#define FRAME_OWNER_SHIFT	51

/* The types field of a partial table: entries done + 1, and a mark. */
#define FRAME_PARTIAL_DONE	0x3ff
/* Somebody holds the reference (undoing), not just the frame itself. */
#define FRAME_PARTIAL_HELD	0x400
/* Being undone for itself; what the validation failed with stands above. */
#define FRAME_PARTIAL_FAILED	0x800
#define FRAME_PARTIAL_ERROR_SHIFT 12

/* Owners that are no domain.  Domains have ids below FRAME_MAX_DOMID. */
#define FRAME_MAX_DOMID		8160
#define OWNER_FREE		8191	/* in the heap, or no RAM at all */
#define OWNER_XEN		8190	/* the hypervisor's own */
#define OWNER_IO		8189	/* not RAM: devices, firmware, ACPI */

struct frame {
	u64 word;
};

#define frame_table	((struct frame *)FRAMES_VIRT)

/* Boot: the table, the M2P and all words; RAM that is in use is OWNER_XEN. */
void frame_init(void);

/* Frames below this number have an entry (set once by frame_init()). */
extern u64 frame_count;

static inline bool mfn_valid(mfn_t m)
{
	return m.v < frame_count;
}

static inline struct frame *mfn_frame(mfn_t m)
{
	return &frame_table[m.v];
}

static inline mfn_t frame_mfn(const struct frame *f)
{
	return MFN((u64)(f - frame_table));
}

static inline u64 frame_read(mfn_t m)
{
	return READ_ONCE(mfn_frame(m)->word);
}

static inline unsigned int frame_word_owner(u64 w)
{
	return w >> FRAME_OWNER_SHIFT;
}

static inline enum frame_type frame_word_type(u64 w)
{
	return (w & FRAME_TYPE_MASK) >> FRAME_TYPE_SHIFT;
}

static inline bool frame_type_is_table(enum frame_type t)
{
	return (t >= FT_L1 && t <= FT_L4) || t == FT_L2_TOP;
}

static inline unsigned int frame_word_refs(u64 w)
{
	return w & FRAME_REFS_MASK;
}

static inline unsigned int frame_word_types(u64 w)
{
	return (w & FRAME_TYPES_MASK) >> FRAME_TYPES_SHIFT;
}

/* May @owner have one more general reference of a frame in this state? */
static inline bool frame_word_may_get(u64 w, unsigned int owner)
{
	/* One comparison: neither unused, nor at the end of the count. */
	return frame_word_owner(w) == owner &&
	       frame_word_refs(w - FRAME_ONE_REF) < FRAME_REFS_MASK - 1;
}

/* The word with one more writable reference; typed writable, or not at all. */
static inline u64 frame_word_written(u64 w)
{
	return (w + FRAME_ONE_REF + FRAME_ONE_TYPE) |
	       (u64)FT_WRITABLE << FRAME_TYPE_SHIFT;
}

/* The word was *@old, and is @new. False: *@old is what it is now. */
static inline bool frame_replace(mfn_t m, u64 *old, u64 new)
{
	return __atomic_compare_exchange_n(&mfn_frame(m)->word, old, new, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Owner of @m; OWNER_FREE if out of range. No reference is taken. */
unsigned int frame_owner(mfn_t m);

/*
 * Take a general reference if @m is RAM owned by @owner and in use.
 * Returns false otherwise, or if the count is exhausted.
 */
bool frame_get(mfn_t m, unsigned int owner);
/* As above whoever owns it (not FREE, not IO); *owner tells. */
bool frame_get_any(mfn_t m, unsigned int *owner);
/* Drop a general reference; the last one returns the frame to the heap. */
void frame_put(mfn_t m);

/*
 * Type references of FT_NONE/FT_WRITABLE only need these two; those of
 * tables and descriptors go through pv/page_type.h, which validates.  Both take
 * or drop a general reference as well.  frame_get_writable() fails if
 * the frame is typed otherwise with types > 0, or is owned by another.
 */
bool frame_get_writable(mfn_t m, unsigned int owner);
void frame_put_writable(mfn_t m);

/*
 * Hand @n fresh heap frames from @m on to a domain: owner set, one general
 * reference, FRAME_ALLOCATED, type none.  frame_set_add() is called for them.
 */
void frame_assign(mfn_t m, u64 n, struct domain *d);
/*
 * Share a frame of ours with @d: owner @d, FRAME_SHARED, and one writable type
 * reference (with its general one: refs 1, types 1) that is ours; drop it
 * with frame_put_shared().  frame_set_add() is called for it.
 */
void frame_share(mfn_t m, struct domain *d);
void frame_put_shared(mfn_t m);
/*
 * Drop the allocation reference (once: false if it was dropped before).  The
 * frame is its owner's until the last reference goes, and counts as such.
 */
bool frame_release_allocation(mfn_t m);
/*
 * The same for a frame of @owner that nobody else uses any more, which is then
 * not freed but the hypervisor's: nobody can use it, and the owner has it no
 * more. False, and nothing done, if it is in use, or another's. heap_free()
 * it, or give it back as it was.
 */
bool frame_reclaim(mfn_t m, unsigned int owner);
void frame_restore(mfn_t m, unsigned int owner);
/* Frames, shared ones included, that have @domid (or any) as owner now. */
u64 frame_owned_count(unsigned int domid);
/* Without the shared ones: what counts against the domain's limit. */
u64 frame_charged_count(unsigned int domid);
u64 frame_owned_total(void);

/* The set of 2 MiB chunks in which a domain has, or had, frames. */
struct frame_set {
	u64 *chunks;		/* bitmap, frame_count / 512 bits */
};

int frame_set_init(struct frame_set *s);
void frame_set_destroy(struct frame_set *s);
void frame_set_add(struct frame_set *s, mfn_t m, u64 n);
/*
 * Next frame at or after *@m that @domid owns and FRAME_ALLOCATED is set
 * for (or any owned frame when @all); false at the end.
 */
bool frame_set_next(const struct frame_set *s, unsigned int domid, bool all,
		    mfn_t *m);
/*
 * The same for who must not be long: a domain that gave its memory back left
 * chunks to be searched in vain.  NONE_YET: one was, *@m is behind it.
 */
enum frame_step { FRAME_END, FRAME_FOUND, FRAME_NONE_YET };
enum frame_step frame_set_step(const struct frame_set *s, unsigned int domid,
			       bool all, mfn_t *m);

/* The machine-to-physical table. */
#define M2P_INVALID	(~0UL)
#define M2P_SHARED	0x5555555555555555UL
#define m2p_rw		((u64 *)M2P_RW_VIRT)

/*
 * The same in 4-byte entries, for 32-bit guests (m2p32.c): made when the first
 * of them is, in step from then on.  It has no room for all of a very large
 * machine, so frames of such domains come from below its end.
 */
#define M2P32_ADDR_BITS		37
extern bool m2p32_exists;
int m2p32_make(void);			/* -ENOMEM; 0 also if it exists */
void m2p32_set(mfn_t m, u64 pfn);
void m2p32_fill_l2(u64 *l2);		/* our slots of an FT_L2_TOP */
/* What XENMEM_machphys_mapping tells a 32-bit guest. */
void pv_compat_m2p(u64 *start, u64 *end, u64 *max_mfn);

/* heap_alloc()'s limit for frames of a domain. */
static inline unsigned int m2p32_addr_bits(bool is_32bit, unsigned int bits)
{
	if (!is_32bit || (bits && bits < M2P32_ADDR_BITS))
		return bits;
	return M2P32_ADDR_BITS;
}

static inline void m2p_set(mfn_t m, u64 pfn)
{
	WRITE_ONCE(m2p_rw[m.v], pfn);
	if (unlikely(READ_ONCE(m2p32_exists)))
		m2p32_set(m, pfn);
}

static inline u64 m2p_get(mfn_t m)
{
	return READ_ONCE(m2p_rw[m.v]);
}

/* Audit of one frame's word for internal consistency; false and log if bad. */
bool frame_word_sane(u64 w);

#endif
