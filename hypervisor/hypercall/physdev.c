/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * physdev_op: dom0's interrupts and PCI devices, and port rights.
 *
 * Each sub-operation is a row of the table: how large its argument is, whether
 * it is copied back, who may call it.
 */
#include <xen/xen.h>
#include <xen/physdev.h>

#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/pirq.h"
#include "hypercall/hypercall.h"
#include "x86/pci.h"

union physdev_arg {
	struct physdev_eoi eoi;
	struct physdev_irq_status_query status;
	struct physdev_set_iopl iopl;
	struct physdev_set_iobitmap iobitmap;
	struct physdev_apic apic;
	struct physdev_irq irq;
	struct physdev_map_pirq map;
	struct physdev_unmap_pirq unmap;
	struct physdev_manage_pci pci;
	struct physdev_manage_pci_ext pci_ext;
	struct physdev_setup_gsi gsi;
	struct physdev_get_free_pirq free;
	struct physdev_pci_mmcfg_reserved mmcfg;
	struct physdev_pci_device device;
	struct physdev_dbgp_op dbgp;
	/* The fixed part of physdev_pci_device_add. */
	struct {
		u16 seg;
		u8 bus, devfn;
		u32 flags;
		u8 physfn[2];
	} add;
};

static long op_eoi(union physdev_arg *a)
{
	return pirq_eoi(current->domain, a->eoi.irq);
}

static long op_status(union physdev_arg *a)
{
	if (a->status.irq >= NR_PIRQS)
		return -EINVAL;
	a->status.flags = pirq_needs_eoi(current->domain, a->status.irq) ?
			  XENIRQSTAT_needs_eoi : 0;
	return 0;
}

static long op_set_iopl(union physdev_arg *a)
{
	return pv_set_iopl(current, a->iopl.iopl);
}

static long op_set_iobitmap(union physdev_arg *a)
{
	u64 map = (u64)a->iobitmap.bitmap.p;

	if (a->iobitmap.nr_ports > 65536 ||
	    !gva_allowed(map, DIV_UP(a->iobitmap.nr_ports, 8U)))
		return -EINVAL;
	current->pv.iobmp = GVA(map);
	current->pv.iobmp_ports = a->iobitmap.nr_ports;
	return 0;
}

static long op_apic_read(union physdev_arg *a)
{
	return ioapic_guest_read(a->apic.apic_physbase, a->apic.reg,
				 &a->apic.value);
}

/* Lines are set up by PHYSDEVOP_setup_gsi; raw writes change nothing. */
static long op_apic_write(union physdev_arg *a)
{
	u32 unused;

	return ioapic_guest_read(a->apic.apic_physbase, a->apic.reg, &unused);
}

/* A relic: the vector is ours to choose; the number is only told back. */
static long op_alloc_vector(union physdev_arg *a)
{
	int pirq = a->irq.irq;
	long err = pirq_map_gsi(current->domain, a->irq.irq, &pirq);

	a->irq.vector = a->irq.irq;
	return err;
}

static long op_nothing(union physdev_arg *a)
{
	(void)a;
	return 0;
}

static long map_msi(struct physdev_map_pirq *m)
{
	struct pirq_msi msi = {
		.seg = m->type == MAP_PIRQ_TYPE_MSI ? 0 : (u32)m->bus >> 16,
		.bus = m->bus,
		.devfn = m->devfn,
		.entry = m->entry_nr,
		.count = 1,
		.table = MADDR(m->table_base),
	};

	if (m->entry_nr < 0)
		return -EINVAL;
	if (m->type == MAP_PIRQ_TYPE_MULTI_MSI) {
		if (m->table_base || m->entry_nr <= 0 || m->entry_nr > 32)
			return -EINVAL;
		msi.entry = 0;
		while (msi.count < (u32)m->entry_nr)
			msi.count *= 2;
	}
	return pirq_map_msi(current->domain, &msi, &m->pirq);
}

static long op_map(union physdev_arg *a)
{
	struct physdev_map_pirq *m = &a->map;

	/* Interrupts of devices go to dom0 only; there is no passthrough. */
	if (m->domid != DOMID_SELF && m->domid != current->domain->id)
		return -EOPNOTSUPP;
	switch (m->type) {
	case MAP_PIRQ_TYPE_GSI:
		return pirq_map_gsi(current->domain, m->index, &m->pirq);
	case MAP_PIRQ_TYPE_MSI:
	case MAP_PIRQ_TYPE_MSI_SEG:
	case MAP_PIRQ_TYPE_MULTI_MSI:
		return map_msi(m);
	default:
		return -EINVAL;
	}
}

