/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel starts: what it finds in start_info, the version, its features. */
#include "guest.h"

static void check_start_info(void)
{
	subject("start_info");
	CHECK(start_info->nr_pages > 1024);
	CHECK_EQ(start_info->pt_base & 4095, 0);
	CHECK(start_info->nr_pt_frames >= (IS_32BIT ? 6 : 4));
	CHECK_EQ(start_info->shared_info & 4095, 0);
	CHECK(start_info->shared_info != 0);
}

static void check_version(void)
{
	xen_feature_info_t f = { .submap_idx = 0 };
	char extra[XEN_EXTRAVERSION_LEN];

	subject("version");
	CHECK_EQ(HC2(xen_version, XENVER_version, 0), 4 << 16 | 17);
	CHECK_EQ(HC2(xen_version, XENVER_extraversion, extra), 0);
	CHECK_EQ(HC2(xen_version, XENVER_pagesize, 0), 4096);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, &f), 0);
	CHECK(f.submap & 1U << XENFEAT_mmu_pt_update_preserve_ad);
	CHECK(f.submap & 1U << XENFEAT_gnttab_map_avail_bits);
	CHECK(!(f.submap & 1U << XENFEAT_writable_page_tables));
	f.submap_idx = 7;
	CHECK_EQ(HC2(xen_version, XENVER_get_features, &f), -22);
	CHECK_EQ(HC2(xen_version, 99, 0), -38);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, HV_ADDRESS), -14);
}

static void check_unknown(void)
{
	subject("unknown calls");
	CHECK_EQ(hypercall(11, 0, 0, 0, 0, 0), -38);
	CHECK_EQ(hypercall(55, 0, 0, 0, 0, 0), -38);
	CHECK_EQ(hypercall(~0UL, 0, 0, 0, 0, 0), -38);
}

static void check_m2p(void)
{
	unsigned long pfn;

	subject("machine-to-physical");
	for (pfn = 256; pfn < start_info->nr_pages; pfn += 97)
		CHECK_EQ(mfn_to_pfn(pfn_to_mfn(pfn)), pfn);
}

void test_main(void)
{
	print("hello from a guest of %s\n", start_info->magic);
	check_start_info();
	check_version();
	check_unknown();
	check_m2p();
}
