/* SPDX-License-Identifier: BSD-2-Clause */
/* Request lines of hospesd's API: good ones, bad ones, hostile ones. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hospesd/api_request.h"

static struct api_request r;
static char error[200];

static int parse(const char *line)
{
	error[0] = '\0';
	return api_request_parse(&r, line, strlen(line), error,
				 sizeof(error));
}

static void refused(const char *line, const char *why)
{
	ck_assert_msg(parse(line) == -EINVAL, "accepted: %s", line);
	ck_assert_msg(strstr(error, why) != NULL, "%s: %s", line, error);
	ck_assert_ptr_null(strchr(error, '\n'));
	api_request_free(&r);
}

START_TEST(good_requests)
{
	ck_assert_int_eq(parse("{\"cmd\":\"create\",\"xml\":\"<d/>\","
			       "\"xml-path\":\"a.xml\",\"paused\":true}"), 0);
	ck_assert_int_eq(r.cmd, API_CREATE);
	ck_assert_str_eq(r.xml, "<d/>");
	ck_assert_str_eq(r.path, "a.xml");
	ck_assert(r.paused);
	api_request_free(&r);

	ck_assert_int_eq(parse("{\"cmd\":\"wait\",\"name\":\"a\",\"for\":"
			       "\"running\",\"timeout-ms\":1500}"), 0);
	ck_assert_int_eq(r.cmd, API_WAIT);
	ck_assert_str_eq(r.what, "running");
	ck_assert_int_eq(r.timeout_ms, 1500);
	api_request_free(&r);

	ck_assert_int_eq(parse("{\"cmd\":\"list\"}"), 0);
	ck_assert_ptr_null(r.name);
	api_request_free(&r);

	ck_assert_int_eq(parse("{\"cmd\":\"validate\",\"xml\":\"<d/>\"}"),
			 0);
	ck_assert_int_eq(r.cmd, API_VALIDATE);
	ck_assert(!r.force);
	api_request_free(&r);
	ck_assert_int_eq(parse("{\"cmd\":\"create\",\"xml\":\"<d/>\","
			       "\"force\":true}"), 0);
	ck_assert(r.force && !r.paused);
	api_request_free(&r);

	/* Members that we do not know are for a later version. */
	ck_assert_int_eq(parse("{\"cmd\":\"ping\",\"new\":[1,{}]}"), 0);
	api_request_free(&r);
}
END_TEST

START_TEST(bad_requests)
{
	refused("", "");
	refused("x", "");
	refused("[]", "object");
	refused("3", "object");
	refused("{}", "\"cmd\"");
	refused("{\"cmd\":7}", "\"cmd\"");
	refused("{\"cmd\":\"\"}", "unknown");
	refused("{\"cmd\":\"explode\"}", "unknown cmd \"explode\"");
	refused("{\"cmd\":\"destroy\"}", "\"name\"");
	refused("{\"cmd\":\"destroy\",\"uuid\":\"\"}", "\"uuid\"");
	refused("{\"cmd\":\"destroy\",\"name\":\"a\",\"uuid\":1}", "\"uuid\"");
	refused("{\"cmd\":\"destroy\",\"name\":\"\"}", "\"name\"");
	refused("{\"cmd\":\"suspend\"}", "\"name\"");
	refused("{\"cmd\":\"resume\"}", "\"name\"");
	refused("{\"cmd\":\"destroy\",\"name\":[\"a\"]}", "\"name\"");
	refused("{\"cmd\":\"create\"}", "\"xml\"");
	refused("{\"cmd\":\"validate\",\"name\":\"a\"}", "\"xml\"");
	refused("{\"cmd\":\"wait\",\"name\":\"a\",\"for\":\"tea\"}", "gone");
	refused("{\"cmd\":\"wait\",\"name\":\"a\",\"timeout-ms\":-1}",
		"range");
	refused("{\"cmd\":\"wait\",\"name\":\"a\","
		"\"timeout-ms\":9000000000000000000}", "range");
	refused("{\"cmd\":\"list\"", "");
	refused("{\"cmd\":\"list\"}}", "");
	refused("{\"cmd\":\"li\\u0000st\"}", "");
}
END_TEST

START_TEST(long_unknown_command)
{
	char line[4096];

	memset(line, 'a', sizeof(line));
	memcpy(line, "{\"cmd\":\"", 8);
	memcpy(line + sizeof(line) - 3, "\"}", 3);
	refused(line, "unknown cmd");
	ck_assert_uint_lt(strlen(error), 100);
}
END_TEST

START_TEST(deep_nesting)
{
	char line[20000];

	memset(line, '[', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	refused(line, "");
	memcpy(line, "{\"a\":", 5);
	refused(line, "");
}
END_TEST

/* Whatever bytes come: an answer, no crash, no leak (ASan watches). */
START_TEST(random_lines)
{
	static const char alphabet[] = "{}[]\":,\\utrue0-9.eE \"cmd\"name\xff\x80";
	static const char good[] = "{\"cmd\":\"wait\",\"name\":\"a\","
		"\"for\":\"gone\",\"timeout-ms\":5}";
	char line[256];

	srand(7);
	for (int i = 0; i < 20000; i++) {
		size_t len = (size_t)rand() % sizeof(line);

		for (size_t k = 0; k < len; k++)
			line[k] = alphabet[(size_t)rand() %
					   (sizeof(alphabet) - 1)];
		(void)api_request_parse(&r, line, len, error, sizeof(error));
		api_request_free(&r);

		memcpy(line, good, sizeof(good));
		line[(size_t)rand() % sizeof(good)] = (char)rand();
		(void)api_request_parse(&r, line, sizeof(good) - 1, error,
					sizeof(error));
		api_request_free(&r);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hospesd_api");
	TCase *t = tcase_create("requests");
	SRunner *runner;
	int failed;

	tcase_add_test(t, good_requests);
	tcase_add_test(t, bad_requests);
	tcase_add_test(t, long_unknown_command);
	tcase_add_test(t, deep_nesting);
	tcase_add_test(t, random_lines);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
