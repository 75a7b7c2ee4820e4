/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vcpu_op(command, vCPU, argument): on a vCPU of the caller's own domain.
 * -ENOENT: there is no such vCPU. Single-shot timers are for the calling one
 * only (-EINVAL).
 */
#ifndef __XEN_PUBLIC_VCPU_H__
#define __XEN_PUBLIC_VCPU_H__

#include "xen.h"

/* Gives a vCPU its state; IN vcpu_guest_context. -EEXIST: it has one, -EINVAL:
 * the state is unfit, or it lacks a vcpu_info (see XEN_LEGACY_MAX_VCPUS). */
#define VCPUOP_initialise 0

/* Lets it run; no argument. -EINVAL: not initialised. */
#define VCPUOP_up 1

/* Stops it; no argument. One that stops itself goes on at the next up; the
 * last one to stop ends the domain (SHUTDOWN_poweroff). */
#define VCPUOP_down 2

/* The result: 1 if it has been brought up, else 0. */
#define VCPUOP_is_up 3

/* OUT vcpu_runstate_info: what it has spent its time on. */
#define VCPUOP_get_runstate_info 4
struct vcpu_runstate_info {
	int state;			/* RUNSTATE_* */
	uint64_t state_entry_time;	/* system time, ns, since when */
/* Set in state_entry_time while the area is being written (see VMASST_*). */
#define XEN_RUNSTATE_UPDATE (xen_mk_ullong(1) << 63)
	uint64_t time[4];		/* ns in each state */
};
typedef struct vcpu_runstate_info vcpu_runstate_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_runstate_info_t);

#define RUNSTATE_running  0
#define RUNSTATE_runnable 1 /* waits for a processor */
#define RUNSTATE_blocked  2 /* waits for an event */
#define RUNSTATE_offline  3 /* down or paused */

/*
 * Has the above written to an area of the guest at every change; 0 ends it.
 * The address must be mapped in whatever address space the vCPU runs.
 */
#define VCPUOP_register_runstate_memory_area 5
struct vcpu_register_runstate_memory_area {
	union {
		XEN_GUEST_HANDLE(vcpu_runstate_info_t) h;
		struct vcpu_runstate_info *v;
		uint64_t p;
	} addr;				/* IN: linear address */
};
typedef struct vcpu_register_runstate_memory_area
	vcpu_register_runstate_memory_area_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_runstate_memory_area_t);

/* VIRQ_TIMER again and again. -EINVAL: less than a millisecond. */
#define VCPUOP_set_periodic_timer 6
struct vcpu_set_periodic_timer {
	uint64_t period_ns;		/* IN */
};
typedef struct vcpu_set_periodic_timer vcpu_set_periodic_timer_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_set_periodic_timer_t);

/* Ends that; no argument. */
#define VCPUOP_stop_periodic_timer 7

/* VIRQ_TIMER once. -ETIME: is past, with VCPU_SSHOTTMR_future. */
#define VCPUOP_set_singleshot_timer 8
struct vcpu_set_singleshot_timer {
	uint64_t timeout_abs_ns;	/* IN: system time */
	uint32_t flags;			/* IN: VCPU_SSHOTTMR_* */
};
typedef struct vcpu_set_singleshot_timer vcpu_set_singleshot_timer_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_set_singleshot_timer_t);
#define _VCPU_SSHOTTMR_future (0)
#define VCPU_SSHOTTMR_future  (1U << _VCPU_SSHOTTMR_future)

/* Ends that; no argument. */
#define VCPUOP_stop_singleshot_timer 9

/*
 * Moves the vcpu_info to a place of the guest's choice, once. It must lie in
 * one page, aligned as the structure. -EINVAL: it does not, or was moved.
 */
#define VCPUOP_register_vcpu_info 10
struct vcpu_register_vcpu_info {
	uint64_t mfn;			/* IN: frame of the guest */
	uint32_t offset;		/* IN: bytes */
	uint32_t rsvd;
};
typedef struct vcpu_register_vcpu_info vcpu_register_vcpu_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_vcpu_info_t);

/* Sends it an NMI; no argument. */
#define VCPUOP_send_nmi 11

/* OUT: the processor below. Privileged domains, else -EINVAL. */
#define VCPUOP_get_physid 12
struct vcpu_get_physid {
	uint64_t phys_id;		/* OUT */
};
typedef struct vcpu_get_physid vcpu_get_physid_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_get_physid_t);
#define xen_vcpu_physid_to_x86_apicid(physid) ((uint32_t)(physid))
#define xen_vcpu_physid_to_x86_acpiid(physid) ((uint32_t)((physid) >> 32))

/* Has the vcpu_time_info copied to an area of the guest, for user mode. */
#define VCPUOP_register_vcpu_time_memory_area 13
DEFINE_XEN_GUEST_HANDLE(vcpu_time_info_t);
struct vcpu_register_time_memory_area {
	union {
		XEN_GUEST_HANDLE(vcpu_time_info_t) h;
		struct vcpu_time_info *v;
		uint64_t p;
	} addr;				/* IN: linear address, 0 for none */
};
typedef struct vcpu_register_time_memory_area vcpu_register_time_memory_area_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_time_memory_area_t);

#endif
