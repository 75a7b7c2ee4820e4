/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * domctl(xen_domctl): making domains and looking after them, for control
 * programs (__XEN_TOOLS__). Structures are alike for both word sizes.
 *
 * Privileged domains (-EPERM; nobody but itself controls domain 0).
 * -EACCES: another interface version, -ESRCH: no such domain, -EINVAL: also
 * for commands on oneself that are for others, -ENOSYS: unknown command.
 */
#ifndef __XEN_PUBLIC_DOMCTL_H__
#define __XEN_PUBLIC_DOMCTL_H__

#if !defined(__XEN__) && !defined(__XEN_TOOLS__)
#error "for control programs: define __XEN_TOOLS__"
#endif

#include "xen.h"
#include "event_channel.h"
#include "grant_table.h"
#include "memory.h"

#define XEN_DOMCTL_INTERFACE_VERSION 0x00000015

/*
 * createdomain: a new domain, paused and without memory. `domain` of xen_domctl
 * is INOUT: the number wanted, 0 for any. -EOPNOTSUPP: a kind of guest that is
 * not offered, -EEXIST: the number is taken, -ENOMEM, -EINVAL.
 */
struct xen_domctl_createdomain {
	uint32_t ssidref;		/* IN: 0 */
	xen_domain_handle_t handle;	/* IN */
/* Hardware-assisted guests, and how: not offered. */
#define _XEN_DOMCTL_CDF_hvm          0
#define XEN_DOMCTL_CDF_hvm           (1U << _XEN_DOMCTL_CDF_hvm)
#define _XEN_DOMCTL_CDF_hap          1
#define XEN_DOMCTL_CDF_hap           (1U << _XEN_DOMCTL_CDF_hap)
/* Without meaning for PV guests. */
#define _XEN_DOMCTL_CDF_s3_integrity 2
#define XEN_DOMCTL_CDF_s3_integrity  (1U << _XEN_DOMCTL_CDF_s3_integrity)
#define _XEN_DOMCTL_CDF_oos_off      3
#define XEN_DOMCTL_CDF_oos_off       (1U << _XEN_DOMCTL_CDF_oos_off)
/* Keeps the store for others. */
#define _XEN_DOMCTL_CDF_xs_domain    4
#define XEN_DOMCTL_CDF_xs_domain     (1U << _XEN_DOMCTL_CDF_xs_domain)
/* Not offered. */
#define _XEN_DOMCTL_CDF_iommu        5
#define XEN_DOMCTL_CDF_iommu         (1U << _XEN_DOMCTL_CDF_iommu)
#define _XEN_DOMCTL_CDF_nested_virt  6
#define XEN_DOMCTL_CDF_nested_virt   (1U << _XEN_DOMCTL_CDF_nested_virt)
#define XEN_DOMCTL_CDF_vpmu          (1U << 7)
#define XEN_DOMCTL_CDF_MAX           XEN_DOMCTL_CDF_vpmu
	uint32_t flags;			/* IN: XEN_DOMCTL_CDF_* */
	uint32_t iommu_opts;		/* IN: 0 */
	uint32_t max_vcpus;		/* IN: at least 1 */
	uint32_t max_evtchn_port;	/* IN: highest port */
	int32_t max_grant_frames;	/* IN: pages; negative: as usual */
	int32_t max_maptrack_frames;	/* IN: pages; negative: as usual */
#define XEN_DOMCTL_GRANT_version_mask 0xf
#define XEN_DOMCTL_GRANT_version(v)   ((v) & XEN_DOMCTL_GRANT_version_mask)
	uint32_t grant_opts;		/* IN: highest version, 1 or 2 */
	uint32_t vmtrace_size;		/* IN: 0 */
	uint32_t cpupool_id;		/* IN: 0 */
	struct xen_arch_domainconfig arch;	/* IN: zeroes */
};

/*
 * getdomaininfo: the first domain from `domain` on, whose number is told in
 * both places. -ESRCH: there is none.
 */
