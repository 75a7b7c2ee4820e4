/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that the API sends. */
#include <event2/bufferevent.h>
#include <stdarg.h>
#include <stdio.h>

#include "hospesd/api_client.h"
#include "lib/diag.h"
#include "lib/json.h"

static void send_text(struct client *c, struct json_writer *w)
{
	size_t len;
	const char *text = json_writer_text(w, &len);

	if (text) {
		bufferevent_write(c->bev, text, len);
		bufferevent_write(c->bev, "\n", 1);
	}
	json_writer_free(w);
}

struct json_writer *answer_begin(const char *key, const char *value)
{
	struct json_writer *w = json_writer_new(false);

	json_open_object(w, NULL);
	if (key)
		json_put_string(w, key, value);
	return w;
}

void answer_end(struct client *c, struct json_writer *w)
{
	json_close_object(w);
	send_text(c, w);
}

struct json_writer *answer_begin_ok(void)
{
	struct json_writer *w = answer_begin(NULL, NULL);

	json_put_bool(w, "ok", true);
	return w;
}

void answer_ok(struct client *c)
{
	answer_end(c, answer_begin_ok());
}

void answer_error(struct client *c, const char *fmt, ...)
{
	struct json_writer *w = answer_begin(NULL, NULL);
	char text[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_put_bool(w, "ok", false);
	json_put_string(w, "error", text);
	answer_end(c, w);
}

void answer_diag(struct client *c, const struct diag *diag)
{
	struct json_writer *w = answer_begin(NULL, NULL);

	json_put_bool(w, "ok", false);
	json_put_string(w, "error", diag_first_error(diag));
	json_open_array(w, "errors");
	for (size_t i = 0; i < diag->count; i++)
		if (diag->messages[i].is_error)
			json_put_string(w, NULL, diag->messages[i].text);
	json_close_array(w);
	answer_end(c, w);
}

void answer_warnings(struct client *c, const struct diag *diag)
{
	for (size_t i = 0; i < diag->count; i++) {
		struct json_writer *w;

		if (diag->messages[i].is_error)
			continue;
		w = answer_begin("event", "warning");
		json_put_string(w, "text", diag->messages[i].text);
		answer_end(c, w);
	}
}
