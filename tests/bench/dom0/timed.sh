#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# timed.sh SIDE FUNCTION ARGUMENT...: what stopwatch can run of a side.
. /lib/tests/lib.sh
. "/bench/$1.sh"
shift

ready_count() {
	cat "$(guest_log debian)" 2>/dev/null | grep -c '^guest: ready'
}

# Until the guest `debian` says that its userland is there.
await_userland() {
	local before
	before=$(ready_count)
	create "$1" || return 1
	while [ "$(ready_count)" = "$before" ]; do
		usleep 50000
	done
}

"$@"
