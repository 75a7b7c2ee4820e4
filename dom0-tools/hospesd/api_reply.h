/* SPDX-License-Identifier: BSD-2-Clause */
/* What the API says of domains. */
#ifndef HOSPESD_API_REPLY_H
#define HOSPESD_API_REPLY_H

struct domain;
struct hospesd;
struct json_writer;

/* "domains": [...], all or the one of this name; returns how many. */
unsigned int reply_list(struct hospesd *m, struct json_writer *w,
			const char *which);
/* "domain": {...}, everything that is known of one. */
void reply_info(struct domain *d, struct json_writer *w);

#endif
