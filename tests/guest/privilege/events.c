/* SPDX-License-Identifier: BSD-2-Clause */
/* Events and vCPUs of others; pinning, shutdown. */
#define __XEN_TOOLS__ 1
#include "privilege.h"

static void check_ports_of(unsigned int dom, long want)
{
	struct evtchn_status s = { .dom = dom, .port = 1 };
	struct evtchn_alloc_unbound a = { .dom = dom,
					  .remote_dom = DOMID_SELF };
	struct evtchn_reset r = { .dom = dom };

	expect("status", CALL2(event_channel_op, EVTCHNOP_status, &s), want);
	expect("alloc_unbound",
	       CALL2(event_channel_op, EVTCHNOP_alloc_unbound, &a), want);
	expect("reset", CALL2(event_channel_op, EVTCHNOP_reset, &r), want);
}

/* Ports of others that wait for somebody else, or are bound. */
static void check_binding(unsigned int dom)
{
	unsigned int port;

	for (port = 0; port < 64; port++) {
		struct evtchn_bind_interdomain b = { .remote_dom = dom,
						     .remote_port = port };

		expect("bind_interdomain",
		       CALL2(event_channel_op, EVTCHNOP_bind_interdomain, &b),
		       -XEN_EINVAL);
	}
}

static void check_pirqs(void)
{
	unsigned int irq;

	for (irq = 0; irq < 32; irq++) {
		struct evtchn_bind_pirq b = { .pirq = irq };

		expect("bind_pirq",
		       CALL2(event_channel_op, EVTCHNOP_bind_pirq, &b),
		       -XEN_EPERM);
	}
}

/* An operation without a name; init_control and later are FIFO's. */
static void check_unknown(void)
{
	static u8 zeros[64];
	unsigned int cmd;

	for (cmd = EVTCHNOP_set_priority + 1; cmd < 64; cmd++)
		expect("unknown", CALL2(event_channel_op, cmd, zeros),
		       -XEN_ENOSYS);
}

/* Nobody's vCPUs but the caller's can be named at all. */
static void check_vcpus(void)
{
	static u8 zeros[8192];
	unsigned int cmd;
	u64 id[2] = { 0x5a5a, 0x5a5a };

	subject("vcpu_op");
	for (cmd = 0; cmd < 32; cmd++)
		expect("vCPU 4000", CALL3(vcpu_op, cmd, 4000, zeros),
		       -XEN_ENOENT);
	for (cmd = VCPUOP_register_vcpu_time_memory_area + 1; cmd < 64; cmd++)
		expect("unknown", CALL3(vcpu_op, cmd, 0, zeros), -XEN_ENOSYS);
	/* Where it runs is dom0's to know. */
	expect("get_physid", CALL3(vcpu_op, VCPUOP_get_physid, 0, id),
	       -XEN_EINVAL);
	expect("no id", id[0] == 0x5a5a && id[1] == 0x5a5a, true);
}

static void check_sched(void)
{
	struct sched_pin_override pin = { .pcpu = 0 };
	struct sched_remote_shutdown s = { .reason = SHUTDOWN_crash };
	static u8 zeros[64];
	unsigned int i;

	subject("sched_op");
	for (i = 0; i < OTHERS; i++) {
		s.domain_id = others[i];
		expect("remote_shutdown",
		       CALL2(sched_op, SCHEDOP_remote_shutdown, &s),
		       -XEN_EPERM);
	}
	s.domain_id = NO_DOMAIN;
	expect("remote_shutdown", CALL2(sched_op, SCHEDOP_remote_shutdown, &s),
	       -XEN_ESRCH);
	expect("pin_override", CALL2(sched_op, SCHEDOP_pin_override, &pin),
	       -XEN_EPERM);
	pin.pcpu = -1;
	expect("pin_override, end", CALL2(sched_op, SCHEDOP_pin_override, &pin),
	       -XEN_EPERM);
	for (i = SCHEDOP_pin_override + 1; i < 64; i++)
		expect("unknown", CALL2(sched_op, i, zeros), -XEN_ENOSYS);
}

void check_events(void)
{
	unsigned int i;

	subject("event_channel_op");
	for (i = 0; i < OTHERS; i++) {
		check_ports_of(others[i], -XEN_EPERM);
		check_binding(others[i]);
	}
	check_ports_of(NO_DOMAIN, -XEN_ESRCH);
	check_pirqs();
	check_unknown();
	check_vcpus();
	check_sched();
}
