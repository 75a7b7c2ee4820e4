/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sysctl(xen_sysctl): the machine, for control programs (__XEN_TOOLS__).
 * Structures are alike for both word sizes. Privileged domains (-EPERM).
 * -EACCES: another interface version, -ENOSYS: unknown command.
 */
#ifndef __XEN_PUBLIC_SYSCTL_H__
#define __XEN_PUBLIC_SYSCTL_H__

#if !defined(__XEN__) && !defined(__XEN_TOOLS__)
#error "for control programs: define __XEN_TOOLS__"
#endif

#include "xen.h"
#include "domctl.h"
#include "physdev.h"

#define XEN_SYSCTL_INTERFACE_VERSION 0x00000015

/* readconsole: the hypervisor's log. Bytes. */
struct xen_sysctl_readconsole {
	uint8_t clear;			/* IN: 1 forgets what was read */
	uint8_t incremental;		/* IN: 1 reads from index on */
	uint8_t pad0, pad1;
	uint32_t index;			/* INOUT: where to go on */
	XEN_GUEST_HANDLE_64(char) buffer;	/* OUT */
	uint32_t count;			/* IN: room; OUT: used */
};

/* physinfo: processors and memory. All OUT. */
#define _XEN_SYSCTL_PHYSCAP_hvm      0
#define XEN_SYSCTL_PHYSCAP_hvm       (1u << _XEN_SYSCTL_PHYSCAP_hvm)
#define _XEN_SYSCTL_PHYSCAP_pv       1
#define XEN_SYSCTL_PHYSCAP_pv        (1u << _XEN_SYSCTL_PHYSCAP_pv)
#define _XEN_SYSCTL_PHYSCAP_directio 2
#define XEN_SYSCTL_PHYSCAP_directio  (1u << _XEN_SYSCTL_PHYSCAP_directio)
#define _XEN_SYSCTL_PHYSCAP_hap      3
#define XEN_SYSCTL_PHYSCAP_hap       (1u << _XEN_SYSCTL_PHYSCAP_hap)
#define _XEN_SYSCTL_PHYSCAP_shadow   4
#define XEN_SYSCTL_PHYSCAP_shadow    (1u << _XEN_SYSCTL_PHYSCAP_shadow)
#define _XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share 5
#define XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share \
	(1u << _XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share)
#define XEN_SYSCTL_PHYSCAP_vmtrace   (1u << 6)
#define XEN_SYSCTL_PHYSCAP_vpmu      (1u << 7)
#define XEN_SYSCTL_PHYSCAP_gnttab_v1 (1u << 8)
#define XEN_SYSCTL_PHYSCAP_gnttab_v2 (1u << 9)
#define XEN_SYSCTL_PHYSCAP_MAX       XEN_SYSCTL_PHYSCAP_gnttab_v2
struct xen_sysctl_physinfo {
	uint32_t threads_per_core;
	uint32_t cores_per_socket;
	uint32_t nr_cpus;
	uint32_t max_cpu_id;
	uint32_t nr_nodes;
	uint32_t max_node_id;
	uint32_t cpu_khz;
	uint32_t capabilities;		/* XEN_SYSCTL_PHYSCAP_* */
	uint32_t arch_capabilities;
	uint32_t pad;
	uint64_aligned_t total_pages;
	uint64_aligned_t free_pages;
	uint64_aligned_t scrub_pages;	/* 0 */
	uint64_aligned_t outstanding_pages;	/* free, but claimed */
	uint64_aligned_t max_mfn;
	uint32_t hw_cap[8];		/* words of CPUID */
};

/* sched_id: the scheduler. */
struct xen_sysctl_sched_id {
	uint32_t sched_id;		/* OUT: XEN_SCHEDULER_* */
};

/* getdomaininfolist: domains in the order of their numbers. */
struct xen_sysctl_getdomaininfolist {
	domid_t first_domain;		/* IN: from this number on */
	uint32_t max_domains;		/* IN: room */
	XEN_GUEST_HANDLE_64(xen_domctl_getdomaininfo_t) buffer;	/* OUT */
	uint32_t num_domains;		/* OUT */
};

/* debug_keys: has the hypervisor log its state, by letters. */
struct xen_sysctl_debug_keys {
	XEN_GUEST_HANDLE_64(const_char) keys;	/* IN */
	uint32_t nr_keys;		/* IN: at most 32 are looked at */
};

