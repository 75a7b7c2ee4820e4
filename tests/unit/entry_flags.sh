#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# No C function of the hypervisor is called with flags of a guest, from any of
# the ways in: see entry_flags.awk.  The check must notice each of the resets
# that is left out.
cd "$(dirname "$0")/../.." || exit 1
object=build/hypervisor/x86/entry.o
[ -f $object ] || { echo "$object is not there: run make"; exit 1; }
code=$(objdump -tdr --no-show-raw-insn $object)
check() { awk -f tests/unit/entry_flags.awk; }
status=0

check <<<"$code" || status=1
# without WHAT SED: a copy that lacks a reset must be refused.
without() {
	local broken
	broken=$(sed "$2" <<<"$code")
	[ "$broken" != "$code" ] || { echo "there is no $1 at all"; status=1; }
	check <<<"$broken" >/dev/null || return 0
	echo "the check does not miss $1"
	status=1
}
for at in $(grep -P '\tcld' <<<"$code" | cut -d: -f1); do
	without "the CLD at $at" "s/^ *$at:\tcld/ $at:\tnop/"
done
for at in $(grep -P '\tclac' <<<"$code" | cut -d: -f1); do
	without "the CLAC at $at" "s/^ *$at:\tclac/ $at:\tnop/"
done
without "the POPF of SYSENTER" 's/\tpopf.*/\tnop/'

# What the check takes for granted of the other ways in.
grep -q 'wrmsr(MSR_SFMASK, SYSCALL_MASK);' hypervisor/x86/desc.c &&
	grep -q '^#define SYSCALL_MASK.*(RFLAGS_CLEAR_IN_C |' \
		hypervisor/x86/desc.c ||
	{ echo "SYSCALL does not mask RFLAGS_CLEAR_IN_C"; status=1; }
for flag in TF IF DF NT AC; do
	grep -A 2 '^#define RFLAGS_CLEAR_IN_C' hypervisor/x86/cpu.h |
		grep -qw "RFLAGS_$flag" ||
		{ echo "RFLAGS_CLEAR_IN_C lacks $flag"; status=1; }
done
grep -q '^#define GATE_INTERRUPT.*0x8e$' hypervisor/x86/desc.c ||
	{ echo "gates are no interrupt gates"; status=1; }
exit $status