struct xen_domctl_getdomaininfo {
	domid_t domain;			/* OUT */
	uint16_t pad1;
#define _XEN_DOMINF_dying     0 /* being destroyed */
#define XEN_DOMINF_dying      (1U << _XEN_DOMINF_dying)
#define _XEN_DOMINF_hvm_guest 1 /* hardware-assisted */
#define XEN_DOMINF_hvm_guest  (1U << _XEN_DOMINF_hvm_guest)
#define _XEN_DOMINF_shutdown  2 /* has ended; why is in the bits below */
#define XEN_DOMINF_shutdown   (1U << _XEN_DOMINF_shutdown)
#define _XEN_DOMINF_paused    3 /* by a control program */
#define XEN_DOMINF_paused     (1U << _XEN_DOMINF_paused)
#define _XEN_DOMINF_blocked   4 /* all its vCPUs wait */
#define XEN_DOMINF_blocked    (1U << _XEN_DOMINF_blocked)
#define _XEN_DOMINF_running   5 /* one of them runs now */
#define XEN_DOMINF_running    (1U << _XEN_DOMINF_running)
#define _XEN_DOMINF_debugged  6
#define XEN_DOMINF_debugged   (1U << _XEN_DOMINF_debugged)
#define _XEN_DOMINF_xs_domain 7
#define XEN_DOMINF_xs_domain  (1U << _XEN_DOMINF_xs_domain)
#define _XEN_DOMINF_hap       8
#define XEN_DOMINF_hap        (1U << _XEN_DOMINF_hap)
#define XEN_DOMINF_shutdownmask  255 /* SHUTDOWN_* */
#define XEN_DOMINF_shutdownshift 16
	uint32_t flags;			/* OUT: XEN_DOMINF_* */
	uint64_aligned_t tot_pages;	/* OUT: has */
	uint64_aligned_t max_pages;	/* OUT: may have */
	uint64_aligned_t outstanding_pages;	/* OUT: claimed */
	uint64_aligned_t shr_pages;	/* OUT: 0 */
	uint64_aligned_t paged_pages;	/* OUT: 0 */
	uint64_aligned_t shared_info_frame;	/* OUT: machine frame */
	uint64_aligned_t cpu_time;	/* OUT: ns of all its vCPUs */
	uint32_t nr_online_vcpus;	/* OUT */
#define XEN_INVALID_MAX_VCPU_ID (~0U)
	uint32_t max_vcpu_id;		/* OUT: highest, or the above */
	uint32_t ssidref;		/* OUT: 0 */
	xen_domain_handle_t handle;	/* OUT */
	uint32_t cpupool;		/* OUT: 0 */
	uint8_t gpaddr_bits;		/* OUT */
	uint8_t pad2[7];
	struct xen_arch_domainconfig arch_config;	/* OUT */
};
typedef struct xen_domctl_getdomaininfo xen_domctl_getdomaininfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_getdomaininfo_t);

/*
 * getpageframeinfo3: what frames of a domain are used for. -E2BIG: none, or
 * more than 1024 at once.
 */
#define XEN_DOMCTL_PFINFO_LTAB_SHIFT 28
#define XEN_DOMCTL_PFINFO_NOTAB   (0x0U << 28) /* data */
#define XEN_DOMCTL_PFINFO_L1TAB   (0x1U << 28) /* page table ... */
#define XEN_DOMCTL_PFINFO_L2TAB   (0x2U << 28)
#define XEN_DOMCTL_PFINFO_L3TAB   (0x3U << 28)
#define XEN_DOMCTL_PFINFO_L4TAB   (0x4U << 28)
#define XEN_DOMCTL_PFINFO_LTABTYPE_MASK (0x7U << 28)
#define XEN_DOMCTL_PFINFO_LPINTAB (0x1U << 31) /* ... and pinned */
#define XEN_DOMCTL_PFINFO_XTAB    (0xfU << 28) /* not this domain's */
#define XEN_DOMCTL_PFINFO_XALLOC  (0xeU << 28) /* not allocated */
#define XEN_DOMCTL_PFINFO_BROKEN  (0xdU << 28) /* faulty */
#define XEN_DOMCTL_PFINFO_LTAB_MASK (0xfU << 28)
struct xen_domctl_getpageframeinfo3 {
	uint64_aligned_t num;		/* IN */
	XEN_GUEST_HANDLE_64(xen_pfn_t) array;	/* IN: frames, OUT: the above */
};

