#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 400
# Mitigations for speculative execution, on a machine that says it has what QEMU
# does not know (an unknown MSR is ignored there): whatever is switched on,
# kernels keep their registers, Debian runs as dom0 and guest and uses the MSRs
# itself, and there is a barrier at each change of domain. That nothing leaks is
# not shown by this.
. "$(dirname "$0")/lib.sh"
cpu=max,-la57,-smap,+spec-ctrl,+stibp,+ssbd,+md-clear,+ibpb,x-force-features=on

# kernel OPTION USED NAME...: test kernels with spec-ctrl=OPTION.
kernels() {
	local option=$1 used=$2 kernel
	shift 2
	for kernel; do
		"$top/tests/guest/run" "$kernel" --cpu "$cpu" \
			--hv-args "spec-ctrl=$option" >"$work/log" 2>&1 ||
			{ cat "$work/log"; fail "$kernel, spec-ctrl=$option"; }
		tr -d '\r' <"$work/log" | grep -qxF \
			"(hv) spec-ctrl: used: $used" ||
			{ cat "$work/log"; fail "spec-ctrl=$option: not $used"; }
		echo "$kernel, spec-ctrl=$option: passed"
	done
}

all=ibrs,stibp,ibpb,verw,rsb
kernels no nothing hello
kernels ibrs ibrs hypercalls hypercalls32
kernels verw verw frames frames32
kernels rsb rsb hypercalls frames32
kernels auto,no-ibrs,no-stibp "ibpb verw rsb" exceptions
kernels $all "${all//,/ }" hypercalls hypercalls32 frames frames32 iret iret32 \
	syscalls failsafe failsafe32 debugregs msrs msrs32

vm --timeout 300 --smp 1 --cpu "$cpu" <<'DOM0'
. /lib/tests/lib.sh
unpacked_kernel
key() { hospes info | sed -n "s/^$1 *: //p"; }
[ "$(key spec_ctrl)" = "ibrs stibp ibpb verw rsb" ] ||
	{ hospes info; fail "not all are used"; }
[ "$(key spec_ctrl_lacking)" = none ] || fail "something is lacking"
[ "$(key meltdown)" = "not affected" ] || fail "meltdown: $(key meltdown)"
hospes create /etc/hospes/first.xml || fail "create"
wait_boot first 1 || fail "no boot"
guest_run first "cat /sys/devices/system/cpu/vulnerabilities/spectre_v2"
hospes perf -- sleep 5 >/tmp/perf || fail "perf"
count() { awk -v n="$1" '$1 == n {c = $2} END {print c + 0}' /tmp/perf; }
echo "barriers in 5 s: $(count prediction-barrier)," \
	"context switches: $(count context-switch)"
[ "$(count prediction-barrier)" -ge 10 ] || { cat /tmp/perf; fail "too few"; }
hospes destroy first || fail "destroy"
DOM0
