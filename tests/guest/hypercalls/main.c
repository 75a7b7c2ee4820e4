/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making a hypercall: which registers live through it, what the hypercall page
 * holds, numbers that nobody has, pointers that lead nowhere, and calls from
 * user mode, which are none.
 */
#include "guest.h"

static const unsigned int argument[] = HYPERCALL_ARGUMENTS;
static unsigned long r[NR_REGISTERS + 1];

#define PATTERN(i)	(0x5a5a0100UL + (i) * 0x01010101UL)
#define FLAGS		0x8d5UL		/* OF SF ZF AF PF CF */

static void set_patterns(void)
{
	unsigned int i;

	for (i = 0; i < NR_REGISTERS; i++)
		r[i] = PATTERN(i) | (PATTERN(i) << 15 << 16);
	r[NR_REGISTERS] = FLAGS | 2;
}

/* Version wants no pointer; all registers that it has no use for stay. */
static void check_preserved(const void *code, bool scratch)
{
	unsigned int i;

	set_patterns();
	r[R_AX] = __HYPERVISOR_xen_version;
	r[argument[0]] = XENVER_version;
	call_with_registers(r, code);
	CHECK_EQ(r[R_AX], 4 << 16 | 17);
	for (i = 1; i < NR_REGISTERS; i++) {
		if (i == argument[0])
			CHECK_EQ(r[i], XENVER_version);
		else if (!scratch || (i != R_CX && i != R_CX + 8))
			CHECK_EQ(r[i], PATTERN(i) | PATTERN(i) << 15 << 16);
	}
	CHECK_EQ(r[NR_REGISTERS] & 0xcd5, FLAGS);
}

static void check_registers(void)
{
	subject("registers");
	/* SYSCALL itself takes CX and R11 (which is R_CX + 8). */
	check_preserved(hypercall_insn, !IS_32BIT);
	subject("registers, hypercall page");
	check_preserved(hypercall_page + 32 * __HYPERVISOR_xen_version, false);
}

/* Stub @nr: load the number, trap, return; 64-bit stubs keep RCX and R11. */
static void check_stub(unsigned int nr)
{
	const u8 *s = (const u8 *)hypercall_page + nr * 32;
	unsigned int i;

	for (i = 0; i < 8 && s[i] != 0xb8; i++)
		;
	CHECK_EQ(s[i], 0xb8);
	CHECK_EQ(*(const u32 *)(s + i + 1), nr);
	CHECK_EQ(*(const u16 *)(s + i + 5), IS_32BIT ? 0x82cd : 0x050f);
	if (nr == __HYPERVISOR_iret)
		CHECK_EQ(s[i - 1], 0x50);	/* push of AX: of its frame */
	else
		CHECK(s[i + 7] == 0xc3 || s[i + 7] == 0x41);
}

static void check_page(void)
{
	static const u8 numbers[] = {
		0, 1, 2, 3, 4, 5, 8, 9, 10, 12, 13, 14, 15, 17, 18, 20, 21, 22,
		23, 24, 26, 29, 30, 32, 33,
	};
	unsigned int i;

	subject("hypercall page");
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		check_stub(numbers[i]);
}

static void check_unknown(void)
{
	subject("unknown calls");
	CHECK_EQ(hypercall(11, 0, 0, 0, 0, 0), -38);
	CHECK_EQ(hypercall(55, 0, 0, 0, 0, 0), -38);
	CHECK_EQ(hypercall(63, 0, 0, 0, 0, 0), -38);
	CHECK_EQ(hypercall(64, 0, 0, 0, 0, 0), -38);
	CHECK_EQ(hypercall(0x80000011, 0, 0, 0, 0, 0), -38);
	CHECK_EQ(hypercall(~0UL, 0, 0, 0, 0, 0), -38);
	CHECK_EQ(HC4(set_segment_base, 9, 0, 0, 0), IS_32BIT ? -38 : -22);
}

/* Read and written memory: not mapped, the hypervisor's, across an end. */
static void check_pointers(void)
{
	xen_feature_info_t *f;
	char *page = alloc_page();
	unsigned long va = (unsigned long)page;

	subject("pointers");
	CHECK_EQ(HC2(xen_version, XENVER_get_features, HOLE_ADDRESS), -14);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, HV_ADDRESS), -14);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, ~3UL), -14);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, 0x8000000000000000ULL |
		     HOLE_ADDRESS), -14);
	/* The page behind is not there; an odd address is as good as any. */
	CHECK_EQ(map_page((unsigned long)alloc_page(), 0, UVMF_INVLPG), 0);
	f = (xen_feature_info_t *)(page + 4096 - 7);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, f), -14);
	f = (xen_feature_info_t *)(page + 4096 - 8);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, f), 0);
	f = (xen_feature_info_t *)(page + 1);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, f), 0);
	/* A result does not go where the guest could not write. */
	CHECK_EQ(map_page(va, PTE_RO(mfn_of(page)), UVMF_INVLPG), 0);
	CHECK_EQ(HC2(xen_version, XENVER_get_features, page), -14);
	CHECK_EQ(map_page(va, PTE_RW(mfn_of(page)), UVMF_INVLPG), 0);
}

USER_CODE(user_call, HYPERCALL_INSN "; ud2");

static void check_user(void)
{
	struct frame f;

	subject("from user mode");
	if (IS_32BIT) {
		CHECK_EQ(catch_user(user_call, 17, &f), 13);
		CHECK_EQ(f.error, 0x82 * 8 + 2);
		CHECK_EQ(f.ip, (unsigned long)user_call);
	} else {
		CHECK_EQ(catch_user(user_call, 17, &f), ENTRY_SYSCALL);
		CHECK_EQ(f.ip, (unsigned long)user_call + 2);
	}
	CHECK_EQ(f.ax, 17);
	CHECK_EQ(f.cs & 3, 3);
}

#define OURS_START	0xffff800000000000ULL
#define OURS_END	0xffff880000000000ULL

/*
 * Structures that begin in, end in, or lie around what is the hypervisor's: the
 * first of it may even be read (the machine-to-physical table), but is no place
 * for arguments.
 */
static void check_borders(void)
{
	static const u64 borders[] = {
		OURS_START - 64, OURS_START - 60, OURS_START - 8,
		OURS_START - 4, OURS_START - 1, OURS_START, OURS_START + 8,
		OURS_END - 64, OURS_END - 8, OURS_END - 4, OURS_END - 1,
		0x0000800000000000ULL - 4, 0x0000800000000000ULL - 1,
		0x0000800000000000ULL, -64ULL, -8ULL, -4ULL, -1ULL,
	};
	unsigned int i;

	subject("pointers at borders");
	for (i = 0; i < ARRAY_SIZE(borders); i++) {
		print("# %#llx\n", (unsigned long long)borders[i]);
		CHECK_EQ(HC2(multicall, borders[i], 1), -14);
		CHECK_EQ(HC4(mmu_update, borders[i], 1, 0, DOMID_SELF), -14);
		CHECK_EQ(HC3(event_channel_op, EVTCHNOP_send, borders[i], 0),
			 -14);
		CHECK_EQ(HC2(xen_version, XENVER_get_features, borders[i]),
			 -14);
		CHECK_EQ(HC2(xen_version, XENVER_extraversion, borders[i]),
			 -14);
		CHECK_EQ(HC3(console_io, CONSOLEIO_write, 300, borders[i]),
			 -14);
	}
}

void test_main(void)
{
	check_registers();
	check_page();
	check_unknown();
	check_pointers();
	if (!IS_32BIT)
		check_borders();
	check_user();
}
