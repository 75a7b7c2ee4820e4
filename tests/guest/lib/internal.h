/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the library only. */
#ifndef TESTS_GUEST_INTERNAL_H
#define TESTS_GUEST_INTERNAL_H

#include "guest.h"

extern const char *subject_name;

struct context {
	unsigned long words[8];
};

/* start.S, start32.S */
int context_save(struct context *c);
void context_restore(const struct context *c) __attribute__((noreturn));
void enter_user(unsigned long ip, unsigned long cs, unsigned long flags,
		unsigned long sp, unsigned long ss, unsigned long arg)
	__attribute__((noreturn));
void frame_resume(struct frame *f) __attribute__((noreturn));
void guest_entry(struct frame *f);
void guest_start(void);

/* kind64.c, kind32.c */
extern const char magic[];
void leave_bad_segments(struct frame *f);
void set_context(struct vcpu_guest_context *c, void (*fn)(void), void *stack);
void start_user(void);

void set_traps(void);

#endif
