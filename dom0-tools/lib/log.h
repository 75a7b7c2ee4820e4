/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of daemons: "NAME: message" lines on stderr. Whoever started the
 * daemon decides where stderr goes.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

/* `name` must live as long as the program. */
void log_open(const char *name);
/* Turns log_debug on; it is off at start. */
void log_set_verbose(int verbose);

void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* As log_warn, with ": " and the text of errno appended. */
void log_errno(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* For the start of a program only: prints and exits with status 1. */
void log_fatal(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif
