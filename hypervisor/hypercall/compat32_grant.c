/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit guests: grant tables.  Most operations look the same to them; those
 * that name frames do not.  Batches are translated in pieces of as many
 * operations as gnttab_op() does without a look for other work.
 */
#include <xen/grant_table.h>

#include "core/gnttab.h"
#include "core/guest_copy.h"
#include "hypercall/compat32.h"

#define PIECE	32U

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

#define FIELD(f) C32_FIELD(c32_gnttab_transfer, gnttab_transfer, f)

static const struct compat32_field transfer_fields[] = {
	FIELD(mfn), FIELD(domid), FIELD(ref), FIELD(status),
};
#undef FIELD

#define FIELD(f) C32_FIELD(c32_gnttab_copy, gnttab_copy, f)

static const struct compat32_field copy_fields[] = {
	FIELD(source.u), FIELD(source.domid), FIELD(source.offset),
	FIELD(dest.u), FIELD(dest.domid), FIELD(dest.offset),
	FIELD(len), FIELD(flags), FIELD(status),
};
#undef FIELD

static const struct batch {
	struct compat32_struct layout;
	u16 status32, status;		/* offsets */
} batches[] = {
	[GNTTABOP_transfer] = {
		C32_STRUCT(c32_gnttab_transfer, gnttab_transfer,
			   transfer_fields),
		offsetof(struct c32_gnttab_transfer, status),
		offsetof(struct gnttab_transfer, status),
	},
	[GNTTABOP_copy] = {
		C32_STRUCT(c32_gnttab_copy, gnttab_copy, copy_fields),
		offsetof(struct c32_gnttab_copy, status),
		offsetof(struct gnttab_copy, status),
	},
};

static unsigned int get_piece(const struct batch *b, u8 *native, gva_t uop,
			      unsigned int n)
{
	u8 guest[sizeof(struct c32_gnttab_copy)];

	for (unsigned int i = 0; i < n; i++) {
		if (copy_from_guest(guest,
				    GVA(uop.v + i * b->layout.from_size),
				    b->layout.from_size))
			return i;
		compat32_widen(&b->layout, native + i * b->layout.to_size,
			       guest);
	}
	return n;
}

static int put_statuses(const struct batch *b, gva_t uop, const u8 *native,
			unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (copy_to_guest(GVA(uop.v + i * b->layout.from_size +
				      b->status32),
				  native + i * b->layout.to_size + b->status,
				  sizeof(s16)))
			return -EFAULT;
	return 0;
}

static long run_piece(u32 cmd, gva_t uop, unsigned int n)
{
	const struct batch *b = &batches[cmd];
	unsigned int got;
	u8 *native;
	long rc;

	compat32_reset();
	native = compat32_alloc(n * (size_t)b->layout.to_size);
	if (!native)
		return -ENOMEM;
	got = get_piece(b, native, uop, n);
	rc = gnttab_op(cmd, GVA(native), got);
	if (!rc)
		rc = put_statuses(b, uop, native, got);
	return !rc && got < n ? -EFAULT : rc;
}

static long run_batch(u32 cmd, gva_t uop, unsigned int count)
{
	u16 size = batches[cmd].layout.from_size;
	unsigned int done = 0, n;
	long rc;

	if ((int)count < 0)
		return -EINVAL;
	while (done < count) {
		gva_t at = GVA(uop.v + done * (u64)size);

		if (done && hypercall_preempt())
			return hypercall_restart(cmd, at.v, count - done, 0);
		n = min(count - done, PIECE);
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