/* getcpuinfo: ns that each processor has been idle. */
struct xen_sysctl_cpuinfo {
	uint64_aligned_t idletime;
};
typedef struct xen_sysctl_cpuinfo xen_sysctl_cpuinfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cpuinfo_t);
struct xen_sysctl_getcpuinfo {
	uint32_t max_cpus;		/* IN: room */
	XEN_GUEST_HANDLE_64(xen_sysctl_cpuinfo_t) info;	/* OUT */
	uint32_t nr_cpus;		/* OUT */
};

/* availheap: free memory; all of it, whatever is asked for. */
struct xen_sysctl_availheap {
	uint32_t min_bitwidth;		/* IN: of its addresses */
	uint32_t max_bitwidth;		/* IN */
	int32_t node;			/* IN: -1 for any */
	uint64_aligned_t avail_bytes;	/* OUT */
};

/* cputopoinfo: where each processor is. A null handle asks for the number. */
#define XEN_INVALID_CORE_ID   (~0U)
#define XEN_INVALID_SOCKET_ID (~0U)
#define XEN_INVALID_NODE_ID   (~0U)
struct xen_sysctl_cputopo {
	uint32_t core;
	uint32_t socket;
	uint32_t node;
};
typedef struct xen_sysctl_cputopo xen_sysctl_cputopo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cputopo_t);
struct xen_sysctl_cputopoinfo {
	uint32_t num_cpus;		/* IN: room; OUT: how many there are */
	XEN_GUEST_HANDLE_64(xen_sysctl_cputopo_t) cputopo;	/* OUT */
};

/* numainfo: memory in bytes and distances of nodes; there is one. */
#define XEN_INVALID_MEM_SZ    (~0U)
#define XEN_INVALID_NODE_DIST (~0U)
struct xen_sysctl_meminfo {
	uint64_t memsize;
	uint64_t memfree;
};
typedef struct xen_sysctl_meminfo xen_sysctl_meminfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_meminfo_t);
struct xen_sysctl_numainfo {
	uint32_t num_nodes;		/* IN: room; OUT: how many there are */
	XEN_GUEST_HANDLE_64(xen_sysctl_meminfo_t) meminfo;	/* OUT */
	XEN_GUEST_HANDLE_64(uint32) distance;	/* OUT: row by row, 10: near */
};

/*
 * cpupool_op: groups of processors. There is one with all of them; INFO past
 * it: -ENOENT. FREEINFO: those in none. Others: -EOPNOTSUPP.
 */
#define XEN_SYSCTL_CPUPOOL_OP_CREATE     1
#define XEN_SYSCTL_CPUPOOL_OP_DESTROY    2
#define XEN_SYSCTL_CPUPOOL_OP_INFO       3
#define XEN_SYSCTL_CPUPOOL_OP_ADDCPU     4
#define XEN_SYSCTL_CPUPOOL_OP_RMCPU      5
#define XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN 6
#define XEN_SYSCTL_CPUPOOL_OP_FREEINFO   7
#define XEN_SYSCTL_CPUPOOL_PAR_ANY       0xFFFFFFFF
struct xen_sysctl_cpupool_op {
	uint32_t op;			/* IN: XEN_SYSCTL_CPUPOOL_OP_* */
	uint32_t cpupool_id;		/* INOUT */
	uint32_t sched_id;		/* OUT */
	uint32_t domid;
	uint32_t cpu;
	uint32_t n_dom;			/* OUT: domains in it */
	struct xenctl_bitmap cpumap;	/* OUT */
};

/* scheduler_op: getinfo tells; putinfo is -EOPNOTSUPP. */
struct xen_sysctl_credit_schedule {
	uint32_t tslice_ms;
	uint32_t ratelimit_us;		/* least time before another may run */
	uint32_t vcpu_migr_delay_us;
};
struct xen_sysctl_credit2_schedule {
	uint32_t ratelimit_us;
};
#define XEN_SYSCTL_SCHEDOP_putinfo 0
#define XEN_SYSCTL_SCHEDOP_getinfo 1
struct xen_sysctl_scheduler_op {
	uint32_t cpupool_id;		/* IN: 0 */
	uint32_t sched_id;		/* IN: XEN_SCHEDULER_CREDIT */
	uint32_t cmd;			/* IN: XEN_SYSCTL_SCHEDOP_* */
	union {
		struct xen_sysctl_credit_schedule sched_credit;
		struct xen_sysctl_credit2_schedule sched_credit2;
		uint64_aligned_t pad[2];
	} u;				/* OUT */
};

