/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a guest kernel wants to be entered: trap table, callbacks, stack. */
#include "core/guest_copy.h"
#include "lib/string.h"
#include "pv/internal.h"
#include "pv/segment.h"

#include <xen/callback.h>

void pv_callback_set(const struct domain *d, struct pv_callback *cb,
		     u64 address)
{
	cb->rip = address;
	if (!d->pv.is_32bit)
		return;
	cb->rip = (u32)address;
	cb->cs = pv_fix_selector(d, address >> 32);
}

u64 pv_callback_address(const struct domain *d, const struct pv_callback *cb)
{
	return d->pv.is_32bit ? (u64)cb->cs << 32 | cb->rip : cb->rip;
}

long pv_set_trap_table(gva_t table)
{
	const struct domain *d = current->domain;
	struct trap_info *traps = current->pv.traps;
	struct trap_info t;
	unsigned int i;

	if (!table.v) {
		memset(traps, 0, 256 * sizeof(*traps));
		return 0;
	}
	for (i = 0; i < 256; i++) {
		if (copy_elem_from_guest(&t, table, i))
			return -EFAULT;
		if (!t.address)
			break;
		if (!gva_canonical(t.address))
			return -EINVAL;
		t.cs = pv_fix_selector(d, t.cs);
		traps[t.vector] = t;
	}
	pv_recheck_nmi(current);
	return 0;
}

long pv_set_callbacks(u64 event, u64 failsafe, u64 syscall)
{
	const struct domain *d = current->domain;
	struct pv_vcpu *p = &current->pv;

	if (!pv_entry_allowed(d, event) || !pv_entry_allowed(d, failsafe) ||
	    !pv_entry_allowed(d, syscall))
		return -EINVAL;
	pv_callback_set(d, &p->event, event);
	pv_callback_set(d, &p->failsafe, failsafe);
	pv_callback_set(d, &p->syscall, syscall);
	return 0;
}

static struct pv_callback *callback_of(struct pv_vcpu *p, unsigned int type)
{
	if (current->domain->pv.is_32bit && type == CALLBACKTYPE_syscall)
		return NULL;
	switch (type) {
	case CALLBACKTYPE_event:
		return &p->event;
	case CALLBACKTYPE_failsafe:
		return &p->failsafe;
	case CALLBACKTYPE_syscall:
		return &p->syscall;
	case CALLBACKTYPE_sysenter:
		return &p->sysenter;
	case CALLBACKTYPE_syscall32:
		return &p->syscall32;
	default:
		return NULL;
	}
}

/* NMI callbacks are those of vector 2 in the trap table. */
static long register_callback(gva_t arg)
{
	struct callback_register reg;
	struct pv_callback *cb;

	if (copy_from_guest(&reg, arg, sizeof(reg)))
		return -EFAULT;
	if (!pv_entry_allowed(current->domain, reg.address))
		return -EINVAL;
	if (reg.type == CALLBACKTYPE_nmi)
		return 0;
	cb = callback_of(&current->pv, reg.type);
	if (!cb)
		return -ENOSYS;
	pv_callback_set(current->domain, cb, reg.address);
	cb->masks_events = reg.flags & CALLBACKF_mask_events;
	return 0;
}

static long unregister_callback(gva_t arg)
{
	struct callback_unregister unreg;

	if (copy_from_guest(&unreg, arg, sizeof(unreg)))
		return -EFAULT;
	if (unreg.type == CALLBACKTYPE_nmi)
		return 0;
	/* The others may only be replaced. */
	return callback_of(&current->pv, unreg.type) ? -EINVAL : -ENOSYS;
}

long pv_callback_op(int cmd, gva_t arg)
{
	if (cmd == CALLBACKOP_register)
		return register_callback(arg);
	if (cmd == CALLBACKOP_unregister)
		return unregister_callback(arg);
	return -ENOSYS;
}

long pv_stack_switch(u64 ss, u64 sp)
{
	struct vcpu *v = current;

	v->pv.kernel_ss = pv_fix_selector(v->domain, ss);
	v->pv.kernel_sp = sp;
	return 0;
}

long pv_fpu_taskswitch(int set)
{
	current->pv.cr0_ts = set;
	if (set)
		WRITE_CR(0, READ_CR(0) | CR0_TS);
	else
		__asm__ volatile("clts");
	return 0;
}

