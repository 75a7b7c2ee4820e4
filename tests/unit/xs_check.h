/* SPDX-License-Identifier: BSD-2-Clause */
/* Suites of one test case each, run by test_xs.c. */
#ifndef TESTS_XS_CHECK_H
#define TESTS_XS_CHECK_H

#include <check.h>
#include <stdlib.h>

static inline Suite *xs_suite(const char *name, const TTest *const *tests,
			      size_t count)
{
	Suite *s = suite_create(name);
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 120);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}

#define XS_SUITE(name, ...) \
Suite *name(void) \
{ \
	const TTest *const tests[] = { __VA_ARGS__ }; \
	return xs_suite(#name, tests, sizeof(tests) / sizeof(*tests)); \
}

Suite *xs_tree(void);
Suite *xs_transaction(void);
Suite *xs_watch(void);
Suite *xs_perms(void);
Suite *xs_quota(void);
Suite *xs_wire(void);
Suite *xs_ring(void);
Suite *xs_journal(void);
Suite *xs_crash(void);

#endif
