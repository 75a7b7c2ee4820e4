/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs hospes-build --check. Kernels are hostile files: what unpacks them is a
 * process that may die.
 */
#include "hospes/kernel_check.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hospes/hospes.h"
#include "lib/json.h"

extern char **environ;

static int config_fd(const struct domain_config *config)
{
	struct json_writer *w = json_writer_new(false);
	int fd = memfd_create("config", MFD_CLOEXEC);
	const char *text;
	size_t len;

	domain_config_write(w, NULL, config);
	text = json_writer_text(w, &len);
	if (fd >= 0 && (!text || write(fd, text, len) != (ssize_t)len ||
			lseek(fd, 0, SEEK_SET))) {
		close(fd);
		fd = -1;
	}
	json_writer_free(w);
	return fd;
}

/* What it wrote to stdout, and its wait status; -1 with errno. */
static int run(const char *program, int in, int out)
{
	char *argv[] = { (char *)(uintptr_t)program,
			 (char *)(uintptr_t)"--check", NULL };
	posix_spawn_file_actions_t actions;
	int rc, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	rc = posix_spawn(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc) {
		errno = rc;
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static void understand(int out, int status, const char *origin,
		       struct diag *diag)
{
	char text[4096], why[100];
	ssize_t n = pread(out, text, sizeof(text), 0);
	struct json *j = NULL;

	if (!status)
		return;
	if (n > 0)
		j = json_parse(text, (size_t)n, why, sizeof(why));
	diag_error(diag, "%s: %s", origin,
		   j ? json_get_string(j, "error", "its kernel is refused") :
		   "its kernel makes the builder fail; use another one");
	json_free(j);
}

void kernel_check(const struct domain_config *config, const char *origin,
		  struct diag *diag)
{
	int in = config_fd(config), out = memfd_create("result", MFD_CLOEXEC);
	char program[300];
	int status = -1;

	snprintf(program, sizeof(program), "%s/hospes-build", globals.lib_dir);
	if (in >= 0 && out >= 0)
		status = run(program, in, out);
	if (status < 0)
		diag_warn(diag, "%s: whether its kernel can be loaded is not "
			  "checked: %s: %s", origin, program, strerror(errno));
	else
		understand(out, status, origin, diag);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
}
