#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 400
# Guests between two starts. One that crashes at once, with rename-restart,
# leaves one corpse, is slowed, and is seen waiting, with its memory kept, also
# by a hospesd that was killed meanwhile; --all means it. One whose restart
# fails waits and says why, until it can start or an operator ends it. While a
# large guest is destroyed, hospesd answers others. All memory comes back.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/root/restarts" "$work/root/bin"
cc -O2 -Wall -static -o "$work/root/bin/api-delay" "$top/tests/image/api-delay.c"

# kernel NAME MIB POLICIES
kernel() {
	cp "$top/build/tests/guest/$1.elf" "$work/root/restarts/"
	strip --strip-debug "$work/root/restarts/$1.elf"
	cat >"$work/root/restarts/$1.xml" <<XML
<domain type='xen'>
  <name>$1</name>
  <memory unit='MiB'>$2</memory>
  <vcpu>1</vcpu>
  <os><type>linux</type><kernel>/restarts/$1.elf</kernel></os>
  $3
</domain>
XML
}
kernel nowhere 64 "<on_crash>rename-restart</on_crash>"
kernel hello 64 "<on_poweroff>restart</on_poweroff>"
kernel spin 1500 ""

vm --timeout 380 --overlay "$work/root" <<'DOM0'
. /lib/tests/lib.sh
is_waiting() { hospes list "$1" | grep -q "  waiting [0-9]* s: .*$2"; }
corpses() { hospes list | grep -c '^nowhere-'; }
# It goes on starting: what is true while it waits is looked for again.
says() {
	local text=$1
	shift
	"$@" | grep -q "$text"
}
is_kept() { hospes info | grep -q '^outstanding_claims *: 64$'; }
back() { hospes list >/dev/null; }

# The first guest of all makes tables grow, once.
hospes create --paused /restarts/spin.xml && hospes destroy spin ||
	fail "create and destroy spin"
snapshot >/tmp/before

echo "a crash loop"
hospes create /restarts/nowhere.xml || fail "create nowhere"
wait_until 60 is_waiting nowhere "restarts too often" ||
	{ hospes list; fail "it is not slowed, or not shown"; }
hospes list
[ "$(corpses)" = 1 ] || fail "not one corpse"
wait_until 60 is_kept || fail "its memory is not kept"
wait_until 60 says '"state": "waiting"' hospes list --json nowhere ||
	fail "list --json"
wait_until 60 says '^waits .*too often' hospes info nowhere || fail "info"
kill -9 "$(cat /run/hospes/hospesd.pid)"
wait_until 20 back || fail "hospesd does not come back"
hospes list nowhere >/dev/null || fail "the next hospesd does not know it"
[ "$(corpses)" = 1 ] || fail "the next hospesd lost the corpse"
hospes shutdown --all --wait --timeout 60 || fail "shutdown --all"
! hospes list nowhere 2>/dev/null || fail "shutdown --all did not mean it"
[ "$(corpses)" = 1 ] || fail "the corpse is gone"
hospes destroy --all || fail "destroy --all"
expect_same /tmp/before "after the crash loop"

echo "a restart that fails"
hospes create /restarts/hello.xml || fail "create hello"
mv /restarts/hello.elf /restarts/away
wait_until 60 is_waiting hello "/restarts/hello.elf" ||
	{ hospes list; fail "it does not wait, or does not say why"; }
hospes list
wait_until 60 is_kept || fail "its memory is not kept"
! hospes pause hello 2>/dev/null || fail "what does not run was paused"
mv /restarts/away /restarts/hello.elf
hospes reboot hello --wait --timeout 60 || fail "it does not start again"
hospes destroy --all || fail "destroy --all"
! hospes list hello 2>/dev/null || fail "destroy --all did not mean it"
expect_same /tmp/before "after the restart that failed"

echo "a large guest's end"
hospes create /restarts/spin.xml || fail "create spin"
pings=$(api-delay spin) || fail "destroy spin"
echo "while 1500 MiB were given back: $pings"
[ "${pings%% *}" -ge 5 ] || fail "nobody was answered meanwhile"
expect_same /tmp/before "after the large guest's end"
DOM0
