#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
# kill -9 of xenstored, of hospesd, of one guest's blkback and of its netback,
# each while two guests work. The machine and the other guest go on; xenstored
# and hospesd come back by themselves with nothing lost; what belonged to a
# guest whose backend died can be destroyed, and all of it is free again.
. "$(dirname "$0")/lib.sh"

vm --timeout 580 <<'DOM0'
. /lib/tests/lib.sh
sed 's/first/second/g; s/00:00:01/00:00:02/' /etc/hospes/first.xml \
	>/tmp/second.xml
# The first guest of all makes tables grow, once; compare with what is then.
hospes create /etc/hospes/first.xml || fail "create first"
wait_boot first 1 || fail "first did not boot"
hospes destroy first && hospes wait first --for gone --timeout 30 ||
	fail "destroy first"
snapshot >/tmp/empty
hospes create /etc/hospes/first.xml || fail "create first"
hospes create /tmp/second.xml || fail "create second"
wait_boot first 2 || fail "first did not boot"
wait_boot second 1 || fail "second did not boot"

# Work that shows in a counter: each round writes, reads back and compares,
# then asks dom0 for an answer over the network.
dom0=$(cat /run/address)
for guest in first second; do
	guest_run $guest "cat >/tmp/work <<'END'
n=0
while :; do
	dd if=/dev/urandom of=/data/work bs=64k count=16 2>/dev/null
	sum=\$(sha256sum </data/work)
	sync
	echo 3 >/proc/sys/vm/drop_caches
	[ \"\$(sha256sum </data/work)\" = \"\$sum\" ] || echo damaged >>/tmp/bad
	ping -c 1 -W 5 $dom0 >/dev/null || echo lost >>/tmp/bad
	n=\$((n + 1))
	echo \$n >/tmp/rounds.new
	mv /tmp/rounds.new /tmp/rounds
done
END
	echo 0 >/tmp/rounds
	sh /tmp/work >/dev/null 2>&1 </dev/null &" || fail "$guest does not work"
done
rounds() { guest_run "$1" "cat /tmp/rounds"; }
further() { [ "$(rounds "$1")" -gt "$2" ]; }
works_on() {
	local now
	now=$(rounds "$1") || fail "$1 does not answer"
	wait_until 40 further "$1" $((now + 1)) ||
		fail "$1 has stopped after round $now"
	! guest_run "$1" "cat /tmp/bad 2>/dev/null" | grep . ||
		fail "$1 was damaged"
	echo "  $1 works on: round $(rounds "$1")"
}
backend_pid() {
	ps -o pid,args | grep "$1 .*--domid $2 " | grep -v grep |
		awk '{print $1; exit}'
}
domid() { hospes list "$1" | awk 'END {print $2}'; }
store() { xenstore-ls /local/domain "$@"; }
works_on first
works_on second

# back WHAT COMMAND...: killed just now, it must answer by itself within a
# second. Judged at three, as two guests keep both CPUs busy meanwhile and
# machines differ.
back() {
	local what=$1 begin took
	shift
	begin=$(now_ms)
	wait_until 10 "$@" || fail "$what does not come back"
	took=$(($(now_ms) - begin))
	echo "  $what is back after $(seconds $took) s"
	[ $took -le 3000 ] || fail "$what: more than three times a second"
}

echo "xenstored"
store >/tmp/store.before
old=$(cat /run/hospes/xenstored.pid)
kill -9 "$old"
back xenstored xenstore-read /local/domain/0/name
[ "$(cat /run/hospes/xenstored.pid)" != "$old" ] || fail "it never went"
store >/tmp/store.after
diff /tmp/store.before /tmp/store.after || fail "the store lost something"
works_on first
works_on second

echo "hospesd"
hospes list >/tmp/list.before
disk_pid=$(backend_pid blkback "$(domid first)")
kill -9 "$(cat /run/hospes/hospesd.pid)"
back hospesd hospes list first
hospes list | awk '{print $1, $2, $3, $4}' >/tmp/list.after
awk '{print $1, $2, $3, $4}' /tmp/list.before | diff - /tmp/list.after ||
	fail "hospesd lost a guest"
[ "$(backend_pid blkback "$(domid first)")" = "$disk_pid" ] ||
	fail "blkback was changed"
works_on first
works_on second
# It sees to reboots and consoles as before.
guest_run first reboot >/dev/null
wait_boot first 3 || fail "first's reboot after hospesd's death"

for backend in blkback netback; do
	echo "$backend of first"
	kill -9 "$(backend_pid $backend "$(domid first)")"
	usleep 500000
	works_on second
	hospes list first >/dev/null || fail "hospesd lost first"
	hospes destroy first || fail "destroy first"
	hospes wait first --for gone --timeout 20 || fail "first lingers"
	works_on second
	boots=$(console_count first '^guest: ready')
	hospes create /etc/hospes/first.xml || fail "create first again"
	wait_boot first $((boots + 1)) 120 || fail "first did not boot again"
done

for guest in first second; do
	hospes destroy $guest || fail "destroy $guest"
done
expect_same /tmp/empty "after all"
DOM0
