#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The benchmark's table from canned figures: ratios, targets, notes, all three
# formats, and that a line which is no row is refused.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
bad() { echo "$*"; status=1; }
export ROWS_DIR=$work

cat >"$work/one.rows" <<'ROWS'
# what the rows are
small <=20% a small one
large <=25% a large one
rate >=100% operations
bound <=10 with a bound of its own
ROWS
cat >"$work/one.result" <<'RESULT'
small ms 15 100
large	instructions	1234567	2000000
rate op/s 400 800
bound MiB 10.5 -
# said beside them
RESULT
echo "other s 3 1.5" >"$work/two.result"

# expect FORMAT LINE: this very line is in that table
expect() {
	tests/bench/table "$1" "$work"/*.result | tr -s ' ' | grep -qxF -- "$2" ||
		bad "$1 lacks: $2"
}
expect csv "one,small,ms,15,100,15.00,<=20%,met"
expect csv "one,large,instructions,1234567,2000000,61.73,<=25%,MISSED"
expect csv "one,rate,op/s,400,800,50.00,>=100%,MISSED"
expect csv "one,bound,MiB,10.5,-,-,<=10,MISSED"
expect csv "two,other,s,3,1.5,200.00,-,-"
expect text "a small one ms 15 100 15 % <=20% met"
expect text "one: said beside them"
expect markdown "| a large one | instructions | 1,234,567 | 2,000,000 | 62 % | <=25% MISSED |"
expect markdown "| other | s | 3 | 1.50 | 200 % | - |"
expect markdown "- one: said beside them"

echo "five words are no row" >"$work/three.result"
! tests/bench/table csv "$work"/three.result >/dev/null 2>&1 ||
	bad "a line that is no row was taken"
exit $status
