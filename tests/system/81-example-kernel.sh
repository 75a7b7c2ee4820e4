#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 500
# The example kernel as a 64-bit and as a 32-bit guest, beside a Debian guest,
# on one bridge: each pings the others and dom0, 10,000 datagrams to each
# kernel's UDP echo come back unchanged, dom0 finds on their disks what they
# say they read and wrote, they end when told to, and nothing stays behind.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/root/sbin"
gcc -O2 -Wall -Wextra -Werror -static -s -o "$work/root/sbin/udp-echo" \
	"$top/tests/image/udp-echo.c"

vm --timeout 480 --overlay "$work/root" <<'DOM0'
. /lib/tests/lib.sh
kernels='guest-kernel guest-kernel-32'

says() { tr -d '\r' <"$(console_log "$1")" | grep "$2" || fail "$1: no $2"; }

# Blocks of 4 KiB of a kernel's disk.
blocks() {
	dd if="/var/lib/hospes/$1.img" bs=4096 skip="$2" count="$3" 2>/dev/null
}

# The pattern of the kernel's disk.c, as text.
pattern() {
	awk -v seed="$1" -v sectors="$2" 'BEGIN {
		for (s = 0; s < sectors; s++)
			for (l = 0; l < 16; l++)
				printf "%-13s %08d %08d\n", seed, s, l
	}'
}

sum() { crc32 "$1" | cut -c 1-8; }

for name in $kernels; do
	dd if=/dev/urandom of="/var/lib/hospes/$name.img" bs=1M count=8 \
		2>/dev/null
done
# The first 32-bit guest has the hypervisor make a table, which stays.
hospes create /etc/hospes/guest-kernel-32.xml || fail "create 32-bit guest"
wait_said guest-kernel-32 'ready in' 1 30 || fail "it does not get ready"
hospes destroy guest-kernel-32 || fail "destroy 32-bit guest"
hospes wait guest-kernel-32 --for gone --timeout 30 || fail "it lingers"
snapshot >/tmp/before
hospes create /etc/hospes/first.xml || fail "create first"
wait_boot first 1 || fail "first did not boot"
debian=$(guest_address first)
dom0=$(ip -4 addr show br0 | sed -n 's/.*inet \([0-9.]*\).*/\1/p')

# start NAME OWN-ADDRESS OTHER'S SEED
start() {
	sed "s|<cmdline>.*</cmdline>|<cmdline>disk=xvda read=200 \
pattern=$4 at=300 blocks=1000 ip=$2/24 ping=$dom0,$debian,$3</cmdline>|" \
		"/etc/hospes/$1.xml" >"/tmp/$1.xml"
	hospes create "/tmp/$1.xml" || fail "create $1"
}
start guest-kernel 10.0.2.50 10.0.2.51 sixty-four
start guest-kernel-32 10.0.2.51 10.0.2.50 thirty-two
for name in $kernels; do
	wait_said $name '^disk: pattern: 1000' 1 60 ||
		{ cat "$(console_log $name)"; fail "$name is not done"; }
	says $name 'ready in .*2 vCPUs'
done
hospes list

echo "each pings the others"
for address in 10.0.2.50 10.0.2.51; do
	guest_run first "ping -c 10 -i 0.1 -s 1400 $address" >/tmp/ping ||
		{ cat /tmp/ping; fail "first cannot ping $address"; }
	grep -q ' 0% packet loss' /tmp/ping || fail "first loses packets"
	ping -c 10 -i 0.1 -s 1400 $address | grep -q ' 0% packet loss' ||
		fail "dom0 loses packets to $address"
done
for name in $kernels; do
	wait_said $name '^ping: .*: 20 sent, 20 answered' 3 60 ||
		{ cat "$(console_log $name)"; fail "$name loses pings"; }
	says $name '^ping: '
done

for address in 10.0.2.50 10.0.2.51; do
	lost=
	count=$(udp-echo $address 10000) || lost=1
	echo "UDP echo of $address: $count"
	[ -z "$lost" ] || fail "not all came back"
done

# A reboot: the devices are given up and found again by a new kernel.
for name in $kernels; do
	starts=$(console_count $name 'ready in')
	hospes reboot $name || fail "reboot $name"
	wait_said $name 'ready in' $((starts + 1)) 30 ||
		fail "$name does not come back"
done

for name in $kernels; do
	hospes shutdown $name || fail "shutdown $name"
	hospes wait $name --for gone --timeout 30 || fail "$name lingers"
	says $name '^control: poweroff'
done

# check NAME SEED
check() {
	blocks "$1" 0 200 >/tmp/start
	blocks "$1" 300 1000 >/tmp/written
	pattern "$2" 8000 >/tmp/wanted
	cmp /tmp/wanted /tmp/written || fail "$1 wrote something else"
	says "$1" "^disk: start: 200 blocks, crc32 $(sum /tmp/start)"
	says "$1" "^disk: pattern: 1000 blocks, crc32 $(sum /tmp/written)"
}
check guest-kernel sixty-four
check guest-kernel-32 thirty-two

hospes shutdown first || fail "shutdown first"
hospes wait first --for gone --timeout 60 || fail "first lingers"
expect_same /tmp/before "after all"
DOM0
