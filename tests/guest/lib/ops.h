/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls on memory, events, grants and vCPUs as the subjects of the suite
 * make them, one operation at a time; the same for both word sizes.
 */
#ifndef TESTS_GUEST_OPS_H
#define TESTS_GUEST_OPS_H

#include "guest.h"
#include <xen/errno.h>

#define UPPER_FLAGS	0x67ULL		/* P, RW, U, A, D: an upper entry */
#define NO_DOMAIN	0x1234		/* never created here */
#define BAD_POINTER	HV_ADDRESS	/* nobody may read there */

static inline unsigned long addr_of(const volatile void *p)
{
	return (unsigned long)p;
}

/* ---- page tables ---------------------------------------------------------------- */

static inline int update_one(u64 ptr, u64 val, u32 foreign)
{
	struct mmu_update u = { .ptr = ptr, .val = val };

	return HC4(mmu_update, &u, 1, 0, foreign);
}

/* mmu_update of an entry that is reached by its address. */
static inline int set_entry(const volatile u64 *entry, u64 val)
{
	return update_one(maddr_of((const void *)entry), val, DOMID_SELF);
}

static inline int mmuext2(unsigned int cmd, unsigned long a1,
			  unsigned long a2)
{
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.mfn = a1;
	op.arg2.src_mfn = a2;
	return HC4(mmuext_op, &op, 1, 0, DOMID_SELF);
}

static inline int mmuext(unsigned int cmd, unsigned long a1)
{
	return mmuext2(cmd, a1, 0);
}

static inline int pin(unsigned int level, const void *table)
{
	return mmuext(MMUEXT_PIN_L1_TABLE + level - 1, mfn_of(table));
}

static inline int unpin(const void *table)
{
	return mmuext(MMUEXT_UNPIN_TABLE, mfn_of(table));
}

static inline int make_ro(const void *p)
{
	return map_page(addr_of(p), PTE_RO(mfn_of(p)), UVMF_INVLPG);
}

static inline int make_rw(const void *p)
{
	return map_page(addr_of(p), PTE_RW(mfn_of(p)), UVMF_INVLPG);
}

static inline int unmap_page(const void *p)
{
	return map_page(addr_of(p), 0, UVMF_INVLPG);
}

/* An entry of an upper table that names @table below it. */
static inline u64 upper_entry(const void *table)
{
	return mfn_of(table) << 12 | UPPER_FLAGS;
}

/* The live table of @level that translates @va. */
static inline u64 *table_at(unsigned int level, unsigned long va)
{
	return (u64 *)((unsigned long)table_entry(level, va) & PAGE_MASK);
}

/* ---- events ------------------------------------------------------------------------ */

static inline int evtchn(int cmd, void *arg)
{
	return HC2(event_channel_op, cmd, arg);
}

static inline int port_send(u32 port)
{
	struct evtchn_send s = { port };

	return evtchn(EVTCHNOP_send, &s);
}

static inline int port_close(u32 port)
{
	struct evtchn_close c = { port };

	return evtchn(EVTCHNOP_close, &c);
}

static inline int port_unmask(u32 port)
{
	struct evtchn_unmask u = { port };

	return evtchn(EVTCHNOP_unmask, &u);
}

/* EVTCHNSTAT_*, or an error. */
static inline int port_status(u32 port)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = port };
	int rc = evtchn(EVTCHNOP_status, &s);

	return rc ? rc : (int)s.status;
}

/* These give the port, or an error. */
static inline int port_alloc(unsigned int dom, unsigned int remote)
{
	struct evtchn_alloc_unbound a = { .dom = dom, .remote_dom = remote };
	int rc = evtchn(EVTCHNOP_alloc_unbound, &a);

	return rc ? rc : (int)a.port;
}

static inline int port_bind(unsigned int dom, u32 remote)
{
	struct evtchn_bind_interdomain b = { .remote_dom = dom,
					     .remote_port = remote };
	int rc = evtchn(EVTCHNOP_bind_interdomain, &b);

	return rc ? rc : (int)b.local_port;
}

static inline int port_bind_virq(u32 virq, u32 vcpu)
{
	struct evtchn_bind_virq v = { .virq = virq, .vcpu = vcpu };
	int rc = evtchn(EVTCHNOP_bind_virq, &v);

	return rc ? rc : (int)v.port;
}

static inline int port_bind_ipi(u32 vcpu)
{
	struct evtchn_bind_ipi i = { .vcpu = vcpu };
	int rc = evtchn(EVTCHNOP_bind_ipi, &i);

	return rc ? rc : (int)i.port;
}

static inline int port_bind_vcpu(u32 port, u32 vcpu)
{
	struct evtchn_bind_vcpu b = { .port = port, .vcpu = vcpu };

	return evtchn(EVTCHNOP_bind_vcpu, &b);
}

/* The words of the 2-level bitmaps are as wide as the guest's. */
#define PORT_WORD(p)	((p) / (sizeof(long) * 8))
#define PORT_BIT(p)	(1UL << ((p) % (sizeof(long) * 8)))

static inline bool port_pending(u32 p)
{
	return *(volatile unsigned long *)
		&shared_info->evtchn_pending[PORT_WORD(p)] & PORT_BIT(p);
}

static inline void port_clear(u32 p)
{
	__atomic_fetch_and(&shared_info->evtchn_pending[PORT_WORD(p)],
			   ~PORT_BIT(p), __ATOMIC_SEQ_CST);
}

static inline void port_set_mask(u32 p, bool on)
{
	xen_ulong_t *word = &shared_info->evtchn_mask[PORT_WORD(p)];

	if (on)
		__atomic_fetch_or(word, PORT_BIT(p), __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(word, ~PORT_BIT(p), __ATOMIC_SEQ_CST);
}

static inline int poll_port(u32 port, u64 deadline)
{
	evtchn_port_t p = port;
	struct sched_poll poll = { .nr_ports = 1, .timeout = deadline };

	set_xen_guest_handle(poll.ports, &p);
	return HC2(sched_op, SCHEDOP_poll, &poll);
}

/* ---- time ---------------------------------------------------------------------------- */

static inline u64 tsc_read(void)
{
	u32 lo, hi;

	__asm__ volatile("lfence\n\trdtsc" : "=a"(lo), "=d"(hi) :: "memory");
	return (u64)hi << 32 | lo;
}

/* @a * @b / 2^32, without a 128-bit product. */
static inline u64 scale_32(u64 a, u32 b)
{
	return ((a & 0xffffffff) * b >> 32) + (a >> 32) * b;
}

/* System time in nanoseconds, of that vCPU's clock. */
static inline u64 time_of(volatile struct vcpu_time_info *t)
{
	u32 version;
	u64 now, delta;

	do {
		version = t->version;
		barrier();
		delta = tsc_read() - t->tsc_timestamp;
		delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift
					 : delta << t->tsc_shift;
		now = t->system_time + scale_32(delta, t->tsc_to_system_mul);
		barrier();
	} while (version & 1 || version != t->version);
	return now;
}

static inline u64 time_now(void)
{
	return time_of(&shared_info->vcpu_info[0].time);
}

#define MSEC	1000000ULL

/* ---- grants -------------------------------------------------------------------------- */

static inline int grant_op(unsigned int cmd, void *arg)
{
	return HC3(grant_table_op, cmd, arg, 1);
}

#endif
