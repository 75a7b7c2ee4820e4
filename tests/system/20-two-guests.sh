#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
# Two Debian guests at once, two vCPUs, a disk and a NIC each: they ping each
# other over the bridge without loss; 200 MB that one writes come back after
# its reboot with the same SHA-256; e2fsck finds the file systems clean
# afterwards; the hypervisor uses at most 16 MiB for itself meanwhile.
. "$(dirname "$0")/lib.sh"

vm --timeout 580 <<'DOM0'
. /lib/tests/lib.sh
sed 's/first/second/g; s/00:00:01/00:00:02/' /etc/hospes/first.xml \
	>/tmp/second.xml
hospes create /etc/hospes/first.xml || fail "create first"
hospes create /tmp/second.xml || fail "create second"
wait_boot first 1 || fail "first did not boot"
wait_boot second 1 || fail "second did not boot"
hospes list

for guest in first second; do
	[ "$(guest_run $guest nproc)" = 2 ] || fail "$guest has not 2 vCPUs"
done
# Segments and ports of unprivileged and of root's programs; no oops by them.
guest_run first "kernel-help ldt && kernel-help ports ff" ||
	fail "first's kernel does not help its programs"
[ "$(guest_run first "dmesg | grep -c -e Oops -e BUG:")" = 0 ] ||
	fail "first's kernel had an oops"

# ping waits a second only for the answer to its last packet, which is little
# on a busy machine: that one does not count.
ping_other() {
	local got
	echo "$1 pings $2"
	guest_run "$1" "ping -c 21 -i 0.1 -s 1400 $(guest_address "$2")" \
		>/tmp/ping || { cat /tmp/ping; fail "ping from $1"; }
	got=$(grep -o ' seq=[0-9]* ' /tmp/ping | sort -u | grep -vc '=20 ')
	grep loss /tmp/ping
	[ "$got" = 20 ] || { cat /tmp/ping; fail "$1 loses packets"; }
}
ping_other first second
ping_other second first

# What the hypervisor counted meanwhile: twenty packets there and back.
hospes perf -- ping -c 20 -i 0.1 -s 1400 "$(guest_address first)" >/tmp/perf ||
	fail "hospes perf -- ping"
bytes=$(awk '$1 == "grant-copy-bytes" {print $2}' /tmp/perf)
echo "bytes copied for 20 pings: $bytes"
[ "${bytes:-0}" -ge $((2 * 20 * 1400)) ] || { cat /tmp/perf; fail "too few"; }

guest_run first "dd if=/dev/urandom of=/data/noise bs=1M count=200 && sync" ||
	fail "first cannot write 200 MB"
sum=$(guest_run first "sha256sum /data/noise")
guest_run first reboot
wait_boot first 2 || fail "first did not come back"
[ "$(guest_run first "sha256sum /data/noise")" = "$sum" ] ||
	fail "200 MB came back changed"
echo "200 MB after a reboot: ${sum%% *}"
ping_other second first

own=$(hypervisor_kib)
echo "the hypervisor's own memory: $own KiB"
[ "$own" -le 16384 ] || fail "that is more than 16 MiB"

for guest in first second; do
	hospes shutdown $guest || fail "shutdown $guest"
	hospes wait $guest --for gone --timeout 60 || fail "$guest lingers"
	e2fsck -fn /var/lib/hospes/$guest.img || fail "$guest's disk"
done
DOM0
