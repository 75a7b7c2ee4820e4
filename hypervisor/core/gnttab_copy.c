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
	struct domain *d;	/* held */
	u16 domid;
	u64 id;			/* ref or frame number */
	mfn_t m;
};

static void side_put(struct side *s)
{
	if (!s->held)
		return;
	s->held = false;
	if (s->gref)
		grant_release(s->d, s->id, !s->write, s->m);
	else if (s->write)
		frame_put_writable(s->m);
	else
		frame_put(s->m);
	domain_put(s->d);
}

static int get_own(struct side *s)
{
	bool ok;

	s->m = MFN(s->id);
	ok = s->write ? frame_get_writable(s->m, s->d->id)
		      : frame_get(s->m, s->d->id);
	if (ok)
		return GNTST_okay;
	/* Ours, but in use as something that must not be written. */
	return s->write && frame_owner(s->m) == s->d->id ? GNTST_general_error
							 : GNTST_bad_page;
}

static int side_get(struct side *s, const struct gnttab_copy_ptr *p, bool gref)
{
	struct domain *self = current->domain;
	u64 id = gref ? p->u.ref : p->u.gmfn;
	int rc;

	if (s->held && s->gref == gref && s->domid == p->domid && s->id == id)
		return GNTST_okay;
	side_put(s);
	if (p->domid == DOMID_SELF || p->domid == self->id) {
		domain_hold(self);
		s->d = self;
	} else {
		if (!gref)
			return GNTST_permission_denied;
		s->d = domain_get(p->domid);
	}
	if (!s->d)
		return GNTST_bad_domain;
	s->gref = gref;
	s->domid = p->domid;
	s->id = id;
	if (s->d->dying)
		rc = GNTST_bad_domain;
	else if (gref)
		rc = grant_acquire(s->d, id, self->id, !s->write, &s->m);
	else
		rc = get_own(s);
	s->held = rc == GNTST_okay;
	if (rc)
		domain_put(s->d);
	return rc;
}

static int copy_one(const struct gnttab_copy *op, struct side *src,
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

int grant_copy_batch(gva_t uop, unsigned int count)
{
	struct side src = { .write = false }, dst = { .write = true };
	struct gnttab_copy op;
	int rc = 0;

	for (unsigned int i = 0; i < count && !rc; i++) {
		if (copy_elem_from_guest(&op, uop, i)) {
			rc = -EFAULT;
			break;
		}
		op.status = copy_one(&op, &src, &dst);
		if (copy_to_guest(GVA(uop.v + i * sizeof(op) +
				      offsetof(struct gnttab_copy, status)),
				  &op.status, sizeof(op.status)))
			rc = -EFAULT;
	}
	side_put(&src);
	side_put(&dst);
	return rc;
}
