/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random hypercalls of 32-bit domains, one after the other, each with a seed of
 * its own: a domain ends at worst itself, it gives back all its memory, and the
 * hypervisor's audit finds nothing.  The calls themselves are in caller.S.
 */
#define __XEN_TOOLS__ 1
#include "other.h"
#include <xen/domctl.h>
#include <xen/sysctl.h>

#define DOMAINS		120
#define RUN_MS		100
#define AUDIT_EVERY	30

extern const char caller[], caller_end[];

/* At 0x202f00 of the domain, in frame 8: see caller.S. */
struct words {
	u32 state, count, number, first, frames[8];
};

static struct xen_sysctl op;
static unsigned long calls, ended;

static long sysctl(unsigned int cmd)
{
	op.cmd = cmd;
	op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	return HC1(sysctl, &op);
}

static void audit(void)
{
	static const char key = 'a';
	static char text[16384];
	const char *found = 0;
	unsigned int i;

	memset(&op, 0, sizeof(op));
	set_xen_guest_handle(op.u.debug_keys.keys, (char *)&key);
	op.u.debug_keys.nr_keys = 1;
	CHECK_EQ(sysctl(XEN_SYSCTL_debug_keys), 0);
	memset(&op, 0, sizeof(op));
	set_xen_guest_handle(op.u.readconsole.buffer, text);
	op.u.readconsole.count = sizeof(text) - 1;
	op.u.readconsole.clear = 1;
	CHECK_EQ(sysctl(XEN_SYSCTL_readconsole), 0);
	for (i = 0; i + 8 < op.u.readconsole.count; i++)
		if (!memcmp(text + i, "audit: ", 7))
			found = text + i + 7;
	CHECK(found && !memcmp(found, "0 faults", 8));
}

static u64 free_pages(void)
{
	memset(&op, 0, sizeof(op));
	CHECK_EQ(sysctl(XEN_SYSCTL_physinfo), 0);
	return op.u.physinfo.free_pages;
}

/* It goes on until it shuts itself down, or its time is over. */
static void run(const struct peer *p)
{
	u64 end = time_now() + RUN_MS * MSEC;
	long flags = 0;

	while (time_now() < end) {
		HC2(sched_op, SCHEDOP_yield, 0);
		flags = peer_flags(p);
		if (flags < 0 || flags & XEN_DOMINF_shutdown)
			break;
	}
	CHECK(flags >= 0);
	if (flags & XEN_DOMINF_shutdown)
		ended++;
}

static bool one(unsigned int seed)
{
	static struct words *words;
	struct peer p;
	void *page;
	unsigned int i;

	if (!other_create(&p))
		return false;
	page = peer_map(&p, p.mfn[8], true);
	if (!page)
		return false;
	words = (struct words *)((char *)page + 0xf00);
	words->state = seed * 2654435761u | 1;
	for (i = 0; i < 8; i++)
		words->frames[i] = p.mfn[9 + i % 7];
	other_start(&p, caller, caller_end - caller);
	run(&p);
	CHECK_EQ(peer_control(&p, XEN_DOMCTL_pausedomain), 0);
	/* The words are the domain's, to overwrite as well. */
	if (words->count < 10000000)
		calls += words->count;
	peer_unmap(page);
	CHECK_EQ(peer_destroy(&p), 0);
	return true;
}

void test_main(void)
{
	unsigned int i;
	u64 before;

	subject("random calls of 32-bit domains");
	if (!one(0))
		return;
	before = free_pages();
	for (i = 1; i <= DOMAINS; i++) {
		one(i);
		if (i % AUDIT_EVERY == 0)
			audit();
	}
	CHECK_EQ(free_pages(), before);
	print("%lu calls, %lu of %u domains ended themselves\n", calls, ended,
	      DOMAINS + 1);
	CHECK(calls > 1000);
}
