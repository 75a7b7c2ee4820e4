# SPDX-License-Identifier: BSD-2-Clause
# Compiler flags shared by the dom0 programs and the unit tests.
# REPO is the root of the tree; included paths are written from dom0-tools/.

REPO := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)

CC ?= gcc

WARNINGS := -Wall -Wextra -Wshadow -Wundef -Wmissing-prototypes \
	-Wimplicit-fallthrough -Wformat=2 -Wvla -Werror

# The public ABI headers are ours; where one is missing Debian's serves.
INCLUDES := -isystem $(REPO)/guest-pv-headers -I$(REPO)/dom0-tools \
	-isystem /usr/include/libxml2

COMMON_CFLAGS := -std=gnu11 -O2 -g -D_GNU_SOURCE -D__XEN_TOOLS__=1 $(WARNINGS) $(INCLUDES) \
	-fno-strict-aliasing -fno-common -ffunction-sections -fdata-sections

HARDENING := -fPIE -fstack-protector-strong -fstack-clash-protection \
	-ftrivial-auto-var-init=zero -D_FORTIFY_SOURCE=2

DOM0_CFLAGS := $(COMMON_CFLAGS) $(HARDENING)
DOM0_LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed \
	-Wl,--gc-sections

SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
UNIT_CFLAGS := $(COMMON_CFLAGS) -O1 $(SANITIZERS)
UNIT_LDFLAGS := $(SANITIZERS)
