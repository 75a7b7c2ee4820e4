/* SPDX-License-Identifier: BSD-2-Clause */
/* What we say when one of our own invariants is broken, and then. */
#include "boot/boot.h"
#include "core/console.h"
#include "core/domain.h"
#include "lib/printf.h"
#include "mm/image.h"
#include "x86/panic.h"
#include "x86/smp.h"
#include "x86/time.h"

static u32 panicking;		/* atomic: CPU + 1 that does so */

bool panic_in_progress(void)
{
	return READ_ONCE(panicking) != 0 || smp_stopping();
}

void dump_regs(const struct regs *r)
{
	pr_err("rip %04lx:%016lx  rflags %08lx  vector %u error %#x\n",
	       r->cs & 0xffff, r->rip, r->rflags, r->vector, r->error_code);
	pr_err("rsp %04lx:%016lx  rbp %016lx\n", r->ss & 0xffff, r->rsp,
	       r->rbp);
	pr_err("rax %016lx rbx %016lx rcx %016lx\n", r->rax, r->rbx, r->rcx);
	pr_err("rdx %016lx rsi %016lx rdi %016lx\n", r->rdx, r->rsi, r->rdi);
	pr_err("r8  %016lx r9  %016lx r10 %016lx\n", r->r8, r->r9, r->r10);
	pr_err("r11 %016lx r12 %016lx r13 %016lx\n", r->r11, r->r12, r->r13);
	pr_err("r14 %016lx r15 %016lx\n", r->r14, r->r15);
	pr_err("cr0 %08lx cr2 %016lx cr3 %010lx cr4 %08lx\n", READ_CR(0),
	       READ_CR(2), READ_CR(3), READ_CR(4));
}

static bool on_this_stack(u64 p)
{
	u64 here = (u64)this_cpu();

	return (p & 7) == 0 && (p & ~(CPU_AREA_SIZE - 1)) ==
	       (here & ~(CPU_AREA_SIZE - 1)) && p < here;
}

/* Frames lie on this CPU's stacks, each above the last. */
void dump_stack(u64 rbp)
{
	pr_err("called from (addr2line -e hospes.syms.elf):\n");
	for (unsigned int i = 0; i < 24 && on_this_stack(rbp) &&
	     on_this_stack(rbp + 8); i++) {
		const u64 *frame = (const u64 *)rbp;

		if (frame[1] < IMAGE_VIRT || frame[1] >= (u64)init_text_end)
			return;
		pr_err("  %016lx\n", frame[1]);
		if (frame[0] <= rbp)
			return;
		rbp = frame[0];
	}
}

static void dump_context(void)
{
	struct cpu *c = this_cpu();
	struct vcpu *v = c->current_vcpu;

	if (v)
		pr_err("cpu %u, running d%u v%u\n", c->id, v->domain->id,
		       v->id);
	else
		pr_err("cpu %u, at start\n", c->id);
}

static __noreturn void stop_here(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

/* The first CPU to panic speaks; one that panics while it does so stops. */
static void begin(void)
{
	u32 none = 0, me = this_cpu()->id + 1;

	if (__atomic_compare_exchange_n(&panicking, &none, me, false,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		smp_stop_others();
		return;
	}
	if (none != me)
		stop_here();
	/* A fault while we report: once more is enough. */
	WRITE_ONCE(panicking, ~0U);
	console_write("(hv) fault while reporting a fault\n", 35);
	machine_reset();
}

static __noreturn void finish(void)
{
	if (options.no_reboot) {
		pr_err("stopped; reset the machine by hand\n");
		stop_here();
	}
	pr_err("rebooting in 2 seconds\n");
	time_delay_us(2000000);
	machine_reset();
}

static void say(const char *fmt, va_list ap)
{
	char line[200];

	vsnprintf(line, sizeof(line), fmt, ap);
	pr_err("----------------------------------------\n");
	pr_err("PANIC: %s\n", line);
}

void panic(const char *fmt, ...)
{
	va_list ap;

	begin();
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	dump_context();
	dump_stack((u64)__builtin_frame_address(0));
	finish();
}

void panic_regs(const struct regs *regs, const char *fmt, ...)
{
	va_list ap;

	begin();
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	dump_context();
	dump_regs(regs);
	dump_stack(regs->rbp);
	finish();
}
