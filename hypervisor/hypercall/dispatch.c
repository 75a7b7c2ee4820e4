/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls: from registers to handlers by table.def, restarts of long ones,
 * multicalls, and the page of stubs that guests may ask for.
 */
#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/sched.h"
#include "hypercall/hypercall.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/apic.h"

typedef long hypercall_fn(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6);

#define PV64	BIT(0)
#define PV32	BIT(1)
#define HVM	BIT(2)

#define HC(nr, name, kinds, args, call) \
	static long call_##name(__unused u64 a1, __unused u64 a2, \
				__unused u64 a3, __unused u64 a4, \
				__unused u64 a5, __unused u64 a6) \
	{ return call; }
#include "hypercall/table.def"
#undef HC

static const struct {
	hypercall_fn *fn;
	u8 kinds;
} calls[] = {
#define HC(nr, name, kinds_, args, call) \
	[nr] = { .fn = call_##name, .kinds = kinds_ },
#include "hypercall/table.def"
#undef HC
};

#define HC_IRET		23
#define HC_MULTICALL	13

static hypercall_fn *lookup(u64 nr)
{
	if (nr >= ARRAY_SIZE(calls) || !(calls[nr].kinds & PV64))
		return NULL;
	return calls[nr].fn;
}

/* ---- Restart ------------------------------------------------------------------ */

/*
 * Arguments which a restarted call goes on with, kept per CPU.  "asked" tells
 * a restart from a result that happens to have the same value.
 */
static struct {
	u64 args[4];
	bool asked;
} restart[NR_CPUS];

long hypercall_restart(u64 a1, u64 a2, u64 a3, u64 a4)
{
	u64 *args = restart[this_cpu()->id].args;

	restart[this_cpu()->id].asked = true;
	args[0] = a1;
	args[1] = a2;
	args[2] = a3;
	args[3] = a4;
	return -ERESTART;
}

static bool take_restart(long rc)
{
	bool *asked = &restart[this_cpu()->id].asked;
	bool was = *asked;

	*asked = false;
	return was && rc == -ERESTART;
}

bool hypercall_preempt(void)
{
	return READ_ONCE(this_cpu()->work) || apic_interrupt_pending();
}

/* The guest executes its two-byte SYSCALL again, events come first. */
static void rewind(struct regs *r, u64 nr)
{
	const u64 *args = restart[this_cpu()->id].args;

	r->rip -= 2;
	r->rax = nr;
	r->rdi = args[0];
	r->rsi = args[1];
	r->rdx = args[2];
	r->r10 = args[3];
}

/* ---- Dispatch ------------------------------------------------------------------ */

void hypercall_dispatch(void)
{
	struct regs *r = guest_regs();
	u64 nr = r->rax;
	hypercall_fn *fn = lookup(nr);
	long rc;

	r->rflags |= RFLAGS_IF;
	if (unlikely(!fn)) {
		r->rax = (u64)-ENOSYS;
		return;
	}
	rc = fn(r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9);
	if (unlikely(rc == -ERESTART) && take_restart(rc)) {
		rewind(r, nr);
		return;
	}
	r->rax = rc;
}

/* One call of a list; its entry is written back with the result. */
static long multicall_one(gva_t list, unsigned int i)
{
	struct multicall_entry e;
	hypercall_fn *fn;
	long rc = -ENOSYS;
	bool again;

	if (copy_elem_from_guest(&e, list, i))
		return -EFAULT;
	fn = lookup(e.op);
	if (e.op == HC_MULTICALL || e.op == HC_IRET)
		rc = -EINVAL;
	else if (fn)
		rc = fn(e.args[0], e.args[1], e.args[2], e.args[3], e.args[4],
			e.args[5]);
	again = take_restart(rc);
	if (again)
		memcpy(e.args, restart[this_cpu()->id].args,
		       sizeof(restart[0].args));
	else
		e.result = rc;
	if (copy_elem_to_guest(list, i, &e))
		return -EFAULT;
	return again ? -ERESTART : 0;
}

long hc_multicall(gva_t list, unsigned int count)
{
	unsigned int i;
	long rc;

	for (i = 0; i < count; i++) {
		rc = 0;
		if (i == 0 || !hypercall_preempt())
			rc = multicall_one(list, i);
		else
			rc = -ERESTART;
		if (rc == -ERESTART)
			return hypercall_restart(
				list.v + i * sizeof(struct multicall_entry),
				count - i, 0, 0);
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- Hypercall page --------------------------------------------------------------- */

/* Stub n at n * 32: the ABI preserves RCX and R11 across it. */
static void fill_stub(u8 *p, u32 nr)
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
static void fill_iret_stub(u8 *p)
{
	static const u8 stub[] = {
		0x51,				/* push %rcx */
		0x41, 0x53,			/* push %r11 */
		0x50,				/* push %rax */
		0xb8, HC_IRET, 0, 0, 0,		/* mov $23, %eax */
		0x0f, 0x05			/* syscall */
	};

	memcpy(p, stub, sizeof(stub));
}

void pv_fill_hypercall_page(void *page)
{
	unsigned int nr;

	memset(page, 0xcc, PAGE_SIZE);
	for (nr = 0; nr < PAGE_SIZE / 32; nr++)
		fill_stub((u8 *)page + nr * 32, nr);
	fill_iret_stub((u8 *)page + HC_IRET * 32);
}
