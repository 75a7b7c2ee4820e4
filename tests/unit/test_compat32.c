/* SPDX-License-Identifier: BSD-2-Clause */
/* Hypercalls of 32-bit guests: layouts, conversions, restarts. */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/fake_calls.h"

#include <xen/callback.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/version.h>

#include "core/shared_info.h"
#include "hypercall/compat32.h"
#include "hypercall/dispatch.h"
#include "lib/string.h"

#define AT(offset)	((u32)(FAKE_GUEST + (offset)))
#define PTR(type, offset) ((type *)(FAKE_GUEST + (offset)))
#define CONTINUED	0x80000000u

static void setup(void)
{
	fake_calls_reset();
	srandom(1);
}

/* As INT 0x82 with these registers. The result is sign-extended. */
static long call(u32 nr, u32 a1, u32 a2, u32 a3, u32 a4, u32 a5)
{
	struct regs *r = guest_regs();
	u64 upper = 0xdead00000000;

	*r = (struct regs){
		.rax = upper | nr, .rbx = upper | a1, .rcx = upper | a2,
		.rdx = upper | a3, .rsi = upper | a4, .rdi = upper | a5,
		.rip = 0x1002,
	};
	hypercall32_dispatch();
	ck_assert_uint_eq(fake_vcpu.xlat.used, 0);
	return (s32)r->rax;
}

static bool restarted(void)
{
	return guest_regs()->rip == 0x1000;
}

/* --- layouts ------------------------------------------------------------------ */

START_TEST(layouts)
{
	static const u32 m32[] = {
#include "compat32_m32.h"
	};
	static const char *const names[] = {
#define V(x, y) #x " is " #y,
#include "tests/unit/compat32_values.h"
#undef V
	};
	const u32 ours[] = {
#define V(x, y) y,
#include "tests/unit/compat32_values.h"
#undef V
	};

	ck_assert_uint_eq(ARRAY_SIZE(m32), ARRAY_SIZE(ours));
	ck_assert_uint_gt(ARRAY_SIZE(m32), 400);
	for (unsigned int i = 0; i < ARRAY_SIZE(m32); i++)
		ck_assert_msg(m32[i] == ours[i], "%s: %u, not %u", names[i],
			      m32[i], ours[i]);
}
END_TEST

/* --- the way in and out ------------------------------------------------------- */

START_TEST(registers)
{
	fake_call.rc = -EPERM;
	ck_assert_int_eq(call(24, 3, 1, 0xfffffff0, 0, 0), -EPERM);
	ck_assert_uint_eq(guest_regs()->rax, 0xffffffff);
	ck_assert_str_eq(fake_call.name, "hc_vcpu_op");
	ck_assert_uint_eq(fake_call.a[2], 0xfffffff0);
	ck_assert_uint_eq(guest_regs()->rdx, 0xdeadfffffff0);
	ck_assert(!restarted());
	/* What 32-bit guests do not have, and what nobody has. */
	fake_call.name = NULL;
	ck_assert_int_eq(call(25, 0, 0, 0, 0, 0), -ENOSYS);
	ck_assert_int_eq(call(6, 0, 0, 0, 0, 0), -ENOSYS);
	ck_assert_int_eq(call(0xffffffff, 0, 0, 0, 0, 0), -ENOSYS);
	ck_assert_uint_eq(guest_regs()->rax, (u32)-ENOSYS);
	ck_assert_ptr_null(fake_call.name);
}
END_TEST

