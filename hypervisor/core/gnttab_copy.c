/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies between frames named by grants or by the caller's own frame numbers.
 * Adjacent operations often name the same page, so each side is kept until
 * another is wanted or the batch ends.
 */
#include "core/gnttab_private.h"
#include "core/guest_copy.h"
#include "lib/errno.h"
#include "lib/string.h"

struct side {
	bool held;
	bool gref, write;
	u16 domid;
	struct domain *d;	/* held unless it is the caller's */
	u64 id;			/* ref or frame number */
	mfn_t m;
};

static void side_put(struct side *s)
{
	if (!s->held)
		return;
	s->held = false;
	if (s->gref) {
		spin_lock(&s->d->gnttab.lock);
		grant_release(s->d, s->id, !s->write, s->m);
		spin_unlock(&s->d->gnttab.lock);
	} else if (s->write) {
		frame_put_writable_inline(s->m);
	} else {
		frame_put_inline(s->m);
	}
	if (s->d != current->domain)
		domain_put(s->d);
}

static int get_own(struct side *s)
{
	bool ok;

	s->m = MFN(s->id);
	ok = s->write ? frame_get_writable_inline(s->m, s->d->id)
		      : frame_get_inline(s->m, s->d->id);
	if (likely(ok))
		return GNTST_okay;
	/* Ours, but in use as something that must not be written. */
	return s->write && frame_owner(s->m) == s->d->id ? GNTST_general_error
							 : GNTST_bad_page;
}

static int get_granted(struct side *s, struct domain *self)
{
	int rc;

	spin_lock(&s->d->gnttab.lock);
	rc = grant_acquire(s->d, s->id, self->id, !s->write, &s->m);
	spin_unlock(&s->d->gnttab.lock);
	return rc;
}

/* Another page than the one it holds. */
static int side_change(struct side *s, u16 domid, u64 id, bool gref)
{
	struct domain *self = current->domain;
	int rc;

	side_put(s);
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
		rc = gref ? get_granted(s, self) : get_own(s);
	s->held = rc == GNTST_okay;
	if (unlikely(rc) && s->d != self)
		domain_put(s->d);
	return rc;
}

static inline int side_get(struct side *s, const struct gnttab_copy_ptr *p,
			   bool gref)
{
	u64 id = gref ? p->u.ref : p->u.gmfn;

	if (s->held && s->gref == gref && s->domid == p->domid && s->id == id)
		return GNTST_okay;
	return side_change(s, p->domid, id, gref);
}

static inline int copy_one(const struct gnttab_copy *op, struct side *src,
			   struct side *dst)
{
	int rc;

	if ((u32)op->source.offset + op->len > PAGE_SIZE ||
	    (u32)op->dest.offset + op->len > PAGE_SIZE)
		return GNTST_bad_copy_arg;
	rc = side_get(src, &op->source, op->flags & GNTCOPY_source_gref);
	if (!rc)
		rc = side_get(dst, &op->dest, op->flags & GNTCOPY_dest_gref);
	if (rc)
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
	src.write = false;
	dst.write = true;
	for (; op < end; op++)
		op->status = copy_one(op, &src, &dst);
	side_put(&src);
	side_put(&dst);
}
