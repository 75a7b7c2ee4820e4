/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "lib/log.h"
#include "options.h"

enum { DOMID_LIMIT = 0x7ff0 };

static void options_usage(const char *name, int wants_tap)
{
	fprintf(stderr, "usage: %s --domid N --devid D%s [--foreground] "
		"[--verbose]\n", name, wants_tap ? " --tap-fd FD" : "");
	exit(2);
}

static bool options_number(const char *text, long limit, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);
	return !errno && end != text && !*end && *value >= 0 &&
	       *value < limit;
}

void options_parse(struct options *o, const char *name, int wants_tap,
		   int argc, char **argv)
{
	static const struct option known[] = {
		{ "domid", required_argument, NULL, 'd' },
		{ "devid", required_argument, NULL, 'i' },
		{ "tap-fd", required_argument, NULL, 't' },
		/* There is no other way: whoever starts us supervises. */
		{ "foreground", no_argument, NULL, 'f' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	long domid = -1, devid = -1, tap = -1;
	bool good = true;
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == 'd')
			good &= options_number(optarg, DOMID_LIMIT, &domid);
		else if (c == 'i')
			good &= options_number(optarg, UINT32_MAX, &devid);
		else if (c == 't')
			good &= options_number(optarg, INT32_MAX, &tap);
		else if (c == 'v')
			log_set_verbose(1);
		else if (c != 'f')
			good = false;
	}
	if (!good || optind != argc || domid < 0 || devid < 0 ||
	    (wants_tap && tap < 0))
		options_usage(name, wants_tap);
	o->domid = domid;
	o->devid = devid;
	o->tap_fd = tap;
}
