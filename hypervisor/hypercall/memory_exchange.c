/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XENMEM_exchange: frames of the caller's choice are given up for others, of
 * another size or below an address limit.  Done in chunks, each of them all or
 * nothing: 2^chunk frames in, as many out.
 */
#include <xen/memory.h>

#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/memory.h"
#include "hypercall/memory.h"
#include "mm/heap.h"

#define MAX_CHUNK	9

struct exchange {
	struct domain *d;
	struct xen_memory_exchange x;
	unsigned int chunk;		/* order of a chunk */
	unsigned int n;			/* frames stolen in this chunk */
	mfn_t in[1 << MAX_CHUNK];
	unsigned int out_n;		/* extents allocated in this chunk */
	mfn_t out[1 << MAX_CHUNK];
	u64 pfn[1 << MAX_CHUNK];
};

static int check(const struct xen_memory_exchange *x)
{
	const struct xen_memory_reservation *in = &x->in, *out = &x->out;

	if (in->domid != out->domid || in->extent_order > MAX_CHUNK ||
	    out->extent_order > MAX_CHUNK ||
	    in->nr_extents > 1UL << 40 || out->nr_extents > 1UL << 40 ||
	    in->nr_extents << in->extent_order !=
	    out->nr_extents << out->extent_order ||
	    x->nr_exchanged > in->nr_extents)
		return -EINVAL;
	return 0;
}

static int steal(struct exchange *e, u64 first)
{
	unsigned int order = e->x.in.extent_order;
	u64 mfn = 0;
	int rc;

	for (e->n = 0; e->n < 1U << e->chunk; e->n++) {
		unsigned int in_extent = e->n & ((1U << order) - 1);

		if (!in_extent &&
		    copy_elem_from_guest(&mfn, GVA(e->x.in.extent_start.p),
					 (first + e->n) >> order))
			return -EFAULT;
		e->in[e->n] = MFN(mfn + in_extent);
		rc = memory_steal(e->d, e->in[e->n]);
		if (rc)
			return rc;
	}
	return 0;
}

static int allocate(struct exchange *e, u64 first)
{
	const struct xen_memory_reservation *out = &e->x.out;
	unsigned int bits = XENMEMF_get_address_bits(out->mem_flags);
	unsigned int count = 1U << (e->chunk - out->extent_order);

	for (e->out_n = 0; e->out_n < count; e->out_n++) {
		unsigned int i = e->out_n;

		if (copy_elem_from_guest(&e->pfn[i],
					 GVA(out->extent_start.p),
					 (first >> out->extent_order) + i))
			return -EFAULT;
		e->out[i] = heap_alloc(out->extent_order,
				       m2p32_addr_bits(e->d->pv.is_32bit,
						       bits));
		if (mfn_eq(e->out[i], INVALID_MFN))
			return -ENOMEM;
	}
	return 0;
}

/* All the new frames' numbers first: that can fail. */
static int tell(struct exchange *e, u64 first)
{
	const struct xen_memory_reservation *out = &e->x.out;

	for (unsigned int i = 0; i < e->out_n; i++) {
		u64 mfn = e->out[i].v;

		if (copy_elem_to_guest(GVA(out->extent_start.p),
				       (first >> out->extent_order) + i, &mfn))
			return -EFAULT;
	}
	return 0;
}

static void undo(struct exchange *e, u64 first)
{
	const struct xen_memory_reservation *out = &e->x.out;

	while (e->n--)
		memory_unsteal(e->d, e->in[e->n]);
	while (e->out_n--) {
		heap_free(e->out[e->out_n], out->extent_order);
		if (copy_elem_to_guest(GVA(out->extent_start.p),
				       (first >> out->extent_order) + e->out_n,
				       &e->pfn[e->out_n]))
			continue;
	}
}

/* The stolen frames' promises pay for the new ones; a dying domain gets none. */
static void commit(struct exchange *e)
{
	unsigned int order = e->x.out.extent_order;

	for (unsigned int i = 0; i < e->n; i++)
		memory_free_stolen(e->in[i]);
	for (unsigned int i = 0; i < e->out_n; i++)
		memory_assign(e->d, e->out[i], order, e->pfn[i]);
}

static int exchange_chunk(struct exchange *e, u64 first)
{
	int rc;

	e->n = e->out_n = 0;
	rc = steal(e, first);
	if (!rc)
		rc = allocate(e, first);
	if (!rc)
		rc = tell(e, first);
	if (rc) {
		undo(e, first);
		return rc;
	}
	commit(e);
	return 0;
}

static int exchange_all(struct exchange *e)
{
	struct xen_memory_exchange *x = &e->x;
	u64 extents = 1UL << (e->chunk - x->in.extent_order);
	bool progress = false;
	int rc;

	while (x->nr_exchanged < x->in.nr_extents) {
		if (progress && hypercall_preempt())
			return -ERESTART;
		rc = exchange_chunk(e, x->nr_exchanged << x->in.extent_order);
		if (rc)
			return rc;
		x->nr_exchanged += extents;
		progress = true;
	}
	return 0;
}

static long run(struct exchange *e, gva_t arg)
{
	struct xen_memory_exchange *x = &e->x;
	gva_t field = GVA(arg.v + offsetof(struct xen_memory_exchange,
					   nr_exchanged));
	int rc;

	if (copy_from_guest(x, arg, sizeof(*x)))
		return -EFAULT;
	rc = check(x);
	if (rc)
		return rc;
	e->chunk = max(x->in.extent_order, x->out.extent_order);
	if ((x->nr_exchanged << x->in.extent_order | x->in.nr_extents <<
	     x->in.extent_order) & ((1UL << e->chunk) - 1))
		return -EINVAL;
	e->d = domain_get_target(x->in.domid, &rc);
	if (!e->d)
		return rc;
	rc = exchange_all(e);
	domain_put(e->d);
	if (copy_to_guest(field, &x->nr_exchanged, sizeof(x->nr_exchanged)))
		return -EFAULT;
	if (rc == -ERESTART)
		return hypercall_restart(XENMEM_exchange, arg.v, 0, 0);
	return rc;
}

long memory_exchange(gva_t arg)
{
	struct exchange *e = heap_zalloc(sizeof(*e));
	long rc;

	if (!e)
		return -ENOMEM;
	rc = run(e, arg);
	heap_zfree(e);
	return rc;
}