START_TEST(joined_words)
{
	call(14, 0xc0000000, 0x12345067, 0x80000001, 2, 0);
	ck_assert_str_eq(fake_call.name, "pv_update_va_mapping");
	ck_assert_uint_eq(fake_call.a[0], 0xc0000000);
	ck_assert_uint_eq(fake_call.a[1], 0x8000000112345067);
	ck_assert_uint_eq(fake_call.a[2], 2);
	ck_assert_uint_eq(fake_call.a[3], DOMID_SELF);
	call(22, 1, 2, 3, 4, 5);
	ck_assert_uint_eq(fake_call.a[1], 0x300000002);
	ck_assert_uint_eq(fake_call.a[3], 5);
	call(10, 0xfffff008, 1, 2, 0x00cf9a00, 0);
	ck_assert_str_eq(fake_call.name, "pv_update_descriptor");
	ck_assert_uint_eq(fake_call.a[0], 0x1fffff008);
	ck_assert_uint_eq(fake_call.a[1], 0x00cf9a0000000002);
	call(15, 0xffffffff, 0x7f, 0, 0, 0);
	ck_assert_uint_eq(fake_call.a[0], 0x7fffffffff);
	call(4, 0xe019, 0x1000, 0x61, 0xffffffff, 0);
	ck_assert_uint_eq(fake_call.a[0], 0xe01900001000);
	ck_assert_uint_eq(fake_call.a[1], 0x61ffffffff);
}
END_TEST

static long ask_restart(u64 a1, u64 a2, u64 a3, u64 a4)
{
	return hypercall_restart(a1 + 32, a2 - 2, a3, a4);
}

static long ask_same(u64 a1, u64 a2, u64 a3, u64 a4)
{
	(void)a1;
	(void)a2;
	(void)a3;
	(void)a4;
	return hypercall_restart_same();
}

START_TEST(restarts)
{
	const struct regs *r = guest_regs();

	fake_call.hook = ask_restart;
	call(1, AT(0), 10, AT(8), DOMID_SELF, 7);
	ck_assert(restarted());
	ck_assert_uint_eq(r->rbx, AT(32));
	ck_assert_uint_eq(r->rcx, 8);
	ck_assert_uint_eq(r->rdx, AT(8));
	ck_assert_uint_eq(r->rsi, DOMID_SELF);
	ck_assert_uint_eq((u32)r->rdi, 7);
	ck_assert_uint_eq((u32)r->rax, 1);
	fake_call.hook = ask_same;
	call(32, 4, AT(100), 1, 2, 3);
	ck_assert(restarted());
	ck_assert_uint_eq((u32)r->rbx, 4);
	ck_assert_uint_eq((u32)r->rcx, AT(100));
	/* A result that only looks like one. */
	fake_call.hook = NULL;
	fake_call.rc = -ERESTART;
	ck_assert_int_eq(call(32, 4, AT(100), 1, 2, 3), -ERESTART);
	ck_assert(!restarted());
}
END_TEST

START_TEST(multicalls)
{
	struct c32_multicall_entry *e = PTR(struct c32_multicall_entry, 0);

	e[0] = (struct c32_multicall_entry){ .op = 3, .args = { 1, 2 } };
	e[1] = (struct c32_multicall_entry){ .op = HYPERCALL_MULTICALL };
	e[2] = (struct c32_multicall_entry){ .op = HYPERCALL_SLOTS };
	e[3] = (struct c32_multicall_entry){ .op = 25 };
	e[4] = (struct c32_multicall_entry){ .op = 14,
					     .args = { 1, 2, 3, 4 } };
	fake_call.rc = -EINVAL;
	ck_assert_int_eq(call(13, AT(0), 5, 0, 0, 0), 0);
	ck_assert_uint_eq(fake_call.calls, 2);
	ck_assert_uint_eq(fake_call.a[1], 0x300000002);
	ck_assert_uint_eq(e[1].result, (u32)-EINVAL);
	ck_assert_uint_eq(e[2].result, (u32)-ENOSYS);
	ck_assert_uint_eq(e[3].result, (u32)-ENOSYS);
	ck_assert_uint_eq(e[4].result, (u32)-EINVAL);
	fake_faults_from = AT(32 * 3);
	ck_assert_int_eq(call(13, AT(0), 5, 0, 0, 0), -EFAULT);
}
END_TEST

