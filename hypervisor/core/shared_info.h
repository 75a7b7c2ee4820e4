/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies where in the pages that a domain shares with us. 32-bit guests
 * have other offsets; nothing else in the hypervisor knows them.
 * Bits of ports are counted alike in both layouts.
 */
#ifndef HOSPES_CORE_SHARED_INFO_H
#define HOSPES_CORE_SHARED_INFO_H

#include "core/domain.h"

struct shared_layout {
	/* shared_info */
	u16 mask;			/* a bit a port, 8-aligned */
	u16 wc_version, wc_sec, wc_nsec, wc_sec_hi;
	u16 max_pfn;			/* a word of the guest */
	u16 ports;			/* with 2-level delivery */
	/* vcpu_info: the byte of the bit that selects word n of the ports */
	u16 selector, cr2;		/* words of the guest */
	u16 word_shift;			/* log2 of a word's bits */
	/* vcpu_runstate_info */
	u16 runstate_entry, runstate_time, runstate_size;
};

extern const struct shared_layout shared_layouts[2];

static inline const struct shared_layout *
shared_layout(const struct domain *d)
{
	return &shared_layouts[d->pv.is_32bit];
}

/* Both layouts have them at the same place. */
static inline u64 *shared_pending_bits(const struct domain *d)
{
	return (u64 *)((u8 *)d->shared +
		       offsetof(struct shared_info, evtchn_pending));
}

static inline u64 *shared_mask_bits(const struct domain *d)
{
	return (u64 *)((u8 *)d->shared + shared_layout(d)->mask);
}

/* Select the word of @port for @v; true if it was selected already. */
bool shared_select_port(struct vcpu *v, u32 port);
void shared_select_all(struct vcpu *v);
/* The last frame number that the guest says it uses. */
u64 shared_max_pfn(const struct domain *d);

/* A run state in the guest's layout, 48 bytes at most: its size. */
unsigned int shared_runstate(const struct domain *d,
			     const struct vcpu_runstate_info *r, void *out);

#endif
