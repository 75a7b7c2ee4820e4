/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of this subject. */
#ifndef TESTS_IOPORTS_H
#define TESTS_IOPORTS_H

#include "guest.h"

#define LATCH		0x84
#define NOBODYS		0x20
/*
 * dom0's latch of PCI's address port: what went there comes back, four bytes
 * wide, and bit 31 alone has a meaning.
 */
#define PCI_LATCH	0xcf8

long set_iopl(u32 iopl);
void check_strings(void);	/* strings.c */
void check_latched(u32 word);
void check_segments(void);	/* strings32.c, strings64.c */

#endif
