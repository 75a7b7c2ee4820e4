#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
# A guest sees its vCPUs, its memory and the time (which drifts from dom0's by
# less than 10 ms over a minute), survives pause, unpause and reboot from
# inside and outside, and ends by shutdown and destroy. Afterwards everything
# is as before its creation, the free memory to the last page.
. "$(dirname "$0")/lib.sh"

vm --timeout 580 <<'DOM0'
. /lib/tests/lib.sh
unpacked_kernel
guest=first

# The first guest of all: dom0's and the hypervisor's tables grow to what
# guests need, once. destroy hits it while it runs.
hospes create /etc/hospes/first.xml || fail "create"
wait_boot $guest 1 || fail "no boot"
hospes destroy $guest || fail "destroy"
hospes wait $guest --for gone --timeout 30 || fail "destroy: still there"
snapshot >/tmp/before

hospes create /etc/hospes/first.xml || fail "create"
wait_boot $guest 2 || fail "no boot"
[ "$(guest_run $guest nproc)" = 2 ] || fail "not 2 vCPUs"
mem=$(guest_run $guest "awk '/^MemTotal/ {print \$2}' /proc/meminfo")
[ "$mem" -gt 180000 ] && [ "$mem" -le 262144 ] || fail "$mem KiB of 256 MiB"
echo "memory as the guest sees it: $mem KiB"

clocks() { clock-peer ask "$(guest_address $guest)"; }
drift() { awk "BEGIN {print ($2 - $1) / 1e6}"; }
small() { awk "BEGIN {exit !($1 < $2 && $1 > -$2)}"; }
set -- $(clocks)
mono=$1 wall=$2
echo "wall clock: $(drift 0 "$wall") ms from dom0's (round trip $3 ns)"
small "$(drift 0 "$wall")" 1000 || fail "wall clock"
sleep 60
set -- $(clocks)
echo "drift over a minute: $(drift "$mono" "$1") ms (round trip $3 ns)"
small "$(drift "$mono" "$1")" 10 || fail "time drifts"
small "$(drift "$wall" "$2")" 10 || fail "wall clock drifts"

address=$(guest_address $guest)
alive() { ping -c 1 -W 1 "$address"; }
hospes pause $guest || fail "pause"
hospes list | grep "^$guest .* -[-b]p---  " || fail "not listed as paused"
! alive >/dev/null || fail "answers while paused"
sleep 3
hospes unpause $guest || fail "unpause"
wait_until 10 alive || fail "does not answer after unpause"
set -- $(clocks)
small "$(drift "$mono" "$1")" 20 || fail "lost the time of the pause"

guest_run $guest "echo kept >/data/note; sync"
guest_run $guest reboot >/dev/null
wait_boot $guest 3 || fail "reboot from inside"
hospes reboot $guest || fail "hospes reboot"
wait_boot $guest 4 || fail "reboot from outside"
[ "$(guest_run $guest cat /data/note)" = kept ] || fail "the note is lost"
hospes shutdown --all --wait --timeout 60 || fail "shutdown: still there"
hospes shutdown --all || fail "there is nobody to ask, which is no error"
expect_same /tmp/before "after shutdown"

hospes create --paused /etc/hospes/first.xml || fail "create --paused"
hospes list | grep "^$guest .* -[-b]p---  " || fail "does not begin paused"
! hospes shutdown --all 2>/dev/null || fail "asked one that cannot hear"
hospes destroy --all || fail "destroy of a paused guest"
expect_same /tmp/before "after destroy"
DOM0
