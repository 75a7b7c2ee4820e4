/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tiny kernel for tests: one vCPU, one address space where virtual equals
 * pseudo-physical, console, traps, checks.  A test is one folder with a file
 * main.c that defines test_main().
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

#define PAGE_SIZE	4096UL
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define barrier()	__asm__ volatile("" ::: "memory")

extern struct start_info *start_info;
extern struct shared_info *shared_info;
extern char trap_entries[], event_entry[], failsafe_entry[], syscall_entry[];
extern char stack_end[], hypercall_page[], image_start[], image_end[];

/* Numbers as __HYPERVISOR_*; negative results are -errno. */
long hypercall(u64 nr, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5);
#define HC0(n)			hypercall(__HYPERVISOR_##n, 0, 0, 0, 0, 0)
#define HC1(n, a)		hypercall(__HYPERVISOR_##n, (u64)(a), 0, 0, 0, 0)
#define HC2(n, a, b)		hypercall(__HYPERVISOR_##n, (u64)(a), \
					(u64)(b), 0, 0, 0)
#define HC3(n, a, b, c)		hypercall(__HYPERVISOR_##n, (u64)(a), \
					(u64)(b), (u64)(c), 0, 0)
#define HC4(n, a, b, c, d)	hypercall(__HYPERVISOR_##n, (u64)(a), \
					(u64)(b), (u64)(c), (u64)(d), 0)

/* All registers at an entry from the hypervisor; may be changed. */
struct frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx,
	    rcx, rax;
	u64 vector;		/* 0-255, or ENTRY_* */
	u64 error;
	u64 rip, cs, rflags, rsp, ss;
};

#define ENTRY_EVENT	0x100
#define ENTRY_FAILSAFE	0x101
#define ENTRY_SYSCALL	0x102

/* The test's handler; true: go on. Default prints and ends the guest. */
extern bool (*on_entry)(struct frame *f);

/* Run @fn; if it traps, its frame is kept and the call returns the vector. */
int catch_trap(void (*fn)(void *), void *arg, struct frame *f);

/* Page tables: all addresses are in the initial mapping. */
static inline u64 pfn_of(const void *p) { return (u64)p / PAGE_SIZE; }
u64 mfn_of(const void *p);
u64 pfn_to_mfn(u64 pfn);
/* The L1 entry of an address: its value, and its machine address. */
u64 *l1_entry(u64 va);
u64 l1_entry_maddr(u64 va);
int map_page(u64 va, u64 pte, u64 flags);	/* update_va_mapping */
void *alloc_page(void);		/* zeroed, from a fixed pool; never NULL */
#define PTE_RO(mfn)	((mfn) << 12 | 0x25)
#define PTE_RW(mfn)	((mfn) << 12 | 0x67)

void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void guest_shutdown(unsigned int reason) __attribute__((noreturn));

/* Checks: each prints a line only if it fails, and is counted. */
extern unsigned int checks_passed, checks_failed;
void check_eq(const char *file, int line, const char *what, long got,
	      long want);
#define CHECK_EQ(got, want) \
	check_eq(__FILE__, __LINE__, #got, (long)(got), (long)(want))
#define CHECK(cond) check_eq(__FILE__, __LINE__, #cond, !!(cond), 1)
/* Begin a group; printed before what fails in it. */
void subject(const char *name);

void *memset(void *p, int c, size_t n);
void *memcpy(void *d, const void *s, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

void test_main(void);

#endif
