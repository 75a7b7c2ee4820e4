/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A console's log as the event loop sees it: what is put into it is written by
 * a thread, in order, so that a slow disk stops nothing but the logs.
 */
#ifndef HOSPESD_CONSOLE_WRITER_H
#define HOSPESD_CONSOLE_WRITER_H

#include <stdbool.h>
#include <stddef.h>

struct console_writer;
struct event_base;

/* The thread for all logs.  Without it, writes are done at once. */
void console_writer_start(struct event_base *base);
/* Writes all that is there, then ends the thread. */
void console_writer_stop(void);

/* done: nothing is under way any more.  NULL: no memory. */
struct console_writer *console_writer_open(const char *path,
					   void (*done)(void *arg), void *arg);
void console_writer_put(struct console_writer *w, const void *buf, size_t len);
/* For how long something has been under way, in ms; 0: nothing is. */
unsigned int console_writer_busy_ms(const struct console_writer *w);
const char *console_writer_path(const struct console_writer *w);
/* done is not called any more; what was put is written. */
void console_writer_close(struct console_writer *w);

#endif