/* max_mem: memory that it may have at most. */
struct xen_domctl_max_mem {
	uint64_aligned_t max_memkb;	/* IN: KiB */
};

/*
 * setvcpucontext, getvcpucontext: the state of a vCPU of a paused domain.
 * -EINVAL: number out of range, -ENODATA: it has none.
 */
struct xen_domctl_vcpucontext {
	uint32_t vcpu;			/* IN */
	XEN_GUEST_HANDLE_64(vcpu_guest_context_t) ctxt;	/* IN or OUT */
};

/* getvcpuinfo: what a vCPU does. -EINVAL: number too high, -ESRCH: not made. */
struct xen_domctl_getvcpuinfo {
	uint32_t vcpu;			/* IN */
	uint8_t online;			/* OUT: 0 or 1 */
	uint8_t blocked;		/* OUT: 0 or 1 */
	uint8_t running;		/* OUT: 0 or 1 */
	uint64_aligned_t cpu_time;	/* OUT: ns */
	uint32_t cpu;			/* OUT: where it runs or ran last */
};

/* setnodeaffinity: a machine is one node. -EINVAL: it is not in the set. */
struct xen_domctl_nodeaffinity {
	struct xenctl_bitmap nodemap;	/* IN */
};

/*
 * setvcpuaffinity, getvcpuaffinity: processors it must (hard) and should (soft)
 * run on. OUT after setting: what is in force. -EINVAL: none, or no flag.
 */
struct xen_domctl_vcpuaffinity {
	uint32_t vcpu;			/* IN */
#define _XEN_VCPUAFFINITY_HARD  0
#define XEN_VCPUAFFINITY_HARD   (1U << _XEN_VCPUAFFINITY_HARD)
#define _XEN_VCPUAFFINITY_SOFT  1
#define XEN_VCPUAFFINITY_SOFT   (1U << _XEN_VCPUAFFINITY_SOFT)
#define _XEN_VCPUAFFINITY_FORCE 2
#define XEN_VCPUAFFINITY_FORCE  (1U << _XEN_VCPUAFFINITY_FORCE)
	uint32_t flags;			/* IN: which of the two */
	struct xenctl_bitmap cpumap_hard;	/* INOUT */
	struct xenctl_bitmap cpumap_soft;	/* INOUT */
};

/* max_vcpus: makes its vCPUs. -EINVAL: not the number given at creation. */
struct xen_domctl_max_vcpus {
	uint32_t max;			/* IN */
};

/* Kinds of schedulers; Hospes says it is the first. */
#define XEN_SCHEDULER_CREDIT   5
#define XEN_SCHEDULER_CREDIT2  6
#define XEN_SCHEDULER_ARINC653 7
#define XEN_SCHEDULER_RTDS     8
#define XEN_SCHEDULER_NULL     9

struct xen_domctl_sched_credit {
	uint16_t weight;		/* share beside others; 256 as usual */
	uint16_t cap;			/* percent of a processor, or 0 */
};
struct xen_domctl_sched_credit2 {
	uint16_t weight;
	uint16_t cap;
};

/* scheduler_op: sets (put) or tells (get) a domain's share. */
#define XEN_DOMCTL_SCHEDOP_putinfo 0
#define XEN_DOMCTL_SCHEDOP_getinfo 1
struct xen_domctl_scheduler_op {
	uint32_t sched_id;		/* IN: XEN_SCHEDULER_* */
	uint32_t cmd;			/* IN: XEN_DOMCTL_SCHEDOP_* */
	union {
		struct xen_domctl_sched_credit credit;
		struct xen_domctl_sched_credit2 credit2;
		uint64_aligned_t pad[2];
	} u;				/* IN (put), OUT (get) */
};

/* setdomainhandle: its UUID. */
struct xen_domctl_setdomainhandle {
	xen_domain_handle_t handle;	/* IN */
};

/*
 * Access to devices: nothing happens, as domain 0 has them all. -EOPNOTSUPP:
 * giving it to another.
 */
