/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structures that differ between word sizes: the hypervisor fills in what the
 * guest's own headers say, and not a byte more; lists are of the guest's words.
 * control.c and other.c have those of domctl.
 */
#include "layouts.h"

#define GUARD	0xa5

static unsigned char area[2048] __attribute__((aligned(64)));

static void *guarded(void)
{
	memset(area, GUARD, sizeof(area));
	return area;
}

/* The last byte written is number @size - 1, or one of the few before it. */
static bool written(size_t size, size_t slack)
{
	size_t end = sizeof(area);

	while (end && area[end - 1] == GUARD)
		end--;
	return end <= size && end + slack >= size;
}

/* --- version ------------------------------------------------------------------------ */

static void check_version(void)
{
	static const struct {
		int cmd;
		size_t size;
	} answers[] = {
		{ XENVER_extraversion, sizeof(xen_extraversion_t) },
		{ XENVER_compile_info, sizeof(struct xen_compile_info) },
		{ XENVER_capabilities, sizeof(xen_capabilities_info_t) },
		{ XENVER_changeset, sizeof(xen_changeset_info_t) },
		{ XENVER_platform_parameters,
		  sizeof(struct xen_platform_parameters) },
		{ XENVER_guest_handle, 16 },
	};
	unsigned int i;

	subject("version");
	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		CHECK_EQ(HC2(xen_version, answers[i].cmd, guarded()), 0);
		CHECK(written(answers[i].size, 0));
	}
	guarded();
	HC2(xen_version, XENVER_platform_parameters, area);
	CHECK_EQ(*(unsigned long *)area,
		 IS_32BIT ? 0xf5800000UL : (unsigned long)M2P_START);
}

/* --- vCPUs -------------------------------------------------------------------------- */

static void check_runstate(void)
{
	struct vcpu_runstate_info *r = guarded();
	struct vcpu_register_runstate_memory_area a;
	int port = port_alloc(DOMID_SELF, DOMID_SELF);
	u64 sum, before;

	subject("run state");
	CHECK_EQ(HC3(vcpu_op, VCPUOP_get_runstate_info, 0, r), 0);
	CHECK(written(sizeof(*r), 7));
	CHECK_EQ(r->state, RUNSTATE_running);
	CHECK(r->state_entry_time && r->state_entry_time <= time_now());
	sum = r->time[0] + r->time[1] + r->time[2] + r->time[3];
	CHECK(sum && sum <= time_now());
	guarded();
	/* Only the address counts, however wide the field is. */
	memset(&a, IS_32BIT ? 0xff : 0, sizeof(a));
	a.addr.v = r;
	CHECK_EQ(HC3(vcpu_op, VCPUOP_register_runstate_memory_area, 0, &a), 0);
	CHECK(written(sizeof(*r), 7));
	CHECK_EQ(r->state, RUNSTATE_running);
	before = r->state_entry_time;
	HC2(vm_assist, VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag);
	CHECK_EQ(poll_port(port, time_now() + 30 * MSEC), 0);
	CHECK(r->state_entry_time > before);
	CHECK_EQ(r->state_entry_time >> 63, 0);
	CHECK(r->time[RUNSTATE_blocked] > 0);
	CHECK(written(sizeof(*r), 7));
	a.addr.v = 0;
	HC3(vcpu_op, VCPUOP_register_runstate_memory_area, 0, &a);
	port_close(port);
}

static void check_time_area(void)
{
	struct vcpu_register_time_memory_area a;
	struct vcpu_time_info *t = guarded();

	subject("time area");
	memset(&a, IS_32BIT ? 0xff : 0, sizeof(a));
	a.addr.v = t;
	CHECK_EQ(HC3(vcpu_op, VCPUOP_register_vcpu_time_memory_area, 0, &a),
		 0);
	CHECK(written(sizeof(*t), 2));
	CHECK_EQ(t->version & 1, 0);
	CHECK_EQ(t->tsc_to_system_mul,
		 shared_info->vcpu_info[0].time.tsc_to_system_mul);
	CHECK(time_of(t) - time_now() + 50 * MSEC < 100 * MSEC);
	a.addr.v = 0;
	HC3(vcpu_op, VCPUOP_register_vcpu_time_memory_area, 0, &a);
}

