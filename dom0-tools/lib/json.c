/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON tree reader over yajl's events. The tree is built by a parser with an
 * explicit stack, so depth and size are bounded whatever comes in.
 */
#include "lib/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#define JSON_TEXT_MAX (1024 * 1024)
#define JSON_DEPTH_MAX 32

struct json {
	enum json_type type;
	union {
		bool boolean;
		struct {
			int64_t integer;
			double real;
		} number;
		char *string;
		struct {
			struct json **items;
			char **keys;		/* objects only */
			size_t count, room;
		} list;
	};
};

struct reader {
	struct json *root;
	struct json *stack[JSON_DEPTH_MAX];
	size_t depth;
	char *key;		/* of the member whose value comes next */
	const char *problem;
};

void json_free(struct json *j)
{
	if (!j)
		return;
	if (j->type == JSON_STRING)
		free(j->string);
	if (j->type == JSON_ARRAY || j->type == JSON_OBJECT) {
		for (size_t i = 0; i < j->list.count; i++) {
			json_free(j->list.items[i]);
			if (j->list.keys)
				free(j->list.keys[i]);
		}
		free(j->list.items);
		free(j->list.keys);
	}
	free(j);
}

static int reader_fail(struct reader *r, const char *problem)
{
	if (!r->problem)
		r->problem = problem;
	return 0;
}

static bool list_grow(struct json *parent)
{
	size_t room = parent->list.room ? parent->list.room * 2 : 8;
	void *items, *keys;

	items = realloc(parent->list.items, room * sizeof(struct json *));
	if (!items)
		return false;
	parent->list.items = items;
	if (parent->type == JSON_OBJECT) {
		keys = realloc(parent->list.keys, room * sizeof(char *));
		if (!keys)
			return false;
		parent->list.keys = keys;
	}
	parent->list.room = room;
	return true;
}

/* Puts `value` where the reader stands; takes it over in any case. */
static int reader_add(struct reader *r, struct json *value)
{
	struct json *parent;

	if (!value)
		return reader_fail(r, "out of memory");
	if (r->depth == 0) {
		if (r->root) {
			json_free(value);
			return reader_fail(r, "more than one value");
		}
		r->root = value;
		return 1;
	}
	parent = r->stack[r->depth - 1];
	if (parent->list.count == parent->list.room && !list_grow(parent)) {
		json_free(value);
		return reader_fail(r, "out of memory");
	}
	if (parent->type == JSON_OBJECT) {
		parent->list.keys[parent->list.count] = r->key;
		r->key = NULL;
	}
	parent->list.items[parent->list.count++] = value;
	return 1;
}

static struct json *json_make(enum json_type type)
{
	struct json *j = calloc(1, sizeof(*j));

	if (j)
		j->type = type;
	return j;
}

static int on_null(void *arg)
{
	return reader_add(arg, json_make(JSON_NULL));
}

static int on_bool(void *arg, int value)
{
	struct json *j = json_make(JSON_BOOL);

	if (j)
		j->boolean = value;
	return reader_add(arg, j);
}

static int on_integer(void *arg, long long value)
{
	struct json *j = json_make(JSON_NUMBER);

	if (j) {
		j->number.integer = value;
		j->number.real = (double)value;
	}
	return reader_add(arg, j);
}

static int on_double(void *arg, double value)
{
	struct json *j = json_make(JSON_NUMBER);

	if (j) {
		j->number.real = value;
		if (value > -9e18 && value < 9e18)
			j->number.integer = (int64_t)value;
	}
	return reader_add(arg, j);
}

static int on_string(void *arg, const unsigned char *text, size_t len)
{
	struct json *j;

	/* C strings everywhere: an escaped NUL would cut the text short. */
	if (memchr(text, 0, len))
		return reader_fail(arg, "a NUL character in a string");
	j = json_make(JSON_STRING);
	if (j) {
		j->string = strndup((const char *)text, len);
		if (!j->string) {
			free(j);
			j = NULL;
		}
	}
	return reader_add(arg, j);
}

static int on_key(void *arg, const unsigned char *text, size_t len)
{
	struct reader *r = arg;

	if (memchr(text, 0, len))
		return reader_fail(r, "a NUL character in a name");
	r->key = strndup((const char *)text, len);
	return r->key ? 1 : reader_fail(r, "out of memory");
}

