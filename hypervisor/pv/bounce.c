/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries into a 64-bit guest kernel: exceptions, events, system calls and
 * the failsafe callback, all by a frame on the kernel's stack:
 *
 *	rcx  r11  [ds es fs gs]  [error code]  rip  cs | mask << 32
 *	rflags  rsp  ss			(ascending addresses)
 *
 * The frame's end is aligned to 16 bytes.  The guest sees its kernel mode as
 * ring 0: RPL bits of CS are cleared in frames from there.
 */
#include "core/guest_copy.h"
#include "lib/printf.h"
#include "pv/bounce.h"

static unsigned int frame_words(const struct bounce *b)
{
	return 7 + b->has_error + (b->failsafe ? 4 : 0);
}

/* In ascending order, see gva_ours(); false if the stack cannot be written. */
static __inlined bool fill_frame(const struct vcpu *v, const struct bounce *b,
		       const struct regs *r, bool from_kernel, u64 *f)
{
	const struct pv_vcpu *p = &v->pv;
	u8 mask = READ_ONCE(v->info->evtchn_upcall_mask);
	u64 cs = (r->cs & 0xffff) & ~(from_kernel ? 3UL : 0);

	user_access_begin();
	GUEST_STORE(f++, r->rcx, fault);
	GUEST_STORE(f++, r->r11, fault);
	if (unlikely(b->failsafe)) {
		GUEST_STORE(f++, (u64)p->ds, fault);
		GUEST_STORE(f++, (u64)p->es, fault);
		GUEST_STORE(f++, (u64)p->fs, fault);
		GUEST_STORE(f++, (u64)p->gs, fault);
	}
	if (b->has_error)
		GUEST_STORE(f++, (u64)b->error, fault);
	GUEST_STORE(f++, r->rip, fault);
	GUEST_STORE(f++, cs | (u64)mask << 32, fault);
	GUEST_STORE(f++, pv_guest_rflags(v, r->rflags, mask), fault);
	GUEST_STORE(f++, r->rsp, fault);
	GUEST_STORE(f++, r->ss & 0xffff, fault);
	user_access_end();
	return true;
fault:
	user_access_end();
	return false;
}

/* Inlined where it is called: what is constant there costs nothing. */
static __inlined void bounce64(struct vcpu *v, const struct bounce *b,
				     bool from_kernel)
{
	struct regs *r = guest_regs();
	u64 sp = from_kernel ? r->rsp : v->pv.kernel_sp;

	if (!from_kernel)
		pv_toggle_mode(v, r);
	sp = (sp & ~15UL) - frame_words(b) * 8;
	if (gva_ours(sp) ||
	    !fill_frame(v, b, r, from_kernel, (u64 *)sp)) {
		domain_crash(v->domain, "no room for a frame at %#lx", sp);
		return;
	}
	r->rsp = sp;
	r->rip = b->rip;
	r->cs = SEL_RING3_CODE64;
	r->ss = SEL_RING3_DATA;
	r->rflags &= ~(BOUNCE_FLAGS_CLEARED | RFLAGS_AC);
	/* RCX and R11 are undefined for the handler: SYSRET will do. */
	r->vector = REGS_FROM_SYSCALL;
	if (b->masks_events)
		v->info->evtchn_upcall_mask = 1;
}

static void bounce(struct vcpu *v, const struct bounce *b)
{
	if (unlikely(v->domain->pv.is_32bit))
		pv_bounce32(v, b);
	else
		bounce64(v, b, v->pv.kernel_mode);
}

static bool has_error_code(unsigned int vector)
{
	return vector == VEC_DF || (vector >= VEC_TS && vector <= VEC_PF) ||
	       vector == VEC_AC || vector == VEC_CP;
}

void pv_inject(unsigned int vector, u32 error_code)
{
	struct vcpu *v = current;
	const struct trap_info *t = &v->pv.traps[vector];
	struct bounce b = {
		.rip = t->address,
		.cs = t->cs,
		.masks_events = TI_GET_IF(t),
		.has_error = has_error_code(vector),
		.error = error_code,
	};

	perf_count(injected);
	if (!t->address) {
		domain_crash(v->domain,
			     "exception %u (error %#x) without a handler",
			     vector, error_code);
		return;
	}
	bounce(v, &b);
}

void pv_inject_pf(u64 addr, u32 error_code)
{
	struct vcpu *v = current;

	vcpu_set_cr2(v, addr);
	/*
	 * The mode that faulted tells, not the processor's bit.  The guest's
	 * kernel runs in ring 3 here, in ring 0 for itself; and what user mode
	 * does is its own, even where the processor reads a table for it.
	 */
	if (likely(pv_in_kernel(v)))
		error_code &= ~PF_USER;
	else
		error_code |= PF_USER;
	pv_inject(VEC_PF, error_code);
}

