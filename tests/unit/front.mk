# SPDX-License-Identifier: BSD-2-Clause
# Frontend drivers against a fake kernel, store and backends.

FRONT_CFLAGS := -I$(REPO)/frontend-drivers -I$(REPO)/tests/unit
FRONT_CORE := frontend-drivers/grant.c frontend-drivers/xenbus.c \
	frontend-drivers/xenbus_device.c tests/unit/front_fake.c \
	tests/unit/front_store.c

UNIT += front_xenbus front_cons

front_xenbus_SRCS := $(FRONT_CORE)
front_xenbus_CFLAGS := $(FRONT_CFLAGS)

front_cons_SRCS := frontend-drivers/consfront.c $(FRONT_CORE)
front_cons_CFLAGS := $(FRONT_CFLAGS)

# The disk: requests; and connecting, losing, resuming.
UNIT += front_blk front_blk_life

BLKFRONT_SRCS := $(wildcard $(REPO)/frontend-drivers/blkfront*.c)
BLKFRONT_SRCS := $(BLKFRONT_SRCS:$(REPO)/%=%)

front_blk_SRCS := $(BLKFRONT_SRCS) tests/unit/front_blk_peer.c $(FRONT_CORE)
front_blk_CFLAGS := $(FRONT_CFLAGS)

front_blk_life_SRCS := $(front_blk_SRCS)
front_blk_life_CFLAGS := $(FRONT_CFLAGS)

# The ring against the backends' end of it.
UNIT += front_ring

front_ring_SRCS :=
front_ring_CFLAGS := $(FRONT_CFLAGS) -I$(REPO)/backend-drivers
