/* SPDX-License-Identifier: BSD-2-Clause */
/* What an entry found: raw64.S and raw32.S fill it. */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include "guest.h"

extern char raw_event[], raw_ud[], raw_gp[];
extern unsigned long raw_sp, raw_ax, raw_flags, raw_cs, raw_ss, raw_words[8];
/* A stack for faults at odd addresses: ends here. */
extern char odd_stack[4096];

/* Run an instruction that faults with SP = @sp: ud2, or hlt for #GP. */
void fault_on_stack(unsigned long sp, bool gp);
extern unsigned long fault_flags;	/* just before it */
extern char fault_ud[], fault_gp[];

/* words64.c, words32.c: the layout of this kind. */
void check_kernel_frame(unsigned long sp, bool gp);
void check_user_frame(const char *code, bool gp, unsigned long sp);

#endif
