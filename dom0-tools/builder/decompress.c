/* SPDX-License-Identifier: BSD-2-Clause */
/* One function a packing; each writes into the caller's bounded memory. */
#include "builder/decompress.h"

#include <limits.h>
#include <string.h>

#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

/* A hostile XZ header may ask for gigabytes of dictionary. */
#define XZ_MEMORY_MAX (256ull << 20)
/* As for zstd: its window, as a power of two; kernels use up to 128 MiB. */
#define ZSTD_WINDOW_LOG_MAX 27
#define LZ4_BLOCK_MAX (8u << 20)

static const char cut_short[] = "the packed data ends too early";
static const char too_big[] = "it unpacks to more than its header says";
static const char damaged[] = "the packed data is damaged";

struct job {
	const uint8_t *in;
	size_t len;
	uint8_t *out;
	size_t size;
	size_t done;
};

static const char *unpack_xz(struct job *job)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret r;

	if (lzma_stream_decoder(&s, XZ_MEMORY_MAX, 0) != LZMA_OK)
		return "out of memory";
	s.next_in = job->in;
	s.avail_in = job->len;
	s.next_out = job->out;
	s.avail_out = job->size;
	do
		r = lzma_code(&s, LZMA_RUN);
	while (r == LZMA_OK && s.avail_in && s.avail_out);
	job->done = s.total_out;
	/* With the output full, the stream's end may still have to be read. */
	if (r == LZMA_OK && s.avail_in && !s.avail_out) {
		uint8_t extra;

		s.next_out = &extra;
		s.avail_out = 1;
		r = lzma_code(&s, LZMA_RUN);
		if (!s.avail_out)
			r = LZMA_BUF_ERROR;
	}
	lzma_end(&s);
	if (r == LZMA_STREAM_END)
		return NULL;
	if (r == LZMA_MEMLIMIT_ERROR || r == LZMA_MEM_ERROR)
		return "unpacking needs too much memory";
	if (r == LZMA_OK || r == LZMA_BUF_ERROR)
		return s.avail_in ? too_big : cut_short;
	return damaged;
}

static const char *unpack_gzip(struct job *job)
{
	z_stream s = { .zalloc = Z_NULL };
	int r;

	if (job->len > UINT_MAX || job->size > UINT_MAX)
		return "it is too large";
	/* 16: a gzip header; 15: the largest window. */
	if (inflateInit2(&s, 16 + 15) != Z_OK)
		return "out of memory";
	s.next_in = (Bytef *)job->in;
	s.avail_in = (uInt)job->len;
	s.next_out = job->out;
	s.avail_out = (uInt)job->size;
	r = inflate(&s, Z_FINISH);
	job->done = s.total_out;
	inflateEnd(&s);
	if (r == Z_STREAM_END)
		return NULL;
	if (r == Z_BUF_ERROR || r == Z_OK)
		return s.avail_in ? too_big : cut_short;
	return damaged;
}

static const char *unpack_zstd(struct job *job)
{
	ZSTD_DStream *s = ZSTD_createDStream();
	ZSTD_inBuffer in = { job->in, job->len, 0 };
	ZSTD_outBuffer out = { job->out, job->size, 0 };
	size_t r, last;

	if (!s)
		return "out of memory";
	ZSTD_DCtx_setParameter(s, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX);
	do {
		last = in.pos + out.pos;
		r = ZSTD_decompressStream(s, &out, &in);
	} while (r != 0 && !ZSTD_isError(r) && in.pos + out.pos != last);
	ZSTD_freeDStream(s);
	job->done = out.pos;
	if (r == 0)
		return NULL;
	if (ZSTD_isError(r))
		return damaged;
	return in.pos < in.size || out.pos == out.size ? too_big : cut_short;
}

static uint32_t read_le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		(uint32_t)p[3] << 24;
}

/*
 * The legacy frame: magic, then blocks of a 32-bit size and data, each of
 * which unpacks to 8 MiB except the last. It has no end mark: the kernel's
 * build appends the unpacked size, so a full output is the end.
 */
static const char *unpack_lz4(struct job *job)
{
	size_t pos = 4;

	while (job->len - pos >= 4 && job->done < job->size) {
		uint32_t packed = read_le32(job->in + pos);
		size_t room = job->size - job->done;
		int got;

		pos += 4;
		if (packed == 0)
			break;
		if (packed > (uint32_t)LZ4_COMPRESSBOUND(LZ4_BLOCK_MAX))
			return damaged;
		if (packed > job->len - pos)
			return cut_short;
		got = LZ4_decompress_safe((const char *)job->in + pos,
					  (char *)job->out + job->done,
					  (int)packed,
					  room > LZ4_BLOCK_MAX ?
					  (int)LZ4_BLOCK_MAX : (int)room);
		if (got < 0)
			return damaged;
		job->done += (size_t)got;
		pos += packed;
		if (got < (int)LZ4_BLOCK_MAX)
			break;
	}
	return job->done ? NULL : cut_short;
}

static const struct packing {
	const char *name;
	const char *magic;
	size_t magic_len;
	const char *(*unpack)(struct job *job);
} packings[] = {
	{ "XZ", "\xfd" "7zXZ", 6, unpack_xz },
	{ "gzip", "\x1f\x8b\x08", 3, unpack_gzip },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, unpack_zstd },
	{ "LZ4", "\x02\x21\x4c\x18", 4, unpack_lz4 },
};

static const struct packing *packing_of(const uint8_t *in, size_t len)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		const struct packing *p = &packings[i];

		if (len >= p->magic_len &&
		    memcmp(in, p->magic, p->magic_len) == 0)
			return p;
	}
	return NULL;
}

const char *decompress_name(const uint8_t *in, size_t len)
{
	const struct packing *p = packing_of(in, len);

	return p ? p->name : NULL;
}

const char *decompress(const uint8_t *in, size_t len, uint8_t *out,
		       size_t out_size, size_t *out_len)
{
	const struct packing *p = packing_of(in, len);
	struct job job = { .in = in, .len = len, .out = out, .size = out_size };
	const char *problem;

	if (!p)
		return "its packing is none of XZ, gzip, zstd and LZ4";
	problem = p->unpack(&job);
	*out_len = job.done;
	return problem;
}