static void check_wallclock(void)
{
	u32 *version = &shared_info->wc_version;

	subject("wall clock");
	CHECK(*version && !(*version & 1));
	CHECK(shared_info->wc_sec > 1600000000);
	CHECK(shared_info->wc_nsec < 1000000000);
	CHECK_EQ(shared_info->xen_wc_sec_hi, 0);
}

/* --- memory ------------------------------------------------------------------------- */

static void check_mappings(void)
{
	struct xen_machphys_mapping *m = guarded();
	struct xen_memory_map map = { .nr_entries = 1 };

	subject("tables of memory");
	CHECK_EQ(HC2(memory_op, XENMEM_machphys_mapping, m), 0);
	CHECK(written(sizeof(*m), sizeof(long)));
	CHECK_EQ(m->v_start, M2P_START);
	CHECK(m->v_end > m->v_start);
	CHECK(m->max_mfn >= mfn_of(area));
	CHECK(m->max_mfn <= (m->v_end - m->v_start) / sizeof(long));
	if (!is_dom0())
		return;
	set_xen_guest_handle(map.buffer, guarded());
	CHECK(HC2(memory_op, XENMEM_machine_memory_map, &map) < 0);
	CHECK(written(0, 0));
	map.nr_entries = sizeof(area) / 20;
	CHECK_EQ(HC2(memory_op, XENMEM_machine_memory_map, &map), 0);
	CHECK(map.nr_entries > 2 && map.nr_entries < 64);
	CHECK(written(map.nr_entries * 20, 3));
}

static void check_grant_frames(void)
{
	struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 3 };
	xen_pfn_t *list = guarded();
	unsigned int i;

	subject("grant frames");
	set_xen_guest_handle(s.frame_list, list);
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_setup_table, &s, 1), 0);
	CHECK_EQ(s.status, GNTST_okay);
	CHECK_EQ(s.nr_frames, 3);
	CHECK(written(3 * sizeof(*list), sizeof(*list)));
	for (i = 0; i < 3; i++)
		CHECK(list[i] && list[i] < 1UL << 28);
}

/* --- extents ------------------------------------------------------------------------- */

#define EXTENTS		600	/* more than are translated at a time */

static xen_pfn_t pfns[EXTENTS], mfns[EXTENTS + 1];

static long extents(unsigned int op, xen_pfn_t *list, unsigned long n)
{
	struct xen_memory_reservation r = { .nr_extents = n,
					    .domid = DOMID_SELF };

	set_xen_guest_handle(r.extent_start, list);
	return HC2(memory_op, op, &r);
}

static bool make_lists(void)
{
	unsigned long first = start_info->nr_pages - EXTENTS - 8;
	unsigned int i;

	if (start_info->nr_pages < 4096)
		return false;
	for (i = 0; i < EXTENTS; i++) {
		pfns[i] = first + i;
		mfns[i] = pfn_to_mfn(first + i);
	}
	mfns[EXTENTS] = 0x1234567;
	return true;
}

static long reservation(void)
{
	struct xen_memory_domain d = { .domid = DOMID_SELF };

	return HC2(memory_op, XENMEM_current_reservation, &d);
}

