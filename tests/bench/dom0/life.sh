#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# life.sh SIDE ROUNDS: guests come and go. Prints lines
#
#	NAME MICROSECONDS CYCLES
#
# one for each create and destroy; `userland` is the time from the command to
# the guest's own userland.
. /lib/tests/lib.sh
side=$1 rounds=$2
. "/bench/$side.sh"

# timed NAME COMMAND...: one line
timed() {
	local name=$1 took
	shift
	took=$(/bench/stopwatch "$@" 2>/tmp/err) ||
		{ cat /tmp/err >&2; fail "$side: $*"; }
	echo "$name $took"
}

coming_and_going() {
	local file
	file=$(config "$1" tiny)
	for _ in $(seq "$rounds"); do
		timed "create-$1" $create "$file"
		usleep 300000
		timed "destroy-$1" $destroy tiny
		usleep 300000
	done
}

debian() {
	local file
	file=$(config debian debian)
	timed create-debian-first $create "$file"
	timed destroy-debian $destroy debian
	timed create-debian $create "$file"
	timed destroy-debian $destroy debian
	timed userland sh /bench/await.sh "$side" "$file"
	$destroy debian >/dev/null
}

prepare_side
coming_and_going bare
coming_and_going devices
debian
