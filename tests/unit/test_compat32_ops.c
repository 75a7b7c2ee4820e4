/* SPDX-License-Identifier: BSD-2-Clause */
/* Hypercalls of 32-bit guests: memory, grants, vCPUs, devices. */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/fake_calls.h"

#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/sched.h>
#include <xen/version.h>

#include "core/shared_info.h"
#include "hypercall/compat32.h"
#include "lib/string.h"

#define AT(offset)	((u32)(FAKE_GUEST + (offset)))
#define PTR(type, offset) ((type *)(FAKE_GUEST + (offset)))
#define LIST		0x10000		/* where arrays are */
#define LIST2		0x20000

static void setup(void)
{
	fake_calls_reset();
	srandom(1);
}

static long call(u32 nr, u32 a1, u32 a2, u32 a3)
{
	struct regs *r = guest_regs();

	*r = (struct regs){
		.rax = nr, .rbx = a1, .rcx = a2, .rdx = a3, .rip = 0x1002,
	};
	hypercall32_dispatch();
	ck_assert_uint_eq(fake_vcpu.xlat.used, 0);
	return (s32)r->rax;
}

static bool restarted(void)
{
	return guest_regs()->rip == 0x1000;
}

static void fill_random(void *p, size_t n)
{
	u8 *b = p;

	while (n--)
		*b++ = (u8)random();
}

/* --- reservations ----------------------------------------------------------------- */

static u32 extents_seen, stop_at, restart_at;

/* Like memory.c: out is in + 0x100000; stops early as the test wants. */
static long do_extents(u64 cmd, u64 arg, u64 a3, u64 a4)
{
	const struct xen_memory_reservation *r = (const void *)arg;
	u64 *list = (u64 *)r->extent_start.p;
	u64 i;

	(void)a3;
	(void)a4;
	ck_assert_uint_lt(cmd, 64);
	ck_assert_uint_eq(r->extent_order, 3);
	ck_assert_uint_eq(r->mem_flags, 32);
	ck_assert_uint_eq(r->domid, DOMID_SELF);
	for (i = 0; i < r->nr_extents; i++) {
		if (extents_seen == stop_at)
			return i;
		if (extents_seen == restart_at && i) {
			restart_at = ~0U;
			return hypercall_restart(cmd | i << 6, arg, 0, 0);
		}
		if (cmd != XENMEM_increase_reservation)
			ck_assert_uint_eq(list[i], 1000 + extents_seen);
		if (cmd != XENMEM_decrease_reservation)
			list[i] = 0x100000 + 1000 + extents_seen;
		extents_seen++;
	}
	return i;
}

static void make_extents(unsigned int n)
{
	*PTR(struct c32_memory_reservation, 0) =
		(struct c32_memory_reservation){
			AT(LIST), n, 3, 32, DOMID_SELF };
	for (unsigned int i = 0; i < n; i++)
		PTR(u32, LIST)[i] = 1000 + i;
	fake_call.hook = do_extents;
	extents_seen = 0;
	stop_at = restart_at = ~0U;
}

static void check_out(unsigned int done, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		ck_assert_uint_eq(PTR(u32, LIST)[i],
				  1000 + i + (i < done ? 0x100000 : 0));
}

START_TEST(populate)
{
	for (unsigned int n = 0; n < 1200; n += 97) {
		make_extents(n);
		ck_assert_int_eq(call(12, XENMEM_populate_physmap, AT(0), 0),
				 n);
		check_out(n, n);
	}
	make_extents(700);
	stop_at = 300;
	ck_assert_int_eq(call(12, XENMEM_populate_physmap, AT(0), 0), 300);
	check_out(300, 700);
	make_extents(700);
	fake_faults_from = AT(LIST + 4 * 64 * 5);
	ck_assert_int_eq(call(12, XENMEM_populate_physmap, AT(0), 0), 320);
	fake_faults_from = AT(8);
	ck_assert_int_eq(call(12, XENMEM_populate_physmap | 7 << 6, AT(0), 0),
			 7);
}
END_TEST

