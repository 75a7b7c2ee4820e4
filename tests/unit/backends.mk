# SPDX-License-Identifier: BSD-2-Clause
# Unit tests of backend-drivers.

BLKBACK_LOGIC := backend-drivers/blkback/request.c \
	backend-drivers/blkback/vbd.c backend-drivers/blkback/vbd_data.c \
	backend-drivers/blkback/persist.c backend-drivers/blkback/pages.c \
	backend-drivers/blkback/runs.c
BACKEND_TEST_CFLAGS := -I$(REPO)/backend-drivers

UNIT += blk_request blk_vbd

blk_request_SRCS := backend-drivers/blkback/request.c
blk_request_CFLAGS := $(BACKEND_TEST_CFLAGS)

blk_vbd_SRCS := $(BLKBACK_LOGIC) tests/unit/blk_front.c \
	tests/unit/fake_disk.c tests/unit/fake_grants.c
blk_vbd_CFLAGS := $(BACKEND_TEST_CFLAGS)

UNIT += blk_fixed

blk_fixed_SRCS := $(blk_vbd_SRCS)
blk_fixed_CFLAGS := $(BACKEND_TEST_CFLAGS)

UNIT += blk_image blk_handshake

blk_image_SRCS := backend-drivers/blkback/image_raw.c \
	backend-drivers/blkback/image_file.c dom0-tools/lib/lock_holder.c
blk_image_CFLAGS := $(BACKEND_TEST_CFLAGS)
blk_image_LIBS := -luring

blk_handshake_SRCS := backend-drivers/common/handshake.c
blk_handshake_CFLAGS := $(BACKEND_TEST_CFLAGS)

UNIT += net_packet

net_packet_SRCS := backend-drivers/netback/packet.c \
	backend-drivers/netback/multicast.c
net_packet_CFLAGS := $(BACKEND_TEST_CFLAGS)

UNIT += net_vif

net_vif_SRCS := $(net_packet_SRCS) backend-drivers/netback/vif.c \
	backend-drivers/netback/vif_tx.c backend-drivers/netback/vif_rx.c \
	tests/unit/net_front.c tests/unit/fake_grants.c
net_vif_CFLAGS := $(BACKEND_TEST_CFLAGS)

UNIT += grants

grants_SRCS := backend-drivers/common/grants.c
grants_CFLAGS := $(BACKEND_TEST_CFLAGS)

UNIT += blk_persist

blk_persist_SRCS := backend-drivers/blkback/persist.c tests/unit/fake_grants.c
blk_persist_CFLAGS := $(BACKEND_TEST_CFLAGS)

UNIT += backend_store

backend_store_SRCS := backend-drivers/common/store.c \
	backend-drivers/common/store_socket.c \
	backend-drivers/common/trouble.c dom0-tools/lib/log.c
backend_store_CFLAGS := $(BACKEND_TEST_CFLAGS)
backend_store_LIBS := -levent_core