static long set_user_gs_selector(u64 sel)
{
	bool ok = false;
	u64 kernel_base = rdmsr(MSR_GS_BASE);

	pv_prepare_selector(current, sel);
	/* Load as the user's: its base goes to the inactive one. */
	__asm__ volatile("1: mov %1, %%gs\n\tmovb $1, %0\n2:\n"
			 EX_TABLE(1b, 2b)
			 : "+q"(ok) : "r"((u32)(sel & 0xffff) | 3));
	if (!ok)
		__asm__ volatile("mov %0, %%gs" :: "r"(0));
	wrmsr(MSR_KERNEL_GS_BASE, rdmsr(MSR_GS_BASE));
	wrmsr(MSR_GS_BASE, kernel_base);
	return 0;
}

long pv_set_segment_base(unsigned int which, u64 base)
{
	if (which == SEGBASE_GS_USER_SEL)
		return set_user_gs_selector(base);
	if (!gva_canonical(base))
		return -EINVAL;
	switch (which) {
	case SEGBASE_FS:
		wrmsr(MSR_FS_BASE, base);
		return 0;
	case SEGBASE_GS_USER:
		wrmsr(MSR_KERNEL_GS_BASE, base);
		return 0;
	case SEGBASE_GS_KERNEL:
		wrmsr(MSR_GS_BASE, base);
		return 0;
	default:
		return -EINVAL;
	}
}

#define DR7_RESERVED	0xffffffff0000dc00UL	/* and GD, bit 13 */

static bool breakpoint_allowed(u64 addr)
{
	return gva_canonical(addr) &&
	       (addr < HV_VIRT_START || addr >= HV_VIRT_END);
}

/* DR4 and DR5 are other names of DR6 and DR7, unless CR4.DE says they are not. */
static int debugreg_index(const struct vcpu *v, int reg)
{
	if (reg < 0 || reg > 7)
		return -1;
	if (reg != 4 && reg != 5)
		return reg;
	return v->pv.cr4 & CR4_DE ? -1 : reg + 2;
}

/*
 * With any breakpoint on, no field may ask for I/O unless CR4.DE says that it
 * can: to the processor that is undefined (Intel SDM volume 3, 17.2.4).
 */
static bool dr7_allowed(const struct vcpu *v, u64 dr7)
{
	unsigned int i;

	if (!(dr7 & 0xff) || v->pv.cr4 & CR4_DE)
		return true;
	for (i = 16; i < 32; i += 4)
		if ((dr7 >> i & 3) == 2)
			return false;
	return true;
}

long pv_set_debugreg(int reg, u64 value)
{
	struct vcpu *v = current;

	reg = debugreg_index(v, reg);
	if (reg < 0)
		return -ENODEV;
	if (reg < 4 && !breakpoint_allowed(value))
		return -EPERM;
	if (reg == 7 && !dr7_allowed(v, value))
		return -EPERM;
	if (reg == 6)
		value = (value & DR6_STATUS) | DR6_DEFAULT;
	if (reg == 7)
		value = (value & ~(DR7_RESERVED | BIT(13))) | 0x400;
	v->pv.dr[reg] = value;
	if (v->pv.dr[7] & 0xff || reg == 7)
		pv_load_debugregs(v);
	return 0;
}

u64 pv_get_debugreg(int reg)
{
	const struct vcpu *v = current;

	reg = debugreg_index(v, reg);
	if (reg < 0)
		return (u64)-ENODEV;
	return v->pv.dr[reg];
}

long pv_vm_assist(unsigned int cmd, unsigned int type)
{
	struct domain *d = current->domain;

	if (type > 63 || !(VM_ASSISTS & BIT(type)))
		return -EINVAL;
	switch (cmd) {
	case VMASST_CMD_enable:
		__atomic_fetch_or(&d->vm_assist, BIT(type), __ATOMIC_SEQ_CST);
		return 0;
	case VMASST_CMD_disable:
		__atomic_fetch_and(&d->vm_assist, ~BIT(type),
				   __ATOMIC_SEQ_CST);
		return 0;
	default:
		return -ENOSYS;
	}
}

int pv_set_iopl(struct vcpu *v, unsigned int iopl)
{
	if (iopl > 3)
		return -EINVAL;
	v->pv.iopl = iopl;
	return 0;
}
