/* SPDX-License-Identifier: BSD-2-Clause */
/* blkback: request layouts of both word sizes, and their checks. */
#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/io/blkif.h>
#include "blkback/request.h"

static const struct request_limits small = { 100, 512 };

/* Our native build is 64-bit, so the public structs show that layout. */
START_TEST(layout64_is_the_public_one)
{
	const struct request_layout *l = request_layout("x86_64-abi");

	ck_assert_uint_eq(l->entry, sizeof(struct blkif_request));
	ck_assert_uint_eq(l->response, sizeof(struct blkif_response));
	ck_assert_uint_eq(l->id, offsetof(struct blkif_request, id));
	ck_assert_uint_eq(l->sector,
			  offsetof(struct blkif_request, sector_number));
	ck_assert_uint_eq(l->body, offsetof(struct blkif_request, seg));
	ck_assert_uint_eq(l->body, offsetof(struct blkif_request_discard,
					    nr_sectors));
	ck_assert_uint_eq(l->body + 4,
			  offsetof(struct blkif_request_indirect,
				   indirect_grefs));
}
END_TEST

START_TEST(layout_is_chosen_by_protocol)
{
	ck_assert_ptr_eq(request_layout(NULL), request_layout("x86_64-abi"));
	ck_assert_uint_eq(request_layout("x86_32-abi")->entry, 108);
	ck_assert_uint_eq(request_layout("x86_32-abi")->response, 12);
	ck_assert_ptr_null(request_layout("arm-abi"));
	ck_assert_ptr_null(request_layout(""));
}
END_TEST

START_TEST(direct64_is_decoded)
{
	struct request_segment segments[REQUEST_SEGMENTS];
	struct request_info info;
	struct blkif_request r = {
		.operation = BLKIF_OP_WRITE, .nr_segments = 2, .id = 77,
		.sector_number = 1ULL << 40,
		.seg = { { 5, 0, 7 }, { 9, 1, 2 } },
	};

	ck_assert(request_decode(request_layout(NULL), &r, &info, segments));
	ck_assert_uint_eq(info.id, 77);
	ck_assert_uint_eq(info.sector, 1ULL << 40);
	ck_assert_uint_eq(info.operation, BLKIF_OP_WRITE);
	ck_assert_uint_eq(info.nr_segments, 2);
	ck_assert(!info.is_indirect);
	ck_assert_uint_eq(segments[1].ref, 9);
	ck_assert_uint_eq(segments[1].first, 1);
	ck_assert_uint_eq(segments[1].last, 2);
}
END_TEST

START_TEST(direct32_is_decoded)
{
	struct request_segment segments[REQUEST_SEGMENTS];
	struct request_info info;
	uint8_t entry[112] = { BLKIF_OP_READ, 1 };
	uint64_t id = 0x1122334455667788, sector = 99;
	uint32_t ref = 3;

	memcpy(entry + 4, &id, 8);
	memcpy(entry + 12, &sector, 8);
	memcpy(entry + 20, &ref, 4);
	entry[25] = 4;
	ck_assert(request_decode(request_layout("x86_32-abi"), entry, &info,
				 segments));
	ck_assert_uint_eq(info.id, id);
	ck_assert_uint_eq(info.sector, 99);
	ck_assert_uint_eq(segments[0].ref, 3);
	ck_assert_uint_eq(segments[0].last, 4);
}
END_TEST

START_TEST(indirect_is_decoded)
{
	struct request_segment segments[REQUEST_SEGMENTS];
	struct request_info info;
	struct blkif_request_indirect r = {
		.operation = BLKIF_OP_INDIRECT, .indirect_op = BLKIF_OP_WRITE,
		.nr_segments = 256, .id = 5, .sector_number = 6,
		.indirect_grefs = { 42 },
	};
	struct blkif_request entry;

	memset(&entry, 0, sizeof(entry));
	memcpy(&entry, &r, sizeof(r));
	ck_assert(request_decode(request_layout(NULL), &entry, &info,
				 segments));
	ck_assert(info.is_indirect);
	ck_assert_uint_eq(info.operation, BLKIF_OP_WRITE);
	ck_assert_uint_eq(info.indirect, 42);
	ck_assert_uint_eq(info.nr_segments, 256);

	r.nr_segments = 257;
	memcpy(&entry, &r, sizeof(r));
	ck_assert(!request_decode(request_layout(NULL), &entry, &info,
				  segments));
	r.nr_segments = 1;
	r.indirect_op = BLKIF_OP_DISCARD;
	memcpy(&entry, &r, sizeof(r));
	ck_assert(!request_decode(request_layout(NULL), &entry, &info,
				  segments));
}
END_TEST

