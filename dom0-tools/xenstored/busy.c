/* SPDX-License-Identifier: BSD-2-Clause */
/* Which request was being served when a daemon died. */
#include "busy.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/log.h"

/* One death may be a kill -9 at that moment; a second one is no accident. */
#define BUSY_DEATHS	2

struct busy_request {
	uint32_t who;		/* the domain's number and 1; 0: none */
	uint32_t pos;
};

/* As a file, mapped: what is stored stays, however we end. */
struct busy_page {
	struct busy_request now;
	struct busy_request last;
	uint32_t deaths;	/* in a row at the last */
};

static struct busy_page busy_nowhere;
static struct busy_page *busy = &busy_nowhere;

static struct busy_page *busy_map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *page = MAP_FAILED;

	if (fd < 0)
		return NULL;
	/* A page that is not there would kill us when the file system is full. */
	if (!ftruncate(fd, sizeof(struct busy_page)) &&
	    !posix_fallocate(fd, 0, sizeof(struct busy_page)))
		page = mmap(NULL, sizeof(struct busy_page),
			    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return page == MAP_FAILED ? NULL : page;
}

/* The daemon before us ended in the middle of something. */
static void busy_count(void)
{
	if (!busy->now.who)
		return;
	if (busy->now.who == busy->last.who && busy->now.pos == busy->last.pos)
		busy->deaths++;
	else
		busy->deaths = 1;
	busy->last = busy->now;
	busy->now.who = 0;
	log_warn("the xenstored before this one ended while it served domain "
		 "%u", busy->last.who - 1);
}

void busy_start(const char *state)
{
	struct busy_page *page;
	char *path;

	if (asprintf(&path, "%s.busy", state) < 0)
		abort();
	page = busy_map(path);
	if (page)
		busy = page;
	else
		log_errno("cannot use %s; a request that kills xenstored would "
			  "do it again", path);
	free(path);
	busy_count();
}

void busy_stop(void)
{
	if (busy != &busy_nowhere)
		munmap(busy, sizeof(*busy));
	busy = &busy_nowhere;
}

void busy_enter(uint16_t domid, uint32_t pos)
{
	busy->now.pos = pos;
	__atomic_store_n(&busy->now.who, domid + 1, __ATOMIC_RELEASE);
}

void busy_leave(void)
{
	__atomic_store_n(&busy->now.who, 0, __ATOMIC_RELEASE);
}

bool busy_deadly(uint16_t domid, uint32_t pos)
{
	return busy->deaths >= BUSY_DEATHS && busy->last.who == domid + 1u &&
		busy->last.pos == pos;
}

void busy_forget(void)
{
	busy->deaths = 0;
}
