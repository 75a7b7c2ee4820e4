/* SPDX-License-Identifier: BSD-2-Clause */
/* The option spec-ctrl=, and the choice for processors as they are sold. */
#include <check.h>
#include <stdlib.h>

#include "x86/spec_ctrl.h"

#define ALL	(SPEC_IBRS | SPEC_STIBP | SPEC_IBPB | SPEC_VERW | SPEC_RSB)

static const struct {
	const char *text;
	bool ok, automatic;
	u32 wanted, unwanted;
} options[] = {
	{ "no", true, false, 0, 0 },
	{ "off", true, false, 0, 0 },
	{ "auto", true, true, 0, 0 },
	{ "ibrs", true, false, SPEC_IBRS, 0 },
	{ "verw,rsb", true, false, SPEC_VERW | SPEC_RSB, 0 },
	{ "ibrs,stibp,ibpb,verw,rsb", true, false, ALL, 0 },
	{ "auto,no-rsb", true, true, 0, SPEC_RSB },
	{ "no-ibrs,auto", true, true, 0, SPEC_IBRS },
	{ "verw,no", true, false, 0, 0 },	/* the last word counts */
	{ "no,verw", true, false, SPEC_VERW, 0 },
	{ "", false, false, 0, 0 },
	{ "verw,", false, false, 0, 0 },
	{ ",verw", false, false, 0, 0 },
	{ "ver", false, false, 0, 0 },
	{ "verw rsb", false, false, 0, 0 },
	{ "no-", false, false, 0, 0 },
	{ "no-auto", false, false, 0, 0 },
	{ "retpolineretpolineretpoline", false, false, 0, 0 },
};

START_TEST(option)
{
	struct spec_request r;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		ck_assert_msg(spec_ctrl_parse(options[i].text, &r) ==
			      options[i].ok, "'%s'", options[i].text);
		if (!options[i].ok)
			continue;
		ck_assert_int_eq(r.automatic, options[i].automatic);
		ck_assert_uint_eq(r.wanted, options[i].wanted);
		ck_assert_uint_eq(r.unwanted, options[i].unwanted);
	}
}
END_TEST

/* Bits of the leaves, by their numbers in the manuals. */
#define L7(...)		.leaf7_edx = BITS(__VA_ARGS__, 99, 99, 99, 99)
#define E8(...)		.ext8_ebx = BITS(__VA_ARGS__, 99, 99, 99, 99)
#define CAPS(...)	.arch_caps = BITS(__VA_ARGS__, 99, 99, 99, 99)
#define BITS(a, b, c, d, ...) (ONE(a) | ONE(b) | ONE(c) | ONE(d))
#define ONE(n)		((n) < 64 ? 1UL << ((n) & 63) : 0)

/* With "auto". */
static const struct {
	const char *cpu;
	struct spec_facts facts;
	struct spec_choice want;
} cpus[] = {
	{ "QEMU's emulation", { .amd = true, .smep = true },
	  { .lacking = ALL & ~SPEC_RSB } },
	{ "Skylake without new microcode", { .intel = true, .smep = true },
	  { .lacking = ALL & ~SPEC_RSB, .meltdown = true } },
	{ "Skylake", { .intel = true, .smep = true, L7(10, 26, 27, 31) },
	  { .used = ALL, .own = 3, .guest_mask = 7, .switched = true,
	    .meltdown = true } },
	{ "Ivy Bridge, smep=off", { .intel = true, L7(10, 26, 27, 31) },
	  { .used = ALL, .own = 3, .guest_mask = 7, .switched = true,
	    .rsb_syscall = true, .meltdown = true } },
	{ "Cascade Lake (RDCL_NO, IBRS_ALL, MDS_NO)",
	  { .intel = true, .smep = true, .leaf7_edx = 0xac000400,
	    CAPS(0, 1, 3, 5) },
	  { .used = SPEC_IBRS | SPEC_IBPB | SPEC_RSB, .own = 1,
	    .guest_mask = 7 } },
	{ "Ice Lake (and FB_CLEAR)",
	  { .intel = true, .smep = true, .leaf7_edx = 0xac000400,
	    .arch_caps = BIT(17) | 0x2b },
	  { .used = SPEC_IBRS | SPEC_IBPB | SPEC_RSB | SPEC_VERW, .own = 1,
	    .guest_mask = 7 } },
	{ "Zen", { .amd = true, .smep = true, E8(12) },
	  { .used = SPEC_IBPB | SPEC_RSB,
	    .lacking = SPEC_IBRS | SPEC_STIBP | SPEC_VERW } },
	{ "Zen 2", { .amd = true, .smep = true, E8(12, 14, 15, 24) },
	  { .used = ALL & ~SPEC_VERW, .lacking = SPEC_VERW, .own = 3,
	    .guest_mask = 7, .switched = true } },
	{ "Zen 3", { .amd = true, .smep = true, .ext8_ebx = 0x0103d000 },
	  { .used = ALL & ~SPEC_VERW, .lacking = SPEC_VERW, .own = 3,
	    .guest_mask = 7 } },
	{ "Zen 4", { .amd = true, .smep = true, .ext8_ebx = 0x0103d000,
		     .ext21_eax = BIT(8) },
	  { .used = ALL & ~SPEC_VERW, .lacking = SPEC_VERW, .own = 2,
	    .guest_mask = 7, .auto_ibrs = true } },
	{ "another vendor's", { .smep = true, E8(12, 14) },
	  { .lacking = ALL & ~SPEC_RSB } },
};

