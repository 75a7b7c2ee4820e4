/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hospes validate: says of a domain XML file what create would. What another
 * domain uses only hospesd knows, which is asked if it runs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/xml.h"
#include "hospes/args.h"
#include "hospes/client.h"
#include "hospes/hospes.h"
#include "hospes/kernel_check.h"
#include "lib/diag.h"
#include "lib/json.h"

/* Its errors take the place of those that would be found here. */
static void ask_hospesd(struct client *c, const char *origin, const char *text,
			struct diag *diag)
{
	struct json_writer *w = client_request("validate", NULL);
	struct json *answer = NULL;

	json_put_string(w, "xml-path", origin);
	json_put_string(w, "xml", text);
	if (client_send(c, w))
		answer = client_receive(c);
	while (answer && json_get(answer, "event")) {
		json_free(answer);
		answer = client_receive(c);
	}
	if (!answer)
		diag_error(diag, "%s: hospesd did not answer", origin);
	else
		client_errors(answer, diag);
	json_free(answer);
}

static void check_host(const struct domain_config *config, const char *origin,
		       const char *text, struct diag *diag)
{
	struct client *c = client_try();

	if (c) {
		ask_hospesd(c, origin, text, diag);
		client_close(c);
	} else {
		diag_warn(diag, "%s: hospesd is not asked (%s): whether its "
			  "name, disks, addresses and memory are free is not "
			  "checked", origin, strerror(errno));
		domain_check_host(config, origin, diag);
	}
	if (!diag->errors)
		kernel_check(config, origin, diag);
}

/* Errors first: they say why it failed. */
static void show(const struct diag *diag)
{
	for (int warnings = 0; warnings < 2; warnings++)
		for (size_t i = 0; i < diag->count; i++)
			if (diag->messages[i].is_error == !warnings)
				fprintf(stderr, "%s%s\n",
					warnings ? "warning: " : "",
					diag->messages[i].text);
}

static bool validate(const char *path, bool host)
{
	const char *origin = xml_file_name(path);
	struct domain_config *config = NULL;
	struct diag diag = { 0 };
	size_t len;
	char *text = xml_read_text(path, &len, &diag);
	bool valid;

	if (text)
		config = xml_parse_text(origin, text, len, &diag);
	if (config && host)
		check_host(config, origin, text, &diag);
	show(&diag);
	valid = config && !diag.errors;
	if (valid)
		printf("%s: valid, domain %s\n", origin, config->name);
	domain_config_free(config);
	diag_free(&diag);
	free(text);
	return valid;
}

int cmd_validate(const struct command *cmd, int argc, char **argv)
{
	bool no_host = false;
	const struct arg_option options[] = {
		{ "no-host", 0, &no_host, NULL },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);

	if (n < 0)
		return status;
	if (n != 1)
		return usage_error(cmd, "one FILE is needed");
	return validate(argv[1], !no_host) ? EXIT_DONE : EXIT_FAILED;
}
