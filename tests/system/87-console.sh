#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 200
# The serial line: all that dom0 writes comes, in order, however much it is; the
# reports of guests that crash are limited and those left out are counted; what
# was said last before the power went is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(tests/guest/run console "$@" | tr -d '\r')
said() { grep -E "$1" <<<"$out" || true; }

# said_order: exactly the lines that were written, though ours may be between.
want=$(seq -f 'line %04.0f of the flood, to the end' 0 5999)
[ "$(said '^line [0-9]{4} of the flood')" = "$want" ] ||
	{ echo "lines of dom0's output are missing"; exit 1; }

made=41
shown=$(said '^\(hv\) rip ' | wc -l)
left=$(said 'reports of guests that crashed dropped' |
	awk '{ n += $2 } END { print n + 0 }')
ms=$(said '^crashes: ' | awk '{ print $4 }')
echo "$made crashes, the first in $ms ms: $shown reports, $left left out"
[ $((shown + left)) -eq $made ]
# A burst of four, one in two seconds, and a little for the last one.
[ "$shown" -le $((4 + ms / 2000 + 3)) ]
said '^\(hv\) switching off$' | grep -q .
