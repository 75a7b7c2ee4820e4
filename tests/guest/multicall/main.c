/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of calls: every one is made, with its own result; iret ends a list. */
#include "guest.h"
#include "multicall.h"

static struct multicall_entry list[200];

static void entry(unsigned int i, unsigned long op, unsigned long a,
		  unsigned long b)
{
	list[i].op = op;
	list[i].result = 0x7777;
	list[i].args[0] = a;
	list[i].args[1] = b;
}

static void check_mixed(void)
{
	xen_feature_info_t f = { .submap_idx = 0 };

	subject("mixed list");
	entry(0, __HYPERVISOR_xen_version, XENVER_version, 0);
	entry(1, __HYPERVISOR_xen_version, 99, 0);
	entry(2, 55, 0, 0);
	entry(3, __HYPERVISOR_xen_version, XENVER_get_features,
	      (unsigned long)&f);
	entry(4, __HYPERVISOR_xen_version, XENVER_get_features, HV_ADDRESS);
	entry(5, __HYPERVISOR_xen_version, XENVER_pagesize, 0);
	entry(6, __HYPERVISOR_xen_version, XENVER_pagesize, 0);
	CHECK_EQ(HC2(multicall, list, 6), 0);
	CHECK_EQ(list[0].result, 4 << 16 | 17);
	CHECK_EQ((long)list[1].result, -38);
	CHECK_EQ((long)list[2].result, -38);
	CHECK_EQ(list[3].result, 0);
	CHECK(f.submap & 1U << XENFEAT_mmu_pt_update_preserve_ad);
	CHECK_EQ((long)list[4].result, -14);
	CHECK_EQ(list[5].result, 4096);
	CHECK_EQ(list[6].result, 0x7777);	/* not asked for */
	CHECK_EQ(list[0].op, __HYPERVISOR_xen_version);
	CHECK_EQ(list[0].args[0], XENVER_version);
}

static void check_nested(void)
{
	subject("list within a list");
	entry(0, __HYPERVISOR_multicall, (unsigned long)&list[2], 1);
	entry(1, __HYPERVISOR_xen_version, XENVER_version, 0);
	entry(2, __HYPERVISOR_xen_version, XENVER_version, 0);
	CHECK_EQ(HC2(multicall, list, 2), 0);
	CHECK_EQ((long)list[0].result, -22);
	CHECK_EQ(list[1].result, 4 << 16 | 17);
	CHECK_EQ(list[2].result, 0x7777);
}

static void check_bad_lists(void)
{
	struct multicall_entry *last;
	char *pages = alloc_page();

	subject("bad lists");
	CHECK_EQ(HC2(multicall, list, 0), 0);
	CHECK_EQ(HC2(multicall, HV_ADDRESS, 1), -14);
	CHECK_EQ(HC2(multicall, HOLE_ADDRESS, 1), -14);
	/* What comes before the end of memory is done. */
	CHECK_EQ(map_page((unsigned long)alloc_page(), 0, UVMF_INVLPG), 0);
	last = (struct multicall_entry *)(pages + 4096) - 1;
	last->op = __HYPERVISOR_xen_version;
	last->args[0] = XENVER_pagesize;
	CHECK_EQ(HC2(multicall, last, 2), -14);
	CHECK_EQ(last->result, 4096);
}

/* Long ones, with arguments of every position in use. */
static void check_long(void)
{
	unsigned int i, wrong = 0;
	u64 *page = alloc_page(), was;
	u64 pte = PTE_RO(mfn_of(page));

	subject("long list");
	for (i = 0; i < ARRAY_SIZE(list); i++)
		entry(i, __HYPERVISOR_xen_version, XENVER_pagesize, 0);
	CHECK_EQ(HC2(multicall, list, ARRAY_SIZE(list)), 0);
	for (i = 0; i < ARRAY_SIZE(list); i++)
		wrong += list[i].result != 4096;
	CHECK_EQ(wrong, 0);
	was = *l1_entry((unsigned long)page);
	entry(0, __HYPERVISOR_update_va_mapping, (unsigned long)page, pte);
	if (IS_32BIT) {
		list[0].args[2] = pte >> 32;
		list[0].args[3] = UVMF_INVLPG;
	} else {
		list[0].args[2] = UVMF_INVLPG;
	}
	CHECK_EQ(HC2(multicall, list, 1), 0);
	CHECK_EQ(list[0].result, 0);
	CHECK_EQ(was & 2, 2);
	CHECK_EQ(*l1_entry((unsigned long)page) & 2, 0);
}

#define RESULT	0x4242

static void iret_list(void)
{
	entry(0, __HYPERVISOR_xen_version, XENVER_pagesize, 0);
	entry(1, __HYPERVISOR_iret, 0, 0);
	entry(2, __HYPERVISOR_xen_version, XENVER_pagesize, 0);
}

/* The frame is on the stack, as for a call of its own. */
static bool leave_by_list(struct frame *f)
{
	if (f->vector != 6)
		return false;
	return_by_list(f, list, 3, RESULT);
}

static void check_list_done(void)
{
	CHECK_EQ(list[0].result, 4096);
	CHECK_EQ(list[1].result, 0x7777);	/* nobody comes back to it */
	CHECK_EQ(list[2].result, 0x7777);
}

USER_CODE(u_twice, "ud2; mov %eax, %ecx; mov %cs, %edx; hlt");

static void check_iret(void)
{
	struct frame f;

	subject("iret in a list, to the kernel");
	iret_list();
	on_entry = leave_by_list;
	CHECK_EQ(trap_for_ax(), RESULT);
	on_entry = 0;
	check_list_done();
	subject("iret in a list, to user mode");
	iret_list();
	on_user_entry = leave_by_list;
	CHECK_EQ(catch_user(u_twice, 0, &f), 13);
	on_user_entry = 0;
	CHECK_EQ(f.cx, RESULT);
	CHECK_EQ((u16)f.dx, USER_CS);
	check_list_done();
	/* Nothing of the list is left over. */
	entry(0, __HYPERVISOR_xen_version, XENVER_pagesize, 0);
	CHECK_EQ(HC2(multicall, list, 1), 0);
	CHECK_EQ(list[0].result, 4096);
}

void test_main(void)
{
	check_mixed();
	check_nested();
	check_bad_lists();
	check_long();
	check_iret();
}
