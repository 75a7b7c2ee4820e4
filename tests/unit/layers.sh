#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Arrows point down only: which folder of the hypervisor may include headers of
# which. The few upward calls are declared in the lower header and defined
# above, so an include never goes up. Guest kinds do not know each other.
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

status=0 files=0
for file in */*.[chS]; do
	from=${file%%/*}
	allowed=" $(may_use "$from") "
	files=$((files + 1))
	for to in $(sed -n 's,^#[[:space:]]*include "\([a-z0-9]*\)/.*,\1,p' \
			"$file" | sort -u); do
		case $to in boot|hypercall|pv|hvm|core|mm|x86|lib) ;;
		*) continue ;;
		esac
		case $allowed in *" $to "*) continue ;; esac
		echo "hypervisor/$file includes a header of $to/"
		status=1
	done
done
[ "$files" -gt 0 ] || { echo "no files seen"; status=1; }
echo "$files files"
exit $status
