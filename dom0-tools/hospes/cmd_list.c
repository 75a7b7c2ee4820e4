/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes list */
#include <stdio.h>

#include "hospes/args.h"
#include "hospes/client.h"
#include "hospes/format.h"
#include "hospes/hospes.h"
#include "lib/json.h"

static void print_row(const struct json *row)
{
	struct format_domain d = {
		.name = json_get_string(row, "name", "(null)"),
		.domid = (uint32_t)json_get_int(row, "domid", 0),
		.memory_kib = (uint64_t)json_get_int(row, "memory-kib", 0),
		.vcpus = (unsigned int)json_get_int(row, "vcpus", 0),
		.running = json_get_bool(row, "running", false),
		.blocked = json_get_bool(row, "blocked", false),
		.paused = json_get_bool(row, "paused", false),
		.shutdown = json_get_bool(row, "shutdown", false),
		.dying = json_get_bool(row, "dying", false),
		.reason = (int)json_get_int(row, "reason", -1),
		.cpu_ns = (uint64_t)json_get_int(row, "cpu-ns", 0),
		.no_id = !json_get(row, "domid"),
		.waits = json_get_string(row, "waits", NULL),
		.start_ms = (uint64_t)json_get_int(row, "start-in-ms", 0),
	};
	char line[1536];

	format_list_row(line, sizeof(line), &d);
	puts(line);
}

static void print_json(const struct json *domains)
{
	struct json_writer *w = json_writer_new(true);
	const char *text;

	json_put_json(w, NULL, domains);
	text = json_writer_text(w, NULL);
	puts(text ? text : "[]");
	json_writer_free(w);
}

int cmd_list(const struct command *cmd, int argc, char **argv)
{
	bool json = false;
	const struct arg_option options[] = {
		{ "json", 'j', &json, NULL },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);
	const struct json *domains;
	struct json *answer;

	if (n < 0)
		return status;
	if (n > 1)
		return usage_error(cmd, "one NAME at most");
	answer = client_call(client_request("list", n ? argv[1] : NULL));
	if (!answer)
		return EXIT_FAILED;
	domains = json_get_typed(answer, "domains", JSON_ARRAY);
	if (json) {
		print_json(domains);
	} else {
		puts(FORMAT_LIST_HEADER);
		for (size_t i = 0; domains && i < json_count(domains); i++)
			print_row(json_at(domains, i));
	}
	json_free(answer);
	return EXIT_DONE;
}
