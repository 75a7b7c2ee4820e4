/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Privileged instructions of a guest kernel, and port accesses of anyone who
 * may: all fault with #GP(0) in ring 3.
 *
 * Decode first, check all, then commit; a refused instruction leaves no trace
 * but the #GP that the caller injects.
 */
#include "core/guest_copy.h"
#include "lib/printf.h"
#include "pv/fetch.h"
#include "pv/internal.h"
#include "pv/mmu.h"
#include "pv/string_io.h"
#include "x86/fpu.h"
#include "x86/tlb.h"

static bool done(struct regs *r, const struct insn *in)
{
	r->rip += in->len;
	return true;
}

/* ---- Control and debug registers ------------------------------------------ */

static bool read_cr(struct vcpu *v, struct regs *r, const struct insn *in)
{
	u64 x;

	switch (in->reg) {
	case 0:
		x = (READ_CR(0) & ~CR0_TS) | (v->pv.cr0_ts ? CR0_TS : 0);
		break;
	case 2:
		x = vcpu_get_cr2(v);
		break;
	case 3:
		x = domain_is_32bit(v->domain)
			? mfn_to_cr3_32(v->pv.kernel_cr3)
			: v->pv.kernel_cr3.v << PAGE_SHIFT;
		break;
	case 4:
		/* Fixed bits as the machine has them, the guest's own. */
		x = v->pv.cr4 | CR4_PAE | CR4_MCE | CR4_OSFXSR |
		    CR4_OSXMMEXCPT;
		break;
	default:
		return false;
	}
	*insn_reg(r, in->rm) = x;
	return done(r, in);
}

static bool write_cr3(struct vcpu *v, struct regs *r, const struct insn *in,
		      u64 x)
{
	struct domain *d = v->domain;
	mfn_t m = domain_is_32bit(d) ? cr3_to_mfn32(x)
		: maddr_to_mfn(MADDR(x & 0x000ffffffffff000));
	int rc;

	spin_lock(&d->pv.mmu_lock);
	rc = mmu_drop_finish(v, d);
	if (!rc)
		rc = mmu_new_base(v, m);
	spin_unlock(&d->pv.mmu_lock);
	if (rc == -ERESTART)
		return true;		/* the same instruction again */
	return !rc && done(r, in);
}

static bool write_cr(struct vcpu *v, struct regs *r, const struct insn *in)
{
	u64 x = *insn_reg(r, in->rm);

	if (domain_is_32bit(v->domain))
		x = (u32)x;
	switch (in->reg) {
	case 0:
		if ((x ^ READ_CR(0)) & ~CR0_TS)
			return false;
		pv_fpu_taskswitch(!!(x & CR0_TS));
		break;
	case 2:
		vcpu_set_cr2(v, x);
		break;
	case 3:
		return write_cr3(v, r, in, x);
	case 4:
		/* Others are fixed: ignored, as the ABI says. */
		v->pv.cr4 = x & (CR4_TSD | CR4_DE | CR4_OSXSAVE);
		pv_load_cr4(v);
		break;
	default:
		return false;
	}
	return done(r, in);
}

static bool move_dr(struct regs *r, const struct insn *in, bool write)
{
	u64 x;

	if (write) {
		if (pv_set_debugreg(in->reg, *insn_reg(r, in->rm)))
			return false;
		return done(r, in);
	}
	x = pv_get_debugreg(in->reg);
	if (in->reg > 7 || in->reg == 4 || in->reg == 5)
		return false;
	*insn_reg(r, in->rm) = x;
	return done(r, in);
}

/* ---- MSRs, XSETBV ------------------------------------------------------------ */

static bool no_gp_handler(const struct vcpu *v)
{
	return !v->pv.traps[VEC_GP].address;
}

static bool emulate_rdmsr(struct vcpu *v, struct regs *r,
			  const struct insn *in)
{
	u64 x = 0;

	if (!pv_msr_read(v, r->rcx, &x)) {
		if (!no_gp_handler(v))
			return false;
		x = 0;
	}
	r->rax = (u32)x;
	r->rdx = x >> 32;
	return done(r, in);
}

static bool emulate_wrmsr(struct vcpu *v, struct regs *r,
			  const struct insn *in)
{
	u64 x = (u32)r->rax | r->rdx << 32;

	if (!pv_msr_write(v, r->rcx, x) && !no_gp_handler(v))
		return false;
	return done(r, in);
}

