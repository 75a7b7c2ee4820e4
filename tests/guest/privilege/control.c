/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that are dom0's alone: refused before their argument is looked at. */
#define __XEN_TOOLS__ 1
#include "privilege.h"
#include <xen/domctl.h>
#include <xen/platform.h>
#include <xen/sysctl.h>

#define LAST_COMMAND	127
#define OURS_FIRST	0x48000000U	/* operations that only Hospes has */

/* Whatever the operation and whosoever's domain. */
static void check_domctl(void)
{
	unsigned int cmd, who;
	struct xen_domctl op;

	subject("domctl");
	for (cmd = 0; cmd <= LAST_COMMAND; cmd++) {
		for (who = 0; who < 4; who++) {
			memset(&op, 0, sizeof(op));
			op.cmd = cmd;
			op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
			op.domain = who < OTHERS ? others[who] :
				    who == 2 ? DOMID_SELF : NO_DOMAIN;
			expect("domctl", CALL1(domctl, &op), -XEN_EPERM);
		}
	}
}

static void check_sysctl(void)
{
	static char buffer[512];
	struct xen_sysctl op;
	unsigned int i, cmd;

	subject("sysctl");
	for (i = 0; i < 2 * LAST_COMMAND; i++) {
		cmd = i < LAST_COMMAND ? i : OURS_FIRST + i - LAST_COMMAND;
		memset(&op, 0, sizeof(op));
		op.cmd = cmd;
		op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
		if (cmd == XEN_SYSCTL_readconsole) {
			set_xen_guest_handle(op.u.readconsole.buffer, buffer);
			op.u.readconsole.count = sizeof(buffer);
		} else if (cmd == XEN_SYSCTL_debug_keys) {
			buffer[0] = 'a';
			set_xen_guest_handle(op.u.debug_keys.keys, buffer);
			op.u.debug_keys.nr_keys = 1;
		}
		expect("sysctl", CALL1(sysctl, &op), -XEN_EPERM);
	}
}

static void check_platform(void)
{
	struct xen_platform_op op;
	unsigned int cmd;

	subject("platform_op");
	for (cmd = 0; cmd <= LAST_COMMAND; cmd++) {
		memset(&op, 0, sizeof(op));
		op.cmd = cmd;
		op.interface_version = XENPF_INTERFACE_VERSION;
		expect("platform_op", CALL1(platform_op, &op), -XEN_EPERM);
	}
}

/* ---- devices -------------------------------------------------------------------- */

/* What physdev_op has, and whether a guest may: the rest is unknown. */
static const struct {
	u8 cmd;
	long want;
} physdev[] = {
	{ PHYSDEVOP_eoi, 1 },
	{ PHYSDEVOP_irq_status_query, 1 },
	{ PHYSDEVOP_set_iopl, 1 },		/* its own; see ioports */
	{ PHYSDEVOP_set_iobitmap, 1 },
	{ PHYSDEVOP_apic_read, -XEN_EPERM },
	{ PHYSDEVOP_apic_write, -XEN_EPERM },
	{ PHYSDEVOP_alloc_irq_vector, -XEN_EPERM },
	{ PHYSDEVOP_free_irq_vector, -XEN_EPERM },
	{ PHYSDEVOP_map_pirq, -XEN_EPERM },
	{ PHYSDEVOP_unmap_pirq, -XEN_EPERM },
	{ PHYSDEVOP_manage_pci_add, -XEN_EPERM },
	{ PHYSDEVOP_manage_pci_remove, -XEN_EPERM },
	{ PHYSDEVOP_restore_msi, -XEN_EPERM },
	{ PHYSDEVOP_manage_pci_add_ext, -XEN_EPERM },
	{ PHYSDEVOP_setup_gsi, -XEN_EPERM },
	{ PHYSDEVOP_get_free_pirq, -XEN_EPERM },
	{ PHYSDEVOP_pci_mmcfg_reserved, -XEN_EPERM },
	{ PHYSDEVOP_pci_device_add, -XEN_EPERM },
	{ PHYSDEVOP_pci_device_remove, -XEN_EPERM },
	{ PHYSDEVOP_restore_msi_ext, -XEN_EPERM },
	{ PHYSDEVOP_dbgp_op, -XEN_EPERM },
	{ PHYSDEVOP_prepare_msix, -XEN_EPERM },
	{ PHYSDEVOP_release_msix, -XEN_EPERM },
};

static long physdev_want(unsigned int cmd)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(physdev); i++)
		if (physdev[i].cmd == cmd)
			return physdev[i].want;
	return -XEN_ENOSYS;
}

