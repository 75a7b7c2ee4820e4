/* SPDX-License-Identifier: BSD-2-Clause */
/* What one guest cannot take from all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "xs_check.h"
#include "xs_fake.h"

static struct fake *dom0, *guest;
static char big[XENSTORE_PAYLOAD_MAX];

static void setup(void)
{
	fake_store();
	memset(big, 'x', sizeof(big) - 1);
	dom0 = fake_new(0);
	guest = fake_new(5);
	fake_str(dom0, XS_MKDIR, 0, "/local/domain/5");
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/5\0n5");
}

static const char *write_number(uint32_t tx, int i)
{
	char path[32];

	snprintf(path, sizeof(path), "n%d", i);
	return fake_write(guest, tx, path, "");
}

START_TEST(nodes)
{
	int i = 1;

	setup();
	while (!strcmp(write_number(0, i), "OK"))
		i++;
	ck_assert_int_eq(i, 1000);
	ck_assert_str_eq(write_number(0, i), "ENOSPC");
	ck_assert_str_eq(fake_str(guest, XS_MKDIR, 0, "m"), "ENOSPC");
	ck_assert_str_eq(fake_write(guest, 0, "n1", "again"), "OK");
	ck_assert_str_eq(fake_str(guest, XS_RM, 0, "n1"), "OK");
	ck_assert_str_eq(fake_write(guest, 0, "m/n", ""), "ENOSPC");
	ck_assert_str_eq(fake_write(guest, 0, "m", ""), "OK");
	/* dom0 may do as it likes there. */
	ck_assert_str_eq(fake_write(dom0, 0, "/local/domain/5/d", ""), "OK");
	ck_assert(store_check());
	ck_assert_uint_eq(usage_of(5)->nodes, 1001);
	fake_str(dom0, XS_RM, 0, "/local/domain/5");
	ck_assert_uint_eq(usage_of(5)->nodes, 0);
	ck_assert_uint_eq(usage_of(5)->bytes, 0);
	fake_forget();
}
END_TEST

/* Two transactions, each within the quota, not so together. */
START_TEST(nodes_in_transactions)
{
	uint32_t a, b;

	setup();
	fake_str(dom0, XS_CONTROL, 0, "quota\0set\0nodes\0" "10");
	a = fake_start(guest);
	b = fake_start(guest);
	for (int i = 0; i < 6; i++) {
		ck_assert_str_eq(write_number(a, i), "OK");
		ck_assert_str_eq(write_number(b, 10 + i), "OK");
	}
	for (int i = 6; i < 9; i++)
		ck_assert_str_eq(write_number(a, i), "OK");
	ck_assert_str_eq(write_number(a, 9), "ENOSPC");
	ck_assert_str_eq(fake_end(guest, b, true), "OK");
	ck_assert_str_eq(fake_end(guest, a, true), "ENOSPC");
	ck_assert_uint_eq(usage_of(5)->nodes, 7);
	ck_assert(store_check());
	fake_forget();
}
END_TEST

START_TEST(sizes)
{
	char quota[] = "quota\0set\0memory\0" "20000";
	int i = 0;

	setup();
	big[2049] = '\0';
	ck_assert_str_eq(fake_write(guest, 0, "v", big), "ENOSPC");
	ck_assert_str_eq(fake_write(dom0, 0, "/v", big), "OK");
	big[2048] = '\0';
	ck_assert_str_eq(fake_write(guest, 0, "v", big), "OK");
	ck_assert_str_eq(fake_str(guest, XS_SET_PERMS, 0,
				  "v\0n5\0r1\0r2\0r3\0r4"), "OK");
	ck_assert_str_eq(fake_str(guest, XS_SET_PERMS, 0,
				  "v\0n5\0r1\0r2\0r3\0r4\0r6"), "ENOSPC");
	fake_ask(dom0, XS_CONTROL, 0, quota, sizeof(quota));
	for (i = 0; i < 100; i++) {
		char path[16];

		snprintf(path, sizeof(path), "m%d", i);
		if (strcmp(fake_write(guest, 0, path, big), "OK"))
			break;
	}
	ck_assert_int_gt(i, 5);
	ck_assert_int_lt(i, 10);
	ck_assert_uint_le(usage_of(5)->bytes, 20000);
	fake_forget();
}
END_TEST

START_TEST(watches)
{
	char w[32];
	int i;

	setup();
	for (i = 0; i < 1000; i++) {
		int n = snprintf(w, sizeof(w), "p%d", i) + 1;

		if (strcmp(fake_ask(guest, XS_WATCH, 0, w, n + 1), "OK"))
			break;
		memset(w, 0, sizeof(w));
	}
	ck_assert_int_eq(i, 128);
	ck_assert_str_eq(fake_str(guest, XS_WATCH, 0, "one\0more"), "E2BIG");
	fake_str(guest, XS_RESET_WATCHES, 0, "");
	ck_assert_str_eq(fake_str(guest, XS_WATCH, 0, "one\0more"), "OK");
	fake_forget();
}
END_TEST

START_TEST(transactions)
{
	int i = 0;

	setup();
	while (fake_start(guest))
		i++;
	ck_assert_int_eq(i, 10);
	ck_assert_str_eq(fake_str(guest, XS_TRANSACTION_START, 0, ""),
			 "ENOSPC");
	fake_end(guest, 3, false);
	ck_assert_uint_ne(fake_start(guest), 0);
	conn_reset(&guest->conn);
	ck_assert_uint_eq(usage_of(5)->transactions, 0);
	fake_forget();
}
END_TEST