/* It ends the list with what its frame has for EAX, and writes no result. */
START_TEST(iret_in_a_multicall)
{
	struct c32_multicall_entry *e = PTR(struct c32_multicall_entry, 0);
	jmp_buf back;

	e[0] = (struct c32_multicall_entry){ .op = 3, .args = { 1, 2 } };
	e[1] = (struct c32_multicall_entry){ .op = HYPERCALL_IRET, .result = 7 };
	e[2] = (struct c32_multicall_entry){ .op = 3, .result = 7 };
	fake_call.rc = 0x1234;
	fake_return = &back;
	if (!setjmp(back)) {
		call(13, AT(0), 3, 0, 0, 0);
		ck_abort_msg("came back");
	}
	ck_assert_str_eq(fake_call.name, "pv_iret");
	ck_assert_uint_eq(fake_call.calls, 2);
	ck_assert_uint_eq(guest_regs()->rax, 0x1234);
	ck_assert_uint_eq(e[0].result, 0x1234);
	ck_assert_uint_eq(e[1].result, 7);
	ck_assert_uint_eq(e[2].result, 7);
}
END_TEST

/* Something turns up during the second call. */
static long become_busy(u64 a1, u64 a2, u64 a3, u64 a4)
{
	(void)a1;
	(void)a2;
	(void)a3;
	(void)a4;
	this_cpu()->work = fake_call.calls == 2 ? WORK_TIMER : 0;
	return 0;
}

START_TEST(multicall_restarts)
{
	struct c32_multicall_entry *e = PTR(struct c32_multicall_entry, 0);
	const struct regs *r = guest_regs();

	for (unsigned int i = 0; i < 4; i++)
		e[i] = (struct c32_multicall_entry){ .op = 1,
			.args = { AT(i), 10, 0, DOMID_SELF } };
	/* Between two entries. */
	fake_call.hook = become_busy;
	call(13, AT(0), 4, 0, 0, 0);
	ck_assert(restarted());
	ck_assert_uint_eq(r->rbx, AT(64));
	ck_assert_uint_eq(r->rcx, 2);
	/* Within one. */
	this_cpu()->work = 0;
	fake_call.hook = ask_restart;
	call(13, AT(64), 2, 0, 0, 0);
	ck_assert(restarted());
	ck_assert_uint_eq(r->rbx, AT(64));
	ck_assert_uint_eq(r->rcx, 2);
	ck_assert_uint_eq(e[2].args[0], AT(2) + 32);
	ck_assert_uint_eq(e[2].args[1], 8);
	fake_call.hook = NULL;
	ck_assert_int_eq(call(13, AT(64), 2, 0, 0, 0), 0);
}
END_TEST

/* --- lists for the processor ----------------------------------------------------- */

static struct trap_info traps[256];
static unsigned int traps_seen;

static long take_traps(u64 table, u64 a2, u64 a3, u64 a4)
{
	const struct trap_info *t = (const void *)table;

	(void)a2;
	(void)a3;
	(void)a4;
	for (traps_seen = 0; table && traps_seen < 256 &&
	     t[traps_seen].address; traps_seen++)
		traps[traps_seen] = t[traps_seen];
	return 0;
}

START_TEST(trap_tables)
{
	struct c32_trap_info *t = PTR(struct c32_trap_info, 0);

	fake_call.hook = take_traps;
	for (unsigned int i = 0; i < 256; i++)
		t[i] = (struct c32_trap_info){ (u8)i, i & 7, 0xe019,
					       0xfff00000 + i };
	t[256] = t[255];
	ck_assert_int_eq(call(0, AT(0), 0, 0, 0, 0), 0);
	ck_assert_uint_eq(traps_seen, 256);
	ck_assert_uint_eq(traps[255].address, 0xfff000ff);
	ck_assert_uint_eq(traps[255].vector, 255);
	ck_assert_uint_eq(traps[13].flags, 5);
	ck_assert_uint_eq(traps[13].cs, 0xe019);
	t[9].address = 0;
	ck_assert_int_eq(call(0, AT(0), 0, 0, 0, 0), 0);
	ck_assert_uint_eq(traps_seen, 9);
	fake_faults_from = AT(24);
	ck_assert_int_eq(call(0, AT(0), 0, 0, 0, 0), -EFAULT);
	ck_assert_uint_eq(traps_seen, 3);
	call(0, 0, 0, 0, 0, 0);
	ck_assert_uint_eq(fake_call.a[0], 0);
}
END_TEST

