/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments of string instructions in 64-bit code: FS and GS have bases. */
#include "ioports.h"

static u32 words[8];

void check_segments(void)
{
	unsigned long at = 12;

	subject("string operands by FS and GS");
	words[3] = 0x3300;
	words[4] = 0x4400;
	CHECK_EQ(HC2(set_segment_base, SEGBASE_FS, words), 0);
	CHECK_EQ(HC2(set_segment_base, SEGBASE_GS_KERNEL, words + 1), 0);
	__asm__ volatile(".byte 0x64; outsl" : "+S"(at) : "d"(PCI_LATCH));
	check_latched(0x3300);
	CHECK_EQ(at, 16);
	at = 12;
	__asm__ volatile(".byte 0x65; outsl" : "+S"(at) : "d"(PCI_LATCH));
	check_latched(0x4400);
	/* The others count for nothing. */
	at = HC_ARG(words) + 12;
	__asm__ volatile(".byte 0x26; outsl" : "+S"(at) : "d"(PCI_LATCH));
	check_latched(0x3300);
}
