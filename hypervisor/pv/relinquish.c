/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a PV domain's memory.  No vCPU of it runs, and nothing can be
 * assigned to it any more.  First all that holds page tables is dropped (vCPUs,
 * pins, validations that were never finished), which releases what they map;
 * then the allocations.  What other domains still map goes when they let go.
 */
#include "core/domain.h"
#include "core/memory.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "pv/mmu.h"
#include "pv/page_type.h"

enum { PHASE_VCPUS, PHASE_PINS, PHASE_FRAMES, PHASE_DONE };

/* Look at the clock that often. */
#define FRAMES_A_LOOK	64
/* All TLBs are flushed before frames are wiped. */
#define FRAMES_A_FLUSH	256

static int drop_vcpu(struct domain *d, struct vcpu *v)
{
	int rc;

	pv_drop_gdt(v);
	spin_lock(&d->pv.mmu_lock);
	pv_drop_ldt(v);
	rc = mmu_drop_cr3(v, true);
	spin_unlock(&d->pv.mmu_lock);
	return rc;
}

static int drop_vcpus(struct domain *d)
{
	struct vcpu *v;

	for_each_vcpu(d, v) {
		int rc = drop_vcpu(d, v);

		if (rc)
			return rc;
	}
	return 0;
}

/*
 * Pin, or a table in a state between that nobody holds: both have a type
 * reference.  What is held goes with its holder: a table in such a state.
 */
static int drop_pin(struct domain *d, mfn_t m)
{
	u64 *word = &mfn_frame(m)->word;
	u64 old = __atomic_fetch_and(word, ~FRAME_PINNED, __ATOMIC_SEQ_CST);
	int rc = 0;

	if (old & FRAME_PINNED)
		rc = page_put_type(d, m, true);
	else if (old & FRAME_PARTIAL &&
		 !(frame_word_types(old) & FRAME_PARTIAL_HELD))
		rc = page_undo_partial(d, m);
	if (rc && old & FRAME_PINNED)
		__atomic_fetch_or(word, FRAME_PINNED, __ATOMIC_SEQ_CST);
	return rc;
}

static int drop_pins(struct domain *d)
{
	mfn_t *m = &d->pv.relinquish_mfn;
	unsigned int n = 0;
	int rc;

	for (; frame_set_next(&d->frames, d->id, true, m); m->v++) {
		if (++n % FRAMES_A_LOOK == 0 && hypercall_preempt())
			return -ERESTART;
		spin_lock(&d->pv.mmu_lock);
		rc = drop_pin(d, *m);
		spin_unlock(&d->pv.mmu_lock);
		if (rc)
			return rc;
	}
	return 0;
}

static int drop_frames(struct domain *d)
{
	mfn_t *m = &d->pv.relinquish_mfn, batch[FRAMES_A_FLUSH];
	unsigned int n;

	do {
		for (n = 0; n < FRAMES_A_FLUSH &&
		     frame_set_next(&d->frames, d->id, false, m); m->v++)
			batch[n++] = *m;
		memory_release_wiped(d, batch, n);
		if (n && hypercall_preempt())
			return -ERESTART;
	} while (n);
	return 0;
}

static int run_phase(struct domain *d)
{
	switch (d->pv.relinquish_phase) {
	case PHASE_VCPUS:
		return drop_vcpus(d);
	case PHASE_PINS:
		return drop_pins(d);
	case PHASE_FRAMES:
		return drop_frames(d);
	default:
		memory_drop_map(d);
		return 0;
	}
}

int pv_relinquish(struct domain *d)
{
	int rc = 0;

	/* Whoever was assigning frames when the domain began to die is done. */
	spin_lock(&d->memory_lock);
	spin_unlock(&d->memory_lock);
	while (!rc && d->pv.relinquish_phase <= PHASE_DONE) {
		rc = run_phase(d);
		if (rc)
			break;
		d->pv.relinquish_phase++;
		d->pv.relinquish_mfn = MFN(0);
	}
	return rc;
}
