/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON by yajl: a reader that yields a small tree and a writer that builds one
 * text. No other file uses yajl.
 */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json;

/*
 * Parses one value of at most 1 MiB and 32 levels. On failure returns NULL and
 * writes one line into `error`.
 */
struct json *json_parse(const char *text, size_t len, char *error,
			size_t error_size);
void json_free(struct json *j);

enum json_type json_type(const struct json *j);

/* Members of an object; the second form also demands a type. NULL: absent. */
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_get_typed(const struct json *object, const char *key,
				  enum json_type type);
/* Typed members with a value for "absent or of another type". */
const char *json_get_string(const struct json *object, const char *key,
			    const char *otherwise);
int64_t json_get_int(const struct json *object, const char *key,
		     int64_t otherwise);
bool json_get_bool(const struct json *object, const char *key, bool otherwise);

/* Elements of an array or members of an object, in order. */
size_t json_count(const struct json *j);
const struct json *json_at(const struct json *j, size_t index);
const char *json_key_at(const struct json *object, size_t index);

/* The value itself; the type must be right, else NULL, 0 or false. */
const char *json_as_string(const struct json *j);
int64_t json_as_int(const struct json *j);
double json_as_double(const struct json *j);
bool json_as_bool(const struct json *j);

/*
 * Writer. `key` is the member's name inside an object and NULL inside an array
 * or at the top. Errors (no memory, wrong nesting) are kept: json_writer_text
 * then returns NULL. A NULL string is written as null.
 */
struct json_writer;

struct json_writer *json_writer_new(bool pretty);
void json_writer_free(struct json_writer *w);

void json_open_object(struct json_writer *w, const char *key);
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w, const char *key);
void json_close_array(struct json_writer *w);
void json_put_string(struct json_writer *w, const char *key, const char *value);
void json_put_int(struct json_writer *w, const char *key, int64_t value);
void json_put_double(struct json_writer *w, const char *key, double value);
void json_put_bool(struct json_writer *w, const char *key, bool value);
void json_put_null(struct json_writer *w, const char *key);
/* Copies a parsed tree. */
void json_put_json(struct json_writer *w, const char *key,
		   const struct json *value);

/* The text so far, NUL-terminated, owned by the writer; no final newline. */
const char *json_writer_text(struct json_writer *w, size_t *len);

#endif
