/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is always there, growing byte buffers and a bounded reader. */
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *mem_check(void *p)
{
	if (p)
		return p;
	fprintf(stderr, "xenstored: out of memory\n");
	abort();
}

void *mem_alloc(size_t size)
{
	return mem_check(malloc(size ? size : 1));
}

void *mem_zalloc(size_t size)
{
	return mem_check(calloc(1, size ? size : 1));
}

void *mem_realloc(void *p, size_t size)
{
	return mem_check(realloc(p, size ? size : 1));
}

char *mem_strdup(const char *s)
{
	return mem_check(strdup(s));
}

void *buf_room(struct buf *b, size_t len)
{
	if (b->cap - b->len < len) {
		b->cap = (b->len + len) * 2;
		b->data = mem_realloc(b->data, b->cap);
	}
	return b->data + b->len;
}

void buf_put(struct buf *b, const void *data, size_t len)
{
	if (!len)
		return;
	memcpy(buf_room(b, len), data, len);
	b->len += len;
}

void buf_u8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, sizeof(v));
}

void buf_u32(struct buf *b, uint32_t v)
{
	buf_put(b, &v, sizeof(v));
}

void buf_bytes(struct buf *b, const void *data, size_t len)
{
	buf_u32(b, len);
	buf_put(b, data, len);
}

void buf_str(struct buf *b, const char *s)
{
	buf_bytes(b, s, strlen(s) + 1);
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

static const char *reader_take(struct reader *r, size_t len)
{
	const char *p = r->p;

	if (r->bad || len > r->left) {
		r->bad = true;
		return NULL;
	}
	r->p += len;
	r->left -= len;
	return p;
}

uint8_t reader_u8(struct reader *r)
{
	const char *p = reader_take(r, 1);

	return p ? (uint8_t)*p : 0;
}

uint32_t reader_u32(struct reader *r)
{
	const char *p = reader_take(r, sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

const char *reader_bytes(struct reader *r, uint32_t *len)
{
	const char *p;

	*len = reader_u32(r);
	p = reader_take(r, *len);
	if (!p)
		*len = 0;
	return p;
}

const char *reader_str(struct reader *r)
{
	uint32_t len;
	const char *p = reader_bytes(r, &len);

	if (p && len && !p[len - 1])
		return p;
	r->bad = true;
	return "";
}
