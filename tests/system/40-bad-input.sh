#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 580
# Whatever is wrong with what an operator gives, `hospes create` says so in its
# first line, exits with 1 and leaves nothing behind.
. "$(dirname "$0")/lib.sh"

vm --timeout 560 <<'DOM0'
. /lib/tests/lib.sh
mkdir /tmp/in
cd /tmp/in
good=/etc/hospes/first.xml
failed=0

# refused NAME REGEX FILE: the first line must match, status must be 1.
refused() {
	hospes create "$3" >/tmp/out 2>/tmp/err
	status=$?
	# Progress, which a slow machine makes visible, is not the message.
	first=$(grep -v '^  .* [0-9.]* s$' /tmp/err | head -n 1)
	echo "$1: $first"
	[ "$status" = 1 ] || { echo "  STATUS $status, not 1"; failed=1; }
	echo "$first" | grep -qiE "$2" || { echo "  UNCLEAR"; failed=1; }
	[ ! -s /tmp/out ] || { echo "  on stdout: $(cat /tmp/out)"; failed=1; }
	wait_until 10 same_as /tmp/before || {
		diff /tmp/before /tmp/snapshot.now
		echo "  LEFT BEHIND, see above"
		failed=1
	}
}
with() { sed "$1" $good >/tmp/in/$2.xml; echo /tmp/in/$2.xml; }
kernel() { with "s,<kernel>.*</kernel>,<kernel>$1</kernel>,"  "$2"; }

snapshot >/tmp/before
refused "missing file" '/nowhere.xml.*no such file' /nowhere.xml
refused "missing kernel" '/no/kernel.*no such file' \
	"$(kernel /no/kernel missing-kernel)"
cp /bin/busybox /tmp/in/elf
refused "kernel without support" '/tmp/in/elf' "$(kernel /tmp/in/elf plain-elf)"
head -c 3000000 /var/lib/hospes/vmlinuz >/tmp/in/short
refused "truncated kernel" '/tmp/in/short' "$(kernel /tmp/in/short truncated)"
head -c 100000 /dev/urandom >/tmp/in/noise
refused "kernel of noise" '/tmp/in/noise' "$(kernel /tmp/in/noise noise)"
refused "missing disk" '/no/disk.img.*no such file' \
	"$(with 's,/var/lib/hospes/first.img,/no/disk.img,' missing-disk)"
refused "too much memory" 'memory.*[0-9]+ MiB' \
	"$(with "s,'MiB'>256,'MiB'>64000," much-memory)"
refused "malformed XML" 'malformed.xml:[0-9]+: ' \
	"$(with 's,</os>,</so>,' malformed)"
refused "empty file" 'empty.xml' "$(with d empty)"
refused "no such bridge" 'br77.*does not exist' \
	"$(with 's,br0,br77,' bridge)"
refused "bad MAC" 'mac.xml:[0-9]+: .*mac' \
	"$(with 's,00:16:3e:00:00:01,00:16:3e:zz:00:01,' mac)"
refused "no name" 'name' "$(with '/<name>/d' no-name)"

# All errors at once, each with its line.
hospes create "$(with "s,<name>.*,<name></name>,; s,<vcpu>2,<vcpu>none," two)" \
	2>/tmp/err
[ "$(grep -c 'two.xml:[0-9]*: ' /tmp/err)" -ge 2 ] || {
	cat /tmp/err
	echo "not all errors at once"
	failed=1
}

# An unknown element is named and ignored.
file=$(with 's,<vcpu>,<frobnicate/>\n  <vcpu>,' unknown)
hospes create --paused "$file" 2>/tmp/err || {
	cat /tmp/err
	echo "an unknown element stops the guest"
	failed=1
}
grep -E 'unknown.xml:[0-9]+: .*frobnicate' /tmp/err || failed=1

# The name is in use now: by the guest that was just made.
snapshot >/tmp/before
refused "name in use" 'first.*in use' $good
hospes destroy first
wait_until 10 sh -c '! hospes list first >/dev/null 2>&1'

# No space for records: refused. None for unpacked kernels: done without.
snapshot >/tmp/before
dd if=/dev/zero of=/run/fill bs=4k >/dev/null 2>&1
refused "full /run" 'space' $good
rm /run/fill
expect_same /tmp/before "after a full /run"
umount /var/cache/hospes
mount -t tmpfs -o size=1m tmpfs /var/cache/hospes
hospes create --paused $good >/dev/null || fail "no create without a cache"
hospes destroy first
expect_same /tmp/before "after a full cache"

# After all this a good guest still starts.
hospes create $good && wait_boot first 1 || fail "nothing works any more"
[ "$failed" = 0 ] || fail "see above"
DOM0
