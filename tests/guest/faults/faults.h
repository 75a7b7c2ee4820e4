/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls with an argument in memory: see main.c. */
#ifndef FAULTS_H
#define FAULTS_H

#include "ops.h"

#define EFAULT_	(-XEN_EFAULT)

enum {
	OUT = 1,		/* something is written back */
	NEVER = 2,		/* no call with a good argument, please */
	DOM0_ONLY = 4,		/* others are refused before it is read */
};

struct row {
	const char *name;
	u8 nr, place;		/* of the address among the arguments */
	u8 flags;
	unsigned int cmd;	/* the first argument, unless that is it */
	unsigned long other;	/* the next argument */
	size_t size;
	void (*fill)(void *arg);	/* it is zero before */
	long bad;		/* what a fault gives */
};

/* An address as first argument, with a count; as second; as third. */
#define ROW1(n, count, type, fill, flags) \
	{ #n, __HYPERVISOR_##n, 1, flags, 0, count, sizeof(type), fill, \
	  EFAULT_ }
#define ROW2(n, cmd, type, fill, flags) \
	{ #n " " #cmd, __HYPERVISOR_##n, 2, flags, cmd, 1, sizeof(type), \
	  fill, EFAULT_ }
#define ROW3(n, cmd, vcpu, type, fill, flags) \
	{ #n " " #cmd, __HYPERVISOR_##n, 3, flags, cmd, vcpu, \
	  sizeof(type), fill, EFAULT_ }

extern const struct row memory_rows[], object_rows[], host_rows[];
extern const unsigned int memory_row_count, object_row_count, host_row_count;

#endif
