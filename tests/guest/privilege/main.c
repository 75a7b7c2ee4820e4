/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only dom0 may do, called by a guest that is not dom0, with arguments that
 * would do something if it were: control calls, devices, the host's consoles,
 * and each operation that takes a domain, on somebody else.  Each must give
 * exactly the error of the table; none may succeed.  The numbers of the calls
 * are those of hypervisor/hypercall/table.def: one that nobody thought of here
 * fails the test, and so does a sub-operation that is not refused.
 *
 * Booted as dom0, the kernel makes a copy of itself that is unprivileged, and a
 * third domain as a victim; that copy's checks are counted as its own.
 */
#define __XEN_TOOLS__ 1
#include "clone.h"
#include "peer.h"
#include "privilege.h"
#include <xen/domctl.h>
#include <xen/sysctl.h>

bool seen[64];
unsigned int others[OTHERS];

void expect(const char *name, long got, long want)
{
	check_eq("table", 0, name, got, want);
}

long call(unsigned int nr, unsigned long a1, unsigned long a2,
	  unsigned long a3, unsigned long a4)
{
	seen[nr] = true;
	return hypercall(nr, a1, a2, a3, a4, 0);
}

/* ---- every call has been thought of -------------------------------------------- */

#define PV64		1
#define PV32		2
#define HVM		4
#define HC(number, name, kinds, arguments, call) { number, #name, kinds },

static const struct {
	unsigned int nr;
	const char *name;
	unsigned int kinds;
} table[] = {
#include "../../../hypervisor/hypercall/table.def"
};

/* These work on the caller alone: there is nothing to be permitted. */
static const u8 own[] = {
	__HYPERVISOR_set_trap_table, __HYPERVISOR_set_gdt,
	__HYPERVISOR_stack_switch, __HYPERVISOR_set_callbacks,
	__HYPERVISOR_fpu_taskswitch, __HYPERVISOR_set_debugreg,
	__HYPERVISOR_get_debugreg, __HYPERVISOR_update_descriptor,
	__HYPERVISOR_multicall, __HYPERVISOR_update_va_mapping,
	__HYPERVISOR_set_timer_op, __HYPERVISOR_vm_assist, __HYPERVISOR_iret,
	__HYPERVISOR_set_segment_base, __HYPERVISOR_callback_op,
};

static void check_complete(void)
{
	unsigned int i, k;

	subject("every call of the table");
	for (i = 0; i < ARRAY_SIZE(own); i++)
		seen[own[i]] = true;
	for (i = 0; i < ARRAY_SIZE(table); i++)
		expect(table[i].name, seen[table[i].nr], true);
	/* And nothing beside the table. */
	for (i = 0; i < ARRAY_SIZE(seen); i++) {
		for (k = 0; k < ARRAY_SIZE(table); k++)
			if (table[k].nr == i)
				break;
		if (k == ARRAY_SIZE(table))
			expect("a number without a call",
			       hypercall(i, 0, 0, 0, 0, 0), -XEN_ENOSYS);
	}
}

/* ---- as a guest --------------------------------------------------------------------- */

/* "peer=N": a domain that is neither ours nor dom0. */
static unsigned int peer_id(void)
{
	const char *p = (const char *)start_info->cmd_line;
	unsigned int id = 0;

	if (memcmp(p, "peer=", 5))
		return DOM0;
	for (p += 5; *p >= '0' && *p <= '9'; p++)
		id = id * 10 + *p - '0';
	return id;
}

static void as_guest(void)
{
	others[1] = peer_id();
	check_control();
	check_memory();
	check_events();
	check_complete();
	if (others[1] == DOM0)
		return;
	/* The verdict is that of the kernel that made us: see as_dom0(). */
	print("# as a guest: %u passed, %u failed\n", checks_passed,
	      checks_failed);
	guest_shutdown(SHUTDOWN_poweroff);
}

/* ---- as dom0 ------------------------------------------------------------------------- */

static struct clone guest;
static struct peer victim;

/*
 * The hypervisor lets ten lines about guests through, then two a second: those
 * in its log now are not more than its own clock allows.
 */
static void check_flood(u64 since)
{
	static char log[16384];
	struct xen_sysctl op;
	u64 ms;
	u32 i, lines = 0, rest;

	subject("a flood of lines");
	memset(&op, 0, sizeof(op));
	set_xen_guest_handle(op.u.readconsole.buffer, log);
	op.u.readconsole.count = sizeof(log);
	CHECK_EQ(clone_sysctl(&op, XEN_SYSCTL_readconsole), 0);
	for (i = 0; i + strlen(FLOOD_TEXT) < op.u.readconsole.count; i++)
		lines += !memcmp(log + i, FLOOD_TEXT, strlen(FLOOD_TEXT));
	ms = div_u64(time_now() - since, 1000000, &rest);
	print("# %u of %u lines in %llu ms\n", lines, FLOOD_LINES,
	      (unsigned long long)ms);
	CHECK(lines >= 1);
	CHECK(lines <= 10 + div_u64(ms, 500, &rest) + 1);
}

static void run_guest(void)
{
	char line[] = "peer=....";
	int port = port_bind_ipi(0);

	line[5] = '0' + victim.id / 1000 % 10;
	line[6] = '0' + victim.id / 100 % 10;
	line[7] = '0' + victim.id / 10 % 10;
	line[8] = '0' + victim.id % 10;
	CHECK_EQ(clone_start(&guest, line), 0);
	while (clone_shut_down(&guest) == -1) {
		poll_port(port, time_now() + 10 * MSEC);
		clone_console(&guest);
	}
	clone_console(&guest);
}

static void as_dom0(void)
{
	u64 since = time_now();
	u32 passed, failed;

	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	subject("a guest");
	CHECK(peer_create(&victim));
	/* What it grants to us is not for others. */
	victim.grants[3].domid = DOM0;
	victim.grants[3].frame = victim.mfn[3];
	victim.grants[3].flags = GTF_permit_access;
	CHECK_EQ(clone_create(&guest), 0);
	run_guest();
	passed = clone_read(&guest, (const volatile u64 *)&checks_passed);
	failed = clone_read(&guest, (const volatile u64 *)&checks_failed);
	CHECK_EQ(clone_shut_down(&guest), SHUTDOWN_poweroff);
	/* Nobody ended the victim, or took or gave it memory. */
	CHECK_EQ(peer_pages(&victim), PEER_FRAMES);
	CHECK_EQ(peer_flags(&victim) & (XEN_DOMINF_dying | XEN_DOMINF_shutdown),
		 0);
	clone_kill(&guest);
	CHECK(clone_gone(&guest));
	CHECK_EQ(peer_destroy(&victim), 0);
	CHECK(passed > 500);
	check_flood(since);
	checks_passed += passed;
	checks_failed += failed;
}

void test_main(void)
{
	if (is_dom0())
		as_dom0();
	else
		as_guest();
}
