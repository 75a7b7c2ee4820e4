#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 300
# `make run`, as a newcomer without a terminal sees it: exit status 0 and a
# summary of what was proved.
. "$(dirname "$0")/lib.sh"

DOM0_KERNEL="" make -s -C "$top" run </dev/null | tee "$work/said"
for what in "guest kernel" "guest memory" "guest address" \
	"fetched over the network" "written to disk" "power-on to dom0's init" \
	"hospes create, first time" "hospes create, second time" \
	"guest boot" "hypervisor's own memory"; do
	grep -q "^  $what.*[0-9]" "$work/said" || fail "no word on: $what"
done
