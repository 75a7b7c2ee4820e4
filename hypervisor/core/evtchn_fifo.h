/* SPDX-License-Identifier: BSD-2-Clause */
/* State of FIFO delivery, shared by its two files. */
#ifndef HOSPES_CORE_EVTCHN_FIFO_H
#define HOSPES_CORE_EVTCHN_FIFO_H

#include "core/evtchn_internal.h"

#define FIFO_PAGES		128
#define FIFO_PAGE_WORDS		1024u

#define FIFO_P			BIT(EVTCHN_FIFO_PENDING)
#define FIFO_M			BIT(EVTCHN_FIFO_MASKED)
#define FIFO_L			BIT(EVTCHN_FIFO_LINKED)
#define FIFO_B			BIT(EVTCHN_FIFO_BUSY)

struct fifo_queue {
	struct spinlock lock;
	u32 tail;		/* f: port that was linked last, 0: none */
};

struct evtchn_fifo_vcpu {
	struct evtchn_fifo_control_block *block;	/* in a guest's page */
	mfn_t block_mfn;
	struct fifo_queue queues[EVTCHN_FIFO_MAX_QUEUES];
};

struct evtchn_fifo {
	u32 pages;			/* e: in use */
	u32 *words[FIFO_PAGES];		/* guest's pages, direct map */
	mfn_t mfns[FIFO_PAGES];
};

/* The word of @port, NULL if the guest gave no page for it yet. */
static inline u32 *fifo_word(const struct domain *d, u32 port)
{
	const struct evtchn_fifo *f = d->evtchn.fifo;
	u32 *page = READ_ONCE(f->words[port / FIFO_PAGE_WORDS]);

	return page ? &page[port % FIFO_PAGE_WORDS] : NULL;
}

#endif
