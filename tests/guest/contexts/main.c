/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts of vCPUs with fields of every kind wrong, alone and together: each is
 * refused, or the vCPU runs and at worst ends its domain.  As dom0 this kernel
 * gives them to the vCPUs of a paused copy of itself, lets that run for a
 * moment, and begins again; a copy that crashed is resumed, which takes nothing
 * from what it has.  Afterwards the copy can be destroyed, and is gone.
 *
 * Command line: rounds=N seed=N
 */
#define __XEN_TOOLS__ 1
#include "clone.h"
#include <xen/domctl.h>
#include <xen/sysctl.h>

#define ROUNDS		400
#define SPARES		6	/* frames that its tables do not map */
#define FIRST_SPARE	(CLONE_PAGES - SPARES)

extern char start[];

static struct clone guest;
static struct vcpu_guest_context good, context;
static u64 seed, root, accepted, refused, crashed;
static u64 *window;

static u64 rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1dULL;
}

static u32 below(u32 n)
{
	return (u32)(rnd() >> 32) % n;
}

static u64 option(const char *name, u64 otherwise)
{
	const char *p = (const char *)start_info->cmd_line;
	size_t n = strlen(name);
	u64 v = 0;

	for (; *p; p++) {
		if (memcmp(p, name, n) || p[n] != '=')
			continue;
		for (p += n + 1; *p >= '0' && *p <= '9'; p++)
			v = v * 10 + *p - '0';
		return v;
	}
	return otherwise;
}

/* ---- values ---------------------------------------------------------------------- */

static u64 any_address(void)
{
	static const u64 some[] = {
		0, 1, 0x7ffffffff000, 0x7fffffffffff, 0x800000000000,
		0xffff7fffffffffff, 0xffff800000000000, 0xffff8007fffffff8,
		0xffff808000000000, 0xffff80c000000000, 0xffff810000000000,
		0xffff87fffffffff8, 0xffff880000000000, ~0ULL, ~7ULL,
		0x5555000000000000, 0xf5800000, 0xfffff000, 0x100000000,
	};

	if (below(3))
		return some[below(ARRAY_SIZE(some))];
	if (below(2))
		return addr_of(image_start) + below(0x40000);
	return rnd();
}

static u16 any_selector(void)
{
	switch (below(4)) {
	case 0:
		return 0xe000 + below(0x100);
	case 1:
		return below(0x40) | 4;		/* LDT */
	case 2:
		return below(0x40);
	default:
		return rnd();
	}
}

static u64 any_frame(void)
{
	return below(4) ? guest.mfn[FIRST_SPARE + below(SPARES)] :
	       below(4) ? guest.mfn[below(CLONE_PAGES)] : rnd();
}

static u64 any_cr3(void)
{
	switch (below(4)) {
	case 0:
		return 0;
	case 1:
		return rnd();
	default:
		return cr3_of(below(2) ? root : any_frame());
	}
}

/* ---- contexts -------------------------------------------------------------------- */

static void mutate_selector(struct cpu_user_regs *r)
{
	u16 *const fields[] = { &r->cs, (u16 *)&r->ss, (u16 *)&r->ds,
				(u16 *)&r->es, (u16 *)&r->fs, (u16 *)&r->gs };

	*fields[below(ARRAY_SIZE(fields))] = any_selector();
}

static void mutate_tables(struct vcpu_guest_context *c)
{
	unsigned int i;

	switch (below(3)) {
	case 0:
		c->ctrlreg[below(8)] = any_cr3();
		break;
	case 1:
		c->gdt_ents = below(4) ? below(14 * 512) : rnd();
		for (i = 0; i < 14; i++)
			c->gdt_frames[i] = any_frame();
		break;
	default:
		c->ldt_ents = below(4) ? below(8192) : rnd();
		c->ldt_base = any_address();
	}
}

static void mutate_entries(struct vcpu_guest_context *c)
{
	struct trap_info *t = &c->trap_ctxt[below(32)];

	switch (below(4)) {
	case 0:
		t->address = any_address();
		t->cs = any_selector();
		break;
	case 1:
		c->kernel_ss = any_selector();
		c->kernel_sp = any_address();
		break;
	case 2:
		c->event_callback_eip = any_address();
		break;
	default:
		c->failsafe_callback_eip = below(2) ? 0 : any_address();
	}
}

