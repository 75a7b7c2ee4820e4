/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second vCPU: contexts that are refused and leave nothing behind, what it finds
 * when it starts, down and up again by itself and by another, NMIs, events of
 * its own, its information at a place of the guest's choice.
 */
#include "ops.h"

void vcpu_main(void);
extern char vcpu_entry[];
unsigned long vcpu_found[8];

static struct vcpu_guest_context context;
static char stack1[16384] __attribute__((aligned(16)));
static volatile unsigned int rounds, nmis, events;
static volatile bool stay;
static volatile u32 found_mxcsr;
static volatile u8 found_mask;
static struct vcpu_info *info1;
static unsigned int ipi;

static int vcpu_op(int cmd, unsigned int id, void *arg)
{
	return HC3(vcpu_op, cmd, id, arg);
}

/* ---- the second vCPU ------------------------------------------------------------ */

void vcpu_main(void)
{
	u32 mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	found_mxcsr = mxcsr;
	found_mask = info1->evtchn_upcall_mask;
	for (;;) {
		rounds++;
		while (stay)
			HC2(sched_op, SCHEDOP_yield, 0);
		vcpu_op(VCPUOP_down, 1, 0);
	}
}

/* NMIs and events can only be the second vCPU's: the first masks its own. */
static bool take_entry(struct frame *f)
{
	bool on1 = addr_of(f) >= addr_of(stack1) &&
		   addr_of(f) < addr_of(stack1) + sizeof(stack1);

	if (!on1)
		return false;
	if (f->vector == 2) {
		nmis++;
		return true;
	}
	if (f->vector != ENTRY_EVENT)
		return false;
	info1->evtchn_upcall_pending = 0;
	info1->evtchn_pending_sel = 0;
	if (port_pending(ipi)) {
		port_clear(ipi);
		events++;
	}
	return true;
}

/* ---- the first ------------------------------------------------------------------- */

/* A usual context, but for an FPU area of garbage. */
static void fill(void)
{
	fill_context(&context, (void (*)(void))vcpu_entry,
		     stack1 + sizeof(stack1));
	memset(&context.fpu_ctxt, 0xff, sizeof(context.fpu_ctxt));
	context.flags |= VGCF_I387_VALID;
	context.user_regs.eax = 0x11111111;
	context.user_regs.ebx = 0x22222222;
	context.user_regs.ecx = 0x33333333;
	context.user_regs.edx = 0x44444444;
	context.user_regs.esi = 0x55555555;
	context.user_regs.edi = 0x66666666;
	context.user_regs.ebp = 0x77777777;
}

static bool await(volatile unsigned int *what, unsigned int n)
{
	u64 limit = time_now() + 20000 * MSEC;

	while (*what < n && time_now() < limit)
		HC2(sched_op, SCHEDOP_yield, 0);
	return *what == n;
}

static bool await_down(void)
{
	u64 limit = time_now() + 20000 * MSEC;

	while (vcpu_op(VCPUOP_is_up, 1, 0) && time_now() < limit)
		HC2(sched_op, SCHEDOP_yield, 0);
	return !vcpu_op(VCPUOP_is_up, 1, 0);
}

static void refuse(int rc)
{
	CHECK_EQ(rc, -XEN_EINVAL);
	CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, 0), 0);
	CHECK_EQ(vcpu_op(VCPUOP_up, 1, 0), -XEN_EINVAL);
}

static void check_refused(void)
{
	u64 *page = alloc_page();

	subject("contexts refused");
	CHECK_EQ(vcpu_op(VCPUOP_is_up, 0, 0), 1);
	CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, 0), 0);
	CHECK_EQ(vcpu_op(VCPUOP_is_up, 500, 0), -XEN_ENOENT);
	CHECK_EQ(vcpu_op(VCPUOP_up, 1, 0), -XEN_EINVAL);
	CHECK_EQ(vcpu_op(VCPUOP_initialise, 500, &context), -XEN_ENOENT);
	CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, (void *)BAD_POINTER),
		 -XEN_EFAULT);
	/* Tables that are none: mapped writable, or not ours. */
	fill();
	context.ctrlreg[3] = cr3_of(mfn_of(page));
	refuse(vcpu_op(VCPUOP_initialise, 1, &context));
	fill();
	context.ctrlreg[3] = cr3_of(0xfffff);
	refuse(vcpu_op(VCPUOP_initialise, 1, &context));
	/* A GDT of a page that is mapped writable. */
	fill();
	context.gdt_ents = 8;
	context.gdt_frames[0] = mfn_of(page);
	refuse(vcpu_op(VCPUOP_initialise, 1, &context));
	fill();
	context.gdt_ents = 8000;
	refuse(vcpu_op(VCPUOP_initialise, 1, &context));
	/* Nothing of all that holds the page. */
	CHECK_EQ(make_ro(page), 0);
	CHECK_EQ(pin(1, page), 0);
	CHECK_EQ(unpin(page), 0);
	CHECK_EQ(make_rw(page), 0);
	if (IS_32BIT)
		return;
	/* In user mode, of which it names no tables. */
	fill();
	context.flags &= ~VGCF_in_kernel;
	refuse(vcpu_op(VCPUOP_initialise, 1, &context));
	fill();
	context.event_callback_eip = 1UL << (sizeof(long) * 8 - 1);
	refuse(vcpu_op(VCPUOP_initialise, 1, &context));
	fill();
	context.trap_ctxt[14].address = 1UL << (sizeof(long) * 8 - 1);
	refuse(vcpu_op(VCPUOP_initialise, 1, &context));
}

