/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries from the hypervisor, and how tests catch them: see guest.h. */
#include "internal.h"

bool (*on_entry)(struct frame *f);
bool (*on_user_entry)(struct frame *f);
unsigned long failsafe_segments[4];

static struct context catcher;
static struct frame *caught_frame;
static volatile enum { CATCH_NOTHING, CATCH_KERNEL, CATCH_USER } catching;
static volatile int caught_vector;
static char user_stack[PAGE_SIZE]
	__attribute__((section(".user.data"), aligned(4096)));

static void __attribute__((noreturn)) unexpected(const struct frame *f)
{
	print("FAIL %s: unexpected entry %#lx, error %#lx, ip %#lx\n",
	      subject_name, (unsigned long)f->vector, (unsigned long)f->error,
	      (unsigned long)f->ip);
	guest_shutdown(SHUTDOWN_crash);
}

static bool is_caught(const struct frame *f)
{
	if (f->vector < ENTRY_EVENT)
		return catching != CATCH_NOTHING;
	return f->vector != ENTRY_EVENT && catching == CATCH_USER;
}

void guest_entry(struct frame *f)
{
	if (f->vector == ENTRY_FAILSAFE)
		leave_bad_segments(f);
	if (catching == CATCH_USER && on_user_entry && on_user_entry(f))
		return;
	if (is_caught(f)) {
		catching = CATCH_NOTHING;
		caught_vector = f->vector;
		*caught_frame = *f;
		context_restore(&catcher);
	}
	if (on_entry && on_entry(f))
		return;
	if (f->vector != ENTRY_EVENT || is_dom0())
		unexpected(f);
	/* The other end of a guest's console has knocked: nobody minds. */
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
}

int catch_trap(void (*fn)(void *), void *arg, struct frame *f)
{
	caught_vector = -1;
	caught_frame = f;
	if (!context_save(&catcher)) {
		catching = CATCH_KERNEL;
		fn(arg);
		catching = CATCH_NOTHING;
	}
	return caught_vector;
}

static void prepare_user(struct frame *f)
{
	static bool started;

	if (!started) {
		started = true;
		start_user();
	}
	caught_vector = -1;
	caught_frame = f;
}

int catch_iret(unsigned long ip, u16 cs, unsigned long flags, unsigned long sp,
	       u16 ss, unsigned long arg, struct frame *f)
{
	prepare_user(f);
	if (!context_save(&catcher)) {
		catching = CATCH_USER;
		enter_user(ip, cs, flags, sp, ss, arg);
	}
	return caught_vector;
}

int catch_frame(const struct frame *start, struct frame *f)
{
	/* It is the stack until all is loaded, for an event's handler too. */
	static struct {
		char room[PAGE_SIZE];
		struct frame f;
	} stack __attribute__((aligned(16)));

	prepare_user(f);
	stack.f = *start;
	if (!context_save(&catcher)) {
		catching = CATCH_USER;
		frame_resume(&stack.f);
	}
	return caught_vector;
}

int catch_user_at(const void *code, u16 cs, unsigned long flags,
		  unsigned long arg, struct frame *f)
{
	return catch_iret((unsigned long)code, cs, flags, (unsigned long)
			  user_stack + sizeof(user_stack) - 16, USER_DS, arg,
			  f);
}

int catch_user(const void *code, unsigned long arg, struct frame *f)
{
	return catch_user_at(code, USER_CS, 0x202, arg, f);
}

void default_traps(struct trap_info *t)
{
	unsigned int i;

	memset(t, 0, 257 * sizeof(*t));
	for (i = 0; i < 256; i++) {
		t[i].vector = i;
		t[i].flags = i == 3 || i == 4 || i == 0x20 ? 3 : 0;
		t[i].cs = KERNEL_CS;
		t[i].address = (unsigned long)trap_entries + i * 64;
	}
}

void set_traps(void)
{
	static struct trap_info t[257];

	default_traps(t);
	CHECK_EQ(HC1(set_trap_table, t), 0);
	CHECK_EQ(set_callbacks((unsigned long)event_entry,
			       (unsigned long)failsafe_entry,
			       (unsigned long)syscall_entry), 0);
}

void fill_context(struct vcpu_guest_context *c, void (*fn)(void), void *stack)
{
	static struct trap_info t[257];

	memset(c, 0, sizeof(*c));
	c->flags = VGCF_in_kernel;
	default_traps(t);
	memcpy(c->trap_ctxt, t, sizeof(c->trap_ctxt));
	c->kernel_ss = KERNEL_DS;
	c->kernel_sp = (unsigned long)stack;
	c->ctrlreg[3] = cr3_of(mfn_of((void *)start_info->pt_base));
	set_context(c, fn, stack);
}
