/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#include "options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/log.h"
#include "proto.h"
#include "usage.h"

enum {
	OPTION_SOCKET = 256, OPTION_STATE, OPTION_PID_FILE, OPTION_READY_FD,
	OPTION_NO_DOMAINS, OPTION_QUOTA, OPTION_JOURNAL_LIMIT, OPTION_TRACE,
	OPTION_HELP,
};

static const struct option options_table[] = {
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "pid-file", required_argument, NULL, OPTION_PID_FILE },
	{ "ready-fd", required_argument, NULL, OPTION_READY_FD },
	{ "no-domains", no_argument, NULL, OPTION_NO_DOMAINS },
	{ "quota", required_argument, NULL, OPTION_QUOTA },
	{ "journal-limit", required_argument, NULL, OPTION_JOURNAL_LIMIT },
	{ "trace", no_argument, NULL, OPTION_TRACE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static void options_help(void)
{
	printf("usage: xenstored [options]\n"
	       "The store of a Xen host. Stays in the foreground.\n\n"
	       "  --socket PATH         /run/xenstored/socket\n"
	       "  --state FILE          /run/hospes/xenstored.state; put it on"
	       " a tmpfs\n"
	       "  --pid-file FILE       write the process id there\n"
	       "  --ready-fd N          write a byte to N when serving\n"
	       "  --no-domains          only the socket, without a hypervisor\n"
	       "  --journal-limit BYTES make the state file new when it has "
	       "grown so much\n"
	       "  --trace               log every request\n"
	       "  --quota NAME=VALUE    limits of each guest:\n");
	for (int q = 0; q < QUOTA_COUNT; q++)
		printf("      %-20s %8" PRIu64 "  %s\n", quota_name(q),
		       quota_get(q), quota_help(q));
}

static void options_usage(const char *what)
{
	fprintf(stderr, "xenstored: %s; see --help\n", what);
	exit(2);
}

static uint64_t options_number(const char *s)
{
	char *end;
	uint64_t v = strtoull(s, &end, 10);

	if (!*s || *end || *s == '-')
		options_usage("not a number");
	return v;
}

static void options_quota(char *s)
{
	char *value = strchr(s, '=');
	enum quota q;

	if (!value)
		options_usage("--quota takes NAME=VALUE");
	*value++ = '\0';
	q = quota_find(s);
	if (q == QUOTA_COUNT)
		options_usage("no quota of that name");
	quota_fix(q, options_number(value));
}

static void options_one(struct options *o, int c)
{
	switch (c) {
	case OPTION_SOCKET:
		o->socket = optarg;
		break;
	case OPTION_STATE:
		o->state = optarg;
		break;
	case OPTION_PID_FILE:
		o->pid_file = optarg;
		break;
	case OPTION_READY_FD:
		o->ready_fd = options_number(optarg);
		break;
	case OPTION_NO_DOMAINS:
		o->domains = false;
		break;
	case OPTION_QUOTA:
		options_quota(optarg);
		break;
	case OPTION_JOURNAL_LIMIT:
		o->journal_limit = options_number(optarg);
		break;
	case OPTION_TRACE:
		control_trace = true;
		break;
	case OPTION_HELP:
		options_help();
		exit(0);
	default:
		exit(2);
	}
}

void options_parse(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){
		.socket = "/run/xenstored/socket",
		.state = "/run/hospes/xenstored.state",
		.ready_fd = -1,
		.domains = true,
	};
	while ((c = getopt_long(argc, argv, "", options_table, NULL)) != -1)
		options_one(o, c);
	if (optind < argc)
		options_usage("unexpected argument");
}
