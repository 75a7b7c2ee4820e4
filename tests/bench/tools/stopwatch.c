/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stopwatch: the time-stamp counter.
 * stopwatch COMMAND...: runs it and prints how long it took, in microseconds
 * and in cycles of the time-stamp counter (which are instructions if the machine
 * runs with QEMU's -icount).  What the command prints goes to stderr; its exit
 * status is ours.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	double begin = now_us();
	unsigned long long cycles = __rdtsc();
	int status;
	pid_t pid;

	if (argc < 2) {
		printf("%llu\n", cycles);
		return 0;
	}
	pid = fork();
	if (pid == 0) {
		dup2(2, 1);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("stopwatch");
		return 126;
	}
	cycles = __rdtsc() - cycles;
	printf("%.0f %llu\n", now_us() - begin, cycles);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
