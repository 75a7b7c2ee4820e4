/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of the hypervisor and the host; most of it is dom0's. */
#define __XEN_TOOLS__ 1
#include "faults.h"
#include <xen/domctl.h>
#include <xen/platform.h>
#include <xen/sysctl.h>

static void fill_domctl(void *arg)
{
	struct xen_domctl *op = arg;

	op->cmd = XEN_DOMCTL_getdomaininfo;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
}

static void fill_sysctl(void *arg)
{
	struct xen_sysctl *op = arg;

	op->cmd = XEN_SYSCTL_physinfo;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
}

static void fill_platform(void *arg)
{
	struct xen_platform_op *op = arg;

	op->cmd = XENPF_get_cpuinfo;
	op->interface_version = XENPF_INTERFACE_VERSION;
}

static void fill_iopl(void *arg)
{
	((struct physdev_set_iopl *)arg)->iopl = IS_32BIT ? 1 : 0;
}

static void fill_nowhere(void *arg)
{
	memset(arg, 0xff, sizeof(struct physdev_map_pirq));
}

#define VERSION(cmd, type, flags) ROW2(xen_version, cmd, type, 0, flags)
#define PHYSDEV(cmd, type, fill, flags) \
	ROW2(physdev_op, PHYSDEVOP_##cmd, struct type, fill, flags)

typedef char text16[16], text64[64], text1024[1024];

const struct row host_rows[] = {
	VERSION(XENVER_extraversion, text16, OUT),
	VERSION(XENVER_compile_info, struct xen_compile_info, OUT),
	VERSION(XENVER_capabilities, text1024, OUT),
	VERSION(XENVER_changeset, text64, OUT),
	VERSION(XENVER_platform_parameters, unsigned long, OUT),
	VERSION(XENVER_get_features, struct xen_feature_info, OUT),
	VERSION(XENVER_guest_handle, text16, OUT),
	VERSION(XENVER_commandline, text1024, OUT),
	ROW3(console_io, CONSOLEIO_write, 64, text64, 0, NEVER),
	ROW1(domctl, 0, struct xen_domctl, fill_domctl, OUT | DOM0_ONLY),
	ROW1(sysctl, 0, struct xen_sysctl, fill_sysctl, OUT | DOM0_ONLY),
	ROW1(platform_op, 0, struct xen_platform_op, fill_platform,
	     OUT | DOM0_ONLY),
	PHYSDEV(eoi, physdev_eoi, 0, NEVER),
	PHYSDEV(irq_status_query, physdev_irq_status_query, 0, OUT),
	PHYSDEV(set_iopl, physdev_set_iopl, fill_iopl, 0),
	PHYSDEV(set_iobitmap, physdev_set_iobitmap, 0, 0),
	PHYSDEV(apic_read, physdev_apic, 0, DOM0_ONLY),
	PHYSDEV(apic_write, physdev_apic, 0, DOM0_ONLY),
	PHYSDEV(alloc_irq_vector, physdev_irq, 0, NEVER | DOM0_ONLY),
	PHYSDEV(free_irq_vector, physdev_irq, 0, DOM0_ONLY),
	PHYSDEV(map_pirq, physdev_map_pirq, fill_nowhere, DOM0_ONLY),
	PHYSDEV(unmap_pirq, physdev_unmap_pirq, 0, NEVER | DOM0_ONLY),
	PHYSDEV(manage_pci_add, physdev_manage_pci, 0, DOM0_ONLY),
	PHYSDEV(manage_pci_remove, physdev_manage_pci, 0, DOM0_ONLY),
	PHYSDEV(restore_msi, physdev_manage_pci, 0, NEVER | DOM0_ONLY),
	PHYSDEV(manage_pci_add_ext, physdev_manage_pci_ext, 0, DOM0_ONLY),
	PHYSDEV(setup_gsi, physdev_setup_gsi, 0, NEVER | DOM0_ONLY),
	PHYSDEV(get_free_pirq, physdev_get_free_pirq, 0, NEVER | DOM0_ONLY),
	PHYSDEV(pci_mmcfg_reserved, physdev_pci_mmcfg_reserved, 0, DOM0_ONLY),
	PHYSDEV(pci_device_remove, physdev_pci_device, 0, DOM0_ONLY),
	PHYSDEV(restore_msi_ext, physdev_pci_device, 0, NEVER | DOM0_ONLY),
	PHYSDEV(dbgp_op, physdev_dbgp_op, 0, DOM0_ONLY),
	PHYSDEV(prepare_msix, physdev_pci_device, 0, DOM0_ONLY),
	PHYSDEV(release_msix, physdev_pci_device, 0, DOM0_ONLY),
};
const unsigned int host_row_count = ARRAY_SIZE(host_rows);
