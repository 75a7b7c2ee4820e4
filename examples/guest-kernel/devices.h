/* SPDX-License-Identifier: BSD-2-Clause */
/* The half of the kernel that uses frontend-drivers/. */
#ifndef GUEST_KERNEL_DEVICES_H
#define GUEST_KERNEL_DEVICES_H

#include "kernel.h"
#include "consfront.h"
#include "frontend.h"
#include "grant.h"
#include "xenbus.h"

/* hooks.c: what the drivers want of a kernel. */
extern struct frontend_os hooks;
/* Grant table and store: before the first device. */
void hooks_init(void);

/* print.c */
void print_init(void);

/* control.c: obeys control/shutdown of the store. */
void control_init(void);

/*
 * disk.c: the disk that disk=NAME names. disk_prove() reads `read` blocks of
 * 4 KiB from its start and prints their sum, writes `blocks` blocks of a
 * pattern from block `at` on, and reads them again.
 */
bool disk_init(void);
void disk_prove(void);

/* net.c: the first interface, with the address ip=A.B.C.D/N. */
bool net_init(void);
/* When net_tick() has something to do next; ~0: never. */
u64 net_deadline(void);
void net_tick(void);

#endif
