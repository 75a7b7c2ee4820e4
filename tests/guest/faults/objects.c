/* SPDX-License-Identifier: BSD-2-Clause */
/* Events, grants, vCPUs, scheduling, callbacks. */
#include "faults.h"

static void fill_self(void *arg)
{
	*(domid_t *)arg = DOMID_SELF;
}

static void fill_version(void *arg)
{
	((struct gnttab_set_version *)arg)->version = 1;
}

static void fill_poll(void *arg)
{
	((struct sched_poll *)arg)->timeout = 1;	/* long ago */
}

static void fill_pin(void *arg)
{
	((struct sched_pin_override *)arg)->pcpu = -1;
}

static void fill_nobody(void *arg)
{
	((struct sched_remote_shutdown *)arg)->domain_id = NO_DOMAIN;
}

static void fill_late(void *arg)
{
	struct vcpu_set_singleshot_timer *t = arg;

	t->timeout_abs_ns = 1;
	t->flags = VCPU_SSHOTTMR_future;
}

#define GRANT(cmd, type, fill, flags) \
	ROW2(grant_table_op, cmd, struct type, fill, flags)
#define EVENT(name, fill, flags) \
	ROW2(event_channel_op, EVTCHNOP_##name, struct evtchn_##name, fill, \
	     flags)
#define VCPU(cmd, type, fill, flags) \
	ROW3(vcpu_op, cmd, 0, struct type, fill, flags)

const struct row object_rows[] = {
	GRANT(GNTTABOP_map_grant_ref, gnttab_map_grant_ref, 0, OUT),
	GRANT(GNTTABOP_unmap_grant_ref, gnttab_unmap_grant_ref, 0, OUT),
	GRANT(GNTTABOP_unmap_and_replace, gnttab_unmap_and_replace, 0, OUT),
	GRANT(GNTTABOP_setup_table, gnttab_setup_table, fill_self, OUT),
	GRANT(GNTTABOP_transfer, gnttab_transfer, 0, OUT),
	GRANT(GNTTABOP_copy, gnttab_copy, 0, OUT),
	GRANT(GNTTABOP_query_size, gnttab_query_size, fill_self, OUT),
	GRANT(GNTTABOP_set_version, gnttab_set_version, fill_version, OUT),
	GRANT(GNTTABOP_get_version, gnttab_get_version, fill_self, OUT),
	GRANT(GNTTABOP_get_status_frames, gnttab_get_status_frames, 0, OUT),
	GRANT(GNTTABOP_swap_grant_ref, gnttab_swap_grant_ref, 0, OUT),
	EVENT(alloc_unbound, fill_self, OUT),
	EVENT(bind_interdomain, fill_self, 0),
	EVENT(bind_virq, 0, OUT),
	EVENT(bind_pirq, 0, NEVER),
	EVENT(bind_ipi, 0, OUT),
	EVENT(close, 0, 0),
	EVENT(send, 0, 0),
	EVENT(status, fill_self, OUT),
	EVENT(bind_vcpu, 0, 0),
	EVENT(unmask, 0, 0),
	EVENT(reset, 0, NEVER),
	EVENT(init_control, 0, 0),
	EVENT(expand_array, 0, 0),
	EVENT(set_priority, 0, 0),
	ROW3(vcpu_op, VCPUOP_initialise, 1, struct vcpu_guest_context, 0,
	     NEVER),
	VCPU(VCPUOP_get_runstate_info, vcpu_runstate_info, 0, OUT),
	VCPU(VCPUOP_register_runstate_memory_area,
	     vcpu_register_runstate_memory_area, 0, 0),
	VCPU(VCPUOP_register_vcpu_info, vcpu_register_vcpu_info, 0, NEVER),
	VCPU(VCPUOP_register_vcpu_time_memory_area,
	     vcpu_register_time_memory_area, 0, 0),
	VCPU(VCPUOP_set_periodic_timer, vcpu_set_periodic_timer, 0, 0),
	VCPU(VCPUOP_set_singleshot_timer, vcpu_set_singleshot_timer,
	     fill_late, 0),
	VCPU(VCPUOP_get_physid, vcpu_get_physid, 0, OUT | DOM0_ONLY),
	ROW2(sched_op, SCHEDOP_shutdown, struct sched_shutdown, 0, NEVER),
	ROW2(sched_op, SCHEDOP_shutdown_code, struct sched_shutdown, 0, 0),
	ROW2(sched_op, SCHEDOP_poll, struct sched_poll, fill_poll, 0),
	ROW2(sched_op, SCHEDOP_remote_shutdown, struct sched_remote_shutdown,
	     fill_nobody, 0),
	ROW2(sched_op, SCHEDOP_watchdog, struct sched_watchdog, 0, 0),
	ROW2(sched_op, SCHEDOP_pin_override, struct sched_pin_override,
	     fill_pin, DOM0_ONLY),
	ROW2(callback_op, CALLBACKOP_register, struct callback_register, 0,
	     NEVER),
	ROW2(callback_op, CALLBACKOP_unregister, struct callback_unregister,
	     0, NEVER),
};
const unsigned int object_row_count = ARRAY_SIZE(object_rows);
