#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The frontend drivers need nothing but the public headers and a compiler: they
# build for both word sizes without a warning, as strict C99 and as gnu11, and
# ask a kernel for nothing but the four functions that compilers ask for.
# timeout: 120
set -euo pipefail
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0 files=0
flags=(-O2 -ffreestanding -nostdinc -isystem "$(gcc -print-file-name=include)"
	-isystem guest-pv-headers -D__XEN_INTERFACE_VERSION__=0x00040e00
	-Wall -Wextra -Wshadow -Wundef -Wmissing-prototypes
	-Wimplicit-fallthrough -Werror -fno-pic -fno-stack-protector
	-mgeneral-regs-only)

for file in frontend-drivers/*.c; do
	name=$(basename "$file" .c)
	files=$((files + 1))
	for bits in -m64 -m32; do
		gcc "$bits" -std=c99 -pedantic "${flags[@]}" -fsyntax-only \
			"$file" || failed=1
		gcc "$bits" -std=gnu11 "${flags[@]}" -c "$file" \
			-o "$tmp/$name$bits.o" || failed=1
	done
done
for header in frontend-drivers/*.h; do
	gcc -std=c99 -pedantic "${flags[@]}" -fsyntax-only -x c "$header" ||
		failed=1
done
for bits in -m64 -m32; do
	nm "$tmp"/*"$bits.o" | awk 'NF == 2 { print $2 }' | sort -u >"$tmp/asked"
	nm "$tmp"/*"$bits.o" | awk 'NF == 3 { print $3 }' | sort -u >"$tmp/there"
	foreign=$(comm -23 "$tmp/asked" "$tmp/there" |
		grep -vE '^(memcpy|memmove|memset|memcmp)$' || true)
	[ -z "$foreign" ] || { echo "$bits: needs $foreign"; failed=1; }
done
echo "$files files, both word sizes"
[ "$files" -gt 0 ] || failed=1
exit $failed
