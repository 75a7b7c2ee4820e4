/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long hospesd lets others wait while it destroys a guest: asks for the
 * destruction of NAME on one connection and, until that is answered, pings on
 * another one. Prints how many pings were answered and the longest wait.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int open_api(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX,
				  .sun_path = "/run/hospes/api.sock" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return -1;
	return fd;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int ask(int fd, const char *line)
{
	return write(fd, line, strlen(line)) == (ssize_t)strlen(line);
}

static int is_answered(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

int main(int argc, char **argv)
{
	static const struct timespec pause = { .tv_nsec = 2000000 };
	int destroy = open_api(), ping = open_api();
	char line[256], answer[4096];
	double longest = 0;
	unsigned int count = 0;
	ssize_t n;

	if (argc != 2 || destroy < 0 || ping < 0)
		return 2;
	snprintf(line, sizeof(line), "{\"cmd\":\"destroy\",\"name\":\"%s\"}\n",
		 argv[1]);
	if (!ask(destroy, line))
		return 2;
	while (!is_answered(destroy)) {
		double begin = now_ms();

		if (!ask(ping, "{\"cmd\":\"ping\"}\n") ||
		    read(ping, answer, sizeof(answer)) <= 0)
			return 2;
		if (now_ms() - begin > longest)
			longest = now_ms() - begin;
		count++;
		nanosleep(&pause, NULL);
	}
	n = read(destroy, answer, sizeof(answer) - 1);
	answer[n > 0 ? n : 0] = '\0';
	printf("%u pings, longest %.1f ms\n", count, longest);
	return !strstr(answer, "\"ok\":true") && !strstr(answer,
							   "\"ok\": true");
}
