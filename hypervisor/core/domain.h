/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains and their vCPUs, as every kind of guest has them. */
#ifndef HOSPES_CORE_DOMAIN_H
#define HOSPES_CORE_DOMAIN_H

#include "lib/types.h"

#include <xen/xen.h>
#include <xen/vcpu.h>
#include <xen/sched.h>

#include "core/evtchn.h"
#include "core/gnttab.h"
#include "core/lock.h"
#include "core/sched.h"
#include "core/timer.h"
#include "core/watchdog.h"
#include "lib/cpumask.h"
#include "lib/list.h"
#include "mm/frame.h"
#include "pv/pv.h"

#define MAX_VCPUS	128		/* of a domain */
#define NR_PIRQS	1024		/* of a domain: GSIs, then MSIs */
/* Assists that a guest can have. */
#define VM_ASSISTS	(BIT(VMASST_TYPE_4gb_segments) | \
			 BIT(VMASST_TYPE_4gb_segments_notify) | \
			 BIT(VMASST_TYPE_writable_pagetables) | \
			 BIT(VMASST_TYPE_pae_extended_cr3) | \
			 BIT(VMASST_TYPE_architectural_iopl) | \
			 BIT(VMASST_TYPE_runstate_update_flag) | \
			 BIT(VMASST_TYPE_m2p_strict))

struct domain;
struct vcpu;
struct pirq;
struct e820_entry;

/* What differs between kinds of guests. Two constants: pv_kind, hvm_kind. */
struct guest_kind {
	const char *name;
	int (*domain_init)(struct domain *d);
	void (*domain_destroy)(struct domain *d);
	/* @d, still empty, becomes a 32-bit guest (is set already). -errno.
	   May be NULL. */
	int (*set_32bit)(struct domain *d);
	/* Give back all frames of a dying domain; -ERESTART to be called on. */
	int (*relinquish)(struct domain *d);
	int (*vcpu_init)(struct vcpu *v);
	void (*vcpu_destroy)(struct vcpu *v);
	/* Leave and enter this CPU; registers are in guest_regs(). */
	void (*switch_from)(struct vcpu *v);
	void (*switch_to)(struct vcpu *v);
	/*
	 * vCPU context in the public layout (vcpu_guest_context), for
	 * VCPUOP_initialise and domctl. The vCPU is not running. -errno.
	 */
	int (*set_context)(struct vcpu *v, const vcpu_guest_context_t *c);
	void (*get_context)(struct vcpu *v, vcpu_guest_context_t *c);
	/* An event became pending while @v ran on another CPU, or blocked. */
	void (*event_pending)(struct vcpu *v);
	/* May the vCPU take an event now (for block)? */
	bool (*event_deliverable)(const struct vcpu *v);
	void (*dump_vcpu)(struct vcpu *v);
};

extern const struct guest_kind pv_kind;

/* vcpu.flags, set and cleared atomically. */
#define VCPU_DOWN	BIT(0)		/* not brought up */
#define VCPU_BLOCKED	BIT(1)
#define VCPU_INITIALISED BIT(2)		/* has a context */
#define VCPU_POLLING	BIT(3)		/* in SCHEDOP_poll */

/* vcpu.areas_stale */
#define AREA_RUNSTATE	BIT(0)
#define AREA_TIME	BIT(1)

struct vcpu {
	unsigned int id;
	struct domain *domain;
	u64 flags;
	u32 pause_count;		/* atomic */
	bool running;			/* s: on a CPU now */
	unsigned int cpu;		/* where it runs or ran last */
	struct regs regs;		/* while not running */
	struct sched_vcpu sched;
	struct cpumask dirty;		/* CPUs that may hold its translations;
					   domain.dirty is what is used */

	/* Shared with the guest. vcpu_info is in the shared info page, or
	   where the guest registered it. Never NULL. */
	struct vcpu_info *info;
	mfn_t info_mfn;			/* registered frame or INVALID_MFN */
	struct vcpu_runstate_info runstate;
	gva_t runstate_guest;		/* 0: none */
	gva_t time_guest;		/* secondary time area, 0: none */
	u32 time_version;		/* what that area has */
	u8 areas_stale;			/* AREA_*: guest's copies that are
					   behind, as user mode ran */
	u64 time_due;			/* when to publish time again, 0: before
					   it runs; set by any CPU */

