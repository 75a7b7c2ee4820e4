/* SPDX-License-Identifier: BSD-2-Clause */
/* MC146818 clock: read once at start; later dom0 sets the wall clock. */
#include "core/lock.h"
#include "x86/cmos.h"
#include "x86/cpu.h"

enum {
	CMOS_SECOND = 0, CMOS_MINUTE = 2, CMOS_HOUR = 4, CMOS_DAY = 7,
	CMOS_MONTH = 8, CMOS_YEAR = 9, CMOS_A = 10, CMOS_B = 11,
	CMOS_CENTURY = 50
};

#define A_UPDATING	0x80
#define B_24_HOURS	0x02
#define B_BINARY	0x04
#define HOUR_PM		0x80

static struct spinlock cmos_lock = SPINLOCK_INIT(LOCK_CONSOLE);

u8 cmos_read(u8 index)
{
	u8 v;

	spin_lock(&cmos_lock);
	outb(0x70, index);
	v = inb(0x71);
	spin_unlock(&cmos_lock);
	return v;
}

void cmos_write(u8 index, u8 v)
{
	spin_lock(&cmos_lock);
	outb(0x70, index);
	outb(0x71, v);
	spin_unlock(&cmos_lock);
}

static unsigned int decode(u8 v, u8 mode)
{
	return mode & B_BINARY ? v : (v >> 4) * 10U + (v & 15);
}

/* Days from the civil date; years begin in March, so leap days come last. */
u64 cmos_seconds(unsigned int year, unsigned int month, unsigned int day,
		 unsigned int hour, unsigned int minute, unsigned int second)
{
	u64 y = month > 2 ? year : year - 1;
	u64 m = month > 2 ? month - 3 : month + 9;
	u64 days = y * 365 + y / 4 - y / 100 + y / 400 +
		   (153 * m + 2) / 5 + day - 1 - 719468;

	return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

static unsigned int read_hour(u8 mode)
{
	u8 v = cmos_read(CMOS_HOUR);
	unsigned int hour = decode(v & ~HOUR_PM, mode);

	if (mode & B_24_HOURS)
		return decode(v, mode);
	return hour % 12 + (v & HOUR_PM ? 12 : 0);
}

static u64 read_once(void)
{
	u8 mode = cmos_read(CMOS_B);
	unsigned int century = decode(cmos_read(CMOS_CENTURY), mode);
	unsigned int year = decode(cmos_read(CMOS_YEAR), mode);

	year += century >= 19 && century <= 21 ? century * 100 : 2000;
	return cmos_seconds(year, decode(cmos_read(CMOS_MONTH), mode),
			    decode(cmos_read(CMOS_DAY), mode), read_hour(mode),
			    decode(cmos_read(CMOS_MINUTE), mode),
			    decode(cmos_read(CMOS_SECOND), mode));
}

/* Two equal readings, so that none fell into an update. */
u64 cmos_read_time(void)
{
	u64 last = 0;

	for (unsigned int i = 0; i < 1000; i++) {
		u64 t;

		for (unsigned int w = 0; w < 10000; w++)
			if (!(cmos_read(CMOS_A) & A_UPDATING))
				break;
		t = read_once();
		if (t == last)
			break;
		last = t;
	}
	return last;
}
