/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must be true of the model machine, computed anew from the tables: the
 * counts of every frame, and that no stale translation can do harm.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/fake_pv.h"
#include "tests/unit/fake_pv_model.h"

#include "core/memory.h"
#include "core/gnttab_private.h"
#include "mm/hvmap.h"
#include "pv/page_type.h"
#include "x86/tlb.h"

u64 fake_flushes;

u64 tlb_time;
static bool may_write[FAKE_CPUS][FAKE_FRAMES];
static u8 may_walk[FAKE_CPUS][FAKE_FRAMES];	/* enum frame_type */
static unsigned int faults;

struct count {
	unsigned int refs, types;
};

static struct count counts[FAKE_FRAMES];

static void fault(u64 f, const char *what)
{
	faults++;
	printf("frame %lu: %s (word %#lx: owner %u type %u refs %u types %u; "
	       "found %u %u)\n", f, what, frame_table[f].word,
	       frame_word_owner(frame_table[f].word),
	       frame_word_type(frame_table[f].word),
	       frame_word_refs(frame_table[f].word),
	       frame_word_types(frame_table[f].word), counts[f].refs,
	       counts[f].types);
}

/* How many entries of a frame hold references, as its word says. */
static unsigned int live_entries(u64 w)
{
	if (!frame_type_is_table(frame_word_type(w)) || !frame_word_types(w))
		return 0;
	if (w & FRAME_PARTIAL)
		return (frame_word_types(w) & FRAME_PARTIAL_DONE) - 1;
	/* A flush in the midst of a validation: nobody walks it yet. */
	return w & FRAME_VALIDATED ? 512 : 0;
}

static bool hv_slot(u64 w, unsigned int i)
{
	return page_is_hv_slot(fake_domains[frame_word_owner(w)],
			       frame_word_type(w), i);
}

/* ---- TLBs ------------------------------------------------------------------------ */

/* Whatever a domain's tables say now may come into its CPU's TLB. */
static void fill_cpu(unsigned int cpu)
{
	for (u64 f = 0; f < FAKE_FRAMES; f++) {
		u64 w = frame_table[f].word;
		const u64 *t = fake_table(MFN(f));
		unsigned int n = live_entries(w);

		if (frame_word_owner(w) != cpu || !n)
			continue;
		may_walk[cpu][f] = frame_word_type(w);
		for (unsigned int i = 0; i < n; i++)
			if (frame_word_type(w) == FT_L1 && t[i] & PTE_P &&
			    t[i] & PTE_RW && pte_mfn(t[i]).v < FAKE_FRAMES)
				may_write[cpu][pte_mfn(t[i]).v] = true;
	}
}

void model_flush_cpu(unsigned int cpu)
{
	memset(may_write[cpu], 0, sizeof(may_write[cpu]));
	memset(may_walk[cpu], 0, sizeof(may_walk[cpu]));
	if (fake_domains[cpu] && !fake_domains[cpu]->dying)
		fill_cpu(cpu);
	cpu_by_id(cpu)->tlb_flushed = ++tlb_time;
	fake_flushes++;
}

void model_flush_all(void)
{
	for (unsigned int i = 0; i < FAKE_CPUS; i++)
		model_flush_cpu(i);
}

void model_reset(void)
{
	memset(may_write, 0, sizeof(may_write));
	memset(may_walk, 0, sizeof(may_walk));
	tlb_time = 1;
}

void tlb_flush_local(void)
{
	model_flush_cpu(fake_cpu_now);
}

void tlb_flush_local_one(u64 va)
{
	(void)va;
}

void tlb_flush_mask(const struct cpumask *mask)
{
	tlb_flush_since(mask, ~0UL);
}

void tlb_flush_mask_one(const struct cpumask *mask, u64 va)
{
	(void)mask;
	(void)va;
}

void tlb_flush_since(const struct cpumask *mask, u64 since)
{
	for (unsigned int i = 0; i < FAKE_CPUS; i++)
		if (cpumask_test(mask, i) &&
		    cpu_by_id(i)->tlb_flushed <= since)
			model_flush_cpu(i);
}

void tlb_flush_all_since(u64 since)
{
	tlb_flush_since(&cpu_online_mask, since);
}

void smp_poll(void)
{
}

