/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compares the clocks of two domains over UDP.
 *
 *	clock-peer serve		answers every datagram with our clocks
 *	clock-peer ask ADDRESS		prints, in nanoseconds: peer's monotonic
 *					minus ours, peer's wall clock minus ours,
 *					and the round trip they were seen with
 *
 * Of many exchanges the one with the shortest round trip counts: the error is
 * at most half of that, however busy the machine is otherwise.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 2324, EXCHANGES = 300, TIMEOUT_MS = 200 };

struct clocks {
	int64_t mono, wall;
};

static void die(const char *what)
{
	fprintf(stderr, "clock-peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static struct clocks read_clocks(void)
{
	return (struct clocks){ now(CLOCK_MONOTONIC), now(CLOCK_REALTIME) };
}

static void serve(int fd)
{
	struct sockaddr_in from, any = { .sin_family = AF_INET,
					 .sin_port = htons(PORT) };
	char buf[64];

	if (bind(fd, (struct sockaddr *)&any, sizeof(any)))
		die("bind");
	for (;;) {
		socklen_t len = sizeof(from);
		struct clocks c;

		if (recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&from,
				&len) < 0)
			continue;
		c = read_clocks();
		sendto(fd, &c, sizeof(c), 0, (struct sockaddr *)&from, len);
	}
}

/* One exchange; a late answer to an earlier one is not taken for ours. */
static int exchange(int fd, struct clocks *diff, int64_t *trip)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct clocks before, peer, after;

	while (recv(fd, &peer, sizeof(peer), MSG_DONTWAIT) > 0)
		;
	before = read_clocks();
	if (send(fd, "?", 1, 0) != 1 || poll(&pfd, 1, TIMEOUT_MS) != 1)
		return -1;
	after = read_clocks();
	if (recv(fd, &peer, sizeof(peer), 0) != sizeof(peer))
		return -1;
	*trip = after.mono - before.mono;
	diff->mono = peer.mono - (before.mono + after.mono) / 2;
	diff->wall = peer.wall - (before.wall + after.wall) / 2;
	return 0;
}

static int ask(int fd, const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT) };
	struct clocks diff, best = { 0, 0 };
	int64_t trip, shortest = INT64_MAX;

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
			connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die(address);
	for (int i = 0; i < EXCHANGES; i++) {
		if (exchange(fd, &diff, &trip) || trip >= shortest)
			continue;
		shortest = trip;
		best = diff;
	}
	if (shortest == INT64_MAX) {
		fprintf(stderr, "clock-peer: no answer from %s\n", address);
		return 1;
	}
	printf("%lld %lld %lld\n", (long long)best.mono, (long long)best.wall,
		(long long)shortest);
	return 0;
}

int main(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		die("socket");
	if (argc == 2 && !strcmp(argv[1], "serve"))
		serve(fd);
	if (argc == 3 && !strcmp(argv[1], "ask"))
		return ask(fd, argv[2]);
	fprintf(stderr, "usage: clock-peer serve | ask ADDRESS\n");
	return 2;
}
