/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes perf: differences, sums over CPUs, rows to the byte, JSON. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "hospes/perf.h"
#include "lib/json.h"

#define COUNTERS 4
#define CPUS 2

static char names[COUNTERS][CONTROL_PERF_NAME] = {
	"hypercall-update-va-mapping-otherdomain", "", "cr3-load", "ipi-sent",
};
static uint64_t first[] = { 10, 0, 5, 0,   1, 0, 6, 0 };
static uint64_t second[] = { 15, 0, 5, 0,   2, 0, 1000006, 0 };

static struct control_perf sample(uint64_t *values, uint64_t ns)
{
	return (struct control_perf){
		.counters = COUNTERS, .cpus = CPUS, .time_ns = ns,
		.names = names, .values = values,
	};
}

START_TEST(difference)
{
	uint64_t values[COUNTERS * CPUS];
	struct control_perf a = sample(first, 1000), b;

	memcpy(values, second, sizeof(values));
	b = sample(values, 500001000);
	ck_assert(perf_subtract(&b, &a));
	ck_assert_uint_eq(b.time_ns, 500000000);
	ck_assert_uint_eq(perf_sum(&b, 0), 6);
	ck_assert_uint_eq(perf_sum(&b, 2), 1000000);
	ck_assert_uint_eq(perf_sum(&b, 3), 0);
	/* Of another machine: nothing is changed. */
	a.cpus = 1;
	ck_assert(!perf_subtract(&b, &a));
	ck_assert_uint_eq(perf_sum(&b, 0), 6);
	a.cpus = CPUS;
	a.counters = 3;
	ck_assert(!perf_subtract(&b, &a));
}
END_TEST

START_TEST(rows)
{
	struct control_perf p = sample(second, 2000000000);
	char row[128];

	ck_assert_str_eq(PERF_HEADER,
		"Counter                                           Count    "
		"Per second");
	ck_assert(perf_row(row, sizeof(row), &p, 0, false));
	ck_assert_str_eq(row, "hypercall-update-va-mapping-otherdomain "
			 "             17           8.5");
	ck_assert(perf_row(row, sizeof(row), &p, 2, false));
	ck_assert_str_eq(row, "cr3-load                                "
			 "        1000011      500005.5");
	ck_assert_uint_eq(strlen(row), strlen(PERF_HEADER));
	/* Nothing counted; a place without a name. */
	ck_assert(!perf_row(row, sizeof(row), &p, 3, false));
	ck_assert(perf_row(row, sizeof(row), &p, 3, true));
	ck_assert(!perf_row(row, sizeof(row), &p, 1, true));
	p.time_ns = 0;
	ck_assert(perf_row(row, sizeof(row), &p, 0, false));
	ck_assert_str_eq(row + 56, "          0.0");
}
END_TEST

static void json_is(const struct control_perf *p, bool all, const char *want)
{
	struct json_writer *w = json_writer_new(false);
	const char *text;

	perf_json(w, p, all);
	text = json_writer_text(w, NULL);
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, want);
	json_writer_free(w);
}

START_TEST(json)
{
	struct control_perf p = sample(first, 7);

	json_is(&p, false, "{\"ns\":7,\"cpus\":2,\"counters\":{"
		"\"hypercall-update-va-mapping-otherdomain\":"
		"{\"count\":11,\"per-cpu\":[10,1]},"
		"\"cr3-load\":{\"count\":11,\"per-cpu\":[5,6]}}}");
	json_is(&p, true, "{\"ns\":7,\"cpus\":2,\"counters\":{"
		"\"hypercall-update-va-mapping-otherdomain\":"
		"{\"count\":11,\"per-cpu\":[10,1]},"
		"\"cr3-load\":{\"count\":11,\"per-cpu\":[5,6]},"
		"\"ipi-sent\":{\"count\":0,\"per-cpu\":[0,0]}}}");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hospes_perf");
	TCase *t = tcase_create("perf");
	SRunner *r;
	int failed;

	tcase_add_test(t, difference);
	tcase_add_test(t, rows);
	tcase_add_test(t, json);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
