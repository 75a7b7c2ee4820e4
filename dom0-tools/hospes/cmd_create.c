/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes create */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/xml.h"
#include "hospes/args.h"
#include "hospes/client.h"
#include "hospes/hospes.h"
#include "lib/diag.h"
#include "lib/json.h"

/* Steps are shown once the whole takes longer than this. */
#define SLOW_MS 1000
#define STEPS_MAX 16

struct progress {
	char lines[STEPS_MAX][120];
	unsigned int count, shown;
	struct timespec start;
};

static int64_t elapsed_ms(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - since->tv_sec) * 1000 +
		(now.tv_nsec - since->tv_nsec) / 1000000;
}

/* The file's text; NULL after a complaint. */
static char *read_file(const char *path)
{
	struct diag diag = { 0 };
	size_t len;
	char *text = xml_read_text(path, &len, &diag);

	if (!text)
		complain("%s", diag_first_error(&diag));
	diag_free(&diag);
	return text;
}

static void show_steps(struct progress *p)
{
	if (!globals.verbose && elapsed_ms(&p->start) < SLOW_MS)
		return;
	for (; p->shown < p->count; p->shown++)
		fputs(p->lines[p->shown], stderr);
}

static void handle_step(void *arg, const struct json *event)
{
	const char *text = json_get_string(event, "text", "");
	struct progress *p = arg;

	if (p->count < STEPS_MAX)
		snprintf(p->lines[p->count++], sizeof(p->lines[0]),
			 "  %-28s %6.2f s\n", text,
			 (double)json_get_int(event, "ms", 0) / 1000);
	show_steps(p);
}

struct wish {
	const char *path, *xml;
	bool console, paused, force;
};

/* The answer when ok; NULL after a complaint. */
static struct json *request_create(const struct wish *wish, struct progress *p)
{
	struct json_writer *w = client_request("create", NULL);
	struct client *c = client_open();
	struct json *answer = NULL;

	json_put_string(w, "xml-path", xml_file_name(wish->path));
	json_put_string(w, "xml", wish->xml);
	json_put_bool(w, "paused", wish->paused || wish->console);
	json_put_bool(w, "force", wish->force);
	if (!c) {
		json_writer_free(w);
		return NULL;
	}
	if (client_send(c, w))
		answer = client_finish(c, handle_step, p);
	client_close(c);
	return answer;
}

static int create(const struct wish *wish)
{
	struct console_options opt = { .replay = true, .unpause = !wish->paused };
	struct progress p = { .count = 0 };
	struct json *answer;
	const char *name;
	int status = EXIT_DONE;

	clock_gettime(CLOCK_MONOTONIC, &p.start);
	answer = request_create(wish, &p);
	if (!answer)
		return EXIT_FAILED;
	show_steps(&p);
	name = json_get_string(answer, "name", "?");
	printf("%s: domain %lld, %.2f s\n", name,
	       (long long)json_get_int(answer, "domid", -1),
	       (double)elapsed_ms(&p.start) / 1000);
	if (wish->console) {
		fflush(stdout);
		status = console_run(name, &opt);
	}
	json_free(answer);
	return status;
}

int cmd_create(const struct command *cmd, int argc, char **argv)
{
	struct wish wish = { .path = NULL };
	const struct arg_option options[] = {
		{ "console", 'c', &wish.console, NULL },
		{ "paused", 'p', &wish.paused, NULL },
		{ "force", 0, &wish.force, NULL },
		{ "verbose", 'v', &globals.verbose, NULL },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);
	char *xml;

	if (n < 0)
		return status;
	if (n != 1)
		return usage_error(cmd, "one FILE is needed");
	xml = read_file(argv[1]);
	if (!xml)
		return EXIT_FAILED;
	wish.path = argv[1];
	wish.xml = xml;
	status = create(&wish);
	free(xml);
	return status;
}