static long take_gdt(u64 list, u64 entries, u64 a3, u64 a4)
{
	(void)a3;
	(void)a4;
	for (u64 i = 0; i < DIV_UP(entries, 512); i++)
		ck_assert_uint_eq(((u64 *)list)[i], 0xfffffff0 + i);
	return 0;
}

START_TEST(gdt_frames)
{
	u32 *list = PTR(u32, 4);

	fake_call.hook = take_gdt;
	for (unsigned int i = 0; i < 14; i++)
		list[i] = 0xfffffff0 + i;
	ck_assert_int_eq(call(2, AT(4), 7168, 0, 0, 0), 0);
	ck_assert_int_eq(call(2, AT(4), 0, 0, 0, 0), 0);
	ck_assert_int_eq(call(2, AT(4), 7169, 0, 0, 0), -EINVAL);
	ck_assert_int_eq(call(2, AT(4), 0xffffffff, 0, 0, 0), -EINVAL);
	fake_faults_from = AT(8);
	ck_assert_int_eq(call(2, AT(4), 512, 0, 0, 0), 0);
	ck_assert_int_eq(call(2, AT(4), 513, 0, 0, 0), -EFAULT);
}
END_TEST

static long take_callback(u64 cmd, u64 arg, u64 a3, u64 a4)
{
	const struct callback_register *c = (const void *)arg;

	(void)a3;
	(void)a4;
	ck_assert_uint_eq(cmd, CALLBACKOP_register);
	ck_assert_uint_eq(c->type, CALLBACKTYPE_failsafe);
	ck_assert_uint_eq(c->flags, CALLBACKF_mask_events);
	ck_assert_uint_eq(c->address, 0xe019fffffff0);
	return 0;
}

START_TEST(callbacks)
{
	*PTR(struct c32_callback_register, 0) = (struct c32_callback_register){
		CALLBACKTYPE_failsafe, CALLBACKF_mask_events,
		{ 0xe019, 0xfffffff0 } };
	fake_call.hook = take_callback;
	ck_assert_int_eq(call(30, 0, AT(0), 0, 0, 0), 0);
	fake_call.hook = NULL;
	call(30, CALLBACKOP_unregister, AT(0), 0, 0, 0);
	ck_assert_uint_eq(fake_call.a[1], AT(0));
	call(21, 0, VMASST_TYPE_pae_extended_cr3, 0, 0, 0);
	ck_assert_uint_eq(fake_call.a[1], 3);
	ck_assert_int_eq(call(21, 0, 32, 0, 0, 0), -EINVAL);
}
END_TEST

/* --- mmuext_op -------------------------------------------------------------------- */

static unsigned int ops_done, ops_stop_at;
static long ops_rc;

/* Like pv_mmuext_op(): stops for @ops_rc before operation @ops_stop_at. */
static long do_ops(u64 list, u64 count, u64 done, u64 foreign)
{
	const struct mmuext_op *op = (const void *)list;
	u32 n = 0;
	long rc = 0;

	ck_assert_uint_eq(foreign, DOMID_SELF);
	for (; n < count && !rc; n++) {
		if (ops_done == ops_stop_at && ops_rc) {
			rc = ops_rc;
			break;
		}
		ck_assert_uint_eq(op[n].cmd, ops_done % 19);
		ck_assert_uint_eq(op[n].arg1.mfn, 0xf0000000 + ops_done);
		ck_assert_uint_eq(op[n].arg2.src_mfn, 0xe0000000 + ops_done);
		ops_done++;
	}
	*(u32 *)done = n;
	return rc == -ERESTART ? hypercall_restart(1, 2, 3, 4) : rc;
}

