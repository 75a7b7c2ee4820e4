#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
# frontend-drivers' disk in a guest: against blkback and against Linux's own
# xen-blkback, in five configurations each, with every sector compared. Then
# the device is taken away in an orderly way, and by kill -9 of its backend:
# the guest hears of it, its requests end, and it closes the device.
# BITS="64 32" does it with 32-bit kernels as well.
. "$(dirname "$0")/lib.sh"

modules=$(echo "$top"/build/debian/modules/lib/modules/*/kernel/drivers/block)
[ -e "$modules/xen-blkback/xen-blkback.ko" ] || skip "no xen-blkback.ko"
make -s -C "$top/tests/guest-front"
mkdir -p "$work/overlay/lib/front"
cp "$modules/xen-blkback/xen-blkback.ko" "$work/overlay/lib/front/"
for bits in ${BITS:-64}; do
	cp "$top/build/tests/guest-front-$bits.elf" "$work/overlay/lib/front/"
done

{
	echo "kinds='${BITS:-64}'"
	cat <<'DOM0'
. /lib/tests/lib.sh

domain() { # NAME BITS OPTIONS DISK
	cat >"/tmp/$1.xml" <<-XML
	<domain type='xen'>
	  <name>$1</name>
	  <memory unit='MiB'>48</memory>
	  <vcpu>2</vcpu>
	  <os>
	    <type arch='$([ "$2" = 64 ] && echo x86_64 || echo i686)'>linux</type>
	    <kernel>/lib/front/guest-front-$2.elf</kernel>
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

# What a toolstack writes for a disk that the kernel serves; `state` is last.
linux_nodes() { # DOMID LOOP
	local front=/local/domain/$1/device/vbd/51712
	local back=/local/domain/0/backend/vbd/$1/51712 node
	xenstore-write "$front/backend" "$back" "$front/backend-id" 0 \
		"$front/virtual-device" 51712 "$front/device-type" disk \
		"$front/state" 1
	for node in "" /backend /backend-id /virtual-device /device-type /state
	do
		xenstore-chmod "$front$node" "n$1" r0
	done
	xenstore-write "$back/frontend" "$front" "$back/frontend-id" "$1" \
		"$back/online" 1 "$back/mode" w "$back/type" phy \
		"$back/dev" xvda "$back/params" "$2" \
		"$back/physical-device" "7:$(printf %x "${2#/dev/loop}")"
	for node in "" $(xenstore-list "$back"); do
		xenstore-chmod "$back${node:+/$node}" n0 "r$1"
	done
	xenstore-write "$back/state" 1
	xenstore-chmod "$back/state" n0 "r$1"
}

linux_backend() { # BITS
	local name=linux$1 loop id back
	insmod /lib/front/xen-blkback.ko || fail "xen-blkback"
	image $name >/dev/null
	loop=$(losetup -f)
	losetup "$loop" "/var/lib/hospes/$name.img" || fail "losetup"
	hospes create --paused "$(domain $name "$1" "$options" "")" ||
		fail "create"
	id=$(domid $name)
	linux_nodes "$id" "$loop"
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

status=0
for bits in $kinds; do
	for part in killed taken_away linux_backend; do
		echo "== $part, $bits bits"
		($part $bits) || status=1
	done
done
exit $status
DOM0
} | vm --overlay "$work/overlay" --timeout 590
