/* SPDX-License-Identifier: BSD-2-Clause */
/* The real-time clock; its two ports are shared with dom0's emulated access. */
#ifndef HOSPES_X86_CMOS_H
#define HOSPES_X86_CMOS_H

#include "lib/types.h"

u64 cmos_read_time(void);		/* seconds since 1970 */
/* One access, safe against others: for dom0's ports 0x70 and 0x71. */
u8 cmos_read(u8 index);
void cmos_write(u8 index, u8 v);
/* Pure arithmetic: Gregorian calendar. */
u64 cmos_seconds(unsigned int year, unsigned int month, unsigned int day,
		 unsigned int hour, unsigned int minute, unsigned int second);

#endif