START_TEST(too_many_segments_are_refused)
{
	struct request_segment segments[REQUEST_SEGMENTS];
	struct request_info info;
	struct blkif_request r = { .operation = BLKIF_OP_READ,
				   .nr_segments = 12 };

	ck_assert(!request_decode(request_layout(NULL), &r, &info, segments));
	r.nr_segments = 255;
	ck_assert(!request_decode(request_layout(NULL), &r, &info, segments));
	r.operation = 200;
	ck_assert(!request_decode(request_layout(NULL), &r, &info, segments));
	ck_assert_uint_eq(info.operation, 200);
}
END_TEST

static bool check(uint64_t sector, uint8_t first, uint8_t last,
		  const struct request_limits *limits)
{
	struct request_segment segment = { .first = first, .last = last };
	struct request_info info = { .sector = sector, .nr_segments = 1 };

	return request_check_data(&info, &segment, limits);
}

START_TEST(data_bounds)
{
	static const struct request_limits big = { 800, 4096 };

	ck_assert(check(0, 0, 7, &small));
	ck_assert(check(92, 0, 7, &small));
	ck_assert(!check(93, 0, 7, &small));
	ck_assert(check(99, 3, 3, &small));
	ck_assert(!check(100, 3, 3, &small));
	ck_assert(!check(UINT64_MAX, 0, 0, &small));
	ck_assert(!check(UINT64_MAX - 3, 0, 7, &small));
	ck_assert(!check(0, 4, 3, &small));
	ck_assert(!check(0, 0, 8, &small));
	ck_assert(!check(0, 0, 255, &small));
	ck_assert(!check(0, 255, 255, &small));
	ck_assert(check(8, 0, 7, &big));
	ck_assert(!check(8, 0, 6, &big));
	ck_assert(!check(8, 1, 7, &big));
	ck_assert(!check(4, 0, 7, &big));
}
END_TEST

START_TEST(no_segments_are_refused)
{
	struct request_info info = { .sector = 0 };

	ck_assert(!request_check_data(&info, NULL, &small));
}
END_TEST

START_TEST(discard_bounds)
{
	struct request_info info = { .sector = 10, .nr_sectors = 90 };

	ck_assert(request_check_discard(&info, &small));
	info.nr_sectors = 91;
	ck_assert(!request_check_discard(&info, &small));
	info.nr_sectors = 0;
	ck_assert(!request_check_discard(&info, &small));
	info.sector = UINT64_MAX;
	info.nr_sectors = 2;
	ck_assert(!request_check_discard(&info, &small));
	info.nr_sectors = UINT64_MAX;
	ck_assert(!request_check_discard(&info, &small));
}
END_TEST

START_TEST(responses)
{
	struct request_info info = { .id = 0x0102030405060708,
				     .operation = BLKIF_OP_READ };
	uint8_t bytes[REQUEST_RESPONSE_MAX];
	struct blkif_response r;

	request_response(request_layout(NULL), &info, BLKIF_RSP_ERROR, &r);
	ck_assert_uint_eq(r.id, info.id);
	ck_assert_uint_eq(r.operation, BLKIF_OP_READ);
	ck_assert_int_eq(r.status, BLKIF_RSP_ERROR);

	memset(bytes, 0x5a, sizeof(bytes));
	request_response(request_layout("x86_32-abi"), &info, 0, bytes);
	ck_assert_uint_eq(bytes[9], 0);
	ck_assert_uint_eq(bytes[12], 0x5a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blk_request");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_test(t, layout64_is_the_public_one);
	tcase_add_test(t, layout_is_chosen_by_protocol);
	tcase_add_test(t, direct64_is_decoded);
	tcase_add_test(t, direct32_is_decoded);
	tcase_add_test(t, indirect_is_decoded);
	tcase_add_test(t, too_many_segments_are_refused);
	tcase_add_test(t, data_bounds);
	tcase_add_test(t, no_segments_are_refused);
	tcase_add_test(t, discard_bounds);
	tcase_add_test(t, responses);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
