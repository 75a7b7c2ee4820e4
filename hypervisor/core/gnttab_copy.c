/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies between frames named by grants or by the caller's own frame numbers.
 * Adjacent operations often name the same page, so each side is kept until
 * another is wanted or the batch ends.
 */
#include "core/gnttab_pin.h"
#include "core/guest_copy.h"
#include "lib/errno.h"
#include "lib/string.h"

/* One page. All functions are made for each direction. */
struct side {
	bool held;
	bool gref;
	u16 domid;
	struct domain *d;	/* held unless it is the caller's */
	u64 id;			/* ref or frame number */
	mfn_t m;
};

static __inlined void side_put(struct side *s, bool write)
{
	s->held = false;
	if (s->gref) {
		spin_lock(&s->d->gnttab.lock);
		grant_release(s->d, s->id, !write, s->m);
		spin_unlock(&s->d->gnttab.lock);
		if (s->d != current->domain)
			domain_put(s->d);
	} else if (write) {
		frame_put_writable_inline(s->m);
	} else {
		frame_put_inline(s->m);
	}
}

static __inlined int get_own(struct side *s, bool write)
{
	bool ok;

	s->m = MFN(s->id);
	ok = write ? frame_get_writable_inline(s->m, s->d->id)
		   : frame_get_inline(s->m, s->d->id);
	if (likely(ok))
		return GNTST_okay;
	/* Ours, but in use as something that must not be written. */
	return write && frame_owner(s->m) == s->d->id ? GNTST_general_error
						      : GNTST_bad_page;
}

static __inlined int get_granted(struct side *s, unsigned int self, bool write)
{
	int rc;

	spin_lock(&s->d->gnttab.lock);
	rc = grant_acquire(s->d, s->id, self, !write, &s->m);
	spin_unlock(&s->d->gnttab.lock);
	return rc;
}

/* Another page than the one it holds. */
static __inlined int side_change(struct side *s, u16 domid, u64 id, bool gref,
				 bool write)
{
	struct domain *self = current->domain;
	int rc;

	if (s->held)
		side_put(s, write);
	s->d = self;
	if (domid != DOMID_SELF && domid != self->id) {
		if (!gref)
			return GNTST_permission_denied;
		s->d = domain_get(domid);
		if (!s->d)
			return GNTST_bad_domain;
	}
	s->gref = gref;
	s->domid = domid;
	s->id = id;
	if (s->d->dying)
		rc = GNTST_bad_domain;
	else
		rc = gref ? get_granted(s, self->id, write)
			  : get_own(s, write);
	s->held = rc == GNTST_okay;
	if (unlikely(rc) && s->d != self)
		domain_put(s->d);
	return rc;
}

static __noinline int source_change(struct side *s, u16 domid, u64 id,
				    bool gref)
{
	return side_change(s, domid, id, gref, false);
}

static __noinline int dest_change(struct side *s, u16 domid, u64 id, bool gref)
{
	return side_change(s, domid, id, gref, true);
}

static inline u64 side_id(const struct gnttab_copy_ptr *p, bool gref)
{
	return gref ? p->u.ref : p->u.gmfn;
}

static inline bool side_is(const struct side *s, u16 domid, u64 id, bool gref)
{
	return s->held && s->gref == gref && s->domid == domid && s->id == id;
}

static __inlined int get_sides(const struct gnttab_copy *op, struct side *src,
			       struct side *dst)
{
	bool gref = op->flags & GNTCOPY_source_gref;
	u64 id = side_id(&op->source, gref);
	int rc = GNTST_okay;

	if (!side_is(src, op->source.domid, id, gref))
		rc = source_change(src, op->source.domid, id, gref);
	gref = op->flags & GNTCOPY_dest_gref;
	id = side_id(&op->dest, gref);
	if (likely(!rc) && !side_is(dst, op->dest.domid, id, gref))
		rc = dest_change(dst, op->dest.domid, id, gref);
	return rc;
}

static inline int copy_one(const struct gnttab_copy *op, struct side *src,
			   struct side *dst)
{
	int rc;

	if ((u32)op->source.offset + op->len > PAGE_SIZE ||
	    (u32)op->dest.offset + op->len > PAGE_SIZE)
		return GNTST_bad_copy_arg;
	rc = get_sides(op, src, dst);
	if (unlikely(rc))
		return rc;
	perf_count(grant_copies);
	perf_add(grant_copy_bytes, op->len);
	memmove((u8 *)mfn_to_virt(dst->m) + op->dest.offset,
		(u8 *)mfn_to_virt(src->m) + op->source.offset, op->len);
	return GNTST_okay;
}

void grant_copy_batch(void *ops, unsigned int n)
{
	struct gnttab_copy *op = ops, *end = op + n;
	struct side src __uninitialized, dst __uninitialized;

	src.held = dst.held = false;
	for (; op < end; op++)
		op->status = copy_one(op, &src, &dst);
	if (src.held)
		side_put(&src, false);
	if (dst.held)
		side_put(&dst, true);
}
