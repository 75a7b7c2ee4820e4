/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of our domains in RUN_DIR/domains/UUID.json, so that another hospesd
 * can take over at any moment, and marks of half-built ones in
 * RUN_DIR/building/UUID.  A record is replaced by rename(2): it is there
 * completely or not at all.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hospesd/domain.h"
#include "lib/diag.h"
#include "lib/json.h"
#include "lib/log.h"

#define RECORD_MAX (1024 * 1024)

static void write_record(struct json_writer *w, const struct domain *d)
{
	json_open_object(w, NULL);
	json_put_int(w, "version", 1);
	json_put_string(w, "state", lifecycle_state_name(d->lc.state));
	json_put_int(w, "reason", d->lc.reason);
	json_put_bool(w, "restart", d->lc.restart);
	json_put_bool(w, "start-paused", d->lc.start_paused);
	json_put_int(w, "failures", d->lc.failures);
	json_put_int(w, "credit-ms", (int64_t)d->lc.credit_ms);
	json_put_int(w, "start-ms", (int64_t)d->start_ms);
	json_put_string(w, "error", d->error);
	json_put_string(w, "corpse-of", d->corpse_of);
	if (d->reserved)
		json_put_int(w, "reserved", d->domid);
	else if (d->domid != DOMAIN_NO_ID)
		build_result_write(w, "built", &d->built);
	devices_save(d, w);
	domain_config_write(w, "config", d->config);
	json_close_object(w);
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

static int replace_file(const char *path, const char *text, size_t len)
{
	char temp[PATH_MAX + 8];
	int rc, fd;

	snprintf(temp, sizeof(temp), "%s.new", path);
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	rc = write_all(fd, text, len);
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && rename(temp, path))
		rc = -errno;
	if (rc)
		(void)unlink(temp);
	return rc;
}

int persist_save(const struct domain *d)
{
	struct json_writer *w = json_writer_new(false);
	char path[PATH_MAX];
	const char *text;
	size_t len;
	int rc = -ENOMEM;

	if (w) {
		write_record(w, d);
		text = json_writer_text(w, &len);
		snprintf(path, sizeof(path), "%s/domains/%s.json",
			 d->m->opt.run_dir, d->uuid);
		if (text)
			rc = replace_file(path, text, len);
	}
	if (rc)
		log_warn("%s: its record cannot be written to %s: %s; a "
			 "restart of hospesd would lose it", d->config->name,
			 d->m->opt.run_dir, strerror(-rc));
	json_writer_free(w);
	return rc;
}

void persist_remove(struct hospesd *m, const char *uuid)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/domains/%s.json", m->opt.run_dir,
		 uuid);
	(void)unlink(path);
}

void persist_mark(const struct domain *d, bool building)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/building/%s", d->m->opt.run_dir,
		 d->uuid);
	if (!building) {
		(void)unlink(path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	else
		log_errno("%s", path);
}

struct domain_config *persist_copy_config(const struct domain_config *config)
{
	struct json_writer *w = json_writer_new(false);
	struct domain_config *copy = NULL;
	struct json *j = NULL;
	struct diag diag = { 0 };
	const char *text;
	char error[128];
	size_t len;

	if (!w)
		return NULL;
	domain_config_write(w, NULL, config);
	text = json_writer_text(w, &len);
	if (text)
		j = json_parse(text, len, error, sizeof(error));
	if (j)
		copy = domain_config_read(j, &diag);
	diag_free(&diag);
	json_free(j);
	json_writer_free(w);
	return copy;
}

static struct json *read_record(const char *path)
{
	char *text = malloc(RECORD_MAX), error[128];
	struct json *j = NULL;
	ssize_t n = -1;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && text)
		n = read(fd, text, RECORD_MAX);
	if (fd >= 0)
		close(fd);
	if (n >= 0)
		j = json_parse(text, (size_t)n, error, sizeof(error));
	if (n >= 0 && !j)
		log_warn("%s: %s", path, error);
	free(text);
	return j;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), e = strlen(end);

	return n > e && !strcmp(name + n - e, end);
}

/*
 * The names in RUN_DIR/sub that are there now, before anything is done: what is
 * done changes the directory, and a reader of a directory that changes may miss
 * names or see them twice.  Free names[i] and names.
 */
static size_t list_names(struct hospesd *m, const char *sub, char ***names)
{
	char dir[PATH_MAX];
	struct dirent *entry;
	size_t count = 0;
	char **grown;
	DIR *d;

	snprintf(dir, sizeof(dir), "%s/%s", m->opt.run_dir, sub);
	*names = NULL;
	d = opendir(dir);
	while (d && (entry = readdir(d))) {
		grown = realloc(*names, (count + 1) * sizeof(**names));
		if (!grown)
			break;
		*names = grown;
		grown[count] = strdup(entry->d_name);
		count += grown[count] != NULL;
	}
	if (d)
		closedir(d);
	return count;
}

static void each_record(struct hospesd *m, const char *name,
			void (*fn)(struct hospesd *m,
				   const struct json *record))
{
	char path[PATH_MAX], bad[PATH_MAX + 4];
	struct json *record;

	snprintf(path, sizeof(path), "%s/domains/%s", m->opt.run_dir, name);
	record = read_record(path);
	if (record) {
		fn(m, record);
	} else {
		snprintf(bad, sizeof(bad), "%s.bad", path);
		(void)rename(path, bad);
	}
	json_free(record);
}

void persist_each(struct hospesd *m,
		  void (*fn)(struct hospesd *m, const struct json *record))
{
	char **names;
	size_t count = list_names(m, "domains", &names);

	for (size_t i = 0; i < count; i++) {
		if (ends_with(names[i], ".json"))
			each_record(m, names[i], fn);
		free(names[i]);
	}
	free(names);
}

void persist_each_mark(struct hospesd *m,
		       void (*fn)(struct hospesd *m, const uint8_t uuid[16]))
{
	char path[PATH_MAX], **names;
	size_t count = list_names(m, "building", &names);
	uint8_t uuid[16];

	for (size_t i = 0; i < count; i++) {
		if (domain_uuid_parse(names[i], uuid)) {
			fn(m, uuid);
			snprintf(path, sizeof(path), "%s/building/%s",
				 m->opt.run_dir, names[i]);
			(void)unlink(path);
		}
		free(names[i]);
	}
	free(names);
}
