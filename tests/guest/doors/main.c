/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every door into the hypervisor, from the kernel and from user mode, with
 * random values in all registers, in the flags that are the guest's to choose
 * (DF, NT, TF, AC, ID and the conditions; IOPL and RF are asked for, too), in
 * the data segments and in the stack pointer.  What comes back must be what was
 * there; meanwhile other vCPUs send events, and are stopped and started.
 *
 * An entry that keeps a flag of the guest's shows as a frame that is wrong, as
 * a return that fails, or as a panic.
 */
#include "doors.h"

#define ROUNDS		300
#define EVENTS		50		/* that must have come in between */

#define FLAG_TF		0x100UL
#define FLAG_AC		0x40000UL
#define FLAGS_FREE	0x244cd5UL	/* ID AC NT DF SF ZF AF PF CF */
#define FLAGS_ASKED	0x13000UL	/* RF IOPL: not in the frame */

static volatile unsigned int events;
static unsigned int entered[256];	/* by which of the vectors above 0x20 */
static volatile bool stop;
static unsigned int ipi_port;

u64 random64(void)
{
	static u64 x = 0x9e3779b97f4a7c15ULL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static unsigned long *reg(const struct frame *f, unsigned int i)
{
	return (unsigned long *)((char *)f + register_offsets[i]);
}

/* ---- the other vCPUs -------------------------------------------------------------- */

static struct vcpu_guest_context context;
static char stacks[4][8192] __attribute__((aligned(16)));

static int vcpu_op(int cmd, unsigned int id)
{
	return HC3(vcpu_op, cmd, id, 0);
}

static void idle_vcpu(void)
{
	for (;;)
		HC2(sched_op, SCHEDOP_yield, 0);
}

static void busy_vcpu(void)
{
	unsigned int i;

	for (i = 0; !stop; i++) {
		port_send(ipi_port);
		vcpu_op(i & 1 ? VCPUOP_up : VCPUOP_down, 2);
		HC2(sched_op, SCHEDOP_yield, 0);
	}
	for (;;)
		vcpu_op(VCPUOP_down, 1);
}

/* True if there is one that sends events. */
static bool start_others(void)
{
	unsigned int id;

	ipi_port = port_bind_ipi(0);
	port_set_mask(ipi_port, false);
	for (id = 1; id < 4; id++) {
		if (vcpu_op(VCPUOP_is_up, id) < 0)
			break;
		fill_context(&context, id == 1 ? busy_vcpu : idle_vcpu,
			     stacks[id] + sizeof(stacks[id]));
		CHECK_EQ(HC3(vcpu_op, VCPUOP_initialise, id, &context), 0);
	}
	/* The first last: it stops the second when that has its context. */
	while (--id)
		vcpu_op(VCPUOP_up, id);
	return vcpu_op(VCPUOP_is_up, 1) > 0;
}

static void stop_others(void)
{
	unsigned int id;

	stop = true;
	while (vcpu_op(VCPUOP_is_up, 1) > 0)
		HC2(sched_op, SCHEDOP_yield, 0);
	for (id = 2; id < 4; id++)
		vcpu_op(VCPUOP_down, id);
}

static bool take_event(struct frame *f)
{
	struct vcpu_info *info = &shared_info->vcpu_info[0];

	if (f->vector != ENTRY_EVENT)
		return false;
	info->evtchn_upcall_pending = 0;
	info->evtchn_pending_sel = 0;
	barrier();
	if (ipi_port && port_pending(ipi_port)) {
		port_clear(ipi_port);
		events++;
	}
	return true;
}

/* ---- one entry --------------------------------------------------------------------- */

static char kernel_stack[8192] __attribute__((aligned(16)));

static unsigned long choose_sp(const struct door *d)
{
	unsigned long top = addr_of(kernel_stack + sizeof(kernel_stack));

	if (d->what & IN_KERNEL)
		return top - (random64() % 64) * 8;
	switch (random64() % 4) {
	case 0:
		return 0;
	case 1:
		return HV_ADDRESS + random64() % 4096;
	case 2:
		return random64() % 0x100000;
	default:
		return random64();
	}
}

static unsigned long choose_flags(const struct door *d)
{
	unsigned long flags = random64() & (FLAGS_FREE | FLAGS_ASKED | FLAG_TF);

	if (d->what & STEPS)
		flags |= FLAG_TF;
	if (d->what & NO_STEPS)
		flags &= ~FLAG_TF;
	return flags | 0x202;
}

static void choose(const struct door *d, struct frame *start)
{
	unsigned int i;

	memset(start, 0, sizeof(*start));
	for (i = 0; i < NR_REGISTERS; i++)
		*reg(start, i) = d->what & IN_CODE32 ? (u32)random64()
						     : random64();
	*reg(start, R_CX) = 0;			/* what DIV divides by */
	if (d->ax)
		*reg(start, R_AX) = d->ax;
	start->ip = addr_of(d->code);
	start->cs = d->what & IN_KERNEL ? KERNEL_CS_SHOWN : USER_CS;
	start->ss = d->what & IN_KERNEL ? KERNEL_DS : USER_DS;
	if (d->what & IN_CODE32)
		start->cs = 0xe023;
	start->flags = choose_flags(d);
	start->sp = choose_sp(d);
	if (d->what & IN_CODE32)
		start->sp = (u32)start->sp;
	choose_segments(start, d->what & IN_KERNEL);
}

static void check_registers(const struct door *d, const struct frame *start,
			    const struct frame *f)
{
	unsigned int i;

	for (i = 0; i < NR_REGISTERS; i++) {
		if ((i == R_CX || i == R_FLAGS) && d->what & CLOBBERS_CX)
			continue;
		if (i == R_AX && d->what & GIVES_RESULT)
			CHECK_EQ((long)*reg(f, i), d->result);
		else
			CHECK_EQ(*reg(f, i), *reg(start, i));
	}
}

static void check_frame(const struct door *d, const struct frame *start,
			const struct frame *f)
{
	unsigned long flags = FLAGS_FREE | FLAG_TF;

	check_registers(d, start, f);
	CHECK_EQ(f->flags & (flags | 0x3000), start->flags & flags);
	check_segments(start, f);
	if (d->error != NO_ERROR)
		CHECK_EQ(f->error, d->error);
	if (!(d->what & NO_RETURN_IP)) {
		CHECK_EQ(f->ip, start->ip + d->offset);
		CHECK_EQ(f->cs, start->cs);
		CHECK_EQ(f->sp, start->sp);
		CHECK_EQ(f->ss, start->ss);
	}
	check_kind(d, start, f);
}

/* The processor does not know the instruction: it is refused where it stands. */
static bool lacks(const struct door *d, const struct frame *start,
		  const struct frame *f, int vector)
{
	if (!(d->what & MAY_LACK) || (vector != 6 && vector != 13))
		return false;
	CHECK_EQ(f->ip, start->ip);
	return true;
}

static void enter(const struct door *d)
{
	struct frame start, f;
	int vector;

	subject(d->name);
	choose(d, &start);
	vector = catch_frame(&start, &f);
	if (lacks(d, &start, &f, vector))
		return;
	CHECK_EQ(vector, d->vector);
	if (vector != d->vector)
		return;
	entered[vector & 0xff]++;
	check_frame(d, &start, &f);
}

static void register_callback(u16 type, unsigned int vector)
{
	struct callback_register r = { .type = type };
	unsigned long words[2] = {
		KERNEL_CS, (unsigned long)trap_entries + vector * 64
	};

	memcpy(&r.address, IS_32BIT ? words : words + 1, sizeof(r.address));
	CHECK_EQ(HC2(callback_op, CALLBACKOP_register, &r), 0);
}

/* Each vendor has one of them, and its door must have been gone through. */
static void check_vendor(void)
{
	u32 leaf = 0, b, c, d;

	__asm__ volatile("cpuid" : "+a"(leaf), "=b"(b), "=c"(c), "=d"(d));
	subject("the vendor's own door");
	CHECK(entered[b == 0x756e6547 ? VEC_SYSENTER : VEC_SYSCALL32]);
}

void test_main(void)
{
	unsigned int round, i;
	bool others;

	on_entry = on_user_entry = take_event;
	register_callback(CALLBACKTYPE_sysenter, VEC_SYSENTER);
	register_callback(CALLBACKTYPE_syscall32, VEC_SYSCALL32);
	others = start_others();
	for (round = 0; round < ROUNDS || (others && events < EVENTS &&
					   round < 100 * ROUNDS); round++)
		for (i = 0; i < door_count && checks_failed < 40; i++)
			enter(&doors[i]);
	subject("events in between");
	if (others)
		CHECK(events >= EVENTS);
	else
		skip("there is one vCPU only");
	stop_others();
	check_vendor();
}
