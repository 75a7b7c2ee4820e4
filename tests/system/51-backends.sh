#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
# What backends may do and what they say: a disk has one owner by whatever name;
# each backend is a user of its own, with limits; one that was taken over gets at
# nothing else (tests/backend-inside); errors of images and of a TAP that goes
# stand in the log and in `hospes info`; no reboot goes on with another disk.
. "$(dirname "$0")/lib.sh"

make -s -C "$top/tests/backend-inside"
mkdir -p "$work/overlay/sbin"
cp "$top/build/tests/backend-inside" "$work/overlay/sbin/"

vm --timeout 580 --overlay "$work/overlay" <<'DOM0'
. /lib/tests/lib.sh
unpacked_kernel
images=/var/lib/hospes
small=/tmp/small
log() { echo "/var/log/hospes/$1.backend.log"; }

disk() { # TYPE PATH TARGET
	local attribute=file
	[ "$1" = file ] || attribute=dev
	echo "<disk type='$1' device='disk'><driver type='raw'/>" \
		"<source $attribute='$2'/><target dev='$3'/></disk>"
}
guest() { # NAME NUMBER DISK...: its XML, with more disks than its first
	local name=$1 number=$2
	shift 2
	sed "s/first/$name/g; s/00:00:01/00:00:0$number/
		s,<interface,$* <interface," /etc/hospes/first.xml >"/tmp/$name.xml"
	echo "/tmp/$name.xml"
}
thief() { # DISK...: a domain with just these
	sed "s/first/thief/; s/00:00:01/00:00:09/; /<disk/,/<\/disk>/d
		s,<interface,$* <interface," /etc/hospes/first.xml >/tmp/thief.xml
}
refused() { # TEXT DISK...
	local text=$1
	shift
	thief "$@"
	! hospes create --paused /tmp/thief.xml >/tmp/answer 2>&1 ||
		fail "not refused: $*"
	grep -qF "$text" /tmp/answer || {
		cat /tmp/answer
		fail "it is not said: $text"
	}
	echo "  refused: $(head -n 1 /tmp/answer)"
}
domid() { hospes list "$1" | awk 'END {print $2}'; }
backend_pid() {
	ps -o pid,args | grep "$1 --domid $(domid "$2") " | grep -v grep |
		awk '{print $1; exit}'
}
logged() { grep -q "$2" "$(log "$1")"; }
expect_logged() { # NAME PATTERN
	wait_until 60 logged "$1" "$2" || {
		cat "$(log "$1")"
		fail "$(log "$1") does not say: $2"
	}
	echo "  logged: $(grep -m 1 "$2" "$(log "$1")")"
}
informed() { hospes info "$1" | grep "_error *: .*$2" >/dev/null; }
expect_told() { # NAME PATTERN: by the log, and by info
	expect_logged "$1" "$2"
	wait_until 30 informed "$1" "$2" || {
		hospes info "$1"
		fail "hospes info does not say: $2"
	}
}

echo "what was set up"
mkdir $small
mount -t tmpfs -o size=4m tmpfs $small
truncate -s 32M $small/grow.img $small/gone.img
truncate -s 8M $images/parts.img $images/free.img $images/swap.img
# Two partitions, of 2 MiB each.
printf '2048,4096,83\n6144,4096,83\n' | awk -F, '{
	for (i = 0; i < 8; i++) printf "%s", i == 4 ? "\\0203" : "\\00"
	for (n = 1; n <= 2; n++) {
		v = $n
		for (i = 0; i < 4; i++) {
			printf "\\0%03o", v % 256
			v = int(v / 256)
		}
	}
}' >/tmp/table
printf '%b' "$(cat /tmp/table)" |
	dd of=$images/parts.img bs=1 seek=446 conv=notrunc 2>/dev/null
printf '\125\252' | dd of=$images/parts.img bs=1 seek=510 conv=notrunc 2>/dev/null
losetup -P /dev/loop1 $images/parts.img || fail "losetup -P"
wait_until 10 test -b /dev/loop1p2 || fail "no partitions"
ln $images/first.img $images/link.img
ln -s $images/first.img /tmp/link.img

# As systemd starts it; and a builder that tells what it was given.
echo -900 >/proc/$(cat /run/hospes/hospesd.pid)/oom_score_adj
mv /usr/lib/hospes/hospes-build /usr/lib/hospes/hospes-build.real
cat >/usr/lib/hospes/hospes-build <<'END'
#!/bin/sh
cat /proc/$$/oom_score_adj /proc/$$/limits >/tmp/builder
exec /usr/lib/hospes/hospes-build.real
END
chmod 755 /usr/lib/hospes/hospes-build

hospes create "$(guest first 1 "$(disk file $small/grow.img xvdb)" \
	"$(disk block /dev/loop1p1 xvdc)")" || fail "create first"
hospes create "$(guest second 2 "$(disk file $small/gone.img xvdb)")" ||
	fail "create second"
wait_boot first 1 || fail "first did not boot"
wait_boot second 1 || fail "second did not boot"

