/* SPDX-License-Identifier: BSD-2-Clause */
/* The console's rings, and another end that plays with the indices. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "consfront.h"
#include "front_fake.h"

enum { PORT = 9 };

static struct front_fake fake;
static struct xencons_interface *ring;
static struct consfront console;
static unsigned int inputs;

static void input(void *arg)
{
	ck_assert_ptr_eq(arg, &console);
	inputs++;
}

static void setup(void)
{
	front_fake_init(&fake);
	ring = calloc(1, FRONTEND_PAGE);
	inputs = 0;
	consfront_init(&console, &fake.os, ring, PORT);
	fake.ports[PORT].open = true;
}

static void teardown(void)
{
	free(ring);
	fake.ports[PORT].open = false;
	front_fake_free(&fake);
}

/* What the other end reads. */
static size_t drain(char *to, size_t size)
{
	size_t n = 0;

	while (n < size && ring->out_cons != ring->out_prod)
		to[n++] = ring->out[MASK_XENCONS_IDX(ring->out_cons++,
						     ring->out)];
	return n;
}

START_TEST(output)
{
	char text[3000], back[3000];
	size_t n;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	ring->out_cons = ring->out_prod = UINT32_MAX - 100;
	n = consfront_write(&console, text, sizeof(text));
	ck_assert_uint_eq(n, 2048);
	ck_assert_uint_eq(fake.ports[PORT].sent, 1);
	ck_assert_uint_eq(consfront_write(&console, text, 1), 0);
	ck_assert_uint_eq(drain(back, 1000), 1000);
	n += consfront_write(&console, text + n, sizeof(text) - n);
	ck_assert_uint_eq(n, sizeof(text));
	ck_assert_uint_eq(drain(back + 1000, 2000), 2000);
	ck_assert_mem_eq(text, back, sizeof(text));
}
END_TEST

static char printed[9000];
static size_t nr_printed;

static void relax(void)
{
	nr_printed += drain(printed + nr_printed, 700);
}

START_TEST(printing)
{
	char text[9000];

	nr_printed = 0;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	ck_assert(consfront_print(&console, text, sizeof(text), relax, 1));
	relax();
	relax();
	relax();
	ck_assert_uint_eq(nr_printed, sizeof(text));
	ck_assert_mem_eq(text, printed, sizeof(text));
	/* Nobody reads. */
	ck_assert(!consfront_print(&console, text, sizeof(text), NULL, 100));
}
END_TEST

START_TEST(typing)
{
	char back[2000];

	ck_assert_int_eq(consfront_listen(&console, input, &console), 0);
	ring->in_cons = ring->in_prod = UINT32_MAX - 3;
	ck_assert_uint_eq(consfront_read(&console, back, sizeof(back)), 0);
	ck_assert_uint_eq(fake.ports[PORT].sent, 0);
	for (int i = 0; i < 10; i++)
		ring->in[MASK_XENCONS_IDX(ring->in_prod++, ring->in)] =
			(char)('0' + i);
	fake_event(&fake, PORT);
	fake_deliver(&fake);
	ck_assert_uint_eq(inputs, 1);
	ck_assert_uint_eq(consfront_read(&console, back, 4), 4);
	ck_assert_uint_eq(consfront_read(&console, back + 4, 100), 6);
	ck_assert_mem_eq(back, "0123456789", 10);
	ck_assert_uint_eq(fake.ports[PORT].sent, 2);
}
END_TEST

START_TEST(elsewhere)
{
	struct xencons_interface *other = calloc(1, FRONTEND_PAGE);

	ck_assert_int_eq(consfront_listen(&console, input, &console), 0);
	memset(fake.ports, 0, sizeof(fake.ports));
	ck_assert_int_eq(consfront_resume(&console, other, PORT + 1), 0);
	ck_assert_uint_eq(consfront_write(&console, "x", 1), 1);
	ck_assert_uint_eq(other->out_prod, 1);
	fake_event(&fake, PORT + 1);
	fake_deliver(&fake);
	ck_assert_uint_eq(inputs, 1);
	fake.ports[PORT + 1].open = false;
	free(other);
}
END_TEST

START_TEST(any_indices)
{
	char text[4096] = { 0 };

	for (int i = 0; i < 100000; i++) {
		ring->out_cons = fake_random() >> fake_random() % 32;
		ring->in_prod = fake_random() >> fake_random() % 32;
		if (!(i % 16)) {
			ring->out_prod = fake_random();
			ring->in_cons = fake_random();
		}
		ck_assert_uint_le(consfront_write(&console, text,
						  sizeof(text)), 2048);
		ck_assert_uint_le(consfront_read(&console, text,
						 sizeof(text)), 1024);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("front_cons");
	TCase *tc = tcase_create("consfront");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, output);
	tcase_add_test(tc, printing);
	tcase_add_test(tc, typing);
	tcase_add_test(tc, elsewhere);
	tcase_add_test(tc, any_indices);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
