/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recomputes what the frame table says about a paused domain from its page
 * tables, pins and vCPUs.  Type references of tables and descriptor pages come
 * from nowhere else, so they must be equal.  Writable and general references
 * can also come from other domains and grants, so they must be as many at least.
 */
#include "core/domain.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "pv/mmu.h"
#include "pv/page_type.h"

struct found {
	u32 refs, types;
};

struct audit {
	struct domain *d;
	struct found *found;	/* one for each frame of the machine */
	unsigned int faults;
};

static void fault(struct audit *a, mfn_t m, const char *what)
{
	struct found *f = &a->found[m.v];

	if (a->faults++ < 20)
		pr_err("d%u frame %#lx: %s: word %#018lx, found %u references, "
		       "%u of the type\n", a->d->id, m.v, what, frame_read(m),
		       f->refs, f->types);
}

static bool is_own(const struct audit *a, mfn_t m)
{
	return mfn_valid(m) &&
	       frame_word_owner(frame_read(m)) == a->d->id;
}

static void count(struct audit *a, mfn_t m, bool typed)
{
	a->found[m.v].refs++;
	if (typed)
		a->found[m.v].types++;
}

static void count_table(struct audit *a, mfn_t m, enum frame_type type,
			const char *what)
{
	if (!is_own(a, m) || frame_word_type(frame_read(m)) != type)
		fault(a, m, what);
	else
		count(a, m, true);
}

static void walk_entry(struct audit *a, enum frame_type type, unsigned int i,
		       u64 pte)
{
	mfn_t m = pte_mfn(pte);
	bool rw = pte & PTE_RW;

	if (!(pte & PTE_P))
		return;
	if (type != FT_L1) {
		count_table(a, m, page_child_type(a->d, type, i),
			    "an entry leads to another type");
		return;
	}
	if (!is_own(a, m))
		return;
	count(a, m, rw);
	if (rw && frame_word_type(frame_read(m)) != FT_WRITABLE)
		fault(a, m, "writable mapping of a frame of another type");
}

static void walk_table(struct audit *a, mfn_t m, enum frame_type type,
		       unsigned int entries)
{
	const u64 *table = mfn_to_virt(m);

	for (unsigned int i = 0; i < entries; i++) {
		if (page_is_hv_slot(a->d, type, i))
			continue;
		walk_entry(a, type, i, READ_ONCE(table[i]));
	}
}

static void walk_frame(struct audit *a, mfn_t m)
{
	u64 w = frame_read(m);
	unsigned int entries = 512;
	enum frame_type type = frame_word_type(w);

	if (!frame_word_sane(w))
		fault(a, m, "insane");
	if (w & (FRAME_ALLOCATED | FRAME_SHARED))
		count(a, m, w & FRAME_SHARED);
	if (w & FRAME_PARTIAL) {
		if (!(frame_word_types(w) & FRAME_PARTIAL_HELD))
			count(a, m, true);
		entries = (frame_word_types(w) & FRAME_PARTIAL_DONE) - 1;
	} else if (!frame_word_types(w)) {
		return;
	}
	if (w & FRAME_PINNED)
		count(a, m, true);
	if (frame_type_is_table(type))
		walk_table(a, m, type, entries);
}

static void walk_vcpu(struct audit *a, struct vcpu *v)
{
	const struct pv_vcpu *p = &v->pv;
	unsigned int i;

	if (!mfn_eq(p->kernel_cr3, INVALID_MFN))
		count_table(a, p->kernel_cr3, page_root_type(a->d),
			    "kernel's CR3");
	if (p->top_table && (p->top_table[0] & PTE_P) &&
	    !mfn_eq(pte_mfn(p->top_table[0]), p->kernel_cr3))
		fault(a, pte_mfn(p->top_table[0]), "another in use as CR3");
	if (!mfn_eq(p->user_cr3, INVALID_MFN))
		count_table(a, p->user_cr3, FT_L4, "user's CR3");
	if (p->stale_table && p->stale_domain == a->d->id)
		count(a, MFN(p->stale_table - 1), true);
	for (i = 0; i < PV_GDT_FRAMES; i++)
		if (!mfn_eq(p->gdt[i], INVALID_MFN))
			count_table(a, p->gdt[i], FT_SEGDESC, "GDT");
	for (i = 0; i < ARRAY_SIZE(p->ldt); i++)
		if (!mfn_eq(p->ldt[i], INVALID_MFN))
			count_table(a, p->ldt[i], FT_SEGDESC, "LDT");
}

static void compare(struct audit *a, mfn_t m)
{
	const struct found *f = &a->found[m.v];
	u64 w = frame_read(m);
	unsigned int types = frame_word_types(w);

	if (w & FRAME_PARTIAL)
		types = 1;
	if (frame_word_type(w) >= FT_L1 ? types != f->types : types < f->types)
		fault(a, m, "wrong number of type references");
	if (frame_word_refs(w) < f->refs)
		fault(a, m, "too few references");
}

static void run(struct audit *a)
{
	struct domain *d = a->d;
	struct vcpu *v;
	mfn_t m;

	for (m = MFN(0); frame_set_next(&d->frames, d->id, true, &m); m.v++)
		walk_frame(a, m);
	for_each_vcpu(d, v)
		walk_vcpu(a, v);
	for (m = MFN(0); frame_set_next(&d->frames, d->id, true, &m); m.v++)
		compare(a, m);
}

unsigned int pv_audit(struct domain *d)
{
	struct audit a = { .d = d };
	unsigned int order = 0;
	mfn_t m;

	while ((PAGE_SIZE << order) < frame_count * sizeof(*a.found))
		order++;
	m = heap_alloc(order, 0);
	if (mfn_eq(m, INVALID_MFN)) {
		pr_err("no memory to audit d%u\n", d->id);
		return 0;
	}
	a.found = mfn_to_virt(m);
	spin_lock(&d->pv.mmu_lock);
	run(&a);
	spin_unlock(&d->pv.mmu_lock);
	heap_free(m, order);
	return a.faults;
}
