# SPDX-License-Identifier: BSD-2-Clause
# Unit tests of dom0-tools/lib, config and builder.

UNIT += json domain xml xml_rest image elfnotes plan store

json_SRCS := dom0-tools/lib/json.c dom0-tools/lib/json_write.c
json_LIBS := -lyajl

domain_SRCS := dom0-tools/config/domain.c dom0-tools/config/domain_json.c \
	dom0-tools/config/host.c dom0-tools/lib/diag.c $(json_SRCS) \
	dom0-tools/builder/result.c
domain_LIBS := -lyajl

xml_SRCS := dom0-tools/config/xml.c dom0-tools/config/xml_devices.c \
	dom0-tools/config/xml_node.c dom0-tools/config/xml_rest.c \
	dom0-tools/config/domain.c dom0-tools/lib/diag.c

xml_rest_SRCS := $(xml_SRCS)

image_SRCS := dom0-tools/builder/image.c dom0-tools/builder/cache.c \
	dom0-tools/builder/decompress.c dom0-tools/builder/error.c
image_LIBS := -llzma -lz -lzstd -llz4

elfnotes_SRCS := dom0-tools/builder/elf.c dom0-tools/builder/elfnotes.c

plan_SRCS := dom0-tools/builder/plan.c dom0-tools/builder/plan_tables.c \
	dom0-tools/builder/start32.c dom0-tools/builder/error.c \
	$(elfnotes_SRCS)

# libxenstore's functions are the test's own.
store_SRCS := dom0-tools/lib/store.c dom0-tools/lib/store_batch.c \
	dom0-tools/lib/store_pipe.c
store_LIBS := -levent_core
