/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Call gates of 32-bit guests.  In long mode the processor knows 64-bit gates
 * only, so those of guests are kept with DPL 0 in their tables: every use
 * faults with the gate's selector as error code, and is done here.  The gate's
 * own DPL is kept where the processor has no use for it, in the RPL of
 * the gate's code selector.
 *
 * Intel SDM volume 3, 5.8.3 to 5.8.5: what a far CALL or JMP through a gate
 * checks and pushes.
 */
#include "core/guest_copy.h"
#include "pv/fetch.h"
#include "pv/gate.h"
#include "pv/internal.h"
#include "pv/segment.h"

#define DESC_TYPE(d)	((d) >> 40 & 0x1f)	/* S and type */
#define DESC_DPL(d)	((d) >> 45 & 3)
#define TYPE_CALL_GATE	0x0c
#define CODE_BIT	0x08			/* of a type with S */
#define CONFORMING_BIT	0x04
#define S_BIT		0x10

struct gate {
	u16 cs;
	u32 eip;
	unsigned int dpl, params;
};

bool pv_gate_fix(u64 *desc)
{
	u64 d = *desc;
	u64 rpl = DESC_DPL(d);

	/* Bits 37-39 are reserved; the target must be the guest's own code. */
	if (d & (7UL << 37) || !(d & 0xfffc0000))
		return false;
	d &= ~(3UL << 45 | 3UL << 16);
	*desc = d | rpl << 16;
	return true;
}

static bool find_gate(const struct vcpu *v, u16 sel, struct gate *g)
{
	u64 d;

	if (!pv_read_descriptor(v, sel, &d) ||
	    DESC_TYPE(d) != TYPE_CALL_GATE || !(d & BIT(47)))
		return false;
	g->cs = d >> 16 & 0xfffc;
	g->dpl = d >> 16 & 3;
	g->eip = (d & 0xffff) | (d >> 48 << 16);
	g->params = d >> 32 & 31;
	return true;
}

/* Is the instruction at fault a far call (or jump) through @sel? */
static bool decode_far(struct vcpu *v, struct regs *r, u16 sel, bool *call,
		       unsigned int *len)
{
	u8 b[7];
	u16 named;
	struct insn in;

	if (!copy_from_guest(b, pv_code_gva(v, r), sizeof(b)) &&
	    (b[0] == 0x9a || b[0] == 0xea)) {
		*call = b[0] == 0x9a;
		*len = sizeof(b);
		named = b[5] | b[6] << 8;
		return (named & ~3) == (sel & ~3);
	}
	if (!pv_fetch(&in, r) || in.map != 1 || in.opcode != 0xff || !in.mem ||
	    (in.reg & 7) < 3 || ((in.reg & 7) != 3 && (in.reg & 7) != 5))
		return false;
	if (copy_from_guest(&named, GVA((u32)(in.ea + 4)), sizeof(named)))
		return false;
	*call = (in.reg & 7) == 3;
	*len = in.len;
	return (named & ~3) == (sel & ~3);
}

static bool push(struct vcpu *v, u64 ss, u32 *sp, u32 value)
{
	*sp -= sizeof(value);
	return !copy_to_guest(pv_segment_gva(v, ss, *sp), &value,
			      sizeof(value));
}

/* From user mode to the kernel's stack: SS, ESP and the parameters first. */
static bool switch_stack(struct vcpu *v, const struct regs *r,
			 const struct gate *g, u64 ss, u32 *sp)
{
	unsigned int i;
	u32 word;

	if (!push(v, ss, sp, r->ss & 0xffff) || !push(v, ss, sp, r->rsp))
		return false;
	for (i = g->params; i > 0; i--) {
		if (copy_from_guest(&word, pv_segment_gva(v, r->ss, r->rsp +
							  (i - 1) * 4), 4) ||
		    !push(v, ss, sp, word))
			return false;
	}
	return true;
}

static bool enter(struct vcpu *v, struct regs *r, const struct gate *g,
		  unsigned int ring, unsigned int len)
{
	bool inner = ring < (r->cs & 3);
	u64 ss = inner ? v->pv.kernel_ss : r->ss;
	u32 sp = inner ? v->pv.kernel_sp : r->rsp;

	if (inner && !switch_stack(v, r, g, ss, &sp))
		return false;
	if (!push(v, ss, &sp, r->cs & 0xffff) || !push(v, ss, &sp, r->rip + len))
		return false;
	r->ss = ss;
	r->rsp = sp;
	return true;
}

/* The ring that the gate leads to, or -1 if @r must not go there. */
static int target_ring(const struct vcpu *v, const struct regs *r,
		       const struct gate *g, bool call)
{
	unsigned int cpl = r->cs & 3, type, dpl;
	u64 d;

	if (!pv_read_descriptor(v, g->cs, &d) || !(d & BIT(47)))
		return -1;
	type = DESC_TYPE(d);
	dpl = DESC_DPL(d);
	if ((type & (S_BIT | CODE_BIT)) != (S_BIT | CODE_BIT) || dpl > cpl ||
	    !dpl)			/* no guest's code is in ring 0 */
		return -1;
	if (type & CONFORMING_BIT)
		return cpl;
	if (!call && dpl != cpl)
		return -1;
	return dpl;
}

bool pv_emulate_gate(struct regs *r)
{
	struct vcpu *v = current;
	u16 sel = r->error_code & 0xfffc;
	unsigned int len;
	struct gate g;
	bool call;
	int ring;

	if (r->error_code & 3 || !find_gate(v, sel, &g) ||
	    !decode_far(v, r, sel, &call, &len) || (r->cs & 3) > g.dpl)
		return false;
	ring = target_ring(v, r, &g, call);
	if (ring < 0)
		return false;
	if (call && !enter(v, r, &g, ring, len)) {
		pv_inject_pf(READ_CR(2), PF_WRITE);
		return true;
	}
	r->cs = g.cs | ring;
	r->rip = g.eip;
	return true;
}
