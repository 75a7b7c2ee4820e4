#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 200
# How long `hospes create` takes, the shortest of five. The bounds in the
# reference emulator are 0.3 s for a test kernel without devices and 1.5 s for a
# Debian guest with disk and NIC whose kernel is cached; the test fails at twice
# these, as machines differ in speed.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/root/tiny"
cp "$top/build/tests/guest/hello.elf" "$work/root/tiny/"
cat >"$work/root/tiny/tiny.xml" <<'XML'
<domain type='xen'>
  <name>tiny</name>
  <memory unit='MiB'>16</memory>
  <vcpu>1</vcpu>
  <os><type>linux</type><kernel>/tiny/hello.elf</kernel></os>
</domain>
XML

vm --timeout 180 --overlay "$work/root" <<'DOM0'
. /lib/tests/lib.sh

# create_ms FILE NAME: of one paused guest, which then goes.
create_ms() {
	local begin took
	begin=$(now_ms)
	hospes create --paused "$1" >/dev/null 2>/tmp/err ||
		{ cat /tmp/err >&2; return 1; }
	took=$(($(now_ms) - begin))
	hospes destroy "$2" && hospes wait "$2" --for gone --timeout 20 ||
		return 1
	echo $took
}

# within NAME FILE LIMIT-MS WHAT
within() {
	local best=999999 ms
	for _ in 1 2 3 4 5; do
		ms=$(create_ms "$2" "$1") || fail "$4"
		[ "$ms" -ge "$best" ] || best=$ms
	done
	echo "$4: $(seconds "$best") s (bound $(seconds "$3") s)"
	[ "$best" -le $(($3 * 2)) ] || fail "$4: more than twice the bound"
}

echo "Debian guest, first: $(seconds \
	"$(create_ms /etc/hospes/first.xml first)") s"
within tiny /tiny/tiny.xml 300 "test kernel"
within first /etc/hospes/first.xml 1500 "Debian guest, kernel cached"
DOM0
