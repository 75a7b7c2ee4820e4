/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes: the command table, global options, help. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hospes/hospes.h"
#include "lib/log.h"

struct globals globals = {
	.run_dir = "/run/hospes",
	.log_dir = "/var/log/hospes",
	.lib_dir = "/usr/lib/hospes",
};

const struct command command_table[] = {
	{ "create", "[--console] [--paused] [--force] [-v] FILE",
	  "build and start the domain that an XML file describes",
	  "  FILE        domain XML in libvirt's format; - reads stdin\n"
	  "  --console   then stay on its console (leave with Ctrl-])\n"
	  "  --paused    build it but do not let it run; see unpause\n"
	  "  --force     even if another domain has a NIC's MAC address on the "
	  "same\n"
	  "              bridge\n"
	  "  --verbose   show every step, however short\n"
	  "Prints 'NAME: domain N, SECONDS s'. On failure nothing is left.\n",
	  cmd_create },
	{ "list", "[--json] [NAME]", "list domains",
	  "  NAME        only this one (name, uuid or id); exit 1 if there is "
	  "none\n"
	  "  --json      an array of objects\n"
	  "State: r running, b blocked, p paused, s shut down, then why (r "
	  "reboot,\n"
	  "s suspend, c crash, w watchdog, S soft reset), d dying. Behind a "
	  "guest that\nwaits for its next start: for how long, and why.\n",
	  cmd_list },
	{ "info", "[--json] [NAME]", "show the host, or all about a domain",
	  "  NAME        a domain's configuration, devices and state; without "
	  "it,\n"
	  "              the host's CPUs, memory and hypervisor\n"
	  "  --json      as one object\n",
	  cmd_info },
	{ "console", "[--log] [--until TEXT] [--timeout S] NAME",
	  "connect to a domain's console",
	  "  Ctrl-]      leaves; a reboot of the guest does not disconnect\n"
	  "  --log       print what was logged, old to new, and exit\n"
	  "  --until T   leave with status 0 once the guest has printed T\n"
	  "  --timeout S leave after S seconds, with status 1 if --until\n"
	  "  --no-replay begin with new output, not with the latest 16 KiB\n"
	  "Without a terminal stdin is sent to the guest as it is; the end of\n"
	  "stdin does not end the connection.\n",
	  cmd_console },
	{ "shutdown", "[--wait] [--timeout S] NAME|--all",
	  "ask a domain to power off",
	  "  --all       every guest, all at the same time\n"
	  "  --wait      until it is off and, if its policy says so, gone\n"
	  "  --timeout S give up waiting after S seconds\n",
	  cmd_stop },
	{ "reboot", "[--wait] [--timeout S] NAME|--all",
	  "ask a domain to reboot",
	  "  --all       every guest, all at the same time\n"
	  "  --wait      until its next incarnation runs\n"
	  "  --timeout S give up waiting after S seconds\n",
	  cmd_stop },
	{ "destroy", "NAME|--all",
	  "end a domain at once, as pulling its plug",
	  "  --all       every guest\n"
	  "Returns when its memory is free again.\n", cmd_destroy },
	{ "suspend", "[--timeout S] NAME",
	  "ask a domain to suspend itself, and wait until it has",
	  "  --timeout S withdraw the wish after S seconds (60)\n"
	  "Its memory and devices stay; it goes on by resume.\n",
	  cmd_suspend },
	{ "resume", "NAME", "let a suspended domain go on", "", cmd_plain },
	{ "pause", "NAME", "stop a domain's CPUs until unpause", "",
	  cmd_plain },
	{ "unpause", "NAME", "let a paused domain go on", "", cmd_plain },
	{ "wait", "[--for running|shutdown|gone] [--timeout S] NAME",
	  "wait until a domain is in some state",
	  "  --for WHAT  gone (the default), running, or shutdown: ended for\n"
	  "              whatever reason\n"
	  "  --timeout S fail after S seconds\n",
	  cmd_wait },
	{ "dmesg", "[--clear]", "print the hypervisor's messages",
	  "  --clear     and empty its buffer\n", cmd_dmesg },
	{ "debug", "KEYS", "have the hypervisor check or report itself",
	  "Each letter is a request; its answer is in hospes dmesg.\n"
	  "  a  audit page types, event channels and grants\n"
	  "  h  list all the letters\n", cmd_debug },
	{ "perf", "[--json] [--all] [--interval S] [-- COMMAND...]",
	  "show what the hypervisor counted",
	  "Hypercalls, exceptions, TLB flushes, interrupts, events and more, "
	  "of all\nCPUs together, since the start of the machine.\n"
	  "  --interval S    only those of the next S seconds\n"
	  "  -- COMMAND ...  only those while COMMAND runs, whose exit status "
	  "is kept\n"
	  "  --all           also what counted nothing\n"
	  "  --json          as one object, with a figure for each CPU\n",
	  cmd_perf },
	{ "validate", "[--no-host] FILE", "check a domain XML file",
	  "  FILE        domain XML in libvirt's format; - reads stdin\n"
	  "  --no-host   only the file, not whether this host has its kernel,\n"
	  "              disks and bridges, and what it uses is free\n"
	  "All errors at once as FILE:LINE: what, and what would be right.\n",
	  cmd_validate },
	{ "help", "[COMMAND]", "explain a command, or list them all", "",
	  cmd_help },
	{ "version", "", "print the version of these tools", "", cmd_version },
	{ NULL, NULL, NULL, NULL, NULL },
};

