/* SPDX-License-Identifier: BSD-2-Clause */
/* platform_op: what dom0's kernel does to the machine: clock, sleep, power. */
#include <xen/xen.h>
#include <xen/platform.h>

#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/acpi.h"
#include "x86/cpuid.h"
#include "x86/panic.h"
#include "x86/smp.h"
#include "x86/time.h"

static void update_clocks(void)
{
	struct domain *d = domain_next(0);

	while (d) {
		unsigned int next = d->id + 1;

		domain_update_wallclock(d);
		domain_put(d);
		d = domain_next(next);
	}
}

static long set_time(u64 secs, u32 nsecs, u64 system_time)
{
	if (nsecs >= NS_PER_SEC || secs > ~0UL / NS_PER_SEC - 1)
		return -EINVAL;
	time_set_wallclock(secs * NS_PER_SEC + nsecs, system_time);
	update_clocks();
	return 0;
}

static long op_settime32(struct xen_platform_op *op)
{
	return set_time(op->u.settime32.secs, op->u.settime32.nsecs,
			op->u.settime32.system_time);
}

static long op_settime64(struct xen_platform_op *op)
{
	if (op->u.settime64.mbz)
		return -EINVAL;
	return set_time(op->u.settime64.secs, op->u.settime64.nsecs,
			op->u.settime64.system_time);
}

/* Nothing was kept from the BIOS, and there is no EFI. */
static long op_firmware_info(struct xen_platform_op *op)
{
	switch (op->u.firmware_info.type) {
	case XEN_FW_DISK_INFO:
	case XEN_FW_DISK_MBR_SIGNATURE:
		return -ENOENT;
	case XEN_FW_VBEDDC_INFO:
	case XEN_FW_KBD_SHIFT_FLAGS:
		return -ESRCH;
	case XEN_FW_EFI_INFO:
		return -ESRCH;
	default:
		return -EINVAL;
	}
}

/* S5 only: the other states need our own state restored on wake-up. */
static long op_sleep(struct xen_platform_op *op)
{
	if (op->u.enter_acpi_sleep.flags)
		return -EINVAL;
	if (op->u.enter_acpi_sleep.sleep_state != 5)
		return -EOPNOTSUPP;
	pr_info("switching off for dom0\n");
	smp_stop_others();
	machine_sleep(op->u.enter_acpi_sleep.val_a,
		      op->u.enter_acpi_sleep.val_b);
	machine_poweroff();
}

/* Power states are not managed; dom0 is told so, and need not try again. */
static long op_pminfo(struct xen_platform_op *op)
{
	return op->u.set_pminfo.type == XEN_PM_PDC ? 0 : -EINVAL;
}

static u32 acpi_id_of(u32 apic)
{
	for (unsigned int i = 0; i < acpi_info.cpu_count; i++)
		if (acpi_info.cpus[i].apic_id == apic)
			return acpi_info.cpus[i].id;
	return ~0U;
}

static long op_cpuinfo(struct xen_platform_op *op)
{
	struct xenpf_pcpuinfo *i = &op->u.pcpu_info;

	i->max_present = cpu_online_count - 1;
	i->flags = XEN_PCPU_FLAGS_INVALID;
	if (i->xen_cpuid >= NR_CPUS ||
	    !cpumask_test(&cpu_online_mask, i->xen_cpuid))
		return 0;
	i->flags = XEN_PCPU_FLAGS_ONLINE;
	i->apic_id = cpu_by_id(i->xen_cpuid)->apic_id;
	i->acpi_id = acpi_id_of(i->apic_id);
	return 0;
}

static long op_cpu_version(struct xen_platform_op *op)
{
	struct xenpf_pcpu_version *v = &op->u.pcpu_version;
	struct cpuid r;

	if (v->xen_cpuid >= NR_CPUS ||
	    !cpumask_test(&cpu_online_mask, v->xen_cpuid)) {
		memset(v->vendor_id, 0, sizeof(v->vendor_id));
		v->family = v->model = v->stepping = 0;
	} else {
		r = cpuid(0, 0);
		memcpy(v->vendor_id, &r.b, 4);
		memcpy(v->vendor_id + 4, &r.d, 4);
		memcpy(v->vendor_id + 8, &r.c, 4);
		r = cpuid(1, 0);
		v->stepping = r.a & 15;
		v->family = (r.a >> 8 & 15) +
			    ((r.a >> 8 & 15) == 15 ? r.a >> 20 & 255 : 0);
		v->model = (r.a >> 4 & 15) | (r.a >> 12 & 0xf0);
	}
	v->max_present = cpu_online_count - 1;
	return 0;
}

static long op_core_parking(struct xen_platform_op *op)
{
	if (op->u.core_parking.type == XEN_CORE_PARKING_GET) {
		op->u.core_parking.idle_nums = 0;
		return 0;
	}
	return op->u.core_parking.type == XEN_CORE_PARKING_SET ? 0 : -EINVAL;
}

static const struct platform_row {
	u32 cmd;
	long (*fn)(struct xen_platform_op *op);
	bool out;
} rows[] = {
	{ XENPF_settime32, op_settime32, false },
	{ XENPF_settime64, op_settime64, false },
	{ XENPF_firmware_info, op_firmware_info, true },
	{ XENPF_enter_acpi_sleep, op_sleep, false },
	{ XENPF_set_processor_pminfo, op_pminfo, false },
	{ XENPF_get_cpuinfo, op_cpuinfo, true },
	{ XENPF_get_cpu_version, op_cpu_version, true },
	{ XENPF_core_parking, op_core_parking, true },
};

long hc_platform_op(gva_t arg)
{
	struct xen_platform_op op;
	long err;

	if (policy_host(current->domain))
		return -EPERM;
	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	if (op.interface_version != XENPF_INTERFACE_VERSION)
		return -EACCES;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].cmd != op.cmd)
			continue;
		err = rows[i].fn(&op);
		if (!err && rows[i].out &&
		    copy_to_guest(arg, &op, sizeof(op)))
			return -EFAULT;
		return err;
	}
	return -ENOSYS;
}
