# SPDX-License-Identifier: BSD-2-Clause
# hospes-build, the domain builder. What the daemon needs to read its answer
# (result.c) goes into the archive.

PROGRAMS += hospes-build
hospes-build_SRCS := builder/main.c builder/pv.c builder/start.c \
	builder/start32.c builder/guest.c builder/plan.c \
	builder/plan_tables.c builder/elf.c builder/elfnotes.c builder/image.c \
	builder/cache.c builder/decompress.c builder/error.c
hospes-build_LIBS := -lxencall -lxenforeignmemory -lyajl -llzma -lz -lzstd \
	-llz4
ARCHIVE_SRCS += builder/result.c