static void check_extents(void)
{
	long before = reservation();
	unsigned int i, wrong = 0;

	subject("many extents");
	CHECK_EQ(extents(XENMEM_decrease_reservation, mfns, EXTENTS), EXTENTS);
	CHECK_EQ(before - reservation(), EXTENTS);
	memcpy(mfns, pfns, sizeof(pfns));
	CHECK_EQ(extents(XENMEM_populate_physmap, mfns, EXTENTS), EXTENTS);
	CHECK_EQ(reservation(), before);
	for (i = 0; i < EXTENTS; i++)
		wrong += mfn_to_pfn(mfns[i]) != pfns[i];
	CHECK_EQ(wrong, 0);
	CHECK_EQ(mfns[EXTENTS], 0x1234567);
	/* What is not the guest's in the middle of it ends the list. */
	wrong = mfns[300];
	mfns[300] = ~0U >> 4;
	CHECK_EQ(extents(XENMEM_decrease_reservation, mfns, EXTENTS), 300);
	mfns[300] = wrong;
	memcpy(mfns, pfns, 300 * sizeof(pfns[0]));
	CHECK_EQ(extents(XENMEM_populate_physmap, mfns, 300), 300);
	CHECK_EQ(reservation(), before);
}

static long exchange(struct xen_memory_exchange *x, unsigned int in,
		     unsigned int out, unsigned int frames)
{
	memset(x, 0, sizeof(*x));
	x->in.domid = x->out.domid = DOMID_SELF;
	x->in.extent_order = in;
	x->out.extent_order = out;
	x->in.nr_extents = frames >> in;
	x->out.nr_extents = frames >> out;
	set_xen_guest_handle(x->in.extent_start, mfns);
	set_xen_guest_handle(x->out.extent_start, pfns);
	return HC2(memory_op, XENMEM_exchange, x);
}

#define ORDER	3

static void check_exchange(void)
{
	unsigned int n = EXTENTS >> ORDER, i, wrong = 0;
	struct xen_memory_exchange x;
	xen_pfn_t first = pfns[0];

	subject("exchange");
	for (i = 0; i < n; i++)
		pfns[i] = pfns[i << ORDER];
	CHECK_EQ(exchange(&x, 0, ORDER, EXTENTS), 0);
	CHECK_EQ(x.nr_exchanged, EXTENTS);
	CHECK_EQ(pfns[n], first + n);
	for (i = 0; i < EXTENTS; i++)
		wrong += mfn_to_pfn(pfns[i >> ORDER] +
				    (i & ((1 << ORDER) - 1))) != first + i;
	CHECK_EQ(wrong, 0);
	/* And back into single frames. */
	memcpy(mfns, pfns, n * sizeof(mfns[0]));
	for (i = 0; i < EXTENTS; i++)
		pfns[i] = first + i;
	CHECK_EQ(exchange(&x, ORDER, 0, EXTENTS), 0);
	CHECK_EQ(x.nr_exchanged, n);
	for (i = 0; i < EXTENTS; i++)
		wrong += mfn_to_pfn(pfns[i]) != first + i;
	CHECK_EQ(wrong, 0);
	/* What is not the guest's changes nothing. */
	mfns[0] = ~0U >> 4;
	CHECK(exchange(&x, 0, 0, EXTENTS) < 0);
	CHECK_EQ(x.nr_exchanged, 0);
}

/* --- devices -------------------------------------------------------------------------- */

static void check_devices(void)
{
	struct physdev_set_iobitmap map = { .nr_ports = 65537 };
	struct physdev_apic apic = { .apic_physbase = 0xfec00000, .reg = 1 };

	subject("devices");
	CHECK_EQ(HC2(physdev_op, PHYSDEVOP_set_iobitmap, &map), -XEN_EINVAL);
	map.nr_ports = 0;
	CHECK_EQ(HC2(physdev_op, PHYSDEVOP_set_iobitmap, &map), 0);
	if (!is_dom0())
		return;
	CHECK_EQ(HC2(physdev_op, PHYSDEVOP_apic_read, &apic), 0);
	CHECK_EQ(apic.value >> 16 & 0xff, 23);
	CHECK_EQ(apic.apic_physbase, 0xfec00000);
}

void test_main(void)
{
	check_version();
	check_runstate();
	check_time_area();
	check_wallclock();
	check_mappings();
	check_grant_frames();
	if (make_lists()) {
		check_extents();
		check_exchange();
	} else {
		skip("many extents: too little memory");
	}
	check_devices();
	check_control();
	check_other_size();
}
