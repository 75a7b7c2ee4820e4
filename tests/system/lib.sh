# SPDX-License-Identifier: BSD-2-Clause
# Shared by the system tests, on the host's side. A test boots a machine with
# `vm [options] <<'DOM0'`: the script runs in dom0 (see tests/image/dom0/lib.sh
# for what it finds there) and its exit status is the test's.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
name=$(basename "$0" .sh)
logs=$top/build/tests/log
mkdir -p "$logs"
work=$(mktemp -d "${TMPDIR:-/tmp}/hospes-test.XXXXXX")
# Saves two seconds a boot; `make run` and the CD have the packed one.
export DOM0_KERNEL=${DOM0_KERNEL-$top/build/debian/vmlinux}
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT

vm() {
	"$top/tests/vm" --timeout 280 --log "$logs/system-$name.serial" "$@"
}

fail() { echo "FAILED: $*"; exit 1; }
skip() { echo "$*"; exit 77; }
