/* SPDX-License-Identifier: BSD-2-Clause */
/* All suites of xenstored. */
#include "xs_check.h"

int main(void)
{
	SRunner *sr = srunner_create(xs_tree());
	int failed;

	srunner_add_suite(sr, xs_transaction());
	srunner_add_suite(sr, xs_watch());
	srunner_add_suite(sr, xs_perms());
	srunner_add_suite(sr, xs_quota());
	srunner_add_suite(sr, xs_wire());
	srunner_add_suite(sr, xs_ring());
	srunner_add_suite(sr, xs_journal());
	srunner_add_suite(sr, xs_crash());
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
