#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
# frontend-drivers' disk in a guest: against blkback and against Linux's own
# xen-blkback, in five configurations each, with every sector compared. Then
# the device is taken away in an orderly way, and by kill -9 of its backend:
# the guest hears of it, its requests end, and it closes the device.
# Its network interface against Linux's own xen-netback (test 81 has ours): no
# datagram is lost, with a ring that has room and with one that never has.
# BITS="64 32" does it with 32-bit kernels as well, PARTS=linux_netback only that.
. "$(dirname "$0")/lib.sh"

drivers=$(echo "$top"/build/debian/modules/lib/modules/*/kernel/drivers)
make -s -C "$top/tests/guest-front"
mkdir -p "$work/overlay/lib/front" "$work/overlay/sbin"
for module in block/xen-blkback/xen-blkback net/xen-netback/xen-netback; do
	[ -e "$drivers/$module.ko" ] || skip "no $module.ko"
	cp "$drivers/$module.ko" "$work/overlay/lib/front/"
done
gcc -O2 -Wall -Wextra -Werror -static -s -o "$work/overlay/sbin/udp-echo" \
	"$top/tests/image/udp-echo.c"
for bits in ${BITS:-64}; do
	cp "$top/build/tests/guest-front-$bits.elf" "$work/overlay/lib/front/"
done

{
	echo "kinds='${BITS:-64}'"
	echo "parts='${PARTS:-killed taken_away linux_blkback linux_netback}'"
	cat <<'DOM0'
. /lib/tests/lib.sh

domain() { # NAME BITS OPTIONS DISK [KERNEL]
	cat >"/tmp/$1.xml" <<-XML
	<domain type='xen'>
	  <name>$1</name>
	  <memory unit='MiB'>48</memory>
	  <vcpu>2</vcpu>
	  <os>
	    <type arch='$([ "$2" = 64 ] && echo x86_64 || echo i686)'>linux</type>
	    <kernel>${5:-/lib/front/guest-front-$2.elf}</kernel>
	    <cmdline>$3</cmdline>
	  </os>
	  <devices>$4<console type='pty'/></devices>
	</domain>
	XML
	echo "/tmp/$1.xml"
}

image() { # NAME: prints the XML of a disk
	truncate -s 16M "/var/lib/hospes/$1.img"
	echo "<disk type='file' device='disk'><driver type='raw'/>" \
		"<source file='/var/lib/hospes/$1.img'/>" \
		"<target dev='xvda'/></disk>"
}

domid() { hospes list "$1" | awk -v name="$1" '$1 == name { print $2 }'; }
said() { # NAME TEXT SECONDS
	wait_said "$1" "$2" 1 "$3" && return
	tail -n 20 "$(console_log "$1")"
	fail "$1 did not say '$2'"
}
lines() { grep -a '^front:' "$(console_log "$1")" | tr -d '\r'; }

backend_pid() {
	ps -o pid,args | grep "blkback .*--domid $1 " | grep -v grep |
		awk '{ print $1; exit }'
}

options="disk=xvda requests=4 hold=200"

# NAME BITS: in all configurations, then connected once more.
create_and_try() {
	hospes create "$(domain "$1" "$2" "$options" "$(image "$1")")" ||
		fail "create"
	said "$1" '^front: all good' 240
	said "$1" '^front: holding, open 0' 60
	usleep 500000
}

taken_away() { # BITS
	local name=taken$1 back
	create_and_try $name "$1"
	back=/local/domain/0/backend/vbd/$(domid $name)/51712
	xenstore-write "$back/online" 0 "$back/state" 5
	said $name '^front: held: usable 0, 0 failed, 0 wrong' 60
	said $name '^front: closed 0' 60
	lines $name
	hospes destroy $name
}

killed() { # BITS
	local name=killed$1
	create_and_try $name "$1"
	kill -9 "$(backend_pid "$(domid $name)")" || fail "kill"
	said $name '^front: held: usable 0, [1-9][0-9]* failed, 0 wrong' 60
	said $name '^front: closed 0' 60
	lines $name | tail -n 4
	hospes destroy $name
}

write_nodes() { # DIRECTORY NODE VALUE ...
	local directory=$1
	shift
	while [ $# -gt 0 ]; do
		xenstore-write "$directory/$1" "$2"
		shift 2
	done
}

# What a toolstack writes for a device that the kernel serves; `state` is last.
linux_nodes() { # DOMID KIND/NUMBER FRONTEND'S-NODES BACKEND'S-NODES
	local front=/local/domain/$1/device/$2
	local back=/local/domain/0/backend/${2%/*}/$1/${2#*/} node
	# shellcheck disable=SC2086 # names and values without blanks
	write_nodes "$front" backend "$back" backend-id 0 $3 state 1
	for node in "" $(xenstore-list "$front"); do
		xenstore-chmod "$front${node:+/$node}" "n$1" r0
	done
	# shellcheck disable=SC2086
	write_nodes "$back" frontend "$front" frontend-id "$1" online 1 $4
	for node in "" $(xenstore-list "$back"); do
		xenstore-chmod "$back${node:+/$node}" n0 "r$1"
	done
	xenstore-write "$back/state" 1
	xenstore-chmod "$back/state" n0 "r$1"
}

