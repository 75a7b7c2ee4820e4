/* SPDX-License-Identifier: BSD-2-Clause */
/* State that only paravirtual guests have, and the border of pv/. */
#ifndef HOSPES_PV_PV_H
#define HOSPES_PV_PV_H

#include "lib/types.h"

#include <xen/xen.h>

#include "core/lock.h"
#include "mm/addr.h"
#include "x86/cpu.h"

struct domain;
struct vcpu;

#define PV_GDT_FRAMES	14		/* of a guest; two more are ours */

/*
 * Where a guest's kernel is entered.  In the native layouts that its address
 * comes in, a 32-bit guest's has the selector in the upper half (CS << 32 | EIP):
 * hypercall/compat32.c puts it there.
 */
struct pv_callback {
	u64 rip;
	u16 cs;				/* 32-bit guests only */
	bool masks_events;
};

struct pv_vcpu {
	bool kernel_mode;		/* guest kernel's, not user's tables */
	mfn_t kernel_cr3;		/* L4 (32-bit guests: L3); typed and
					   referenced */
	mfn_t user_cr3;			/* L4 of user mode, or INVALID_MFN */

	u64 *top_table;			/* m: L4 of ours that a 32-bit guest's
					   L3 hangs in, else NULL */

	struct trap_info *traps;	/* 256 entries */
	u64 kernel_ss, kernel_sp;
	struct pv_callback event, failsafe, syscall, syscall32, sysenter;

	u16 ds, es, fs, gs;		/* while not running */
	u64 fs_base, gs_base_kernel, gs_base_user;

	mfn_t gdt[PV_GDT_FRAMES];	/* SEGDESC-typed, in use first */
	unsigned int gdt_entries;
	u64 ldt_base;
	unsigned int ldt_entries;
	mfn_t ldt[16];			/* shadowed frames or INVALID_MFN */

	u64 dr[8];			/* guest's debug registers */
	bool cr0_ts;			/* virtual CR0.TS */
	u64 cr4;			/* as the guest sees it, guest's bits */
	u64 xcr0;
	void *fpu;			/* XSAVE area, 64-aligned */
	unsigned int iopl;		/* virtual: 0-3 */
	gva_t iobmp;			/* guest's I/O bitmap, 0: none */
	unsigned int iobmp_ports;
	bool nmi_pending, nmi_masked;
	u64 tsc_aux;
	u64 spec_ctrl;			/* its SPEC_CTRL */
	u32 pci_address;		/* latch of port 0xcf8 */
	u64 stale_table;		/* m: MFN + 1 of a table whose last
					   reference is being dropped, or 0 */
	unsigned int stale_domain;	/* its owner's id */
};

struct pv_domain {
	struct spinlock mmu_lock;	/* m: all page-table updates */
	u64 serial;			/* no other since start has it */
	bool is_32bit;
	unsigned int relinquish_phase;
	mfn_t relinquish_mfn;		/* how far the phase has come */
};

/* --- entry.S, traps.c, kind.c ------------------------------------------- */
/* Give the CPU to current, registers from guest_regs(). Stack is reset. */
void exit_to_guest(void) __noreturn;
/* Switch the CPU from @prev to @next (schedule() calls it). */
void context_switch(struct vcpu *prev, struct vcpu *next);
/* Load the page table that @v (current) needs now. */
void pv_load_cr3(struct vcpu *v);
/*
 * Queue exception @vector to the current vCPU by its trap table: builds the
 * bounce frame. Without a handler the domain is crashed.
 */
void pv_inject(unsigned int vector, u32 error_code);
void pv_inject_pf(u64 addr, u32 error_code);

/* --- mmu.c, page_type.c -------------------------------------------------- */
long pv_mmu_update(gva_t reqs, unsigned int count, gva_t done, u32 foreign);
long pv_mmuext_op(gva_t ops, unsigned int count, gva_t done, u32 foreign);
long pv_update_va_mapping(u64 va, u64 pte, u64 flags, u32 domid);
/*
 * Validated change of the L1 entry at machine address @pte of a table that
 * the current domain owns (for writable-page-table emulation): changes the
 * entry from @old to @new only if it still is @old (retry: -EAGAIN).
 */
