/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on vCPUs, descriptors, entries, time; and those of controllers. */
#include "fuzz.h"

static void simple(struct call *c, unsigned long nr, u64 a0, u64 a1, u64 a2)
{
	c->nr = nr;
	c->a[0] = a0;
	c->a[1] = a1;
	c->a[2] = a2;
}

static void vcpu_call(struct fuzzer *f, struct call *c)
{
	static const u8 ops[] = {
		VCPUOP_is_up, VCPUOP_up, VCPUOP_get_runstate_info,
		VCPUOP_register_runstate_memory_area,
		VCPUOP_set_periodic_timer, VCPUOP_stop_periodic_timer,
		VCPUOP_set_singleshot_timer, VCPUOP_stop_singleshot_timer,
		VCPUOP_register_vcpu_time_memory_area, VCPUOP_send_nmi,
		VCPUOP_get_physid, VCPUOP_initialise,
	};
	unsigned int op = ops[below(f, sizeof(ops))], id = below(f, 4);
	u64 *words = c->arg;

	words[0] = one_in(f, 2) ? any_pointer(f) : any_time(f);
	words[1] = below(f, 2);
	if (op == VCPUOP_initialise)
		id = 2;
	simple(c, __HYPERVISOR_vcpu_op, op, id, addr_of(words));
	if (one_in(f, 10))
		c->a[2] = any_pointer(f);
}

/* Of the third vCPU only: the others would stop for good. */
static void vcpu_third(struct fuzzer *f, struct call *c)
{
	struct vcpu_register_vcpu_info *r = c->arg;

	r->mfn = any_mfn(f);
	r->offset = below(f, 4200) & ~7U;
	simple(c, __HYPERVISOR_vcpu_op, one_in(f, 2) ? VCPUOP_down :
	       one_in(f, 2) ? VCPUOP_up : VCPUOP_register_vcpu_info, 2,
	       addr_of(r));
}

static void sched_call(struct fuzzer *f, struct call *c)
{
	struct sched_poll *p = c->arg;
	struct sched_watchdog *w = c->arg;
	struct sched_remote_shutdown *r = c->arg;
	evtchn_port_t *list = (evtchn_port_t *)((char *)c->arg + 256);
	unsigned int i;

	switch (below(f, 6)) {
	case 0:
		w->id = below(f, 4);
		w->timeout = one_in(f, 2) ? 0 : 100000;
		simple(c, __HYPERVISOR_sched_op, SCHEDOP_watchdog,
		       addr_of(w), 0);
		return;
	case 1:
		r->domain_id = one_in(f, 2) ? partner : 0;
		r->reason = below(f, 8);
		simple(c, __HYPERVISOR_sched_op, SCHEDOP_remote_shutdown,
		       addr_of(r), 0);
		return;
	case 2:
	case 3:
		simple(c, __HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0);
		return;
	default:
		for (i = 0; i < 8; i++)
			list[i] = any_port(f);
		set_xen_guest_handle(p->ports, list);
		p->nr_ports = below(f, 8);
		p->timeout = 1 + below(f, 1000);	/* long ago */
		simple(c, __HYPERVISOR_sched_op, SCHEDOP_poll, addr_of(p), 0);
	}
}

/* Descriptors: whole tables, single ones, with good and bad contents. */
static void descriptors(struct fuzzer *f, struct call *c)
{
	unsigned long *frames = c->arg;
	u64 desc = rnd(f), where = any_entry_maddr(f);
	unsigned int i;

	if (one_in(f, 3)) {
		for (i = 0; i < 14; i++)
			frames[i] = any_mfn(f);
		simple(c, __HYPERVISOR_set_gdt, addr_of(frames),
		       one_in(f, 3) ? 0 : 1 + below(f, 8192), 0);
		return;
	}
	if (one_in(f, 2))
		desc = 0x00cffb000000ffffULL ^ (1ULL << below(f, 64));
	simple(c, __HYPERVISOR_update_descriptor, where, desc, 0);
	if (!IS_32BIT)
		return;
	c->a[1] = where >> 32;
	c->a[2] = desc;
	c->a[3] = desc >> 32;
}

/* Vectors that we never see get anything; all of ours stay as they are. */
static void trap_entries_set(struct fuzzer *f, struct call *c)
{
	struct trap_info *t = c->arg;
	unsigned int n = below(f, 8), i;

	for (i = 0; i < n; i++) {
		t[i].vector = 0x40 + below(f, 0xc0);
		t[i].flags = rnd(f);
		t[i].cs = rnd(f);
		t[i].address = one_in(f, 8) ? (unsigned long)any_number(f)
					    : addr_of(trap_entries);
	}
	simple(c, __HYPERVISOR_set_trap_table, addr_of(t), 0, 0);
}

