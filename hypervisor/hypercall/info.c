/* SPDX-License-Identifier: BSD-2-Clause */
/* What we are and what we offer: the xen_version hypercall. */
#include "boot/boot.h"
#include "core/domain.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/string.h"

#include <xen/features.h>
#include <xen/version.h>

/* The ABI that guests and tools may rely on, and our own name in it. */
#define VERSION_MAJOR	4
#define VERSION_MINOR	17

static long give_string(gva_t arg, const char *s, size_t size)
{
	char buf[1024] = "";

	strlcpy(buf, s, sizeof(buf));
	return copy_to_guest(arg, buf, size) ? -EFAULT : (long)0;
}

static long give_compile_info(gva_t arg)
{
	struct xen_compile_info i;

	memset(&i, 0, sizeof(i));
	strlcpy(i.compiler, "gcc " __VERSION__, sizeof(i.compiler));
	strlcpy(i.compile_by, "hospes", sizeof(i.compile_by));
	strlcpy(i.compile_domain, "hospes", sizeof(i.compile_domain));
	/* No date: the same sources give the same image. */
	strlcpy(i.compile_date, "reproducible", sizeof(i.compile_date));
	return copy_to_guest(arg, &i, sizeof(i));
}

static u32 features(const struct domain *d)
{
	u32 f = BIT(XENFEAT_mmu_pt_update_preserve_ad) |
		BIT(XENFEAT_highmem_assist) |
		BIT(XENFEAT_gnttab_map_avail_bits) |
		BIT(XENFEAT_memory_op_vnode_supported) |
		BIT(XENFEAT_direct_mapped);

	if (d->vm_assist & BIT(VMASST_TYPE_pae_extended_cr3))
		f |= BIT(XENFEAT_pae_pgdir_above_4gb);
	if (d->privileged)
		f |= BIT(XENFEAT_dom0);
	return f;
}

static long give_features(gva_t arg)
{
	struct xen_feature_info i;

	if (copy_from_guest(&i, arg, sizeof(i)))
		return -EFAULT;
	if (i.submap_idx)
		return -EINVAL;
	i.submap = features(current->domain);
	return copy_to_guest(arg, &i, sizeof(i));
}

static long more_than_version(int cmd, gva_t arg)
{
	xen_platform_parameters_t params = { .virt_start = HV_VIRT_START };

	switch (cmd) {
	case XENVER_extraversion:
		return give_string(arg, ".0-hospes",
				   sizeof(xen_extraversion_t));
	case XENVER_compile_info:
		return give_compile_info(arg);
	case XENVER_capabilities:
		return give_string(arg,
				   "xen-3.0-x86_64 xen-3.0-x86_32p ",
				   sizeof(xen_capabilities_info_t));
	case XENVER_changeset:
		return give_string(arg, "hospes", sizeof(xen_changeset_info_t));
	case XENVER_platform_parameters:
		return copy_to_guest(arg, &params, sizeof(params));
	case XENVER_get_features:
		return give_features(arg);
	case XENVER_pagesize:
		return arg.v ? -EINVAL : (long)PAGE_SIZE;
	case XENVER_guest_handle:
		return copy_to_guest(arg, current->domain->handle,
				     sizeof(current->domain->handle));
	case XENVER_commandline:
		/* It may tell of the machine what only dom0 should know. */
		return give_string(arg, current->domain->privileged ?
				   boot_info.cmdline : "<denied>",
				   sizeof(xen_commandline_t));
	case XENVER_build_id:
		return -ENODATA;
	}
	return -ENOSYS;
}

/* The version is also asked for by who only wants his events delivered. */
long hc_xen_version(int cmd, gva_t arg)
{
	if (cmd == XENVER_version)
		return VERSION_MAJOR << 16 | VERSION_MINOR;
	return more_than_version(cmd, arg);
}
