/* SPDX-License-Identifier: BSD-2-Clause */
/* Start, traps, page tables and checks of the test kernels: see guest.h. */
#include "guest.h"

struct start_info *start_info;
static struct shared_info shared_info_window __attribute__((aligned(4096)));
struct shared_info *shared_info = &shared_info_window;
static char page_pool[96][PAGE_SIZE] __attribute__((aligned(4096)));
static unsigned int pages_used;
unsigned int checks_passed, checks_failed;
static const char *subject_name = "start";
bool (*on_entry)(struct frame *f);

/* ---- Traps -------------------------------------------------------------------- */

struct context {
	u64 rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

static struct context catcher;
static struct frame *caught_frame;
static volatile bool catching;
static volatile int caught_vector;

int context_save(struct context *c);
void context_restore(const struct context *c) __attribute__((noreturn));

__asm__(".text\n.globl context_save\ncontext_save:\n"
	"movq %rbx, (%rdi)\nmovq %rbp, 8(%rdi)\nmovq %r12, 16(%rdi)\n"
	"movq %r13, 24(%rdi)\nmovq %r14, 32(%rdi)\nmovq %r15, 40(%rdi)\n"
	"leaq 8(%rsp), %rax\nmovq %rax, 48(%rdi)\nmovq (%rsp), %rax\n"
	"movq %rax, 56(%rdi)\nxorl %eax, %eax\nret\n"
	".globl context_restore\ncontext_restore:\n"
	"movq (%rdi), %rbx\nmovq 8(%rdi), %rbp\nmovq 16(%rdi), %r12\n"
	"movq 24(%rdi), %r13\nmovq 32(%rdi), %r14\nmovq 40(%rdi), %r15\n"
	"movq 48(%rdi), %rsp\nmovl $1, %eax\njmp *56(%rdi)\n");

void guest_entry(struct frame *f);

static void __attribute__((noreturn)) unexpected(const struct frame *f)
{
	print("FAIL %s: unexpected entry %#lx, error %#lx, rip %#lx\n",
	      subject_name, f->vector, f->error, f->rip);
	guest_shutdown(SHUTDOWN_crash);
}

void guest_entry(struct frame *f)
{
	if (catching && f->vector < ENTRY_EVENT) {
		catching = false;
		caught_vector = f->vector;
		*caught_frame = *f;
		context_restore(&catcher);
	}
	if (!on_entry || !on_entry(f))
		unexpected(f);
}

int catch_trap(void (*fn)(void *), void *arg, struct frame *f)
{
	caught_vector = -1;
	caught_frame = f;
	if (!context_save(&catcher)) {
		catching = true;
		fn(arg);
		catching = false;
	}
	return caught_vector;
}

static void set_traps(void)
{
	static struct trap_info t[257];
	unsigned int i;

	for (i = 0; i < 256; i++) {
		t[i].vector = i;
		t[i].flags = i == 3 || i == 4 || i == 0x20 ? 3 : 0;
		t[i].cs = 0xe033;
		t[i].address = (u64)trap_entries + i * 64;
	}
	CHECK_EQ(HC1(set_trap_table, t), 0);
	CHECK_EQ(HC3(set_callbacks, event_entry, failsafe_entry,
		     syscall_entry), 0);
}

/* ---- Page tables ---------------------------------------------------------------- */

u64 pfn_to_mfn(u64 pfn)
{
	return ((u64 *)start_info->mfn_list)[pfn];
}

u64 mfn_of(const void *p)
{
	return pfn_to_mfn(pfn_of(p));
}

static const u64 *m2p = (const u64 *)0xffff800000000000UL;

static u64 *table_of(u64 entry)
{
	return (u64 *)(m2p[(entry & 0x000ffffffffff000UL) >> 12] << 12);
}

u64 *l1_entry(u64 va)
{
	u64 *t = (u64 *)start_info->pt_base;
	int shift;

	for (shift = 39; shift > 12; shift -= 9)
		t = table_of(t[va >> shift & 511]);
	return &t[va >> 12 & 511];
}

u64 l1_entry_maddr(u64 va)
{
	u64 p = (u64)l1_entry(va);

	return mfn_of((void *)p) << 12 | (p & 4095);
}

int map_page(u64 va, u64 pte, u64 flags)
{
	return HC3(update_va_mapping, va, pte, flags);
}

void *alloc_page(void)
{
	void *p;

	if (pages_used == ARRAY_SIZE(page_pool)) {
		print("FAIL %s: page pool is empty\n", subject_name);
		guest_shutdown(SHUTDOWN_crash);
	}
	p = page_pool[pages_used++];
	memset(p, 0, PAGE_SIZE);
	return p;
}

/* ---- Checks ----------------------------------------------------------------------- */

void subject(const char *name)
{
	subject_name = name;
}

void check_eq(const char *file, int line, const char *what, long got,
	      long want)
{
	if (got == want) {
		checks_passed++;
		return;
	}
	checks_failed++;
	print("FAIL %s: %s:%d: %s is %ld (%#lx), not %ld (%#lx)\n",
	      subject_name, file, line, what, got, (u64)got, want, (u64)want);
}

void guest_shutdown(unsigned int reason)
{
	struct sched_shutdown s = { .reason = reason };

	HC2(sched_op, SCHEDOP_shutdown, &s);
	for (;;)
		HC2(sched_op, SCHEDOP_yield, 0);
}

void guest_start(void);

void guest_start(void)
{
	CHECK_EQ(memcmp(start_info->magic, "xen-3.0-x86_64", 15), 0);
	set_traps();
	CHECK_EQ(map_page((u64)shared_info,
			  PTE_RW(start_info->shared_info >> 12),
			  UVMF_INVLPG), 0);
	test_main();
	print("guest test: %u passed, %u failed\n", checks_passed,
	      checks_failed);
	guest_shutdown(checks_failed ? SHUTDOWN_crash : SHUTDOWN_poweroff);
}