/*
 * hospes_perf (of Hospes alone, as all numbers from 0x48000000 on): counters of
 * what each processor did since the start. They never go back. Which there are,
 * and in which order, depends on the build: go by their names.
 */
#define XEN_SYSCTL_HOSPES_PERF_NAME 40
struct xen_sysctl_hospes_perf {
	uint32_t nr_counters;		/* IN: room; OUT: how many there are */
	uint32_t nr_cpus;		/* IN: room; OUT: how many there are */
	uint64_aligned_t time;		/* OUT: system time in ns */
	/* OUT, or null: NAME bytes for each counter; "": one not in use. */
	XEN_GUEST_HANDLE_64(char) names;
	/* OUT, or null: for each processor a row of counters, as many as IN. */
	XEN_GUEST_HANDLE_64(uint64) values;
};

/* hospes_spec_ctrl: mitigations for speculative execution. All OUT. */
#define XEN_SYSCTL_HOSPES_SPEC_ibrs  (1u << 0)
#define XEN_SYSCTL_HOSPES_SPEC_stibp (1u << 1)
#define XEN_SYSCTL_HOSPES_SPEC_ibpb  (1u << 2)
#define XEN_SYSCTL_HOSPES_SPEC_verw  (1u << 3)
#define XEN_SYSCTL_HOSPES_SPEC_rsb   (1u << 4)
#define XEN_SYSCTL_HOSPES_VULN_meltdown (1u << 0)
struct xen_sysctl_hospes_spec_ctrl {
	uint32_t used;			/* XEN_SYSCTL_HOSPES_SPEC_* */
	uint32_t lacking;		/* ... that the processor lacks */
	uint32_t vulnerable;		/* XEN_SYSCTL_HOSPES_VULN_*: to what */
	uint32_t pad;			/* nothing is done; 0 */
};

struct xen_sysctl {
	uint32_t cmd;			/* IN */
#define XEN_SYSCTL_readconsole            1
#define XEN_SYSCTL_physinfo               3
#define XEN_SYSCTL_sched_id               4
#define XEN_SYSCTL_getdomaininfolist      6
#define XEN_SYSCTL_debug_keys             7
#define XEN_SYSCTL_getcpuinfo             8
#define XEN_SYSCTL_availheap              9
#define XEN_SYSCTL_cputopoinfo            16
#define XEN_SYSCTL_numainfo               17
#define XEN_SYSCTL_cpupool_op             18
#define XEN_SYSCTL_scheduler_op           19
#define XEN_SYSCTL_get_cpu_levelling_caps 25 /* -EOPNOTSUPP, as the next two */
#define XEN_SYSCTL_get_cpu_featureset     26
#define XEN_SYSCTL_get_cpu_policy         29
#define XEN_SYSCTL_hospes_perf            0x48000001
#define XEN_SYSCTL_hospes_spec_ctrl       0x48000002
	uint32_t interface_version;	/* IN: XEN_SYSCTL_INTERFACE_VERSION */
	union {
		struct xen_sysctl_readconsole readconsole;
		struct xen_sysctl_physinfo physinfo;
		struct xen_sysctl_cputopoinfo cputopoinfo;
		struct xen_sysctl_numainfo numainfo;
		struct xen_sysctl_sched_id sched_id;
		struct xen_sysctl_getdomaininfolist getdomaininfolist;
		struct xen_sysctl_debug_keys debug_keys;
		struct xen_sysctl_getcpuinfo getcpuinfo;
		struct xen_sysctl_availheap availheap;
		struct xen_sysctl_cpupool_op cpupool_op;
		struct xen_sysctl_scheduler_op scheduler_op;
		struct xen_sysctl_hospes_perf hospes_perf;
		struct xen_sysctl_hospes_spec_ctrl hospes_spec_ctrl;
		uint8_t pad[128];
	} u;
};
typedef struct xen_sysctl xen_sysctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_t);

#endif