	/* Timers of the guest. */
	struct timer periodic_timer;
	u64 periodic_period;		/* ns, 0: stopped */
	u64 periodic_last;		/* system time of the last tick */
	struct timer singleshot_timer;
	struct timer poll_timer;

	u32 virq_port[NR_VIRQS];	/* e: 0 none */
	struct evtchn_fifo_vcpu *fifo;

	/* Native copies of a 32-bit guest's arguments, for the handlers of
	   the call under way (hypercall/compat32.h). */
	struct {
		u8 *area;		/* allocated when first needed */
		size_t used;		/* 0: no translated call now */
	} xlat;

	struct pv_vcpu pv;
};

struct domain {
	unsigned int id;
	const struct guest_kind *kind;
	bool privileged;		/* dom0 */
	bool is_idle;
	u8 handle[16];			/* uuid */
	u32 refs;			/* of the structure, atomic */
	struct list link;		/* D: list of domains, by id */
	struct spinlock lock;		/* d */

	u32 pause_count;		/* d: in each vCPU's count, too */
	bool paused_by_controller;	/* d: one of them */
	bool being_built;		/* never unpaused yet */
	bool shutting_down, shut_down;	/* d */
	u8 shutdown_code;		/* d */
	enum { DYING_NO, DYING_YES, DYING_DEAD } dying;	/* d */
	unsigned int relinquish_step;

	unsigned int max_vcpus;
	struct vcpu **vcpus;		/* max_vcpus entries, NULL: none yet */
	struct cpumask dirty;		/* CPUs that may hold translations */
	u64 unmap_clock;		/* TLB clock when it last lost a
					   writable mapping */

	struct spinlock memory_lock;	/* p */
	u64 promised;			/* p: frames on their way to it */
	u64 max_pages;			/* p: limit */
	u64 claim;			/* h: free frames kept for it */
	struct frame_set frames;
	struct e820_entry *memory_map;	/* p: told to the guest, or NULL */
	unsigned int memory_map_count;	/* p */

	struct shared_info *shared;	/* p, e: direct map; NULL: gone. The
					   domain's own calls need no lock */
	mfn_t shared_mfn;

	struct evtchn_domain evtchn;
	struct gnttab gnttab;
	struct pirq *pirqs;		/* i: NR_PIRQS, dom0 only; or NULL */
	struct sched_domain sched;
	u64 vm_assist;			/* VMASST_TYPE_* bits */
	s64 time_offset;		/* seconds on the wall clock */
	struct watchdog watchdog[WATCHDOGS];

	struct pv_domain pv;
};

#define dom0	domain_dom0
extern struct domain *domain_dom0;
extern struct domain *domain_idle;

/*
 * References: domain_get() finds a domain (also a dying one) by id and holds
 * its structure; NULL if there is none.  The structure outlives the domain
 * until the last reference and the last owned frame are gone.
 */
struct domain *domain_get(unsigned int domid);
struct domain *domain_next(unsigned int domid);	/* id >= domid, ref taken */
/* Call @fn for every domain, dying ones too, with the lock of their list. */
void domain_for_each(void (*fn)(struct domain *d));
void domain_hold(struct domain *d);
void domain_put(struct domain *d);
/* DOMID_SELF or id; only self, or a caller privileged over it: else NULL. */
struct domain *domain_get_target(domid_t domid, int *err);

struct domain_params {
	unsigned int max_vcpus;
	unsigned int max_evtchn;	/* highest port allowed */
	unsigned int max_grant_frames, max_maptrack_frames;
	const u8 *handle;
	bool privileged;
};

/* @domid 0… or -1 for the next free one. NULL and *err on failure. */
struct domain *domain_create(int domid, const struct domain_params *p,
			     const struct guest_kind *kind, int *err);
struct vcpu *vcpu_create(struct domain *d, unsigned int id);
/* Begin or go on with the end of @d: -ERESTART until done, then 0. */
int domain_kill(struct domain *d);
/* Pause counts nest; domain_pause() returns when no vCPU runs. */
void domain_pause(struct domain *d);
void domain_unpause(struct domain *d);
void vcpu_pause(struct vcpu *v);	/* sync; not current */
void vcpu_unpause(struct vcpu *v);
/* Its controller's own pause and unpause: no nesting. -EINVAL: no change. */
int domain_pause_by_controller(struct domain *d);
int domain_unpause_by_controller(struct domain *d);
/* Zero the shared info page, then what it says before the start. */
void domain_init_shared(struct domain *d);
/*
 * From now on @d is a 32-bit guest (PV32). It has neither memory nor running
 * vCPUs yet, else -EACCES; -ENOMEM.
 */
