#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The mechanical part of the house style: licence line, no trailing blanks, no
# conditional compilation within C, no file above 700 lines. Where a figure
# needs an exception, it should be argued for here.
cd "$(dirname "$0")/../.." || exit 1
status=0
bad() { echo "$*"; status=1; }

for file in $(find hypervisor dom0-tools backend-drivers frontend-drivers \
		guest-pv-headers tests -name '*.[chS]' 2>/dev/null); do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' ||
		bad "$file: no licence line"
	[ "$(wc -l <"$file")" -le 700 ] || bad "$file: more than 700 lines"
	! grep -n '[[:blank:]]$' "$file" /dev/null | head -n 1 | grep . ||
		bad "$file: blanks at a line's end"
	case $file in
	*.c)	! grep -nE '^#[[:space:]]*(if|ifdef|ifndef|elif)\b' "$file" |
			grep . || bad "$file: conditional compilation" ;;
	esac
done
exit $status
