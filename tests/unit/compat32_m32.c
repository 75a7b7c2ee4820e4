/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled with -m32 -S: its output is turned into a table of numbers. */
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/callback.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>

void values(void);

#define V(x, y) __asm__ volatile("\n->%c0" :: "i"(x));

void values(void)
{
#include "compat32_values.h"
}
