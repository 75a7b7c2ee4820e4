#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 300
# A Debian guest with two vCPUs is suspended at work and resumed in place, again
# and again, also with hospesd and xenstored killed between: its disk and its
# network go on where they were, and its end is noticed as any other's. One that
# cannot be suspended is not asked.
. "$(dirname "$0")/lib.sh"

vm <<'DOM0'
. /lib/tests/lib.sh
unpacked_kernel
# The first guest of all makes tables grow, once.
hospes create /etc/hospes/first.xml && wait_boot first 1 || fail "create"
hospes destroy first && hospes wait first --for gone --timeout 30 ||
	fail "destroy"
snapshot >/tmp/before
hospes create /etc/hospes/first.xml && wait_boot first 2 || fail "create"

# Each round writes, reads back from the disk, and asks dom0 for an answer.
dom0=$(cat /run/address)
guest_run first "cat >/tmp/work <<'END'
n=0
while :; do
	dd if=/dev/urandom of=/data/work bs=64k count=16 2>/dev/null
	sum=\$(sha256sum </data/work)
	sync
	echo 3 >/proc/sys/vm/drop_caches
	[ \"\$(sha256sum </data/work)\" = \"\$sum\" ] || echo damaged >>/tmp/bad
	ping -c 1 -W 60 $dom0 >/dev/null || echo lost >>/tmp/bad
	n=\$((n + 1))
	echo \$n >/tmp/rounds.new
	mv /tmp/rounds.new /tmp/rounds
done
END
echo 0 >/tmp/rounds
sh /tmp/work >/dev/null 2>&1 </dev/null &" || fail "first does not work"
rounds() { guest_run first "cat /tmp/rounds"; }
further() { [ "$(rounds)" -gt "$1" ]; }
works_on() {
	local now
	now=$(rounds) || fail "first does not answer"
	wait_until 40 further $((now + 1)) || fail "it stopped in round $now"
	! guest_run first "cat /tmp/bad 2>/dev/null" | grep . ||
		fail "first was damaged"
	[ "$(console_count first '^guest: ready')" = 2 ] ||
		fail "first was started again"
	echo "  first works on: round $(rounds)"
}
suspend() {
	hospes suspend first --timeout 30 || fail "suspend"
	hospes list first | grep -q -- '---ss-' ||
		{ hospes list first; fail "it is not suspended"; }
	! ping -c 1 -W 1 "$(guest_address first)" >/dev/null ||
		fail "it answers"
}
resume() { hospes resume first || fail "resume"; works_on; }
hospes_again() { hospes list first >/dev/null; }
store_again() { xenstore-read /local/domain/0/name >/dev/null; }

works_on
for i in 1 2 3; do
	echo "suspended and resumed, $i"
	suspend
	resume
done
! hospes resume first 2>/tmp/error || fail "resumed one that runs"
grep -q 'not suspended' /tmp/error || { cat /tmp/error; fail "what?"; }

echo "hospesd killed meanwhile"
suspend
kill -9 "$(cat /run/hospes/hospesd.pid)"
wait_until 20 hospes_again || fail "no hospesd"
resume
echo "xenstored killed meanwhile"
suspend
kill -9 "$(cat /run/hospes/xenstored.pid)"
usleep 500000
wait_until 20 store_again || fail "no xenstored"
resume
echo "suspended by itself, with nobody to ask it"
id=$(hospes list first | awk '$1 == "first" {print $2}')
xenstore-write "/local/domain/$id/control/shutdown" suspend
hospes wait first --for shutdown --timeout 30 || fail "suspend by the store"
resume

echo "one that cannot"
truncate -s 16M /var/lib/hospes/guest-kernel.img
hospes create /etc/hospes/guest-kernel.xml || fail "create guest-kernel"
wait_said guest-kernel 'ready in' 1 30 || fail "it does not get ready"
! hospes suspend guest-kernel 2>/tmp/error || fail "it was suspended"
grep -q feature-suspend /tmp/error || { cat /tmp/error; fail "what?"; }
hospes destroy guest-kernel

echo "its end"
hospes shutdown first --wait --timeout 60 || fail "shutdown"
e2fsck -fn /var/lib/hospes/first.img >/tmp/fsck 2>&1 ||
	{ cat /tmp/fsck; fail "its disk is not clean"; }
hospes create /etc/hospes/first.xml && wait_boot first 3 || fail "create"
suspend
hospes destroy first || fail "destroy of a suspended guest"
expect_same /tmp/before "after all"
DOM0
