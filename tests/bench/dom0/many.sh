#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# many.sh SIDE COUNT: guests without devices, one after the other, all stay.
# Prints a line `many NUMBER MICROSECONDS CYCLES` for each, then what one of them
# takes of the hypervisor's memory, beside its own 16 MiB, and of dom0's:
#
#	hypervisor-kib KIB
#	dom0-kib KIB
. /lib/tests/lib.sh
side=$1 count=$2
. "/bench/$side.sh"

available() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemAvailable/ {print $2}' /proc/meminfo
}

one() {
	local took
	took=$(/bench/stopwatch $create "$(config bare "many$1")" \
		2>/tmp/err) ||
		{ cat /tmp/err >&2; fail "$side: guest $1"; }
	echo "many $1 $took"
}

prepare_side
# The first makes tables grow, and is not counted.
one 0 >/dev/null
usleep 500000
free_before=$(free_host_kib)
dom0_before=$(available)
for i in $(seq "$count"); do
	one "$i"
done
sleep 2
echo "hypervisor-kib $(((free_before - $(free_host_kib)) / count - 16384))"
echo "dom0-kib $(((dom0_before - $(available)) / count))"
