/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages about domains. */
#include "proto.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "domain.h"

static bool proto_number(const char *s, uint64_t max, uint64_t *out)
{
	char *end;

	if (!isdigit((unsigned char)s[0]))
		return false;
	errno = 0;
	*out = strtoull(s, &end, 10);
	return !errno && !*end && *out <= max;
}

static bool proto_domid(const char *s, uint16_t *out)
{
	uint64_t v;

	if (!proto_number(s, DOMID_LIMIT - 1, &v))
		return false;
	*out = v;
	return true;
}

int proto_introduce(struct request *r)
{
	uint64_t gfn, port;
	uint16_t domid;

	if (!proto_domid(r->arg[0], &domid) || !domid ||
	    !proto_number(r->arg[1], UINT64_MAX, &gfn) ||
	    !proto_number(r->arg[2], INT32_MAX, &port) || !port)
		return EINVAL;
	return domain_introduce(domid, gfn, port);
}

int proto_release(struct request *r)
{
	uint16_t domid;

	if (!proto_domid(r->arg[0], &domid) || !domid)
		return EINVAL;
	return domain_release(domid);
}

int proto_resume(struct request *r)
{
	uint16_t domid;

	if (!proto_domid(r->arg[0], &domid) || !domid)
		return EINVAL;
	return domain_resume(domid);
}

int proto_set_target(struct request *r)
{
	uint16_t domid, target;

	if (!proto_domid(r->arg[0], &domid) || !domid ||
	    !proto_domid(r->arg[1], &target))
		return EINVAL;
	return domain_set_target(domid, target);
}

int proto_get_domain_path(struct request *r)
{
	char path[32];
	uint16_t domid;

	if (!proto_domid(r->arg[0], &domid))
		return EINVAL;
	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	buf_put(&r->out, path, strlen(path) + 1);
	return 0;
}

int proto_is_domain_introduced(struct request *r)
{
	uint16_t domid;

	if (!proto_domid(r->arg[0], &domid))
		return EINVAL;
	buf_put(&r->out, !domid || domain_find(domid) ? "T" : "F", 2);
	return 0;
}
