/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grant tables: the table of a domain, and the hypercall.  The call itself
 * returns 0 even if operations fail (each has its status); only arguments
 * that cannot be read, and unknown commands, make it fail.
 */
#include "core/gnttab_private.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "mm/heap.h"

#define ACTIVE_SIZE	(GRANTS_A_FRAME * sizeof(struct grant_active))

/* ---- the table -------------------------------------------------------------------- */

int gnttab_init(struct domain *d, unsigned int max_frames,
		unsigned int max_maptrack)
{
	struct gnttab *g = &d->gnttab;

	spin_lock_init(&g->lock, LOCK_GRANT);
	g->max_frames = min(max_frames, (unsigned int)GNTTAB_MAX_FRAMES);
	g->max_maptrack = min(max_maptrack, 4096U);
	return 0;
}

/* One more shared frame; the lock is held. */
static int grow(struct domain *d)
{
	struct gnttab *g = &d->gnttab;
	struct grant_active *active;
	void *page;

	if (g->frames >= g->max_frames || d->dying)
		return -EINVAL;
	active = heap_zalloc(ACTIVE_SIZE);
	page = active ? heap_page() : NULL;
	if (!page) {
		heap_zfree(active);
		return -ENOMEM;
	}
	m2p_set(virt_to_mfn(page), M2P_INVALID);
	frame_share(virt_to_mfn(page), d);
	g->shared[g->frames] = page;
	g->active[g->frames] = active;
	g->frames++;
	return 0;
}

int gnttab_shared_frame(struct domain *d, unsigned int idx, mfn_t *m)
{
	struct gnttab *g = &d->gnttab;
	int rc = 0;

	spin_lock(&g->lock);
	while (!rc && g->frames <= idx)
		rc = grow(d);
	if (!rc)
		*m = virt_to_mfn(g->shared[idx]);
	spin_unlock(&g->lock);
	return rc;
}

void gnttab_destroy(struct domain *d)
{
	struct gnttab *g = &d->gnttab;
	unsigned int frames;

	if (!g->max_frames)
		return;
	spin_lock(&g->lock);
	frames = g->frames;
	g->frames = 0;
	g->max_frames = 0;
	spin_unlock(&g->lock);
	for (unsigned int i = 0; i < frames; i++) {
		frame_put_shared(virt_to_mfn(g->shared[i]));
		heap_zfree(g->active[i]);
	}
	grant_handles_free(d);
}

/* ---- operations that occur once in a call ------------------------------------------ */

static int put_frame_list(struct domain *d, gva_t list, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		mfn_t m;
		u64 v;

		if (gnttab_shared_frame(d, i, &m))
			return GNTST_general_error;
		v = m.v;
		if (copy_elem_to_guest(list, i, &v))
			return GNTST_bad_virt_addr;
	}
	return GNTST_okay;
}

static int target_status(int err)
{
	return err == -EPERM ? GNTST_permission_denied : GNTST_bad_domain;
}

static long setup_table(gva_t uop)
{
	struct gnttab_setup_table op;
	struct domain *d;
	int err;

	if (copy_from_guest(&op, uop, sizeof(op)))
		return -EFAULT;
	d = domain_get_target(op.dom, &err);
	if (!d) {
		op.status = target_status(err);
	} else {
		op.status = op.nr_frames > d->gnttab.max_frames ?
			    GNTST_general_error :
			    put_frame_list(d, GVA(op.frame_list.p),
					   op.nr_frames);
		domain_put(d);
	}
	return copy_to_guest(uop, &op, sizeof(op)) ? -EFAULT : 0;
}

static long query_size(gva_t uop)
{
	struct gnttab_query_size op;
	struct domain *d;
	int err;

	if (copy_from_guest(&op, uop, sizeof(op)))
		return -EFAULT;
	d = domain_get_target(op.dom, &err);
	if (!d) {
		op.status = target_status(err);
	} else {
		op.nr_frames = d->gnttab.frames;
		op.max_nr_frames = d->gnttab.max_frames;
		op.status = GNTST_okay;
		domain_put(d);
	}
	return copy_to_guest(uop, &op, sizeof(op)) ? -EFAULT : 0;
}

static long set_version(gva_t uop)
{
	struct gnttab_set_version op;
	long rc = 0;

	if (copy_from_guest(&op, uop, sizeof(op)))
		return -EFAULT;
	if (op.version != 1)
		rc = op.version == 2 ? -ENOSYS : -EINVAL;
	op.version = 1;
	return copy_to_guest(uop, &op, sizeof(op)) ? -EFAULT : rc;
}

static long get_version(gva_t uop)
{
	struct gnttab_get_version op;
	struct domain *d;
	int err;

	if (copy_from_guest(&op, uop, sizeof(op)))
		return -EFAULT;
	d = domain_get_target(op.dom, &err);
	if (!d)
		return err;
	domain_put(d);
	op.version = 1;
	return copy_to_guest(uop, &op, sizeof(op)) ? -EFAULT : 0;
}

static long get_status_frames(gva_t uop)
{
	struct gnttab_get_status_frames op;

	if (copy_from_guest(&op, uop, sizeof(op)))
		return -EFAULT;
	op.status = GNTST_general_error;
	return copy_to_guest(uop, &op, sizeof(op)) ? -EFAULT : 0;
}

static long single_op(unsigned int cmd, gva_t uop, unsigned int count)
{
	if (count != 1)
		return count ? -EINVAL : 0;
	switch (cmd) {
	case GNTTABOP_setup_table:
		return setup_table(uop);
	case GNTTABOP_query_size:
		return query_size(uop);
	case GNTTABOP_set_version:
		return set_version(uop);
	case GNTTABOP_get_version:
		return get_version(uop);
	default:
		return get_status_frames(uop);
	}
}

