/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of `list` and `info`.  See format.h. */
#include <stdio.h>

#include "hospes/format.h"
#include "lib/control.h"

static char reason_letter(const struct format_domain *d)
{
	/* poweroff, reboot, suspend, crash, watchdog, soft reset */
	static const char letters[] = "-rscwS";

	if (!d->shutdown)
		return '-';
	if (d->reason < 0 || d->reason >= (int)sizeof(letters) - 1)
		return '?';
	return letters[d->reason];
}

void format_list_row(char *buf, size_t size, const struct format_domain *d)
{
	char id[16] = "-";
	int n;

	if (!d->no_id)
		snprintf(id, sizeof(id), "%u", d->domid);
	n = snprintf(buf, size,
		     "%-40s %5s %5llu %5u     %c%c%c%c%c%c  %8.1f", d->name,
		     id, (unsigned long long)(d->memory_kib / 1024), d->vcpus,
		     d->running ? 'r' : '-', d->blocked ? 'b' : '-',
		     d->paused ? 'p' : '-', d->shutdown ? 's' : '-',
		     reason_letter(d), d->dying ? 'd' : '-',
		     (double)d->cpu_ns / 1e9);
	if (d->waits && n > 0 && (size_t)n < size)
		snprintf(buf + n, size - (size_t)n, "  waiting %llu s: %s",
			 (unsigned long long)(d->start_ms + 999) / 1000,
			 d->waits);
}

void format_info_key(char *buf, size_t size, const char *key)
{
	snprintf(buf, size, "%-23s: ", key);
}

void format_hw_caps(char *buf, size_t size, const uint32_t caps[8])
{
	snprintf(buf, size, "%08x:%08x:%08x:%08x:%08x:%08x:%08x:%08x",
		 caps[0], caps[1], caps[2], caps[3], caps[4], caps[5],
		 caps[6], caps[7]);
}

static const struct {
	uint32_t flags;		/* all of them */
	const char *name;
} virt_caps[] = {
	{ XEN_SYSCTL_PHYSCAP_pv, "pv" },
	{ XEN_SYSCTL_PHYSCAP_hvm, "hvm" },
	{ XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_directio,
	  "hvm_directio" },
	{ XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_directio, "pv_directio" },
	{ XEN_SYSCTL_PHYSCAP_hap, "hap" },
	{ XEN_SYSCTL_PHYSCAP_shadow, "shadow" },
	{ XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share, "iommu_hap_pt_share" },
	{ XEN_SYSCTL_PHYSCAP_vmtrace, "vmtrace" },
	{ XEN_SYSCTL_PHYSCAP_vpmu, "vpmu" },
	{ XEN_SYSCTL_PHYSCAP_gnttab_v1, "gnttab-v1" },
	{ XEN_SYSCTL_PHYSCAP_gnttab_v2, "gnttab-v2" },
};

void format_virt_caps(char *buf, size_t size, uint32_t flags)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(virt_caps) / sizeof(*virt_caps); i++) {
		int n;

		if ((flags & virt_caps[i].flags) != virt_caps[i].flags)
			continue;
		n = snprintf(buf + used, size - used, " %s",
			     virt_caps[i].name);
		if (n < 0 || (size_t)n >= size - used)
			return;
		used += (size_t)n;
	}
}

const char *format_scheduler(uint32_t id)
{
	switch (id) {
	case XEN_SCHEDULER_CREDIT:
		return "credit";
	case XEN_SCHEDULER_CREDIT2:
		return "credit2";
	case XEN_SCHEDULER_ARINC653:
		return "arinc653";
	case XEN_SCHEDULER_RTDS:
		return "rtds";
	case XEN_SCHEDULER_NULL:
		return "null";
	default:
		return "unknown";
	}
}

void format_spec_ctrl(char *buf, size_t size, uint32_t set)
{
	static const char *const names[] = {
		"ibrs", "stibp", "ibpb", "verw", "rsb",
	};
	size_t used = 0;

	snprintf(buf, size, "none");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		int n;

		if (!(set & 1U << i))
			continue;
		n = snprintf(buf + used, size - used, "%s%s",
			     used ? " " : "", names[i]);
		if (n < 0 || (size_t)n >= size - used)
			return;
		used += (size_t)n;
	}
}
