#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `make install DESTDIR=` lays down every program, and units that start programs
# which are there; the packages that it wants are named in debian/packages.list.
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
	programs=$(sed -nE 's/^Exec(Start|Stop)=[-@]*([^ ]*).*/\2/p' "$unit")
	units=$((units + 1))
	[ -n "$programs" ] || { echo "${unit##*/} does nothing"; status=1; }
	for program in $programs; do
		[ -x "$dest$program" ] ||
			{ echo "${unit##*/} starts $program"; status=1; }
	done
done
[ "$units" -gt 0 ] && [ -f "$unit" ] || { echo "no systemd units"; status=1; }
needed=$(while read -r name path; do
	objdump -p "$dest$path/$name" | awk '/NEEDED/ {print $2}'
done <tests/image/programs.list | sort -u)
for library in $needed; do
	package=$(dpkg -S "*/$library" | sed 's/:.*//' | sort -u)
	printf '%s\n' libc6 $package | sort | uniq -d | grep -q . ||
		grep -qxF "$package" tests/image/debian/packages.list ||
		{ echo "packages.list does not name $package"; status=1; }
done
[ -s "$dest/boot/hospes.elf" ] || { echo "no hypervisor"; status=1; }
(cd "$dest" && find . -type f | sort)
exit $status