/* What the processor would refuse, too (SDM volume 1, 13.3). */
static bool xcr0_allowed(u64 x)
{
	u64 avx512 = x & 0xe0;

	if (!(x & 1) || x & ~fpu_xcr0_mask)
		return false;
	if (x & 4 && !(x & 2))
		return false;
	return !avx512 || (avx512 == 0xe0 && x & 4);
}

static bool emulate_xsetbv(struct vcpu *v, struct regs *r,
			   const struct insn *in)
{
	u64 x = (u32)r->rax | r->rdx << 32;

	if ((u32)r->rcx || !xcr0_allowed(x))
		return false;
	v->pv.xcr0 = x;
	pv_load_xcr0(v);
	return done(r, in);
}

/* It faults with the guest's CR4.TSD, which binds its user mode alone. */
static bool emulate_rdtsc(struct vcpu *v, struct regs *r, const struct insn *in)
{
	u64 tsc = rdtsc();

	if (v->pv.cr4 & CR4_TSD && !pv_in_kernel(v))
		return false;
	r->rax = (u32)tsc;
	r->rdx = tsc >> 32;
	return done(r, in);
}

/* XSETBV is 0f 01 d1, RDTSCP is 0f 01 f9. */
static bool emulate_0f01(struct vcpu *v, struct regs *r,
			 const struct insn *in)
{
	if (in->mem || in->rm != 1)
		return false;
	if (in->reg == 2)
		return pv_in_kernel(v) && emulate_xsetbv(v, r, in);
	if (in->reg != 7)
		return false;
	if (!emulate_rdtsc(v, r, in))
		return false;
	r->rcx = (u32)v->pv.tsc_aux;
	return true;
}

static bool emulate_two_byte(struct vcpu *v, struct regs *r,
			     const struct insn *in)
{
	if (in->opcode == 0x31)
		return emulate_rdtsc(v, r, in);
	if (in->opcode == 0x01)
		return emulate_0f01(v, r, in);
	if (!pv_in_kernel(v))
		return false;
	switch (in->opcode) {
	case 0x06:				/* CLTS */
		pv_fpu_taskswitch(0);
		return done(r, in);
	case 0x08:				/* INVD, WBINVD */
	case 0x09:
		if (v->domain->privileged)
			__asm__ volatile("wbinvd" ::: "memory");
		return done(r, in);
	case 0x20:
		return read_cr(v, r, in);
	case 0x21:
		return move_dr(r, in, false);
	case 0x22:
		return write_cr(v, r, in);
	case 0x23:
		return move_dr(r, in, true);
	case 0x30:
		return emulate_wrmsr(v, r, in);
	case 0x32:
		return emulate_rdmsr(v, r, in);
	default:
		return false;
	}
}

/* ---- Ports --------------------------------------------------------------------- */

static void merge_rax(struct regs *r, unsigned int size, u32 x)
{
	if (size == 4)
		r->rax = x;
	else if (size == 2)
		r->rax = (r->rax & ~0xffffUL) | (x & 0xffff);
	else
		r->rax = (r->rax & ~0xffUL) | (x & 0xff);
}

static bool port_io(struct vcpu *v, struct regs *r, const struct insn *in)
{
	unsigned int size = in->opsize == 8 ? 4 : in->opsize;
	unsigned int port = in->opcode & 8 ? (u16)r->rdx : (u8)in->imm;

	if (!pv_io_allowed(v, port, size))
		return false;
	if (in->opcode & 2)
		pv_io_write(v, port, size, r->rax);
	else
		merge_rax(r, size, pv_io_read(v, port, size));
	return done(r, in);
}

static bool emulate_one_byte(struct vcpu *v, struct regs *r,
			     const struct insn *in)
{
	switch (in->opcode) {
	case 0x6c ... 0x6f:
		return pv_string_io(v, r, in);
	case 0xe4 ... 0xe7:
	case 0xec ... 0xef:
		return port_io(v, r, in);
	case 0xfa:				/* CLI, STI: the mask is in */
	case 0xfb:				/* vcpu_info; nothing to do */
		if (!pv_iopl_ok(v))
			return false;
		return done(r, in);
	default:
		return false;
	}
}

bool pv_emulate_privileged(struct regs *r)
{
	struct vcpu *v = current;
	struct insn in;

	if (!pv_fetch(&in, r))
		return false;
	if (in.map == 2)
		return emulate_two_byte(v, r, &in);
	return emulate_one_byte(v, r, &in);
}
