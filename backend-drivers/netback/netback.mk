# SPDX-License-Identifier: BSD-2-Clause
PROGRAMS += netback
netback_SRCS := netback/main.c netback/vif.c netback/vif_tx.c \
	netback/vif_rx.c netback/packet.c netback/multicast.c netback/tap.c
netback_LIBS :=
