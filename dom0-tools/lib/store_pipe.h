/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many requests to xenstored at once, answers afterwards: libxenstore waits
 * for each, and every wait is four context switches.  By xenstored's socket, as
 * the kernel's device keeps one request at a time.  Off unless enabled, since
 * it opens sockets at any time, which a confined process must not.
 */
#ifndef LIB_STORE_PIPE_H
#define LIB_STORE_PIPE_H

#include <stdbool.h>
#include <stdint.h>

/* From now on batches go this way when they can. path must stay. */
void store_pipe_enable(const char *path);

/* --- for store_batch.c ---------------------------------------------------- */

/* Begins a transaction.  -ENODEV: it is off or there is no connection. */
int store_pipe_start(uint32_t *tx);
/*
 * Sends without waiting.  The payload is first, with its NUL, and then rest;
 * errors are kept for store_pipe_wait, but for ENOENT if it is tolerated.
 */
void store_pipe_send(uint32_t tx, uint32_t type, const char *first,
		     const char *rest, uint32_t rest_len,
		     bool tolerate_enoent);
/* Until all is answered: 0 or the first -errno. */
int store_pipe_wait(void);
/* -EAGAIN: it conflicted; -ENODEV: the connection broke, outcome unknown. */
int store_pipe_end(uint32_t tx, bool commit);

#endif
