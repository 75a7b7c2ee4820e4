/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients of dom0 over the UNIX socket. */
#ifndef XENSTORED_SOCKET_H
#define XENSTORED_SOCKET_H

struct event_base;

/* 0 or -errno, with a message logged. */
int socket_listen(struct event_base *base, const char *path);
void socket_close(void);

#endif