struct xen_domctl_irq_permission {
	uint32_t pirq;			/* IN */
	uint8_t allow_access;		/* IN: 0 or 1 */
	uint8_t pad[3];
};
struct xen_domctl_iomem_permission {
	uint64_aligned_t first_mfn;	/* IN */
	uint64_aligned_t nr_mfns;	/* IN */
	uint8_t allow_access;		/* IN: 0 or 1 */
};
struct xen_domctl_ioport_permission {
	uint32_t first_port;		/* IN */
	uint32_t nr_ports;		/* IN */
	uint8_t allow_access;		/* IN: 0 or 1 */
};

/* hypercall_init: writes the stubs to a page of the domain, else -EACCES. */
struct xen_domctl_hypercall_init {
	uint64_aligned_t gmfn;		/* IN: machine frame */
};

/* settimeoffset: its wall clock, as far as it differs from UTC. */
struct xen_domctl_settimeoffset {
	int64_aligned_t time_offset_seconds;	/* IN */
};

/*
 * set_address_size, get_address_size: the word size of its kernel. -EOPNOTSUPP:
 * 32 is not offered, -EINVAL: any other.
 */
struct xen_domctl_address_size {
	uint32_t size;			/* IN (set), OUT (get): 32 or 64 */
};

struct xen_domctl {
	uint32_t cmd;			/* IN */
#define XEN_DOMCTL_createdomain      1
#define XEN_DOMCTL_destroydomain     2  /* call again while it says -ERESTART */
#define XEN_DOMCTL_pausedomain       3  /* counted */
#define XEN_DOMCTL_unpausedomain     4
#define XEN_DOMCTL_getdomaininfo     5
#define XEN_DOMCTL_setvcpuaffinity   9
#define XEN_DOMCTL_max_mem           11
#define XEN_DOMCTL_setvcpucontext    12
#define XEN_DOMCTL_getvcpucontext    13
#define XEN_DOMCTL_getvcpuinfo       14
#define XEN_DOMCTL_max_vcpus         15
#define XEN_DOMCTL_scheduler_op      16
#define XEN_DOMCTL_setdomainhandle   17
#define XEN_DOMCTL_irq_permission    19
#define XEN_DOMCTL_iomem_permission  20
#define XEN_DOMCTL_ioport_permission 21
#define XEN_DOMCTL_hypercall_init    22
#define XEN_DOMCTL_settimeoffset     24
#define XEN_DOMCTL_getvcpuaffinity   25
#define XEN_DOMCTL_resumedomain      27 /* goes on after SHUTDOWN_suspend */
#define XEN_DOMCTL_set_address_size  35
#define XEN_DOMCTL_get_address_size  36
#define XEN_DOMCTL_getpageframeinfo3 61
#define XEN_DOMCTL_setnodeaffinity   68
	uint32_t interface_version;	/* IN: XEN_DOMCTL_INTERFACE_VERSION */
	domid_t domain;			/* IN */
	uint16_t _pad[3];
	union {
		struct xen_domctl_createdomain createdomain;
		struct xen_domctl_getdomaininfo getdomaininfo;
		struct xen_domctl_getpageframeinfo3 getpageframeinfo3;
		struct xen_domctl_nodeaffinity nodeaffinity;
		struct xen_domctl_vcpuaffinity vcpuaffinity;
		struct xen_domctl_max_mem max_mem;
		struct xen_domctl_vcpucontext vcpucontext;
		struct xen_domctl_getvcpuinfo getvcpuinfo;
		struct xen_domctl_max_vcpus max_vcpus;
		struct xen_domctl_scheduler_op scheduler_op;
		struct xen_domctl_setdomainhandle setdomainhandle;
		struct xen_domctl_irq_permission irq_permission;
		struct xen_domctl_iomem_permission iomem_permission;
		struct xen_domctl_ioport_permission ioport_permission;
		struct xen_domctl_hypercall_init hypercall_init;
		struct xen_domctl_settimeoffset settimeoffset;
		struct xen_domctl_address_size address_size;
		uint8_t pad[128];
	} u;
};
typedef struct xen_domctl xen_domctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_t);

#endif
