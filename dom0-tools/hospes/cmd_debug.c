/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes debug: the hypervisor's debug keys; what they say is in dmesg. */
#include <string.h>

#include "hospes/args.h"
#include "hospes/host.h"
#include "hospes/hospes.h"
#include "lib/control.h"

int cmd_debug(const struct command *cmd, int argc, char **argv)
{
	const struct arg_option options[] = { { 0 } };
	int status, n = args_parse(cmd, options, argc, argv, &status);
	struct control *c;
	int rc;

	if (n < 0)
		return status;
	if (n != 1)
		return usage_error(cmd, "it takes one word of keys");
	c = host_open();
	if (!c)
		return EXIT_FAILED;
	rc = control_debug_keys(c, argv[1]);
	control_close(c);
	if (rc < 0) {
		complain("debug keys '%s' were refused: %s", argv[1],
			 strerror(-rc));
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}
