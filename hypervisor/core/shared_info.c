/* SPDX-License-Identifier: BSD-2-Clause */
/* What a domain shares with the hypervisor, in the layout of its word size. */
#include "core/shared_info.h"
#include "core/guest_copy.h"
#include "lib/string.h"

/* The second column is arch-x86/xen-x86_32.h; test_compat32 checks it. */
const struct shared_layout shared_layouts[2] = {
	{
		.mask = offsetof(struct shared_info, evtchn_mask),
		.wc_version = offsetof(struct shared_info, wc_version),
		.wc_sec = offsetof(struct shared_info, wc_sec),
		.wc_nsec = offsetof(struct shared_info, wc_nsec),
		.wc_sec_hi = offsetof(struct shared_info, wc_sec_hi),
		.max_pfn = offsetof(struct shared_info, arch.max_pfn),
		.ports = 4096,
		.selector = offsetof(struct vcpu_info, evtchn_pending_sel),
		.cr2 = offsetof(struct vcpu_info, arch.cr2),
		.word_shift = 6,
		.runstate_entry = offsetof(struct vcpu_runstate_info,
					   state_entry_time),
		.runstate_time = offsetof(struct vcpu_runstate_info, time),
		.runstate_size = sizeof(struct vcpu_runstate_info),
	}, {
		.mask = 2176,
		.wc_version = 2304, .wc_sec = 2308, .wc_nsec = 2312,
		.wc_sec_hi = 2340,
		.max_pfn = 2316,
		.ports = 1024,
		.selector = 4, .cr2 = 8, .word_shift = 5,
		.runstate_entry = 4, .runstate_time = 12, .runstate_size = 44,
	},
};

_Static_assert(sizeof(((struct shared_info *)0)->evtchn_pending) * 8 == 4096,
	       "public ABI: 64 words of 64 ports");

/* --- vcpu_info ------------------------------------------------------------------ */

bool shared_select_port(struct vcpu *v, u32 port)
{
	const struct shared_layout *l = shared_layout(v->domain);
	u32 word = port >> l->word_shift;
	u8 *sel = (u8 *)READ_ONCE(v->info) + l->selector;
	u64 bit = 1UL << word;

	if (domain_is_32bit(v->domain))
		return __atomic_fetch_or((u32 *)sel, (u32)bit,
					 __ATOMIC_SEQ_CST) & bit;
	return __atomic_fetch_or((u64 *)sel, bit, __ATOMIC_SEQ_CST) & bit;
}

void shared_select_all(struct vcpu *v)
{
	u8 *sel = (u8 *)v->info + shared_layout(v->domain)->selector;

	if (domain_is_32bit(v->domain))
		WRITE_ONCE(*(u32 *)sel, ~0U);
	else
		WRITE_ONCE(*(u64 *)sel, ~0UL);
}

void vcpu_set_cr2(struct vcpu *v, u64 addr)
{
	u8 *cr2 = (u8 *)v->info + shared_layout(v->domain)->cr2;

	if (domain_is_32bit(v->domain))
		*(u32 *)cr2 = (u32)addr;
	else
		*(u64 *)cr2 = addr;
}

u64 vcpu_get_cr2(const struct vcpu *v)
{
	const u8 *cr2 = (const u8 *)v->info + shared_layout(v->domain)->cr2;

	return domain_is_32bit(v->domain) ? READ_ONCE(*(const u32 *)cr2)
					  : READ_ONCE(*(const u64 *)cr2);
}

/* --- shared_info ---------------------------------------------------------------- */

u64 shared_max_pfn(const struct domain *d)
{
	u8 *p = (u8 *)d->shared + shared_layout(d)->max_pfn;

	return domain_is_32bit(d) ? READ_ONCE(*(u32 *)p)
				  : READ_ONCE(*(u64 *)p);
}

/* --- run states ------------------------------------------------------------------ */

unsigned int shared_runstate(const struct domain *d,
			     const struct vcpu_runstate_info *r, void *out)
{
	const struct shared_layout *l = shared_layout(d);
	u32 state = r->state;

	memset(out, 0, l->runstate_size);
	memcpy(out, &state, sizeof(state));
	memcpy((u8 *)out + l->runstate_entry, &r->state_entry_time,
	       sizeof(r->state_entry_time));
	memcpy((u8 *)out + l->runstate_time, r->time, sizeof(r->time));
	return l->runstate_size;
}

/*
 * A guest that asked for it sees bit 63 of state_entry_time while we write.
 * Its address means something only in its kernel's page tables.
 */
void vcpu_publish_runstate(struct vcpu *v)
{
	const struct shared_layout *l = shared_layout(v->domain);
	struct vcpu_runstate_info r = v->runstate;
	u8 out[sizeof(r)];
	gva_t at = v->runstate_guest;
	gva_t entry = GVA(at.v + l->runstate_entry);
	u64 busy = r.state_entry_time | XEN_RUNSTATE_UPDATE;
	bool flag = v->domain->vm_assist &
		    BIT(VMASST_TYPE_runstate_update_flag);

	if (!at.v)
		return;
	if (!v->pv.kernel_mode) {
		v->areas_stale |= AREA_RUNSTATE;
		return;
	}
	v->areas_stale &= ~AREA_RUNSTATE;
	if (flag) {
		if (copy_to_guest(entry, &busy, sizeof(busy)))
			return;
		smp_wmb();
		r.state_entry_time = busy;
	}
	shared_runstate(v->domain, &r, out);
	if (copy_to_guest(at, out, l->runstate_size) || !flag)
		return;
	smp_wmb();
	busy &= ~XEN_RUNSTATE_UPDATE;
	if (copy_to_guest(entry, &busy, sizeof(busy)))
		v->areas_stale |= AREA_RUNSTATE;
}
