/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Emulated stores to L1 tables, and a table that ends while its store is being
 * emulated: another vCPU of the guest gives the frame back just when this one
 * fetches the instruction: it can be anybody's then.
 */
#include <check.h>
#include <string.h>

#include "tests/unit/fake_pv_calls.h"

#include "lib/errno.h"
#include "pv/fetch.h"
#include "pv/internal.h"
#include "pv/mmu.h"
#include "pv/segment.h"
#include "x86/decode.h"

#define SECRET	0x5ec4e75ec4e75ec4UL
#define TABLE_VA	0x1000UL		/* entry 1 of the L1 table */

static struct domain *d1;
static mfn_t l4, l1, table;
static void (*while_fetching)(void);
static const u8 *code;

/* ---- what the emulation needs of the guest's side -------------------------- */

bool pv_long_code(const struct regs *r)
{
	(void)r;
	return true;
}

bool pv_fetch(struct insn *in, struct regs *r)
{
	struct insn_context c = { .regs = r, .long_mode = true };
	bool more;

	if (while_fetching)
		while_fetching();
	return insn_decode(in, code, INSN_MAX, &c, &more);
}

gva_t pv_segment_gva(const struct vcpu *v, u64 sel, u32 offset)
{
	(void)v;
	(void)sel;
	return GVA(offset);
}

/* ---- a guest with a table that it sees at TABLE_VA ------------------------- */

static void setup(void)
{
	mfn_t l3, l2;

	fake_seed = 1;
	fake_pv_reset();
	d1 = fake_domains[1];
	fake_run(1);
	table = fake_give(d1);
	l1 = fake_give(d1);
	l2 = fake_give(d1);
	l3 = fake_give(d1);
	l4 = fake_give(d1);
	fake_table(table)[3] = pte_make(fake_give(d1), RO_KERNEL);
	fake_table(l1)[1] = pte_make(table, RO_KERNEL);
	fake_table(l2)[0] = pte_make(l1, TABLE);
	fake_table(l3)[0] = pte_make(l2, TABLE);
	fake_table(l4)[0] = pte_make(l3, TABLE);
	ck_assert_int_eq(ext(MMUEXT_PIN_L1_TABLE, table.v, SELF), 0);
	ck_assert_int_eq(ext(MMUEXT_NEW_BASEPTR, l4.v, SELF), 0);
	while_fetching = NULL;
}

static void teardown(void)
{
	ck_assert_uint_eq(fake_check(), 0);
	ck_assert_uint_eq(fake_pv_finish(), 0);
}

static bool store(const u8 *insn, struct regs *r)
{
	code = insn;
	r->rdi = TABLE_VA + 3 * 8;
	return pv_emulate_table_write(r, r->rdi);
}

/* lock cmpxchg %rsi, (%rdi) */
static const u8 cmpxchg[INSN_MAX] = { 0xf0, 0x48, 0x0f, 0xb1, 0x37 };

START_TEST(compare_and_exchange)
{
	struct regs *r = guest_regs();
	u64 was = fake_table(table)[3];

	memset(r, 0, sizeof(*r));
	r->rax = 1;
	ck_assert(store(cmpxchg, r));
	ck_assert_uint_eq(r->rax, was);
	ck_assert_uint_eq(r->rip, 5);
	ck_assert_uint_eq(r->rflags & BIT(6), 0);
	r->rsi = was & ~PTE_P;
	ck_assert(store(cmpxchg, r));
	ck_assert_uint_eq(fake_table(table)[3], was & ~PTE_P);
	ck_assert_uint_ne(r->rflags & BIT(6), 0);
}
END_TEST

/* No table any more; what it holds from then on this store must not see. */
static void give_away(void)
{
	while_fetching = NULL;
	ck_assert_int_eq(ext(MMUEXT_UNPIN_TABLE, table.v, SELF), 0);
	fake_table(table)[3] = SECRET;
}

/* A comparison that fails gives what was compared, when that was a table. */
START_TEST(table_ends_before_a_comparison)
{
	struct regs *r = guest_regs();
	u64 was = fake_table(table)[3];

	memset(r, 0, sizeof(*r));
	r->rax = 1;
	while_fetching = give_away;
	ck_assert(store(cmpxchg, r));
	ck_assert_uint_eq(r->rax, was);
	fake_table(table)[3] = 0;
}
END_TEST

/* One that succeeds, and a plain store, write to no frame that is no table. */
START_TEST(table_ends_before_a_store)
{
	static const u8 mov[INSN_MAX] = { 0x48, 0x89, 0x37 };
	const u8 *const insns[] = { cmpxchg, mov };
	struct regs *r = guest_regs();

	memset(r, 0, sizeof(*r));
	r->rax = fake_table(table)[3];
	while_fetching = give_away;
	ck_assert(!store(insns[_i], r));
	ck_assert_uint_eq(fake_table(table)[3], SECRET);
	ck_assert_uint_eq(r->rip, 0);
	fake_table(table)[3] = 0;
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_wpt");
	TCase *c = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, compare_and_exchange);
	tcase_add_test(c, table_ends_before_a_comparison);
	tcase_add_loop_test(c, table_ends_before_a_store, 0, 2);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
