#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 200
# The CD of `make iso` boots by BIOS firmware, GRUB and multiboot 2 to the same
# dom0: its disk, its bridge, its services.
. "$(dirname "$0")/lib.sh"

make -s -C "$top" iso
vm --iso "$top/build/hospes.iso" --timeout 150 --until 'dom0: .*services up'
serial=$logs/system-$name.serial
for line in 'GRUB' 'dom0: .* init, kernel' '/dev/vda mounted on' \
	'bridge br0 holds'; do
	grep -aq "$line" "$serial" || fail "the console does not say: $line"
done
