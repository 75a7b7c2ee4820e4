# SPDX-License-Identifier: BSD-2-Clause
# From what programs printed in guests to rows of a part; sourced by bash. Needs
# $logs, a directory, and $part: $logs/$part-SIDE is what was said on SIDE.

# Lines `bench NAME VALUE` of the file $1, as `NAME VALUE`.
figures() {
	tr -d '\r' <"$1" | sed -n \
		's/^bench \([A-Za-z0-9_.-]*\) \([0-9.]*\)$/\1 \2/p'
}

# figure FILE NAME: its value or `-`.
figure() {
	figures "$1" |
		awk -v n="$2" '$1 == n {v = $2} END {print v == "" ? "-" : v}'
}

# The median of numbers on stdin, - if there are none.
median() {
	sort -g | awk '{v[NR] = $1} END {
		print NR ? (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 : "-"}'
}

# bench_names FILE BACKEND: the rows that were measured with it.
bench_names() {
	figures "$1" | sed -n "s/^$2\.\([^ ]*\) .*/\1/p" |
		grep -vE 'idle|boot-ms'
}

# bench_pairs OURS LINUXS: the 2x2 of hypervisor and backend, in instructions.
bench_pairs() {
	local ours=$1 linuxs=$2 name backend hospes=$logs/$part-hospes
	local xen=$logs/$part-xen
	for name in $(bench_names "$hospes" "$ours"); do
		echo "$name instructions $(figure "$hospes" "$ours.$name")" \
			"$(figure "$xen" "$linuxs.$name")"
	done
	for backend in "$ours" "$linuxs"; do
		for name in $(bench_names "$hospes" "$ours"); do
			echo "$name/$backend instructions" \
				"$(figure "$hospes" "$backend.$name")" \
				"$(figure "$xen" "$backend.$name")"
		done
	done
	for backend in "$ours" "$linuxs"; do
		echo "# idle while $backend was measured, of a thousand:" \
			"Hospes $(figure "$hospes" "$backend.idle")," \
			"Xen $(figure "$xen" "$backend.idle")"
	done
}

# bench_ratios LINUXS: from rows of bench_pairs on stdin, for a plot, lines
#	ROW PRODUCTS LINUXS
# in percent of Xen's instructions: each with its own backend; both with Linux's.
bench_ratios() {
	awk -v linuxs="$1" '$2 == "instructions" && $4 + 0 {
		split($1, part, "/")
		ratio[part[1], part[2]] = 100 * $3 / $4
		if (!part[2])
			names[++n] = $1
	}
	END {
		for (i = 1; i <= n; i++)
			printf "%s %.1f %.1f\n", names[i], ratio[names[i], ""],
				ratio[names[i], linuxs]
	}'
}

# bench_wall_rows OURS LINUXS: medians of the boots by the wall clock, of which
# $logs/$part-SIDE.wallTURN is what was said.
bench_wall_rows() {
	local name
	for name in $(bench_names "$logs/$part-hospes.wall1" "$1"); do
		echo "$name-wall us $(bench_wall_median hospes "$1.$name")" \
			"$(bench_wall_median xen "$2.$name")"
	done
}

bench_wall_median() {
	local file
	for file in "$logs/$part-$1".wall*[0-9]; do
		figures "$file" | awk -v n="$2" '$1 == n {print $2}'
	done | median
}

# bench_multiples BARE: each row, and as a multiple of the bare machine's.
bench_multiples() {
	local name bare hospes xen
	figures "$1" | grep -v '^boot-ms' | while read -r name bare; do
		hospes=$(figure "$logs/$part-hospes" "$name")
		xen=$(figure "$logs/$part-xen" "$name")
		echo "$name instructions $hospes $xen"
		echo "x-$name of-bare $(multiple "$hospes" "$bare")" \
			"$(multiple "$xen" "$bare")"
	done
}

multiple() {
	awk -v a="$1" -v b="$2" 'BEGIN {
		if (a == "-" || b + 0 == 0)
			print "-"
		else
			printf "%.2f\n", a / b
	}'
}