/* As they are, with other flags; types there are and there are not. */
static void callbacks(struct fuzzer *f, struct call *c)
{
	struct callback_register *r = c->arg;

	r->type = below(f, 9);
	r->flags = rnd(f);
	if (one_in(f, 3)) {
		simple(c, __HYPERVISOR_callback_op, CALLBACKOP_unregister,
		       addr_of(r), 0);
		if (r->type < 2)
			r->type = CALLBACKTYPE_sysenter;
		return;
	}
	*(unsigned long *)&r->address = addr_of(r->type ? failsafe_entry
						       : event_entry);
	if (IS_32BIT) {
		((unsigned long *)&r->address)[0] = KERNEL_CS;
		((unsigned long *)&r->address)[1] =
			addr_of(r->type ? failsafe_entry : event_entry);
	}
	simple(c, __HYPERVISOR_callback_op, CALLBACKOP_register, addr_of(r),
	       0);
}

static void registers(struct fuzzer *f, struct call *c)
{
	switch (below(f, 6)) {
	case 0:
		simple(c, __HYPERVISOR_set_debugreg, below(f, 4),
		       any_page(f), 0);
		return;
	case 1:
		simple(c, __HYPERVISOR_set_debugreg, below(f, 9),
		       any_page(f) | (u64)below(f, 0x10000) << 16, 0);
		if (c->a[0] == 7)
			c->a[1] &= 0xff;	/* execution at a data page */
		return;
	case 2:
		simple(c, __HYPERVISOR_get_debugreg, below(f, 9), 0, 0);
		return;
	case 3:
		simple(c, __HYPERVISOR_fpu_taskswitch, below(f, 2), 0, 0);
		return;
	case 4:
		simple(c, __HYPERVISOR_stack_switch, rnd(f) & 0xffff,
		       any_pointer(f), 0);
		return;
	default:
		simple(c, __HYPERVISOR_set_segment_base,
		       IS_32BIT ? 0 : below(f, 5), any_pointer(f), 0);
	}
}

static void timer(struct fuzzer *f, struct call *c)
{
	u64 when = any_time(f);

	simple(c, __HYPERVISOR_set_timer_op, when, IS_32BIT ? when >> 32 : 0,
	       0);
}

static void version(struct fuzzer *f, struct call *c)
{
	simple(c, __HYPERVISOR_xen_version, below(f, 14),
	       one_in(f, 4) ? any_pointer(f) : addr_of(c->arg), 0);
}

static void assist(struct fuzzer *f, struct call *c)
{
	simple(c, __HYPERVISOR_vm_assist, below(f, 3), any_number(f), 0);
	if (c->a[1] == VMASST_TYPE_writable_pagetables)
		c->a[0] = VMASST_CMD_enable;
}

/* What only controllers may do: with arguments that could be right. */
static void control(struct fuzzer *f, struct call *c)
{
	static const u8 calls[] = {
		__HYPERVISOR_domctl, __HYPERVISOR_sysctl,
		__HYPERVISOR_platform_op, __HYPERVISOR_physdev_op,
		__HYPERVISOR_console_io, __HYPERVISOR_hvm_op,
		__HYPERVISOR_nmi_op, __HYPERVISOR_kexec_op,
		__HYPERVISOR_xenpmu_op, 41, 48, 60, 63,
	};
	u32 *words = c->arg;
	unsigned int nr = calls[below(f, sizeof(calls))], i;

	for (i = 0; i < 24; i++)
		words[i] = any_number(f);
	if (nr == __HYPERVISOR_domctl || nr == __HYPERVISOR_sysctl) {
		words[0] = below(f, 90);
		words[1] = 0x15;
		words[2] = any_domid(f);
		simple(c, nr, addr_of(words), 0, 0);
	} else if (nr == __HYPERVISOR_platform_op) {
		words[0] = below(f, 70);
		words[1] = 0x03000001;
		simple(c, nr, addr_of(words), 0, 0);
	} else {
		simple(c, nr, below(f, 36), one_in(f, 2) ? addr_of(words) :
		       below(f, 64), addr_of(words));
	}
}

const struct weighted calls_cpu[] = {
	{ 15, vcpu_call }, { 3, vcpu_third }, { 12, sched_call },
	{ 15, descriptors }, { 4, trap_entries_set }, { 4, callbacks },
	{ 12, registers }, { 5, timer }, { 6, version }, { 3, assist },
	{ 12, control }, { 0, 0 },
};
