#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 200
# Every door into the hypervisor on the other vendor's processor, too, which has
# SYSENTER in 64-bit code, and with more vCPUs than CPUs, so that entries and
# exits switch between them.
. "$(dirname "$0")/lib.sh"
intel=max,-la57,-smap,vendor=GenuineIntel

# kernel NAME OPTION...: a test kernel that must pass.
kernel() {
	"$top/tests/guest/run" "$@" >"$work/log" 2>&1 ||
		{ cat "$work/log"; fail "$*"; }
	echo "$*: $(tr -d '\r' <"$work/log" | sed -n 's/^.*guest test: //p')"
}

kernel doors --cpu $intel --hv-args dom0_max_vcpus=4
kernel doors32 --cpu $intel --hv-args dom0_max_vcpus=4
kernel doors --hv-args dom0_max_vcpus=4
# Two vCPUs that share a CPU, on a processor of AMD's.
kernel fpu --smp 1 --hv-args dom0_max_vcpus=2
kernel debugregs --cpu $intel
kernel syscalls --cpu $intel
