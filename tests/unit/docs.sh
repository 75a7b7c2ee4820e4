#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What the documents say must be there: docs/hypercalls.md is what the table
# gives, every file of the reading order exists and every source file of the
# hypervisor that is built stands in it, all of domain XML is described, relative
# links lead somewhere, paths in `code` exist, and every rule that security.md says
# is enforced names tests that exist, and testing.md and conformance.md list them all.
cd "$(dirname "$0")/../.." || exit 1
status=0
bad() { echo "$*"; status=1; }

generated() {
	local have=docs/hypercalls.md new
	new=$(tests/docs/hypercalls) || bad "tests/docs/hypercalls fails"
	[ "$new" = "$(cat $have)" ] ||
		bad "$have is not what hypervisor/hypercall/table.def gives;" \
			"run make docs"
	[ "$(grep -c '^HC(' hypervisor/hypercall/table.def)" = \
			"$(grep -c '^| [0-9]' $have)" ] ||
		bad "$have has not one row for each call"
}

# Lines `1. path: why` of the reading order; several paths may share one.
reading_order() {
	local file list=docs/reading-order.md files=0
	for file in $(grep -o '`[^` ]*/[^` ]*`' $list | tr -d '`' | sort -u); do
		files=$((files + 1))
		[ -e "$file" ] || bad "$list names $file, which is not there"
	done
	[ "$files" -gt 50 ] || bad "$list names only $files files"
}

# [text](target), not of other hosts and not within the page.
links() {
	local page target dir links=0
	for page in README.md docs/*.md; do
		dir=$(dirname "$page")
		for target in $(grep -o '](\([^) ]*\))' "$page" |
				sed 's/^](//; s/)$//'); do
			case $target in *://*|mailto:*|\#*) continue ;; esac
			links=$((links + 1))
			[ -e "$dir/${target%%#*}" ] ||
				bad "$page links to $target, which is not there"
		done
	done
	[ "$links" -gt 0 ] || bad "no links seen"
}

# `path/of/a/file` of this tree, wherever a document names one.
paths() {
	local page path
	for page in README.md docs/*.md; do
		for path in $(grep -oE '`(hypervisor|dom0-tools|backend-drivers|tests|docs|examples)/[A-Za-z0-9_./-]*`' \
				"$page" | tr -d '`' | sort -u); do
			[ -e "$path" ] || bad "$page names $path, which is not there"
		done
	done
}

# Every object of the hypervisor has its place in the reading order.
complete() {
	local object
	for object in $(sed -n '/^OBJECTS/,/[^\\]$/p' hypervisor/objects.mk |
			grep -oE '[a-z0-9]+/[a-z0-9_]+\.o'); do
		grep -qE "hypervisor/${object%.o}\.[cS]\`" docs/reading-order.md ||
			bad "docs/reading-order.md lacks hypervisor/${object%.o}"
	done
}

# Every element and attribute that the reader of domain XML asks for.
domain_xml() {
	local name names=0
	for name in $(cat dom0-tools/config/xml*.c | tr '\n' ' ' | grep -oE \
			'(xml_only|xml_node_child|xml_node_attribute|read_action)\([^;"]*, *"[A-Za-z_]+"' |
			sed 's/.*"\(.*\)"/\1/' | sort -u); do
		names=$((names + 1))
		grep -qE "<$name[ />]| $name=>" docs/domain-xml.md ||
			bad "docs/domain-xml.md lacks $name"
	done
	[ "$names" -gt 20 ] || bad "only $names names of domain XML seen"
}

# A test by the name that a document calls it: of tests/unit, of tests/guest, the
# number of a system test, or a path.
is_test() {
	local file
	for file in "tests/unit/test_$1.c" "tests/unit/$1.sh" \
			"tests/guest/$1/main.c" "$1" tests/system/"$1"-*.sh; do
		[ ! -f "$file" ] || return 0
	done
	return 1
}

# What is said to be enforced by the hypervisor: every row names tests, all of
# which exist.
security() {
	local rule where proof name names rows=0
	while IFS='|' read -r _ rule where proof _; do
		rows=$((rows + 1))
		names=$(printf '%s\n' "$proof" | grep -oE '`[^`]*`' | tr -d '`'
			printf '%s\n' "$proof" | grep -oE 'system tests? [0-9, and]*' |
				grep -oE '[0-9]+')
		[ -n "$names" ] || bad "docs/security.md names no test of:$rule"
		for name in $names; do
			is_test "$name" ||
				bad "docs/security.md: no test $name, of:$rule"
		done
	done < <(sed -n '/^### By the hypervisor/,/^### Of the/p' \
			docs/security.md | grep '^| ' | sed 1d)
	[ "$rows" -gt 10 ] || bad "docs/security.md: only $rows rules seen"
}

# Every test stands in testing.md, every conformance kernel in conformance.md.
listed() {
	local name names=0
	for name in $(make -s -C tests/unit list | sed 's/^/`/; s/$/`/' |
			sed 's/ /` `/g') tests/unit/*.sh tests/system/[0-9]*.sh; do
		names=$((names + 1))
		[[ $name == tests/unit/* && ! -x $name ]] ||
			grep -qF "$name" docs/testing.md ||
			bad "docs/testing.md lacks the test $name"
	done
	for name in $(make -s -C tests/guest list KINDS="64 32" | tr ' ' '\n' |
			sed 's/32$//' | sort -u); do
		names=$((names + 1))
		grep -qF "\`$name\`" docs/conformance.md docs/testing.md ||
			bad "docs/conformance.md lacks the subject $name"
	done
	[ "$names" -gt 100 ] || bad "only $names tests seen"
}

generated
reading_order
security
listed
domain_xml
links
paths
complete
exit $status
