#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Debian's xenstore-* programs against our daemon, without a hypervisor; and
# the daemon killed again and again while they write. One line a check.
#   xenstored_clients.sh [XENSTORED]
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
daemon=${1:-$here/build/dom0/xenstored}
dir=$(mktemp -d "${TMPDIR:-/tmp}/xenstored.XXXXXX")
export XENSTORED_PATH=$dir/socket
pid=
failed=0

for tool in ls read write list rm watch exists chmod; do
	command -v xenstore-$tool > /dev/null && continue
	echo "SKIP xenstore-$tool is missing (Debian package xenstore-utils)"
	rm -rf "$dir"
	exit 0
done

start()
{
	mkfifo "$dir/ready"
	"$daemon" --no-domains --socket "$XENSTORED_PATH" \
		--state "$dir/state" --journal-limit 20000 --ready-fd 3 \
		3> "$dir/ready" 2>> "$dir/log" &
	pid=$!
	timeout 10 head -c 1 "$dir/ready" > /dev/null
	rm "$dir/ready"
}

stop()
{
	kill -9 "$pid"
	wait "$pid" 2> /dev/null
}

cleanup()
{
	[ -n "$pid" ] && stop
	rm -rf "$dir"
}
trap cleanup EXIT

# check NAME EXPECTED COMMAND...: compares output and exit status.
check()
{
	local name=$1 want=$2 got
	shift 2
	got=$(timeout 10 "$@" 2>&1; echo "[$?]")
	if [ "$got" = "$want" ]; then
		echo "ok   $name"
		return
	fi
	echo "FAIL $name: wanted '$want', got '$got'"
	failed=1
}

ok='[0]'

clients()
{
	check "list of a new store" $'local\ntool\n[0]' xenstore-list /
	check "write creates parents" "$ok" xenstore-write /a/b/c hello /a/d x
	check "read" $'hello\n[0]' xenstore-read /a/b/c
	check "read with path" $'/a/b/c: hello\n[0]' xenstore-read -p /a/b/c
	check "read two" $'hello\nx\n[0]' xenstore-read /a/b/c /a/d
	check "list" $'b\nd\n[0]' xenstore-list /a
	check "exists" "$ok" xenstore-exists /a/b
	check "exists not" "[1]" xenstore-exists /a/x
	check "relative path" $'0\n[0]' xenstore-read domid
	check "read missing" \
		$'xenstore-read: couldn\'t read path /none\n[1]' \
		xenstore-read /none
	check "chmod" "$ok" xenstore-chmod /a/b n5 r7
	check "ls with permissions" \
		$'b = ""   (n5,r7)\n c = "hello"   (n0)\nd = "x"   (n0)\n[0]' \
		bash -c 'xenstore-ls -p /a | sed "s/  *[. ]*  (/   (/"'
	check "chmod recursive" "$ok" xenstore-chmod -r /a b3
	check "ls -f" $'/a/b = ""\n/a/b/c = "hello"\n/a/d = "x"\n[0]' \
		xenstore-ls -f /a
	check "rm" "$ok" xenstore-rm /a/b
	check "rm is deep" "[1]" xenstore-exists /a/b/c
	check "rm of nothing" "$ok" xenstore-rm /a/none
	check "rm -t tidies" "$ok" xenstore-rm -t /a/d
	check "rm -t tidied" "[1]" xenstore-exists /a
	check "value with spaces" "$ok" xenstore-write /v 'a b  c'
	check "value with spaces read" $'a b  c\n[0]' xenstore-read /v
}

many()
{
	local i args=()

	for i in $(seq 600); do
		args+=("/many/node-number-$i" "$i")
	done
	check "600 writes in one transaction" "$ok" \
		xenstore-write "${args[@]}"
	check "a directory larger than a message" $'600\n[0]' \
		bash -c 'xenstore-list /many | wc -l'
	check "rm of 600" "$ok" xenstore-rm /many
}

