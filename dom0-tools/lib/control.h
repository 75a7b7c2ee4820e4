/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor's control calls (domctl, sysctl, memory_op, mmu calls, version
 * and event channel calls for others) over libxencall, with typed arguments.
 *
 * Every function returns 0 (or what it says) or -errno. A control handle is
 * not for use by several threads.
 */
#ifndef LIB_CONTROL_H
#define LIB_CONTROL_H

#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/memory.h>
#include <xen/sysctl.h>

struct control;

/* NULL with errno set. */
struct control *control_open(void);
void control_close(struct control *c);

/* --- domains ------------------------------------------------------------- */

#define CONTROL_UUID_SIZE 16

struct control_create {
	uint8_t uuid[CONTROL_UUID_SIZE];
	uint32_t vcpus;
	uint32_t max_evtchn_port;	/* 0: the usual 1023 */
	int32_t grant_frames;		/* -1: the hypervisor's default */
	int32_t maptrack_frames;
	uint32_t flags;			/* XEN_DOMCTL_CDF_* */
};

/* *domid: the wanted id, or 0 for any; the id that was given on return. */
int control_domain_create(struct control *c, const struct control_create *how,
			  uint32_t *domid);
/* Repeats until the hypervisor is done; the domain may linger as dying. */
int control_domain_destroy(struct control *c, uint32_t domid);
int control_domain_pause(struct control *c, uint32_t domid);
int control_domain_unpause(struct control *c, uint32_t domid);
/* A domain that is shut down, for whatever reason, goes on. */
int control_domain_resume(struct control *c, uint32_t domid);
/* `reason`: SHUTDOWN_*; makes the domain as if it had shut down itself. */
int control_domain_shutdown(struct control *c, uint32_t domid, int reason);
int control_domain_set_uuid(struct control *c, uint32_t domid,
			    const uint8_t uuid[CONTROL_UUID_SIZE]);
int control_domain_max_vcpus(struct control *c, uint32_t domid, uint32_t max);
int control_domain_max_memory(struct control *c, uint32_t domid, uint64_t kib);
/* 32 or 64; only before the domain has memory. */
int control_domain_address_size(struct control *c, uint32_t domid,
				unsigned int bits);

/* -ESRCH when there is no such domain. */
int control_domain_info(struct control *c, uint32_t domid,
			struct xen_domctl_getdomaininfo *info);
/*
 * All domains with an id of at least `first`, in ascending order, at most
 * `max`. Returns how many.
 */
int control_domain_list(struct control *c, uint32_t first,
			struct xen_domctl_getdomaininfo *infos, size_t max);
static inline unsigned int
control_shutdown_reason(const struct xen_domctl_getdomaininfo *info)
{
	return (info->flags >> XEN_DOMINF_shutdownshift) &
		XEN_DOMINF_shutdownmask;
}

/* Weight (1..65535, 256 usual) and cap (percent of one CPU, 0 none). */
struct control_sched {
	uint32_t weight;
	uint32_t cap;
};

int control_domain_sched_get(struct control *c, uint32_t domid,
			     struct control_sched *sched);
int control_domain_sched_set(struct control *c, uint32_t domid,
			     const struct control_sched *sched);

/* --- vCPUs --------------------------------------------------------------- */

/* Native (64-bit) contexts. */
int control_vcpu_set_context(struct control *c, uint32_t domid, uint32_t vcpu,
			     const struct vcpu_guest_context *ctx);
/* For a 32-bit domain: `ctx` is as that domain lays the structure out. */
int control_vcpu_set_context32(struct control *c, uint32_t domid,
			       uint32_t vcpu, const void *ctx, size_t size);
int control_vcpu_get_context(struct control *c, uint32_t domid, uint32_t vcpu,
			     struct vcpu_guest_context *ctx);
int control_vcpu_info(struct control *c, uint32_t domid, uint32_t vcpu,
		      struct xen_domctl_getvcpuinfo *info);
/* Hard affinity; the map has `bits` bits, bit n for physical CPU n. */
int control_vcpu_get_affinity(struct control *c, uint32_t domid, uint32_t vcpu,
			      uint8_t *map, uint32_t bits);
