/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The layout of PV domains and their page tables, checked by walking the
 * tables as the processor would.
 */
#include <check.h>
#include <stdlib.h>

#include <xen/elfnote.h>

#include "builder/plan.h"
#include "elf_maker.h"

#define FRAME_OF(pfn) ((pfn) * 3 + 1000)	/* any scattered machine map */

/* Check's own assertions are too slow for every page of a domain. */
#define MUST(condition) \
	do { \
		if (!(condition)) \
			ck_abort_msg("line %d: %s", __LINE__, #condition); \
	} while (0)

static struct build_error error;
static uint64_t *frames;
static uint64_t *memory;	/* all pages of the domain, 512 words each */
static uint64_t nr_pages;

static struct plan_kernel debian(void)
{
	return (struct plan_kernel){
		.virt_base = 0xffffffff80000000ull,
		.entry = 0xffffffff830791c0ull,
		.init_p2m = 0x8000000000ull, .has_init_p2m = true,
		.initrd_by_pfn = true,
		.pstart = 0x1000000, .pend = 0x4a00000,
	};
}

/* A micro kernel: identity mapped at 1 MiB, no extras. */
static struct plan_kernel micro(void)
{
	return (struct plan_kernel){
		.entry = 0x100000, .pstart = 0x100000, .pend = 0x120800,
	};
}

static void prepare(uint64_t pages)
{
	nr_pages = pages;
	frames = calloc(pages, sizeof(*frames));
	memory = calloc(pages, PLAN_PAGE_SIZE);
	for (uint64_t i = 0; i < pages; i++)
		frames[i] = FRAME_OF(i);
}

static uint64_t *page(uint64_t pfn)
{
	MUST(pfn < nr_pages);
	return memory + pfn * 512;
}

static uint64_t pfn_of(uint64_t entry)
{
	uint64_t frame = (entry & 0x000ffffffffff000ull) >> 12;

	MUST((frame - 1000) % 3 == 0);
	return (frame - 1000) / 3;
}

/* The entry that maps an address, or 0. */
static uint64_t walk(const struct plan *plan, uint64_t va)
{
	uint64_t *table = page(plan->tables.pfn[4]), entry = 0;

	for (int level = 4; level >= 1; level--) {
		entry = table[va >> (12 + 9 * (level - 1)) & 511];
		if (!(entry & 1))
			return 0;
		if (level > 1) {
			MUST((entry & 0xfff) == 0x67);
			table = page(pfn_of(entry));
		}
	}
	return entry;
}

static void fill(const struct plan *plan)
{
	uint64_t *l4 = page(plan->tables.pfn[4]);

	plan_fill_tables(&plan->tables, frames, &plan->tables.all, l4, l4);
	if (plan->kernel.has_init_p2m)
		plan_fill_tables(&plan->p2m_tables, frames,
				 &plan->p2m_tables.all,
				 page(plan->p2m_tables.all.pfn), l4);
}

static bool is_table(const struct plan *plan, uint64_t pfn)
{
	return pfn - plan->tables.all.pfn < plan->tables.all.count ||
		pfn - plan->p2m_tables.all.pfn < plan->p2m_tables.all.count;
}

static uint64_t count_leaves(uint64_t pfn, int level)
{
	uint64_t *table = page(pfn), count = 0;

	for (int i = 0; i < 512; i++)
		if (table[i] & 1)
			count += level == 1 ? 1 :
				count_leaves(pfn_of(table[i]), level - 1);
	return count;
}

/* What must hold for every plan. */
static void check_plan(const struct plan *plan)
{
	uint64_t va, entry, leaves = plan->mapped;

	fill(plan);
	for (uint64_t pfn = 0; pfn < plan->mapped; pfn++) {
		entry = walk(plan, plan_va(plan, pfn));
		MUST(pfn_of(entry) == pfn);
		MUST((entry & 0xfff) == (is_table(plan, pfn) ? 0x61 : 0x63));
	}
	if (plan->kernel.has_init_p2m) {
		for (uint64_t i = 0; i < plan->p2m.count; i++) {
			va = plan->kernel.init_p2m + i * PLAN_PAGE_SIZE;
			entry = walk(plan, va);
			MUST(pfn_of(entry) == plan->p2m.pfn + i);
			MUST((entry & 0xfff) == 0x63);
		}
		leaves += plan->p2m.count;
	}
	/* Nothing else is mapped. */
	ck_assert_uint_eq(count_leaves(plan->tables.pfn[4], 4), leaves);

	ck_assert_uint_eq(plan->start_info + 1, plan->store);
	ck_assert_uint_eq(plan->store + 1, plan->console);
	ck_assert_uint_eq(plan->console + 1, plan->tables.all.pfn);
	ck_assert_uint_eq(plan->tables.pfn[4], plan->tables.all.pfn);
	ck_assert_uint_eq(plan->stack, plan->tables.all.pfn +
			  plan->tables.all.count);
	ck_assert_uint_ge(plan->mapped, plan->stack + 1 + 128);
	ck_assert_uint_ge(plan->p2m.count * 512, nr_pages);
	free(frames);
	free(memory);
}

START_TEST(test_debian)
{
	struct plan_kernel k = debian();
	struct plan plan;

	prepare(65536);
	ck_assert_int_eq(plan_make(&plan, &k, nr_pages, 1000001, &error), 0);
	ck_assert_uint_eq(plan.image.pfn, 0x1000);
	ck_assert_uint_eq(plan.image.count, 0x3a00);
	ck_assert_uint_eq(plan.start_info, 0x4a00);
	ck_assert_uint_eq(plan.mapped % 1024, 0);
	ck_assert_uint_eq(plan.initrd.pfn, plan.mapped);
	ck_assert_uint_eq(plan.initrd.count, 245);
	ck_assert_uint_eq(plan.mod_start, plan.initrd.pfn);
	ck_assert_uint_eq(plan.p2m.pfn, plan.mapped + 245);
	ck_assert_uint_eq(plan.p2m.count, 128);
	ck_assert_uint_eq(plan.mfn_list, 0x8000000000ull);
	/* An array of 512 KiB needs one table a level. */
	ck_assert_uint_eq(plan.p2m_tables.all.count, 3);
	ck_assert_uint_eq(plan.p2m_tables.all.pfn,
			  plan.p2m.pfn + plan.p2m.count);
	check_plan(&plan);
}
END_TEST

START_TEST(test_micro)
{
	struct plan_kernel k = micro();
	struct plan plan;

	prepare(4096);
	ck_assert_int_eq(plan_make(&plan, &k, nr_pages, 5000, &error), 0);
	ck_assert_uint_eq(plan.image.pfn, 0x100);
	ck_assert_uint_eq(plan.image.count, 0x21);
	ck_assert_uint_eq(plan.initrd.pfn, 0x121);
	ck_assert_uint_eq(plan.mod_start, 0x121000);
	ck_assert_uint_eq(plan.p2m.pfn, 0x123);
	ck_assert_uint_eq(plan.mfn_list, 0x123000);
	ck_assert_uint_eq(plan.p2m.count, 8);
	ck_assert_uint_eq(plan.start_info, 0x12b);
	ck_assert_uint_eq(plan.tables.all.count, 5);
	ck_assert_uint_eq(plan.mapped, 1024);
	check_plan(&plan);
}
END_TEST

/* A domain too small for the rounding to 4 MiB, not for the slack. */
START_TEST(test_tiny)
{
	struct plan_kernel k = micro();
	struct plan plan;

	prepare(512);
	ck_assert_int_eq(plan_make(&plan, &k, nr_pages, 0, &error), 0);
	ck_assert_uint_eq(plan.mapped, 512);
	check_plan(&plan);
}
END_TEST

START_TEST(test_sizes)
{
	static const uint64_t initrds[] = {
		0, 1, 4096, 20 << 20, 60 << 20,
	};
	struct plan_kernel k = debian();
	struct plan plan;

	k.has_init_p2m = _i & 1;
	k.initrd_by_pfn = _i & 2;
	for (size_t i = 0; i < sizeof(initrds) / sizeof(initrds[0]); i++) {
		prepare(40960);
		ck_assert_int_eq(plan_make(&plan, &k, nr_pages, initrds[i],
					   &error), 0);
		check_plan(&plan);
	}
}
END_TEST

/* Page tables that need more tables because of themselves. */
START_TEST(test_edges)
{
	struct plan_kernel k = micro();
	struct plan plan;

	for (uint64_t end = 0x1f0000; end < 0x420000; end += 0x3000) {
		k.pend = end;
		prepare(4096);
		ck_assert_int_eq(plan_make(&plan, &k, nr_pages, 0, &error),
				 0);
		check_plan(&plan);
	}
}
END_TEST

/* The exact least memory is accepted, one page less is refused. */
START_TEST(test_too_small)
{
	struct plan_kernel k = debian();
	struct plan plan;
	uint64_t pages = 1;

	while (plan_make(&plan, &k, pages, 10000, &error) < 0) {
		MUST(strstr(error.text, "are too little"));
		error.text[0] = '\0';
		MUST(++pages < 65536);
	}
	prepare(pages);
	check_plan(&plan);
	plan_make(&plan, &k, 8192, 10000, &error);
	ck_assert_ptr_nonnull(strstr(error.text, "32768 KiB of memory are too "
				     "little: kernel, initrd and page tables "
				     "need "));
}
END_TEST

START_TEST(test_bad_p2m)
{
	static const uint64_t places[] = {
		0xffffffff90000000ull, 0xffff800000000000ull, 0x8000000001ull,
		0xfffffff000ull, 0x800000000000ull, 0xfffffffffffff000ull,
	};
	struct plan_kernel k = debian();
	struct plan plan;

	k.init_p2m = places[_i];
	ck_assert_int_eq(plan_make(&plan, &k, 65536, 0, &error), -1);
	ck_assert_ptr_nonnull(strstr(error.text, "frame list"));
}
END_TEST

START_TEST(test_sizes_refused)
{
	struct plan_kernel k = debian();
	struct plan plan;

	ck_assert_int_eq(plan_make(&plan, &k, 0, 0, &error), -1);
	error.text[0] = '\0';
	ck_assert_int_eq(plan_make(&plan, &k, 1ull << 40, 0, &error), -1);
	error.text[0] = '\0';
	ck_assert_int_eq(plan_make(&plan, &k, 65536, 1ull << 62, &error), -1);
	error.text[0] = '\0';
	/* A region that would grow into the end of the address space. */
	ck_assert_int_eq(plan_make(&plan, &k, 1ull << 27, 1ull << 32, &error),
			 0);
	k.initrd_by_pfn = false;
	ck_assert_int_eq(plan_make(&plan, &k, 1ull << 27, 1ull << 32, &error),
			 -1);
}
END_TEST

static int kernel_of(struct maker *m, struct plan_kernel *k)
{
	static struct elfnotes notes;
	static struct elf elf;

	maker_finish(m);
	ck_assert_ptr_null(elf_parse(&elf, m->data, m->size));
	elfnotes_read(&elf, &notes);
	return plan_kernel(k, &elf, &notes, "K", &error);
}

static const struct {
	uint32_t type;
	const char *text;	/* NULL: the number */
	uint64_t number;
	const char *message;
} kernel_cases[] = {
	{ XEN_ELFNOTE_XEN_VERSION, "xen-2.0", 0,
	  "kernel K is for the interface 'xen-2.0', not xen-3.0" },
	{ XEN_ELFNOTE_LOADER, "grub", 0, "kernel K wants the loader 'grub'" },
	{ XEN_ELFNOTE_FEATURES, "!auto_translated_physmap", 0,
	  "kernel K demands the feature 'auto_translated_physmap'" },
	{ XEN_ELFNOTE_ENTRY, NULL, 0x102000,
	  "kernel K is malformed: its entry 0x102000 is outside of it" },
	{ XEN_ELFNOTE_HYPERCALL_PAGE, NULL, 0x100800,
	  "kernel K is malformed: its hypercall page 0x100800" },
	{ XEN_ELFNOTE_HYPERCALL_PAGE, NULL, 0x103000,
	  "kernel K is malformed: its hypercall page 0x103000" },
	{ XEN_ELFNOTE_VIRT_BASE, NULL, 0x1001,
	  "kernel K is malformed: VIRT_BASE" },
	{ XEN_ELFNOTE_VIRT_BASE, NULL, 0xffff800000000000ull,
	  "kernel K is malformed: it wants addresses of the hypervisor" },
	{ XEN_ELFNOTE_VIRT_BASE, NULL, 0x7fffffffff000ull,
	  "kernel K is malformed: it wants addresses of the hypervisor" },
	{ XEN_ELFNOTE_VIRT_BASE, NULL, 0xfffffffffffff000ull,
	  "kernel K is malformed: it wants addresses of the hypervisor" },
	{ XEN_ELFNOTE_PADDR_OFFSET, NULL, 0x200000,
	  "kernel K is malformed: its segments lie outside" },
};

START_TEST(test_kernel_refused)
{
	struct maker m = { .size = 0 };
	struct plan_kernel k;

	maker_string(&m, XEN_ELFNOTE_GUEST_OS, "x");
	if (kernel_cases[_i].type != XEN_ELFNOTE_XEN_VERSION)
		maker_string(&m, XEN_ELFNOTE_XEN_VERSION, "xen-3.0");
	if (kernel_cases[_i].text)
		maker_string(&m, kernel_cases[_i].type, kernel_cases[_i].text);
	else
		maker_number(&m, kernel_cases[_i].type,
			     kernel_cases[_i].number);
	ck_assert_int_eq(kernel_of(&m, &k), -1);
	ck_assert_msg(strncmp(error.text, kernel_cases[_i].message,
			      strlen(kernel_cases[_i].message)) == 0, "%s",
		      error.text);
}
END_TEST

START_TEST(test_kernel_none)
{
	struct maker m = { .size = 0 }, pvh = { .size = 0 };
	struct plan_kernel k;

	ck_assert_int_eq(kernel_of(&m, &k), -1);
	ck_assert_str_eq(error.text, "kernel K is not a Xen PV kernel: it has "
			 "no Xen ELF notes; use a kernel with CONFIG_XEN_PV");
	error.text[0] = '\0';
	maker_number(&pvh, XEN_ELFNOTE_PHYS32_ENTRY, 0x100000);
	ck_assert_int_eq(kernel_of(&pvh, &k), -1);
	ck_assert_ptr_nonnull(strstr(error.text, "only a PVH entry"));
}
END_TEST

/* No ENTRY: the file's; VIRT_BASE 0; entry 0 would be fine as well. */
START_TEST(test_kernel_defaults)
{
	struct maker m = { .size = 0 };
	struct plan_kernel k;

	maker_string(&m, XEN_ELFNOTE_LOADER, "generic");
	maker_number(&m, XEN_ELFNOTE_HYPERCALL_PAGE, 0x101000);
	ck_assert_int_eq(kernel_of(&m, &k), 0);
	ck_assert_uint_eq(k.entry, 0x100010);
	ck_assert_uint_eq(k.virt_base, 0);
	ck_assert(k.has_hypercall_page);
	ck_assert(!k.has_init_p2m);
	ck_assert(!k.initrd_by_pfn);
}
END_TEST

static void setup(void)
{
	error.text[0] = '\0';
}

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_debian);
	tcase_add_test(t, test_micro);
	tcase_add_test(t, test_tiny);
	tcase_add_loop_test(t, test_sizes, 0, 4);
	tcase_add_test(t, test_edges);
	tcase_add_test(t, test_too_small);
	tcase_add_loop_test(t, test_bad_p2m, 0, 6);
	tcase_add_test(t, test_sizes_refused);
	tcase_add_loop_test(t, test_kernel_refused, 0, COUNT(kernel_cases));
	tcase_add_test(t, test_kernel_none);
	tcase_add_test(t, test_kernel_defaults);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
