/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions and interrupts while a paravirtual guest runs, and the way out. */
#include "core/console.h"
#include "core/guest_copy.h"
#include "core/timer.h"
#include "lib/printf.h"
#include "pv/gate.h"
#include "pv/internal.h"
#include "pv/segment.h"
#include "x86/desc.h"
#include "x86/irq.h"
#include "x86/tlb.h"

static void page_fault(struct regs *r)
{
	struct vcpu *v = current;
	u64 addr = READ_CR(2);
	u64 offset = pv_ldt_offset(addr);

	perf_exception(r, VEC_PF);
	if (offset < LDT_WINDOW_SIZE) {
		if (pv_map_ldt(offset))
			return;
		addr = v->pv.ldt_base + offset;
	} else if (pv_in_kernel(v) &&
		   (r->error_code & (PF_PRESENT | PF_WRITE | PF_RESERVED |
				     PF_FETCH)) == (PF_PRESENT | PF_WRITE) &&
		   (v->domain->vm_assist &
		    BIT(VMASST_TYPE_writable_pagetables)) &&
		   pv_emulate_table_write(r, addr)) {
		return;
	}
	pv_inject_pf(addr, r->error_code);
}

/*
 * INT n through a gate that is closed to ring 3: the error code cannot be
 * trusted everywhere (some emulators compute it wrongly), the bytes can.
 */
static bool software_interrupt(struct regs *r)
{
	struct vcpu *v = current;
	const struct trap_info *t;
	u8 bytes[2];

	if (!(r->error_code & 2) || copy_from_guest(bytes, pv_code_gva(v, r), 2) ||
	    bytes[0] != 0xcd)
		return false;
	t = &v->pv.traps[bytes[1]];
	if (TI_GET_DPL(t) < (pv_in_kernel(v) ? 1 : 3)) {
		pv_inject(VEC_GP, bytes[1] * 8 + 2);
		return true;
	}
	r->rip += 2;
	pv_inject(bytes[1], 0);
	return true;
}

static __noinline void general_protection(struct regs *r)
{
	if (software_interrupt(r))
		return;
	if (!r->error_code && pv_emulate_privileged(r)) {
		perf_count_by(r, emulated);
		return;
	}
	if (current->domain->pv.is_32bit && pv_emulate_gate(r))
		return;
	pv_inject(VEC_GP, r->error_code);
}

static __noinline void invalid_opcode(struct regs *r)
{
	if (pv_emulate_forced(r))
		return;
	pv_inject(VEC_UD, 0);
}

static void debug_exception(void)
{
	current->pv.dr[6] |= take_debug_status();
	pv_inject(VEC_DB, 0);
}

static void device_not_available(void)
{
	struct vcpu *v = current;

	if (!v->pv.cr0_ts) {
		__asm__ volatile("clts");
		return;
	}
	/* As on the processor's side of the ABI: TS is clear in the handler. */
	pv_fpu_taskswitch(0);
	pv_inject(VEC_NM, 0);
}

/* Of the processor, but page faults. */
static __noinline void exception(struct regs *r)
{
	perf_exception(r, r->vector);
	switch (r->vector) {
	case VEC_GP:
		general_protection(r);
		return;
	case VEC_UD:
		invalid_opcode(r);
		return;
	case VEC_NM:
		device_not_available();
		return;
	case VEC_DB:
		debug_exception();
		return;
	default:
		pv_inject(r->vector, r->error_code);
	}
}

/*
 * Only an emulator lets it be (see entry.S).  What is in CS must not come to an
 * IRETQ of ours as it is: it would be taken for a selector, maybe of ring 0.
 */
static __noinline void end_virtual_8086(struct regs *r)
{
	r->rflags &= ~RFLAGS_VM;
	r->cs |= 3;
	r->ss |= 3;
	domain_crash(current->domain,
		     "virtual-8086 mode, which there is not in long mode");
}

void guest_trap(struct regs *r)
{
	if (unlikely(r->rflags & RFLAGS_VM)) {
		end_virtual_8086(r);
		if (r->vector < VEC_IRQ_FIRST)
			return;
	}
	if (r->vector >= VEC_IRQ_FIRST)
		irq_dispatch(r->vector);
	else if (r->vector == VEC_PF)
		page_fault(r);
	else
		exception(r);
}

/*
 * Others may ask for more each time that we look: after so many rounds
 * interrupts get their turn, as in the idle loop.
 */
#define WORK_ROUNDS	8

static void next_round(unsigned int *rounds)
{
	if (++*rounds % WORK_ROUNDS)
		return;
	lock_assert_none();
	smp_poll();
	__asm__ volatile("sti; nop; cli" ::: "memory");
}

static void do_work(struct cpu *c, unsigned int *rounds)
{
	u64 work;

	while ((work = __atomic_exchange_n(&c->work, 0, __ATOMIC_ACQ_REL))) {
		if (work & WORK_POLL)
			smp_poll();
		if (work & WORK_TIMER)
			timer_run();
		if (work & WORK_SCHED)
			schedule();
		if (work & WORK_CONSOLE)
			console_drain();
		next_round(rounds);
	}
	lock_assert_none();
}

/* One at a time: the next waits for the handler's iret hypercall. */
static void take_nmi(struct vcpu *v)
{
	if (!v->pv.nmi_pending || v->pv.nmi_masked ||
	    !v->pv.traps[VEC_NMI].address)
		return;
	v->pv.nmi_pending = false;
	v->pv.nmi_masked = true;
	pv_inject(VEC_NMI, 0);
}

/*
 * Before a guest goes on: do what other parts of the hypervisor asked of this
 * CPU, then give the vCPU its event.  May come back with another vCPU as
 * current, or leave for the idle loop.
 */
void guest_exit_work(void)
{
	struct cpu *c = this_cpu();
	unsigned int rounds = 0;

	for (;;) {
		do_work(c, &rounds);
		if (current->domain->is_idle)
			enter_idle();
		take_nmi(current);
		if (pv_event_ready(current))
			pv_deliver_event(current);
		/* A frame that could not be written ends the domain. */
		if (!READ_ONCE(c->work))
			return;
	}
}