static void mutate(struct vcpu_guest_context *c)
{
	u8 *bytes = (u8 *)c;

	switch (below(8)) {
	case 0:
		c->flags = rnd() & 0x3f;
		break;
	case 1:
		mutate_selector(&c->user_regs);
		break;
	case 2:
		*(unsigned long *)&c->user_regs.eflags = rnd();
		break;
	case 3:
		*(unsigned long *)(below(2) ? &c->user_regs.eip :
				   &c->user_regs.esp) = any_address();
		break;
	case 4:
		mutate_tables(c);
		break;
	case 5:
		mutate_entries(c);
		break;
	case 6:
		bytes[below(sizeof(*c))] = rnd();
		break;
	default:
		c->debugreg[below(8)] = any_address();
		bytes[below(512)] = rnd();	/* the FPU's */
	}
}

/* ---- the guest ------------------------------------------------------------------- */

static long control(unsigned int cmd)
{
	struct xen_domctl op;

	memset(&op, 0, sizeof(op));
	return clone_domctl(&op, cmd, guest.id);
}

static long give(unsigned int vcpu, struct vcpu_guest_context *c)
{
	struct xen_domctl op;

	memset(&op, 0, sizeof(op));
	op.u.vcpucontext.vcpu = vcpu;
	set_xen_guest_handle(op.u.vcpucontext.ctxt, c);
	return clone_domctl(&op, XEN_DOMCTL_setvcpucontext, guest.id);
}

/* What the spare frames hold are descriptors, good ones and bad ones. */
static void fill_spare(unsigned int n)
{
	u64 pte = PTE_RW(guest.mfn[FIRST_SPARE + n]);
	unsigned int i;

	if (update_one(maddr_of(l1_entry(addr_of(window))), pte, guest.id))
		return;		/* in use as descriptors */
	mmuext(MMUEXT_INVLPG_LOCAL, addr_of(window));
	for (i = 0; i < 512; i++)
		window[i] = !below(3) ? 0 : below(40) ?
			0x00cffb000000ffffULL ^ 1ULL << below(55) : rnd();
	if (below(2))
		for (i = 0; i < 512; i++)
			window[i] &= ~(1ULL << 47);
	CHECK_EQ(make_rw(window), 0);
}

/* Spare frames go from its tables before these are validated. */
static bool make_guest(void)
{
	struct xen_domctl op;
	unsigned int i;

	if (clone_create(&guest) || clone_start(&guest, "copy=1"))
		return false;
	CHECK_EQ(control(XEN_DOMCTL_pausedomain), 0);
	memset(&op, 0, sizeof(op));
	set_xen_guest_handle(op.u.vcpucontext.ctxt, &good);
	CHECK_EQ(clone_domctl(&op, XEN_DOMCTL_getvcpucontext, guest.id), 0);
	root = mfn_of_cr3(good.ctrlreg[3]);
	fill_context(&good, (void (*)(void))start, stack_end);
	good.ctrlreg[3] = cr3_of(root);
	good.flags |= VGCF_online;
	for (i = 0; i < SPARES; i++)
		fill_spare(i);
	return true;
}

static void one_round(void)
{
	unsigned int v, i, n;

	if (!below(8))
		fill_spare(below(SPARES));
	for (v = 0; v < CLONE_VCPUS; v++) {
		context = good;
		n = 1 + below(4);
		for (i = 0; i < n; i++)
			mutate(&context);
		if (give(v, &context))
			refused++;
		else
			accepted++;
	}
	control(XEN_DOMCTL_resumedomain);
	control(XEN_DOMCTL_unpausedomain);
	for (i = 0; i < 20; i++)
		HC2(sched_op, SCHEDOP_yield, 0);
	crashed += clone_shut_down(&guest) == SHUTDOWN_crash;
	CHECK_EQ(control(XEN_DOMCTL_pausedomain), 0);
}

void test_main(void)
{
	u64 rounds = option("rounds", ROUNDS), i;

	seed = option("seed", 1) * 0x9e3779b97f4a7c15ULL | 1;
	if (!is_dom0() && !option("copy", 0)) {
		skip("contexts of another domain: only dom0 can give them");
		return;
	}
	while (!is_dom0())
		HC2(sched_op, SCHEDOP_block, 0);
	subject("random contexts");
	window = alloc_page();
	CHECK(make_guest());
	for (i = 0; i < rounds && !checks_failed; i++)
		one_round();
	print("%lu accepted, %lu refused, %lu crashes\n",
	      (unsigned long)accepted, (unsigned long)refused,
	      (unsigned long)crashed);
	clone_kill(&guest);
	CHECK(clone_gone(&guest));
	CHECK(accepted > rounds / 4);
	CHECK(crashed);
}
