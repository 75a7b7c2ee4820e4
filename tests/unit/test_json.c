/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON reader and writer. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

static struct json *parse(const char *text)
{
	char error[200] = "";
	struct json *j = json_parse(text, strlen(text), error, sizeof(error));

	ck_assert_msg(j != NULL, "%s: %s", text, error);
	return j;
}

START_TEST(test_read)
{
	struct json *j = parse("{\"a\":1,\"b\":[true,null,-2.5,\"x\"],"
			       "\"c\":{\"d\":\"\\u00e4\"},"
			       "\"big\":9007199254740993}");
	const struct json *b = json_get(j, "b");

	ck_assert_int_eq(json_get_int(j, "a", 7), 1);
	ck_assert_int_eq(json_get_int(j, "none", 7), 7);
	ck_assert_int_eq(json_get_int(j, "b", 7), 7);
	ck_assert_int_eq(json_get_int(j, "big", 0), 9007199254740993ll);
	ck_assert_uint_eq(json_count(b), 4);
	ck_assert(json_as_bool(json_at(b, 0)));
	ck_assert_int_eq(json_type(json_at(b, 1)), JSON_NULL);
	ck_assert(json_as_double(json_at(b, 2)) == -2.5);
	ck_assert_str_eq(json_as_string(json_at(b, 3)), "x");
	ck_assert_ptr_null(json_at(b, 4));
	ck_assert_str_eq(json_get_string(json_get(j, "c"), "d", ""), "ä");
	ck_assert_str_eq(json_key_at(j, 1), "b");
	ck_assert_ptr_null(json_key_at(j, 4));
	ck_assert_ptr_null(json_get(b, "a"));
	ck_assert_ptr_null(json_get_typed(j, "a", JSON_STRING));
	json_free(j);
}
END_TEST

static const char *const broken[] = {
	"", " ", "{", "}", "[1,", "{\"a\"}", "{\"a\":}", "{a:1}", "1 2",
	"\"\\u0000\"", "{\"\\u0000\":1}", "[1}", "tru", "\"abc", "{\"a\":1,}",
	"\xff", "[\"\xc3\"]", "{\"a\":{\"b\":[{\"c\":1",
};

START_TEST(test_broken)
{
	const char *text = broken[_i];
	char error[200] = "";

	ck_assert_ptr_null(json_parse(text, strlen(text), error,
				      sizeof(error)));
	ck_assert_msg(strncmp(error, "invalid JSON: ", 14) == 0, "%s", error);
	ck_assert_ptr_null(strchr(error, '\n'));
}
END_TEST

START_TEST(test_depth)
{
	char text[200], error[200];

	memset(text, '[', sizeof(text));
	ck_assert_ptr_null(json_parse(text, sizeof(text), error,
				      sizeof(error)));
	ck_assert_str_eq(error, "invalid JSON: nested too deeply");
}
END_TEST

START_TEST(test_size)
{
	size_t size = 1024 * 1024 + 1;
	char *text = malloc(size), error[200];

	memset(text, ' ', size);
	ck_assert_ptr_null(json_parse(text, size, error, sizeof(error)));
	ck_assert_str_eq(error, "invalid JSON: over 1048576 bytes");
	free(text);
}
END_TEST

START_TEST(test_write)
{
	struct json_writer *w = json_writer_new(false);
	size_t len;
	const char *text;

	json_open_object(w, NULL);
	json_put_string(w, "s", "a\"b\n\x01");
	json_put_string(w, "n", NULL);
	json_put_int(w, "i", -9223372036854775807ll);
	json_put_bool(w, "t", true);
	json_open_array(w, "l");
	json_put_double(w, NULL, 0.5);
	json_put_null(w, NULL);
	json_close_array(w);
	json_close_object(w);
	text = json_writer_text(w, &len);
	ck_assert_str_eq(text, "{\"s\":\"a\\\"b\\n\\u0001\",\"n\":null,"
			 "\"i\":-9223372036854775807,\"t\":true,"
			 "\"l\":[0.5,null]}");
	ck_assert_uint_eq(len, strlen(text));
	json_writer_free(w);
}
END_TEST

/* Bytes of a guest's strings never make a text that cannot be read. */
START_TEST(test_bytes)
{
	struct json_writer *w = json_writer_new(false);
	struct json *j;

	json_open_array(w, NULL);
	json_put_string(w, NULL, "ok \xff\xc3(\xed\xa0\x80 \xf0\x9f\x98\x80");
	json_close_array(w);
	j = parse(json_writer_text(w, NULL));
	ck_assert_str_eq(json_as_string(json_at(j, 0)),
			 "ok ?" "?(?" "?? \xf0\x9f\x98\x80");
	json_free(j);
	json_writer_free(w);
}
END_TEST

START_TEST(test_copy)
{
	const char *text = "{\"a\":[1,2.5,{\"b\":null,\"c\":false}],"
			   "\"d\":\"e\"}";
	struct json_writer *w = json_writer_new(false);
	struct json *j = parse(text);

	json_put_json(w, NULL, j);
	ck_assert_str_eq(json_writer_text(w, NULL), text);
	json_free(j);
	json_writer_free(w);
}
END_TEST

START_TEST(test_nesting_error)
{
	struct json_writer *w = json_writer_new(false);

	json_open_array(w, NULL);
	json_close_object(w);
	json_put_string(w, NULL, "x");
	json_open_object(w, NULL);
	json_put_int(w, NULL, 1);
	ck_assert_ptr_null(json_writer_text(w, NULL));
	json_writer_free(w);
}
END_TEST

START_TEST(test_pretty)
{
	struct json_writer *w = json_writer_new(true);

	json_open_object(w, NULL);
	json_put_int(w, "a", 1);
	json_close_object(w);
	ck_assert_str_eq(json_writer_text(w, NULL), "{\n  \"a\": 1\n}");
	json_writer_free(w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, test_read);
	tcase_add_loop_test(t, test_broken, 0,
			    sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(t, test_depth);
	tcase_add_test(t, test_size);
	tcase_add_test(t, test_write);
	tcase_add_test(t, test_bytes);
	tcase_add_test(t, test_copy);
	tcase_add_test(t, test_nesting_error);
	tcase_add_test(t, test_pretty);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
