#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 700
# The conformance suite as unprivileged guests, built by hospes-build, of both
# kinds, several at a time: each must say on its console that none of its checks
# failed. Then the hypervisor's audit finds nothing and all memory is back.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/root/suite"
# Random calls are 30-hostile.sh's matter.
kernels=$(make -s -C "$top/tests/guest" list KINDS="64 32" | tr ' ' '\n' |
	grep -vE '^(sequences|randomcalls)(32)?$')
for kernel in $kernels; do
	cp "$top/build/tests/guest/$kernel.elf" "$work/root/suite/"
	strip --strip-debug "$work/root/suite/$kernel.elf"
	cat >"$work/root/suite/$kernel.xml" <<XML
<domain type='xen'>
  <name>$kernel</name>
  <memory unit='MiB'>64</memory>
  <vcpu>2</vcpu>
  <os><type>linux</type><kernel>/suite/$kernel.elf</kernel></os>
  <on_poweroff>destroy</on_poweroff>
  <on_crash>destroy</on_crash>
</domain>
XML
done
echo "$kernels" >"$work/root/suite/list"

vm --timeout 680 --overlay "$work/root" <<'DOM0'
. /lib/tests/lib.sh
failed=0
at_once=4

# One subject: its closing line, and what it left out.
guest() {
	local log verdict
	hospes create "/suite/$1.xml" >/dev/null 2>&1 ||
		{ echo "$1: not created" >>/tmp/failed; return; }
	hospes wait "$1" --for gone --timeout 90 ||
		{ echo "$1: no end" >>/tmp/failed; hospes destroy "$1"; }
	log=$(console_log "$1")
	verdict=$(tr -d '\r' <"$log" | sed -n 's/^.*guest test: //p' | tail -n 1)
	echo "$1: ${verdict:-no verdict}"
	tr -d '\r' <"$log" | grep '^skip ' | sed 's/^/    /'
	case $verdict in
	[1-9]*' passed, 0 failed') ;;
	*)	tr -d '\r' <"$log" | grep FAIL | head -n 5
		echo "$1: ${verdict:-no verdict}" >>/tmp/failed ;;
	esac
}

: >/tmp/failed
# The first 32-bit domain makes the hypervisor build a table that stays.
guest hello32 >/dev/null
snapshot >/tmp/before
running=0
while read -r kernel; do
	guest "$kernel" &
	running=$((running + 1))
	[ $((running % at_once)) -ne 0 ] || wait
done </suite/list
wait
echo "$running guests, $(grep -c . /tmp/failed) of them failed"
cat /tmp/failed
[ ! -s /tmp/failed ] || failed=1
hospes debug a || fail "hospes debug a"
case $(hospes dmesg | grep 'audit: ' | tail -n 1) in
*'audit: 0 faults'*) ;;
*)	hospes dmesg | tail -n 30; fail "audit" ;;
esac
expect_same /tmp/before "after all"
exit $failed
DOM0
