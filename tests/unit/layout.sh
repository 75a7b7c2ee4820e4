#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What dom0's programs share with guests of the other word size is laid out as
# the public headers say for that size: assertions of the compiler, nothing is
# run. tests/unit/headers.sh compares these headers with Debian's.
set -euo pipefail
cd "$(dirname "$0")/../.."

check() { # FILE FLAGS...
	local file=$1
	shift
	echo "$file $*"
	gcc -std=gnu11 -Wall -Wextra -Werror -ffreestanding -nostdinc \
		-fsyntax-only -D__XEN_TOOLS__=1 \
		-isystem "$(gcc -print-file-name=include)" \
		-isystem guest-pv-headers -Idom0-tools -Ibackend-drivers \
		"$@" "tests/unit/$file"
}

check layout_start32.c -m32
check layout_blkif.c -m32
check layout_blkif.c -m64
