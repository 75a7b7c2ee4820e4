/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes validate: checks a domain XML file, without hospesd. */
#include <stdio.h>

#include "config/xml.h"
#include "hospes/args.h"
#include "hospes/hospes.h"
#include "lib/diag.h"

int cmd_validate(const struct command *cmd, int argc, char **argv)
{
	bool no_host = false;
	const struct arg_option options[] = {
		{ "no-host", 0, &no_host, NULL },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);
	struct diag diag = { 0 };
	struct domain_config *config;

	if (n < 0)
		return status;
	if (n != 1)
		return usage_error(cmd, "one FILE is needed");
	config = xml_parse_file(argv[1], &diag);
	if (config && !no_host)
		domain_check_host(config, argv[1], &diag);
	for (size_t i = 0; i < diag.count; i++)
		fprintf(stderr, "%s%s\n", diag.messages[i].is_error ? "" :
			"warning: ", diag.messages[i].text);
	status = config && !diag.errors ? EXIT_DONE : EXIT_FAILED;
	if (status == EXIT_DONE)
		printf("%s: valid, domain %s\n", argv[1], config->name);
	domain_config_free(config);
	diag_free(&diag);
	return status;
}
