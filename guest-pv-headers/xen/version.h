/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xen_version(command, argument): who is below. Anybody; results of fixed size
 * go to the argument. Unknown commands: -ENOSYS.
 */
#ifndef __XEN_PUBLIC_VERSION_H__
#define __XEN_PUBLIC_VERSION_H__

#include "xen.h"
#include "features.h"

/* The result: major << 16 | minor. The argument is not looked at. */
#define XENVER_version 0

/* OUT xen_extraversion_t: what follows the version, such as ".0". */
#define XENVER_extraversion 1
typedef char xen_extraversion_t[16];
#define XEN_EXTRAVERSION_LEN (sizeof(xen_extraversion_t))

/* OUT xen_compile_info: how it was built. Strings end with a zero byte. */
#define XENVER_compile_info 2
struct xen_compile_info {
	char compiler[64];
	char compile_by[16];
	char compile_domain[32];
	char compile_date[32];
};
typedef struct xen_compile_info xen_compile_info_t;

/* OUT xen_capabilities_info_t: kinds of guests, as "xen-3.0-x86_64 ". */
#define XENVER_capabilities 3
typedef char xen_capabilities_info_t[1024];
#define XEN_CAPABILITIES_INFO_LEN (sizeof(xen_capabilities_info_t))

/* OUT xen_changeset_info_t: which source it was built from. */
#define XENVER_changeset 4
typedef char xen_changeset_info_t[64];
#define XEN_CHANGESET_INFO_LEN (sizeof(xen_changeset_info_t))

/* OUT xen_platform_parameters: where the hypervisor's addresses begin. */
#define XENVER_platform_parameters 5
struct xen_platform_parameters {
	xen_ulong_t virt_start;
};
typedef struct xen_platform_parameters xen_platform_parameters_t;

/* INOUT xen_feature_info: XENFEAT_* as bits. -EINVAL past the last word. */
#define XENVER_get_features 6
struct xen_feature_info {
	unsigned int submap_idx;	/* IN: which 32 of them */
	uint32_t submap;		/* OUT */
};
typedef struct xen_feature_info xen_feature_info_t;

/* The result: bytes in a page. The argument is not looked at. */
#define XENVER_pagesize 7

/* OUT xen_domain_handle_t: the caller's UUID. */
#define XENVER_guest_handle 8

/* OUT xen_commandline_t: the hypervisor's options; empty unless privileged. */
#define XENVER_commandline 9
typedef char xen_commandline_t[1024];

/* OUT xen_build_id: -ENODATA, there is none. */
#define XENVER_build_id 10
struct xen_build_id {
	uint32_t len;			/* IN: bytes of buf; OUT: used */
	__extension__ unsigned char buf[XEN_FLEX_ARRAY_DIM];
};
typedef struct xen_build_id xen_build_id_t;

#endif