void pv_deliver_event(struct vcpu *v)
{
	struct bounce b = {
		.rip = v->pv.event.rip,
		.cs = v->pv.event.cs,
		.masks_events = true,
	};

	if (!b.rip)
		return;
	perf_count(events_delivered);
	bounce(v, &b);
}

void pv_failsafe(void)
{
	struct vcpu *v = current;
	struct bounce b = {
		.rip = v->pv.failsafe.rip,
		.cs = v->pv.failsafe.cs,
		.masks_events = v->pv.failsafe.masks_events,
		.failsafe = true,
	};

	if (!b.rip) {
		domain_crash(v->domain, "bad return state, no failsafe callback");
		return;
	}
	bounce(v, &b);
	/* A 64-bit kernel is entered by selectors of ours, which cannot fail. */
	if (v->domain->pv.is_32bit)
		guest_regs()->vector = REGS_TO_FAILSAFE;
}

void guest_iret_fault(unsigned int vector, u32 error_code)
{
	struct vcpu *v = current;
	u64 offset = pv_ldt_offset(READ_CR(2));

	/* A page of the LDT was missing, which is nobody's fault: once more. */
	if (vector == VEC_PF && offset < LDT_WINDOW_SIZE && pv_map_ldt(offset))
		return;
	pr_debug("d%u v%u: IRET fault %u, error %#x\n", v->domain->id, v->id,
		 vector, error_code);
	/*
	 * Not even its failsafe callback can be entered.  It would fail as often
	 * as there is room for its frames: two returns at most fail in a row.
	 */
	if (guest_regs()->vector == REGS_TO_FAILSAFE) {
		domain_crash(v->domain, "the failsafe callback cannot be entered "
			     "(exception %u, error %#x)", vector, error_code);
		return;
	}
	guest_regs()->vector = 0;
	__asm__ volatile("mov %%ds, %0" : "=r"(v->pv.ds));
	__asm__ volatile("mov %%es, %0" : "=r"(v->pv.es));
	__asm__ volatile("mov %%fs, %0" : "=r"(v->pv.fs));
	__asm__ volatile("mov %%gs, %0" : "=r"(v->pv.gs));
	pv_failsafe();
}

static const struct pv_callback *syscall_callback(const struct vcpu *v,
						  unsigned int from)
{
	if (from == REGS_FROM_SYSCALL)
		return &v->pv.syscall;
	return from == REGS_FROM_SYSENTER ? &v->pv.sysenter
					  : &v->pv.syscall32;
}

/* The entry stubs say what a 64-bit guest would see. */
static void name_selectors32(struct regs *r, bool sysenter)
{
	if (!sysenter)
		r->cs = SEL32_RING3_CODE;
	r->ss = SEL32_RING3_DATA;
}

/* There is no handler: as if there were no such instruction. */
static __noinline void no_syscall(struct regs *r)
{
	bool sysenter = r->vector == REGS_FROM_SYSENTER;

	if (!sysenter)
		r->rip -= 2;
	r->vector = 0;
	pv_inject(sysenter ? VEC_GP : VEC_UD, 0);
}

void guest_syscall(void)
{
	struct vcpu *v = current;
	struct regs *r = guest_regs();
	const struct pv_callback *cb = &v->pv.syscall;
	struct bounce b = {
		.rip = cb->rip,
		.masks_events = cb->masks_events,
	};

	perf_count_by(r, guest_syscalls);
	r->rflags |= RFLAGS_IF;
	if (unlikely(!b.rip))
		no_syscall(r);
	else
		bounce64(v, &b, false);
}

void guest_syscall_compat(void)
{
	struct vcpu *v = current;
	struct regs *r = guest_regs();
	const struct pv_callback *cb = syscall_callback(v, r->vector);
	struct bounce b = {
		.rip = cb->rip,
		.cs = cb->cs,
		.masks_events = cb->masks_events,
	};

	perf_count_by(r, guest_syscalls);
	r->rflags |= RFLAGS_IF;
	if (v->domain->pv.is_32bit)
		name_selectors32(r, r->vector == REGS_FROM_SYSENTER);
	if (!b.rip)
		no_syscall(r);
	else
		bounce(v, &b);
}

/* The top of the guest's stack for crash reports. */
void pv_dump_stack(const struct regs *r)
{
	u64 words[8];
	unsigned int i, j;

	for (i = 0; i < 8; i++) {
		if (copy_from_guest(words, GVA(r->rsp + i * sizeof(words)),
				    sizeof(words)))
			return;
		for (j = 0; j < 8; j += 4)
			pr_info("  %016lx: %016lx %016lx %016lx %016lx\n",
				r->rsp + i * sizeof(words) + j * 8, words[j],
				words[j + 1], words[j + 2], words[j + 3]);
	}
}
