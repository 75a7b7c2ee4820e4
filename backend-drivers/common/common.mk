# SPDX-License-Identifier: BSD-2-Clause
# What every backend is made of.
COMMON_SRCS := common/backend.c common/grants.c common/handshake.c \
	common/options.c common/sandbox.c
COMMON_LIBS := -lxengnttab -lxenevtchn -lxentoollog -lxenstore -levent_core \
	-lseccomp
