/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "lib/log.h"
#include "options.h"

enum { DOMID_LIMIT = 0x7ff0, USER_LIMIT = 0x7fffffff };

static void options_usage(const char *program)
{
	fprintf(stderr, "usage: %s --domid N --devid D --user UID --device-fd FD --store-fd FD --store-wire FD --name TEXT [--verbose]\n"
		"It is started by hospesd, which has opened the descriptors.\n",
		program);
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

enum { DOMID, DEVID, USER, DEVICE, STORE, WIRE, NUMBERS };

static const long limits[NUMBERS] = {
	DOMID_LIMIT, UINT32_MAX, USER_LIMIT, INT32_MAX, INT32_MAX, INT32_MAX,
};

static const struct option known[] = {
	{ "domid", required_argument, NULL, DOMID },
	{ "devid", required_argument, NULL, DEVID },
	{ "user", required_argument, NULL, USER },
	{ "device-fd", required_argument, NULL, DEVICE },
	{ "store-fd", required_argument, NULL, STORE },
	{ "store-wire", required_argument, NULL, WIRE },
	{ "name", required_argument, NULL, 'n' },
	{ "verbose", no_argument, NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

void options_parse(struct options *o, const char *program, int argc,
		   char **argv)
{
	long values[NUMBERS] = { -1, -1, -1, -1, -1, -1 };
	bool good = true;
	int c;

	o->name = NULL;
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c >= 0 && c < NUMBERS)
			good &= options_number(optarg, limits[c], &values[c]);
		else if (c == 'n')
			o->name = optarg;
		else if (c == 'v')
			log_set_verbose(1);
		else
			good = false;
	}
	for (int i = 0; i < NUMBERS; i++)
		good &= values[i] >= 0;
	/* Root is no user to become. */
	if (!good || optind != argc || !o->name || !values[USER])
		options_usage(program);
	o->domid = values[DOMID];
	o->devid = values[DEVID];
	o->user = values[USER];
	o->device_fd = values[DEVICE];
	o->store_fd = values[STORE];
	o->store_wire = values[WIRE];
}
