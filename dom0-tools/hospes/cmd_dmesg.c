/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes dmesg: the hypervisor's console ring, without hospesd. */
#include <stdio.h>
#include <string.h>

#include "hospes/args.h"
#include "hospes/host.h"
#include "hospes/hospes.h"
#include "lib/control.h"

int cmd_dmesg(const struct command *cmd, int argc, char **argv)
{
	bool clear = false;
	const struct arg_option options[] = {
		{ "clear", 'c', &clear, NULL },
		{ 0 },
	};
	static char buf[16384];
	int status, n = args_parse(cmd, options, argc, argv, &status);
	struct control *c;
	uint32_t index = 0;

	if (n < 0)
		return status;
	if (n)
		return usage_error(cmd, "it takes no arguments");
	c = host_open();
	if (!c)
		return EXIT_FAILED;
	do {
		n = control_console_read(c, buf, sizeof(buf), &index, true,
					 clear);
		if (n > 0)
			fwrite(buf, 1, (size_t)n, stdout);
	} while (n == (int)sizeof(buf));
	control_close(c);
	if (n < 0) {
		complain("cannot read the hypervisor's messages: %s",
			 strerror(-n));
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}
