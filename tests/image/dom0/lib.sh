# SPDX-License-Identifier: BSD-2-Clause
# What the scripts that run in dom0 share: . /lib/tests/lib.sh
# A guest is driven over TCP port 2323, where its rcS has a shell listening;
# what it says of itself (`guest: ready`, its address) stands in its console's
# log. tests/image/guest/rcS is the other side.

fail() {
	echo "FAILED: $*"
	exit 1
}

# Milliseconds since dom0 booted; good for differences.
now_ms() {
	local up rest
	read -r up rest </proc/uptime
	echo "${up%.*}${up#*.}0"
}

seconds() { awk "BEGIN {printf \"%.2f\", $1 / 1000}"; }

# wait_until SECONDS COMMAND...: runs COMMAND until it succeeds.
wait_until() {
	local limit=$(($(now_ms) + $1 * 1000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt "$limit" ] || return 1
		usleep 50000
	done
}

console_log() { echo "/var/log/hospes/$1.console.log"; }

# How often the guest's console said so; rotated logs are not looked at.
console_count() {
	grep -c "$2" "$(console_log "$1")" 2>/dev/null || true
}

said_times() { [ "$(console_count "$1" "$2")" -ge "$3" ]; }

# wait_said NAME TEXT TIMES SECONDS
wait_said() { wait_until "$4" said_times "$1" "$2" "$3"; }

# Waits for the guest to have booted N times, with an address.
wait_boot() {
	wait_said "$1" '^guest: ready' "$2" "${3:-120}" &&
	wait_said "$1" 'net: address' "$2" 60
}

guest_address() {
	tr -d '\r' <"$(console_log "$1")" |
		sed -n 's/.*net: address \([0-9.]*\).*/\1/p' | tail -n 1
}

# guest_run NAME COMMAND...: its output and its exit status.
guest_run() {
	local address output
	address=$(guest_address "$1")
	shift
	output=$(printf 'exec 2>&1\n%s\necho "=$?"\n' "$*" |
		nc -w 10 "$address" 2323) || return 126
	printf '%s\n' "$output" | sed '$d'
	return "$(printf '%s\n' "$output" | sed -n '$s/.*=//p')"
}

# Guests from here on boot the kernel that was unpacked beforehand, in tests
# of something else.
unpacked_kernel() {
	sed -i 's,/vmlinuz<,/vmlinux<,' /etc/hospes/first.xml
}

# --- what is there, to compare before and after ------------------------------

# Free pages of the machine, by the hypervisor's own count.
free_kib() {
	hospes info --json | sed -n 's/.*"free-memory-kib": *\([0-9]*\).*/\1/p'
}
total_kib() {
	hospes info --json | sed -n 's/.*"total-memory-kib": *\([0-9]*\).*/\1/p'
}
domains_kib() {
	hospes list --json | grep -o '"memory-kib": *[0-9]*' |
		awk -F: '{n += $2} END {print n}'
}
# What neither is free nor belongs to a domain.
hypervisor_kib() { echo $(($(total_kib) - $(free_kib) - $(domains_kib))); }

# Everything that a guest leaves its marks in, but for its logs.
snapshot() {
	echo "free KiB: $(free_kib)"
	hospes list | awk '{print "domain:", $1, $2}'
	xenstore-list /local/domain | sed 's/^/store: /'
	xenstore-list /local/domain/0/backend 2>/dev/null |
		while read -r kind; do
			xenstore-list "/local/domain/0/backend/$kind" |
				sed "s/^/backend: $kind /"
		done
	ls /sys/class/net | sed 's/^/net: /'
	ps -o comm | grep -E '^(blkback|netback|hospes-build)' | sort
	ls /run/hospes/domains /run/hospes/building 2>/dev/null
	return 0
}

same_as() { snapshot >/tmp/snapshot.now; cmp -s "$1" /tmp/snapshot.now; }

# expect_same FILE WHAT: within ten seconds all is as FILE says.
expect_same() {
	wait_until 10 same_as "$1" || {
		diff "$1" /tmp/snapshot.now
		fail "$2: left behind, see above"
	}
}
