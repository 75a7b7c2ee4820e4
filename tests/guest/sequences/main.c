/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random hypercalls in sequences that build on each other's results: ports,
 * grants, mappings, frames and tables that earlier calls made are what later
 * ones use, one by one and in multicalls, from two vCPUs of each of two guests
 * that deal with each other.  As dom0 this kernel makes such guests, copies of
 * itself, one generation after the other, until enough calls were made; a
 * guest may end itself by what it does, and nothing else may happen: the
 * hypervisor's audit is clean, the guests can be destroyed, and the memory comes
 * back.  As a guest of somebody else it is one of those guests.
 *
 * Command line: calls=N seed=N (dom0: of all generations together; guests
 * made by others do nothing without it).
 */
#include "fuzz.h"

u64 option(const char *name, u64 otherwise)
{
	const char *p = (const char *)start_info->cmd_line;
	size_t n = strlen(name);
	u64 v = 0;

	for (; *p; p++) {
		if (memcmp(p, name, n) || p[n] != '=')
			continue;
		for (p += n + 1; *p >= '0' && *p <= '9'; p++)
			v = v * 10 + *p - '0';
		return v;
	}
	return otherwise;
}

void test_main(void)
{
	if (is_dom0())
		supervise();
	else if (option("calls", 0))
		fuzz_guest();
	else
		skip("random calls, which may end the guest: not asked for");
}
