#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# No function of the hypervisor copies the same argument from a guest twice: what
# it checked and what it uses would be two things. `allowed` names those that do
# one of two copies: by word size (get_word, get_contexts), or all of a chunk and,
# if that fails, its first entry (fetch).
cd "$(dirname "$0")/../.." || exit 1
allowed=':(get_word array|get_contexts from|fetch from)$'

# FILE:FUNCTION SOURCE for each copy; SOURCE is the guest address as written.
copies() {
	awk '
	function source(text,   depth, i, c, from, n) {
		depth = 1; from = 1; n = 0
		for (i = 1; i <= length(text); i++) {
			c = substr(text, i, 1)
			if (c == "(") depth++
			if (c == ")") depth--
			if ((c == "," && depth == 1) || !depth) {
				n++
				if (n == 2)
					return substr(text, from, i - from)
				from = i + 1
			}
			if (!depth) return ""
		}
		return ""
	}
	FNR == 1 { name = ""; body = "" }
	/^[a-z_].*\(/ && !/;$/ && !/^#/ {
		name = $0
		sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
	}
	/^{/ { body = ""; inside = 1; next }
	/^}/ && inside {
		inside = 0
		gsub(/[ \t\n]+/, " ", body)
		while (match(body, /copy(_elem)?_from_guest\(/)) {
			body = substr(body, RSTART + RLENGTH)
			s = source(body)
			gsub(/ /, "", s)
			print FILENAME ":" name, s
		}
		next
	}
	inside { body = body " " $0 }
	' "$@"
}

all=$(copies hypervisor/core/*.c hypervisor/hypercall/*.c hypervisor/pv/*.c)
[ "$(printf '%s\n' "$all" | grep -c .)" -gt 60 ] || {
	echo "only $(printf '%s\n' "$all" | grep -c .) copies seen"
	exit 1
}
twice=$(printf '%s\n' "$all" | sort | uniq -d | grep -vE "$allowed")
[ -z "$twice" ] || { printf 'copied twice: %s\n' "$twice"; exit 1; }
# The check itself: a function that does so is seen.
sample=$(mktemp)
trap 'rm -f "$sample"' EXIT
printf 'static long f(gva_t arg)\n{\n\tif (copy_from_guest(&a, arg, 4))\n\t\treturn 1;\n\tg(copy_from_guest(&b, arg,\n\t\t4));\n}\n' >"$sample"
[ "$(copies "$sample" | uniq -d | wc -l)" = 1 ] || {
	echo "a second copy is not noticed"
	exit 1
}
