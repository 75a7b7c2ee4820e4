/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An example of a paravirtual kernel: docs/porting.md goes through it. The
 * order of what follows is the order in which a port grows.
 */
#include "devices.h"

struct start_info *start_info;

void kernel_main(void) __attribute__((noreturn));

static u32 microseconds(u64 from, u64 to)
{
	return divide(to - from, 1000);
}

static void devices_init(void)
{
	hooks_init();
	control_init();
	disk_init();
	net_init();
}

static bool has_work(void *arg)
{
	(void)arg;
	return xenbus_pending(hooks.xenbus) || time_now() >= net_deadline();
}

static void __attribute__((noreturn)) serve(void)
{
	for (;;) {
		events_wait(has_work, NULL, net_deadline());
		xenbus_poll(hooks.xenbus);
		net_tick();
	}
}

/* From start.S, on the first vCPU's stack. */
void kernel_main(void)
{
	bool is_dom0 = start_info->flags & SIF_INITDOMAIN;
	u64 tsc = time_tsc(), began, kernel, ready;
	unsigned int cpus = 1;

	memory_init();
	began = time_of(tsc);		/* the clock could not be read before */
	print_init();
	print("guest-kernel: " ARCH_NAME ", %s, %lu KiB\n", start_info->magic,
	      start_info->nr_pages * 4);
	traps_init();
	events_init();
	time_init();
	cpus += smp_init();
	kernel = time_now();
	if (!is_dom0)
		devices_init();
	ready = time_now();
	print("guest-kernel: ready in %u ms, %u vCPUs "
	      "(%u us without devices)\n", microseconds(began, ready) / 1000,
	      cpus, microseconds(began, kernel));
	/* Nobody would shut down a domain 0, so it has an end of its own. */
	if (is_dom0)
		shutdown(SHUTDOWN_poweroff);
	disk_prove();
	serve();
}
