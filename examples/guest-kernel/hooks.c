/* SPDX-License-Identifier: BSD-2-Clause */
/* The hooks of frontend-drivers/frontend.h over this kernel. */
#include "devices.h"

#define TABLE_FRAMES	4		/* of grants, 512 each */
#define GRANTS		(TABLE_FRAMES * 512)

static struct grant_table grants;
static struct xenbus xenbus;

static void *hook_pages(void *context, unsigned int count)
{
	(void)context;
	return memory_pages(count);
}

static void hook_pages_free(void *context, void *pages, unsigned int count)
{
	(void)context;
	memory_free(pages, count);
}

static uint32_t hook_frame(void *context, const void *page)
{
	(void)context;
	return virt_to_mfn(page);
}

static int hook_event_alloc(void *context, domid_t remote,
			    void (*handler)(void *arg), void *arg,
			    evtchn_port_t *port)
{
	(void)context;
	*port = events_alloc(remote, handler, arg);
	return *port ? 0 : -XEN_ENOSPC;
}

static int hook_event_bind(void *context, evtchn_port_t port,
			   void (*handler)(void *arg), void *arg)
{
	(void)context;
	events_handle(port, handler, arg);
	return 0;
}

static void hook_event_close(void *context, evtchn_port_t port)
{
	(void)context;
	events_close(port);
}

static void hook_event_send(void *context, evtchn_port_t port)
{
	(void)context;
	events_send(port);
}

static bool hook_wait(void *context, bool (*ready)(void *arg), void *arg,
		      uint64_t deadline)
{
	(void)context;
	return events_wait(ready, arg, deadline);
}

static uint64_t hook_time(void *context)
{
	(void)context;
	return time_now();
}

static void hook_log(void *context, const char *device, const char *text)
{
	(void)context;
	print("%s: %s\n", device, text);
}

struct frontend_os hooks = {
	.pages = hook_pages,
	.pages_free = hook_pages_free,
	.frame = hook_frame,
	.event_alloc = hook_event_alloc,
	.event_bind = hook_event_bind,
	.event_close = hook_event_close,
	.event_send = hook_event_send,
	.wait = hook_wait,
	.time = hook_time,
	.log = hook_log,
};

/* Entries must follow each other in memory, so the frames are mapped so. */
static void grants_init(void)
{
	static uint32_t next[GRANTS];
	xen_pfn_t frames[TABLE_FRAMES];
	struct gnttab_setup_table setup = {
		.dom = DOMID_SELF, .nr_frames = TABLE_FRAMES,
	};
	void *first;
	unsigned int i;

	set_xen_guest_handle(setup.frame_list, frames);
	if (HYPERCALL3(grant_table_op, GNTTABOP_setup_table, &setup, 1) ||
	    setup.status)
		panic("no grant table: %d", setup.status);
	first = memory_map_frame(frames[0]);
	for (i = 1; i < TABLE_FRAMES; i++)
		memory_map_frame(frames[i]);
	grant_init(&grants, first, next, GRANTS);
	hooks.grants = &grants;
}

void hooks_init(void)
{
	grants_init();
	if (xenbus_init(&xenbus, &hooks, mfn_to_virt(start_info->store_mfn),
			start_info->store_evtchn))
		panic("the store does not answer");
	hooks.xenbus = &xenbus;
}