static long op_unmap(union physdev_arg *a)
{
	if (a->unmap.domid != DOMID_SELF &&
	    a->unmap.domid != current->domain->id)
		return -EOPNOTSUPP;
	return pirq_unmap(current->domain, a->unmap.pirq);
}

static long op_setup_gsi(union physdev_arg *a)
{
	if (a->gsi.gsi < 0 || a->gsi.triggering > 1 || a->gsi.polarity > 1)
		return -EINVAL;
	return ioapic_setup(a->gsi.gsi, a->gsi.triggering, a->gsi.polarity);
}

static long op_free_pirq(union physdev_arg *a)
{
	int n = pirq_free_number(current->domain);

	if (n < 0)
		return n;
	a->free.pirq = n;
	return 0;
}

static bool device_present(u16 seg, u8 bus, u8 devfn)
{
	return pci_read16(seg, bus, devfn, 0) != 0xffff;
}

/* Devices need no record here: what MSI needs is read from them. */
static long op_device_add(union physdev_arg *a)
{
	return device_present(a->add.seg, a->add.bus, a->add.devfn) ?
	       0 : -ENODEV;
}

static long op_restore_msi(union physdev_arg *a)
{
	return pirq_restore_msi(current->domain, a->device.seg, a->device.bus,
				a->device.devfn);
}

static long op_restore_msi_old(union physdev_arg *a)
{
	return pirq_restore_msi(current->domain, 0, a->pci.bus, a->pci.devfn);
}

#define ARG(m)	sizeof(((union physdev_arg *)0)->m)

static const struct physdev_op_row {
	long (*fn)(union physdev_arg *a);
	u8 size;
	bool out;		/* copied back */
	bool anyone;		/* not only dom0 */
} ops[] = {
	[PHYSDEVOP_eoi] = { op_eoi, ARG(eoi), false, true },
	[PHYSDEVOP_irq_status_query] = { op_status, ARG(status), true, true },
	[PHYSDEVOP_set_iopl] = { op_set_iopl, ARG(iopl), false, true },
	[PHYSDEVOP_set_iobitmap] = { op_set_iobitmap, ARG(iobitmap), false,
				     true },
	[PHYSDEVOP_apic_read] = { op_apic_read, ARG(apic), true, false },
	[PHYSDEVOP_apic_write] = { op_apic_write, ARG(apic), false, false },
	[PHYSDEVOP_alloc_irq_vector] = { op_alloc_vector, ARG(irq), true,
					 false },
	[PHYSDEVOP_free_irq_vector] = { op_nothing, ARG(irq), false, false },
	[PHYSDEVOP_map_pirq] = { op_map, ARG(map), true, false },
	[PHYSDEVOP_unmap_pirq] = { op_unmap, ARG(unmap), false, false },
	[PHYSDEVOP_manage_pci_add] = { op_nothing, ARG(pci), false, false },
	[PHYSDEVOP_manage_pci_remove] = { op_nothing, ARG(pci), false, false },
	[PHYSDEVOP_restore_msi] = { op_restore_msi_old, ARG(pci), false,
				    false },
	[PHYSDEVOP_manage_pci_add_ext] = { op_nothing, ARG(pci_ext), false,
					   false },
	[PHYSDEVOP_setup_gsi] = { op_setup_gsi, ARG(gsi), false, false },
	[PHYSDEVOP_get_free_pirq] = { op_free_pirq, ARG(free), true, false },
	[PHYSDEVOP_pci_mmcfg_reserved] = { op_nothing, ARG(mmcfg), false,
					   false },
	[PHYSDEVOP_pci_device_add] = { op_device_add, ARG(add), false, false },
	[PHYSDEVOP_pci_device_remove] = { op_nothing, ARG(device), false,
					  false },
	[PHYSDEVOP_restore_msi_ext] = { op_restore_msi, ARG(device), false,
					false },
	[PHYSDEVOP_dbgp_op] = { op_nothing, ARG(dbgp), false, false },
	[PHYSDEVOP_prepare_msix] = { op_nothing, ARG(device), false, false },
	[PHYSDEVOP_release_msix] = { op_nothing, ARG(device), false, false },
};

long hc_physdev_op(int cmd, gva_t arg)
{
	const struct physdev_op_row *op;
	union physdev_arg a;
	long err;

	if (cmd < 0 || cmd >= (int)ARRAY_SIZE(ops) || !ops[cmd].fn)
		return -ENOSYS;
	op = &ops[cmd];
	if (!op->anyone && policy_host(current->domain))
		return -EPERM;
	if (copy_from_guest(&a, arg, op->size))
		return -EFAULT;
	err = op->fn(&a);
	if (!err && op->out && copy_to_guest(arg, &a, op->size))
		return -EFAULT;
	return err;
}
