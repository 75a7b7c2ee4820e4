/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is always there, growing byte buffers and a bounded reader. */
#ifndef XENSTORED_MEM_H
#define XENSTORED_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What guests can make us allocate is bounded by quotas, so running out is our
 * host's failure: the daemon stops and is restarted from its journal.
 */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_realloc(void *p, size_t size);
char *mem_strdup(const char *s);

struct buf {
	char *data;
	size_t len;
	size_t cap;
};

/* Room for @len more bytes; they count only after the caller adds to ->len. */
void *buf_room(struct buf *b, size_t len);
void buf_put(struct buf *b, const void *data, size_t len);
void buf_u8(struct buf *b, uint8_t v);
void buf_u32(struct buf *b, uint32_t v);
/* A length and the bytes. */
void buf_bytes(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_free(struct buf *b);

/* Reads what the buf_ functions wrote. Running past the end sets bad. */
struct reader {
	const char *p;
	size_t left;
	bool bad;
};

uint8_t reader_u8(struct reader *r);
uint32_t reader_u32(struct reader *r);
const char *reader_bytes(struct reader *r, uint32_t *len);
/* The string inside the buffer, or "" with bad set if it has no end there. */
const char *reader_str(struct reader *r);

#endif
