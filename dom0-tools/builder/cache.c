/* SPDX-License-Identifier: BSD-2-Clause */
/* The cache of unpacked kernels; see cache.h. */
#include "builder/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "builder/image.h"

#define CACHE_PREFIX "kernel-"
#define CACHE_TEMPORARY ".new-"
/* A temporary file this old was left by a builder that was killed. */
#define CACHE_TEMPORARY_AGE 600

static void cache_name(char *name, size_t size, const struct stat *st)
{
	snprintf(name, size, CACHE_PREFIX "%llx-%llx-%llx-%llx.%09lx",
		 (unsigned long long)st->st_dev,
		 (unsigned long long)st->st_ino,
		 (unsigned long long)st->st_size,
		 (unsigned long long)st->st_mtim.tv_sec,
		 (unsigned long)st->st_mtim.tv_nsec);
}

/*
 * Opens the directory, making it if needed. What lies in it goes into guests
 * unchecked by anyone else, so nobody else may write there.
 */
static int cache_directory(const char *dir)
{
	struct stat st;
	int fd;

	mkdir(dir, 0700);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 022)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void *cache_map(int dir, const char *name, size_t *size, int *file)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	void *data;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0) {
		close(fd);
		return NULL;
	}
	*size = (size_t)st.st_size;
	data = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED) {
		close(fd);
		return NULL;
	}
	/* The time of use decides which entry goes first. */
	futimens(fd, NULL);
	*file = fd;
	return data;
}

bool cache_lookup(const char *path, const struct stat *st,
		  struct image *image)
{
	char name[96];
	int dir = cache_directory(path), file;
	size_t size;
	void *data;

	if (dir < 0)
		return false;
	cache_name(name, sizeof(name), st);
	data = cache_map(dir, name, &size, &file);
	close(dir);
	if (!data)
		return false;
	*image = (struct image){
		.data = data, .size = size, .map = data, .mapped = size,
		.holes = file, .cached = true,
	};
	return true;
}

void cache_begin(struct cache_entry *entry, const char *path,
		 const struct stat *st)
{
	entry->fd = -1;
	entry->dir = path ? cache_directory(path) : -1;
	if (entry->dir < 0)
		return;
	cache_name(entry->name, sizeof(entry->name), st);
	snprintf(entry->temporary, sizeof(entry->temporary),
		 CACHE_TEMPORARY "%d", (int)getpid());
}

void cache_abandon(struct cache_entry *entry)
{
	if (entry->fd >= 0) {
		unlinkat(entry->dir, entry->temporary, 0);
		close(entry->fd);
		entry->fd = -1;
	}
	if (entry->dir >= 0) {
		close(entry->dir);
		entry->dir = -1;
	}
}

/* Half of what is free stays free: the cache may live in memory. */
static bool has_room(int dir, size_t size)
{
	struct statvfs vfs;

	if (fstatvfs(dir, &vfs) < 0)
		return false;
	return (uint64_t)vfs.f_bavail * vfs.f_frsize / 2 >= size;
}

/*
 * fallocate: a full disk shows here, not as a SIGBUS while unpacking into the
 * mapping.
 */
uint8_t *cache_reserve(struct cache_entry *entry, size_t size)
{
	void *data;

	if (entry->dir < 0)
		return NULL;
	if (size > CACHE_SIZE_MAX || !has_room(entry->dir, size)) {
		cache_abandon(entry);
		return NULL;
	}
	unlinkat(entry->dir, entry->temporary, 0);
	entry->fd = openat(entry->dir, entry->temporary,
			   O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			   0600);
	if (entry->fd < 0 || fallocate(entry->fd, 0, 0, (off_t)size) < 0) {
		cache_abandon(entry);
		return NULL;
	}
	data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, entry->fd,
		    0);
	if (data == MAP_FAILED) {
		cache_abandon(entry);
		return NULL;
	}
	return data;
}

struct old_entry {
	char name[96];
	uint64_t total;
	struct timespec used;
};

/* One look at the directory: the sum of sizes and the longest unused entry. */
static bool cache_survey(int dir, const char *keep, struct old_entry *oldest)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	time_t now = time(NULL);
	struct dirent *e;
	struct stat st;

	memset(oldest, 0, sizeof(*oldest));
	if (!d)
		return false;
	while ((e = readdir(d)) != NULL) {
		if (fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (strncmp(e->d_name, CACHE_TEMPORARY,
			    strlen(CACHE_TEMPORARY)) == 0 &&
		    now - st.st_mtim.tv_sec > CACHE_TEMPORARY_AGE)
			unlinkat(dir, e->d_name, 0);
		if (strncmp(e->d_name, CACHE_PREFIX,
			    strlen(CACHE_PREFIX)) != 0 ||
		    strlen(e->d_name) >= sizeof(oldest->name))
			continue;
		oldest->total += (uint64_t)st.st_blocks * 512;
		if (strcmp(e->d_name, keep) == 0)
			continue;
		if (oldest->name[0] == '\0' ||
		    st.st_mtim.tv_sec < oldest->used.tv_sec ||
		    (st.st_mtim.tv_sec == oldest->used.tv_sec &&
		     st.st_mtim.tv_nsec < oldest->used.tv_nsec)) {
			strcpy(oldest->name, e->d_name);
			oldest->used = st.st_mtim;
		}
	}
	closedir(d);
	return true;
}

static void cache_trim(int dir, const char *keep)
{
	struct old_entry oldest;

	while (cache_survey(dir, keep, &oldest) &&
	       oldest.total > CACHE_SIZE_MAX && oldest.name[0])
		if (unlinkat(dir, oldest.name, 0) < 0)
			return;
}

/* Gives the memory or disk of long zeros back; failing to is no loss. */
static void punch_holes(int fd, const uint8_t *data, size_t size)
{
	struct image whole = { .data = data, .size = size, .holes = -1 };
	size_t at = 0, from = 0, len;

	while (image_next_run(&whole, &from, size, &len)) {
		if (from > at)
			fallocate(fd, FALLOC_FL_PUNCH_HOLE |
				  FALLOC_FL_KEEP_SIZE, (off_t)at,
				  (off_t)(from - at));
		at = from += len;
	}
	if (at < size)
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			  (off_t)at, (off_t)(size - at));
}

/* Synced first: after a power cut the name must not stand for zeros. */
int cache_publish(struct cache_entry *entry, const uint8_t *data, size_t size)
{
	int fd = entry->fd;
	struct timespec times[2] = { { .tv_nsec = UTIME_NOW },
				     { .tv_nsec = UTIME_NOW } };

	if (entry->dir < 0 || fd < 0)
		return -1;
	punch_holes(fd, data, size);
	if (ftruncate(fd, (off_t)size) < 0 || futimens(fd, times) < 0 ||
	    fdatasync(fd) < 0 ||
	    renameat(entry->dir, entry->temporary, entry->dir,
		     entry->name) < 0) {
		cache_abandon(entry);
		return -1;
	}
	entry->fd = -1;
	cache_trim(entry->dir, entry->name);
	cache_abandon(entry);
	return fd;
}
