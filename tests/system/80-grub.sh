#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 400
# Guests that boot themselves: their domain files name Debian's GRUB, the rest
# is on their own disk. The 64-bit GRUB shows its menu on the console, obeys
# keys, and boots the Debian kernel of the disk to a shell; the 32-bit one, in
# ring 1, shows its menu, obeys keys, and lists the ext4 partition.
. "$(dirname "$0")/lib.sh"
[ -e /usr/lib/grub/i386-xen/kernel.img ] ||
	skip "no GRUB for Xen here (package grub-xen-bin)"
mkdir -p "$work/root/grub"
"$top/tests/image/grub-guest" "$work"
cp "$work/x86_64-xen" "$work/i386-xen" "$work/root/grub/"

# domain NAME PLATFORM MIB ARCH
domain() {
	cat >"$work/root/grub/$1.xml" <<XML
<domain type='xen'>
  <name>$1</name>
  <memory unit='MiB'>$3</memory>
  <vcpu>1</vcpu>
  <os><type arch='$4'>linux</type><kernel>/grub/$2</kernel></os>
  <on_reboot>destroy</on_reboot>
  <devices>
    <disk type='block'>
      <source dev='/dev/vdb'/>
      <target dev='xvda'/>
    </disk>
  </devices>
</domain>
XML
}
domain grub64 x86_64-xen 256 x86_64
domain grub32 i386-xen 64 i686
domain wrong i386-xen 64 x86_64

vm --timeout 380 --disk "$work/disk.img" --overlay "$work/root" <<'DOM0'
. /lib/tests/lib.sh

say() { echo "  $(cut -d' ' -f1 /proc/uptime) $*"; }
# The menu is drawn in pieces: its text follows moves of the cursor.
menu() {
	wait_said $1 'Debian of the own disk' 1 30 ||
		{ console_end $1; fail "$1: no menu"; }
	say "$1 shows its menu"
}
console_end() { tail -c 3000 "$(console_log $1)" | tr -d '\033\r'; }
# keys NAME KEYS TEXT SECONDS: types, and waits for what must come. What is typed
# while GRUB draws may be lost, as on any machine: it is typed again, unless
# SECONDS are many.
keys() {
	local try
	for try in 1 2 3 4; do
		if (usleep 300000; printf "$2") | hospes console $1 --no-replay \
			--until "$3" --timeout $4 >/dev/null
		then
			say "$1 says '$3'"
			return
		fi
		[ $4 -le 10 ] || break
	done
	console_end $1
	fail "$1 does not say '$3'"
}

! hospes create /grub/wrong.xml 2>/tmp/err || fail "wrong arch taken"
cat /tmp/err
grep -q "/grub/wrong.xml:5: arch of <type> is 'x86_64'" /tmp/err ||
	fail "wrong arch: message"

hospes create /grub/grub32.xml || fail "create grub32"
menu grub32
# The command line of GRUB: Ctrl-U empties a line, Return ends it.
keys grub32 'c' 'grub> ' 8
keys grub32 '\025ls -l (xen/xvda,msdos1)\r' 'Filesystem type ext' 10
keys grub32 '\025ls (xen/xvda,msdos1)/boot/\r' 'vmlinuz' 10
hospes destroy grub32 && hospes wait grub32 --for gone --timeout 20 ||
	fail "grub32 lingers"

hospes create /grub/grub64.xml || fail "create grub64"
menu grub64
# Ctrl-N: the next entry, which gets the mark. Its kernel is the disk's.
# GRUB needs a minute or more in the emulator to unpack that.
keys grub64 '\016' '*Debian of the own disk' 5
keys grub64 '\r' 'guest: ready' 240
keys grub64 '\r' 'guest# ' 8
keys grub64 'cat /proc/cmdline\r' 'root=/dev/xvda1 console=hvc0 quiet by=grub' 8
keys grub64 'mount\r' '/dev/xvda1 on / type ext4' 8
hospes shutdown grub64 && hospes wait grub64 --for gone --timeout 30 ||
	fail "grub64 does not shut down"
DOM0
