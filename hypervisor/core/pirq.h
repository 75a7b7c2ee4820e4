/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical interrupts given to a domain.  A pirq is a number in the domain's
 * own space: GSIs stand for themselves, MSIs get the free numbers above them.
 * hypercall/physdev.c maps a pirq to an interrupt source; event channels bind
 * a port to it, which unmasks the source.  A level line stays masked from the
 * interrupt until the guest's PHYSDEVOP_eoi.
 */
#ifndef HOSPES_CORE_PIRQ_H
#define HOSPES_CORE_PIRQ_H

#include "x86/irq.h"

struct domain;

enum pirq_type { PIRQ_NONE, PIRQ_GSI, PIRQ_MSI };

struct pirq {
	struct domain *domain;
	enum pirq_type type;		/* i: */
	unsigned int gsi;		/* i: of a line */
	struct irq_source *source;	/* i: NULL: line not bound yet */
	u32 port;			/* i: 0: no event channel */
	bool in_service;		/* level: masked until eoi */
	unsigned int cpu;		/* i: where it goes */
	/* Messages of one function that were mapped together. */
	unsigned int group_first, group_count;
};

/* The table of a domain that may own interrupts (dom0). -ENOMEM */
int pirq_init(struct domain *d);
void pirq_destroy(struct domain *d);

/*
 * For EVTCHNOP_bind_pirq, under the evtchn lock: @port is raised at each
 * interrupt from now on. @share is BIND_PIRQ__WILL_SHARE (accepted, unused:
 * only dom0 owns interrupts). -EINVAL: not mapped, -EEXIST: has a port.
 */
int pirq_guest_bind(struct domain *d, unsigned int pirq, u32 port, bool share);
void pirq_guest_unbind(struct domain *d, unsigned int pirq);
/* Its port's vCPU runs on @cpu: deliver there. */
void pirq_set_affinity(struct domain *d, unsigned int pirq, unsigned int cpu);

/* --- for hypercall/physdev.c -------------------------------------------- */
/* Map a line; *pirq < 0 chooses. 0 also if it is mapped so already. */
int pirq_map_gsi(struct domain *d, unsigned int gsi, int *pirq);
struct pirq_msi {
	u16 seg;
	u8 bus, devfn;
	unsigned int entry;		/* MSI-X */
	unsigned int count;		/* messages, a power of two */
	maddr_t table;			/* MSI-X table, 0: MSI */
};
int pirq_map_msi(struct domain *d, const struct pirq_msi *msi, int *pirq);
int pirq_unmap(struct domain *d, unsigned int pirq);
/* Write a function's messages into it again, after it lost its registers. */
int pirq_restore_msi(struct domain *d, u16 seg, u8 bus, u8 devfn);
int pirq_eoi(struct domain *d, unsigned int pirq);
bool pirq_needs_eoi(struct domain *d, unsigned int pirq);
/* A number for an MSI that is not in use, -ENOSPC. */
int pirq_free_number(struct domain *d);

#endif