/* ---- batches ------------------------------------------------------------------------ */

static int map_batch(gva_t uop, unsigned int count)
{
	struct gnttab_map_grant_ref op;

	for (unsigned int i = 0; i < count; i++) {
		if (copy_elem_from_guest(&op, uop, i))
			return -EFAULT;
		grant_map(&op);
		if (copy_elem_to_guest(uop, i, &op))
			return -EFAULT;
	}
	return 0;
}

static int transfer_batch(gva_t uop, unsigned int count)
{
	struct gnttab_transfer op;

	for (unsigned int i = 0; i < count; i++) {
		if (copy_elem_from_guest(&op, uop, i))
			return -EFAULT;
		grant_transfer(&op);
		if (copy_elem_to_guest(uop, i, &op))
			return -EFAULT;
	}
	return 0;
}

static bool in_use(struct domain *d, u32 ref)
{
	const struct grant_active *a = grant_active(d, ref);

	return a->readers || a->writers;
}

static int swap(struct domain *d, u32 a, u32 b)
{
	struct grant_entry_v1 old;
	int rc = GNTST_okay;

	spin_lock(&d->gnttab.lock);
	if (!grant_ref_valid(d, a) || !grant_ref_valid(d, b)) {
		rc = GNTST_bad_gntref;
	} else if (in_use(d, a) || in_use(d, b)) {
		rc = GNTST_eagain;
	} else {
		old = *grant_entry(d, a);
		*grant_entry(d, a) = *grant_entry(d, b);
		*grant_entry(d, b) = old;
	}
	spin_unlock(&d->gnttab.lock);
	return rc;
}

static int swap_batch(gva_t uop, unsigned int count)
{
	struct gnttab_swap_grant_ref op;

	for (unsigned int i = 0; i < count; i++) {
		if (copy_elem_from_guest(&op, uop, i))
			return -EFAULT;
		op.status = swap(current->domain, op.ref_a, op.ref_b);
		if (copy_elem_to_guest(uop, i, &op))
			return -EFAULT;
	}
	return 0;
}

static const struct batch {
	int (*fn)(gva_t uop, unsigned int count);
	size_t size;
} batches[] = {
	[GNTTABOP_map_grant_ref] = {
		map_batch, sizeof(struct gnttab_map_grant_ref) },
	[GNTTABOP_unmap_grant_ref] = {
		grant_unmap_batch, sizeof(struct gnttab_unmap_grant_ref) },
	[GNTTABOP_unmap_and_replace] = {
		grant_replace_batch, sizeof(struct gnttab_unmap_and_replace) },
	[GNTTABOP_transfer] = {
		transfer_batch, sizeof(struct gnttab_transfer) },
	[GNTTABOP_copy] = { grant_copy_batch, sizeof(struct gnttab_copy) },
	[GNTTABOP_swap_grant_ref] = {
		swap_batch, sizeof(struct gnttab_swap_grant_ref) },
};

static long run_batches(unsigned int cmd, gva_t uop, unsigned int count)
{
	const struct batch *b = &batches[cmd];
	unsigned int done = 0, n;
	int rc;

	while (done < count) {
		gva_t at = GVA(uop.v + done * b->size);

		if (done && hypercall_preempt())
			return hypercall_restart(cmd, at.v, count - done, 0);
		n = min(count - done, (unsigned int)GRANT_BATCH);
		rc = b->fn(at, n);
		if (rc)
			return rc;
		done += n;
	}
	return 0;
}

long gnttab_op(unsigned int cmd, gva_t uop, unsigned int count)
{
	if ((int)count < 0)
		return -EINVAL;
	switch (cmd) {
	case GNTTABOP_setup_table:
	case GNTTABOP_query_size:
	case GNTTABOP_set_version:
	case GNTTABOP_get_version:
	case GNTTABOP_get_status_frames:
		return single_op(cmd, uop, count);
	default:
		if (cmd >= ARRAY_SIZE(batches) || !batches[cmd].fn)
			return -ENOSYS;
		return run_batches(cmd, uop, count);
	}
}

/* ---- audit ------------------------------------------------------------------------- */

static unsigned int audit_entry(struct domain *d, u32 ref)
{
	const struct grant_active *a = grant_active(d, ref);
	u16 flags = READ_ONCE(grant_entry(d, ref)->flags);
	u16 want = (a->readers || a->writers ? GTF_reading : 0) |
		   (a->writers ? GTF_writing : 0);

	/* The guest itself can write there, so this is no fault of ours. */
	if (want && (flags & (GTF_reading | GTF_writing)) != want)
		pr_guest("d%u grant %u: flags %#x, pins %u/%u\n", d->id, ref,
			 flags, a->readers, a->writers);
	if (want && a->domid >= FRAME_MAX_DOMID) {
		pr_err("d%u grant %u: in use by nobody\n", d->id, ref);
		return 1;
	}
	return 0;
}

unsigned int gnttab_audit(struct domain *d)
{
	struct gnttab *g = &d->gnttab;
	unsigned int faults = 0, used = 0;

	spin_lock(&g->lock);
	for (u32 ref = 0; grant_ref_valid(d, ref); ref++)
		faults += audit_entry(d, ref);
	for (u32 i = 0; i < g->handles; i++)
		used += grant_handle(d, i) != NULL;
	if (used != g->mapped) {
		pr_err("d%u: %u grant handles in use, counted %u\n", d->id,
		       used, g->mapped);
		faults++;
	}
	spin_unlock(&g->lock);
	return faults;
}
