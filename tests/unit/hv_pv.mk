# SPDX-License-Identifier: BSD-2-Clause
# Page types, grants, decompression and the kernel loader on the host.
UNIT += hv_pagetype

HV_PV_CFLAGS := -I$(REPO)/tests/unit/fake_pv -I$(REPO)/tests/unit/fake_hv \
	-I$(REPO)/hypervisor -I$(REPO) -Wno-format-nonliteral -fwrapv -include stdint.h
HV_PV_SRCS := tests/unit/fake_pv.c tests/unit/fake_log.c tests/unit/fake_pv_model.c \
	$(addprefix hypervisor/,core/lock.c mm/frame.c mm/frame_set.c \
	pv/page_type.c pv/pte.c pv/mmu.c pv/mmu_entry.c pv/mmu_drop.c \
	pv/mmu_root.c pv/mmu_grant.c pv/mmu_flush.c pv/mmuext.c \
	pv/relinquish.c pv/audit.c \
	core/memory.c core/shared_info.c core/gnttab.c core/gnttab_handle.c \
	core/gnttab_map.c core/gnttab_unmap.c core/gnttab_copy.c core/gnttab_transfer.c \
	hypercall/memory.c hypercall/memory_exchange.c \
	hypercall/memory_map.c hypercall/memory_resource.c)

hv_pagetype_SRCS := $(HV_PV_SRCS) tests/unit/fake_pv_calls.c
hv_pagetype_CFLAGS := $(HV_PV_CFLAGS)

UNIT += hv_pagetype32
hv_pagetype32_SRCS := $(HV_PV_SRCS) tests/unit/fake_pv_calls.c
hv_pagetype32_CFLAGS := $(HV_PV_CFLAGS)

UNIT += hv_mmu_entry
hv_mmu_entry_SRCS := $(HV_PV_SRCS) tests/unit/fake_pv_calls.c
hv_mmu_entry_CFLAGS := $(HV_PV_CFLAGS)

UNIT += hv_wpt
hv_wpt_SRCS := $(HV_PV_SRCS) tests/unit/fake_pv_calls.c hypervisor/pv/wpt.c \
	hypervisor/x86/decode.c
hv_wpt_CFLAGS := $(HV_PV_CFLAGS)

UNIT += hv_gnttab hv_gnttab_batch
hv_gnttab_SRCS := $(HV_PV_SRCS)
hv_gnttab_CFLAGS := $(HV_PV_CFLAGS)
hv_gnttab_batch_SRCS := $(HV_PV_SRCS)
hv_gnttab_batch_CFLAGS := $(HV_PV_CFLAGS)

UNIT += hv_xz
hv_xz_SRCS := hypervisor/lib/xz.c hypervisor/lib/xz_x86.c \
	hypervisor/lib/inflate.c
hv_xz_CFLAGS := $(HV_PV_CFLAGS)

UNIT += hv_elf
hv_elf_SRCS := hypervisor/pv/build_elf.c
hv_elf_CFLAGS := $(HV_PV_CFLAGS)

UNIT += hv_memory
hv_memory_SRCS := $(HV_PV_SRCS)
hv_memory_CFLAGS := $(HV_PV_CFLAGS)
