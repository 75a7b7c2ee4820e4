# SPDX-License-Identifier: BSD-2-Clause
# Shared by the parts of the benchmark that boot Linux as dom0; sourced by bash
# in the top folder. $VM is another tests/vm, to hold a lock for each boot, say;
# $TURNS says how often boots by the wall clock are done (0: none); with RESUME=1
# boots that came to their end before are not repeated.
. tests/bench/figures.sh
export DOM0_KERNEL=${DOM0_KERNEL-$PWD/build/debian/vmlinux}
xen=(--hv build/debian/xen.elf --hv-args spec-ctrl=no
	--dom0-image build/image/xen-dom0.cpio)
# Without ERMS and FSRM, as a counting clock takes each byte that REP MOVSB copies
# for an instruction, which no processor does.
cpu=max,-la57,-smap,-erms,-fsrm
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

say() { echo "bench: $*" >&2; }

# What the scripts of dom0/ need, as an overlay of either dom0.
prepare() {
	make -s -C tests/bench >&2
	mkdir -p "$tmp/overlay/bench"
	cp build/tests/bench/tools/* build/tests/bench/idle.elf \
		tests/bench/dom0/* "$tmp/overlay/bench/"
}

# side hospes|xen OUT [options of tests/vm --] COMMAND...: in that dom0; what it
# prints goes to the file $boots/OUT.
boots=${BENCH_OUT:-build/bench}/boots
mkdir -p "$boots"
side() {
	local name=$1 out=$boots/$2 options=()
	shift 2
	[ -z "${RESUME-}" ] || [ ! -f "$out" ] || return 0
	[ "$name" = hospes ] || options=("${xen[@]}")
	say "$name: ${out##*/}"
	rm -f "$out"
	${VM:-tests/vm} "${options[@]}" --overlay "$tmp/overlay" --cpu $cpu \
		--dom0-args " norandmaps" --timeout 900 --log "$tmp/serial" "$@" </dev/null >"$out.new" || {
		say "$name failed:"
		tail -n 20 "$out.new" "$tmp/serial" >&2
		exit 1
	}
	mv "$out.new" "$out"
}

# median_of NAME COLUMN DIVISOR FILE...: of the lines `NAME ...`
median_of() {
	local name=$1 column=$2 divisor=$3
	shift 3
	awk -v name="$name" -v column="$column" -v divisor="$divisor" \
		'$1 == name {print $column / divisor}' "$@" | median
}
