#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 300
# On a machine with one CPU: a Debian guest has 32 vCPUs and sees the time that
# others took from each of them; two guests that want all there is get CPU time
# by their weights, whatever the number of their vCPUs; a cap is kept although
# nobody else wants the CPU.
. "$(dirname "$0")/lib.sh"
root=$work/root/many
mkdir -p "$root"
cp "$top/build/tests/guest/spin.elf" "$root/"

# The Debian guest's userland: all of its vCPUs work, and a line tells what
# /proc/stat says of them. No modules: each patches code on all 32 vCPUs.
mkdir -p "$work"/initrd/{bin,dev,proc}
cp "$(command -v busybox)" "$work/initrd/bin/"
cat >"$work/initrd/init" <<'GUEST'
#!/bin/busybox sh
export PATH=/bin
busybox mount -t proc proc /proc
busybox mount -t devtmpfs dev /dev
busybox --install /bin
echo "many: $(nproc) vCPUs"
for i in $(seq 32); do
	yes >/dev/null &
done
echo "many: busy"
while sleep 2; do
	awk '/^cpu / {all = $9 / 100} /^cpu[0-9]/ && $9 >= 100 {n++}
		END {print "many: " n + 0 " vCPUs robbed, " all " s"}' /proc/stat
done
GUEST
chmod 755 "$work/initrd/init"
(cd "$work/initrd" && find . | cpio -o -H newc -R 0:0 --quiet) >"$root/initrd"

# domain NAME MIB VCPUS CPUTUNE OS: writes its file.
domain() {
	cat >"$root/$1.xml" <<XML
<domain type='xen'>
  <name>$1</name>
  <memory unit='MiB'>$2</memory>
  <vcpu>$3</vcpu>
  <cputune>$4</cputune>
  <os><type>linux</type>$5</os>
</domain>
XML
}
spin="<kernel>/many/spin.elf</kernel>"
domain double 16 1 "<shares>512</shares>" "$spin"
domain quarter 16 1 "<global_quota>25000</global_quota>" "$spin"
domain many 192 32 "<shares>256</shares>" \
	"<kernel>/var/lib/hospes/vmlinux</kernel><initrd>/many/initrd</initrd>
	<cmdline>console=hvc0 quiet</cmdline>"

vm --smp 1 --timeout 280 --overlay "$work/root" <<'DOM0'
. /lib/tests/lib.sh
give_up() {
	tail -n 20 "$(console_log many)"
	fail "$*"
}
# The CPU time in ms of each guest that is named, all of one moment.
cpu_ms() {
	hospes list --json >/tmp/list
	for guest; do
		sed -n "/\"name\": *\"$guest\"/,/cpu-ns/p" /tmp/list |
			sed -n 's/.*"cpu-ns": *\([0-9]*\)[0-9]\{6\}\>.*/\1/p'
	done
}
# within WHAT LEAST VALUE MOST
within() {
	awk "BEGIN {exit !($3 >= $2 && $3 <= $4)}" ||
		give_up "$1 is $3, not $2 to $4"
}
ratio() { awk "BEGIN {printf \"%.2f\", $1 / $2}"; }

hospes create /many/quarter.xml || fail "create quarter"
usleep 500000
begin=$(now_ms)
spent=$(cpu_ms quarter)
sleep 5
spent=$(($(cpu_ms quarter) - spent))
took=$(($(now_ms) - begin))
share=$(ratio $((spent * 100)) $took)
echo "cap of 25 %: $share % over $took ms"
within "the capped guest's share in %" 20 "$share" 30
hospes destroy quarter || fail "destroy quarter"

hospes create /many/many.xml || fail "create many"
wait_said many '^many: busy' 1 120 || give_up "many did not boot"
grep -q '^many: 32 vCPUs' "$(console_log many)" || fail "many has not 32 vCPUs"
hospes create /many/double.xml || fail "create double"
usleep 500000
set -- $(cpu_ms double many)
sleep 6
set -- "$1" "$2" $(cpu_ms double many)
one=$(($3 - $1))
all=$(($4 - $2))
echo "weight 512, 1 vCPU: $one ms; weight 256, 32 vCPUs: $all ms"
within "the share of twice the weight" 1.6 "$(ratio "$one" "$all")" 2.4
hospes destroy double || fail "destroy double"

# Each of the 32 waited for the CPU most of the time, and knows it.
robbed='^many: 32 vCPUs robbed'
wait_said many "$robbed" 1 30 || give_up "steal time is not seen"
grep "$robbed" "$(console_log many)" | head -n 1
hospes destroy many || fail "destroy many"
DOM0
