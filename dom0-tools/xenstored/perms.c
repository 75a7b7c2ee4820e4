/* SPDX-License-Identifier: BSD-2-Clause */
/* Permissions of a node. */
#include "perms.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct perms *perms_make(uint32_t count)
{
	struct perms *new;

	new = mem_zalloc(sizeof(*new) + count * sizeof(new->p[0]));
	new->refs = 1;
	new->count = count;
	return new;
}

struct perms *perms_new(const struct perm *p, uint32_t count)
{
	struct perms *new = perms_make(count);

	memcpy(new->p, p, count * sizeof(*p));
	return new;
}

struct perms *perms_ref(struct perms *p)
{
	p->refs++;
	return p;
}

void perms_unref(struct perms *p)
{
	if (p && !--p->refs)
		free(p);
}

struct perms *perms_with_owner(const struct perms *p, uint16_t owner)
{
	struct perms *new = perms_new(p->p, p->count);

	new->p[0].domid = owner;
	return new;
}

bool perms_names(const struct perms *p, uint16_t domid)
{
	for (uint32_t i = 0; i < p->count; i++)
		if (p->p[i].domid == domid)
			return true;
	return false;
}

struct perms *perms_without(const struct perms *p, uint16_t domid)
{
	struct perms *new;
	uint32_t n = 1;

	if (!perms_names(p, domid))
		return NULL;
	new = perms_new(p->p, p->count);
	/* A dead owner's nodes go to dom0. */
	if (new->p[0].domid == domid)
		new->p[0].domid = 0;
	for (uint32_t i = 1; i < p->count; i++)
		if (p->p[i].domid != domid)
			new->p[n++] = p->p[i];
	new->count = n;
	return new;
}

static bool perms_is(uint16_t domid, const struct who *w)
{
	return domid == w->domid ||
	       (w->target != DOMID_NONE && domid == w->target);
}

unsigned int perms_rights(const struct perms *p, const struct who *w)
{
	/* One with a scope was stopped before, where the paths are. */
	if (!w->domid || perms_is(p->p[0].domid, w))
		return PERM_ALL;
	for (uint32_t i = 1; i < p->count; i++)
		if (perms_is(p->p[i].domid, w))
			return p->p[i].rights;
	return p->p[0].rights;
}

static const char perms_letter[] = {
	[0] = 'n',
	[PERM_READ] = 'r',
	[PERM_WRITE] = 'w',
	[PERM_READ | PERM_WRITE] = 'b',
};

static bool perms_parse_one(const char *s, struct perm *out)
{
	const char *letter = s[0] ? memchr(perms_letter, s[0],
					   sizeof(perms_letter)) : NULL;
	unsigned long domid;
	char *end;

	if (!letter || !isdigit((unsigned char)s[1]))
		return false;
	domid = strtoul(s + 1, &end, 10);
	if (*end || domid >= DOMID_LIMIT)
		return false;
	out->rights = letter - perms_letter;
	out->domid = domid;
	return true;
}

struct perms *perms_parse(const char *s, size_t len)
{
	const char *end = s + len;
	struct perms *new;
	uint32_t count = 0;

	if (!len || s[len - 1])
		return NULL;
	for (const char *p = s; p < end; p += strlen(p) + 1)
		count++;
	new = perms_make(count);
	for (uint32_t i = 0; i < count; i++, s += strlen(s) + 1) {
		if (!perms_parse_one(s, &new->p[i])) {
			perms_unref(new);
			return NULL;
		}
	}
	return new;
}

void perms_format(const struct perms *p, struct buf *out)
{
	char s[16];

	for (uint32_t i = 0; i < p->count; i++) {
		int n = snprintf(s, sizeof(s), "%c%u",
				 perms_letter[p->p[i].rights & 3],
				 p->p[i].domid);
		buf_put(out, s, n + 1);
	}
}
