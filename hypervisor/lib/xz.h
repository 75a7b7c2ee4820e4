/* SPDX-License-Identifier: BSD-2-Clause */
/* Decompression of boot modules, whole buffers at once. */
#ifndef HOSPES_LIB_XZ_H
#define HOSPES_LIB_XZ_H

#include "lib/types.h"

/*
 * Bytes after the file's end are ignored. False if the data are damaged, use
 * an unknown filter, or do not make exactly @out_size bytes.
 */
bool xz_decode(const u8 *in, u64 in_size, u8 *out, u64 out_size);
bool inflate_gzip(const u8 *in, u64 in_size, u8 *out, u64 out_size);

/* Calls and jumps in x86 code: absolute targets back to relative ones. */
void xz_x86_filter(u8 *buf, u64 size);

#endif
