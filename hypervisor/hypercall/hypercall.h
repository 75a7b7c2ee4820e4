/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The edge between guests and the hypervisor.  table.def has one row a call.
 */
#ifndef HOSPES_HYPERCALL_HYPERCALL_H
#define HOSPES_HYPERCALL_HYPERCALL_H

#include "lib/errno.h"
#include "mm/addr.h"

struct domain;

/*
 * Long calls stop in time: when hypercall_preempt() says so and some progress
 * was made, the handler returns hypercall_restart() with the arguments that
 * continue the work.  The guest's registers (or its multicall entry) get these,
 * its instruction pointer goes back, and pending events are delivered first.
 */
bool hypercall_preempt(void);
bool hypercall_preempt_short(void);	/* between steps of no length */
long hypercall_restart(u64 a1, u64 a2, u64 a3, u64 a4);
/* The same call once more, its arguments as they are. */
long hypercall_restart_same(void);

/*
 * What a handler that returned -ERESTART asked for, kept per CPU until it is
 * taken; NULL if -ERESTART was just a result. Who takes it is answerable
 * for the restart.
 */
struct hypercall_again {
	bool asked, same;
	u64 args[4];
};

const struct hypercall_again *hypercall_take_restart(long rc);

/* Start: the tables by which entry.S finds the handlers. */
void hypercall_init(void);
/* A call of a 32-bit guest: INT 0x82; number EAX, arguments EBX ECX EDX ESI EDI EBP. */
void hypercall32_dispatch(void);
long hc_multicall(gva_t list, unsigned int count);

/* Handlers of hypercall/ (those of core/ and pv/ are in their headers). */
long hc_xen_version(int cmd, gva_t arg);		/* info.c */
long hc_console_io(int cmd, int count, gva_t buf);	/* core/console.c */
long hc_sched_op(int cmd, gva_t arg);			/* schedop.c */
long hc_sched_op_suspend(u64 start_info);
long hc_vcpu_op(int cmd, unsigned int vcpu, gva_t arg);	/* vcpuop.c */
long hc_set_timer_op(u64 timeout);
long hc_memory_op(u64 cmd, gva_t arg);			/* memory.c */
long hc_domctl(gva_t op);				/* domctl.c */
long hc_sysctl(gva_t op);				/* sysctl.c */
long hc_platform_op(gva_t op);				/* platform.c */
long hc_physdev_op(int cmd, gva_t arg);			/* physdev.c */
long hc_hvm_op(int cmd, gva_t arg);
long hc_dm_op(u32 domid, unsigned int nr, gva_t bufs);
long hc_mca(gva_t arg);
long hc_kexec_op(u64 op, gva_t arg);
long hc_xenpmu_op(unsigned int op, gva_t arg);
long hc_nmi_op(unsigned int cmd, gva_t arg);

/* stubs.c: fill a page of 32-byte stubs, one a call; for either PV kind. */
void pv_fill_hypercall_page(void *page);
void pv_fill_hypercall_page32(void *page);

/* policy.c: every privilege decision. 0 or -EPERM. */
int policy_control(const struct domain *caller, const struct domain *target);
int policy_host(const struct domain *caller);	/* machine-wide calls */

#endif
