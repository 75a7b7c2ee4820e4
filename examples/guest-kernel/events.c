/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels, two-level: a bit of `evtchn_pending` for each port, and for
 * each vCPU a summary with a bit for each word of that. The hypervisor enters
 * event_entry of a vCPU whose evtchn_upcall_pending is set and whose
 * evtchn_upcall_mask is not; at entry it sets the latter.
 */
#include "kernel.h"

#define WORD_BITS	(8 * sizeof(xen_ulong_t))
#define PORTS		1024		/* what a 32-bit kernel has */

static struct {
	event_handler handler;
	void *arg;
} handlers[PORTS];

static struct vcpu_info *own_info(void)
{
	return &shared_info->vcpu_info[cpu_id()];
}

static void deliver_word(unsigned int word)
{
	xen_ulong_t *pending = &shared_info->evtchn_pending[word];
	unsigned int port;
	xen_ulong_t bits;

	bits = *(volatile xen_ulong_t *)pending &
		~shared_info->evtchn_mask[word];
	for (port = word * WORD_BITS; bits; bits >>= 1, port++) {
		if (!(bits & 1))
			continue;
		__atomic_and_fetch(pending,
				   ~((xen_ulong_t)1 << port % WORD_BITS),
				   __ATOMIC_SEQ_CST);
		if (port < PORTS && handlers[port].handler)
			handlers[port].handler(handlers[port].arg);
	}
}

/* From traps_enter(). First the flags are cleared, then the bits are read. */
void events_deliver(void)
{
	struct vcpu_info *v = own_info();
	xen_ulong_t words;
	unsigned int word;

	while (__atomic_exchange_n(&v->evtchn_upcall_pending, 0,
				   __ATOMIC_SEQ_CST)) {
		words = __atomic_exchange_n(&v->evtchn_pending_sel, 0,
					    __ATOMIC_SEQ_CST);
		for (word = 0; words; words >>= 1, word++)
			if (words & 1)
				deliver_word(word);
	}
}

void events_sleep(void)
{
	/* Unmasks, and returns after an event; at once if there is one. */
	HYPERCALL2(sched_op, SCHEDOP_block, 0);
	*(volatile u8 *)&own_info()->evtchn_upcall_mask = 1;
}

bool events_wait(bool (*ready)(void *arg), void *arg, u64 deadline)
{
	while (!ready(arg)) {
		if (time_now() >= deadline)
			return false;
		time_wake_at(deadline);
		events_sleep();
	}
	return true;
}

void events_handle(u32 port, event_handler handler, void *arg)
{
	struct evtchn_unmask unmask = { .port = port };

	if (port >= PORTS)
		panic("port %u is too high", port);
	handlers[port].arg = arg;
	handlers[port].handler = handler;
	HYPERCALL2(event_channel_op, EVTCHNOP_unmask, &unmask);
}

u32 events_bind_virq(u32 virq, u32 cpu, event_handler handler, void *arg)
{
	struct evtchn_bind_virq bind = { .virq = virq, .vcpu = cpu };

	if (HYPERCALL2(event_channel_op, EVTCHNOP_bind_virq, &bind))
		panic("virtual interrupt %u cannot be bound", virq);
	events_handle(bind.port, handler, arg);
	return bind.port;
}

u32 events_bind_ipi(u32 cpu, event_handler handler, void *arg)
{
	struct evtchn_bind_ipi bind = { .vcpu = cpu };

	if (HYPERCALL2(event_channel_op, EVTCHNOP_bind_ipi, &bind))
		panic("no port to signal vCPU %u", cpu);
	events_handle(bind.port, handler, arg);
	return bind.port;
}

/* A port that another domain may bind to; 0: there is none. */
u32 events_alloc(u16 remote, event_handler handler, void *arg)
{
	struct evtchn_alloc_unbound alloc = {
		.dom = DOMID_SELF, .remote_dom = remote,
	};

	if (HYPERCALL2(event_channel_op, EVTCHNOP_alloc_unbound, &alloc))
		return 0;
	events_handle(alloc.port, handler, arg);
	return alloc.port;
}

void events_close(u32 port)
{
	struct evtchn_close close = { .port = port };

	__atomic_or_fetch(&shared_info->evtchn_mask[port / WORD_BITS],
			  (xen_ulong_t)1 << port % WORD_BITS,
			  __ATOMIC_SEQ_CST);
	handlers[port].handler = NULL;
	HYPERCALL2(event_channel_op, EVTCHNOP_close, &close);
}

void events_send(u32 port)
{
	struct evtchn_send send = { .port = port };

	HYPERCALL2(event_channel_op, EVTCHNOP_send, &send);
}

void events_init(void)
{
	struct callback_register event = {
		.type = CALLBACKTYPE_event,
		.address = arch_callback(event_entry),
	};

	/* All ports are masked until somebody handles them. */
	memset(shared_info->evtchn_mask, 0xff,
	       sizeof(shared_info->evtchn_mask));
	if (HYPERCALL2(callback_op, CALLBACKOP_register, &event))
		panic("the event callback was refused");
}