static void same(const char *cpu, const struct spec_choice *a,
		 const struct spec_choice *b)
{
	ck_assert_msg(a->used == b->used, "%s: used %#x", cpu, a->used);
	ck_assert_msg(a->lacking == b->lacking, "%s: lacks %#x", cpu,
		      a->lacking);
	ck_assert_msg(a->own == b->own, "%s: own %#lx", cpu, (long)a->own);
	ck_assert_msg(a->guest_mask == b->guest_mask, "%s: guest", cpu);
	ck_assert_msg(a->switched == b->switched, "%s: switched", cpu);
	ck_assert_msg(a->auto_ibrs == b->auto_ibrs, "%s: AutoIBRS", cpu);
	ck_assert_msg(a->rsb_syscall == b->rsb_syscall, "%s: rsb", cpu);
	ck_assert_msg(a->meltdown == b->meltdown, "%s: Meltdown", cpu);
}

START_TEST(automatic)
{
	const struct spec_request r = { .automatic = true };
	struct spec_choice c;

	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		spec_ctrl_choose(&r, &cpus[i].facts, &c);
		same(cpus[i].cpu, &c, &cpus[i].want);
	}
}
END_TEST

/* Nothing is used that the processor lacks, nor with "no"; lists are obeyed. */
START_TEST(by_hand)
{
	const struct spec_facts skylake = cpus[2].facts;
	const struct spec_facts none = cpus[0].facts;
	struct spec_choice c;

	for (u32 set = 0; set <= ALL; set++) {
		struct spec_request r = { .wanted = set };

		spec_ctrl_choose(&r, &skylake, &c);
		ck_assert_uint_eq(c.used, set);
		ck_assert_uint_eq(c.own, set & 3);
		ck_assert_int_eq(c.switched, !!(set & 3));
		ck_assert_int_eq(c.rsb_syscall, !!(set & SPEC_RSB));
		ck_assert(c.meltdown);
		ck_assert_uint_eq(c.guest_mask, 7);
		spec_ctrl_choose(&r, &none, &c);
		ck_assert_uint_eq(c.used, set & SPEC_RSB);
		ck_assert_uint_eq(c.own, 0);
		ck_assert(!c.switched);
		r = (struct spec_request){ .automatic = true,
					   .unwanted = set };
		spec_ctrl_choose(&r, &skylake, &c);
		ck_assert_uint_eq(c.used, ALL & ~set);
	}
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(spec_ctrl_name(0), "ibrs");
	ck_assert_str_eq(spec_ctrl_name(SPEC_COUNT - 1), "rsb");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_spec_ctrl");
	TCase *t = tcase_create("spec_ctrl");
	SRunner *r;
	int failed;

	tcase_add_test(t, option);
	tcase_add_test(t, automatic);
	tcase_add_test(t, by_hand);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
