/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IRETD with the flag of virtual-8086 mode, by 32-bit code of domains of both
 * kinds.  No processor has that mode in long mode; QEMU's emulation enters it,
 * whoever asks, with CS as any number.  Numbers whose lowest bits look like ring 0
 * are the hypervisor's own selectors, among others.  Nothing is mapped where that
 * mode would run: the domain must end there by a page fault (on a processor by
 * the IRETD itself), and nothing else may.
 */
#define __XEN_TOOLS__ 1
#include "other.h"
#include <xen/domctl.h>

static const u32 selectors[] = { 0xe008, 0xe010, 0xe000, 0xe019, 0xffff, 0 };
static const u32 flags[] = { 0x20002, 0x20202, 0x20302 };

static unsigned char code[256];

static size_t add(size_t at, const void *bytes, size_t n)
{
	memcpy(code + at, bytes, n);
	return at + n;
}

static size_t push(size_t at, u32 value)
{
	at = add(at, "\x68", 1);
	return add(at, &value, sizeof(value));
}

/* 64-bit code first goes to a 32-bit segment: a far return to what follows. */
static size_t make_code(bool from64, u32 cs, u32 fl)
{
	static const unsigned char to32[] = {
		0x48, 0x8d, 0x05, 0x08, 0, 0, 0,	/* lea 8(%rip), %rax */
		0x68, 0x23, 0xe0, 0, 0,			/* push $0xe023 */
		0x50,					/* push %rax */
		0x48, 0xcb,				/* lretq */
	};
	size_t at = from64 ? add(0, to32, sizeof(to32)) : 0;
	unsigned int i;

	for (i = 0; i < 5; i++)
		at = push(at, 0);		/* GS, FS, DS, ES, SS */
	at = push(at, 0x100);			/* SP */
	at = push(at, fl);
	at = push(at, cs);
	at = push(at, 0x10);			/* IP */
	return add(at, "\xcf", 1);		/* IRETD */
}

static void ends(struct peer *p)
{
	u64 limit = time_now() + 20000 * MSEC;
	long f;

	do {
		HC2(sched_op, SCHEDOP_yield, 0);
		f = peer_flags(p);
	} while (f >= 0 && !(f & XEN_DOMINF_shutdown) && time_now() < limit);
	CHECK(f >= 0 && f & XEN_DOMINF_shutdown);
	CHECK_EQ(f >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask,
		 SHUTDOWN_crash);
}

static bool one(bool from64, u32 cs, u32 fl)
{
	size_t size = make_code(from64, cs, fl);
	struct peer p;

	if (from64) {
		if (!peer_create(&p))
			return false;
		CHECK_EQ(peer_start(&p, code, size), 0);
	} else {
		if (!other_create(&p))
			return false;
		other_start(&p, code, size);
	}
	ends(&p);
	CHECK_EQ(peer_destroy(&p), 0);
	return true;
}

void test_main(void)
{
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		for (k = 0; k < ARRAY_SIZE(flags); k++) {
			subject("by a 32-bit kernel");
			if (!one(false, selectors[i], flags[k]))
				return;
			subject("by 32-bit code of a 64-bit one");
			one(true, selectors[i], flags[k]);
		}
	}
}