START_TEST(reservation_restarts)
{
	const struct regs *r = guest_regs();

	make_extents(700);
	restart_at = 300;
	call(12, XENMEM_populate_physmap, AT(0), 0);
	ck_assert(restarted());
	ck_assert_uint_eq(r->rbx, XENMEM_populate_physmap | 300 << 6);
	ck_assert_uint_eq(r->rcx, AT(0));
	check_out(300, 700);
	/* And between two pieces. */
	fake_busy_in = 1;
	call(12, r->rbx, r->rcx, 0);
	ck_assert(restarted());
	ck_assert_uint_eq(r->rbx, XENMEM_populate_physmap | 556 << 6);
	ck_assert_int_eq(call(12, r->rbx, r->rcx, 0), 700);
	ck_assert_uint_eq(extents_seen, 700);
	check_out(700, 700);
}
END_TEST

START_TEST(other_reservations)
{
	make_extents(600);
	ck_assert_int_eq(call(12, XENMEM_decrease_reservation, AT(0), 0), 600);
	check_out(0, 600);
	make_extents(600);
	ck_assert_int_eq(call(12, XENMEM_increase_reservation, AT(0), 0), 600);
	check_out(600, 600);
	/* Nowhere to write the frames is allowed. */
	make_extents(600);
	PTR(struct c32_memory_reservation, 0)->extent_start = 0;
	ck_assert_int_eq(call(12, XENMEM_increase_reservation, AT(0), 0), 600);
	check_out(0, 600);
	/* More than the command has room for; nothing is done. */
	make_extents(1);
	PTR(struct c32_memory_reservation, 0)->nr_extents = 1 << 26;
	ck_assert_int_eq(call(12, XENMEM_increase_reservation, AT(0), 0), 0);
	ck_assert_uint_eq(extents_seen, 0);
}
END_TEST

/* --- exchange --------------------------------------------------------------------- */

static u32 frames_seen, exchange_stop, exchange_restart;

static long do_exchange(u64 arg, u64 a2, u64 a3, u64 a4)
{
	struct xen_memory_exchange *x = (void *)arg;
	const u64 *in = (const u64 *)x->in.extent_start.p;
	u64 *out = (u64 *)x->out.extent_start.p;
	u32 frames = (u32)x->in.nr_extents << x->in.extent_order;

	(void)a2;
	(void)a3;
	(void)a4;
	ck_assert_uint_eq(x->nr_exchanged, 0);
	for (u32 i = 0; i < frames; i += 8) {
		if (frames_seen == exchange_stop)
			return -ENOMEM;
		if (frames_seen == exchange_restart && i) {
			exchange_restart = ~0U;
			return hypercall_restart(1, 2, 3, 4);
		}
		ck_assert_uint_eq(in[i >> x->in.extent_order],
				  frames_seen >> x->in.extent_order);
		for (u32 k = i >> x->out.extent_order;
		     k < (i + 8) >> x->out.extent_order; k++)
			out[k] += 0xf0000000;
		frames_seen += 8;
		x->nr_exchanged += 8 >> x->in.extent_order;
	}
	return 0;
}

static struct c32_memory_exchange *make_exchange(u32 frames, u32 in, u32 out)
{
	struct c32_memory_exchange *x = PTR(struct c32_memory_exchange, 0);

	*x = (struct c32_memory_exchange){
		.in = { AT(LIST), frames >> in, in, 0, DOMID_SELF },
		.out = { AT(LIST2), frames >> out, out, 20, DOMID_SELF },
	};
	for (u32 i = 0; i < frames; i++)
		PTR(u32, LIST)[i] = PTR(u32, LIST2)[i] = i;
	fake_call.hook = do_exchange;
	frames_seen = 0;
	exchange_stop = exchange_restart = ~0U;
	return x;
}

START_TEST(exchanges)
{
	static const u8 orders[][2] = { { 0, 3 }, { 3, 0 }, { 0, 0 }, { 2, 3 } };

	for (unsigned int i = 0; i < ARRAY_SIZE(orders); i++) {
		struct c32_memory_exchange *x =
			make_exchange(1600, orders[i][0], orders[i][1]);

		ck_assert_int_eq(call(12, XENMEM_exchange, AT(0), 0), 0);
		ck_assert_uint_eq(frames_seen, 1600);
		ck_assert_uint_eq(x->nr_exchanged, x->in.nr_extents);
		for (u32 k = 0; k < x->out.nr_extents; k++)
			ck_assert_uint_eq(PTR(u32, LIST2)[k], 0xf0000000 + k);
	}
}
END_TEST

