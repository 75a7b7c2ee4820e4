/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmuext_op but for pins: base pointers, flushes of every scope, pages cleared
 * and copied, LDTs, batches that stop at the first error.
 */
#include "ops.h"

static void check_bases(void)
{
	u64 *top = (u64 *)start_info->pt_base, *copy = alloc_page();

	subject("base pointers");
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(top)), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, 0xffffff0), -XEN_EINVAL);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, ~0UL), -XEN_EINVAL);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(copy)), -XEN_EINVAL);
	memcpy(copy, top, PAGE_SIZE);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(copy)), -XEN_EINVAL);
	CHECK_EQ(make_ro(copy), 0);
	/* A load makes it a table, with or without a pin. */
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(copy)), 0);
	CHECK(make_rw(copy) < 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(top)), 0);
	CHECK_EQ(make_rw(copy), 0);
	CHECK_EQ(make_ro(copy), 0);
	CHECK_EQ(pin(PT_LEVELS, copy), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(copy)), 0);
	CHECK_EQ(unpin(copy), 0);
	CHECK(make_rw(copy) < 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(top)), 0);
	CHECK_EQ(make_rw(copy), 0);
}

static void check_user_base(void)
{
	u64 *top = (u64 *)start_info->pt_base, *user = alloc_page();

	subject("user base pointer");
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user)), -XEN_EINVAL);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0xffffff0), -XEN_EINVAL);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, ~0UL), -XEN_EINVAL);
	CHECK_EQ(make_ro(user), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user)), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user)), 0);
	CHECK(make_rw(user) < 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(top)), 0);
	CHECK_EQ(make_rw(user), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0), 0);
	CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0), 0);
}

/* An entry is changed without a flush, then flushed in each way. */
static void check_flushes(void)
{
	static const unsigned int cmds[] = {
		MMUEXT_TLB_FLUSH_LOCAL, MMUEXT_INVLPG_LOCAL,
		MMUEXT_TLB_FLUSH_MULTI, MMUEXT_INVLPG_MULTI,
		MMUEXT_TLB_FLUSH_ALL, MMUEXT_INVLPG_ALL,
	};
	u64 *pages[2] = { alloc_page(), alloc_page() };
	volatile u64 *window = alloc_page();
	unsigned long mask[2] = { 1, 0 };
	unsigned int i;

	subject("flushes");
	pages[0][0] = 10;
	pages[1][0] = 11;
	CHECK_EQ(map_page(addr_of(window), PTE_RO(mfn_of(pages[1])),
			  UVMF_INVLPG), 0);
	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		CHECK_EQ(window[0], 11 - i % 2);
		CHECK_EQ(map_page(addr_of(window),
				  PTE_RO(mfn_of(pages[i % 2])), 0), 0);
		CHECK_EQ(mmuext2(cmds[i], addr_of(window), addr_of(mask)), 0);
		CHECK_EQ(window[0], 10 + i % 2);
	}
	CHECK(mmuext2(MMUEXT_TLB_FLUSH_MULTI, 0, BAD_POINTER) < 0);
	CHECK(mmuext2(MMUEXT_INVLPG_MULTI, 0, BAD_POINTER) < 0);
	mask[0] = 0;
	CHECK_EQ(mmuext2(MMUEXT_TLB_FLUSH_MULTI, 0, addr_of(mask)), 0);
	mask[0] = ~0UL;				/* vCPUs that there are not */
	CHECK_EQ(mmuext2(MMUEXT_TLB_FLUSH_MULTI, 0, addr_of(mask)), 0);
	/* An address that is none of ours: nothing happens. */
	CHECK_EQ(mmuext(MMUEXT_INVLPG_LOCAL, HV_ADDRESS), 0);
	CHECK_EQ(mmuext(MMUEXT_INVLPG_ALL, HV_ADDRESS), 0);
	CHECK_EQ(make_rw((void *)addr_of(window)), 0);
}

static void check_cache(void)
{
	bool dom0 = is_dom0();

	subject("cache");
	CHECK_EQ(mmuext(MMUEXT_FLUSH_CACHE, 0), dom0 ? 0 : -XEN_EACCES);
	CHECK_EQ(mmuext(MMUEXT_FLUSH_CACHE_GLOBAL, 0),
		 dom0 ? 0 : -XEN_EACCES);
}

