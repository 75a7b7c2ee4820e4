# SPDX-License-Identifier: BSD-2-Clause
PROGRAMS += blkback
blkback_SRCS := blkback/main.c blkback/vbd.c blkback/vbd_data.c \
	blkback/request.c blkback/persist.c blkback/pages.c \
	blkback/runs.c blkback/image_raw.c blkback/image_file.c \
	blkback/confine.c
blkback_LIBS := -luring