static void make_ops(unsigned int n)
{
	struct c32_mmuext_op *op = PTR(struct c32_mmuext_op, 16);

	for (unsigned int i = 0; i < n; i++)
		op[i] = (struct c32_mmuext_op){ i % 19, 0xf0000000 + i,
						0xe0000000 + i };
	fake_call.hook = do_ops;
	ops_done = 0;
	ops_rc = 0;
}

START_TEST(mmuext_lists)
{
	u32 *done = PTR(u32, 0);

	for (unsigned int n = 0; n < 300; n += 13) {
		make_ops(n);
		*done = 99;
		ck_assert_int_eq(call(26, AT(16), n, AT(0), DOMID_SELF, 0), 0);
		ck_assert_uint_eq(ops_done, n);
		ck_assert_uint_eq(*done, n);
	}
	make_ops(300);
	ops_rc = -EINVAL;
	ops_stop_at = 130;
	ck_assert_int_eq(call(26, AT(16), 300, AT(0), DOMID_SELF, 0), -EINVAL);
	ck_assert_uint_eq(*done, 130);
	/* A list that ends in nothing: what is before it counts. */
	make_ops(300);
	fake_faults_from = AT(16 + 12 * 100);
	ck_assert_int_eq(call(26, AT(16), 300, AT(0), DOMID_SELF, 0), -EFAULT);
	ck_assert_uint_eq(*done, 100);
	ck_assert_uint_eq(ops_done, 100);
	/* Nowhere to write the count is allowed. */
	make_ops(10);
	ck_assert_int_eq(call(26, AT(16), 10, 0, DOMID_SELF, 0), 0);
}
END_TEST

START_TEST(mmuext_restarts)
{
	const struct regs *r = guest_regs();
	u32 *done = PTR(u32, 0);

	make_ops(300);
	*done = 12345;
	ops_rc = -ERESTART;
	ops_stop_at = 70;
	call(26, AT(16), 300, AT(0), DOMID_SELF, 0);
	ck_assert(restarted());
	ck_assert_uint_eq(*done, 70);
	ck_assert_uint_eq(r->rbx, AT(16 + 12 * 70));
	ck_assert_uint_eq(r->rcx, 230 | CONTINUED);
	ck_assert_uint_eq(r->rdx, AT(0));
	ck_assert_uint_eq(r->rsi, DOMID_SELF);
	ops_rc = 0;
	ck_assert_int_eq(call(26, r->rbx, r->rcx, r->rdx, r->rsi, 0), 0);
	ck_assert_uint_eq(ops_done, 300);
	ck_assert_uint_eq(*done, 300);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("compat32");
	TCase *edge = tcase_create("edge"), *cpu = tcase_create("cpu");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(edge, setup, NULL);
	tcase_add_test(edge, layouts);
	tcase_add_test(edge, registers);
	tcase_add_test(edge, joined_words);
	tcase_add_test(edge, restarts);
	tcase_add_test(edge, multicalls);
	tcase_add_test(edge, iret_in_a_multicall);
	tcase_add_test(edge, multicall_restarts);
	suite_add_tcase(s, edge);
	tcase_add_checked_fixture(cpu, setup, NULL);
	tcase_add_test(cpu, trap_tables);
	tcase_add_test(cpu, gdt_frames);
	tcase_add_test(cpu, callbacks);
	tcase_add_test(cpu, mmuext_lists);
	tcase_add_test(cpu, mmuext_restarts);
	suite_add_tcase(s, cpu);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
