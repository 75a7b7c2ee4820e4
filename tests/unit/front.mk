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
