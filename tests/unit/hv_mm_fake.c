/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lock.h"
#include "hv_mm_fake.h"
#include "lib/printf.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "x86/tlb.h"

u64 fake_frames[FAKE_TABLE_FRAMES], fake_m2p[FAKE_TABLE_FRAMES];
char *fake_ram;
u64 frame_count = FAKE_RAM_FRAMES;
u64 tlb_time, fake_flushed_since;
unsigned int fake_flushes;

void fake_mm_reset(void)
{
	if (!fake_ram)
		fake_ram = aligned_alloc(1UL << 26,
					 FAKE_RAM_FRAMES * PAGE_SIZE);
	if (!fake_ram)
		abort();
	memset(fake_ram, 0x5a, FAKE_RAM_FRAMES * PAGE_SIZE);
	for (u64 i = 0; i < FAKE_RAM_FRAMES; i++) {
		fake_frames[i] = (u64)OWNER_IO << FRAME_OWNER_SHIFT;
		fake_m2p[i] = M2P_INVALID;
	}
	tlb_time = 1;
	fake_flushed_since = 0;
	fake_flushes = 0;
}

void tlb_flush_all_since(u64 since)
{
	fake_flushed_since = since;
	fake_flushes++;
}

void smp_poll(void)
{
}

void spin_lock(struct spinlock *l)
{
	if (l->ticket++)
		panic("lock taken twice");
}

void spin_unlock(struct spinlock *l)
{
	if (--l->ticket)
		panic("lock was not held");
}

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

void log_print(enum loglevel level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}
