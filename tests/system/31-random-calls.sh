#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 500
# Two million random hypercalls in sequences, one million by guests of each
# kind, always the same: see tests/guest/sequences. No Linux takes part.
exec "$(dirname "$0")/../guest/fuzz-hypercalls" 2000000 1 --icount
