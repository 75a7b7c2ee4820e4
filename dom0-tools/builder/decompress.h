/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacks what kernels are packed with: XZ, gzip, zstd, LZ4 (legacy frame). */
#ifndef BUILDER_DECOMPRESS_H
#define BUILDER_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The packing's name by its first bytes, or NULL. */
const char *decompress_name(const uint8_t *in, size_t len);

/*
 * Unpacks one stream into out[], at most out_size bytes; bytes after the end
 * of the stream are ignored. Returns NULL and *out_len, or why it failed.
 */
const char *decompress(const uint8_t *in, size_t len, uint8_t *out,
		       size_t out_size, size_t *out_len);

#endif
