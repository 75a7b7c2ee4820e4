/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The layout of PV domains and their page tables, checked by walking the
 * tables as the processor would.
 */
#include <check.h>
#include <stdlib.h>

#include <xen/elfnote.h>

#include "builder/plan.h"
#include "builder/start.h"
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

/* As 32-bit Linux was laid out. */
static struct plan_kernel narrow(void)
{
	return (struct plan_kernel){
		.is_32bit = true, .extended_cr3 = true,
		.virt_base = 0xc0000000, .entry = 0xc1000010,
		.initrd_by_pfn = true,
		.pstart = 0x1000000, .pend = 0x1abc000,
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
	uint64_t *table = page(plan_root(plan)), entry = 0;
	int top = plan->kernel.is_32bit ? 3 : 4;

	for (int level = top; level >= 1; level--) {
		entry = table[va >> (12 + 9 * (level - 1)) & 511];
		if (!(entry & 1))
			return 0;
		if (level > 1) {
			MUST((entry & 0xfff) == (top == 3 && level == 3 ?
						 0x01 : 0x67));
			table = page(pfn_of(entry));
		}
	}
	return entry;
}

static void fill(const struct plan *plan)
{
	uint64_t *l4 = page(plan_root(plan));

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
	ck_assert_uint_eq(count_leaves(plan_root(plan),
				       (int)plan->tables.top), leaves);

	ck_assert_uint_eq(plan->start_info + 1, plan->store);
	ck_assert_uint_eq(plan->store + 1, plan->console);
	ck_assert_uint_eq(plan->console + 1, plan->tables.all.pfn);
	ck_assert_uint_eq(plan_root(plan), plan->tables.all.pfn);
	ck_assert_uint_eq(plan->stack, plan->tables.all.pfn +
			  plan->tables.all.count);
	ck_assert_uint_ge(plan->mapped, plan->stack + 1 + 128);
	ck_assert_uint_ge(plan->p2m.count * 4096 / plan_word(&plan->kernel),
			  nr_pages);
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

/* All four tables of the second level are there, empty or not. */
static void check_four(const struct plan *plan)
{
	uint64_t *root = page(plan_root(plan));

	fill(plan);
	ck_assert_uint_eq(plan->tables.top, 3);
	ck_assert_uint_eq(plan->tables.count[3], 1);
	ck_assert_uint_eq(plan->tables.count[2], 4);
	for (uint64_t i = 0; i < 512; i++)
		MUST(i >= 4 ? root[i] == 0 :
		     pfn_of(root[i]) == plan->tables.pfn[2] + i);
}

START_TEST(test_narrow)
{
	struct plan_kernel k = narrow();
	struct plan plan;

	prepare(16384);
	ck_assert_int_eq(plan_make(&plan, &k, nr_pages, 5000, &error), 0);
	ck_assert_uint_eq(plan.image.count, 0xabc);
	ck_assert_uint_eq(plan.p2m.pfn, 0x1abc);
	ck_assert_uint_eq(plan.p2m.count, 16);
	ck_assert_uint_eq(plan.mfn_list, 0xc1abc000);
	ck_assert_uint_eq(plan.mod_start, plan.mapped);
	/* The root, four, and 14 of 2 MiB for a region of 28 MiB. */
	ck_assert_uint_eq(plan.tables.all.count, 1 + 4 + 14);
	check_four(&plan);
	check_plan(&plan);
}
END_TEST

START_TEST(test_narrow_micro)
{
	struct plan_kernel k = micro();
	struct plan plan;

	/* Also across borders of a second-level table. */
	k.is_32bit = true;
	k.virt_base = (uint64_t)_i * 0x3fe00000;
	k.entry += k.virt_base;
	for (uint64_t end = 0x1f0000; end < 0x420000; end += 0x7000) {
		k.pend = end;
		prepare(4096);
		ck_assert_int_eq(plan_make(&plan, &k, nr_pages, 77, &error),
				 0);
		check_four(&plan);
		check_plan(&plan);
	}
}
END_TEST

/* The hypervisor's place at the end of the address space. */
START_TEST(test_narrow_end)
{
	struct plan_kernel k = narrow();
	struct plan plan;

	k.virt_base = 0xf5000000;
	ck_assert_int_eq(plan_make(&plan, &k, 16384, 0, &error), -1);
	ck_assert_ptr_nonnull(strstr(error.text, "too large for its place"));
	k.pstart = 0x100000;
	k.pend = 0x120000;
	error.text[0] = '\0';
	ck_assert_int_eq(plan_make(&plan, &k, 4096, 0, &error), 0);
	ck_assert_uint_eq(plan.mapped, 1024);
}
END_TEST

/* A region that wraps at the very top is none, however it is rounded. */
START_TEST(test_wraps)
{
	struct plan_kernel k = micro();
	struct plan plan;

	k.pstart = 0x10000;
	k.pend = 0x20000;
	for (uint64_t pages = 60000; pages < 70000; pages++) {
		k.virt_base = 0xffffffffffe00000;
		ck_assert_int_eq(plan_make(&plan, &k, 131072, pages << 12,
					   &error), -1);
		ck_assert_ptr_nonnull(strstr(error.text, "too large for its"));
	}
	ck_assert_int_eq(plan_make(&plan, &k, 4096, 0, &error), 0);
	ck_assert_uint_lt(plan.stack, plan.mapped);
}
END_TEST

START_TEST(test_narrow_start)
{
	struct build_result result = {
		.store_mfn = 0x1234, .store_port = 1, .console_mfn = 0x1235,
		.console_port = 2,
	};
	struct vcpu_context32 ctx = { .flags = 0 };
	struct plan_kernel k = narrow();
	struct start_info32 si = { .flags = 0 };
	struct plan plan;
	uint32_t *list;

	prepare(16000);
	ck_assert_int_eq(plan_make(&plan, &k, nr_pages, 5000, &error), 0);
	start32_fill_info(&si, &plan, "a b", 5000, 0x777, &result);
	ck_assert_str_eq(si.magic, "xen-3.0-x86_32p");
	ck_assert_uint_eq(si.nr_pages, 16000);
	ck_assert_uint_eq(si.shared_info, 0x777000);
	ck_assert_uint_eq(si.flags, SIF_MOD_START_PFN);
	ck_assert_uint_eq(si.pt_base, 0xc0000000 +
			  (plan.tables.all.pfn << 12));
	ck_assert_uint_eq(si.mod_start, plan.initrd.pfn);
	ck_assert_uint_eq(si.mod_len, 5000);
	ck_assert_str_eq((char *)si.cmd_line, "a b");
	ck_assert_uint_eq(si.nr_p2m_frames, 0);

	list = calloc(plan.p2m.count, 4096);
	start32_fill_frames(list, &plan, frames);
	ck_assert_uint_eq(list[15999], FRAME_OF(15999));
	ck_assert_uint_eq(list[16000], UINT32_MAX);
	ck_assert_uint_eq(list[plan.p2m.count * 1024 - 1], UINT32_MAX);
	free(list);

	start32_fill_context(&ctx, &plan, 0xfff0abcdull);
	ck_assert_uint_eq(ctx.user_regs.cs, 0xe019);
	ck_assert_uint_eq(ctx.user_regs.ss, 0xe021);
	ck_assert_uint_eq(ctx.user_regs.gs, 0xe021);
	ck_assert_uint_eq(ctx.user_regs.eip, 0xc1000010);
	ck_assert_uint_eq(ctx.user_regs.esi, 0xc0000000 +
			  (plan.start_info << 12));
	ck_assert_uint_eq(ctx.user_regs.esp, 0xc0000000 +
			  ((plan.stack + 1) << 12));
	ck_assert_uint_eq(ctx.vm_assist, 8);
	/* The frame's upper bits are the lowest ones. */
	ck_assert_uint_eq(ctx.ctrlreg[3], 0x0abcdfffu);
	free(frames);
	free(memory);
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

/* The same file as one for i386. */
static int kernel32_of(struct maker *m, struct plan_kernel *k)
{
	static struct elfnotes notes;
	static struct elf elf;

	maker_finish32(m);
	ck_assert_ptr_null(elf_parse(&elf, m->data, m->size));
	elfnotes_read(&elf, &notes);
	return plan_kernel(k, &elf, &notes, "K", &error);
}

/*
 * As GRUB's: numbers of 4 bytes, VIRT_BASE and ENTRY 0, no hypercall page, and
 * a last note that says it is longer than what is there.
 */
START_TEST(test_kernel32)
{
	struct maker m = { .size = 0 };
	struct plan_kernel k;
	uint32_t zero = 0;

	maker_string(&m, XEN_ELFNOTE_XEN_VERSION, "xen-3.0");
	maker_note(&m, XEN_ELFNOTE_VIRT_BASE, &zero, 4);
	maker_note(&m, XEN_ELFNOTE_ENTRY, &zero, 4);
	maker_note(&m, XEN_ELFNOTE_INIT_P2M, &zero, 4);
	m.pstart = 0;
	m.beyond = 8;
	maker_string(&m, XEN_ELFNOTE_PAE_MODE, "yes");
	ck_assert_int_eq(kernel32_of(&m, &k), 0);
	ck_assert(k.is_32bit);
	ck_assert(k.extended_cr3);
	ck_assert(!k.has_hypercall_page);
	ck_assert(!k.has_init_p2m);
	ck_assert_uint_eq(k.entry, 0);
	ck_assert_uint_eq(k.virt_base, 0);
}
END_TEST

START_TEST(test_kernel32_refused)
{
	static const struct {
		const char *pae, *message;
		uint64_t base;
	} cases[] = {
		{ NULL, "without PAE", 0 }, { "no", "without PAE", 0 },
		{ "yes", "wants addresses of the hypervisor", 0xf5700000 },
		{ "bimodal", "wants addresses of the hypervisor",
		  0x100000000 },
	};
	struct maker m = { .pstart = 0x100000 };
	struct plan_kernel k;

	maker_string(&m, XEN_ELFNOTE_XEN_VERSION, "xen-3.0");
	maker_number(&m, XEN_ELFNOTE_VIRT_BASE, cases[_i].base);
	if (cases[_i].pae)
		maker_string(&m, XEN_ELFNOTE_PAE_MODE, cases[_i].pae);
	ck_assert_int_eq(kernel32_of(&m, &k), -1);
	ck_assert_msg(strstr(error.text, cases[_i].message) != NULL, "%s",
		      error.text);
}
END_TEST

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
	{ XEN_ELFNOTE_BSD_SYMTAB, "yes", 0,
	  "kernel K wants its symbols loaded behind it (note BSD_SYMTAB)" },
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
	tcase_add_test(t, test_narrow);
	tcase_add_loop_test(t, test_narrow_micro, 0, 4);
	tcase_add_test(t, test_narrow_end);
	tcase_add_test(t, test_wraps);
	tcase_add_test(t, test_narrow_start);
	tcase_add_test(t, test_kernel32);
	tcase_add_loop_test(t, test_kernel32_refused, 0, 4);
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
