#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
# Small mistakes made in a copy of the hypervisor: the suite catches each.
exec "$(dirname "$0")/../mutations/run"
