#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 500
# Guests that misuse the interface end at worst themselves: a million random
# hypercalls from two vCPUs, stores to page tables, a jump to nowhere, garbage
# in the store's and the console's ring, a look for what others left in memory.
# dom0 and a Debian guest go on, the hypervisor's audit finds nothing, and all
# memory comes back.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/root/hostile"
for kernel in scrub fuzz scribble nowhere garbage; do
	cp "$top/build/tests/guest/$kernel.elf" "$work/root/hostile/"
	cat >"$work/root/hostile/$kernel.xml" <<XML
<domain type='xen'>
  <name>$kernel</name>
  <memory unit='MiB'>64</memory>
  <vcpu>2</vcpu>
  <os><type>linux</type><kernel>/hostile/$kernel.elf</kernel></os>
  <on_poweroff>destroy</on_poweroff>
  <on_crash>destroy</on_crash>
</domain>
XML
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
hostile scrub 60 '^scrub: [0-9]* bytes were zero'
DOM0
