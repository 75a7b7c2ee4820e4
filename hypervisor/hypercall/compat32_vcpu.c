/* SPDX-License-Identifier: BSD-2-Clause */
/* 32-bit guests: vcpu_op and sched_op. */
#include "core/guest_copy.h"
#include "hypercall/compat32.h"

/* --- vcpu_op -------------------------------------------------------------------- */

#define FIELD(f) \
	C32_FIELD(c32_vcpu_set_singleshot_timer, vcpu_set_singleshot_timer, f)

static const struct compat32_field singleshot_fields[] = {
	FIELD(timeout_abs_ns), FIELD(flags),
};
#undef FIELD

static const struct compat32_struct singleshot_layout =
	C32_STRUCT(c32_vcpu_set_singleshot_timer, vcpu_set_singleshot_timer,
		   singleshot_fields);

static const struct compat32_field area_fields[] = {
	C32_FIELD(c32_vcpu_register_area, vcpu_register_time_memory_area,
		  addr),
};

static const struct compat32_struct area_layout =
	C32_STRUCT(c32_vcpu_register_area, vcpu_register_time_memory_area,
		   area_fields);

_Static_assert(sizeof(struct vcpu_register_runstate_memory_area) ==
	       sizeof(struct vcpu_register_time_memory_area),
	       "both are an address");

static const struct compat32_struct *const vcpu_layouts[] = {
	[VCPUOP_set_singleshot_timer] = &singleshot_layout,
	[VCPUOP_register_runstate_memory_area] = &area_layout,
	[VCPUOP_register_vcpu_time_memory_area] = &area_layout,
};

static long initialise(u32 vcpu, gva_t arg)
{
	struct c32_vcpu_guest_context *g;
	vcpu_guest_context_t *c;
	long rc;

	if (!vcpu_get(current->domain, vcpu))
		return -ENOENT;
	g = compat32_alloc(sizeof(*g));
	c = compat32_alloc(sizeof(*c));
	if (!g || !c)
		return -ENOMEM;
	if (copy_from_guest(g, arg, sizeof(*g)))
		return -EFAULT;
	compat32_context_in(c, g);
	rc = hc_vcpu_op(VCPUOP_initialise, vcpu, GVA(c));
	return hypercall_take_restart(rc) ? hypercall_restart_same() : rc;
}

long compat32_vcpu_op(int cmd, u32 vcpu, gva_t arg)
{
	void *native;
	int rc;

	if (cmd == VCPUOP_initialise)
		return initialise(vcpu, arg);
	if (cmd < 0 || cmd >= (int)ARRAY_SIZE(vcpu_layouts) ||
	    !vcpu_layouts[cmd])
		return hc_vcpu_op(cmd, vcpu, arg);
	if (!vcpu_get(current->domain, vcpu))
		return -ENOENT;
	rc = compat32_get(vcpu_layouts[cmd], &native, arg);
	return rc ? rc : hc_vcpu_op(cmd, vcpu, GVA(native));
}

/* --- sched_op -------------------------------------------------------------------- */

#define FIELD(f) C32_FIELD(c32_sched_poll, sched_poll, f)

static const struct compat32_field poll_fields[] = {
	FIELD(ports), FIELD(nr_ports), FIELD(timeout),
};
#undef FIELD

static const struct compat32_struct poll_layout =
	C32_STRUCT(c32_sched_poll, sched_poll, poll_fields);

long compat32_sched_op(int cmd, gva_t arg)
{
	void *native;
	int rc;

	if (cmd != SCHEDOP_poll)
		return hc_sched_op(cmd, arg);
	rc = compat32_get(&poll_layout, &native, arg);
	return rc ? rc : hc_sched_op(cmd, GVA(native));
}
