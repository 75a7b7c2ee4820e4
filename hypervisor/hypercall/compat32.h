/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit guests at the edge.  Handlers know native structures only: what a
 * 32-bit guest hands over in another layout is converted into the vCPU's
 * translation area, and the handler gets the address of that.  guest_copy
 * takes such addresses only while a translated call is under way.
 *
 * A call that stops in the middle is restarted with the guest's own arguments:
 * whoever called a handler takes its restart and says anew what is left, in
 * the guest's terms.
 */
#ifndef HOSPES_HYPERCALL_COMPAT32_H
#define HOSPES_HYPERCALL_COMPAT32_H

#include "core/domain.h"
#include "hypercall/compat32_abi.h"
#include "hypercall/hypercall.h"

/* --- compat32.c: the area, and structures by tables of fields ----------------- */

#define COMPAT32_AREA	(3 * PAGE_SIZE)

/* Zeroed room for the call under way, 16-aligned; NULL: none. */
void *compat32_alloc(size_t n);
void *compat32_room(size_t n);		/* the same, not zeroed */
/* All of it is free again. dispatch32.c does this after each call. */
void compat32_reset(void);

/*
 * One field: zero-extended on its way in, cut off on its way out.  Handles are
 * 8 bytes on the native side.
 */
struct compat32_field {
	u16 from, to;			/* offsets: guest's, native */
	u16 from_size, to_size;
};

struct compat32_struct {
	const struct compat32_field *fields;
	u16 count;
	u16 from_size, to_size;
};

#define C32_SIZE(type, field)	sizeof(((type *)0)->field)
#define C32_FIELD(c32, native, f) { \
	offsetof(struct c32, f), offsetof(struct native, f), \
	C32_SIZE(struct c32, f), C32_SIZE(struct native, f) }
#define C32_STRUCT(c32, native, rows) { \
	rows, ARRAY_SIZE(rows), sizeof(struct c32), sizeof(struct native) }

/* Between memory of ours. What has no row stays as it is in @native. */
void compat32_widen(const struct compat32_struct *s, void *native,
		    const void *guest);
/* False: a number does not fit. */
bool compat32_narrow(const struct compat32_struct *s, void *guest,
		     const void *native);
/* Between the guest and the area; *native is in the area. -errno. */
int compat32_get(const struct compat32_struct *s, void **native, gva_t from);
int compat32_put(const struct compat32_struct *s, gva_t to,
		 const void *native);
/*
 * Arrays of words (frame numbers), @n of them: how many were done before one
 * that could not be reached (or, on its way out, does not fit).
 */
unsigned int compat32_get_words(u64 *native, gva_t from, unsigned int n);
unsigned int compat32_put_words(gva_t to, const u64 *native, unsigned int n);

/* --- compat32_context.c --------------------------------------------------------- */
/*
 * The context of a vCPU between the layouts.  The native one of a 32-bit guest
 * has selectors of callbacks in the upper halves of their addresses
 * (CS << 32 | EIP) and MFN << PAGE_SHIFT in ctrlreg[3].
 */
void compat32_context_in(vcpu_guest_context_t *to,
			 const struct c32_vcpu_guest_context *from);
void compat32_context_out(struct c32_vcpu_guest_context *to,
			  const vcpu_guest_context_t *from);

/* --- the calls of table32.def ------------------------------------------------------ */
/* dispatch32.c */
long compat32_multicall(gva_t list, unsigned int count);
/* compat32_cpu.c */
long compat32_set_trap_table(gva_t table);
long compat32_set_gdt(gva_t frames, unsigned int entries);
long compat32_set_callbacks(u32 event_cs, u32 event_eip, u32 failsafe_cs,
			    u32 failsafe_eip);
long compat32_callback_op(int cmd, gva_t arg);
long compat32_vm_assist(u32 cmd, u32 type);
/* compat32_mmuext.c */
long compat32_mmuext_op(gva_t ops, unsigned int count, gva_t done,
			u32 foreign);
/* compat32_memory.c */
long compat32_memory_op(u32 cmd, gva_t arg);
/* compat32_exchange.c */
long compat32_exchange(gva_t arg);
/* compat32_grant.c */
long compat32_grant_table_op(u32 cmd, gva_t uop, unsigned int count);
/* compat32_vcpu.c */
long compat32_vcpu_op(int cmd, u32 vcpu, gva_t arg);
long compat32_sched_op(int cmd, gva_t arg);
/* compat32_system.c */
long compat32_xen_version(int cmd, gva_t arg);
long compat32_physdev_op(int cmd, gva_t arg);

#endif
