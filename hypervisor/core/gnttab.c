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
	/* What others needed for mappings of its frames. */
	domain_for_each(grant_handles_trim);
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

static long (*const single_ops[])(gva_t uop) = {
	[GNTTABOP_setup_table] = setup_table,
	[GNTTABOP_query_size] = query_size,
	[GNTTABOP_set_version] = set_version,
	[GNTTABOP_get_version] = get_version,
	[GNTTABOP_get_status_frames] = get_status_frames,
};

static __noinline long single_op(unsigned int cmd, gva_t uop, unsigned int count)
{
	if (cmd >= ARRAY_SIZE(single_ops) || !single_ops[cmd])
		return -ENOSYS;
	if (count != 1)
		return count ? -EINVAL : 0;
	return single_ops[cmd](uop);
}

/* ---- batches ------------------------------------------------------------------------ */

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

static void swap_batch(void *ops, unsigned int n)
{
	struct gnttab_swap_grant_ref *op = ops;

	for (unsigned int i = 0; i < n; i++)
		op[i].status = swap(current->domain, op[i].ref_a, op[i].ref_b);
}

/* Operations are done on copies, of which those bytes go back that say what
   came of them (in a row: all). */
static const struct batch {
	void (*run)(void *ops, unsigned int n);
	u8 size, back, back_size;
} batches[] = {
#define ALL(type) sizeof(struct type), 0, 0
#define WORD(type) sizeof(struct type), \
	offsetof(struct type, status) & ~7UL, sizeof(u64)
	[GNTTABOP_map_grant_ref] = {
		grant_map_batch, ALL(gnttab_map_grant_ref) },
	[GNTTABOP_unmap_grant_ref] = {
		grant_unmap_batch, ALL(gnttab_unmap_grant_ref) },
	[GNTTABOP_unmap_and_replace] = {
		grant_replace_batch, ALL(gnttab_unmap_and_replace) },
	[GNTTABOP_transfer] = {
		grant_transfer_batch, ALL(gnttab_transfer) },
	[GNTTABOP_copy] = { grant_copy_batch, WORD(gnttab_copy) },
	[GNTTABOP_swap_grant_ref] = {
		swap_batch, ALL(gnttab_swap_grant_ref) },
#undef WORD
#undef ALL
};

#define OP_MAX	sizeof(struct gnttab_copy)

_Static_assert(OP_MAX >= sizeof(struct gnttab_map_grant_ref) &&
	       OP_MAX >= sizeof(struct gnttab_transfer) &&
	       sizeof(struct gnttab_copy) -
	       (offsetof(struct gnttab_copy, status) & ~7UL) == sizeof(u64),
	       "room for a batch; status in the last word");

void gnttab_run(unsigned int cmd, void *ops, unsigned int n)
{
	batches[cmd].run(ops, n);
}

static inline int put_ops(const struct batch *b, gva_t uop, const u8 *ops,
			  unsigned int n)
{
	if (!b->back_size)
		return copy_to_guest(uop, ops, n * (size_t)b->size);
	for (u64 at = b->back; n--; at += b->size)
		if (copy_to_guest(GVA(uop.v + at), ops + at, b->back_size))
			return -EFAULT;
	return 0;
}

/* Not all can be read: do those before. */
static __noinline int run_some(const struct batch *b, gva_t uop, u8 *ops,
			       unsigned int count)
{
	unsigned int n;
	int rc;

	for (n = 0; n < count; n++)
		if (copy_from_guest(ops + n * b->size,
				    GVA(uop.v + n * (u64)b->size), b->size))
			break;
	b->run(ops, n);
	rc = put_ops(b, uop, ops, n);
	return n < count ? -EFAULT : rc;
}

static __noinline int run_batch(const struct batch *b, gva_t uop,
				unsigned int n)
{
	u64 ops[GRANT_BATCH * OP_MAX / sizeof(u64)] __uninitialized;

	if (unlikely(copy_from_guest(ops, uop, n * (size_t)b->size)))
		return run_some(b, uop, (u8 *)ops, n);
	b->run(ops, n);
	return put_ops(b, uop, (u8 *)ops, n);
}

static __noinline long run_batches(unsigned int cmd, gva_t uop,
				   unsigned int count)
{
	const struct batch *b = &batches[cmd];
	int rc;

	while (count > GRANT_BATCH) {
		rc = run_batch(b, uop, GRANT_BATCH);
		if (rc)
			return rc;
		uop.v += GRANT_BATCH * (u64)b->size;
		count -= GRANT_BATCH;
		if (hypercall_preempt())
			return hypercall_restart(cmd, uop.v, count, 0);
	}
	return count ? run_batch(b, uop, count) : 0;
}

long gnttab_op(unsigned int cmd, gva_t uop, unsigned int count)
{
	if ((int)count < 0)
		return -EINVAL;
	if (unlikely(cmd >= ARRAY_SIZE(batches) || !batches[cmd].run))
		return single_op(cmd, uop, count);
	if (likely(count && count <= GRANT_BATCH))
		return run_batch(&batches[cmd], uop, count);
	return run_batches(cmd, uop, count);
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