START_TEST(exchange_stops)
{
	struct c32_memory_exchange *x = make_exchange(1600, 0, 3);

	exchange_stop = 640;
	ck_assert_int_eq(call(12, XENMEM_exchange, AT(0), 0), -ENOMEM);
	ck_assert_uint_eq(x->nr_exchanged, 640);
	ck_assert_uint_eq(PTR(u32, LIST2)[79], 0xf000004f);
	ck_assert_uint_eq(PTR(u32, LIST2)[80], 80);
	x = make_exchange(1600, 0, 3);
	exchange_restart = 640;
	call(12, XENMEM_exchange, AT(0), 0);
	ck_assert(restarted());
	ck_assert_uint_eq(guest_regs()->rbx, XENMEM_exchange);
	ck_assert_uint_eq(guest_regs()->rcx, AT(0));
	ck_assert_uint_eq(x->nr_exchanged, 640);
	ck_assert_int_eq(call(12, XENMEM_exchange, AT(0), 0), 0);
	ck_assert_uint_eq(frames_seen, 1600);
	/* Results cannot be written: nothing is given up. */
	make_exchange(64, 0, 3);
	fake_readonly_from = AT(LIST2 + 16);
	ck_assert_int_eq(call(12, XENMEM_exchange, AT(0), 0), -EFAULT);
	ck_assert_uint_eq(frames_seen, 0);
}
END_TEST

START_TEST(exchange_rules)
{
	static const struct c32_memory_exchange bad[] = {
		{ .in = { .nr_extents = 8, .domid = 1 },
		  .out = { .nr_extents = 8 } },
		{ .in = { .nr_extents = 8 }, .out = { .nr_extents = 7 } },
		{ .in = { .nr_extents = 1024 },
		  .out = { .nr_extents = 1, .extent_order = 10 } },
		{ .in = { .nr_extents = 1, .extent_order = 64 },
		  .out = { .nr_extents = 1 } },
		{ .in = { .nr_extents = 8 }, .out = { .nr_extents = 8 },
		  .nr_exchanged = 9 },
		{ .in = { .nr_extents = 16 },
		  .out = { .nr_extents = 2, .extent_order = 3 },
		  .nr_exchanged = 4 },
		{ .in = { .nr_extents = 0x80000000 },
		  .out = { .nr_extents = 0, .extent_order = 1 } },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		*PTR(struct c32_memory_exchange, 0) = bad[i];
		ck_assert_int_eq(call(12, XENMEM_exchange, AT(0), 0), -EINVAL);
	}
	ck_assert_uint_eq(fake_call.calls, 0);
}
END_TEST

/* --- other memory ------------------------------------------------------------------ */

static long do_map(u64 cmd, u64 arg, u64 a3, u64 a4)
{
	struct xen_memory_map *m = (void *)arg;

	(void)cmd;
	(void)a3;
	(void)a4;
	ck_assert_uint_eq(m->nr_entries, 128);
	ck_assert_uint_eq((u64)m->buffer.p, 0xfffffff0);
	m->nr_entries = 5;
	return 0;
}

static long do_resource(u64 cmd, u64 arg, u64 a3, u64 a4)
{
	struct xen_mem_acquire_resource *r = (void *)arg;

	(void)cmd;
	(void)a3;
	(void)a4;
	ck_assert_uint_eq(r->frame, 0x123456789abcdef0);
	if (!r->frame_list.p)
		r->nr_frames = 64;
	else
		for (u32 i = 0; i < r->nr_frames; i++)
			((u64 *)r->frame_list.p)[i] = 0xff000000 + i;
	return 0;
}

