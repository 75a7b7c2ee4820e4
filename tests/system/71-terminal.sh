#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 240
# What `make run` leaves on a terminal: a shell in dom0 with the guest running,
# under a banner of five commands, each of which does what it says; leaving the
# shell ends the machine, with the exit status of what went before.
. "$(dirname "$0")/lib.sh"
cat >"$work/command" <<'DOM0'
. /lib/tests/lib.sh
unpacked_kernel
hospes create /etc/hospes/first.xml && wait_boot first 1
DOM0
mkfifo "$work/keys"
said=$work/said
: >"$said"
script -qfec "'$top/tests/vm' --shell --timeout 200 \
	--log '$logs/system-$name.serial' -- sh -c '$(cat "$work/command")'" \
	/dev/null <"$work/keys" >"$said" 2>&1 &
terminal=$!
exec 5>"$work/keys"
trap 'kill $terminal 2>/dev/null || :; rm -rf "$work"' EXIT

at=0
# expect REGEX [SECONDS]: what follows on the terminal; the next one looks
# behind it.
expect() {
	local line
	for _ in $(seq $((${2:-20} * 5))); do
		line=$(tail -n +$((at + 1)) "$said" | tr -d '\r' |
			grep -anE -m 1 "$1") || true
		if [ -n "$line" ]; then
			at=$((at + ${line%%:*}))
			echo "  ${line#*:}"
			return
		fi
		kill -0 $terminal 2>/dev/null || break
		sleep 0.2
	done
	tail -n 30 "$said"
	fail "the terminal does not show: $1"
}
enter() { printf '%s\r' "$1" >&5; }

expect 'Five to try' 150
# The banner's own lines are what is tried.
expect '^  hospes list '
expect '^  hospes console first '
expect '^  hospes info first '
expect '^  hospes reboot first '
expect '^  hospes dmesg '
expect 'ends the machine'
enter 'hospes list'
expect '^first  *[0-9]+  *256 '
enter 'hospes info first'
expect '^disk .* xvda .*ready'
enter 'hospes console first'
sleep 2
enter 'echo guest-$((6 * 7)) $(hostname)'
expect '^guest-42 guest'
printf '\035' >&5
sleep 1
enter 'echo back-$((6 * 7)) $(hostname)'
expect '^back-42 dom0'
enter 'hospes reboot first && hospes wait first --for running; echo $?-done'
expect '^0-done' 60
enter 'hospes console --log first | grep -c "guest: ready"'
expect '^[1-9]'
enter 'hospes dmesg | grep "starting dom0"'
expect 'starting dom0$'
enter 'poweroff -f'
wait $terminal || fail "exit status $?"
