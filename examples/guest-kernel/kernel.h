/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's files offer each other, in the order in which the kernel
 * comes up. Virtual addresses equal pseudo-physical ones: VIRT_BASE is 0.
 */
#ifndef GUEST_KERNEL_H
#define GUEST_KERNEL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/callback.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#include "asm.h"
#include "hypercall.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define PAGE_SIZE	4096UL
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MS		1000000ULL	/* in ns */

/* start.S */
extern struct start_info *start_info;
extern char stacks[MAX_CPUS][STACK_SIZE], trap_entries[][TRAP_STUB];
void event_entry(void);
void failsafe_entry(void);
void smp_start(void);

/* arch.c: sets the entry that maps a page; < 0: refused. */
int arch_map(unsigned long va, u64 pte);
xen_callback_t arch_callback(void (*entry)(void));
void arch_context(struct vcpu_guest_context *c, void (*entry)(void),
		  unsigned long stack);

/* lib.c: what the compiler and the drivers expect, and little more. */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *p, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
u64 divide(u64 n, u32 by);		/* the compiler's own is not linked */

/* print.c: %s %c %d %u %x with a width, 0, l and ll, to the console. */
void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void print_list(const char *fmt, va_list ap);
void panic(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void shutdown(unsigned int reason) __attribute__((noreturn));

/* options.c: NAME=VALUE of the command line; NULL, or the fallback. */
const char *option(const char *name);
u32 option_number(const char *name, u32 fallback);

/* memory.c */
void memory_init(void);
unsigned long virt_to_mfn(const void *p);
void *mfn_to_virt(unsigned long mfn);
/* Pages in a row, zeroed; NULL: there are none left. */
void *memory_pages(unsigned int count);
void memory_free(void *pages, unsigned int count);
/* Maps a frame that is none of our pages at a new address. */
void *memory_map_frame(u64 mfn);
extern struct shared_info *shared_info;

/* traps.c */
void traps_init(void);
void traps_fill(struct trap_info *table);
void traps_enter(struct frame *f);

/*
 * events.c. Events are masked except while a vCPU sleeps: a handler interrupts
 * nothing, and one kernel thread for each vCPU needs no locks.
 */
typedef void (*event_handler)(void *arg);
void events_init(void);
void events_deliver(void);
void events_handle(u32 port, event_handler handler, void *arg);
u32 events_bind_virq(u32 virq, u32 cpu, event_handler handler, void *arg);
u32 events_bind_ipi(u32 cpu, event_handler handler, void *arg);
u32 events_alloc(u16 remote, event_handler handler, void *arg);
void events_close(u32 port);
void events_send(u32 port);
/*
 * Sleeps until there was an event for this vCPU and its handler has run. What
 * happened since the last sleep ends this one at once, so nothing is missed
 * between a look at a condition and sleeping for it.
 */
void events_sleep(void);
/* Sleeps until ready(arg), or until a moment; what ready() said last. */
bool events_wait(bool (*ready)(void *arg), void *arg, u64 deadline);

/* time.c: ns of system time. */
void time_init(void);
u64 time_now(void);
u64 time_tsc(void);
u64 time_of(u64 tsc);			/* of this boot, on this vCPU */
/* An event for this vCPU then; only one at a time. */
void time_wake_at(u64 when);

/* smp.c */
unsigned int cpu_id(void);
/* Starts vCPU 1; false: there is none. */
bool smp_init(void);
void smp_main(void);
/* Has vCPU 1 call a function (it must be idle), and waits for its end. */
void smp_call(void (*fn)(void *), void *arg);

#endif