static int reader_open(struct reader *r, enum json_type type)
{
	struct json *j;

	if (r->depth == JSON_DEPTH_MAX)
		return reader_fail(r, "nested too deeply");
	j = json_make(type);
	if (!reader_add(r, j))
		return 0;
	r->stack[r->depth++] = j;
	return 1;
}

static int on_open_object(void *arg)
{
	return reader_open(arg, JSON_OBJECT);
}

static int on_open_array(void *arg)
{
	return reader_open(arg, JSON_ARRAY);
}

static int on_close(void *arg)
{
	struct reader *r = arg;

	r->depth--;
	return 1;
}

static const yajl_callbacks reader_callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_integer = on_integer,
	.yajl_double = on_double,
	.yajl_string = on_string,
	.yajl_map_key = on_key,
	.yajl_start_map = on_open_object,
	.yajl_end_map = on_close,
	.yajl_start_array = on_open_array,
	.yajl_end_array = on_close,
};

static void reader_explain(yajl_handle parser, const struct reader *r,
			   char *error, size_t size)
{
	unsigned char *text;

	if (r->problem) {
		snprintf(error, size, "invalid JSON: %s", r->problem);
		return;
	}
	text = yajl_get_error(parser, 0, NULL, 0);
	snprintf(error, size, "invalid JSON: %s",
		 text ? (const char *)text : "not understood");
	if (text)
		yajl_free_error(parser, text);
	error[strcspn(error, "\n")] = '\0';
}

struct json *json_parse(const char *text, size_t len, char *error,
			size_t error_size)
{
	struct reader r = { .root = NULL };
	yajl_status status;
	yajl_handle parser;

	if (len > JSON_TEXT_MAX) {
		snprintf(error, error_size, "invalid JSON: over %d bytes",
			 JSON_TEXT_MAX);
		return NULL;
	}
	parser = yajl_alloc(&reader_callbacks, NULL, &r);
	if (!parser) {
		snprintf(error, error_size, "out of memory");
		return NULL;
	}
	status = yajl_parse(parser, (const unsigned char *)text, len);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(parser);
	if (status == yajl_status_ok && !r.root)
		r.problem = "empty";
	if (status != yajl_status_ok || !r.root) {
		reader_explain(parser, &r, error, error_size);
		json_free(r.root);
		r.root = NULL;
	}
	free(r.key);
	yajl_free(parser);
	return r.root;
}

enum json_type json_type(const struct json *j)
{
	return j->type;
}

const struct json *json_get(const struct json *object, const char *key)
{
	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (size_t i = 0; i < object->list.count; i++)
		if (strcmp(object->list.keys[i], key) == 0)
			return object->list.items[i];
	return NULL;
}

const struct json *json_get_typed(const struct json *object, const char *key,
				  enum json_type type)
{
	const struct json *j = json_get(object, key);

	return j && j->type == type ? j : NULL;
}

const char *json_get_string(const struct json *object, const char *key,
			    const char *otherwise)
{
	const struct json *j = json_get_typed(object, key, JSON_STRING);

	return j ? j->string : otherwise;
}

int64_t json_get_int(const struct json *object, const char *key,
		     int64_t otherwise)
{
	const struct json *j = json_get_typed(object, key, JSON_NUMBER);

	return j ? j->number.integer : otherwise;
}

bool json_get_bool(const struct json *object, const char *key, bool otherwise)
{
	const struct json *j = json_get_typed(object, key, JSON_BOOL);

	return j ? j->boolean : otherwise;
}

size_t json_count(const struct json *j)
{
	if (!j || (j->type != JSON_ARRAY && j->type != JSON_OBJECT))
		return 0;
	return j->list.count;
}

const struct json *json_at(const struct json *j, size_t index)
{
	return index < json_count(j) ? j->list.items[index] : NULL;
}

const char *json_key_at(const struct json *object, size_t index)
{
	if (!object || object->type != JSON_OBJECT ||
	    index >= object->list.count)
		return NULL;
	return object->list.keys[index];
}

const char *json_as_string(const struct json *j)
{
	return j && j->type == JSON_STRING ? j->string : NULL;
}

int64_t json_as_int(const struct json *j)
{
	return j && j->type == JSON_NUMBER ? j->number.integer : 0;
}

double json_as_double(const struct json *j)
{
	return j && j->type == JSON_NUMBER ? j->number.real : 0;
}

bool json_as_bool(const struct json *j)
{
	return j && j->type == JSON_BOOL && j->boolean;
}
