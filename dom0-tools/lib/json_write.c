/* SPDX-License-Identifier: BSD-2-Clause */
/* The writing half of json.h, over yajl's generator. */
#include "lib/json.h"

#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

struct json_writer {
	yajl_gen gen;
	bool failed;
};

struct json_writer *json_writer_new(bool pretty)
{
	struct json_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->gen = yajl_gen_alloc(NULL);
	if (!w->gen) {
		free(w);
		return NULL;
	}
	yajl_gen_config(w->gen, yajl_gen_beautify, pretty ? 1 : 0);
	yajl_gen_config(w->gen, yajl_gen_indent_string, "  ");
	return w;
}

void json_writer_free(struct json_writer *w)
{
	if (!w)
		return;
	yajl_gen_free(w->gen);
	free(w);
}

static void check(struct json_writer *w, yajl_gen_status status)
{
	if (status != yajl_gen_status_ok)
		w->failed = true;
}

/* The end of the well-formed UTF-8 sequence at `s`, or NULL. */
static const unsigned char *utf8_next(const unsigned char *s)
{
	unsigned int more, code, least;

	if (*s < 0x80)
		return s + 1;
	if (*s >= 0xc2 && *s <= 0xdf) {
		more = 1; code = *s & 0x1f; least = 0x80;
	} else if (*s >= 0xe0 && *s <= 0xef) {
		more = 2; code = *s & 0x0f; least = 0x800;
	} else if (*s >= 0xf0 && *s <= 0xf4) {
		more = 3; code = *s & 0x07; least = 0x10000;
	} else {
		return NULL;
	}
	for (s++; more; more--, s++) {
		if ((*s & 0xc0) != 0x80)
			return NULL;
		code = code << 6 | (*s & 0x3f);
	}
	if (code < least || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return NULL;
	return s;
}

/*
 * Strings may come from guests: bytes that are no UTF-8 become '?', so that
 * what we write can always be read.
 */
static void put_text(struct json_writer *w, const char *text)
{
	char *copy = strdup(text);
	unsigned char *s = (unsigned char *)copy;

	if (!copy) {
		w->failed = true;
		return;
	}
	while (*s) {
		const unsigned char *next = utf8_next(s);

		if (next)
			s += next - s;
		else
			*s++ = '?';
	}
	check(w, yajl_gen_string(w->gen, (const unsigned char *)copy,
				 strlen(copy)));
	free(copy);
}

static void put_key(struct json_writer *w, const char *key)
{
	if (key)
		put_text(w, key);
}

void json_open_object(struct json_writer *w, const char *key)
{
	put_key(w, key);
	check(w, yajl_gen_map_open(w->gen));
}

void json_close_object(struct json_writer *w)
{
	check(w, yajl_gen_map_close(w->gen));
}

void json_open_array(struct json_writer *w, const char *key)
{
	put_key(w, key);
	check(w, yajl_gen_array_open(w->gen));
}

void json_close_array(struct json_writer *w)
{
	check(w, yajl_gen_array_close(w->gen));
}

void json_put_string(struct json_writer *w, const char *key, const char *value)
{
	put_key(w, key);
	if (value)
		put_text(w, value);
	else
		check(w, yajl_gen_null(w->gen));
}

void json_put_int(struct json_writer *w, const char *key, int64_t value)
{
	put_key(w, key);
	check(w, yajl_gen_integer(w->gen, value));
}

void json_put_double(struct json_writer *w, const char *key, double value)
{
	put_key(w, key);
	check(w, yajl_gen_double(w->gen, value));
}

void json_put_bool(struct json_writer *w, const char *key, bool value)
{
	put_key(w, key);
	check(w, yajl_gen_bool(w->gen, value));
}

void json_put_null(struct json_writer *w, const char *key)
{
	put_key(w, key);
	check(w, yajl_gen_null(w->gen));
}

/* Whole numbers stay whole; a parsed tree is at most 32 levels deep. */
void json_put_json(struct json_writer *w, const char *key,
		   const struct json *value)
{
	switch (json_type(value)) {
	case JSON_NULL:
		json_put_null(w, key);
		return;
	case JSON_BOOL:
		json_put_bool(w, key, json_as_bool(value));
		return;
	case JSON_NUMBER:
		if ((double)json_as_int(value) == json_as_double(value))
			json_put_int(w, key, json_as_int(value));
		else
			json_put_double(w, key, json_as_double(value));
		return;
	case JSON_STRING:
		json_put_string(w, key, json_as_string(value));
		return;
	case JSON_ARRAY:
		json_open_array(w, key);
		for (size_t i = 0; i < json_count(value); i++)
			json_put_json(w, NULL, json_at(value, i));
		json_close_array(w);
		return;
	case JSON_OBJECT:
		json_open_object(w, key);
		for (size_t i = 0; i < json_count(value); i++)
			json_put_json(w, json_key_at(value, i),
				      json_at(value, i));
		json_close_object(w);
		return;
	}
}

const char *json_writer_text(struct json_writer *w, size_t *len)
{
	const unsigned char *text;
	size_t size;

	if (w->failed || yajl_gen_get_buf(w->gen, &text, &size) !=
	    yajl_gen_status_ok)
		return NULL;
	/* yajl adds a newline after a complete value when beautifying. */
	while (size && text[size - 1] == '\n')
		((unsigned char *)text)[--size] = '\0';
	if (len)
		*len = size;
	return (const char *)text;
}
