/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of frames that says how the state came to be.
 *
 * A frame is everything one request did; it is valid as a whole or not at all
 * (length and checksum). Killed at any byte, the daemon finds a prefix of
 * whole frames. When the file has grown, the present state is written to a
 * second one, and the two change places. Both keep the space they have: so
 * there is always room for the next one, however full the file system is.
 */
#ifndef XENSTORED_JOURNAL_H
#define XENSTORED_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mem.h"

/*
 * Calls @apply with the records of each valid frame until it returns false. 0
 * or -errno.
 */
int journal_load(const char *path, bool (*apply)(struct reader *r));
/*
 * Writes a new file by @snapshot, which calls begin, record, end, and keeps it
 * open. 0 or -errno. Until then nothing is recorded.
 */
int journal_start(const char *path, void (*snapshot)(void));
void journal_stop(void);

void journal_begin(void);
/* Where the fields of a new record go. */
struct buf *journal_record(uint8_t type);
void journal_end(void);

/* Writes what has been recorded. False: it could not, call again. */
bool journal_sync(void);
/* Is there surely room for so much more? Some is kept back from guests. */
bool journal_room(size_t bytes, bool guest);
/* For reports. */
uint64_t journal_size(void);
/* Compacts when it has grown by so much (0: by default rule). */
void journal_set_limit(uint64_t bytes);

#endif