echo "a disk has one owner"
refused "is in use by domain first" "$(disk file $images/link.img xvda)"
refused "is in use by domain first" "$(disk file /tmp/link.img xvda)"
losetup /dev/loop0 $images/first.img
refused "is in use by domain first" "$(disk block /dev/loop0 xvda)"
losetup -d /dev/loop0
refused "is in use by domain first" "$(disk block /dev/loop1 xvda)"
refused "is in use by domain first" "$(disk file $images/parts.img xvda)"
! mount /dev/loop1p1 /mnt 2>/dev/null || fail "dom0 mounts a guest's disk"
refused "mounted on /var/lib/hospes in dom0" "$(disk block /dev/vda xvda)"
losetup /dev/loop2 $images/free.img
refused "in use by loop device loop2 in dom0" \
	"$(disk file $images/free.img xvda)"
losetup -d /dev/loop2
dd if=/dev/zero of=$images/swap.img bs=1M count=8 2>/dev/null
mkswap $images/swap.img >/dev/null && swapon $images/swap.img || fail "swapon"
refused "used as swap" "$(disk file $images/swap.img xvda)"
swapoff $images/swap.img
ln $images/free.img $images/free2.img
refused "are the same" "$(disk file $images/free.img xvda)" \
	"$(disk file $images/free2.img xvdb)"
# The other partition is nobody's, and so is the file by now.
thief "$(disk block /dev/loop1p2 xvda)" "$(disk file $images/free.img xvdb)"
hospes create --paused /tmp/thief.xml || fail "disks that are free"
hospes destroy thief && hospes wait thief --for gone --timeout 30 ||
	fail "destroy thief"

echo "users and limits"
for pid in $(pidof blkback) $(pidof netback); do
	[ "$(cat /proc/$pid/oom_score_adj)" = 0 ] || fail "OOM score of $pid"
	awk '/^Max data size/ {exit $4 > 67108864}' /proc/$pid/limits ||
		fail "memory of $pid"
	grep -q '^CapEff:.0*$' /proc/$pid/status || fail "rights of $pid"
	awk '/^Uid/ {print $2}' /proc/$pid/status
done >/tmp/users
[ "$(wc -l </tmp/users)" = 7 ] || fail "$(wc -l </tmp/users) backends, not 7"
[ "$(sort -u /tmp/users | wc -l)" = 7 ] || fail "two are the same user"
awk '$1 < 1879048192 {exit 1}' /tmp/users || fail "a user that others are"
[ "$(head -n 1 /tmp/builder)" = 500 ] || fail "OOM score of the builder"
! grep -q '^Max data size *unlimited' /tmp/builder ||
	fail "memory of the builder"

echo "an image that cannot grow, one that was cut, one that was removed"
guest_run first "dd if=/dev/zero of=/dev/xvdb bs=1M count=16 conv=fsync" \
	>/dev/null
expect_told first "disk $small/grow.img: write of [0-9]* bytes at sector [0-9]* failed: No space left on device"
truncate -s 1M $small/grow.img
expect_told first "disk $small/grow.img was cut from 33554432 to 1048576 bytes"
rm $small/gone.img
expect_told second "disk $small/gone.img was removed in dom0"

echo "no reboot with less of a disk"
guest_run first reboot >/dev/null
said_cut() {
	grep -q "first: disk xvdb: $small/grow.img was cut from" \
		/var/log/hospes/hospesd.log
}
wait_until 60 said_cut || fail "the reboot was not refused by name"
[ "$(console_count first '^guest: ready')" = 1 ] || fail "first has booted"
hospes destroy first >/dev/null 2>&1
hospes wait first --for gone --timeout 30 || fail "first lingers"
truncate -s 32M $small/grow.img
hospes create /tmp/first.xml || fail "create first again"
wait_boot first 2 || fail "first did not boot again"

echo "a TAP that is removed"
pid=$(backend_pid netback first)
ip link del "vif$(domid first).0"
expect_told first "the TAP vif[0-9]*.0 of domain [0-9]* is gone"
ended() { [ ! -e "/proc/$pid" ]; }
wait_until 20 ended || fail "netback goes on"
# The guest's carrier goes with all the rest of its interface.
front=/local/domain/$(domid first)/device/vif/0
taken() { ! xenstore-exists "$front"; }
wait_until 20 taken || fail "the guest still has the interface"

echo "a backend that was taken over"
mkdir /tmp/inside
echo keep >/tmp/inside/keep
truncate -s 1M /tmp/inside/disk
pid=$(backend_pid blkback first)
kill -STOP "$pid"
backend-inside /tmp/inside/disk /tmp/inside "$(domid first)" \
	"$(domid second)" "$(backend_pid blkback second)" "$pid" \
	>/tmp/attempts 2>&1 || {
	grep -v '^refused\|^ended by' /tmp/attempts
	fail "something went through"
}
tail -n 1 /tmp/attempts
[ "$(ls /tmp/inside | tr '\n' ' ')" = "disk keep " ] ||
	fail "files were made or removed: $(ls /tmp/inside)"
guest_run second true || fail "second was harmed"

echo "a backend that dies"
kill -9 "$pid"
expect_told first "its backend ended (killed by signal 9)"
for name in first second; do
	hospes destroy $name && hospes wait $name --for gone --timeout 30 ||
		fail "destroy $name"
done
DOM0
