/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small packets and a stream between two Linux systems:
 *
 *   netload serve                  answers until it is told to quit
 *   netload measure ADDRESS [ROW]  one row, or all
 *   netload quit ADDRESS           ends the other
 *
 * A row of packets is what one packet costs, there and back; a row of streams
 * what a KiB costs. Where instructions are counted, the two are on one
 * processor, so all work is in the figure.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench.h"
#include "clock.h"

enum {
	PORT = 7000,
	PACKET = 64,
	PACKETS = 2048,		/* of a round */
	CHUNK = 65536,
	CHUNKS = 256,		/* 16 MiB */
	ROUNDS = 3,
	CONNECT_TRIES = 200,
	CONNECT_PAUSE_US = 100000,
	WAIT_MS = 1000,
};

/* The first byte of a connection. */
enum { SINK = 's', SOURCE = 'r', QUIT = 'q' };

static char chunk[CHUNK];

static struct sockaddr_in net_address(const char *text)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
	};

	if (text && !inet_aton(text, &a.sin_addr))
		bench_fail(text);
	return a;
}

static int net_server(int type)
{
	struct sockaddr_in a = net_address(NULL);
	int fd = socket(AF_INET, type, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (void *)&a, sizeof(a)) ||
	    (type == SOCK_STREAM && listen(fd, 1)))
		bench_fail("bind");
	return fd;
}

/* The other side may not be up yet. */
static int net_connect(const char *address, int type)
{
	struct sockaddr_in a = net_address(address);

	for (int i = 0; i < CONNECT_TRIES; i++) {
		int fd = socket(AF_INET, type, 0);

		if (!connect(fd, (void *)&a, sizeof(a)))
			return fd;
		close(fd);
		usleep(CONNECT_PAUSE_US);
	}
	bench_fail(address);
	return -1;
}

static void net_read(int fd, size_t len)
{
	while (len) {
		ssize_t r = read(fd, chunk, len < CHUNK ? len : CHUNK);

		if (r <= 0)
			bench_fail("read");
		len -= r;
	}
}

static void net_write(int fd, size_t len)
{
	while (len) {
		ssize_t r = write(fd, chunk, len < CHUNK ? len : CHUNK);

		if (r <= 0)
			bench_fail("write");
		len -= r;
	}
}

/* True: told to quit. */
static bool serve_stream(int listener)
{
	int fd = accept(listener, NULL, NULL);
	char what;

	if (fd < 0 || read(fd, &what, 1) != 1) {
		close(fd);
		return false;
	}
	if (what == SINK) {
		net_read(fd, (size_t)CHUNK * CHUNKS);
		net_write(fd, 1);
	}
	if (what == SOURCE)
		net_write(fd, (size_t)CHUNK * CHUNKS);
	close(fd);
	return what == QUIT;
}

static void serve_packets(int fd)
{
	struct sockaddr_in from;
	char packet[PACKET];

	for (;;) {
		socklen_t len = sizeof(from);
		ssize_t r = recvfrom(fd, packet, sizeof(packet), MSG_DONTWAIT,
				     (void *)&from, &len);

		if (r < 0)
			return;
		sendto(fd, packet, r, 0, (void *)&from, len);
	}
}

static void serve(void)
{
	struct pollfd fds[] = {
		{ .fd = net_server(SOCK_STREAM), .events = POLLIN },
		{ .fd = net_server(SOCK_DGRAM), .events = POLLIN },
	};

	while (poll(fds, 2, -1) > 0) {
		if (fds[1].revents)
			serve_packets(fds[1].fd);
		if (fds[0].revents && serve_stream(fds[0].fd))
			return;
	}
	bench_fail("poll");
}

/* Sends `depth` packets, waits for as many; a lost one is an error. */
static void packets_round(int fd, uint32_t depth)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char packet[PACKET] = { 0 };

	for (uint32_t i = 0; i < depth; i++)
		if (send(fd, packet, PACKET, 0) != PACKET)
			bench_fail("send");
	for (uint32_t i = 0; i < depth; i++) {
		if (poll(&p, 1, WAIT_MS) != 1)
			bench_fail("a packet was lost");
		if (recv(fd, packet, PACKET, 0) != PACKET)
			bench_fail("recv");
	}
}

static uint64_t measure_packets(const char *address, uint32_t depth)
{
	int fd = net_connect(address, SOCK_DGRAM);
	uint64_t took;

	packets_round(fd, 1);
	took = clock_now();
	for (uint32_t i = 0; i < PACKETS / depth; i++)
		packets_round(fd, depth);
	took = clock_now() - took;
	close(fd);
	return took;
}

static uint64_t measure_stream(const char *address, uint32_t what)
{
	int fd = net_connect(address, SOCK_STREAM);
	uint64_t took = clock_now();

	chunk[0] = what;
	net_write(fd, 1);
	if (what == SINK) {
		net_write(fd, (size_t)CHUNK * CHUNKS);
		net_read(fd, 1);
	} else {
		net_read(fd, (size_t)CHUNK * CHUNKS);
	}
	took = clock_now() - took;
	close(fd);
	return took;
}

static const struct {
	const char *name;
	uint64_t (*round)(const char *address, uint32_t arg);
	uint32_t arg;
	uint32_t units;
} rows[] = {
	{ "udp-1", measure_packets, 1, PACKETS },
	{ "udp-32", measure_packets, 32, PACKETS },
	{ "tcp-to", measure_stream, SINK, CHUNKS * (CHUNK / 1024) },
	{ "tcp-from", measure_stream, SOURCE, CHUNKS * (CHUNK / 1024) },
};

static void measure(const char *address, const char *only)
{
	/* When it takes connections, it answers packets too. */
	close(net_connect(address, SOCK_STREAM));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t best = UINT64_MAX, sum = 0;

		if (only && strcmp(only, rows[i].name))
			continue;
		for (int n = 0; n < ROUNDS && !clock_enough(sum); n++) {
			uint64_t took = rows[i].round(address, rows[i].arg);

			if (took < best)
				best = took;
			sum += took;
		}
		clock_print(rows[i].name, best, rows[i].units);
	}
}

static void quit(const char *address)
{
	int fd = net_connect(address, SOCK_STREAM);

	chunk[0] = QUIT;
	net_write(fd, 1);
	close(fd);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	clock_choose();
	if (argc == 2 && !strcmp(what, "serve"))
		serve();
	else if (argc >= 3 && !strcmp(what, "measure"))
		measure(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(what, "quit"))
		quit(argv[2]);
	else
		return 2;
	return 0;
}
