/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of `list` and `info`, column by column what programs that read it
 * expect (see docs/operating.md).
 */
#ifndef HOSPES_FORMAT_H
#define HOSPES_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORMAT_LIST_HEADER \
	"Name                                        ID   Mem VCPUs\t" \
	"State\tTime(s)"

struct format_domain {
	const char *name;
	bool no_id;		/* the hypervisor has no domain for it now */
	uint32_t domid;
	uint64_t memory_kib;
	unsigned int vcpus;
	bool running, blocked, paused, shutdown, dying;
	int reason;		/* of the shutdown */
	uint64_t cpu_ns;
	/* Of one between two starts: why, and when it starts; or NULL. */
	const char *waits;
	uint64_t start_ms;
};

/* A row of `list`, no newline. */
void format_list_row(char *buf, size_t size, const struct format_domain *d);
/* "key                    : " */
void format_info_key(char *buf, size_t size, const char *key);
/* 1d3af3ff:... of the eight words of CPU capabilities. */
void format_hw_caps(char *buf, size_t size, const uint32_t caps[8]);
/* " pv hvm hap": each with a space before it. flags: XEN_SYSCTL_PHYSCAP_*. */
void format_virt_caps(char *buf, size_t size, uint32_t flags);
const char *format_scheduler(uint32_t id);
/* "ibrs ibpb", or "none". set: XEN_SYSCTL_HOSPES_SPEC_*. */
void format_spec_ctrl(char *buf, size_t size, uint32_t set);

#endif