int pv_mmu_emulated_write(struct vcpu *v, maddr_t pte, u64 old, u64 new);
/*
 * Entry of the kernel's page tables for @va at level 1; false if no table.
 * The domain's mmu_lock is held.
 */
bool pv_mmu_l1e(struct vcpu *v, u64 va, u64 *pte, maddr_t *where);
/*
 * For grants: changes of L1 entries in runs, with the mmu_lock held from begin
 * to end.  Own locks of the grant tables come after it.
 */
struct pv_grant_run {
	struct vcpu *v;
	struct domain *d;
	u64 region, *table;	/* last walk, and where it led; NULL: none */
	mfn_t checked;		/* an L1 table of the domain */
};

void pv_grant_begin(struct pv_grant_run *r, struct vcpu *v);
void pv_grant_end(struct pv_grant_run *r);
/* Check and complete the bits of an entry, whatever frame it maps. */
int pv_grant_check(const struct domain *d, u64 *pte);
/*
 * Write an entry, checked, for a frame whose references the caller already
 * holds (not counted again). Replaces what was there, whose references are
 * dropped. Give a linear address, or the entry's machine address; *slot
 * is the latter, by which the mapping is known from then on.
 */
int pv_grant_map(struct pv_grant_run *r, u64 where, bool is_pte, u64 pte,
		 maddr_t *slot);
/*
 * Undo: the entry must map the frame of @pte as writable as that, else
 * -EINVAL (nothing changes). Leaves TLB flush and references to the caller.
 */
int pv_grant_unmap(struct pv_grant_run *r, maddr_t slot, u64 pte);
/*
 * As above, and the entry of @from, with its references, comes here instead.
 * -EFAULT: @from has none that can be moved.
 */
int pv_grant_replace(struct pv_grant_run *r, maddr_t slot, u64 pte, u64 from);
/* Give back a dying domain's page tables and frames: -ERESTART. */
int pv_relinquish(struct domain *d);
/* Drop CR3 references of a vCPU (its set_context, its end). */
void pv_drop_cr3(struct vcpu *v);
/* Take them: validates both as L4 (32-bit guests: the first as L3). */
int pv_set_cr3(struct vcpu *v, mfn_t kernel, mfn_t user);
/* @d becomes a 32-bit guest: what that takes of the whole machine. */
int pv_set_32bit(struct domain *d);
/* Recompute all counts of @d (paused) from its tables: number of faults. */
unsigned int pv_audit(struct domain *d);

/* --- desc.c --------------------------------------------------------------- */
long pv_set_gdt(gva_t frames, unsigned int entries);
int pv_set_gdt_frames(struct vcpu *v, const mfn_t *frames, unsigned int entries);
void pv_drop_gdt(struct vcpu *v);
long pv_update_descriptor(u64 maddr, u64 desc);
int pv_set_ldt(struct vcpu *v, u64 base, unsigned int entries);
/* Drop shadowed LDT frames of @v (page tables changed); true if any. */
bool pv_drop_ldt(struct vcpu *v);
/* A fault in the LDT window at offset @offset: map it. False: guest's #PF. */
bool pv_map_ldt(u64 offset);
/* Check and fix one descriptor in place; false: refuse (page_type.c). */
bool pv_check_descriptor(const struct domain *d, u64 *desc);

/* --- other PV hypercalls ------------------------------------------------- */
long pv_set_trap_table(gva_t table);
long pv_set_callbacks(u64 event, u64 failsafe, u64 syscall);
long pv_callback_op(int cmd, gva_t arg);
long pv_stack_switch(u64 ss, u64 sp);
long pv_fpu_taskswitch(int set);
long pv_set_debugreg(int reg, u64 value);
u64 pv_get_debugreg(int reg);
long pv_set_segment_base(unsigned int which, u64 base);
long pv_iret(void);
long pv_vm_assist(unsigned int cmd, unsigned int type);
/* physdev set_iopl, set_iobitmap act on these. */
int pv_set_iopl(struct vcpu *v, unsigned int iopl);

/* --- build.c --------------------------------------------------------------- */
struct boot_module;
struct domain *pv_build_dom0(void);

#endif