int domain_set_32bit(struct domain *d);
/* The guest shut itself down (or crashed: SHUTDOWN_crash). */
void domain_shutdown(struct domain *d, u8 reason);
/* A vCPU of @d stopped: is the shutdown complete now? (sched.c) */
void domain_check_shutdown(struct domain *d);
/* A shut-down domain goes on (a suspend that was called off). */
void domain_resume(struct domain *d);
/* Free dead domains that nobody refers to any more. No locks held. */
void domain_reap(void);
struct domain *domain_create_idle(void);
struct vcpu *vcpu_create_idle(unsigned int cpu);
/*
 * End of a misbehaving guest: logs @fmt, the vCPU's registers, and shuts
 * the domain down with reason crash. For the current domain; the vCPU stops
 * on its way out. Crash of dom0 stops the machine.
 */
void domain_crash(struct domain *d, const char *fmt, ...) __printf(2, 3);
/* All of the machine. */
void machine_reboot(void) __noreturn;
void machine_poweroff(void) __noreturn;

/* Register vcpu_info at (@gfn, @offset) of its own memory: -errno. */
int vcpu_map_info(struct vcpu *v, u64 gfn, unsigned int offset);
void vcpu_unmap_info(struct vcpu *v);
/*
 * Give @v, which does not run, its context. VGCF_online brings it up, as the
 * builders of domains want it. -errno, -ERESTART.
 */
int vcpu_set_context(struct vcpu *v, const vcpu_guest_context_t *c);
void vcpu_up(struct vcpu *v);
void vcpu_down(struct vcpu *v);		/* current or not running at once */
struct vcpu *vcpu_get(struct domain *d, unsigned int id);	/* or NULL */
/* The scheduler's word that the current vCPU goes, or has come. */
void vcpu_leave_cpu(struct vcpu *v);
void vcpu_enter_cpu(struct vcpu *v, u64 now);
/* Write the run states to where the guest (current) registered them. */
void vcpu_publish_runstate(struct vcpu *v);
/* What could not be written while user mode ran. */
void vcpu_publish_stale(struct vcpu *v);
/* No timer of a dying vCPU fires any more. */
void vcpu_stop_timers(struct vcpu *v);
void vcpu_free(struct vcpu *v);
/*
 * Time (vcpu_time.c), each by the version protocol: in vcpu_info; where the
 * guest wants it besides; in the shared info page.
 */
void vcpu_update_time(struct vcpu *v);
void vcpu_publish_time(struct vcpu *v);
int vcpu_register_time(struct vcpu *v, gva_t where);
void domain_update_wallclock(struct domain *d);
/* All three, for the current vCPU. */
void vcpu_refresh_time(struct vcpu *v, u64 now);
/* The address of the last page fault, in vcpu_info. */
void vcpu_set_cr2(struct vcpu *v, u64 addr);
u64 vcpu_get_cr2(const struct vcpu *v);

/* A paravirtual guest whose kernel runs in ring 1 with PAE page tables. */
static inline bool domain_is_32bit(const struct domain *d)
{
	return d->pv.is_32bit;
}

/* The current vCPU goes on: its guest shall find the time. No locks held. */
static inline void vcpu_keep_time(struct vcpu *v, u64 now)
{
	if (unlikely(now >= READ_ONCE(v->time_due)))
		vcpu_refresh_time(v, now);
}

/* Somebody may have overwritten it while @v was stopped. */
static inline void vcpu_time_stale(struct vcpu *v)
{
	WRITE_ONCE(v->time_due, 0);
}

static inline bool vcpu_runnable(const struct vcpu *v)
{
	return !READ_ONCE(v->pause_count) &&
	       !(READ_ONCE(v->flags) & (VCPU_DOWN | VCPU_BLOCKED));
}

#define for_each_vcpu(d, v) \
	for (unsigned int i_ = 0; i_ < (d)->max_vcpus; i_++) \
		if (((v) = READ_ONCE((d)->vcpus[i_])) != NULL)

#endif
