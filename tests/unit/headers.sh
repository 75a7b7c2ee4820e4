#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The public headers: each compiles alone without a warning as strict C99 and
# as C++, for both word sizes, for guests and control programs; all of them say
# the same as Debian's; and their rings work as Debian's do.
# timeout: 120
set -euo pipefail
cd "$(dirname "$0")/../.."
headers=guest-pv-headers
[ -e $headers/xen/xen.h ] || { echo "no public headers here"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# One file that includes header $1 alone, and twice.
alone() {
	printf '#include <xen/%s>\n' "$1" "$1" >"$tmp/alone.c"
	echo 'typedef int something;' >>"$tmp/alone.c"
}

compile() { # COMPILER LANGUAGE FLAGS...
	local compiler=$1 language=$2
	shift 2
	"$compiler" -x "$language" "$@" -ffreestanding -nostdinc -fsyntax-only \
		-isystem "$(gcc -print-file-name=include)" -I $headers \
		-pedantic -Wall -Wextra -Wundef -Werror "$tmp/alone.c"
}

while read -r header; do
	alone "$header"
	for bits in -m64 -m32; do
		for tools in -DGUEST -D__XEN_TOOLS__; do
			# domctl.h and sysctl.h are for control programs only.
			[ $tools != -DGUEST ] ||
				! grep -q '^#error "for control' \
					"$headers/xen/$header" || continue
			compile gcc c -std=c99 $bits $tools &&
				compile g++ c++ -std=c++11 $bits $tools &&
				continue
			echo "$header: $bits $tools"
			failed=1
		done
	done
done < <(cd $headers/xen && find . -name '*.h' ! -path './arch-x86/xen-x86_*' |
	sort)

rc=0
tests/headers/compare || rc=$?
[ $rc = 0 ] || [ $failed = 1 ] || [ $rc != 77 ] || exit 77
[ $rc = 0 ] || failed=1

flags='-std=gnu11 -O2 -Wall -Wextra -Werror'
flags+=' -D__XEN_INTERFACE_VERSION__=0x00040e00'
gcc $flags -isystem $headers -o "$tmp/ours" tests/headers/ring.c
gcc $flags -o "$tmp/theirs" tests/headers/ring.c
ours=$("$tmp/ours") theirs=$("$tmp/theirs")
echo "rings: $ours, Debian's: $theirs"
[ "$ours" = "$theirs" ] || failed=1
exit $failed
