/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit guests: grant tables.  Most operations look the same to them; those
 * that name frames do not.  Batches of these are translated in pieces of as many
 * operations as are done without a look for other work.
 */
#include <xen/grant_table.h>

#include "core/gnttab.h"
#include "core/guest_copy.h"
#include "hypercall/compat32.h"

/* --- one operation ------------------------------------------------------------- */

#define FIELD(f) C32_FIELD(c32_gnttab_setup_table, gnttab_setup_table, f)

static const struct compat32_field setup_fields[] = {
	FIELD(dom), FIELD(nr_frames), FIELD(status), FIELD(frame_list),
};
#undef FIELD

static const struct compat32_struct setup_layout =
	C32_STRUCT(c32_gnttab_setup_table, gnttab_setup_table, setup_fields);

static long setup_table(gva_t uop, unsigned int count)
{
	struct gnttab_setup_table *op;
	void *native;
	u64 *frames;
	gva_t list;
	long rc;

	if (count != 1)
		return gnttab_op(GNTTABOP_setup_table, uop, count);
	rc = compat32_get(&setup_layout, &native, uop);
	if (rc)
		return rc;
	op = native;
	list = GVA(op->frame_list.p);
	frames = compat32_alloc(GNTTAB_MAX_FRAMES * sizeof(*frames));
	if (!frames)
		return -ENOMEM;
	op->frame_list.p = (xen_pfn_t *)frames;
	rc = gnttab_op(GNTTABOP_setup_table, GVA(op), 1);
	op->frame_list.p = (xen_pfn_t *)list.v;
	if (rc)
		return rc;
	if (op->status == GNTST_okay &&
	    compat32_put_words(list, frames, op->nr_frames) != op->nr_frames)
		op->status = GNTST_bad_virt_addr;
	return compat32_put(&setup_layout, uop, op);
}

#define FIELD(f) \
	C32_FIELD(c32_gnttab_get_status_frames, gnttab_get_status_frames, f)

static const struct compat32_field status_fields[] = {
	FIELD(nr_frames), FIELD(dom), FIELD(status), FIELD(frame_list),
};
#undef FIELD

static const struct compat32_struct status_layout =
	C32_STRUCT(c32_gnttab_get_status_frames, gnttab_get_status_frames,
		   status_fields);

/* Frames of 64-bit numbers; there are none, whoever asks. */
static long get_status_frames(gva_t uop, unsigned int count)
{
	void *op;
	long rc;

	if (count != 1)
		return gnttab_op(GNTTABOP_get_status_frames, uop, count);
	rc = compat32_get(&status_layout, &op, uop);
	if (!rc)
		rc = gnttab_op(GNTTABOP_get_status_frames, GVA(op), 1);
	return rc ? rc : compat32_put(&status_layout, uop, op);
}

/* --- batches --------------------------------------------------------------------- */

static void widen_transfer(void *native, const void *guest)
{
	const struct c32_gnttab_transfer *g = guest;
	struct gnttab_transfer *t = native;

	t->mfn = g->mfn;
	t->domid = g->domid;
	t->ref = g->ref;
	t->status = g->status;
}

/* By hand: backends make many of these. */
static void widen_copy(void *native, const void *guest)
{
	const struct c32_gnttab_copy *g = guest;
	struct gnttab_copy *c = native;

	c->source.u.gmfn = g->source.u;
	c->source.domid = g->source.domid;
	c->source.offset = g->source.offset;
	c->dest.u.gmfn = g->dest.u;
	c->dest.domid = g->dest.domid;
	c->dest.offset = g->dest.offset;
	c->len = g->len;
	c->flags = g->flags;
	c->status = g->status;
}

static const struct batch {
	void (*widen)(void *native, const void *guest);
	u8 size32, size;
	u8 status32, status;		/* offsets */
	u8 back, back_size;		/* what is written back, status and all */
} batches[] = {
	[GNTTABOP_transfer] = {
		widen_transfer,
		sizeof(struct c32_gnttab_transfer),
		sizeof(struct gnttab_transfer),
		offsetof(struct c32_gnttab_transfer, status),
		offsetof(struct gnttab_transfer, status),
		offsetof(struct c32_gnttab_transfer, status), sizeof(s16),
	},
	[GNTTABOP_copy] = {
		widen_copy,
		sizeof(struct c32_gnttab_copy), sizeof(struct gnttab_copy),
		offsetof(struct c32_gnttab_copy, status),
		offsetof(struct gnttab_copy, status),
		offsetof(struct c32_gnttab_copy, len), sizeof(u64),
	},
};

_Static_assert(sizeof(struct c32_gnttab_copy) ==
	       offsetof(struct c32_gnttab_copy, len) + sizeof(u64) &&
	       sizeof(struct c32_gnttab_copy) >=
	       sizeof(struct c32_gnttab_transfer) &&
	       sizeof(struct gnttab_copy) >= sizeof(struct gnttab_transfer),
	       "what follows len is written back; copies are the largest");

/* How many of @n can be read. */
static unsigned int get_piece(const struct batch *b, u8 *guest, gva_t uop,
			      unsigned int n)
{
	unsigned int i;

	if (likely(!copy_from_guest(guest, uop, n * (size_t)b->size32)))
		return n;
	for (i = 0; i < n; i++)
		if (copy_from_guest(guest + i * b->size32,
				    GVA(uop.v + i * b->size32), b->size32))
			break;
	return i;
}

static int put_piece(const struct batch *b, gva_t uop, u8 *guest,
		     const u8 *native, unsigned int n)
{
	for (; n--; guest += b->size32, native += b->size, uop.v += b->size32) {
		*(s16 *)(guest + b->status32) =
			*(const s16 *)(native + b->status);
		if (copy_to_guest(GVA(uop.v + b->back), guest + b->back,
				  b->back_size))
			return -EFAULT;
	}
	return 0;
}

static __noinline long run_piece(u32 cmd, gva_t uop, unsigned int n)
{
	u64 guest[GRANT_BATCH * sizeof(struct c32_gnttab_copy) / 8]
		__uninitialized;
	u64 native[GRANT_BATCH * sizeof(struct gnttab_copy) / 8]
		__uninitialized;
	const struct batch *b = &batches[cmd];
	unsigned int got = get_piece(b, (u8 *)guest, uop, n);

	for (unsigned int i = 0; i < got; i++)
		b->widen((u8 *)native + i * b->size,
			 (u8 *)guest + i * b->size32);
	gnttab_run(cmd, native, got);
	if (put_piece(b, uop, (u8 *)guest, (u8 *)native, got) || got < n)
		return -EFAULT;
	return 0;
}

static long run_batch(u32 cmd, gva_t uop, unsigned int count)
{
	u16 size = batches[cmd].size32;
	unsigned int done = 0, n;
	long rc;

	if ((int)count < 0)
		return -EINVAL;
	while (done < count) {
		gva_t at = GVA(uop.v + done * (u64)size);

		if (done && hypercall_preempt())
			return hypercall_restart(cmd, at.v, count - done, 0);
		n = min(count - done, GRANT_BATCH);
		rc = run_piece(cmd, at, n);
		if (rc)
			return rc;
		done += n;
	}
	return 0;
}

long compat32_grant_table_op(u32 cmd, gva_t uop, unsigned int count)
{
	switch (cmd) {
	case GNTTABOP_setup_table:
		return setup_table(uop, count);
	case GNTTABOP_get_status_frames:
		return get_status_frames(uop, count);
	case GNTTABOP_transfer:
	case GNTTABOP_copy:
		return run_batch(cmd, uop, count);
	default:
		return gnttab_op(cmd, uop, count);
	}
}