static void check_tlb(u64 f)
{
	u64 w = frame_table[f].word;
	unsigned int type = frame_word_type(w), owner = frame_word_owner(w);

	if (owner >= FAKE_CPUS || !frame_word_types(w))
		return;
	for (unsigned int c = 0; c < FAKE_CPUS; c++) {
		if (type >= FT_L1 && may_write[c][f])
			fault(f, "a TLB can write to it");
		if (may_walk[c][f] && may_walk[c][f] != type)
			fault(f, "a TLB walks it as something else");
	}
}

/* ---- counts -------------------------------------------------------------------------- */

static void add(mfn_t m, bool typed)
{
	if (m.v >= FAKE_FRAMES)
		return;
	counts[m.v].refs++;
	counts[m.v].types += typed;
}

static void count_entries(u64 f, u64 w)
{
	const u64 *t = fake_table(MFN(f));
	bool leaf = frame_word_type(w) == FT_L1;

	for (unsigned int i = 0; i < live_entries(w); i++)
		if (t[i] & PTE_P && !hv_slot(w, i))
			add(pte_mfn(t[i]), !leaf || t[i] & PTE_RW);
}

static void count_frame(u64 f)
{
	u64 w = frame_table[f].word;

	if (frame_word_owner(w) >= FAKE_CPUS)
		return;
	if (w & FRAME_ALLOCATED)
		add(MFN(f), false);
	if (w & FRAME_SHARED)
		add(MFN(f), true);
	if (w & FRAME_PINNED)
		add(MFN(f), true);
	if (w & FRAME_PARTIAL &&
	    !(frame_word_types(w) & FRAME_PARTIAL_HELD))
		add(MFN(f), true);
	count_entries(f, w);
}

static void count_grants(struct domain *d)
{
	for (u32 h = 0; h < d->gnttab.handles; h++) {
		struct maptrack *t = grant_handle(d, h);

		if (t && t->flags & GNTMAP_device_map)
			add(MFN(t->frame), !(t->flags & GNTMAP_readonly));
	}
}

static void count_vcpus(struct domain *d)
{
	struct vcpu *v;

	for_each_vcpu(d, v) {
		add(v->pv.kernel_cr3, true);
		add(v->pv.user_cr3, true);
		if (v->pv.stale_table)
			add(MFN(v->pv.stale_table - 1), true);
		for (unsigned int i = 0; i < PV_GDT_FRAMES; i++)
			add(v->pv.gdt[i], true);
	}
}

static void check_frame(u64 f)
{
	u64 w = frame_table[f].word;
	unsigned int types = frame_word_types(w);

	if (frame_word_owner(w) >= FAKE_CPUS) {
		if (counts[f].refs)
			fault(f, "mapped, but it belongs to no domain");
		return;
	}
	if (w & FRAME_PARTIAL)
		types = 1;
	if (frame_word_refs(w) != counts[f].refs)
		fault(f, "wrong count of references");
	if (types != counts[f].types)
		fault(f, "wrong count of types");
	if (w & FRAME_LOCKED)
		fault(f, "left locked");
	check_tlb(f);
}

static void check_pages(struct domain *d)
{
	u64 n = 0;

	for (u64 f = 0; f < FAKE_FRAMES; f++)
		n += frame_word_owner(frame_table[f].word) == d->id &&
		     !(frame_table[f].word & FRAME_SHARED);
	if (n != memory_pages(d)) {
		printf("d%u: %lu frames, counted %lu\n", d->id, n,
		       memory_pages(d));
		faults++;
	}
}

unsigned int fake_check(void)
{
	faults = 0;
	memset(counts, 0, sizeof(counts));
	for (unsigned int c = 0; c < FAKE_CPUS; c++) {
		if (!fake_domains[c]->dying)
			fill_cpu(c);
		count_vcpus(fake_domains[c]);
		count_grants(fake_domains[c]);
		check_pages(fake_domains[c]);
	}
	for (u64 f = 0; f < FAKE_FRAMES; f++)
		count_frame(f);
	for (u64 f = 0; f < FAKE_FRAMES; f++)
		check_frame(f);
	for (unsigned int c = 0; c < FAKE_CPUS; c++)
		if (memory_pages(fake_domains[c]))
			faults += pv_audit(fake_domains[c]);
	fflush(stdout);
	return faults;
}
