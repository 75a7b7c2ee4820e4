/* SPDX-License-Identifier: BSD-2-Clause */
/* Version of the guest ABI, and of Hospes. */
#ifndef HOSPES_CORE_VERSION_H
#define HOSPES_CORE_VERSION_H

#define HOSPES_ABI_MAJOR	4
#define HOSPES_ABI_MINOR	17
#define HOSPES_VERSION		"0.1"

#endif
