#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `make install DESTDIR=` lays down every program, and units that start programs
# which are there.
cd "$(dirname "$0")/../.." || exit 1
dest=$(mktemp -d)
trap 'rm -rf "$dest"' EXIT
status=0
tests/image/install "$dest" || exit 1
while read -r name path; do
	[ -x "$dest$path/$name" ] || { echo "no $path/$name"; status=1; }
done <tests/image/programs.list
units=0
for unit in "$dest"/lib/systemd/system/*.service; do
	program=$(sed -n 's/^ExecStart=[-@]*\([^ ]*\).*/\1/p' "$unit")
	units=$((units + 1))
	[ -x "$dest$program" ] ||
		{ echo "${unit##*/} starts $program"; status=1; }
done
[ "$units" -gt 0 ] && [ -f "$unit" ] || { echo "no systemd units"; status=1; }
[ -s "$dest/boot/hospes.elf" ] || { echo "no hypervisor"; status=1; }
(cd "$dest" && find . -type f | sort)
exit $status
