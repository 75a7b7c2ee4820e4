/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * udp-echo ADDRESS COUNT: sends datagrams of different sizes to the echo port
 * (7), at most WINDOW of them unanswered, and checks every byte that comes
 * back. Nothing is sent twice. Exit status 0 only if none was lost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PORT = 7,
	WINDOW = 32,
	SIZE = 1472,
	PATIENCE_MS = 3000,
	/* A window of datagrams, as large as the kernel may reckon them. */
	BUFFER = 4 << 20,
};

static uint8_t *seen;
static unsigned int count, sent, answered, wrong;

static void die(const char *what)
{
	fprintf(stderr, "udp-echo: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Datagram `n`: its number, then bytes that follow from it. */
static size_t fill(uint8_t *p, uint32_t n)
{
	size_t size = sizeof(n) + n * 7 % (SIZE - sizeof(n) + 1);

	memcpy(p, &n, sizeof(n));
	for (size_t i = sizeof(n); i < size; i++)
		p[i] = n + i * 13;
	return size;
}

static void receive(int fd)
{
	uint8_t got[SIZE + 1], want[SIZE];
	ssize_t len = recv(fd, got, sizeof(got), 0);
	uint32_t n;

	if (len < (ssize_t)sizeof(n))
		return;
	memcpy(&n, got, sizeof(n));
	if (n >= sent || seen[n] || (size_t)len != fill(want, n) ||
			memcmp(got, want, len)) {
		wrong++;
		return;
	}
	seen[n] = 1;
	answered++;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT) };
	struct pollfd pfd = { .fd = socket(AF_INET, SOCK_DGRAM, 0),
			      .events = POLLIN };
	uint8_t packet[SIZE];
	int buffer = BUFFER;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
		fprintf(stderr, "usage: udp-echo ADDRESS COUNT\n");
		return 2;
	}
	count = strtoul(argv[2], NULL, 10);
	seen = calloc(count + 1, 1);
	if (pfd.fd < 0 || !seen ||
			connect(pfd.fd, (struct sockaddr *)&to, sizeof(to)))
		die(argv[1]);
	/* Takes root; anybody else goes on with what is usual. */
	setsockopt(pfd.fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
	while (answered < count) {
		if (sent < count && sent - answered < WINDOW) {
			size_t size = fill(packet, sent);

			if (send(pfd.fd, packet, size, 0) != (ssize_t)size)
				die("send");
			sent++;
			continue;
		}
		/* With a full window and no answer some were lost. */
		if (poll(&pfd, 1, PATIENCE_MS) != 1)
			break;
		receive(pfd.fd);
	}
	printf("%u sent, %u answered, %u wrong\n", sent, answered, wrong);
	return answered != count || wrong;
}