static void check_pages(void)
{
	u64 *a = alloc_page(), *b = alloc_page(), was;
	u64 *top = (u64 *)start_info->pt_base;

	subject("clear and copy");
	a[5] = 0x55;
	a[511] = 0x66;
	CHECK_EQ(mmuext2(MMUEXT_COPY_PAGE, mfn_of(b), mfn_of(a)), 0);
	CHECK_EQ(memcmp(a, b, PAGE_SIZE), 0);
	CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, mfn_of(b)), 0);
	CHECK_EQ(b[5], 0);
	CHECK_EQ(b[511], 0);
	/* Never onto a table; from one is fine. */
	was = top[0];
	CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, mfn_of(top)), -XEN_EINVAL);
	CHECK_EQ(mmuext2(MMUEXT_COPY_PAGE, mfn_of(top), mfn_of(a)),
		 -XEN_EINVAL);
	CHECK_EQ(top[0] & ~0x60ULL, was & ~0x60ULL);
	CHECK_EQ(mmuext2(MMUEXT_COPY_PAGE, mfn_of(b), mfn_of(top)), 0);
	CHECK_EQ(b[0] & ~0x60ULL, was & ~0x60ULL);
	CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, 0xffffff0), -XEN_EINVAL);
	CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, 0xb8), -XEN_EINVAL);
	CHECK_EQ(mmuext2(MMUEXT_COPY_PAGE, mfn_of(b), 0xffffff0),
		 -XEN_EINVAL);
}

static void check_ldt(void)
{
	u64 *ldt = alloc_page();

	subject("LDT");
	CHECK_EQ(make_ro(ldt), 0);
	CHECK_EQ(mmuext2(MMUEXT_SET_LDT, addr_of(ldt), 8), 0);
	CHECK_EQ(mmuext2(MMUEXT_SET_LDT, addr_of(ldt) + 8, 8), -XEN_EINVAL);
	CHECK_EQ(mmuext2(MMUEXT_SET_LDT, addr_of(ldt), 8193), -XEN_EINVAL);
	if (!IS_32BIT)
		CHECK_EQ(mmuext2(MMUEXT_SET_LDT, HV_ADDRESS, 8), -XEN_EINVAL);
	CHECK_EQ(mmuext2(MMUEXT_SET_LDT, 0, 0), 0);
	CHECK_EQ(make_rw(ldt), 0);
}

static void check_batches(void)
{
	struct mmuext_op op[4] = { { .cmd = MMUEXT_CLEAR_PAGE } };
	u64 *page[4];
	unsigned int i, done = 99;

	subject("batches");
	for (i = 0; i < 4; i++) {
		page[i] = alloc_page();
		page[i][3] = 3;
		op[i].cmd = MMUEXT_CLEAR_PAGE;
		op[i].arg1.mfn = mfn_of(page[i]);
	}
	op[2].arg1.mfn = 0xffffff0;
	CHECK_EQ(HC4(mmuext_op, op, 4, &done, DOMID_SELF), -XEN_EINVAL);
	CHECK_EQ(done, 2);
	CHECK_EQ(page[0][3], 0);
	CHECK_EQ(page[1][3], 0);
	CHECK_EQ(page[3][3], 3);
	CHECK_EQ(HC4(mmuext_op, op, 0, &done, DOMID_SELF), 0);
	CHECK_EQ(done, 0);
	CHECK_EQ(HC4(mmuext_op, BAD_POINTER, 1, 0, DOMID_SELF), -XEN_EFAULT);
	CHECK_EQ(HC4(mmuext_op, op, 1, 0, NO_DOMAIN), -XEN_ESRCH);
	CHECK_EQ(mmuext(99, 0), -XEN_ENOSYS);
	CHECK_EQ(mmuext(14, 0), -XEN_ENOSYS);
}

void test_main(void)
{
	check_bases();
	if (!IS_32BIT)
		check_user_base();
	check_flushes();
	check_cache();
	check_pages();
	check_ldt();
	check_batches();
}
