/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tiny kernel for tests: one vCPU, one address space where virtual equals
 * pseudo-physical, console, traps, checks.  A test is one folder with a file
 * main.c that defines test_main().  Each is built twice: as a 64-bit kernel and
 * as a 32-bit one, which uses PAE page tables and runs in ring 1.  Tests are
 * written for both: addresses are unsigned long, machine frames and page table
 * entries u64.  What differs is named by kind64.h and kind32.h, IS_32BIT first.
 */
#ifndef TESTS_GUEST_H
#define TESTS_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#include <xen/features.h>
#include <xen/callback.h>
#include <xen/physdev.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#ifdef __x86_64__
#include "kind64.h"
#else
#include "kind32.h"
#endif

#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define barrier()	__asm__ volatile("" ::: "memory")

extern struct start_info *start_info;
extern struct shared_info *shared_info;
extern char trap_entries[], event_entry[], failsafe_entry[];
extern char syscall_entry[];	/* 64-bit kernels only */
extern char stack_end[], hypercall_page[], image_start[], image_end[];

static inline bool is_dom0(void)
{
	return start_info->flags & SIF_INITDOMAIN;
}

/* ---- Hypercalls ----------------------------------------------------------- */

/* Numbers as __HYPERVISOR_*; negative results are -errno. */
long hypercall(unsigned long nr, unsigned long a1, unsigned long a2,
	       unsigned long a3, unsigned long a4, unsigned long a5);
#define HC_ARG(a)		((unsigned long)(a))
#define HC0(n)			hypercall(__HYPERVISOR_##n, 0, 0, 0, 0, 0)
#define HC1(n, a)		hypercall(__HYPERVISOR_##n, HC_ARG(a), \
					0, 0, 0, 0)
#define HC2(n, a, b)		hypercall(__HYPERVISOR_##n, HC_ARG(a), \
					HC_ARG(b), 0, 0, 0)
#define HC3(n, a, b, c)		hypercall(__HYPERVISOR_##n, HC_ARG(a), \
					HC_ARG(b), HC_ARG(c), 0, 0)
#define HC4(n, a, b, c, d)	hypercall(__HYPERVISOR_##n, HC_ARG(a), \
					HC_ARG(b), HC_ARG(c), HC_ARG(d), 0)
#define HC5(n, a, b, c, d, e)	hypercall(__HYPERVISOR_##n, HC_ARG(a), \
					HC_ARG(b), HC_ARG(c), HC_ARG(d), \
					HC_ARG(e))

/*
 * Call @code with all general registers but the stack pointer as in @r, which
 * then has what they are on its return; behind them the flags, likewise.
 */
void call_with_registers(unsigned long *r, const void *code);
extern const char hypercall_insn[];	/* the instruction, and a return */

/* Calls whose 64-bit arguments take two registers of a 32-bit kernel. */
long update_va_mapping(unsigned long va, u64 pte, unsigned long flags);
long update_va_mapping_of(unsigned long va, u64 pte, unsigned long flags,
			  unsigned int owner);
long update_descriptor(u64 maddr, u64 descriptor);
long set_timer(u64 ns);
/* 32-bit kernels pass KERNEL_CS with each and have no @syscall. */
long set_callbacks(unsigned long event, unsigned long failsafe,
		   unsigned long syscall);

/* ---- Traps ------------------------------------------------------------------ */

#define ENTRY_EVENT	0x100
#define ENTRY_FAILSAFE	0x101
#define ENTRY_SYSCALL	0x102

/* The test's handler; true: go on. Default prints and ends the guest. */
extern bool (*on_entry)(struct frame *f);

/* DS, ES, FS and GS as the last failsafe callback was told. */
extern unsigned long failsafe_segments[4];

/* Run @fn; if it traps, its frame is kept and the call returns the vector. */
int catch_trap(void (*fn)(void *), void *arg, struct frame *f);

/*
 * User mode.  Run @code of the section .user with AX = DI = @arg until it traps;
 * events go to on_entry.  Only pages of that section, and those given to
 * make_user(), are mapped for it: a 64-bit kernel has tables of its own for user
 * mode, which lack the kernel.  @cs, @flags: what to
 * return to (catch_user: USER_CS, interrupts on).
 */
int catch_user(const void *code, unsigned long arg, struct frame *f);
int catch_user_at(const void *code, u16 cs, unsigned long flags,
		  unsigned long arg, struct frame *f);
/* The iret behind these, for any frame; ends with whatever entry comes next. */
int catch_iret(unsigned long ip, u16 cs, unsigned long flags, unsigned long sp,
	       u16 ss, unsigned long arg, struct frame *f);
/* With all registers of @start, of user mode or of the kernel. */
int catch_frame(const struct frame *start, struct frame *f);
/* Asked first while user mode runs; true: go on there. */
extern bool (*on_user_entry)(struct frame *f);
void make_user(unsigned long va, u64 pte);
extern char user_start[], user_end[];
extern char trap_stack_end[];	/* the stack that entries from user mode get */
#define USER_CODE(name, text) \
	extern const char name[]; \
	__asm__(".pushsection .user, \"awx\", @progbits\n.globl " #name "\n" \
		#name ": " text "\n.popsection\n")

/* Fill @t (256 entries and an end) with the library's handlers. */
void default_traps(struct trap_info *t);
/* A context that starts @fn on the stack ending at @stack, in our tables. */
void fill_context(struct vcpu_guest_context *c, void (*fn)(void), void *stack);

/* ---- Page tables: all addresses are in the initial mapping --------------------- */

static inline unsigned long pfn_of(const void *p)
{
	return (unsigned long)p / PAGE_SIZE;
}
u64 mfn_of(const void *p);
u64 maddr_of(const void *p);
u64 pfn_to_mfn(unsigned long pfn);
unsigned long mfn_to_pfn(u64 mfn);	/* what the hypervisor's table says */
/* The L1 entry of an address: its value, and its machine address. */
u64 *l1_entry(unsigned long va);
u64 l1_entry_maddr(unsigned long va);
/* The entry of an address at a level, 1 to PT_LEVELS. */
u64 *table_entry(unsigned int level, unsigned long va);
int map_page(unsigned long va, u64 pte, unsigned long flags);
void *alloc_page(void);		/* zeroed, from a fixed pool; never NULL */
#define PTE_FRAME(pte)	(((pte) & 0x000ffffffffff000ULL) >> 12)
#define PTE_RO(mfn)	((u64)(mfn) << 12 | 0x21 | PTE_USER_MARK)
#define PTE_RW(mfn)	((u64)(mfn) << 12 | 0x63 | PTE_USER_MARK)
#define PTE_NX		(1ULL << 63)

/* ---- Console, end, checks -------------------------------------------------------- */

/* %s %c %d %u %x with l, ll, #, 0 and a width. */
void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void guest_shutdown(unsigned int reason) __attribute__((noreturn));

/* Checks: each prints a line only if it fails, and is counted. */
extern unsigned int checks_passed, checks_failed;
void check_eq(const char *file, int line, const char *what, long long got,
	      long long want);
#define CHECK_EQ(got, want) \
	check_eq(__FILE__, __LINE__, #got, (long long)(got), \
		 (long long)(want))
#define CHECK(cond) check_eq(__FILE__, __LINE__, #cond, !!(cond), 1)
/* Begin a group; printed before what fails in it. */
void subject(const char *name);
/* Say what is left out, and why. */
void skip(const char *why);

void *memset(void *p, int c, size_t n);
void *memcpy(void *d, const void *s, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

void test_main(void);

#endif
