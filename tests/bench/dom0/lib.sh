# SPDX-License-Identifier: BSD-2-Clause
# What the scripts share that measure in dom0. Nothing here polls while a guest
# runs: there is one CPU, and its instructions are counted.
. /lib/tests/lib.sh

# bench_domain NAME BENCH DEVICES [WORDS]: the path of its domain file.
bench_domain() {
	cat >"/tmp/$1.xml" <<-XML
	<domain type='xen'>
	  <name>$1</name>
	  <memory unit='MiB'>256</memory>
	  <vcpu>1</vcpu>
	  <os>
	    <type>linux</type>
	    <kernel>/var/lib/hospes/vmlinux</kernel>
	    <initrd>/lib/bench/initrd</initrd>
	    <cmdline>console=hvc0 quiet mitigations=off bench=$2 $4</cmdline>
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
	hospes wait "$1" --for gone --timeout 250 || fail "$1 does not end"
	tr -d '\r' <"$(console_log "$1")" | grep -a '^bench' >"/tmp/$1.said"
	cat "/tmp/$1.said"
	grep -q '^bench: done' "/tmp/$1.said" || {
		tail -n 30 "$(console_log "$1")"
		fail "$1 failed"
	}
}
