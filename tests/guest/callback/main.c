/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event callback: when it comes, in which state, and how it is held off;
 * registration of this and the other callbacks.
 */
#include "guest.h"

static struct vcpu_info *vi;
static struct frame seen;
static volatile unsigned int upcalls;
static u8 mask_in_handler;
static u32 port;

static void clear_port(void)
{
	__atomic_fetch_and(&shared_info->evtchn_pending[port / BITS_PER_LONG],
			   ~(1UL << (port % BITS_PER_LONG)), __ATOMIC_SEQ_CST);
	vi->evtchn_pending_sel = 0;
}

static bool take(struct frame *f)
{
	if (f->vector != ENTRY_EVENT)
		return false;
	seen = *f;
	mask_in_handler = vi->evtchn_upcall_mask;
	vi->evtchn_upcall_pending = 0;
	clear_port();
	upcalls++;
	return true;
}

static long send(void)
{
	struct evtchn_send s = { port };

	return HC2(event_channel_op, EVTCHNOP_send, &s);
}

static void bind(void)
{
	struct evtchn_bind_ipi b = { .vcpu = 0 };

	CHECK_EQ(HC2(event_channel_op, EVTCHNOP_bind_ipi, &b), 0);
	port = b.port;
	shared_info->evtchn_mask[port / BITS_PER_LONG] &=
		~(1UL << (port % BITS_PER_LONG));
}

static void check_delivery(void)
{
	subject("delivery");
	upcalls = 0;
	vi->evtchn_upcall_mask = 0;
	CHECK_EQ(send(), 0);
	CHECK_EQ(upcalls, 1);
	CHECK_EQ(mask_in_handler, 1);
	CHECK_EQ(seen.saved_mask, 0);
	CHECK_EQ(seen.cs, KERNEL_CS_SHOWN);
	CHECK_EQ(seen.flags & 0x200, 0x200);
	CHECK_EQ(seen.ax, 0);			/* the call's result */
	CHECK_EQ(vi->evtchn_upcall_mask, 0);
}

/* Held off by the mask; comes with the next call after it is gone. */
static void check_mask(void)
{
	subject("mask");
	upcalls = 0;
	vi->evtchn_upcall_mask = 1;
	CHECK_EQ(send(), 0);
	CHECK_EQ(upcalls, 0);
	CHECK_EQ(vi->evtchn_upcall_pending, 1);
	vi->evtchn_upcall_mask = 0;
	barrier();
	CHECK_EQ(upcalls, 0);
	HC2(xen_version, XENVER_version, 0);
	CHECK_EQ(upcalls, 1);
	/* Nothing is pending: calls do not invent events. */
	HC2(xen_version, XENVER_version, 0);
	CHECK_EQ(upcalls, 1);
	vi->evtchn_upcall_mask = 1;
}

static bool unmask_by_iret(struct frame *f)
{
	if (f->vector == 6) {
		f->ip += 2;
		f->flags |= 0x200;
		return true;
	}
	return take(f);
}

/* The iret that unmasks delivers, before the next instruction there. */
static void check_iret(void)
{
	subject("unmasked by iret");
	on_entry = unmask_by_iret;
	upcalls = 0;
	vi->evtchn_upcall_mask = 1;
	CHECK_EQ(send(), 0);
	CHECK_EQ(upcalls, 0);
	__asm__ volatile("ud2" ::: "memory");
	CHECK_EQ(upcalls, 1);
	CHECK_EQ(vi->evtchn_upcall_mask, 0);
	vi->evtchn_upcall_mask = 1;
	on_entry = take;
}

USER_CODE(user_ud, "mov $5, %edx; ud2");