START_TEST(maps_and_resources)
{
	struct c32_memory_map *m = PTR(struct c32_memory_map, 0);
	struct c32_mem_acquire_resource *r =
		PTR(struct c32_mem_acquire_resource, 64);
	struct c32_machphys_mapping *p = PTR(struct c32_machphys_mapping, 128);

	*m = (struct c32_memory_map){ 128, 0xfffffff0 };
	fake_call.hook = do_map;
	ck_assert_int_eq(call(12, XENMEM_memory_map, AT(0), 0), 0);
	ck_assert_uint_eq(m->nr_entries, 5);
	ck_assert_uint_eq(m->buffer, 0xfffffff0);
	*r = (struct c32_mem_acquire_resource){ .frame = 0x123456789abcdef0 };
	fake_call.hook = do_resource;
	ck_assert_int_eq(call(12, XENMEM_acquire_resource, AT(64), 0), 0);
	ck_assert_uint_eq(r->nr_frames, 64);
	r->frame_list = AT(LIST);
	ck_assert_int_eq(call(12, XENMEM_acquire_resource, AT(64), 0), 0);
	ck_assert_uint_eq(PTR(u32, LIST)[63], 0xff00003f);
	fake_readonly_from = AT(LIST + 8);
	ck_assert_int_eq(call(12, XENMEM_acquire_resource, AT(64), 0),
			 -EFAULT);
	ck_assert_int_eq(call(12, XENMEM_machphys_mapping, AT(128), 0), 0);
	ck_assert_uint_eq(p->v_start, 0xf5800000);
	ck_assert_uint_eq(p->max_mfn, 0x7ffff);
	ck_assert_int_eq(call(17, XENVER_platform_parameters, AT(0), 0), 0);
	ck_assert_uint_eq(*PTR(u32, 0), 0xf5800000);
	ck_assert_uint_eq(*PTR(u32, 4), 0xfffffff0);
}
END_TEST

/* --- grants ------------------------------------------------------------------------ */

static u32 grants_seen;

static long do_copies(u64 cmd, u64 arg, u64 count, u64 a4)
{
	struct gnttab_copy *c = (void *)arg;

	(void)a4;
	ck_assert_uint_eq(cmd, GNTTABOP_copy);
	for (u64 i = 0; i < count; i++, grants_seen++) {
		ck_assert_uint_eq(c[i].source.u.gmfn, 0xfff00000 + grants_seen);
		ck_assert_uint_eq(c[i].source.domid, DOMID_SELF);
		ck_assert_uint_eq(c[i].source.offset, 1);
		ck_assert_uint_eq(c[i].dest.u.ref, grants_seen);
		ck_assert_uint_eq(c[i].dest.domid, 3);
		ck_assert_uint_eq(c[i].dest.offset, 2);
		ck_assert_uint_eq(c[i].len, 4000);
		ck_assert_uint_eq(c[i].flags, GNTCOPY_dest_gref);
		c[i].status = (s16)-(s16)(grants_seen % 14);
	}
	return 0;
}

static struct c32_gnttab_copy *make_copies(u32 n)
{
	struct c32_gnttab_copy *c = PTR(struct c32_gnttab_copy, LIST);

	for (u32 i = 0; i < n; i++)
		c[i] = (struct c32_gnttab_copy){
			.source = { 0xfff00000 + i, DOMID_SELF, 1 },
			.dest = { i, 3, 2 }, .len = 4000,
			.flags = GNTCOPY_dest_gref, .status = 99,
		};
	fake_call.hook = do_copies;
	grants_seen = 0;
	return c;
}

START_TEST(grant_copies)
{
	const struct regs *r = guest_regs();
	struct c32_gnttab_copy *c = make_copies(150);

	ck_assert_int_eq(call(20, GNTTABOP_copy, AT(LIST), 150), 0);
	for (u32 i = 0; i < 150; i++)
		ck_assert_int_eq(c[i].status, -(s16)(i % 14));
	c = make_copies(150);
	fake_busy_in = 2;
	call(20, GNTTABOP_copy, AT(LIST), 150);
	ck_assert(restarted());
	ck_assert_uint_eq(r->rcx, AT(LIST) + 64 * sizeof(*c));
	ck_assert_uint_eq(r->rdx, 86);
	ck_assert_int_eq(c[64].status, 99);
	ck_assert_int_eq(call(20, r->rbx, r->rcx, r->rdx), 0);
	ck_assert_uint_eq(grants_seen, 150);
	make_copies(150);
	fake_faults_from = AT(LIST) + 70 * sizeof(*c);
	ck_assert_int_eq(call(20, GNTTABOP_copy, AT(LIST), 150), -EFAULT);
	ck_assert_uint_eq(grants_seen, 70);
	ck_assert_int_eq(c[69].status, -(69 % 14));
	ck_assert_int_eq(call(20, GNTTABOP_copy, AT(LIST), 0x80000000),
			 -EINVAL);
}
END_TEST

