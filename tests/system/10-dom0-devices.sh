#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 400
# dom0's own disk and NIC do real work through real interrupts, with one CPU
# and with four: the disk by MSI-X, the NIC by a line of the IO-APIC; then the
# disk by MSI on AHCI and the NIC by MSI-X. Whether interrupts arrive is seen
# in how they count up, not only in that they exist. A program of dom0's root
# gets the ports and the segments that it asks its kernel for.
. "$(dirname "$0")/lib.sh"

mkdir "$work/tftp"
head -c 400000 /dev/urandom >"$work/tftp/file"
sum=$(sha256sum "$work/tftp/file" | cut -d' ' -f1)

# check CPUS DISK NIC [options]: the last two as awk patterns of lines in
# /proc/interrupts.
check() {
	local cpus=$1 disk=$2 nic=$3
	shift 3
	{
		printf "%s='%s'\n" cpus "$cpus" disk "$disk" nic "$nic" sum "$sum"
		cat <<'DOM0'
. /lib/tests/lib.sh
# Sum over all CPUs of the interrupts of the lines that match.
interrupts() {
	awk -v what="$1" '$0 ~ what {
		for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END {print n + 0}' \
		/proc/interrupts
}
counted() {
	local now
	now=$(interrupts "$2")
	echo "$1: $((now - $3)) interrupts of $2"
	[ $((now - $3)) -ge 20 ] || fail "$1 works without its interrupts"
}
has_address() { ip -4 addr show br0 | grep -q inet; }

[ "$(nproc)" = "$cpus" ] || fail "$(nproc) vCPUs, not $cpus"
wait_until 20 has_address || fail "no address by DHCP"
kernel-help ldt || fail "no local descriptor table"
kernel-help ports 80 || fail "no ports for programs"

before=$(interrupts "$disk")
dd if=/dev/urandom of=/var/lib/hospes/noise bs=1M count=24 2>/dev/null
noise=$(sha256sum </var/lib/hospes/noise)
sync
echo 3 >/proc/sys/vm/drop_caches
[ "$(sha256sum </var/lib/hospes/noise)" = "$noise" ] ||
	fail "the disk gave back something else"
rm /var/lib/hospes/noise
counted disk "$disk" "$before"

before=$(interrupts "$nic")
tftp -g -b 1428 -r file -l /tmp/file 10.0.2.2 || fail "tftp"
[ "$(sha256sum </tmp/file)" = "$sum  -" ] || fail "the file is damaged"
counted NIC "$nic" "$before"
DOM0
	} | vm --smp "$cpus" --tftp "$work/tftp" --timeout 120 "$@"
}

check 1 'msi-x.*virtio.*req' 'ioapic-level.*eth0'
check 4 'msi-x.*virtio.*req' 'ioapic-level.*eth0'
check 2 'msi .*ahci' 'msi-x.*virtio.*put' --disk-bus ahci --nic virtio-net-pci
