# SPDX-License-Identifier: BSD-2-Clause
PROGRAMS += xenstored
xenstored_SRCS := $(addprefix xenstored/, main.c options.c initial.c socket.c \
	proto.c proto_tree.c proto_domain.c control.c conn.c conn_errors.c \
	watch.c transaction.c store.c store_audit.c tree.c usage.c perms.c \
	path.c scope.c busy.c strmap.c mem.c domain.c domain_ring.c ring.c xen.c state.c \
	state_load.c journal.c)
xenstored_LIBS := -levent -lxencall -lxenevtchn -lxenforeignmemory