static long do_setup(u64 cmd, u64 arg, u64 count, u64 a4)
{
	struct gnttab_setup_table *s = (void *)arg;

	(void)a4;
	ck_assert_uint_eq(cmd, GNTTABOP_setup_table);
	ck_assert_uint_eq(count, 1);
	s->status = s->nr_frames > 4 ? GNTST_general_error : GNTST_okay;
	for (u32 i = 0; i < s->nr_frames && !s->status; i++)
		((u64 *)s->frame_list.p)[i] = 0xff000000 + i;
	return 0;
}

START_TEST(grant_tables)
{
	struct c32_gnttab_setup_table *s =
		PTR(struct c32_gnttab_setup_table, 0);

	fake_call.hook = do_setup;
	*s = (struct c32_gnttab_setup_table){ DOMID_SELF, 4, 7, AT(LIST) };
	ck_assert_int_eq(call(20, GNTTABOP_setup_table, AT(0), 1), 0);
	ck_assert_int_eq(s->status, GNTST_okay);
	ck_assert_uint_eq(s->frame_list, AT(LIST));
	ck_assert_uint_eq(s->dom, DOMID_SELF);
	ck_assert_uint_eq(PTR(u32, LIST)[3], 0xff000003);
	s->nr_frames = 0xffffffff;
	ck_assert_int_eq(call(20, GNTTABOP_setup_table, AT(0), 1), 0);
	ck_assert_int_eq(s->status, GNTST_general_error);
	s->nr_frames = 4;
	fake_readonly_from = AT(LIST + 4);
	ck_assert_int_eq(call(20, GNTTABOP_setup_table, AT(0), 1), 0);
	ck_assert_int_eq(s->status, GNTST_bad_virt_addr);
}
END_TEST

/* --- vCPUs and devices --------------------------------------------------------------- */

/* What cannot be told the other side, or is not the guest's to say. */
static void forget(struct c32_vcpu_guest_context *c)
{
	struct c32_cpu_user_regs *r = &c->user_regs;

	r->pad0 = 0;
	r->pad1 = r->pad2 = r->pad3 = r->pad4 = r->pad5 = 0;
	c->ctrlreg[1] = 0;
}

START_TEST(contexts)
{
	struct c32_vcpu_guest_context *c = malloc(sizeof(*c));
	struct c32_vcpu_guest_context *back = malloc(sizeof(*back));
	vcpu_guest_context_t *native = malloc(sizeof(*native));

	for (unsigned int i = 0; i < 1000; i++) {
		fill_random(c, sizeof(*c));
		fill_random(native, sizeof(*native));
		compat32_context_in(native, c);
		ck_assert_uint_eq(native->user_regs.rip, c->user_regs.eip);
		ck_assert_uint_eq(native->ctrlreg[3] >> 12,
				  c->ctrlreg[3] >> 12 | c->ctrlreg[3] << 20);
		ck_assert_uint_eq(native->failsafe_callback_eip >> 32,
				  c->failsafe_callback_cs);
		ck_assert_uint_eq(native->syscall_callback_eip, 0);
		fill_random(back, sizeof(*back));
		compat32_context_out(back, native);
		forget(c);
		ck_assert_mem_eq(back, c, sizeof(*c));
	}
	free(native);
	free(back);
	free(c);
}
END_TEST

static long want_same(u64 cmd, u64 vcpu, u64 arg, u64 a4)
{
	const vcpu_guest_context_t *c = (const void *)arg;

	(void)a4;
	ck_assert_uint_eq(cmd, VCPUOP_initialise);
	ck_assert_uint_eq(c->ctrlreg[3], 0x123456UL << 12);
	return hypercall_restart(cmd, vcpu, arg, 0);
}

