/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit guests: XENMEM_exchange.  The handler works on pieces of up to 512
 * frames whose lists fit into the translation area; nr_exchanged in the guest's
 * structure is where the next piece, or a restarted call, goes on.
 */
#include <xen/memory.h>

#include "core/guest_copy.h"
#include "hypercall/compat32.h"
#include "hypercall/memory.h"

#define MAX_ORDER	9
#define PIECE		(1U << MAX_ORDER)	/* frames */

struct piece {
	struct xen_memory_exchange x;
	u64 in[PIECE], out[PIECE];
};

/* The handler's own rules, as they are for the whole. */
static int check(const struct c32_memory_exchange *g)
{
	const struct c32_memory_reservation *in = &g->in, *out = &g->out;
	unsigned int order = max(in->extent_order, out->extent_order);
	u64 mask = (1UL << (order & 63)) - 1;

	if (in->domid != out->domid || order > MAX_ORDER ||
	    (u64)in->nr_extents << in->extent_order !=
	    (u64)out->nr_extents << out->extent_order ||
	    g->nr_exchanged > in->nr_extents)
		return -EINVAL;
	if ((((u64)g->nr_exchanged | in->nr_extents) << in->extent_order) &
	    mask)
		return -EINVAL;
	return 0;
}

static void fill(struct xen_memory_reservation *r,
		 const struct c32_memory_reservation *g, u64 *list, u32 n)
{
	r->extent_start.p = (xen_pfn_t *)list;
	r->nr_extents = n;
	r->extent_order = g->extent_order;
	r->mem_flags = g->mem_flags;
	r->domid = g->domid;
}

static gva_t element(const struct c32_memory_reservation *g, u64 i)
{
	return GVA(g->extent_start + i * sizeof(u32));
}

/*
 * @frames frames from number @first on: *exchanged says how many of them.  The
 * list of results is written once before, with what is in it: a guest whose
 * list is read-only would lose its frames otherwise.
 */
static long run_piece(const struct c32_memory_exchange *g, u64 first,
		      u32 frames, u32 *exchanged)
{
	u32 in_n = frames >> g->in.extent_order;
	u32 out_n = frames >> g->out.extent_order;
	gva_t in = element(&g->in, first >> g->in.extent_order);
	gva_t out = element(&g->out, first >> g->out.extent_order);
	struct piece *p;
	long rc;

	*exchanged = 0;
	compat32_reset();
	p = compat32_alloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	if (compat32_get_words(p->in, in, in_n) != in_n ||
	    compat32_get_words(p->out, out, out_n) != out_n ||
	    compat32_put_words(out, p->out, out_n) != out_n)
		return -EFAULT;
	fill(&p->x.in, &g->in, p->in, in_n);
	fill(&p->x.out, &g->out, p->out, out_n);
	rc = memory_exchange(GVA(&p->x));
	if (hypercall_take_restart(rc))
		rc = -ERESTART;
	*exchanged = (u32)p->x.nr_exchanged << g->in.extent_order;
	out_n = *exchanged >> g->out.extent_order;
	if (compat32_put_words(out, p->out, out_n) != out_n)
		return -EFAULT;
	return rc;
}

static long run(struct c32_memory_exchange *g)
{
	u64 total = (u64)g->in.nr_extents << g->in.extent_order;
	u64 done = (u64)g->nr_exchanged << g->in.extent_order;
	bool progress = false;
	u32 some;
	long rc = 0;

	while (!rc && done < total) {
		if (progress && hypercall_preempt())
			return -ERESTART;
		rc = run_piece(g, done, min(total - done, (u64)PIECE), &some);
		done += some;
		g->nr_exchanged = done >> g->in.extent_order;
		progress = true;
		if (!rc && !some)
			rc = -EINVAL;
	}
	return rc;
}

long compat32_exchange(gva_t arg)
{
	gva_t field = GVA(arg.v + offsetof(struct c32_memory_exchange,
					   nr_exchanged));
	struct c32_memory_exchange g;
	long rc;

	if (copy_from_guest(&g, arg, sizeof(g)))
		return -EFAULT;
	rc = check(&g);
	if (rc)
		return rc;
	rc = run(&g);
	if (copy_to_guest(field, &g.nr_exchanged, sizeof(g.nr_exchanged)))
		return -EFAULT;
	return rc == -ERESTART ? hypercall_restart_same() : rc;
}