/* Pending when user mode is entered: it comes from its first instruction. */
static void check_user(void)
{
	struct frame f;

	subject("in user mode");
	catch_user(user_ud, 0, &f);
	upcalls = 0;
	vi->evtchn_upcall_mask = 1;
	CHECK_EQ(send(), 0);
	CHECK_EQ(upcalls, 0);
	CHECK_EQ(catch_user(user_ud, 9, &f), 6);
	CHECK_EQ(upcalls, 1);
	CHECK_EQ(seen.cs, USER_CS);
	CHECK_EQ(seen.ss, USER_DS);
	CHECK_EQ(seen.ip, (unsigned long)user_ud);
	CHECK_EQ(seen.saved_mask, 0);
	CHECK_EQ(f.dx, 5);
	CHECK_EQ(f.ax, 9);
	/* And not at all while it is masked there. */
	vi->evtchn_upcall_mask = 1;
	CHECK_EQ(send(), 0);
	CHECK_EQ(catch_user_at(user_ud, USER_CS, 2, 0, &f), 6);
	CHECK_EQ(upcalls, 1);
	CHECK_EQ(vi->evtchn_upcall_mask, 1);
	vi->evtchn_upcall_mask = 0;
	HC2(xen_version, XENVER_version, 0);
	CHECK_EQ(upcalls, 2);
	vi->evtchn_upcall_mask = 1;
}

static void set_address(struct callback_register *r, unsigned long address);

static long register_at(u16 type, u16 flags, unsigned long address)
{
	struct callback_register r = { .type = type, .flags = flags };

	set_address(&r, address);
	return HC2(callback_op, CALLBACKOP_register, &r);
}

static long unregister(u16 type)
{
	struct callback_unregister u = { .type = type };

	return HC2(callback_op, CALLBACKOP_unregister, &u);
}

/* Address alone in a 64-bit kernel, code segment and address in others. */
static void set_address(struct callback_register *r, unsigned long address)
{
	unsigned long words[2] = { KERNEL_CS, address };

	memcpy(&r->address, IS_32BIT ? words : words + 1, sizeof(r->address));
}

static void check_registration(void)
{
	unsigned long event = (unsigned long)event_entry;

	subject("registration");
	CHECK_EQ(register_at(CALLBACKTYPE_event, 0, event), 0);
	CHECK_EQ(register_at(CALLBACKTYPE_failsafe,
			     CALLBACKF_mask_events,
			     (unsigned long)failsafe_entry), 0);
	CHECK_EQ(register_at(CALLBACKTYPE_nmi, 0,
			     (unsigned long)trap_entries + 2 * 64), 0);
	CHECK_EQ(register_at(CALLBACKTYPE_syscall, 0, event),
		 IS_32BIT ? -38 : 0);
	CHECK_EQ(register_at(CALLBACKTYPE_syscall32, 0, event), 0);
	CHECK_EQ(register_at(99, 0, event), -38);
	CHECK_EQ(unregister(CALLBACKTYPE_event), -22);
	CHECK_EQ(unregister(CALLBACKTYPE_failsafe), -22);
	CHECK_EQ(unregister(99), -38);
	CHECK_EQ(HC2(callback_op, 99, 0), -38);
	CHECK_EQ(HC2(callback_op, CALLBACKOP_register, HV_ADDRESS), -14);
	CHECK_EQ(HC2(callback_op, CALLBACKOP_unregister, HOLE_ADDRESS), -14);
	CHECK_EQ(unregister(CALLBACKTYPE_nmi), 0);
	if (!IS_32BIT) {
		CHECK_EQ(register_at(CALLBACKTYPE_event, 0, NONCANONICAL),
			 -22);
		CHECK_EQ(set_callbacks(event, NONCANONICAL, 0), -22);
	}
	upcalls = 0;
	vi->evtchn_upcall_mask = 0;
	CHECK_EQ(send(), 0);
	CHECK_EQ(upcalls, 1);
	vi->evtchn_upcall_mask = 1;
}

void test_main(void)
{
	vi = &shared_info->vcpu_info[0];
	vi->evtchn_upcall_mask = 1;
	on_entry = take;
	bind();
	check_delivery();
	check_mask();
	check_iret();
	check_user();
	check_registration();
}
