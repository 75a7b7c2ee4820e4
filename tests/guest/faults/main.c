/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arguments in memory that cannot be read or written: not mapped, the
 * hypervisor's, not canonical, beyond the end of all addresses, running over
 * from a page into one that is not there, and results to a page that is
 * read-only.  For each call and each operation with such an argument the answer
 * is -EFAULT; the same argument in place is none, which shows that it was looked
 * at.  The calls are those of hypervisor/hypercall/table.def that take an
 * address: one without a row here fails the test.
 *
 * Booted as dom0 all are checked; as another guest those that it may make.
 */
#include "faults.h"

#define ROOM		(4 * PAGE_SIZE)	/* then comes a page that is not there */

static char arena[ROOM + PAGE_SIZE] __attribute__((aligned(4096)));
static char *const hole = arena + ROOM;
static bool seen[64];

static long make(const struct row *r, unsigned long at)
{
	seen[r->nr] = true;
	switch (r->place) {
	case 1:
		return hypercall(r->nr, at, r->other, 0,
				 r->nr == __HYPERVISOR_multicall ? 0 :
				 DOMID_SELF, 0);
	case 2:
		return hypercall(r->nr, r->cmd, at, r->other, 0, 0);
	default:
		return hypercall(r->nr, r->cmd, r->other, at, 0, 0);
	}
}

static void expect(const struct row *r, const char *where, unsigned long at,
		   long want)
{
	char name[128];
	size_t n = strlen(r->name);

	memcpy(name, r->name, n);
	memcpy(name + n, where, strlen(where) + 1);
	check_eq("row", r->cmd, name, make(r, at), want);
}

static void fill(const struct row *r, char *at)
{
	static char arg[ROOM];

	memset(arg, 0, r->size);
	if (r->fill)
		r->fill(arg);
	memcpy(at, arg, at + r->size <= hole ? r->size : (size_t)(hole - at));
}

/* The last byte, the last word, half, all but one byte are not there. */
static void check_crossing(const struct row *r)
{
	const size_t missing[] = { 1, 4, r->size / 2, r->size - 1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(missing); i++) {
		char *at = hole - r->size + missing[i];

		if (!missing[i] || missing[i] >= r->size)
			continue;
		fill(r, at);
		expect(r, ", over the end of a page", addr_of(at), r->bad);
	}
}

static void check_readonly(const struct row *r)
{
	char *at = arena + ROOM - PAGE_SIZE;

	if (!(r->flags & OUT))
		return;
	fill(r, at);
	CHECK_EQ(make_ro(at), 0);
	expect(r, ", read-only", addr_of(at), r->bad);
	CHECK_EQ(make_rw(at), 0);
}

static void check_row(const struct row *r)
{
	char *at = hole - r->size;

	expect(r, ", not mapped", HOLE_ADDRESS, r->bad);
	expect(r, ", the hypervisor's", HV_ADDRESS, r->bad);
	expect(r, ", at the end of all", ~0UL & ~3UL, r->bad);
	if (!IS_32BIT) {
		expect(r, ", not canonical",
		       (unsigned long)0x8000000000000000ULL, r->bad);
		expect(r, ", just not canonical",
		       (unsigned long)0x0000800000000000ULL, r->bad);
		expect(r, ", last of the canonical",
		       (unsigned long)0x00007fffffffffffULL, r->bad);
	}
	check_crossing(r);
	check_readonly(r);
	if (r->flags & NEVER)
		return;
	fill(r, at);
	if (make(r, addr_of(at)) == r->bad)
		expect(r, ", in place", addr_of(at), 0);
	else
		checks_passed++;
}

/* ---- every call with an address ------------------------------------------------- */

#define PV64		1
#define PV32		2
#define HVM		4
#define HC(number, name, kinds, arguments, call) \
	{ number, kinds, #name, #call },

static const struct {
	unsigned int nr, kinds;
	const char *name, *call;
} table[] = {
#include "../../../hypervisor/hypercall/table.def"
};

/* Nothing is behind these: the address is not looked at. */
static bool is_empty(unsigned int nr)
{
	static const u8 empty[] = {
		__HYPERVISOR_hvm_op, __HYPERVISOR_dm_op, __HYPERVISOR_arch_0,
		__HYPERVISOR_kexec_op, __HYPERVISOR_xenpmu_op,
		__HYPERVISOR_nmi_op,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(empty); i++)
		if (empty[i] == nr)
			return true;
	return false;
}

static bool takes_address(const char *call)
{
	for (; *call; call++)
		if (!memcmp(call, "GVA(", 4))
			return true;
	return false;
}

static void check_complete(void)
{
	unsigned int i;

	subject("every call with an address");
	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (takes_address(table[i].call) && !is_empty(table[i].nr))
			check_eq("table.def", table[i].nr, table[i].name,
				 seen[table[i].nr], true);
}

static void do_rows(const char *name, const struct row *rows, unsigned int n)
{
	unsigned int i;

	subject(name);
	for (i = 0; i < n; i++) {
		seen[rows[i].nr] = true;
		if (is_dom0() || !(rows[i].flags & DOM0_ONLY))
			check_row(&rows[i]);
	}
}

void test_main(void)
{
	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	CHECK_EQ(unmap_page(hole), 0);
	do_rows("memory and tables", memory_rows, memory_row_count);
	do_rows("events, grants, vCPUs", object_rows, object_row_count);
	do_rows("the host", host_rows, host_row_count);
	check_complete();
}
