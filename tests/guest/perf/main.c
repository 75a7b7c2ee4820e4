/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor's counters: each moves by exactly what was done, and by
 * nothing else.  They are dom0's to read; an unprivileged domain is refused.
 */
#define __XEN_TOOLS__ 1
#include "grant.h"
#include "perf.h"

#include <xen/sysctl.h>

#define ROUNDS	37
#define EPERM	1
#define EFAULT	14
#define ENOSYS	38

static void begin(const char *what)
{
	subject(what);
	CHECK_EQ(perf_read(), 0);
}

static void end(void)
{
	CHECK_EQ(perf_read(), 0);
	CHECK_EQ(perf_delta("hypercall-sysctl"), 1);
}

static void check_hypercalls(void)
{
	static struct multicall_entry m[ROUNDS];
	unsigned int i;

	begin("hypercalls");
	for (i = 0; i < ROUNDS; i++)
		HC2(xen_version, 0, 0);
	HC2(set_debugreg, 0, 0x1000);
	CHECK_EQ(hypercall(63, 0, 0, 0, 0, 0), -ENOSYS);
	CHECK_EQ(hypercall(1000, 0, 0, 0, 0, 0), -ENOSYS);
	end();
	CHECK_EQ(perf_delta("hypercall-xen-version"), ROUNDS);
	CHECK_EQ(perf_delta("hypercall-set-debugreg"), 1);
	CHECK_EQ(perf_delta("hypercall-stack-switch"), 0);

	begin("multicall");
	for (i = 0; i < ROUNDS; i++)
		m[i].op = i % 2 ? __HYPERVISOR_xen_version : 63;
	HC2(multicall, m, ROUNDS);
	end();
	CHECK_EQ(perf_delta("hypercall-xen-version"), ROUNDS / 2);
	/* One that was interrupted came once more. */
	CHECK_EQ(perf_delta("hypercall-multicall"),
		 1 + perf_delta("hypercall-restart"));
}

static void do_hole(void *arg)
{
	(void)arg;
	*(volatile char *)HOLE_ADDRESS = 1;
}

static void do_clts(void *arg)
{
	(void)arg;
	__asm__ volatile("clts");
}

USER_CODE(u_nothing, "ud2");
USER_CODE(u_syscall, "syscall; ud2");

static void check_exceptions(void)
{
	struct frame f;

	begin("exceptions");
	CHECK_EQ(catch_trap(do_hole, NULL, &f), 14);
	CHECK_EQ(catch_trap(do_clts, NULL, &f), -1);
	end();
	CHECK_EQ(perf_delta("exception-page-fault"), 1);
	CHECK_EQ(perf_delta("exception-general-protection"), 1);
	CHECK_EQ(perf_delta("exception-injected"), 1);
	CHECK_EQ(perf_delta("emulated-instruction"), 1);
	CHECK_EQ(perf_delta("exception-invalid-opcode"), 0);

	/* Into user mode and back: one table each, for a 64-bit kernel. */
	begin("user mode");
	CHECK_EQ(catch_user(u_nothing, 0, &f), 6);
	end();
	CHECK_EQ(perf_delta("exception-invalid-opcode"), 1);
	CHECK_EQ(perf_delta("mode-switch"), IS_32BIT ? 0 : 2);
	CHECK_EQ(perf_delta("cr3-load"), IS_32BIT ? 0 : 2);
}

/* A 32-bit kernel's programs use a gate, or what their processor has. */
static void check_syscall(void)
{
	struct frame f;

	if (IS_32BIT)
		return;
	begin("system call");
	CHECK_EQ(catch_user(u_syscall, 0, &f), ENTRY_SYSCALL);
	end();
	CHECK_EQ(perf_delta("guest-syscall"), 1);
	CHECK_EQ(perf_delta("mode-switch"), 2);
	CHECK_EQ(perf_delta("exception-invalid-opcode"), 0);
}

static void check_memory(void)
{
	char *page = alloc_page();

	begin("NEW_BASEPTR");
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR,
			mfn_of((void *)start_info->pt_base)), 0);
	end();
	CHECK_EQ(perf_delta("cr3-load"), 1);
	CHECK_EQ(perf_delta("hypercall-mmuext-op"), 1);
	CHECK_EQ(perf_delta("mode-switch"), 0);

	begin("TLB flushes");
	CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0), 0);
	CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0), 0);
	CHECK_EQ(mmuext(MMUEXT_INVLPG_LOCAL, (unsigned long)page), 0);
	end();
	CHECK_EQ(perf_delta("tlb-flush-full"), 2);
	CHECK_EQ(perf_delta("tlb-flush-one"), 1);
	CHECK_EQ(perf_delta("tlb-flush-asked"), 0);
	CHECK_EQ(perf_delta("ipi-sent"), 0);
	CHECK_EQ(perf_delta("cr3-load"), 0);
}

