#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Rows of the benchmark's parts with Linux guests, from canned output: which
# side and which backend a figure belongs to, medians of boots by the wall clock,
# multiples of the bare machine, and that what is missing is a dash.
cd "$(dirname "$0")/../.." || exit 1
. tests/bench/figures.sh
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
part=disk
status=0

# expect LINE: this very line is in $rows
expect() {
	grep -qxF -- "$1" <<<"$rows" || { echo "missing: $1"; status=1; }
}

# Consoles end their lines with a carriage return; others speak too.
printf '%s\r\n' "bench ours.read 100.0" "bench ours.write 7" "noise" \
	"bench ours.boot-ms 5" "bench ours.idle 3" "bench theirs.read 80" \
	"xbench theirs.write 1" "bench: done" >"$logs/disk-hospes"
printf '%s\n' "bench ours.read 200" "bench theirs.read 50" \
	"bench theirs.write 9" "bench ours.idle 0" >"$logs/disk-xen"
rows=$(bench_pairs ours theirs)
expect "read instructions 100.0 50"
expect "write instructions 7 9"
expect "read/ours instructions 100.0 200"
expect "write/ours instructions 7 -"
expect "read/theirs instructions 80 50"
expect "write/theirs instructions - 9"
expect "# idle while ours was measured, of a thousand: Hospes 3, Xen 0"
! grep boot <<<"$rows" || status=1

rows=$(printf '%s\n' "read instructions 50 100" "write instructions 30 20" \
	"read-wall us 5 6" "read/ours instructions 1 2" \
	"write/theirs instructions 9 10" "read/theirs instructions 1 4" \
	"# 5 6 7 8" | bench_ratios theirs)
expect "read 50.0 25.0"
expect "write 150.0 90.0"
[ "$(wc -l <<<"$rows")" -eq 2 ] || { echo "more: $rows"; status=1; }

# Serial logs lie beside what was said; a boot may lack a figure.
printf '%s\r\n' "bench ours.read 3.500" "bench ours.write 2" \
	"bench ours.idle 9" >"$logs/disk-hospes.wall1"
echo "bench ours.read 1.500" >"$logs/disk-hospes.wall2"
echo "bench ours.read 100" >"$logs/disk-hospes.wall1.serial"
for turn in 1 2 3; do
	echo "bench theirs.read $((10 / turn))" >"$logs/disk-xen.wall$turn"
done
rows=$(bench_wall_rows ours theirs)
expect "read-wall us 2.5 5"
expect "write-wall us 2 -"
[ "$(wc -l <<<"$rows")" -eq 2 ] || { echo "more rows: $rows"; status=1; }

part=linux
printf '%s\n' "bench boot-ms 9" "bench call 40.0" "bench none 0" >"$logs/bare"
printf '%s\n' "bench call 100.0" "bench none 1" >"$logs/linux-hospes"
printf '%s\n' "bench none 2" >"$logs/linux-xen"
rows=$(bench_multiples "$logs/bare")
expect "call instructions 100.0 -"
expect "x-call of-bare 2.50 -"
expect "x-none of-bare - -"
! grep boot <<<"$rows" || status=1
exit $status
