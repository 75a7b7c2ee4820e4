/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of this subject. */
#ifndef TESTS_GUEST_FUZZ_H
#define TESTS_GUEST_FUZZ_H

#include "ops.h"

#define FUZZ_VCPUS	2

/* ---- main.c, supervise.c -------------------------------------------------------- */

extern volatile u64 calls_made[FUZZ_VCPUS];

u64 option(const char *name, u64 otherwise);
void supervise(void);

/* ---- guest.c: one vCPU's state and its loop ------------------------------------------ */

#define CALLS		16	/* in a multicall */
#define ARG_BYTES	512

struct call;

struct fuzzer {
	u64 seed;
	unsigned int id;
};

struct call {
	unsigned long nr, a[6];
	void *arg;		/* where its structure is */
	/* Puts what came out of it into the pools; NULL: nothing. */
	void (*done)(struct fuzzer *f, struct call *c, long rc);
};

typedef void maker(struct fuzzer *f, struct call *c);

struct weighted {
	unsigned int weight;
	maker *make;
};

extern const struct weighted calls_memory[], calls_objects[], calls_cpu[];

void fuzz_guest(void);
/* Loads and stores that may fault, which is of no interest. */
u64 touch_read(unsigned long addr);
void touch_write(unsigned long addr, u64 value);
/* The registers' state after an iret hypercall of @flags is as before. */
void touch_iret(unsigned long flags);

/* ---- pool.c: what earlier calls left, and values made of it ---------------------------- */

#define VICTIMS		48	/* pages for anything */
#define TABLES		24	/* pages that become tables */
#define WINDOWS		32	/* addresses to map at */
#define PORTS		64
#define MAPPINGS	64

struct mapping {
	u64 host_addr, bus_addr;
	u32 handle;
};

extern unsigned int partner, own_id;
extern u32 ports[PORTS];
extern struct mapping mappings[MAPPINGS];
extern grant_entry_v1_t *grants;	/* the first frame, or NULL */

void pool_set_up(void);
/*
 * Arguments of the call at that place of a multicall, and the list itself.
 * Behind them nothing is mapped, as they may be announced as longer.
 */
u64 *pool_args(struct fuzzer *f, unsigned int slot);
multicall_entry_t *pool_list(struct fuzzer *f);
/* A page of ours that a call took away: others take its place. */
bool pool_repair(unsigned long addr);

u64 rnd(struct fuzzer *f);
u32 below(struct fuzzer *f, u32 n);
bool one_in(struct fuzzer *f, u32 n);
u64 any_number(struct fuzzer *f);	/* small, large, at a border */
unsigned int any_domid(struct fuzzer *f);
u32 any_port(struct fuzzer *f);
u32 any_ref(struct fuzzer *f);
u64 any_mfn(struct fuzzer *f);
u64 any_table_mfn(struct fuzzer *f);
u64 any_pte(struct fuzzer *f);
u64 any_entry_maddr(struct fuzzer *f);
unsigned long any_window(struct fuzzer *f);
unsigned long any_page(struct fuzzer *f);	/* of all the above */
unsigned long any_pointer(struct fuzzer *f);	/* mostly useless */
u64 any_time(struct fuzzer *f);
void keep_port(struct fuzzer *f, u32 port);

#endif
