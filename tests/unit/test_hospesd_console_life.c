/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Consoles as the event loop serves them: the last words of a guest reach slow
 * clients and the log, and a log whose disk hangs (a pipe that nobody reads yet)
 * stops neither the loop nor another guest's console.
 */
#include <check.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hospesd/console.h"
#include "hospesd/console_writer.h"
#include "hospesd/hospesd.h"

#include <xen/io/console.h>

#define GUESTS 2
#define CONTROL(domid) pages[(domid) - 1].ring

/* --- the hypervisor: a page and a port each, both numbered as the domain ------ */

static union {
	struct xencons_interface ring;
	char bytes[4096];
} pages[GUESTS];

static unsigned int pending;	/* a bit for each port */

void *xenforeignmemory_map(xenforeignmemory_handle *h, uint32_t domid,
			   int prot, size_t n, const xen_pfn_t arr[],
			   int err[])
{
	(void)h;
	(void)prot;
	(void)n;
	(void)arr;
	err[0] = 0;
	return &CONTROL(domid);
}

int xenforeignmemory_unmap(xenforeignmemory_handle *h, void *addr, size_t n)
{
	(void)h;
	(void)addr;
	(void)n;
	return 0;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *h,
						     uint32_t domid,
						     evtchn_port_t port)
{
	(void)h;
	(void)port;
	return (int)domid;
}

int xenevtchn_unbind(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	return 0;
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	return 0;
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *h)
{
	(void)h;
	for (int port = 1; port <= GUESTS; port++) {
		if (!(pending & 1u << port))
			continue;
		pending &= ~(1u << port);
		return port;
	}
	errno = EAGAIN;
	return -1;
}

uint64_t hospesd_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- the test's side ------------------------------------------------------------- */

static char dir[64];
static struct hospesd m;

static void setup(void)
{
	memset(pages, 0, sizeof(pages));
	memset(&m, 0, sizeof(m));
	strcpy(dir, "/tmp/hospes-console.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	m.opt.log_dir = dir;
	m.base = event_base_new();
	console_writer_start(m.base);
}

static void teardown(void)
{
	char command[96];

	console_writer_stop();
	event_base_free(m.base);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static size_t prints(unsigned int domid, const char *text, size_t len)
{
	struct xencons_interface *ring = &CONTROL(domid);
	size_t n;

	for (n = 0; n < len && ring->out_prod - ring->out_cons <
	     sizeof(ring->out); n++)
		ring->out[ring->out_prod++ % sizeof(ring->out)] = text[n];
	pending |= 1u << domid;
	console_events(&m);
	return n;
}

static void turn(void)
{
	event_base_loop(m.base, EVLOOP_NONBLOCK);
	usleep(1000);
}

/* A client with little room on its way; returns its end. */
static int attach(struct console *c)
{
	int fds[2], small = 4096;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
				    fds), 0);
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	console_attach(c, bufferevent_socket_new(m.base, fds[0],
						 BEV_OPT_CLOSE_ON_FREE), false);
	return fds[1];
}

/* Reads to the end, turning the loop. */
static size_t read_all(int fd, char *buf, size_t size)
{
	size_t used = 0;

	for (;;) {
		ssize_t n = read(fd, buf + used, size - used);

		if (!n)
			return used;
		if (n > 0)
			used += (size_t)n;
		else
			turn();
		ck_assert_uint_lt(used, size);
	}
}

#define LINES 4000

/* A guest that says much and then ends; its client did not read so far. */
static size_t talk(char *said, size_t room)
{
	size_t len = 0, done = 0;

	for (int i = 0; i < LINES; i++)
		len += (size_t)snprintf(said + len, room - len, "line %d\n",
					i);
	len += (size_t)snprintf(said + len, room - len, "Kernel panic\n");
	while (done < len) {
		done += prints(1, said + done, len - done);
		/* The very last words are still in the ring when it ends. */
		if (done < len)
			turn();
	}
	return len;
}

static char said[256 * 1024], heard[256 * 1024];

START_TEST(last_words)
{
	struct console *c = console_new(&m, "talker");
	size_t len, n;
	char path[96];
	FILE *f;
	int fd;

	ck_assert_int_eq(console_connect(c, 1, 0, 1), 0);
	fd = attach(c);
	len = talk(said, sizeof(said));
	console_free(c);
	n = read_all(fd, heard, sizeof(heard));
	ck_assert_uint_eq(n, len);
	ck_assert(!memcmp(heard, said, len));
	close(fd);
	console_writer_stop();
	snprintf(path, sizeof(path), "%s/talker.console.log", dir);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fread(heard, 1, sizeof(heard), f), len);
	fclose(f);
	ck_assert(!memcmp(heard, said, len));
}
END_TEST

/* One that has gone, or never reads, costs nothing and is let go. */
START_TEST(clients_that_do_not_read)
{
	struct console *c = console_new(&m, "talker");
	int gone, deaf;

	ck_assert_int_eq(console_connect(c, 1, 0, 1), 0);
	gone = attach(c);
	deaf = attach(c);
	talk(said, sizeof(said));
	close(gone);
	console_free(c);
	for (int i = 0; i < 10; i++)
		turn();
	close(deaf);
	for (int i = 0; i < 10; i++)
		turn();
	/* Nobody is left in the loop but the logs' thread. */
	ck_assert_int_eq(event_base_get_num_events(m.base,
				EVENT_BASE_COUNT_ADDED), 1);
}
END_TEST

START_TEST(a_log_that_hangs)
{
	char path[96], buf[4096];
	struct console *slow, *quick;
	int client, fifo;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/slow.console.log", dir);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	slow = console_new(&m, "slow");
	ck_assert_int_eq(console_connect(slow, 1, 0, 1), 0);
	quick = console_new(&m, "quick");
	ck_assert_int_eq(console_connect(quick, 2, 0, 2), 0);
	client = attach(quick);
	ck_assert_uint_eq(prints(1, "to a log that hangs\n", 20), 20);
	turn();
	/* The loop turns, and all that does not go to a log is done. */
	ck_assert_uint_eq(prints(2, "x", 1), 1);
	ck_assert_int_eq(write(client, "typed", 5), 5);
	while (CONTROL(2).in_prod < 5)
		turn();
	ck_assert(!memcmp(CONTROL(2).in, "typed", 5));
	/* It goes on: nothing was lost. */
	fifo = open(path, O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(fifo, 0);
	while (n < 20) {
		ssize_t got = read(fifo, buf + n, sizeof(buf) - n);

		if (got > 0)
			n += (size_t)got;
		turn();
	}
	ck_assert(!memcmp(buf, "to a log that hangs\n", 20));
	while (read(client, buf, 1) != 1)
		turn();
	ck_assert_int_eq(buf[0], 'x');
	console_free(slow);
	console_free(quick);
	close(fifo);
	close(client);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hospesd_console_life");
	TCase *t = tcase_create("life");
	SRunner *r;
	int failed;

	signal(SIGPIPE, SIG_IGN);	/* as hospesd does */
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, last_words);
	tcase_add_test(t, clients_that_do_not_read);
	tcase_add_test(t, a_log_that_hangs);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
