/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit guests: mmuext_op.  The list is translated in pieces.  How many
 * operations of a piece were done the handler says as it says it to a guest: in
 * the word at "done", here one in the translation area.
 */
#include "core/guest_copy.h"
#include "hypercall/compat32.h"

#define PIECE		64U
#define CONTINUED	(1U << 31)	/* in the count: "done" goes on */

struct piece {
	u32 done;
	struct mmuext_op ops[];
};

static const struct compat32_field fields[] = {
	C32_FIELD(c32_mmuext_op, mmuext_op, cmd),
	C32_FIELD(c32_mmuext_op, mmuext_op, arg1),
	C32_FIELD(c32_mmuext_op, mmuext_op, arg2),
};

static const struct compat32_struct layout =
	C32_STRUCT(c32_mmuext_op, mmuext_op, fields);

/* *n: operations to do, then those done. */
static long run_piece(gva_t ops, unsigned int *n, u32 foreign)
{
	unsigned int i, count = *n;
	struct c32_mmuext_op op __uninitialized;
	struct piece *p;
	long rc;

	compat32_reset();
	*n = 0;
	p = compat32_room(sizeof(*p) + count * sizeof(p->ops[0]));
	if (!p)
		return -ENOMEM;
	p->done = 0;
	for (i = 0; i < count; i++) {
		if (copy_elem_from_guest(&op, ops, i))
			break;
		compat32_widen(&layout, &p->ops[i], &op);
	}
	rc = pv_mmuext_op(GVA(p->ops), i, GVA(&p->done), foreign);
	*n = rc ? min(p->done, i) : i;
	if (hypercall_take_restart(rc))
		return -ERESTART;
	return !rc && i < count ? -EFAULT : rc;
}

long compat32_mmuext_op(gva_t ops, unsigned int count, gva_t done,
			u32 foreign)
{
	const size_t size = sizeof(struct c32_mmuext_op);
	unsigned int n = 0, some;
	u32 total = 0;
	long rc;

	if (count & CONTINUED) {
		count &= ~CONTINUED;
		if (done.v && copy_from_guest(&total, done, sizeof(total)))
			return -EFAULT;
	}
	/* Even an empty list may have a table to finish. */
	do {
		some = min(count - n, PIECE);
		rc = run_piece(GVA(ops.v + n * size), &some, foreign);
		n += some;
	} while (!rc && n < count);
	total += n;
	if (done.v && copy_to_guest(done, &total, sizeof(total)) &&
	    rc != -ERESTART)
		rc = -EFAULT;
	if (rc == -ERESTART)
		return hypercall_restart(ops.v + n * size,
					 (count - n) | CONTINUED,
					 done.v, foreign);
	return rc;
}
