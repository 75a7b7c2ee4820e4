/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The API: one JSON object a line on a UNIX socket.  A request has "cmd" and
 * its arguments; the answer is any number of {"event": ...} lines and then
 * one with "ok": true, or "ok": false and "error".
 */
#ifndef HOSPESD_API_H
#define HOSPESD_API_H

struct domain;
struct hospesd;

/* 0 or -errno. */
int api_open(struct hospesd *m);
void api_close(void);

/* From domain.c: tells those who wait. */
void api_domain_changed(struct domain *d);
void api_domain_step(struct domain *d, const char *what, unsigned int ms);

#endif
