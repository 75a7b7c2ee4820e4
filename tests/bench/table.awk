# SPDX-License-Identifier: BSD-2-Clause
# See tests/bench/table.  Lines `@part NAME`, `@row ROW TARGET TEXT...`, and
# those of the parts: `ROW UNIT HOSPES XEN`, `# note`.

# 1234567 as 1,234,567; small ones with three digits that count.
function shown(x,	s) {
	if (x == "-")
		return x
	if (x < 10 && x != int(x))
		return sprintf("%.2f", x)
	if (x < 100 && x != int(x))
		return sprintf("%.1f", x)
	s = sprintf("%.0f", x)
	while (s ~ /[0-9][0-9][0-9][0-9](,|$)/)
		s = gensub_commas(s)
	return s
}

# One more comma from the right: awk has no portable gensub().
function gensub_commas(s,	head, tail, at) {
	at = index(s, ",")
	tail = at ? substr(s, at) : ""
	head = at ? substr(s, 1, at - 1) : s
	return substr(head, 1, length(head) - 3) "," \
		substr(head, length(head) - 2) tail
}

function percent(ours, xen) {
	if (ours == "-" || xen == "-" || xen + 0 == 0)
		return "-"
	return 100 * ours / xen
}

function shown_percent(p) {
	if (p == "-")
		return p
	return sprintf(p < 9.95 ? "%.1f %%" : "%.0f %%", p)
}

# Whether TARGET (`<=20%`, `>=3`) holds: met, MISSED, or - if it says nothing.
function verdict(target, ours, ratio,	bound, value, above) {
	if (target == "-" || target == "" || ours == "-")
		return "-"
	bound = substr(target, 3)
	value = ours
	if (bound ~ /%$/) {
		if (ratio == "-")
			return "-"
		value = ratio
		sub(/%$/, "", bound)
	}
	above = substr(target, 1, 2) == ">="
	return (above ? value + 0 >= bound + 0 : value + 0 <= bound + 0) ? \
		"met" : "MISSED"
}

function head() {
	if (format == "csv")
		print "part,row,unit,hospes,xen,percent,target,verdict"
	else if (format == "markdown")
		print "| what | unit | Hospes | Xen 4.17 | ratio | target |\n" \
			"|---|---|---|---|---|---|"
	else
		printf "%-46s %-12s %13s %13s %8s  %s\n", "what", "unit",
			"Hospes", "Xen 4.17", "ratio", "target"
}

function row(name, unit, ours, xen,	p, target, text, v, mark) {
	p = percent(ours, xen)
	target = (name in targets) ? targets[name] : "-"
	text = (name in texts) ? texts[name] : name
	v = verdict(target, ours, p)
	if (format == "csv") {
		print part "," name "," unit "," ours "," xen "," \
			(p == "-" ? p : sprintf("%.2f", p)) "," target "," v
		return
	}
	mark = (v == "-") ? target : target " " v
	if (format == "markdown")
		print "| " text " | " unit " | " shown(ours) " | " shown(xen) \
			" | " shown_percent(p) " | " mark " |"
	else
		printf "%-46s %-12s %13s %13s %8s  %s\n", text, unit,
			shown(ours), shown(xen), shown_percent(p), mark
}

# A part has a line for itself where people read.
function part_head() {
	if (format == "markdown")
		print "| **" part "** | | | | | |"
	else if (format == "text")
		print part ":"
}

function number(x) { return x == "-" || x ~ /^[0-9]+(\.[0-9]+)?$/ }

BEGIN { head() }
$1 == "@part" {
	part = $2
	split("", targets)
	split("", texts)
	part_head()
	next
}
$1 == "@row" {
	targets[$2] = $3
	name = $2
	sub(/^@row +[^ \t]+[ \t]+[^ \t]+[ \t]*/, "")
	texts[name] = $0
	next
}
/^#/ {
	sub(/^# */, "")
	notes[++noted] = part ": " $0
	next
}
NF == 4 && number($3) && number($4) {
	row($1, $2, $3, $4)
	next
}
{
	print "no row: " part ": " $0 >"/dev/stderr"
	wrong = 1
}
END {
	if (format != "csv" && noted)
		print ""
	for (i = 1; format != "csv" && i <= noted; i++)
		print (format == "markdown" ? "- " : "") notes[i]
	exit wrong
}