void complain(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("hospes: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int usage_error(const struct command *cmd, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "hospes %s: ", cmd->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: hospes %s %s\n", cmd->name, cmd->args);
	return EXIT_USAGE;
}

bool parse_seconds(const char *text, int64_t *ms)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end || !isfinite(s) || s <= 0 || s > 1e8)
		return false;
	*ms = (int64_t)(s * 1000);
	return true;
}

void print_command_help(const struct command *cmd)
{
	printf("usage: hospes %s %s\n%s\n%s", cmd->name, cmd->args,
	       cmd->summary, cmd->help);
}

static void print_overview(FILE *to)
{
	fputs("usage: hospes [-v] [--run-dir DIR] [--log-dir DIR] COMMAND "
	      "[ARGUMENT]...\n\n", to);
	for (const struct command *c = command_table; c->name; c++)
		fprintf(to, "  %-9s %s\n", c->name, c->summary);
	fputs("\nCommands may be shortened as far as they stay unique. "
	      "'hospes help COMMAND' says more.\n"
	      "Results go to stdout, messages to stderr; exit status 0 done, "
	      "1 failed, 2 usage.\n", to);
}

static const struct command *find_command(const char *name)
{
	const struct command *cmd;
	char matches[256];

	switch (command_resolve(command_table, name, &cmd)) {
	case RESOLVED:
		return cmd;
	case RESOLVE_AMBIGUOUS:
		command_matches(command_table, name, matches, sizeof(matches));
		complain("'%s' could be: %s", name, matches);
		return NULL;
	default:
		complain("there is no command '%s'; 'hospes help' lists them",
			 name);
		return NULL;
	}
}

int cmd_help(const struct command *cmd, int argc, char **argv)
{
	const struct command *about;

	if (argc > 1 && !strcmp(argv[1], "--help"))
		argc = 1;
	if (argc > 2)
		return usage_error(cmd, "one command at a time");
	if (argc < 2) {
		print_overview(stdout);
		return EXIT_DONE;
	}
	about = find_command(argv[1]);
	if (!about)
		return EXIT_USAGE;
	print_command_help(about);
	return EXIT_DONE;
}

int cmd_version(const struct command *cmd, int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return usage_error(cmd, "it takes no arguments");
	puts("hospes " HOSPES_VERSION);
	return EXIT_DONE;
}

/* The number of arguments used up by global options, or -1. */
static int parse_globals(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1]) {
		if (!strcmp(argv[i], "--"))
			return i + 1;
		if (!strcmp(argv[i], "-v") || !strcmp(argv[i], "--verbose"))
			globals.verbose = true;
		else if (!strcmp(argv[i], "--run-dir") && i + 1 < argc)
			globals.run_dir = argv[++i];
		else if (!strcmp(argv[i], "--log-dir") && i + 1 < argc)
			globals.log_dir = argv[++i];
		else if (!strcmp(argv[i], "--lib-dir") && i + 1 < argc)
			globals.lib_dir = argv[++i];
		else
			break;
		i++;
	}
	return i;
}

int main(int argc, char **argv)
{
	const struct command *cmd;
	int first = parse_globals(argc, argv);
	int rc;

	log_open("hospes");
	if (first >= argc) {
		print_overview(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[first], "--help") || !strcmp(argv[first], "-h"))
		return cmd_help(NULL, 1, argv);
	if (!strcmp(argv[first], "--version"))
		return cmd_version(NULL, 1, argv);
	if (argv[first][0] == '-') {
		complain("unknown option '%s'; 'hospes help' lists them",
			 argv[first]);
		return EXIT_USAGE;
	}
	cmd = find_command(argv[first]);
	if (!cmd)
		return EXIT_USAGE;
	rc = cmd->run(cmd, argc - first, argv + first);
	if (fflush(stdout) || ferror(stdout)) {
		complain("cannot write the result: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return rc;
}