static void check_events(void)
{
	struct evtchn_bind_ipi b = { .vcpu = 0 };
	struct evtchn_send s;

	CHECK_EQ(HC2(event_channel_op, EVTCHNOP_bind_ipi, &b), 0);
	s.port = b.port;
	shared_info->evtchn_mask[b.port / BITS_PER_LONG] |=
		1UL << b.port % BITS_PER_LONG;
	begin("events");
	CHECK_EQ(HC2(event_channel_op, EVTCHNOP_send, &s), 0);
	CHECK_EQ(HC2(event_channel_op, EVTCHNOP_send, &s), 0);
	end();
	CHECK_EQ(perf_delta("event-sent"), 2);
	CHECK_EQ(perf_delta("event-raised"), 0);	/* it is masked */
	CHECK_EQ(perf_delta("hypercall-event-channel-op"), 2);
}

static void check_grants(void)
{
	void *from = alloc_page(), *to = alloc_page();
	struct gnttab_copy c = {
		.source = { .domid = DOMID_SELF, .u.gmfn = mfn_of(from) },
		.dest = { .domid = DOMID_SELF, .u.gmfn = mfn_of(to) },
		.len = 100,
	};

	begin("grant copy");
	CHECK_EQ(grant_op(GNTTABOP_copy, &c), 0);
	CHECK_EQ(c.status, 0);
	c.len = 60;
	CHECK_EQ(grant_op(GNTTABOP_copy, &c), 0);
	c.dest.offset = 4090;			/* refused */
	CHECK_EQ(grant_op(GNTTABOP_copy, &c), 0);
	CHECK(c.status < 0);
	end();
	CHECK_EQ(perf_delta("grant-copy"), 2);
	CHECK_EQ(perf_delta("grant-copy-bytes"), 160);
	CHECK_EQ(perf_delta("grant-map"), 0);
}

/* Room is kept to, numbers are told without any, bad addresses are refused. */
static void check_room(void)
{
	static struct xen_sysctl op;
	struct xen_sysctl_hospes_perf *p = &op.u.hospes_perf;
	static u64 rows[4];
	u32 counters;

	subject("room");
	memset(&op, 0, sizeof(op));
	op.cmd = XEN_SYSCTL_hospes_perf;
	op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	CHECK_EQ(HC1(sysctl, &op), 0);
	counters = p->nr_counters;
	CHECK(counters > 96 && p->nr_cpus >= 1);
	memset(rows, 0xee, sizeof(rows));
	p->nr_counters = 2;
	p->nr_cpus = 1;
	set_xen_guest_handle(p->values, rows);
	CHECK_EQ(HC1(sysctl, &op), 0);
	CHECK_EQ(p->nr_counters, counters);
	CHECK(rows[1] != 0xeeeeeeeeeeeeeeeeULL);
	CHECK_EQ(rows[2], 0xeeeeeeeeeeeeeeeeULL);
	p->nr_counters = 2;
	p->nr_cpus = 1;
	set_xen_guest_handle(p->values, (u64 *)HOLE_ADDRESS);
	CHECK_EQ(HC1(sysctl, &op), -EFAULT);
}

/* The other operation of ours; what is right depends on the processor. */
static void check_mitigations(void)
{
	static struct xen_sysctl op;
	struct xen_sysctl_hospes_spec_ctrl *s = &op.u.hospes_spec_ctrl;

	subject("mitigations");
	memset(&op, 0xff, sizeof(op));
	op.cmd = XEN_SYSCTL_hospes_spec_ctrl;
	op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	CHECK_EQ(HC1(sysctl, &op), 0);
	CHECK_EQ(s->used & s->lacking, 0);
	CHECK_EQ((s->used | s->lacking) & ~31U, 0);
	CHECK_EQ(s->lacking & XEN_SYSCTL_HOSPES_SPEC_rsb, 0);
	CHECK_EQ(s->pad, 0);
}

void test_main(void)
{
	int rc = perf_read();
	u64 then = perf_time(), value;

	if (!is_dom0()) {
		CHECK_EQ(rc, -EPERM);
		return;
	}
	if (rc == -ENOSYS) {
		skip("this hypervisor has no such counters");
		return;
	}
	check_hypercalls();
	check_exceptions();
	check_syscall();
	check_memory();
	check_events();
	check_grants();
	check_room();
	check_mitigations();
	subject("names");
	CHECK(perf_value("interrupt-timer", &value));
	CHECK(!perf_value("no-such-counter", &value));
	CHECK(!perf_value("hypercall-xenoprof", &value));
	CHECK(perf_time() > then);
}
