#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 400
# The hypervisor that checks its locks (DEBUG=1): it builds, and panics neither
# while test kernels use what takes locks and waits, nor in random calls.
set -euo pipefail
cd "$(dirname "$0")/../.."
make -s -C hypervisor DEBUG=1
hv=build/hypervisor-debug/hospes.elf
for name in timers ports vcpus suspend; do
	echo "--- $name"
	tests/guest/run "$name" --hv "$hv"
done
tests/guest/fuzz-hypercalls 20000 1 --hv "$hv"