START_TEST(initialise)
{
	struct c32_vcpu_guest_context *c =
		PTR(struct c32_vcpu_guest_context, 0);

	c->ctrlreg[3] = 0x23456001;
	fake_call.hook = want_same;
	call(24, VCPUOP_initialise, 0, AT(0));
	ck_assert(restarted());
	ck_assert_uint_eq(guest_regs()->rdx, AT(0));
	ck_assert_uint_eq(guest_regs()->rcx, 0);
	ck_assert_int_eq(call(24, VCPUOP_initialise, 1, AT(0)), -ENOENT);
	fake_faults_from = AT(2799);
	ck_assert_int_eq(call(24, VCPUOP_initialise, 0, AT(0)), -EFAULT);
}
END_TEST

static union {
	struct vcpu_set_singleshot_timer timer;
	struct vcpu_register_time_memory_area area;
	struct sched_poll poll;
	struct physdev_set_iobitmap iobitmap;
} seen;
static size_t seen_size;

static long look(u64 cmd, u64 a2, u64 a3, u64 a4)
{
	(void)cmd;
	(void)a4;
	memcpy(&seen, (const void *)(a3 ? a3 : a2), seen_size);
	return 0;
}

START_TEST(small_structures)
{
	fake_call.hook = look;
	*PTR(struct c32_vcpu_set_singleshot_timer, 0) =
		(struct c32_vcpu_set_singleshot_timer){ ~0UL, 1 };
	seen_size = sizeof(seen.timer);
	call(24, VCPUOP_set_singleshot_timer, 0, AT(0));
	ck_assert_uint_eq(seen.timer.timeout_abs_ns, ~0UL);
	ck_assert_uint_eq(seen.timer.flags, 1);
	*PTR(u64, 0) = 0xdeadbeefc0001000;
	seen_size = sizeof(seen.area);
	call(24, VCPUOP_register_vcpu_time_memory_area, 0, AT(0));
	ck_assert_uint_eq(seen.area.addr.p, 0xc0001000);
	call(24, VCPUOP_register_runstate_memory_area, 0, AT(0));
	ck_assert_uint_eq(seen.area.addr.p, 0xc0001000);
	*PTR(struct c32_sched_poll, 0) =
		(struct c32_sched_poll){ 0xfffffffc, 128, 1UL << 40 };
	seen_size = sizeof(seen.poll);
	call(29, SCHEDOP_poll, AT(0), 0);
	ck_assert_uint_eq((u64)seen.poll.ports.p, 0xfffffffc);
	ck_assert_uint_eq(seen.poll.nr_ports, 128);
	ck_assert_uint_eq(seen.poll.timeout, 1UL << 40);
	*PTR(struct c32_physdev_set_iobitmap, 0) =
		(struct c32_physdev_set_iobitmap){ 0, 65536 };
	seen_size = sizeof(seen.iobitmap);
	call(33, PHYSDEVOP_set_iobitmap, AT(0), 0);
	ck_assert_ptr_null(seen.iobitmap.bitmap.p);
	ck_assert_uint_eq(seen.iobitmap.nr_ports, 65536);
	/* A structure that ends in nothing. */
	fake_faults_from = AT(7);
	ck_assert_int_eq(call(33, PHYSDEVOP_set_iobitmap, AT(0), 0), -EFAULT);
}
END_TEST

static long give_pirq(u64 cmd, u64 arg, u64 a3, u64 a4)
{
	struct physdev_map_pirq *m = (void *)arg;

	(void)cmd;
	(void)a3;
	(void)a4;
	ck_assert_int_eq(m->index, -1);
	m->pirq = -m->pirq;
	return 0;
}

/* Nothing is lost on the way in and out again. */
START_TEST(round_trips)
{
	struct c32_physdev_map_pirq a,
		*m = PTR(struct c32_physdev_map_pirq, 0);

	fake_call.hook = give_pirq;
	for (unsigned int i = 0; i < 1000; i++) {
		fill_random(&a, sizeof(a));
		a.index = -1;
		a.pirq &= 0x7fffffff;
		memcpy(m, &a, sizeof(a));
		call(33, PHYSDEVOP_map_pirq, AT(0), 0);
		ck_assert_int_eq(m->pirq, -a.pirq);
		ck_assert_uint_eq(m->domid, a.domid);
		ck_assert_int_eq(m->type, a.type);
		ck_assert_int_eq(m->bus, a.bus);
		ck_assert_int_eq(m->devfn, a.devfn);
		ck_assert_int_eq(m->entry_nr, a.entry_nr);
		ck_assert_uint_eq(m->table_base, a.table_base);
	}
}
END_TEST