linux_blkback() { # BITS
	local name=disk$1 loop id back
	insmod /lib/front/xen-blkback.ko || fail "xen-blkback"
	image $name >/dev/null
	loop=$(losetup -f)
	losetup "$loop" "/var/lib/hospes/$name.img" || fail "losetup"
	hospes create --paused "$(domain $name "$1" "$options" "")" ||
		fail "create"
	id=$(domid $name)
	linux_nodes "$id" vbd/51712 "virtual-device 51712 device-type disk" \
		"mode w type phy dev xvda params $loop
		 physical-device 7:$(printf %x "${loop#/dev/loop}")"
	hospes unpause $name || fail "unpause"
	said $name '^front: all good' 240
	said $name '^front: holding, open 0' 60
	usleep 500000
	back=/local/domain/0/backend/vbd/$id/51712
	xenstore-write "$back/online" 0 "$back/state" 5
	said $name '^front: held: usable 0, 0 failed, 0 wrong' 60
	said $name '^front: closed 0' 60
	lines $name
	hospes destroy $name
	xenstore-rm "$back"
	losetup -d "$loop"
	# It would take the next guest's disks from our backend.
	rmmod xen-blkback
}

# The interface without a bridge: NAME BITS PAGES, of the ring to send.
echoes() {
	local name=$1 id vif
	local kernel=/usr/share/hospes/guest-kernel-$2.elf
	hospes create --paused "$(domain $name "$2" \
		"ip=10.9.0.2/24 tx-pages=$3" "" "$kernel")" || fail "create"
	id=$(domid $name)
	vif=vif$id.0
	linux_nodes "$id" vif/0 "handle 0 mac 00:16:3e:00:00:77" \
		"handle 0 mac 00:16:3e:00:00:77 script /none
		 hotplug-status connected"
	hospes unpause $name || fail "unpause"
	said $name '^guest-kernel: ready' 60
	wait_until 10 ip addr add 10.9.0.1/24 dev "$vif" || fail "no $vif"
	ip link set "$vif" up
	wait_until 10 ping -c 1 10.9.0.2 || fail "no answer to a ping"
	echo "sends by $3 pages: $(udp-echo 10.9.0.2 10000)" >/tmp/echoes
	cat /tmp/echoes
	hospes destroy $name
	xenstore-rm "/local/domain/0/backend/vif/$id"
	grep -q ': 10000 sent, 10000 answered, 0 wrong' /tmp/echoes ||
		fail "not all came back"
}

linux_netback() { # BITS
	local pages
	insmod /lib/front/xen-netback.ko || fail "xen-netback"
	for pages in 64 8; do
		echoes net$1-$pages "$1" $pages
	done
	# The kernel lets the interface go when it gets to it.
	wait_until 20 rmmod xen-netback || fail "rmmod"
}

status=0
for bits in $kinds; do
	for part in $parts; do
		echo "== $part, $bits bits"
		($part $bits) || status=1
	done
done
exit $status
DOM0
} | vm --overlay "$work/overlay" --timeout 590
