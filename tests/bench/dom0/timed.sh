#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# timed.sh SIDE FUNCTION ARGUMENT...: what stopwatch can run of a side.
. /lib/tests/lib.sh
. "/bench/$1.sh"
shift
"$@"
