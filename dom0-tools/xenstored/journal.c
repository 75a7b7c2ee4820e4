/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of frames that says how the state came to be. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/log.h"

#define JOURNAL_MAGIC	"HOSPXS01"
#define JOURNAL_HEAD	8
/* Space is taken from the file system in such pieces, ahead of need. */
#define JOURNAL_PIECE	(256 * 1024)
/* Kept for replies, when changes are refused already. */
#define JOURNAL_SPARE	(128 * 1024)
#define JOURNAL_LIMIT	(1024 * 1024)

struct frame {
	uint32_t len;
	uint32_t crc;
};

static struct {
	char *path;
	void (*snapshot)(void);
	int fd;
	bool active;
	bool compact;		/* as soon as possible */
	uint64_t size;		/* written */
	uint64_t base;		/* size of the snapshot in front */
	uint64_t taken;		/* allocated in the file system */
	uint64_t limit;
	struct buf pending;
	struct buf scratch;
	struct buf *to;		/* where frames go now */
	size_t frame;		/* start of the open frame in it */
} journal = { .fd = -1, .limit = JOURNAL_LIMIT, .to = &journal.scratch };

static uint32_t journal_crc(const char *p, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = ~0u;

	if (!table[1]) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t c = i;

			for (int k = 0; k < 8; k++)
				c = c & 1 ? (c >> 1) ^ 0xedb88320 : c >> 1;
			table[i] = c;
		}
	}
	while (len--)
		crc = table[(crc ^ (uint8_t)*p++) & 0xff] ^ (crc >> 8);
	return ~crc;
}

static int journal_read_file(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	do {
		b->len += n;
		n = read(fd, buf_room(b, 65536), 65536);
	} while (n > 0);
	n = n < 0 ? -errno : 0;
	close(fd);
	return n;
}

static void journal_apply(struct reader file, void (*apply)(struct reader *r))
{
	while (file.left) {
		struct frame f = { .len = reader_u32(&file) };
		struct reader r = { 0 };

		f.crc = reader_u32(&file);
		if (file.bad || f.len > file.left ||
		    journal_crc(file.p, f.len) != f.crc)
			break;
		r.p = file.p;
		r.left = f.len;
		apply(&r);
		file.p += f.len;
		file.left -= f.len;
	}
	if (file.left)
		log_info("state: ends in an unfinished frame, left out");
}

int journal_load(const char *path, void (*apply)(struct reader *r))
{
	struct buf b = { 0 };
	int rc = journal_read_file(path, &b);

	if (!rc && (b.len < JOURNAL_HEAD ||
		    memcmp(b.data, JOURNAL_MAGIC, JOURNAL_HEAD)))
		rc = -EINVAL;
	if (!rc)
		journal_apply((struct reader){ .p = b.data + JOURNAL_HEAD,
			      .left = b.len - JOURNAL_HEAD }, apply);
	buf_free(&b);
	return rc;
}

/* What was written of an unfinished write is written again. */
static bool journal_write(int fd, const struct buf *b, uint64_t at)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = pwrite(fd, b->data + done, b->len - done,
				   at + done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += n;
	}
	return true;
}

static int journal_write_new(const char *path, const struct buf *b)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (!journal_write(fd, b, 0) || rename(path, journal.path))
		rc = -errno;
	if (!rc)
		return fd;
	unlink(path);
	close(fd);
	return rc;
}

/* The present state as a new file. What is pending is in it already. */
static int journal_compact(void)
{
	struct buf b = { 0 };
	char *path;
	int fd;

	buf_put(&b, JOURNAL_MAGIC, JOURNAL_HEAD);
	journal.to = &b;
	journal.snapshot();
	journal.to = &journal.pending;
	if (asprintf(&path, "%s.new", journal.path) < 0)
		abort();
	fd = journal_write_new(path, &b);
	free(path);
	if (fd >= 0) {
		if (journal.fd >= 0)
			close(journal.fd);
		journal.fd = fd;
		journal.size = journal.base = journal.taken = b.len;
		journal.pending.len = 0;
		journal.compact = false;
	}
	buf_free(&b);
	return fd < 0 ? fd : 0;
}

int journal_start(const char *path, void (*snapshot)(void))
{
	int rc;

	journal.path = mem_strdup(path);
	journal.snapshot = snapshot;
	journal.active = true;
	rc = journal_compact();
	if (rc)
		journal.active = false;
	return rc;
}

void journal_stop(void)
{
	if (journal.fd >= 0)
		close(journal.fd);
	journal.fd = -1;
	journal.active = false;
	journal.to = &journal.scratch;
	free(journal.path);
	journal.path = NULL;
	buf_free(&journal.pending);
	buf_free(&journal.scratch);
}

void journal_begin(void)
{
	if (!journal.active)
		journal.scratch.len = 0;
	journal.frame = journal.to->len;
	buf_put(journal.to, &(struct frame){ 0 }, sizeof(struct frame));
}

struct buf *journal_record(uint8_t type)
{
	buf_u8(journal.to, type);
	return journal.to;
}

void journal_end(void)
{
	char *at = journal.to->data + journal.frame;
	struct frame f;

	f.len = journal.to->len - journal.frame - sizeof(f);
	if (!f.len) {
		journal.to->len = journal.frame;
		return;
	}
	f.crc = journal_crc(at + sizeof(f), f.len);
	memcpy(at, &f, sizeof(f));
}

static bool journal_grown(void)
{
	uint64_t grown = journal.size + journal.pending.len - journal.base;

	return grown > journal.limit && grown > journal.base;
}

bool journal_sync(void)
{
	static bool failing;

	if (!journal.active || !journal.pending.len)
		return true;
	if ((journal_grown() || journal.compact) && !journal_compact())
		return true;
	if (!journal_write(journal.fd, &journal.pending, journal.size)) {
		if (!failing)
			log_errno("state: cannot write %s", journal.path);
		failing = true;
		journal.compact = true;
		return false;
	}
	failing = false;
	journal.size += journal.pending.len;
	journal.pending.len = 0;
	return true;
}

bool journal_room(size_t bytes)
{
	uint64_t need = journal.size + journal.pending.len + bytes +
		JOURNAL_SPARE;

	if (!journal.active || need <= journal.taken)
		return true;
	need += JOURNAL_PIECE;
	if (!fallocate(journal.fd, FALLOC_FL_KEEP_SIZE, 0, need)) {
		journal.taken = need;
		return true;
	}
	if (errno == EOPNOTSUPP || errno == ENOSYS)
		return true;
	journal.compact = journal.size > journal.base + JOURNAL_SPARE;
	return false;
}

uint64_t journal_size(void)
{
	return journal.size;
}

void journal_set_limit(uint64_t bytes)
{
	journal.limit = bytes ? bytes : JOURNAL_LIMIT;
}
