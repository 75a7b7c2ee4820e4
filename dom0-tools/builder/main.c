/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes-build: one domain a run; see builder.h. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/builder.h"
#include "builder/error.h"
#include "builder/pv.h"

#define INPUT_MAX (1u << 20)

struct options {
	struct build_where where;
	bool check;
};

static int print_writer(struct json_writer *w)
{
	const char *text = json_writer_text(w, NULL);
	int rc = -1;

	if (text && printf("%s\n", text) > 0 && fflush(stdout) == 0)
		rc = 0;
	json_writer_free(w);
	return rc;
}

static int print_error(const char *text)
{
	struct json_writer *w = json_writer_new(false);

	if (!w)
		return 1;
	json_open_object(w, NULL);
	json_put_string(w, "error", text);
	json_close_object(w);
	print_writer(w);
	return 1;
}

static int print_result(const struct build_result *result)
{
	struct json_writer *w = json_writer_new(false);

	if (!w)
		return -1;
	build_result_write(w, NULL, result);
	return print_writer(w);
}

static struct json *read_input(char *error, size_t error_size)
{
	char *text = malloc(INPUT_MAX + 1);
	struct json *object;
	size_t len;

	if (!text) {
		snprintf(error, error_size, "out of memory");
		return NULL;
	}
	len = fread(text, 1, INPUT_MAX + 1, stdin);
	object = json_parse(text, len, error, error_size);
	free(text);
	return object;
}

static struct domain_config *read_config(struct build_error *error)
{
	char problem[256] = "";
	struct json *object = read_input(problem, sizeof(problem));
	struct domain_config *config;
	struct diag diag;

	if (!object) {
		build_fail(error, "the config on stdin: %s", problem);
		return NULL;
	}
	diag_init(&diag);
	config = domain_config_read(object, &diag);
	if (!config)
		build_fail(error, "%s", diag_first_error(&diag));
	diag_free(&diag);
	json_free(object);
	return config;
}

static void usage(void)
{
	fprintf(stderr, "usage: hospes-build [--check | --domid-hint none|N | "
		"--reserved N] [--cache DIR | --no-cache] < CONFIG.json\n");
	exit(2);
}

static uint32_t parse_domid(const char *text)
{
	unsigned long n;
	char *end;

	if (strcmp(text, "none") == 0)
		return 0;
	n = strtoul(text, &end, 10);
	if (*end != '\0' || n == 0 || n >= 0x7ff0)
		usage();
	return (uint32_t)n;
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "domid-hint", required_argument, NULL, 'd' },
		{ "reserved", required_argument, NULL, 'r' },
		{ "cache", required_argument, NULL, 'c' },
		{ "no-cache", no_argument, NULL, 'n' },
		{ "check", no_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'd':
			o->where.domid = parse_domid(optarg);
			break;
		case 'r':
			o->where.domid = parse_domid(optarg);
			o->where.reserved = true;
			break;
		case 'c':
			o->where.cache = optarg;
			break;
		case 'n':
			o->where.cache = NULL;
			break;
		case 'k':
			o->check = true;
			break;
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
}

static int check(struct domain_config *config, const char *cache)
{
	struct build_error error = { .text = "" };
	int rc = pv_check(config, cache, &error);

	domain_config_free(config);
	return rc < 0 ? print_error(error.text) : 0;
}

int main(int argc, char **argv)
{
	struct options options = { .where.cache = BUILDER_CACHE_DIR };
	struct build_error error = { .text = "" };
	struct domain_config *config;
	struct build_result result;
	int rc;

	parse_options(argc, argv, &options);
	signal(SIGPIPE, SIG_IGN);
	config = read_config(&error);
	if (!config)
		return print_error(error.text);
	if (options.check)
		return check(config, options.where.cache);
	rc = pv_build(config, &options.where, &result, &error);
	domain_config_free(config);
	if (rc < 0)
		return print_error(error.text);
	/* Nobody would know of a domain whose birth cannot be told. */
	if (print_result(&result) < 0) {
		pv_undo(&result);
		return 1;
	}
	return 0;
}
