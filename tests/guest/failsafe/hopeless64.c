/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A 32-bit guest whose failsafe callback has a selector beyond its table returns
 * to such a selector: the callback fails as the return did.  Each try would
 * write a frame further down on the kernel's stack, for as long as there is one,
 * with interrupts off.  There must be one frame, and the guest's end.
 */
#define __XEN_TOOLS__ 1
#include "failsafe.h"
#include <xen/domctl.h>

#define STACK_FRAME	8		/* of the domain's memory: see other.h */
#define WORDS		(PAGE_SIZE / sizeof(u32))
#define PATTERN		0x5a5a5a5aU

__asm__(".pushsection .rodata\n.globl hopeless, hopeless_end\n.code32\n"
	"hopeless: mov $4, %eax\n\t"	/* set_callbacks */
	"mov $0xe019, %ebx; xor %ecx, %ecx\n\t"
	"mov $0x1239, %edx; mov $0x1000, %esi\n\t"
	"int $0x82\n\t"
	"push $0x202; push $0x1231; push $0x1000; push $0\n\t"
	"mov $23, %eax; int $0x82; ud2\n"
	"hopeless_end: .code64\n.popsection");
extern const char hopeless[], hopeless_end[];

static void fill_stack(const struct peer *p)
{
	u32 *page = peer_map(p, p->mfn[STACK_FRAME], true);
	unsigned int i;

	for (i = 0; page && i < WORDS; i++)
		page[i] = PATTERN;
	peer_unmap(page);
}

static unsigned int words_written(const struct peer *p)
{
	u32 *page = peer_map(p, p->mfn[STACK_FRAME], true);
	unsigned int i, n = 0;

	for (i = 0; page && i < WORDS; i++)
		n += page[i] != PATTERN;
	peer_unmap(page);
	return n;
}

void check_hopeless(void)
{
	struct peer p;
	unsigned int i;

	subject("a callback that cannot be entered");
	if (!other_create(&p))
		return;
	fill_stack(&p);
	other_start(&p, hopeless, hopeless_end - hopeless);
	for (i = 0; i < 10000000 && !(peer_flags(&p) & XEN_DOMINF_shutdown); i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(peer_flags(&p) & XEN_DOMINF_shutdown, XEN_DOMINF_shutdown);
	CHECK_EQ(peer_flags(&p) >> XEN_DOMINF_shutdownshift &
		 XEN_DOMINF_shutdownmask, SHUTDOWN_crash);
	/* The return's own four words, and a frame of the callback's seven. */
	i = words_written(&p);
	CHECK(i >= 7);
	CHECK(i <= 4 + 7);
	CHECK_EQ(peer_destroy(&p), 0);
}
