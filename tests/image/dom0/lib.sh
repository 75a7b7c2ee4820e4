# SPDX-License-Identifier: BSD-2-Clause
# What test scripts in dom0 share: . /lib/tests/lib.sh

# wait_until SECONDS COMMAND...: runs COMMAND until it succeeds.
wait_until() {
	local limit=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$limit" ] || return 1
		usleep 100000
	done
}

fail() {
	echo "FAILED: $*"
	exit 1
}
