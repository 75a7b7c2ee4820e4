/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of frames that says how the state came to be. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/log.h"

/* One before us had no salt. */
#define JOURNAL_MAGIC_OLD	"HOSPXS01"
#define JOURNAL_MAGIC	"HOSPXS02"
#define JOURNAL_HEAD	8
/* Space is taken from the file system in such pieces, ahead of need. */
#define JOURNAL_PIECE	(256 * 1024)
/* Kept for replies, when changes are refused already. */
#define JOURNAL_SPARE	(128 * 1024)
/* Kept for dom0's changes, when those of guests are refused already. */
#define JOURNAL_RESERVE	(512 * 1024)
#define JOURNAL_LIMIT	(1024 * 1024)
/* A snapshot leaves for its file whenever so much of it is there. */
#define JOURNAL_CHUNK	(64 * 1024)

struct frame {
	uint32_t len;
	uint32_t crc;
};

struct journal_file {
	int fd;			/* -1: none */
	uint32_t salt;
};

static struct {
	char *path;
	char *spare_path;
	void (*snapshot)(void);
	struct journal_file now;
	/* As much space, for the next snapshot. */
	struct journal_file spare;
	bool active;
	bool compact;		/* as soon as possible */
	uint64_t size;		/* written */
	uint64_t base;		/* size of the snapshot in front */
	uint64_t taken;		/* allocated in the file system, in both */
	uint64_t limit;
	struct buf pending;
	struct buf scratch;
	struct buf *to;		/* where frames go now */
	uint32_t salt;		/* of those */
	size_t frame;		/* start of the open frame in it */
	/* While a snapshot is written: */
	struct buf chunk;
	uint64_t chunk_at;
	bool chunk_bad;
} journal = {
	.now = { .fd = -1 }, .spare = { .fd = -1 }, .limit = JOURNAL_LIMIT,
	.to = &journal.scratch,
};

static uint32_t journal_crc(uint32_t salt, const char *p, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = ~salt;

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

static void journal_apply(struct reader file, uint32_t salt,
			  bool (*apply)(struct reader *r))
{
	while (file.left) {
		struct frame f = { .len = reader_u32(&file) };
		struct reader r = { 0 };

		f.crc = reader_u32(&file);
		/* The end, or an unfinished frame, or what was here before. */
		if (file.bad || !f.len || f.len > file.left ||
		    journal_crc(salt, file.p, f.len) != f.crc)
			return;
		r.p = file.p;
		r.left = f.len;
		if (!apply(&r))
			return;
		file.p += f.len;
		file.left -= f.len;
	}
}

static int journal_load_from(const char *data, size_t len,
			     bool (*apply)(struct reader *r))
{
	struct reader r = { .p = data, .left = len };
	uint32_t salt = 0;
	bool old;

	if (len < JOURNAL_HEAD)
		return -EINVAL;
	old = !memcmp(data, JOURNAL_MAGIC_OLD, JOURNAL_HEAD);
	if (!old && memcmp(data, JOURNAL_MAGIC, JOURNAL_HEAD))
		return -EINVAL;
	r.p += JOURNAL_HEAD;
	r.left -= JOURNAL_HEAD;
	if (!old)
		salt = reader_u32(&r);
	journal_apply(r, salt, apply);
	return 0;
}

/* Mapped, as in memory it would be there twice. */
int journal_load(const char *path, bool (*apply)(struct reader *r))
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;
	void *data = NULL;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		rc = -errno;
	else if (st.st_size)
		data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		rc = -errno;
	close(fd);
	if (rc)
		return rc;
	if (!data)
		return -EINVAL;
	rc = journal_load_from(data, st.st_size, apply);
	munmap(data, st.st_size);
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

/* Both files get so much space; true if they have it. */
static bool journal_take(uint64_t size)
{
	const int fds[] = { journal.now.fd, journal.spare.fd };

	if (size <= journal.taken)
		return true;
	for (int i = 0; i < 2; i++) {
		if (fds[i] < 0)
			return false;
		if (fallocate(fds[i], FALLOC_FL_KEEP_SIZE, 0, size) &&
		    errno != EOPNOTSUPP && errno != ENOSYS)
			return false;
	}
	journal.taken = size;
	return true;
}

/* What both files have from the daemon before us. */
static uint64_t journal_taken(void)
{
	uint64_t have[2] = { 0, 0 };
	const int fds[] = { journal.now.fd, journal.spare.fd };
	struct stat st;

	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0 && !fstat(fds[i], &st))
			have[i] = (uint64_t)st.st_blocks * 512;
	return have[0] < have[1] ? have[0] : have[1];
}

