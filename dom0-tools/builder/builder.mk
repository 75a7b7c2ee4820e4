# SPDX-License-Identifier: BSD-2-Clause
# hospes-build, the domain builder. What the daemon needs to read its answer
# (result.c) goes into the archive.

PROGRAMS += hospes-build
hospes-build_SRCS := builder/main.c builder/pv.c builder/start.c \
	builder/start32.c builder/guest.c builder/plan.c \
	builder/plan_tables.c builder/elf.c builder/elfnotes.c builder/image.c \
	builder/cache.c builder/decompress.c builder/error.c
# Static: it is started for each domain, and half of a dynamic one's life would be
# the mapping of ten libraries.
hospes-build_LDFLAGS := -static-pie
hospes-build_LIBS := -lxencall -lxenforeignmemory -lxentoolcore \
	-lxentoollog -lyajl_s -llzma -lz -lzstd -llz4 -lpthread
ARCHIVE_SRCS += builder/result.c