watching()
{
	timeout 10 xenstore-watch -n 4 /w > "$dir/watched" &
	local watcher=$!
	# Its first line says that it watches.
	for _ in $(seq 100); do
		[ -s "$dir/watched" ] && break
		sleep 0.1
	done
	xenstore-write /w/1 a
	xenstore-write /elsewhere a
	xenstore-write /w/2 a
	xenstore-rm /w
	wait $watcher
	check "watch" $'/w\n/w/1\n/w/2\n/w\n[0]' cat "$dir/watched"
}

refused()
{
	[ "$(id -u)" = 0 ] || return 0
	chmod 755 "$dir"
	chmod 666 "$XENSTORED_PATH"
	check "another user is refused" "[1]" setpriv --reuid 65534 \
		--clear-groups bash -c \
		"xenstore-read /v > /dev/null 2>&1; [ \$? = 0 ] || exit 1"
}

alone()
{
	check "a second daemon on the same state is refused" \
		"xenstored: another xenstored works on $dir/state: process $pid (xenstored); end it first, or name another file with --state
[1]" "$daemon" --no-domains --socket "$dir/two" --state "$dir/state"
}

# Writes numbers under a name, and keeps those that were answered.
writer()
{
	local i=0

	while [ ! -e "$dir/done" ]; do
		i=$((i + 1))
		timeout 2 xenstore-write "/kill/$1/$((i % 50))" $i \
			"/kill/$1/pair" $i 2> /dev/null &&
			echo $i > "$dir/answered.$1.new" &&
			echo "$((i % 50)) $i" >> "$dir/answered.$1"
	done
}

# Each node has the last value that was answered, or the one that was under
# way when the daemon died.
lost()
{
	local slot value have

	tac "$dir/answered.$1" | sort -u -k1,1n -s |
	while read -r slot value; do
		have=$(xenstore-read "/kill/$1/$slot")
		[ "$have" = "$value" ] || [ "$have" = $((value + 50)) ] ||
			echo "slot $slot: answered $value, has $have"
	done
}

killing()
{
	local i writers=()

	for i in 1 2 3; do
		writer $i &
		writers+=($!)
	done
	for i in $(seq 40); do
		sleep 0.0$((RANDOM % 9 + 1))
		stop
		start
	done
	sleep 0.3
	touch "$dir/done"
	wait "${writers[@]}"
	for i in 1 2 3; do
		check "killed 40 times, nothing lost by writer $i" "$ok" \
			lost $i
		[ "$(wc -l < "$dir/answered.$i")" -gt 20 ] ||
			{ echo "FAIL writer $i got too few answers"; failed=1; }
	done
	check "both values of a transaction or none" "$ok" pairs
}

pairs()
{
	local i pair

	for i in 1 2 3; do
		pair=$(xenstore-read "/kill/$i/pair")
		[ "$(xenstore-read "/kill/$i/$((pair % 50))")" = "$pair" ] ||
			echo "writer $i: half a transaction"
	done
}

# check runs its command under timeout, which cannot see functions.
timeout()
{
	local limit=$1
	shift
	if [ "$(type -t "$1")" = function ]; then
		"$@"
	else
		command timeout "$limit" "$@"
	fi
}

# A file system that is full to the last page: the daemon is killed and started
# again, keeps what it had, and still takes changes. Needs a mount of its own.
full()
{
	local was=$dir i

	dir=$was/full
	mkdir -p "$dir"
	if ! mount -t tmpfs -o size=4m full "$dir" 2> /dev/null; then
		echo "skip full: no mount here"
		dir=$was
		return
	fi
	start
	for i in $(seq 300); do
		xenstore-write /full/$i "$i" "/full/$i/x" "$big"
	done
	cat /dev/zero > "$dir/filler" 2> /dev/null
	! echo x 2> /dev/null > "$dir/more" || {
		echo "FAIL full: it is not"
		failed=1
	}
	for i in 1 2 3; do
		stop
		start
		check "full: restart $i keeps all" $'300\n[0]' \
			xenstore-read /full/300
		check "full: restart $i takes changes" "$ok" \
			xenstore-write /full/restart $i
	done
	check "full: the last change" $'3\n[0]' xenstore-read /full/restart
	stop
	umount "$dir"
	dir=$was
}

big=$(head -c 1500 /dev/zero | tr '\0' v)
start
clients
many
watching
refused
alone
killing
stop
full
pid=
exit $failed