/* Line 9 is there in every machine. */
static void check_physdev(void)
{
	struct physdev_map_pirq map = { .domid = DOMID_SELF,
					.type = MAP_PIRQ_TYPE_GSI,
					.index = 9, .pirq = 9 };
	struct physdev_irq_status_query q = { .irq = 9 };
	struct physdev_eoi eoi = { .irq = 9 };
	static u8 zeros[64];
	unsigned int cmd;

	subject("physdev_op");
	for (cmd = 0; cmd <= LAST_COMMAND; cmd++)
		if (physdev_want(cmd) < 0)
			expect("physdev_op", CALL2(physdev_op, cmd, zeros),
			       physdev_want(cmd));
	expect("map of line 9", CALL2(physdev_op, PHYSDEVOP_map_pirq, &map),
	       -XEN_EPERM);
	/* It has no interrupt, so there is nothing to end. */
	expect("end of line 9", CALL2(physdev_op, PHYSDEVOP_eoi, &eoi),
	       -XEN_EINVAL);
	expect("status of line 9",
	       CALL2(physdev_op, PHYSDEVOP_irq_status_query, &q), 0);
	expect("flags of line 9", q.flags & XENIRQSTAT_needs_eoi, 0);
}

static u8 in(u16 port)
{
	u8 value;

	__asm__ volatile("inb %%dx, %%al" : "=a"(value) : "d"(port));
	return value;
}

/* A guest's I/O privilege opens no port of the host: nothing answers. */
static void check_ports(void)
{
	static const u16 ports[] = { 0x21, 0x61, 0x70, 0x3f8, 0xcf8 };
	struct physdev_set_iopl iopl = { .iopl = 3 };
	unsigned int i;

	subject("I/O ports");
	expect("set_iopl", CALL2(physdev_op, PHYSDEVOP_set_iopl, &iopl), 0);
	for (i = 0; i < ARRAY_SIZE(ports); i++)
		expect("port", in(ports[i]), 0xff);
	iopl.iopl = IS_32BIT ? 1 : 0;
	expect("set_iopl", CALL2(physdev_op, PHYSDEVOP_set_iopl, &iopl), 0);
}

/* ---- others --------------------------------------------------------------------------- */

static void check_console(void)
{
	static char buffer[64] = "kept";
	char line[1024] = { 0 };

	subject("the host's consoles");
	expect("console_io read",
	       CALL3(console_io, CONSOLEIO_read, sizeof(buffer), buffer),
	       -XEN_EPERM);
	expect("nothing was read", memcmp(buffer, "kept", 5), 0);
	expect("console_io, unknown", CALL3(console_io, 7, 1, buffer),
	       -XEN_ENOSYS);
	/* The hypervisor's options are none of a guest's business. */
	expect("command line", CALL2(xen_version, XENVER_commandline, line), 0);
	expect("command line denied", memcmp(line, "<denied>", 9), 0);
}

/* Lines for the host's log, of which it takes a few: dom0 counts them. */
static void write_flood(void)
{
	static char line[] = FLOOD_TEXT "\n";
	unsigned int i;

	subject("a flood of lines");
	for (i = 0; i < FLOOD_LINES; i++)
		expect("console_io write",
		       CALL3(console_io, CONSOLEIO_write, sizeof(line) - 1,
			     line), 0);
}

static void check_rest(void)
{
	static u8 zeros[256];
	unsigned int i;

	subject("others");
	for (i = 0; i < 16; i++)
		expect("kexec_op", CALL2(kexec_op, i, zeros), -XEN_EPERM);
	expect("mca", CALL1(arch_0, zeros), -XEN_EPERM);
	/* Nothing is behind these, for nobody. */
	expect("xenoprof_op", CALL2(xenoprof_op, 0, zeros), -XEN_ENOSYS);
	expect("hvm_op", CALL2(hvm_op, 0, zeros), -XEN_ENOSYS);
	expect("nmi_op", CALL2(nmi_op, 0, zeros), -XEN_ENOSYS);
	expect("xenpmu_op", CALL2(xenpmu_op, 0, zeros), -XEN_ENOSYS);
	for (i = 0; i < OTHERS; i++)
		expect("dm_op", CALL3(dm_op, others[i], 0, zeros), -XEN_EPERM);
	expect("dm_op", CALL3(dm_op, NO_DOMAIN, 0, zeros), -XEN_ESRCH);
}

void check_control(void)
{
	check_domctl();
	check_sysctl();
	check_platform();
	check_physdev();
	check_ports();
	check_console();
	write_flood();
	check_rest();
}
