/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer: the bytes are a domain XML file. It gives a config or at least
 * one error, and a config survives being written as JSON and read again.
 *
 * `make test` runs it with drive.c. For libFuzzer it is built by clang
 * -fsanitize=fuzzer,address,undefined with the sources that the Makefile names;
 * run it with -max_total_time=60 -dict=tests/fuzz/domain_xml.dict.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const struct domain_config *config)
{
	struct json_writer *w = json_writer_new(false);
	struct domain_config *again;
	struct diag diag;
	struct json *j;
	char error[200];
	const char *text;
	size_t len;

	diag_init(&diag);
	domain_config_write(w, NULL, config);
	text = json_writer_text(w, &len);
	if (!text)
		abort();
	j = json_parse(text, len, error, sizeof(error));
	if (!j)
		abort();
	again = domain_config_read(j, &diag);
	if (!again || strcmp(again->name, config->name) != 0 ||
	    again->disk_count != config->disk_count ||
	    again->memory_kib != config->memory_kib)
		abort();
	domain_config_free(again);
	json_free(j);
	json_writer_free(w);
	diag_free(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct domain_config *config;
	struct diag diag;

	diag_init(&diag);
	config = xml_parse_text("f", (const char *)data, size, &diag);
	if (!config != (diag.errors != 0))
		abort();
	if (config)
		round_trip(config);
	domain_config_free(config);
	diag_free(&diag);
	return 0;
}
