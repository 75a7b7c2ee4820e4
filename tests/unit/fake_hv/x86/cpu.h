/* SPDX-License-Identifier: BSD-2-Clause */
/* The per-CPU area without a stack to find it by: the test says who runs. */
#ifndef FAKE_X86_CPU_H
#define FAKE_X86_CPU_H

#define this_cpu	real_this_cpu
#define cpu_by_id	real_cpu_by_id
#include_next "x86/cpu.h"
#undef this_cpu
#undef cpu_by_id

struct cpu *fake_cpu(unsigned int id);
/* Threads may play several CPUs. */
extern _Thread_local unsigned int fake_cpu_now;

#define this_cpu()	fake_cpu(fake_cpu_now)
#define cpu_by_id(n)	fake_cpu(n)
#define guest_regs()	(&this_cpu()->regs)

#endif
