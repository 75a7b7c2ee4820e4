#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# await.sh SIDE FILE: creates the guest `debian`, returns when its own userland
# says that it is there.
. /lib/tests/lib.sh
. "/bench/$1.sh"

ready_count() {
	cat "$(guest_log debian)" 2>/dev/null | grep -c '^guest: ready'
}

before=$(ready_count)
$create "$2" || exit 1
while [ "$(ready_count)" = "$before" ]; do
	usleep 50000
done
