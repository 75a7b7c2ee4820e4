/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store-load [ROUNDS]: what one operation of the store costs a client in dom0
 * that waits for each answer, over the socket that all daemons have.  Prints
 *
 *	NAME OPERATIONS-PER-SECOND CYCLES-PER-OPERATION
 *
 * The store holds NODES nodes below /bench meanwhile, about as many as a
 * hundred guests have.  A transaction is four messages (start, read, write,
 * end); a watch is a write and the event that it causes.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include <xen/io/xs_wire.h>

enum { DIRECTORIES = 100, ENTRIES = 30 };

static int store;
static char payload[XENSTORE_PAYLOAD_MAX + 1];

static void connect_store(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX,
				 .sun_path = "/run/xenstored/socket" };

	store = socket(AF_UNIX, SOCK_STREAM, 0);
	if (store < 0 || connect(store, (struct sockaddr *)&a, sizeof(a)))
		err(1, "%s", a.sun_path);
}

static void read_all(void *to, size_t len)
{
	for (size_t have = 0; have < len;) {
		ssize_t n = read(store, (char *)to + have, len - have);

		if (n <= 0)
			err(1, "the store is gone");
		have += (size_t)n;
	}
}

/* Header and payload in one write, as libxenstore's sendmsg gives them. */
static void send_message(uint32_t type, uint32_t tx, const char *data,
			 size_t len)
{
	struct xsd_sockmsg head = { .type = type, .tx_id = tx,
				    .len = (uint32_t)len };
	char buf[sizeof(head) + 256];

	if (len > 256)
		errx(1, "too long");
	memcpy(buf, &head, sizeof(head));
	memcpy(buf + sizeof(head), data, len);
	if (write(store, buf, sizeof(head) + len) !=
	    (ssize_t)(sizeof(head) + len))
		err(1, "write");
}

/* The type of the next message, its text in payload[]. */
static uint32_t receive(void)
{
	struct xsd_sockmsg head;

	read_all(&head, sizeof(head));
	if (head.len > XENSTORE_PAYLOAD_MAX)
		errx(1, "an answer of %u bytes", head.len);
	read_all(payload, head.len);
	payload[head.len] = '\0';
	return head.type;
}

static void request(uint32_t type, uint32_t tx, const char *data, size_t len)
{
	uint32_t got;

	send_message(type, tx, data, len);
	got = receive();
	if (got != type)
		errx(1, "request %u answered by %u: %s", type, got, payload);
}

/* A path in the tree, and a value behind its terminator. */
static size_t node(char *buf, size_t size, unsigned int i, const char *value)
{
	int n = snprintf(buf, size, "/bench/%u/%u", i % DIRECTORIES,
			 i / DIRECTORIES % ENTRIES);

	if (!value)
		return (size_t)n + 1;
	strcpy(buf + n + 1, value);
	return (size_t)n + 1 + strlen(value);
}

static void op_read(unsigned int i)
{
	char buf[64];

	request(XS_READ, 0, buf, node(buf, sizeof(buf), i, NULL));
}

static void op_write(unsigned int i)
{
	char buf[64];

	request(XS_WRITE, 0, buf, node(buf, sizeof(buf), i, "value"));
}

static void op_directory(unsigned int i)
{
	char buf[64];
	int n = snprintf(buf, sizeof(buf), "/bench/%u", i % DIRECTORIES);

	request(XS_DIRECTORY, 0, buf, (size_t)n + 1);
}

static void op_transaction(unsigned int i)
{
	char buf[64];
	uint32_t tx;

	request(XS_TRANSACTION_START, 0, "", 1);
	tx = (uint32_t)strtoul(payload, NULL, 10);
	request(XS_READ, tx, buf, node(buf, sizeof(buf), i, NULL));
	request(XS_WRITE, tx, buf, node(buf, sizeof(buf), i, "other"));
	request(XS_TRANSACTION_END, tx, "T", 2);
}

/* The answer and the event may come in either order. */
static void op_watch(unsigned int i)
{
	static const char message[] = "/bench/watched\0value";
	uint32_t seen = 0;

	(void)i;
	send_message(XS_WRITE, 0, message, sizeof(message) - 1);
	for (int n = 0; n < 2; n++)
		seen += receive();
	if (seen != XS_WRITE + XS_WATCH_EVENT)
		errx(1, "no event for a write");
}

static const char watched[] = "/bench/watched\0token";

static void set_watch(void)
{
	uint32_t seen = 0;

	send_message(XS_WATCH, 0, watched, sizeof(watched));
	for (int n = 0; n < 2; n++)
		seen += receive();
	if (seen != XS_WATCH + XS_WATCH_EVENT)
		errx(1, "no first event of the watch");
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(const char *name, void (*op)(unsigned int),
		    unsigned int rounds)
{
	unsigned long long cycles;
	double begin;

	op(0);
	begin = now_s();
	cycles = __rdtsc();
	for (unsigned int i = 0; i < rounds; i++)
		op(i);
	cycles = __rdtsc() - cycles;
	printf("%s %.0f %llu\n", name, rounds / (now_s() - begin),
	       cycles / rounds);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : 2000;

	connect_store();
	for (unsigned int i = 0; i < DIRECTORIES * ENTRIES; i++)
		op_write(i);
	measure("read", op_read, rounds);
	measure("write", op_write, rounds);
	measure("directory", op_directory, rounds);
	measure("transaction", op_transaction, rounds);
	set_watch();
	measure("watch", op_watch, rounds);
	request(XS_UNWATCH, 0, watched, sizeof(watched));
	request(XS_RM, 0, "/bench", 7);
	return 0;
}
