# SPDX-License-Identifier: BSD-2-Clause
# netfront against netback's own rings, and against a hostile backend.
UNIT += front_net front_net_hostile

NETFRONT_SRCS := $(wildcard $(REPO)/frontend-drivers/netfront*.c)
NETFRONT_SRCS := $(NETFRONT_SRCS:$(REPO)/%=%)

front_net_SRCS = $(NETFRONT_SRCS) $(FRONT_CORE) \
	tests/unit/front_net_rig.c tests/unit/front_net_peer.c \
	backend-drivers/netback/vif.c backend-drivers/netback/vif_tx.c \
	backend-drivers/netback/vif_rx.c backend-drivers/netback/packet.c \
	backend-drivers/netback/multicast.c
front_net_CFLAGS = $(FRONT_CFLAGS) -I$(REPO)/backend-drivers

front_net_hostile_SRCS = $(front_net_SRCS)
front_net_hostile_CFLAGS = $(front_net_CFLAGS)
