#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Arrows point down only: which folder of the hypervisor may include headers of
# which. Guest kinds do not know each other. What points upwards stands below,
# each with its reason, so that nothing joins it by accident.
cd "$(dirname "$0")/../../hypervisor" || exit 1

may_use() {
	case $1 in
	boot|hypercall)	echo "boot hypercall pv hvm core mm x86 lib" ;;
	pv)		echo "pv core mm x86 lib" ;;
	hvm)		echo "hvm core mm x86 lib" ;;
	core)		echo "core mm x86 lib" ;;
	mm)		echo "mm x86 lib" ;;
	x86)		echo "x86 lib" ;;
	lib)		echo "lib" ;;
	esac
}

# FOLDER:HEADER; * is any folder.
upward() {
	case $1 in
	# Types, and what everything stands on: no calls into their folders.
	\*:mm/addr.h|\*:core/lock.h|\*:boot/boot.h) ;;
	# How a call says that it wants to be called again.
	core:hypercall/hypercall.h|pv:hypercall/hypercall.h) ;;
	# A domain embeds the state of its kind.
	core:pv/pv.h) ;;
	# Registers of devices are mapped, tables of CPUs allocated.
	x86:mm/hvmap.h|x86:mm/heap.h|x86:mm/image.h|x86:mm/bootmem.h) ;;
	# A panic tells whose vCPU it was, through the console.
	x86:core/domain.h|x86:core/console.h) ;;
	# A processor that comes up enters its idle loop.
	x86:core/sched.h|x86:core/timer.h) ;;
	# A frame knows its owner.
	mm:core/domain.h) ;;
	*) return 1 ;;
	esac
}

status=0 files=0
for file in */*.[chS]; do
	from=${file%%/*}
	allowed=" $(may_use "$from") "
	files=$((files + 1))
	for header in $(sed -n \
			's,^#[[:space:]]*include "\([a-z0-9]*/[a-z0-9_]*\.h\)".*,\1,p' \
			"$file"); do
		to=${header%%/*}
		case $to in boot|hypercall|pv|hvm|core|mm|x86|lib) ;;
		*) continue ;;
		esac
		case $allowed in *" $to "*) continue ;; esac
		upward "*:$header" || upward "$from:$header" || {
			echo "hypervisor/$file includes $header"
			status=1
		}
	done
done
[ "$files" -gt 0 ] || { echo "no files seen"; status=1; }
echo "$files files"
exit $status
