/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes, the command line of a Hospes host: what its parts share. */
#ifndef HOSPES_HOSPES_H
#define HOSPES_HOSPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOSPES_VERSION "0.1"

/* Exit statuses. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command {
	const char *name;
	const char *args;	/* "NAME [--wait]" */
	const char *summary;	/* one line */
	const char *help;	/* more lines, each with its newline */
	/* argv[0] is the command's name. Returns an exit status. */
	int (*run)(const struct command *cmd, int argc, char **argv);
};

/* --- commands.c: finding one --------------------------------------------- */

enum resolve { RESOLVED, RESOLVE_UNKNOWN, RESOLVE_AMBIGUOUS };

/* By full name or unique prefix; the table ends with a NULL name. */
enum resolve command_resolve(const struct command *table, const char *name,
			     const struct command **found);
/* "create, console": those a prefix could mean. */
void command_matches(const struct command *table, const char *prefix,
		     char *buf, size_t size);

/* --- main.c --------------------------------------------------------------- */

struct globals {
	bool verbose;
	const char *run_dir, *log_dir, *lib_dir;
};

extern struct globals globals;
extern const struct command command_table[];

/* "hospes: ..." on stderr. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Says what is wrong with the arguments, then how they are; EXIT_USAGE. */
int usage_error(const struct command *cmd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void print_command_help(const struct command *cmd);
/* Seconds with an optional fraction, into ms; false: not a number. */
bool parse_seconds(const char *text, int64_t *ms);

/* --- the commands --------------------------------------------------------- */

int cmd_console(const struct command *cmd, int argc, char **argv);
int cmd_create(const struct command *cmd, int argc, char **argv);
int cmd_debug(const struct command *cmd, int argc, char **argv);
int cmd_destroy(const struct command *cmd, int argc, char **argv);
int cmd_dmesg(const struct command *cmd, int argc, char **argv);
int cmd_help(const struct command *cmd, int argc, char **argv);
int cmd_info(const struct command *cmd, int argc, char **argv);
int cmd_list(const struct command *cmd, int argc, char **argv);
int cmd_perf(const struct command *cmd, int argc, char **argv);
int cmd_plain(const struct command *cmd, int argc, char **argv);
int cmd_stop(const struct command *cmd, int argc, char **argv);
int cmd_suspend(const struct command *cmd, int argc, char **argv);
int cmd_validate(const struct command *cmd, int argc, char **argv);
int cmd_version(const struct command *cmd, int argc, char **argv);
int cmd_wait(const struct command *cmd, int argc, char **argv);

/* Connects to the console and stays; from cmd_console and create --console. */
struct console_options {
	const char *until;	/* leave when the guest has printed this */
	int64_t timeout_ms;	/* 0: none */
	bool replay;
	bool unpause;		/* once connected */
};

int console_run(const char *name, const struct console_options *opt);

#endif
