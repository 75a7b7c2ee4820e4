/* SPDX-License-Identifier: BSD-2-Clause */
/* The page of stubs, one a call, that a guest may ask for. */
#include "core/domain.h"
#include "hypercall/dispatch.h"
#include "lib/string.h"

#define STUB_SIZE	32

/* Stub n at n * 32: RCX and R11 are preserved across it. */
static void fill64(u8 *p, u32 nr)
{
	static const u8 stub[] = {
		0x51,				/* push %rcx */
		0x41, 0x53,			/* push %r11 */
		0xb8, 0, 0, 0, 0,		/* mov $nr, %eax */
		0x0f, 0x05,			/* syscall */
		0x41, 0x5b,			/* pop %r11 */
		0x59,				/* pop %rcx */
		0xc3				/* ret */
	};

	memcpy(p, stub, sizeof(stub));
	memcpy(p + 4, &nr, sizeof(nr));
}

/* iret does not come back: it pushes what its frame wants and stays. */
static void fill_iret64(u8 *p)
{
	static const u8 stub[] = {
		0x51,				/* push %rcx */
		0x41, 0x53,			/* push %r11 */
		0x50,				/* push %rax */
		0xb8, HYPERCALL_IRET, 0, 0, 0,		/* mov $23, %eax */
		0x0f, 0x05			/* syscall */
	};

	memcpy(p, stub, sizeof(stub));
}

void pv_fill_hypercall_page(void *page)
{
	unsigned int nr;

	memset(page, 0xcc, PAGE_SIZE);
	for (nr = 0; nr < PAGE_SIZE / STUB_SIZE; nr++)
		fill64((u8 *)page + nr * STUB_SIZE, nr);
	fill_iret64((u8 *)page + HYPERCALL_IRET * STUB_SIZE);
}

/* INT 0x82 keeps all registers but EAX. */
static void fill32(u8 *p, u32 nr)
{
	static const u8 stub[] = {
		0xb8, 0, 0, 0, 0,		/* mov $nr, %eax */
		0xcd, 0x82,			/* int $0x82 */
		0xc3				/* ret */
	};

	memcpy(p, stub, sizeof(stub));
	memcpy(p + 1, &nr, sizeof(nr));
}

static void fill_iret32(u8 *p)
{
	static const u8 stub[] = {
		0x50,				/* push %eax */
		0xb8, HYPERCALL_IRET, 0, 0, 0,	/* mov $23, %eax */
		0xcd, 0x82			/* int $0x82 */
	};

	memcpy(p, stub, sizeof(stub));
}

void pv_fill_hypercall_page32(void *page)
{
	unsigned int nr;

	memset(page, 0xcc, PAGE_SIZE);
	for (nr = 0; nr < PAGE_SIZE / STUB_SIZE; nr++)
		fill32((u8 *)page + nr * STUB_SIZE, nr);
	fill_iret32((u8 *)page + HYPERCALL_IRET * STUB_SIZE);
}
