/* SPDX-License-Identifier: BSD-2-Clause */
/* dom0's part: generations of two guests, and what must hold after each. */
#define __XEN_TOOLS__ 1
#include "fuzz.h"
#include "clone.h"
#include <xen/domctl.h>
#include <xen/sysctl.h>

#define CALLS_DEFAULT	100000
#define CALLS_A_LIFE	60000		/* of one guest */
#define GUESTS		2
#define STUCK		(1500 * MSEC)	/* no call in that time */

static struct clone guests[GUESTS];
static u64 calls_total, lives, crashes, stuck;

static u64 free_pages(void)
{
	struct xen_sysctl op;

	memset(&op, 0, sizeof(op));
	CHECK_EQ(clone_sysctl(&op, XEN_SYSCTL_physinfo), 0);
	return op.u.physinfo.free_pages + op.u.physinfo.scrub_pages;
}

/* ---- the audit ------------------------------------------------------------------- */

static char messages[16384 + 1];
static u32 message_index;

static u32 read_messages(void)
{
	struct xen_sysctl op;

	memset(&op, 0, sizeof(op));
	op.u.readconsole.incremental = 1;
	op.u.readconsole.index = message_index;
	set_xen_guest_handle(op.u.readconsole.buffer, messages);
	op.u.readconsole.count = sizeof(messages) - 1;
	if (clone_sysctl(&op, XEN_SYSCTL_readconsole))
		return 0;
	message_index = op.u.readconsole.index;
	messages[op.u.readconsole.count] = 0;
	return op.u.readconsole.count;
}

static bool said(const char *text)
{
	const char *p;

	for (p = messages; *p; p++)
		if (!memcmp(p, text, strlen(text)))
			return true;
	return false;
}

/* The hypervisor counts everything anew; it says so on its console. */
static void audit(void)
{
	char keys[1] = { 'a' };
	struct xen_sysctl op;

	while (read_messages())
		;
	memset(&op, 0, sizeof(op));
	set_xen_guest_handle(op.u.debug_keys.keys, keys);
	op.u.debug_keys.nr_keys = 1;
	CHECK_EQ(clone_sysctl(&op, XEN_SYSCTL_debug_keys), 0);
	read_messages();
	CHECK(said("audit: 0 faults"));
}

/* ---- one generation ---------------------------------------------------------------- */

static char *put(char *p, const char *text)
{
	memcpy(p, text, strlen(text));
	return p + strlen(text);
}

static char *put_number(char *p, const char *name, u64 value)
{
	char digits[24], *d = digits + sizeof(digits);
	u32 digit;

	p = put(p, name);
	do {
		value = div_u64(value, 10, &digit);
		*--d = '0' + digit;
	} while (value);
	memcpy(p, d, digits + sizeof(digits) - d);
	return p + (digits + sizeof(digits) - d);
}

static bool start_guest(unsigned int g, u64 seed)
{
	char line[200], *p = line;

	memset(line, 0, sizeof(line));
	p = put_number(p, "seed=", seed);
	p = put_number(p, " calls=", CALLS_A_LIFE);
	p = put_number(p, " partner=", guests[!g].id);
	put_number(p, " self=", guests[g].id);
	lives++;
	return clone_start(&guests[g], line) == 0;
}

static u64 calls_of(struct clone *c)
{
	u64 n = 0;
	unsigned int i;

	/* The guest may have destroyed it: then it counts for nothing. */
	for (i = 0; i < FUZZ_VCPUS; i++)
		n += clone_read(c, &calls_made[i]);
	return n <= CALLS_A_LIFE + 100 ? n : 0;
}

/* Until it ends or does nothing any more, which is its own affair, too. */
static bool over(struct clone *c, u64 *last, u64 *since)
{
	u64 n = calls_of(c);

	clone_console(c);
	if (clone_shut_down(c) != -1)
		return true;
	if (n != *last) {
		*last = n;
		*since = time_now();
	}
	return time_now() > *since + STUCK;
}

static void run_guests(void)
{
	u64 last[GUESTS] = { 0 }, since[GUESTS];
	bool done[GUESTS] = { false };
	unsigned int g, left = GUESTS;
	int port = port_bind_ipi(0);

	for (g = 0; g < GUESTS; g++)
		since[g] = time_now();
	while (left) {
		poll_port(port, time_now() + 30 * MSEC);
		for (g = 0; g < GUESTS; g++) {
			if (done[g] || !over(&guests[g], &last[g], &since[g]))
				continue;
			done[g] = true;
			left--;
			crashes += clone_shut_down(&guests[g]) ==
				   SHUTDOWN_crash;
			stuck += clone_shut_down(&guests[g]) == -1;
		}
	}
	port_close(port);
}

static bool generation(u64 seed)
{
	unsigned int g;
	bool ok = true;

	for (g = 0; g < GUESTS; g++)
		CHECK_EQ(clone_create(&guests[g]), 0);
	for (g = 0; g < GUESTS; g++)
		CHECK(start_guest(g, seed * GUESTS + g + 1));
	run_guests();
	audit();
	for (g = 0; g < GUESTS; g++)
		calls_total += calls_of(&guests[g]);
	for (g = 0; g < GUESTS; g++)
		clone_kill(&guests[g]);
	for (g = 0; g < GUESTS; g++)
		ok = clone_gone(&guests[g]) && ok;
	CHECK(ok);
	return ok && !checks_failed;
}

void supervise(void)
{
	u64 calls = option("calls", CALLS_DEFAULT), seed = option("seed", 1);
	u64 before, lives_max;

	shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	subject("generations");
	/* The first one makes what is made once. */
	CHECK(generation(seed++));
	before = free_pages();
	lives_max = calls / 500 + 10;
	while (calls_total < calls && lives < lives_max && generation(seed++))
		;
	audit();
	CHECK(calls_total >= calls);
	CHECK_EQ(free_pages(), before);
	print("sequences: %llu calls made, %llu lives, %llu ended as crashed, "
	      "%llu stood still\n", (unsigned long long)calls_total,
	      (unsigned long long)lives, (unsigned long long)crashes,
	      (unsigned long long)stuck);
}
