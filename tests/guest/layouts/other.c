/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A domain of the other word size: what its controller gives and gets of it has
 * the layout of that domain, not of the caller.
 */
#include "layouts.h"
#include "other.h"

/* The answer of the hypercall xen_version(XENVER_version) stays in AX. */
static const unsigned char code64[] = {
	/* mov $17, %eax; xor %edi, %edi; xor %esi, %esi; syscall; jmp . */
	0xb8, 17, 0, 0, 0, 0x31, 0xff, 0x31, 0xf6, 0x0f, 0x05, 0xeb, 0xfe
};
static const unsigned char code32[] = {
	/* mov $17, %eax; xor %ebx, %ebx; xor %ecx, %ecx; int $0x82; jmp . */
	0xb8, 17, 0, 0, 0, 0x31, 0xdb, 0x31, 0xc9, 0xcd, 0x82, 0xeb, 0xfe
};
#define CODE_END	(OTHER_CODE + 11)	/* where both stay */

static void check_run(const struct peer *p, u64 top)
{
	u64 end = time_now() + 1000 * MSEC;
	unsigned int i, wrong = 0;

	do {
		HC2(sched_op, SCHEDOP_yield, 0);
		CHECK_EQ(other_context_get(p), 0);
	} while (other_get(other.ip) != CODE_END && time_now() < end);
	CHECK_EQ(other_get(other.ip), CODE_END);
	CHECK_EQ(other_get(other.ax), HC2(xen_version, XENVER_version, 0));
	CHECK_EQ(other_get(other.cs_at) & 0xffff, other.cs);
	CHECK_EQ(other_get(other.ss_at) & 0xffff, other.ss);
	CHECK_EQ(other_get(other.cr3), other_cr3(top));
	for (i = other.size; i < sizeof(other_context); i++)
		wrong += other_context[i] != 0xa5;
	CHECK_EQ(wrong, 0);
}

void check_other_size(void)
{
	struct peer p;
	u64 top;

	subject("a domain of the other word size");
	if (!other_create(&p))
		return;
	top = IS_32BIT ? other_start(&p, code64, sizeof(code64))
		       : other_start(&p, code32, sizeof(code32));
	check_run(&p, top);
	CHECK_EQ(peer_destroy(&p), 0);
}