START_TEST(transaction_nodes)
{
	uint32_t tx;
	int i;

	setup();
	tx = fake_start(guest);
	for (i = 0; i < 5000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "r%d", i);
		if (strcmp(fake_ask(guest, XS_READ, tx, path, strlen(path) + 1),
			   "ENOENT"))
			break;
	}
	ck_assert_int_le(i, 1024);
	ck_assert_int_gt(i, 1000);
	fake_end(guest, tx, false);
	ck_assert(store_check());
	fake_forget();
}
END_TEST

/* Old versions of the tree are not kept for who forgets to end. */
START_TEST(transaction_time)
{
	uint32_t tx;

	setup();
	tx = fake_start(guest);
	ck_assert_str_eq(fake_write(guest, tx, "a", "1"), "OK");
	fake_str(dom0, XS_CONTROL, 0, "quota\0set\0transaction-seconds\0" "0");
	list_item(guest->conn.transactions.next, struct transaction,
		  link)->started -= 2;
	conn_doom_old_transactions();
	ck_assert_str_eq(fake_write(guest, tx, "a", "1"), "OK");
	ck_assert_str_eq(fake_end(guest, tx, true), "EAGAIN");
	ck_assert_str_eq(fake_str(guest, XS_READ, 0, "a"), "ENOENT");
	ck_assert(store_check());
	fake_forget();
}
END_TEST

/* Who does not read replies is not read from. */
START_TEST(outstanding)
{
	setup();
	guest->stuck = true;
	for (int i = 0; i < 200; i++)
		fake_send(guest, XS_READ, 0, "n", 2);
	fake_run();
	ck_assert_uint_eq(guest->conn.replies, 20);
	ck_assert(guest->conn.throttled);
	guest->stuck = false;
	conn_mark_dirty(&guest->conn);
	fake_run();
	for (int i = 0; i < 200; i++)
		ck_assert(fake_reply(guest));
	ck_assert(!fake_reply(guest));
	fake_forget();
}
END_TEST

/* One that floods does not keep another waiting for long. */
START_TEST(fair)
{
	setup();
	for (int i = 0; i < 5000; i++)
		fake_send(dom0, XS_READ, 0, "/", 2);
	fake_send(guest, XS_READ, 0, "n", 2);
	conn_run_all();
	conn_flush_all();
	ck_assert(fake_reply(guest));
	fake_forget();
}
END_TEST

/*
 * A transaction keeps what has changed since it began: whoever has it open
 * pays for that, and loses those it cannot pay for.
 */
START_TEST(old_values)
{
	uint32_t tx[10];
	int kept = 0;
	char path[32];

	setup();
	big[2000] = '\0';
	for (int t = 0; t < 10; t++) {
		tx[t] = fake_start(guest);
		ck_assert_str_eq(fake_str(guest, XS_READ, tx[t], "/"),
				 "EACCES");
		big[0] = (char)('a' + t);
		for (int i = 0; i < 250; i++) {
			snprintf(path, sizeof(path), "n%d", i);
			fake_write(guest, 0, path, big);
			ck_assert_uint_le(usage_of(5)->bytes,
					  quota_get(QUOTA_MEMORY) + 8192);
		}
	}
	for (int t = 0; t < 10; t++)
		kept += !strcmp(fake_end(guest, tx[t], true), "OK");
	/* Half a megabyte for each of them would be 5. */
	ck_assert_int_le(kept, 4);
	ck_assert_int_ge(kept, 1);
	ck_assert(store_check());
	ck_assert_uint_lt(usage_of(5)->bytes, 700 * 1024);
}
END_TEST

/* Nobody but the one who has the snapshot, and only what is in it. */
START_TEST(old_values_of_others)
{
	struct fake *other;
	uint64_t before;
	uint32_t tx;

	setup();
	fake_write(guest, 0, "a", "old");
	other = fake_new(6);
	tx = fake_start(other);
	fake_write(guest, 0, "new", "x");
	before = usage_of(6)->bytes;
	fake_write(guest, 0, "new", "y");
	ck_assert_uint_eq(usage_of(6)->bytes, before);
	fake_write(guest, 0, "a", "young");
	ck_assert_uint_gt(usage_of(6)->bytes, before);
	ck_assert_str_eq(fake_end(other, tx, true), "OK");
	ck_assert_uint_eq(usage_of(6)->bytes, 0);
}
END_TEST

/* The command line counts against what a saved state says. */
START_TEST(set)
{
	setup();
	quota_load(QUOTA_NODES, 5);
	ck_assert_uint_eq(quota_get(QUOTA_NODES), 5);
	quota_fix(QUOTA_NODES, 7);
	quota_load(QUOTA_NODES, 5);
	ck_assert_uint_eq(quota_get(QUOTA_NODES), 7);
}
END_TEST

/* What is refused is said, and not again at once. */
START_TEST(hits_are_logged)
{
	char line[256], path[] = "/tmp/xs_quota.XXXXXX";
	int lines = 0, fd = mkstemp(path);
	FILE *f;

	setup();
	ck_assert_int_ge(fd, 0);
	fflush(stderr);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	quota_set(QUOTA_NODES, 3);
	for (int i = 0; i < 50; i++)
		write_number(0, i);
	f = fopen(path, "r");
	while (fgets(line, sizeof(line), f))
		lines += !!strstr(line, "domain 5: WRITE refused");
	ck_assert_int_eq(lines, 1);
	ck_assert_uint_eq(usage_of(5)->untold, 47);
	fclose(f);
	unlink(path);
}
END_TEST

XS_SUITE(xs_quota, set, hits_are_logged, nodes, nodes_in_transactions, sizes, watches, transactions,
	 transaction_nodes, transaction_time, outstanding, fair,
	 old_values, old_values_of_others)
