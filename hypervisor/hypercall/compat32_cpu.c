/* SPDX-License-Identifier: BSD-2-Clause */
/* 32-bit guests: trap tables, descriptor tables, callbacks, single mappings. */
#include <xen/callback.h>

#include "core/guest_copy.h"
#include "hypercall/compat32.h"

#define TRAPS	256

long compat32_set_trap_table(gva_t table)
{
	struct trap_info *t;
	unsigned int i;
	long rc = 0;

	if (!table.v)
		return pv_set_trap_table(table);
	t = compat32_alloc((TRAPS + 1) * sizeof(*t));
	if (!t)
		return -ENOMEM;
	for (i = 0; i < TRAPS; i++) {
		struct c32_trap_info e;

		rc = copy_elem_from_guest(&e, table, i);
		if (rc || !e.address)
			break;
		t[i] = (struct trap_info){
			.vector = e.vector, .flags = e.flags, .cs = e.cs,
			.address = e.address,
		};
	}
	/* What could be read before a fault holds. */
	return pv_set_trap_table(GVA(t)) ?: rc;
}

long compat32_set_gdt(gva_t frames, unsigned int entries)
{
	unsigned int n = DIV_UP((u64)entries, 512);
	u64 *list;

	if (n > PV_GDT_FRAMES)
		return -EINVAL;
	list = compat32_alloc(PV_GDT_FRAMES * sizeof(*list));
	if (!list)
		return -ENOMEM;
	if (compat32_get_words(list, frames, n) != n)
		return -EFAULT;
	return pv_set_gdt(GVA(list), entries);
}

/* A selector stands in the upper half of its address, see pv.h. */
static u64 entry_point(u32 cs, u32 eip)
{
	return (u64)cs << 32 | eip;
}

long compat32_set_callbacks(u32 event_cs, u32 event_eip, u32 failsafe_cs,
			    u32 failsafe_eip)
{
	return pv_set_callbacks(entry_point(event_cs, event_eip),
				entry_point(failsafe_cs, failsafe_eip), 0);
}

long compat32_callback_op(int cmd, gva_t arg)
{
	struct c32_callback_register g;
	struct callback_register *c;

	if (cmd != CALLBACKOP_register)
		return pv_callback_op(cmd, arg);
	if (copy_from_guest(&g, arg, sizeof(g)))
		return -EFAULT;
	c = compat32_alloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->type = g.type;
	c->flags = g.flags;
	c->address = entry_point(g.address.cs, g.address.eip);
	return pv_callback_op(cmd, GVA(c));
}

long compat32_vm_assist(u32 cmd, u32 type)
{
	/* Their words have no more bits for assists. */
	return type < 32 ? pv_vm_assist(cmd, type) : -EINVAL;
}
