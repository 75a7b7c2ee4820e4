# SPDX-License-Identifier: BSD-2-Clause
# What every backend is made of.
COMMON_SRCS := common/backend.c common/grants.c common/handshake.c \
	common/options.c common/sandbox.c common/store.c \
	common/store_socket.c common/trouble.c
COMMON_LIBS := -lxengnttab -lxenevtchn -lxentoollog -levent_core -lseccomp