static void check_start(void)
{
	unsigned int i;

	subject("start");
	fill();
	CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, &context), 0);
	CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, &context), -XEN_EEXIST);
	CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, 0), 0);
	CHECK_EQ(rounds, 0);
	CHECK_EQ(vcpu_op(VCPUOP_up, 1, 0), 0);
	CHECK(await(&rounds, 1));
	CHECK(await_down());
	for (i = 0; i < 7; i++)
		CHECK_EQ(vcpu_found[i], 0x11111111UL * (i + 1));
	CHECK_EQ(vcpu_found[7], context.user_regs.esp);
	CHECK_EQ(found_mxcsr >> 16, 0);
	CHECK_EQ(found_mask, 1);
}

static void check_down(void)
{
	unsigned int i;

	subject("down and up");
	for (i = 2; i <= 50; i++) {
		CHECK_EQ(vcpu_op(VCPUOP_up, 1, 0), 0);
		CHECK(await(&rounds, i));
		CHECK(await_down());
	}
	/* Up while it is up, down while it is down: nothing more. */
	stay = true;
	CHECK_EQ(vcpu_op(VCPUOP_up, 1, 0), 0);
	CHECK_EQ(vcpu_op(VCPUOP_up, 1, 0), 0);
	CHECK(await(&rounds, 51));
	CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, 0), 1);
	/* By us: it stops where it is, and goes on there. */
	CHECK_EQ(vcpu_op(VCPUOP_down, 1, 0), 0);
	CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, 0), 0);
	CHECK_EQ(vcpu_op(VCPUOP_down, 1, 0), 0);
	CHECK_EQ(poll_port(port_bind_ipi(0), time_now() + 5 * MSEC), 0);
	CHECK_EQ(rounds, 51);
	CHECK_EQ(vcpu_op(VCPUOP_up, 1, 0), 0);
	CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, 0), 1);
}

static void check_nmi(void)
{
	unsigned int i;

	subject("NMI");
	for (i = 1; i <= 20; i++) {
		CHECK_EQ(vcpu_op(VCPUOP_send_nmi, 1, 0), 0);
		CHECK(await(&nmis, i));
	}
	CHECK_EQ(vcpu_op(VCPUOP_send_nmi, 500, 0), -XEN_ENOENT);
}

static void check_events(unsigned int already)
{
	unsigned int i;

	for (i = already + 1; i <= already + 50; i++) {
		CHECK_EQ(port_send(ipi), 0);
		CHECK(await(&events, i));
	}
	/* Masked, it waits. */
	port_set_mask(ipi, true);
	CHECK_EQ(port_send(ipi), 0);
	CHECK_EQ(poll_port(port_bind_ipi(0), time_now() + 3 * MSEC), 0);
	CHECK_EQ(events, already + 50);
	CHECK_EQ(port_unmask(ipi), 0);
	CHECK(await(&events, already + 51));
}

static int register_info(u64 mfn, u32 offset)
{
	struct vcpu_register_vcpu_info r = { .mfn = mfn, .offset = offset };

	return vcpu_op(VCPUOP_register_vcpu_info, 1, &r);
}

/* Its information moves; what was pending is raised again. */
static void check_info(void)
{
	u64 *page = alloc_page();

	subject("information elsewhere");
	CHECK_EQ(register_info(mfn_of(page), PAGE_SIZE - 32), -XEN_ENXIO);
	CHECK(register_info(0xffffff0, 0) < 0);
	CHECK(register_info(mfn_of((void *)start_info->pt_base), 0) < 0);
	CHECK_EQ(vcpu_op(VCPUOP_register_vcpu_info, 1, (void *)BAD_POINTER),
		 -XEN_EFAULT);
	/* It must not take events meanwhile, here or there. */
	CHECK_EQ(vcpu_op(VCPUOP_down, 1, 0), 0);
	info1->evtchn_upcall_mask = 1;
	CHECK_EQ(register_info(mfn_of(page), 128), 0);
	info1 = (struct vcpu_info *)(addr_of(page) + 128);
	CHECK_EQ(info1->evtchn_upcall_mask, 1);
	CHECK_EQ(info1->evtchn_upcall_pending, 1);
	CHECK_EQ(info1->evtchn_pending_sel, ~0UL);
	CHECK_EQ(register_info(mfn_of(page), 128), -XEN_EINVAL);
	/* The page is in use now. */
	CHECK_EQ(make_ro(page), 0);
	CHECK_EQ(pin(1, page), -XEN_EINVAL);
	CHECK_EQ(make_rw(page), 0);
	info1->evtchn_upcall_mask = 0;
	CHECK_EQ(vcpu_op(VCPUOP_up, 1, 0), 0);
	check_events(51);
}

void test_main(void)
{
	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	info1 = &shared_info->vcpu_info[1];
	on_entry = take_entry;
	ipi = port_bind_ipi(1);
	check_refused();
	check_start();
	check_down();
	check_nmi();
	subject("events");
	info1->evtchn_upcall_mask = 0;
	check_events(0);
	check_info();
	stay = false;
	CHECK(await_down());
}
