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
	enum frame_step step;
	unsigned int n = 0;
	int rc;

	while ((step = frame_set_step(&d->frames, d->id, true, m))) {
		if ((step == FRAME_NONE_YET || ++n % FRAMES_A_LOOK == 0) &&
		    hypercall_preempt())
			return -ERESTART;
		if (step == FRAME_NONE_YET)
			continue;
		spin_lock(&d->pv.mmu_lock);
		rc = drop_pin(d, *m);
		spin_unlock(&d->pv.mmu_lock);
		if (rc)
			return rc;
		m->v++;
	}
	return 0;
}

/* Fewer if other work waits. */
static enum frame_step next_batch(struct domain *d, mfn_t batch[],
				  unsigned int *n)
{
	mfn_t *m = &d->pv.relinquish_mfn;
	enum frame_step step;

	*n = 0;
	do {
		step = frame_set_step(&d->frames, d->id, false, m);
		if (step == FRAME_FOUND) {
			batch[(*n)++] = *m;
			m->v++;
		} else if (step == FRAME_NONE_YET && hypercall_preempt()) {
			return step;
		}
	} while (step != FRAME_END && *n < FRAMES_A_FLUSH);
	return step;
}

static int drop_frames(struct domain *d)
{
	mfn_t batch[FRAMES_A_FLUSH];
	enum frame_step step;
	unsigned int n;

	do {
		step = next_batch(d, batch, &n);
		memory_release_wiped(d, batch, n);
		if (step != FRAME_END && hypercall_preempt())
			return -ERESTART;
	} while (step != FRAME_END);
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
