/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit guests: memory_op.  Lists of frames are translated in pieces, for each
 * of which the handler is called; the guest's command has the first extent still
 * to be done when a call is preempted, as in memory.c.
 */
#include <xen/memory.h>

#include "core/guest_copy.h"
#include "hypercall/compat32.h"

#define CMD_BITS	6
#define PIECE		256U

#define FIELD(f) \
	C32_FIELD(c32_memory_reservation, xen_memory_reservation, f)

static const struct compat32_field reservation_fields[] = {
	FIELD(extent_start), FIELD(nr_extents), FIELD(extent_order),
	FIELD(mem_flags), FIELD(domid),
};
#undef FIELD

static const struct compat32_struct reservation_layout =
	C32_STRUCT(c32_memory_reservation, xen_memory_reservation,
		   reservation_fields);

/* --- reservations ---------------------------------------------------------------- */

struct piece {
	struct xen_memory_reservation r;
	u64 list[];
};

static u32 extents_done(long rc, u32 asked, bool *again)
{
	const struct hypercall_again *a = hypercall_take_restart(rc);
	u64 done = a ? a->args[0] >> CMD_BITS : (u64)rc;

	*again = a != NULL;
	return done <= asked ? (u32)done : 0;
}

/* @n extents from number @first on: how many of them were done. */
static u32 run_piece(unsigned int op, const struct c32_memory_reservation *r,
		     u32 first, u32 n, bool *again)
{
	gva_t list = GVA(r->extent_start + first * (u64)sizeof(u32));
	struct piece *p;

	compat32_reset();
	p = compat32_room(sizeof(*p) + n * sizeof(p->list[0]));
	if (!p)
		return 0;
	compat32_widen(&reservation_layout, &p->r, r);
	if (op != XENMEM_increase_reservation)
		n = compat32_get_words(p->list, list, n);
	p->r.extent_start.p = (xen_pfn_t *)p->list;
	p->r.nr_extents = n;
	n = extents_done(hc_memory_op(op, GVA(&p->r)), n, again);
	if (op == XENMEM_decrease_reservation || !r->extent_start)
		return n;
	return compat32_put_words(list, p->list, n);
}

static long reservation(unsigned int op, u32 start, gva_t arg)
{
	struct c32_memory_reservation r;
	u32 done = start, n, some = 0;

	if (copy_from_guest(&r, arg, sizeof(r)) ||
	    r.nr_extents > ~0U >> CMD_BITS)
		return start;
	for (; done < r.nr_extents; done += some) {
		bool again = done > start && hypercall_preempt();

		n = min(r.nr_extents - done, PIECE);
		if (!again) {
			some = run_piece(op, &r, done, n, &again);
			if (again)
				done += some;
		}
		if (again)
			return hypercall_restart(op | done << CMD_BITS, arg.v,
						 0, 0);
		if (some < n)
			return done + some;
	}
	return done;
}

/* --- one structure in, one out ------------------------------------------------------ */

#define FIELD(f) C32_FIELD(c32_memory_map, xen_memory_map, f)

static const struct compat32_field map_fields[] = {
	FIELD(nr_entries), FIELD(buffer),
};
#undef FIELD

static const struct compat32_struct map_layout =
	C32_STRUCT(c32_memory_map, xen_memory_map, map_fields);

#define FIELD(f) C32_FIELD(c32_foreign_memory_map, xen_foreign_memory_map, f)

static const struct compat32_field foreign_map_fields[] = {
	FIELD(domid), FIELD(map.nr_entries), FIELD(map.buffer),
};
#undef FIELD

static const struct compat32_struct foreign_map_layout =
	C32_STRUCT(c32_foreign_memory_map, xen_foreign_memory_map,
		   foreign_map_fields);

/* Entries of memory maps are alike: buffers stay where the guest has them. */
static const struct {
	const struct compat32_struct *layout;
	bool out;
} simple[] = {
	[XENMEM_memory_map] = { &map_layout, true },
	[XENMEM_machine_memory_map] = { &map_layout, true },
	[XENMEM_set_memory_map] = { &foreign_map_layout, false },
	[XENMEM_claim_pages] = { &reservation_layout, false },
};

static long simple_op(unsigned int op, gva_t arg)
{
	void *native;
	long rc = compat32_get(simple[op].layout, &native, arg);

	if (!rc)
		rc = hc_memory_op(op, GVA(native));
	if (!rc && simple[op].out)
		rc = compat32_put(simple[op].layout, arg, native);
	return rc;
}

/* --- others --------------------------------------------------------------------------- */

#define FIELD(f) \
	C32_FIELD(c32_mem_acquire_resource, xen_mem_acquire_resource, f)

static const struct compat32_field resource_fields[] = {
	FIELD(domid), FIELD(type), FIELD(id), FIELD(nr_frames), FIELD(pad),
	FIELD(frame), FIELD(frame_list),
};
#undef FIELD

static const struct compat32_struct resource_layout =
	C32_STRUCT(c32_mem_acquire_resource, xen_mem_acquire_resource,
		   resource_fields);

/* Without a list it asks how many frames there are. */
static long acquire_resource(gva_t arg)
{
	struct xen_mem_acquire_resource *r;
	void *native;
	gva_t list;
	u64 *frames;
	long rc = compat32_get(&resource_layout, &native, arg);

	if (rc)
		return rc;
	r = native;
	list = GVA(r->frame_list.p);
	frames = compat32_alloc(GNTTAB_MAX_FRAMES * sizeof(*frames));
	if (!frames)
		return -ENOMEM;
	if (list.v)
		r->frame_list.p = (xen_pfn_t *)frames;
	rc = hc_memory_op(XENMEM_acquire_resource, GVA(r));
	if (rc)
		return rc;
	if (!list.v)
		return compat32_put(&resource_layout, arg, r);
	return compat32_put_words(list, frames, r->nr_frames) == r->nr_frames ?
	       0 : -EFAULT;
}

static long machphys_mapping(gva_t arg)
{
	u64 start, end, max_mfn;
	struct c32_machphys_mapping m;

	pv_compat_m2p(&start, &end, &max_mfn);
	m = (struct c32_machphys_mapping){
		(u32)start, (u32)end, (u32)max_mfn
	};
	return copy_to_guest(arg, &m, sizeof(m));
}

long compat32_memory_op(u32 cmd, gva_t arg)
{
	unsigned int op = cmd & ((1U << CMD_BITS) - 1);

	switch (op) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return reservation(op, cmd >> CMD_BITS, arg);
	case XENMEM_exchange:
		return compat32_exchange(arg);
	case XENMEM_machphys_mapping:
		return machphys_mapping(arg);
	case XENMEM_acquire_resource:
		return acquire_resource(arg);
	}
	if (op < ARRAY_SIZE(simple) && simple[op].layout)
		return simple_op(op, arg);
	return hc_memory_op(cmd, arg);
}
