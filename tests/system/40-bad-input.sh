#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 580
# Whatever is wrong with what an operator gives, `hospes create` says so in its
# first line, exits with 1 and leaves nothing behind; `hospes validate` says the
# same.
. "$(dirname "$0")/lib.sh"

vm --timeout 560 <<'DOM0'
. /lib/tests/lib.sh
mkdir /tmp/in
cd /tmp/in
good=/etc/hospes/first.xml
failed=0

# refused NAME REGEX FILE: the first line must match, status must be 1.
refused_by() {
	command=$1
	shift
	hospes $command "$3" >/tmp/out 2>/tmp/err
	status=$?
	# Progress, which a slow machine makes visible, is not the message.
	first=$(grep -v '^  .* [0-9.]* s$' /tmp/err | head -n 1)
	echo "$command, $1: $first"
	[ "$status" = 1 ] || { echo "  STATUS $status, not 1"; failed=1; }
	echo "$first" | grep -qiE "$2" || { echo "  UNCLEAR"; failed=1; }
	# A name is said once.
	echo "$first" | grep -qE '(^| )([^ :]+): \2: ' &&
		{ echo "  SAID TWICE"; failed=1; }
	[ ! -s /tmp/out ] || { echo "  on stdout: $(cat /tmp/out)"; failed=1; }
}
refused() {
	refused_by validate "$@"
	refused_only_by_create "$@"
}
refused_only_by_create() {
	refused_by create "$@"
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

# What says where data goes is refused, by file, line and element; a warning of
# something else in the same file comes behind it.
element() {
	refused "$1" "^(hospes: )?/tmp/in/$1.xml:$2: $3 is not supported: .*;" \
		"$(with "$4" "$1")"
}
disk_in() { echo "s,<target dev='xvda'/>,&$1,"; }
nic_in() { echo "s,<mac address=.*/>,&$1,"; }
element backend-domain 20 '<backenddomain> in <disk>' \
	"$(disk_in "<backenddomain name='x'/>")"
element transient 20 '<transient> in <disk>' "$(disk_in '<transient/>')"
element encryption 20 '<encryption> in <disk>' \
	"$(disk_in "<encryption format='luks'/>")"
element unknown-source 19 "attribute 'pool' of <source>" \
	"s,file='/var/lib/hospes/first.img',& pool='p',"
element filter 24 '<filterref> in <interface>' \
	"$(nic_in "<filterref filter='clean-traffic'/>")"
element hostdev 26 '<hostdev> in <devices>' \
	"s,<console,<hostdev/><sound/>&,; s,<vcpu>,<frobnicate/>&,"
[ "$(grep -c '^warning: .*hostdev.xml:[0-9]*: element <[sf]' /tmp/err)" = 2 ] || {
	cat /tmp/err
	echo "no warnings"
	failed=1
}

# An address or a name that dom0 has itself.
own=$(cat /sys/class/net/br0/address)
refused "mac of the bridge" "own.xml:22: .*$own is that of .*br0 keeps" \
	"$(with "s,00:16:3e:00:00:01,$own," own)"
ip link add web0 type bridge
snapshot >/tmp/before
refused "target in use" 'target.xml:[0-9]+: .*web0 is the name of another.*ip link delete web0' \
	"$(with "s,<source bridge.*,&<target dev='web0'/>," target)"
ip link delete web0
snapshot >/tmp/before

# The figures of a message agree: more is wanted than is free.
hospes create "$(with "s,'MiB'>256,'MiB'>$(($(free_kib) / 1024 - 1))," all-memory)" \
	2>/tmp/err && fail "all memory given away"
grep -E 'wants [0-9]+ MiB, [0-9]+ of them for .* [0-9]+ MiB are free' /tmp/err ||
	failed=1
sed -n 's/.*wants \([0-9]*\) MiB.* \([0-9]*\) MiB are free.*/\1 \2/p' /tmp/err |
	{ read -r wants free && [ "$wants" -gt "$free" ]; } ||
	{ cat /tmp/err; echo "  FIGURES"; failed=1; }

# What is larger than a domain file may be, or no text; and stdin.
{ cat $good; head -c 262144 /dev/zero | tr '\0' ' '; } >/tmp/in/large.xml
refused "large file" 'large.xml: larger than 262144 bytes' /tmp/in/large.xml
head -c 262144 /tmp/in/large.xml >/tmp/in/largest.xml
hospes validate /tmp/in/largest.xml || failed=1
refused "a program" '/bin/busybox: ' /bin/busybox
hospes validate - <$good >/tmp/out || failed=1
[ "$(cat /tmp/out)" = "stdin: valid, domain first" ] ||
	{ cat /tmp/out; failed=1; }
sed 's,<name>first,<name>1,' $good | hospes validate - 2>/tmp/err && failed=1
head -n 1 /tmp/err | grep -qE '^stdin:4: <name>' || { cat /tmp/err; failed=1; }

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
# So is its address, on that bridge, and its disk.
cp /var/lib/hospes/first.img /var/lib/hospes/second.img
second="s,<name>first,<name>second,; s,first.img,second.img,"
refused "mac in use" 'second.xml:22: interface: mac 00:16:3e:00:00:01 is in use by domain first on bridge br0; .*--force' \
	"$(with "$second" second)"
hospes create --force --paused /tmp/in/second.xml || failed=1
hospes destroy second
ip link add br1 type bridge
hospes create --paused "$(with "$second; s,br0,br1," second)" || failed=1
hospes destroy second
ip link delete br1
rm /var/lib/hospes/second.img
expect_same /tmp/before "after a second domain"
# What runs already is named.
pid=$(cat /run/hospes/hospesd.pid)
hospesd 2>/tmp/err && failed=1
grep "hospesd runs already: process $pid (hospesd)" /tmp/err ||
	{ cat /tmp/err; failed=1; }
hospes destroy first
wait_until 10 sh -c '! hospes list first >/dev/null 2>&1'

# No space for records: refused. None for unpacked kernels: done without.
snapshot >/tmp/before
dd if=/dev/zero of=/run/fill bs=4k >/dev/null 2>&1
refused_only_by_create "full /run" 'space' $good
rm /run/fill
expect_same /tmp/before "after a full /run"
umount /var/cache/hospes
mount -t tmpfs -o size=1m tmpfs /var/cache/hospes
hospes create --paused $good >/dev/null || fail "no create without a cache"
hospes destroy first
expect_same /tmp/before "after a full cache"

# After all this a good guest still starts.
hospes create $good && wait_boot first 1 || fail "nothing works any more"
grep -E ' ([^ :]+): \1: ' /var/log/hospes/hospesd.log && fail "names said twice"
[ "$failed" = 0 ] || fail "see above"
DOM0