int control_vcpu_set_affinity(struct control *c, uint32_t domid, uint32_t vcpu,
			      const uint8_t *map, uint32_t bits);

/* --- memory -------------------------------------------------------------- */

/*
 * Gives the domain `count` extents of 2^order pages. gpfns[] holds the wanted
 * guest frames and receives the machine frames (PV). Returns how many, from the
 * first on, could be had: fewer when memory or the domain's limit ran out.
 */
long control_memory_populate(struct control *c, uint32_t domid, size_t count,
			     unsigned int order, xen_pfn_t *gpfns);
/*
 * Keeps so much of the free memory that the domain can come to have `pages`; 0
 * gives it up. -ENOMEM: fewer are free, -EINVAL: it has a claim already.
 */
int control_memory_claim(struct control *c, uint32_t domid, uint64_t pages);
/* The highest machine frame of RAM. */
int control_memory_max_frame(struct control *c, uint64_t *mfn);
/* Fills the page at `mfn` with the domain's hypercall stubs. */
int control_hypercall_init(struct control *c, uint32_t domid, uint64_t mfn);

/*
 * Machine frames of the machine-to-physical table, 2 MiB each, for mapping it
 * read-only from DOMID_XEN. Returns how many.
 */
int control_m2p_frames(struct control *c, xen_pfn_t *mfns, size_t max);

/* Page table operations on behalf of `domid`; stops at the first failure. */
int control_mmu_update(struct control *c, uint32_t domid,
		       const struct mmu_update *ops, size_t count);
int control_mmuext(struct control *c, uint32_t domid,
		   const struct mmuext_op *ops, size_t count);

/* --- event channels ------------------------------------------------------ */

/* An unbound port of `domid` that `remote` may bind; returns the port. */
int control_evtchn_alloc_unbound(struct control *c, uint32_t domid,
				 uint32_t remote, uint32_t *port);

/* --- the host ------------------------------------------------------------ */

int control_physinfo(struct control *c, struct xen_sysctl_physinfo *info);
/* -ENOSYS or -EOPNOTSUPP: another hypervisor. */
int control_spec_ctrl(struct control *c,
		      struct xen_sysctl_hospes_spec_ctrl *info);
/* XEN_SCHEDULER_* */
int control_sched_id(struct control *c, uint32_t *sched_id);
/* Idle time in ns of each physical CPU; returns how many were filled. */
int control_cpu_idle(struct control *c, uint64_t *idle_ns, size_t max);
int control_cpu_topology(struct control *c, struct xen_sysctl_cputopo *topo,
			 size_t max);
/*
 * The console ring from *index on (incremental) or from its start, at most
 * `size` bytes; returns the number of bytes, *index is moved on.
 */
int control_console_read(struct control *c, char *buffer, size_t size,
			 uint32_t *index, bool incremental, bool clear);
/* Sends single-letter debug keys. */
int control_debug_keys(struct control *c, const char *keys);

/*
 * The hypervisor's counters, in its own order; they never go back. A name may
 * be "": a place that is not in use.
 */
#define CONTROL_PERF_NAME XEN_SYSCTL_HOSPES_PERF_NAME

struct control_perf {
	size_t counters, cpus;
	uint64_t time_ns;		/* when they were read */
	char (*names)[CONTROL_PERF_NAME];
	uint64_t *values;		/* counters of CPU 0, of CPU 1, ... */
};

/* -ENOSYS or -EOPNOTSUPP: another hypervisor. Free it whatever is returned. */
int control_perf_read(struct control *c, struct control_perf *perf);
void control_perf_free(struct control_perf *perf);

struct control_version {
	unsigned int major, minor;
	char extra[16];
	char capabilities[1024];
	char changeset[64];
	char commandline[1024];
	char compiler[64];
	char compile_by[16];
	char compile_domain[32];
	char compile_date[32];
	char build_id[64];		/* hexadecimal; "" when there is none */
	uint64_t virt_start;
	unsigned int pagesize;
};

int control_version(struct control *c, struct control_version *version);

#endif
