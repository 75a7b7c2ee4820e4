# SPDX-License-Identifier: BSD-2-Clause
# Hypercalls of 32-bit guests. What their structures look like a compiler for
# 32 bits says, from the public headers.
UNIT += compat32

compat32_SRCS := tests/unit/fake_calls.c $(addprefix hypervisor/, \
	core/shared_info.c hypercall/dispatch.c hypercall/multicall.c hypercall/dispatch32.c \
	hypercall/stubs.c hypercall/compat32.c hypercall/compat32_context.c \
	hypercall/compat32_cpu.c hypercall/compat32_mmuext.c \
	hypercall/compat32_memory.c hypercall/compat32_exchange.c \
	hypercall/compat32_grant.c hypercall/compat32_vcpu.c \
	hypercall/compat32_system.c)
compat32_CFLAGS := -I$(REPO)/tests/unit/fake_hv -I$(REPO)/hypervisor \
	-I$(REPO) -I$(OUT)/include32 -fwrapv

$(OUT)/include32/compat32_m32.h: compat32_m32.c compat32_values.h \
		$(wildcard $(REPO)/guest-pv-headers/xen/*.h \
		$(REPO)/guest-pv-headers/xen/arch-x86/*.h)
	@mkdir -p $(@D)
	$(CC) -m32 -march=i686 -std=gnu11 -ffreestanding -nostdinc -fno-pie \
		-isystem $(shell $(CC) -print-file-name=include) \
		-isystem $(REPO)/guest-pv-headers -I. -D__XEN_TOOLS__ -O1 -S \
		-o $(@:.h=.s) $<
	@sed -n 's/^->\(.*\)/\1,/p' $(@:.h=.s) >$@

$(OUT)/obj/compat32/tests/unit/test_compat32.o: \
	$(OUT)/include32/compat32_m32.h

UNIT += compat32_ops
compat32_ops_SRCS := $(compat32_SRCS)
compat32_ops_CFLAGS := $(compat32_CFLAGS)
