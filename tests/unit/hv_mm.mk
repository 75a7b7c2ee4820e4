# SPDX-License-Identifier: BSD-2-Clause
# hypervisor/mm, lib and the pure parts of boot on the host.
UNIT += hv_heap hv_lib

HV_MM_CFLAGS := -I$(REPO)/tests/unit/fake_mm -I$(REPO)/tests/unit/fake_hv \
	-I$(REPO)/hypervisor -I$(REPO)/tests/unit -Wno-format-nonliteral -fwrapv

hv_heap_SRCS := tests/unit/hv_mm_fake.c hypervisor/mm/heap.c \
	hypervisor/mm/slab.c hypervisor/mm/frame.c hypervisor/mm/frame_set.c \
	hypervisor/mm/m2p32.c
hv_heap_CFLAGS := $(HV_MM_CFLAGS)

# The code of the clock's registers comes along, and is not called.
hv_lib_SRCS := tests/unit/hv_lib.c tests/unit/hv_cmos.c \
	hypervisor/boot/e820.c
hv_lib_CFLAGS := $(HV_MM_CFLAGS)
