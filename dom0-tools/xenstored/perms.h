/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Permissions of a node: the first entry names the owner and what everybody
 * else may do, the others name domains. Immutable and shared between nodes.
 */
#ifndef XENSTORED_PERMS_H
#define XENSTORED_PERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mem.h"

#define PERM_READ	1
#define PERM_WRITE	2
#define PERM_OWNER	4
#define PERM_ALL	7

#define DOMID_NONE	0xffff
/* Domain numbers at and above this one have other meanings in the ABI. */
#define DOMID_LIMIT	0x7ff0

struct perm {
	uint16_t domid;
	uint8_t rights;
};

struct perms {
	uint32_t refs;
	uint32_t count;
	struct perm p[];
};

struct scope;

/* Who asks: a domain, perhaps acting for another one as well. */
struct who {
	uint16_t domid;
	uint16_t target;
	/* Rights for one device only; NULL: all that the domain has. */
	struct scope *scope;
};

static inline bool who_privileged(const struct who *w)
{
	return w->domid == 0 && !w->scope;
}

struct perms *perms_new(const struct perm *p, uint32_t count);
struct perms *perms_ref(struct perms *p);
void perms_unref(struct perms *p);
/* The same entries with another owner. */
struct perms *perms_with_owner(const struct perms *p, uint16_t owner);
bool perms_names(const struct perms *p, uint16_t domid);
/* NULL if @domid is not named, else what stays when it has died. */
struct perms *perms_without(const struct perms *p, uint16_t domid);
/* What @w may do. */
unsigned int perms_rights(const struct perms *p, const struct who *w);
static inline uint16_t perms_owner(const struct perms *p)
{
	return p->p[0].domid;
}

/* NUL-terminated strings as on the wire. parse returns NULL if malformed. */
struct perms *perms_parse(const char *s, size_t len);
void perms_format(const struct perms *p, struct buf *out);

#endif
