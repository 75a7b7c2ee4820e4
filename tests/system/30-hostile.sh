#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 500
# Guests that misuse the interface end at worst themselves: a million random
# hypercalls from two vCPUs, stores to page tables, a jump to nowhere, garbage in
# the store's and the console's ring, in a disk's and a network interface's, a
# look for what others left in memory.
# dom0 and a Debian guest go on, the hypervisor's audit finds nothing, and all
# memory comes back.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/root/hostile"
truncate -s 4M "$work/root/hostile/disk.img"

# kernel NAME [DEVICES]
kernel() {
	cp "$top/build/tests/guest/$1.elf" "$work/root/hostile/"
	strip --strip-debug "$work/root/hostile/$1.elf"
	cat >"$work/root/hostile/$1.xml" <<XML
<domain type='xen'>
  <name>$1</name>
  <memory unit='MiB'>64</memory>
  <vcpu>2</vcpu>
  <os><type>linux</type><kernel>/hostile/$1.elf</kernel></os>
  <on_poweroff>destroy</on_poweroff>
  <on_crash>destroy</on_crash>
  <devices>${2-}</devices>
</domain>
XML
}
devices="<disk type='file' device='disk'><driver type='raw'/>
  <source file='/hostile/disk.img'/><target dev='xvda'/></disk>
  <interface type='bridge'><source bridge='br0'/></interface>"
for name in scrub fuzz scribble nowhere garbage; do
	kernel "$name"
done
for name in garbageio garbageio32; do
	kernel "$name" "$devices"
done

vm --timeout 480 --overlay "$work/root" <<'DOM0'
. /lib/tests/lib.sh

# The audit's verdict, newest last.
audit() {
	hospes debug a || fail "hospes debug a"
	hospes dmesg | grep 'audit: ' | tail -n 1
}

hospes create /etc/hospes/first.xml || fail "create first"
wait_boot first 1 || fail "first did not boot"
guest_run first "dd if=/dev/urandom of=/data/keep bs=1M count=8 && sync" \
	>/dev/null || fail "first cannot write"
sum=$(guest_run first "sha256sum /data/keep")
# Pages that a disk has once lent stay lent, and what keeps account of them stays
# as well: let first have as many requests under way as its ring holds.
guest_run first "for i in 0 1 2 3 4 5 6 7; do
	dd if=/dev/xvda of=/dev/null bs=4M count=4 skip=\$i iflag=direct & done
	wait" >/dev/null || fail "first cannot read"
# The first 32-bit domain makes the hypervisor build a table that stays.
hospes create --paused /hostile/garbageio32.xml && hospes destroy garbageio32 ||
	fail "create and destroy garbageio32"
snapshot >/tmp/before

# hostile NAME SECONDS WHAT-ITS-CONSOLE-MUST-SAY
hostile() {
	hospes create "/hostile/$1.xml" || fail "create $1"
	hospes wait "$1" --for gone --timeout "$2" || fail "$1 does not end"
	grep -q "$3" "$(console_log "$1")" ||
		{ tail -n 5 "$(console_log "$1")"; fail "$1 did not say: $3"; }
	grep FAIL "$(console_log "$1")" && fail "$1 found a hole"
	case $(audit) in
	*'audit: 0 faults'*) ;;
	*)	hospes dmesg | tail -n 30; fail "audit after $1" ;;
	esac
	[ "$(guest_run first "sha256sum /data/keep")" = "$sum" ] ||
		fail "first was harmed by $1"
	expect_same /tmp/before "after $1"
	echo "$1: $(tr -d '\r' <"$(console_log "$1")" | grep "$3" | tail -n 1)"
}

hostile scrub 60 '^scrub: [0-9]* bytes were zero'
hostile nowhere 30 '^nowhere: on my way'
hostile scribble 60 '^scribble: [1-9][0-9]* refused, 0 wrong'
hostile fuzz 240 '^fuzz: 1000000 calls made'
hostile garbage 60 '^garbage: begin'
hostile garbageio 120 '^garbageio: done'
hostile garbageio32 120 '^garbageio: done'
hostile scrub 60 '^scrub: [0-9]* bytes were zero'
DOM0
