# SPDX-License-Identifier: BSD-2-Clause
PROGRAMS += hospes
hospes_SRCS := $(wildcard hospes/*.c)
hospes_LIBS := -lxencall -lyajl