static bool journal_open_spare(void)
{
	if (journal.spare.fd < 0)
		journal.spare.fd = open(journal.spare_path, O_RDWR | O_CREAT |
					O_CLOEXEC, 0600);
	return journal.spare.fd >= 0;
}

static void journal_flush_chunk(void)
{
	if (!journal.chunk_bad &&
	    !journal_write(journal.spare.fd, &journal.chunk, journal.chunk_at))
		journal.chunk_bad = true;
	journal.chunk_at += journal.chunk.len;
	journal.chunk.len = 0;
}

/*
 * Frames that are left in the file from before must not look like ours. It is
 * not cut off: the space would be gone.
 */
static void journal_new_salt(void)
{
	journal.spare.salt = journal.now.salt + 1;
	if (getrandom(&journal.salt, sizeof(journal.salt), GRND_NONBLOCK) ==
	    sizeof(journal.salt) && journal.salt != journal.spare.salt &&
	    journal.salt != journal.now.salt)
		journal.spare.salt = journal.salt;
	journal.salt = journal.spare.salt;
}

/* The present state into the spare file; its size, 0: it does not fit. */
static uint64_t journal_write_snapshot(void)
{
	journal.chunk_at = 0;
	journal.chunk_bad = false;
	journal_new_salt();
	buf_put(&journal.chunk, JOURNAL_MAGIC, JOURNAL_HEAD);
	buf_u32(&journal.chunk, journal.salt);
	journal.to = &journal.chunk;
	journal.snapshot();
	/* An end that no frame has. */
	buf_put(&journal.chunk, &(struct frame){ 0 }, sizeof(struct frame));
	journal_flush_chunk();
	journal.to = &journal.pending;
	buf_free(&journal.chunk);
	return journal.chunk_bad ? 0 : journal.chunk_at - sizeof(struct frame);
}

/* The spare file becomes the journal, and the journal the spare file. */
static bool journal_exchange(void)
{
	struct journal_file old = journal.now;

	if (renameat2(AT_FDCWD, journal.spare_path, AT_FDCWD, journal.path,
		      RENAME_EXCHANGE)) {
		/* The first one, or a file system that cannot exchange. */
		if (rename(journal.spare_path, journal.path))
			return false;
		if (old.fd >= 0)
			close(old.fd);
		old.fd = -1;
		journal.taken = 0;
	} else if (old.fd < 0) {
		/* That of the daemon before us. */
		old.fd = open(journal.spare_path, O_RDWR | O_CLOEXEC);
	}
	journal.now = journal.spare;
	journal.spare = old;
	return true;
}

/* The present state as a new file. What is pending is in it already. */
static int journal_compact(void)
{
	uint64_t size;

	if (!journal_open_spare())
		return -errno;
	size = journal_write_snapshot();
	journal.salt = journal.now.salt;
	if (!size)
		return -ENOSPC;
	if (!journal_exchange())
		return -errno;
	journal.salt = journal.now.salt;
	journal.size = journal.base = size;
	journal.pending.len = 0;
	journal.compact = false;
	journal_open_spare();
	return 0;
}

int journal_start(const char *path, void (*snapshot)(void))
{
	int rc;

	journal.path = mem_strdup(path);
	if (asprintf(&journal.spare_path, "%s.spare", path) < 0)
		abort();
	journal.snapshot = snapshot;
	journal.active = true;
	rc = journal_compact();
	journal.active = !rc;
	journal.taken = rc ? 0 : journal_taken();
	if (!rc && !journal_take(journal.size + JOURNAL_SPARE +
				 JOURNAL_RESERVE))
		log_warn("state: no room beside %s to keep back; the store "
			 "takes no changes until there is", path);
	return rc;
}

static void journal_close(struct journal_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void journal_stop(void)
{
	journal_close(&journal.now);
	journal_close(&journal.spare);
	journal.active = false;
	journal.to = &journal.scratch;
	journal.taken = 0;
	free(journal.path);
	free(journal.spare_path);
	journal.path = journal.spare_path = NULL;
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
	f.crc = journal_crc(journal.salt, at + sizeof(f), f.len);
	memcpy(at, &f, sizeof(f));
	if (journal.to == &journal.chunk && journal.chunk.len >= JOURNAL_CHUNK)
		journal_flush_chunk();
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
	if (!journal_write(journal.now.fd, &journal.pending, journal.size)) {
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

bool journal_room(size_t bytes, bool guest)
{
	uint64_t need = journal.size + journal.pending.len + bytes +
		JOURNAL_SPARE + (guest ? JOURNAL_RESERVE : 0);

	if (!journal.active || need <= journal.taken)
		return true;
	if (journal_open_spare() && journal_take(need + JOURNAL_PIECE))
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
