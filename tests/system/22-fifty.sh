#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 500
# Fifty guests, one after another, with a disk and a NIC: created, started,
# destroyed at some moment of their boot. Free memory, store, processes and
# network devices are afterwards exactly as before.
. "$(dirname "$0")/lib.sh"

vm --timeout 480 <<'DOM0'
. /lib/tests/lib.sh
unpacked_kernel
sed 's/>256</>96</' /etc/hospes/first.xml >/tmp/first.xml
# The first one makes tables grow.
hospes create /tmp/first.xml && hospes destroy first || fail "the first"
wait_until 10 sh -c '! hospes list first' || true
snapshot >/tmp/before
begin=$(now_ms)
for i in $(seq 50); do
	hospes create /tmp/first.xml || fail "create $i"
	usleep $((i * 37 % 11 * 60000))
	hospes destroy first || fail "destroy $i"
	hospes wait first --for gone --timeout 20 || fail "$i lingers"
done
echo "50 cycles in $(seconds $(($(now_ms) - begin))) s"
expect_same /tmp/before "after 50 cycles"
DOM0
