/* SPDX-License-Identifier: BSD-2-Clause */
#include "hv_lib_renamed.h"
#include "../../hypervisor/lib/string.c"
#include "../../hypervisor/lib/printf.c"
