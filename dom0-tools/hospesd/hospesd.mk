# SPDX-License-Identifier: BSD-2-Clause
PROGRAMS += hospesd
hospesd_SRCS := $(wildcard hospesd/*.c)
hospesd_LIBS := -levent_core -lxenevtchn -lxenforeignmemory \
	-lxencall -lxenstore -lnl-route-3 -lnl-3 -lyajl

$(patsubst %.c,$(OBJ)/%.o,hospesd/tap.c): \
	DOM0_CFLAGS += $(shell pkg-config --cflags libnl-route-3.0)
