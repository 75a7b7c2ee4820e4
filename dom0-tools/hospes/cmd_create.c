/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes create */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hospes/args.h"
#include "hospes/client.h"
#include "hospes/hospes.h"
#include "lib/json.h"

#define XML_MAX (512 * 1024)
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

/* The text of path ("-": stdin), malloc'd; NULL after a complaint. */
static char *read_file(const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *text = malloc(XML_MAX + 1);
	size_t len = 0;
	bool bad;

	if (!f || !text) {
		complain("cannot read %s: %s; give the path of a domain XML "
			 "file", path, strerror(errno));
		free(text);
		return NULL;
	}
	len = fread(text, 1, XML_MAX + 1, f);
	bad = ferror(f);
	if (f != stdin)
		fclose(f);
	if (bad || len > XML_MAX || memchr(text, '\0', len)) {
		if (bad)
			complain("cannot read %s: %s", path, strerror(errno));
		else
			complain("%s is not a domain XML file: %s", path,
				 len > XML_MAX ? "it is too long" :
				 "it holds binary data");
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

static void show_steps(struct progress *p)
{
	if (!globals.verbose && elapsed_ms(&p->start) < SLOW_MS)
		return;
	for (; p->shown < p->count; p->shown++)
		fputs(p->lines[p->shown], stderr);
}

static void handle_event(struct progress *p, const struct json *event)
{
	const char *text = json_get_string(event, "text", "");

	if (!strcmp(json_get_string(event, "event", ""), "warning")) {
		fprintf(stderr, "warning: %s\n", text);
		return;
	}
	if (p->count < STEPS_MAX)
		snprintf(p->lines[p->count++], sizeof(p->lines[0]),
			 "  %-28s %6.2f s\n", text,
			 (double)json_get_int(event, "ms", 0) / 1000);
	show_steps(p);
}

/* The answer when ok; NULL after a complaint. */
static struct json *request_create(const char *path, const char *xml,
				   bool paused, struct progress *p)
{
	struct json_writer *w = client_request("create", NULL);
	struct client *c = client_open();
	struct json *answer = NULL;

	json_put_string(w, "xml-path", strcmp(path, "-") ? path : "stdin");
	json_put_string(w, "xml", xml);
	json_put_bool(w, "paused", paused);
	if (!c) {
		json_writer_free(w);
		return NULL;
	}
	if (client_send(c, w))
		answer = client_receive(c);
	while (answer && json_get(answer, "event")) {
		handle_event(p, answer);
		json_free(answer);
		answer = client_receive(c);
	}
	client_close(c);
	if (answer && client_check(answer))
		return answer;
	json_free(answer);
	return NULL;
}

static int create(const char *path, const char *xml, bool console, bool paused)
{
	struct console_options opt = { .replay = true, .unpause = !paused };
	struct progress p = { .count = 0 };
	struct json *answer;
	const char *name;
	int status = EXIT_DONE;

	clock_gettime(CLOCK_MONOTONIC, &p.start);
	answer = request_create(path, xml, paused || console, &p);
	if (!answer)
		return EXIT_FAILED;
	show_steps(&p);
	name = json_get_string(answer, "name", "?");
	printf("%s: domain %lld, %.2f s\n", name,
	       (long long)json_get_int(answer, "domid", -1),
	       (double)elapsed_ms(&p.start) / 1000);
	if (console) {
		fflush(stdout);
		status = console_run(name, &opt);
	}
	json_free(answer);
	return status;
}

int cmd_create(const struct command *cmd, int argc, char **argv)
{
	bool console = false, paused = false;
	const struct arg_option options[] = {
		{ "console", 'c', &console, NULL },
		{ "paused", 'p', &paused, NULL },
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
	status = create(argv[1], xml, console, paused);
	free(xml);
	return status;
}
