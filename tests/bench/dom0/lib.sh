# SPDX-License-Identifier: BSD-2-Clause
# What the scripts share that measure in dom0. Nothing here polls while a guest
# runs: there is one CPU, and its instructions are counted. Who starts a script
# may set $backends, those that it measures, and export clock=wall, by which
# programs in dom0 and in guests tell time and not instructions.
. /lib/tests/lib.sh

# bench_domain NAME BENCH DEVICES [WORDS]: the path of its domain file.
bench_domain() {
	local words="bench=$2${clock:+ clock=$clock} $4"
	cat >"/tmp/$1.xml" <<-XML
	<domain type='xen'>
	  <name>$1</name>
	  <memory unit='MiB'>256</memory>
	  <vcpu>1</vcpu>
	  <os>
	    <type>linux</type>
	    <kernel>/var/lib/hospes/vmlinux</kernel>
	    <initrd>/lib/bench/initrd</initrd>
	    <cmdline>console=hvc0 quiet mitigations=off norandmaps $words</cmdline>
	  </os>
	  <on_poweroff>destroy</on_poweroff>
	  <on_crash>destroy</on_crash>
	  <devices>$3<console type='pty'/></devices>
	</domain>
	XML
	echo "/tmp/$1.xml"
}

# What a guest said, once it has powered off.
bench_result() {
	hospes wait "$1" --for gone --timeout 800 || fail "$1 does not end"
	tr -d '\r' <"$(console_log "$1")" | grep -a '^bench' >"/tmp/$1.said"
	cat "/tmp/$1.said"
	grep -q '^bench: done' "/tmp/$1.said" || {
		tail -n 30 "$(console_log "$1")"
		fail "$1 failed"
	}
}

bench_domid() { hospes list "$1" | awk -v name="$1" '$1 == name { print $2 }'; }

# bench_modules NAME [WORDS]: with what it needs.
bench_modules() {
	local name=$1 path
	shift
	while read -r path; do
		case $path in
		*"/$name.ko") insmod "$path" "$@" || fail "$path" ;;
		*/brd.ko|*/xen-*back.ko) ;;
		*)	insmod "$path" 2>/dev/null ;;
		esac
	done </etc/modules.bench
}

# bench_wanted BACKEND: whether it shall be measured.
bench_wanted() {
	case " ${backends-$1} " in
	*" $1 "*) ;;
	*)	return 1 ;;
	esac
}

# bench_side NAME FUNCTION: its figures as `bench NAME.ROW VALUE`, and for how
# much of the time the processor had nothing to do, of a thousand.
bench_side() {
	local begin idle
	begin=$(now_ms) idle=$(/lib/bench/cpuidle)
	# What fails exits: from the subshell only, so that its words are seen.
	("$2") >/tmp/side || { cat /tmp/side; fail "$1"; }
	idle=$((($(/lib/bench/cpuidle) - idle) / 1000))
	sed -n "s/^bench \([^ :]* [0-9]\)/bench $1.\1/p" /tmp/side
	echo "bench $1.idle $((idle / ($(now_ms) - begin)))"
}

# What a toolstack writes for a device that dom0's kernel serves; `state` is
# last. bench_device KIND DOMID DEVID "NODE VALUE ..." "NODE VALUE ...": of the
# frontend and of the backend.
bench_device() {
	local front=/local/domain/$2/device/$1/$3
	local back=/local/domain/0/backend/$1/$2/$3 node
	bench_nodes "$front" backend "$back" backend-id 0 $4 state 1
	for node in "" $(xenstore-list "$front"); do
		xenstore-chmod "$front${node:+/$node}" "n$2" r0
	done
	bench_nodes "$back" frontend "$front" frontend-id "$2" online 1 $5
	for node in "" $(xenstore-list "$back"); do
		xenstore-chmod "$back${node:+/$node}" n0 "r$2"
	done
	bench_nodes "$back" state 1
	xenstore-chmod "$back/state" n0 "r$2"
}

# bench_nodes FOLDER NODE VALUE ...
bench_nodes() {
	local folder=$1
	shift
	while [ $# -gt 1 ]; do
		xenstore-write "$folder/$1" "$2"
		shift 2
	done
}
