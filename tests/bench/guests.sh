# SPDX-License-Identifier: BSD-2-Clause
# Shared by the parts that measure with Linux guests; sourced by bash. Both
# hypervisors get the same dom0, tools, guests and machine: one CPU with the
# deterministic clock, in which a cycle of the time-stamp counter is one
# instruction; or two CPUs and the wall clock, $TURNS boots of each (2; 0 leaves
# that out). $VM is another tests/vm, to hold a lock for each boot, say.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../image/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/figures.sh"
bench=$top/tests/bench
programs=$top/build/tests/bench/linux
export DOM0_KERNEL=${DOM0_KERNEL-$debian/vmlinux}
# Every round of a REP counts as an instruction. Without ERMS and FSRM a kernel
# copies eight bytes a round instead of one: nearer to what copying costs a
# real machine, where a page takes about as long as some hundred instructions.
cpu=max,-la57,-smap,-erms,-fsrm
work=$(mktemp -d "${TMPDIR:-/tmp}/hospes-bench.XXXXXX")
logs=${BENCH_OUT:-$top/build/bench}/log
mkdir -p "$logs"
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT
part=$(basename "$0")

say() { echo "$part: $*" >&2; }
die() { say "$*"; exit 1; }

# The guests' initrd in $1.
bench_initrd() {
	local root=$work/guest
	make -s -C "$bench/linux" >&2
	add_busybox "$root"
	mkdir -p "$root/bench"
	cp "$bench"/guest/* "$programs"/{calls,blkload,netload} "$root/bench/"
	add_modules "$root" modules xen-blkfront xen-netfront
	install -m 755 "$root/bench/init" "$root/init"
	pack_cpio "$root" "$1"
}

# What dom0 has beside its own, in $work/dom0.
bench_overlay() {
	local dir=$work/dom0/lib/bench
	mkdir -p "$dir"
	bench_initrd "$dir/initrd"
	cp "$bench"/dom0/* "$programs"/{cpuidle,netload} "$dir/"
	add_modules "$work/dom0" modules.bench brd xen-blkback xen-netback
}

# bench_boot SIDE OUT COMMANDS OPTION...: what dom0 prints on that hypervisor.
bench_boot() {
	local side=$1 out=$logs/$part-$2 commands=$3 hv=()
	shift 3
	[ "$side" = hospes ] || hv=(--hv "$debian/xen.elf"
		--hv-args "spec-ctrl=no")
	say "${out##*/"$part"-}"
	# shellcheck disable=SC2086 # the words of $VM are meant to split
	echo "$commands" | ${VM:-$top/tests/vm} "$@" \
		--mem 2048 --dom0-mem 640 --cpu "$cpu" --timeout 900 \
		--dom0-args " mitigations=off norandmaps" --overlay "$work/dom0" \
		--log "$out.serial" "${hv[@]}" >"$out" || {
		tail -n 20 "$out" >&2
		die "no figures of $side"
	}
}

# bench_vm SIDE SCRIPT: what dom0/SCRIPT prints, instructions counted.
bench_vm() {
	bench_boot "$1" "$1" ". /lib/bench/$2" --icount --smp 1
}

# bench_wall OURS LINUXS: the part's script by the wall clock, each hypervisor
# with the backend that belongs to it, in turn; what else the machine does then
# meets both.
bench_wall() {
	local side backend turn turns=${TURNS:-2}
	[ "$turns" -gt 0 ] || return 0
	rm -f "$logs/$part"-{hospes,xen}.wall*
	for turn in $(seq "$turns"); do
		for side in hospes xen; do
			[ $side = hospes ] && backend=$1 || backend=$2
			bench_boot $side "$side.wall$turn" "export clock=wall
				backends=$backend
				. /lib/bench/$part" --smp 2
		done
	done
	bench_wall_rows "$1" "$2"
}