/* --- the shared page ---------------------------------------------------------------- */

START_TEST(shared_words)
{
	static u64 page[512];
	struct vcpu_runstate_info r = { .state = 2, .state_entry_time = 7,
					.time = { 1, 2, 3, 4 } };
	u8 out[sizeof(r)];

	memset(page, 0, sizeof(page));
	fake_domain.shared = (struct shared_info *)page;
	fake_vcpu.info = (struct vcpu_info *)page;
	ck_assert(!shared_select_port(&fake_vcpu, 1023));
	ck_assert(shared_select_port(&fake_vcpu, 1023 - 31));
	ck_assert(!shared_select_port(&fake_vcpu, 1023 - 32));
	ck_assert_uint_eq(((u32 *)page)[1], 0xc0000000);
	ck_assert_uint_eq(((u32 *)page)[2], 0);
	shared_select_all(&fake_vcpu);
	vcpu_set_cr2(&fake_vcpu, 0x1fffff123);
	ck_assert_uint_eq(((u32 *)page)[1], 0xffffffff);
	ck_assert_uint_eq(((u32 *)page)[2], 0xfffff123);
	ck_assert_uint_eq(((u32 *)page)[3], 0);
	ck_assert_uint_eq(vcpu_get_cr2(&fake_vcpu), 0xfffff123);
	ck_assert_uint_eq(shared_runstate(&fake_domain, &r, out), 44);
	ck_assert_uint_eq(*(c32_u64 *)(out + 4), 7);
	ck_assert_uint_eq(*(c32_u64 *)(out + 36), 4);
	memset(page, 0, sizeof(page));
	fake_domain.pv.is_32bit = false;
	ck_assert(!shared_select_port(&fake_vcpu, 4095));
	vcpu_set_cr2(&fake_vcpu, ~0UL);
	ck_assert_uint_eq(page[1], 1UL << 63);
	ck_assert_uint_eq(page[2], ~0UL);
	ck_assert_uint_eq(shared_runstate(&fake_domain, &r, out), 48);
	ck_assert_uint_eq(*(u32 *)(out + 4), 0);
	ck_assert_mem_eq(out + 8, &r.state_entry_time, 40);
}
END_TEST

/* Anything at all, with memory that ends anywhere: no harm is done. */
START_TEST(random_calls)
{
	static const long answers[] = { 0, -EINVAL, -ERESTART, 5 };

	fill_random((void *)FAKE_GUEST, 0x4000);
	for (unsigned int i = 0; i < 20000; i++) {
		u32 a[3];

		for (unsigned int k = 0; k < 3; k++)
			a[k] = random() % 2 ? AT(random() % 0x4000)
					    : (u32)random() % 100;
		if (random() % 8 == 0)
			a[random() % 3] = (u32)random() << 1;
		fake_call.rc = answers[random() % 4];
		fake_faults_from = AT(random() % 0x8000);
		fake_readonly_from = AT(random() % 0x8000);
		fake_busy_in = random() % 4;
		call(random() % 50, a[0], a[1], a[2]);
	}
}
END_TEST

static void add(Suite *s, const char *name, const TTest *const *tests)
{
	TCase *c = tcase_create(name);

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_set_timeout(c, 60);
	while (*tests)
		tcase_add_test(c, *tests++);
	suite_add_tcase(s, c);
}

int main(void)
{
	const TTest *const memory[] = {
		populate, reservation_restarts, other_reservations, exchanges,
		exchange_stops, exchange_rules, maps_and_resources, NULL };
	const TTest *const others[] = {
		grant_copies, grant_tables, contexts, initialise,
		small_structures, round_trips, shared_words,
		random_calls, NULL };
	Suite *s = suite_create("compat32_ops");
	SRunner *runner;
	int failed;

	add(s, "memory", memory);
	add(s, "others", others);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
