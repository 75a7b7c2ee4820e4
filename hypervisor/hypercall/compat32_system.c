/* SPDX-License-Identifier: BSD-2-Clause */
/* 32-bit guests: xen_version and physdev_op. */
#include <xen/xen.h>
#include <xen/physdev.h>
#include <xen/version.h>

#include "core/guest_copy.h"
#include "hypercall/compat32.h"

long compat32_xen_version(int cmd, gva_t arg)
{
	u32 virt_start = HV_COMPAT_START;

	if (cmd != XENVER_platform_parameters)
		return hc_xen_version(cmd, arg);
	return copy_to_guest(arg, &virt_start, sizeof(virt_start));
}

/* --- physdev_op ------------------------------------------------------------------ */

static const struct compat32_field iobitmap_fields[] = {
	C32_FIELD(c32_physdev_set_iobitmap, physdev_set_iobitmap, bitmap),
	C32_FIELD(c32_physdev_set_iobitmap, physdev_set_iobitmap, nr_ports),
};

#define FIELD(f) C32_FIELD(c32_physdev_apic, physdev_apic, f)

static const struct compat32_field apic_fields[] = {
	FIELD(apic_physbase), FIELD(reg), FIELD(value),
};
#undef FIELD

#define FIELD(f) C32_FIELD(c32_physdev_map_pirq, physdev_map_pirq, f)

static const struct compat32_field map_pirq_fields[] = {
	FIELD(domid), FIELD(type), FIELD(index), FIELD(pirq), FIELD(bus),
	FIELD(devfn), FIELD(entry_nr), FIELD(table_base),
};
#undef FIELD

static const struct row {
	struct compat32_struct layout;
	bool out;
} rows[] = {
	[PHYSDEVOP_set_iobitmap] = {
		C32_STRUCT(c32_physdev_set_iobitmap, physdev_set_iobitmap,
			   iobitmap_fields), false },
	[PHYSDEVOP_apic_read] = {
		C32_STRUCT(c32_physdev_apic, physdev_apic, apic_fields), true },
	[PHYSDEVOP_apic_write] = {
		C32_STRUCT(c32_physdev_apic, physdev_apic, apic_fields),
		false },
	[PHYSDEVOP_map_pirq] = {
		C32_STRUCT(c32_physdev_map_pirq, physdev_map_pirq,
			   map_pirq_fields), true },
};

long compat32_physdev_op(int cmd, gva_t arg)
{
	void *native;
	long rc;

	if (cmd < 0 || cmd >= (int)ARRAY_SIZE(rows) ||
	    !rows[cmd].layout.fields)
		return hc_physdev_op(cmd, arg);
	rc = compat32_get(&rows[cmd].layout, &native, arg);
	if (!rc)
		rc = hc_physdev_op(cmd, GVA(native));
	if (!rc && rows[cmd].out)
		rc = compat32_put(&rows[cmd].layout, arg, native);
	return rc;
}
