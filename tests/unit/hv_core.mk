# SPDX-License-Identifier: BSD-2-Clause
# hypervisor/core on the host: timers, scheduler, event channels; and choices.
UNIT += hv_lock hv_console_out hv_timer hv_sched hv_evtchn hv_evtchn_race hv_fifo hv_spec_ctrl

HV_CORE_CFLAGS := -I$(REPO)/tests/unit/fake_hv -I$(REPO)/hypervisor -I$(REPO) \
	-Wno-format-nonliteral -fwrapv
HV_CORE_SRCS := tests/unit/fake_hv.c tests/unit/fake_log.c hypervisor/core/lock.c
HV_EVTCHN_SRCS := $(HV_CORE_SRCS) tests/unit/fake_domain.c \
	hypervisor/core/evtchn.c hypervisor/core/evtchn_send.c \
	hypervisor/core/evtchn_bind.c hypervisor/core/evtchn_2l.c \
	hypervisor/core/evtchn_fifo.c hypervisor/core/evtchn_fifo_setup.c \
	hypervisor/core/evtchn_audit.c hypervisor/core/shared_info.c

hv_lock_SRCS := $(HV_CORE_SRCS) hypervisor/core/timer.c
hv_lock_CFLAGS := $(HV_CORE_CFLAGS)
hv_console_out_SRCS := $(HV_CORE_SRCS) hypervisor/core/timer.c \
	hypervisor/core/console_out.c
hv_console_out_CFLAGS := $(HV_CORE_CFLAGS)
hv_timer_SRCS := $(HV_CORE_SRCS) hypervisor/core/timer.c
hv_timer_CFLAGS := $(HV_CORE_CFLAGS)
hv_sched_SRCS := $(HV_CORE_SRCS) hypervisor/core/timer.c \
	hypervisor/core/sched.c
# The C library has a function of that name, which ASan calls.
hv_sched_CFLAGS := $(HV_CORE_CFLAGS) -Dsched_yield=hv_sched_yield
hv_evtchn_SRCS := $(HV_EVTCHN_SRCS)
hv_evtchn_CFLAGS := $(HV_CORE_CFLAGS)
hv_evtchn_race_SRCS := $(HV_EVTCHN_SRCS)
hv_evtchn_race_CFLAGS := $(HV_CORE_CFLAGS)
hv_fifo_SRCS := $(HV_EVTCHN_SRCS)
hv_fifo_CFLAGS := $(HV_CORE_CFLAGS)
hv_spec_ctrl_SRCS := hypervisor/x86/spec_ctrl_choose.c
hv_spec_ctrl_CFLAGS := $(HV_CORE_CFLAGS)
