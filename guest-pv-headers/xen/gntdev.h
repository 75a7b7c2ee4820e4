/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's /dev/xen/gntdev: granted pages for programs. Include <sys/ioctl.h>
 * first.
 */
#ifndef __LINUX_PUBLIC_GNTDEV_H__
#define __LINUX_PUBLIC_GNTDEV_H__

#include "grant_table.h"

struct ioctl_gntdev_grant_ref {
	uint32_t domid;			/* who grants */
	uint32_t ref;
};

/* Makes `count` grants ready for mmap() at an offset. */
struct ioctl_gntdev_map_grant_ref {
	uint32_t count;			/* IN */
	uint32_t pad;
	uint64_t index;			/* OUT: the offset */
	struct ioctl_gntdev_grant_ref refs[1];	/* IN: `count` of them */
};
#define IOCTL_GNTDEV_MAP_GRANT_REF \
	_IOC(_IOC_NONE, 'G', 0, sizeof(struct ioctl_gntdev_map_grant_ref))

struct ioctl_gntdev_unmap_grant_ref {
	uint64_t index;			/* IN: the offset */
	uint32_t count;			/* IN */
	uint32_t pad;
};
#define IOCTL_GNTDEV_UNMAP_GRANT_REF \
	_IOC(_IOC_NONE, 'G', 1, sizeof(struct ioctl_gntdev_unmap_grant_ref))

/* What is mapped at an address. */
struct ioctl_gntdev_get_offset_for_vaddr {
	uint64_t vaddr;			/* IN */
	uint64_t offset;		/* OUT */
	uint32_t count;			/* OUT: pages */
	uint32_t pad;
};
#define IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR \
	_IOC(_IOC_NONE, 'G', 2, \
	     sizeof(struct ioctl_gntdev_get_offset_for_vaddr))

struct ioctl_gntdev_set_max_grants {
	uint32_t count;			/* IN */
};
#define IOCTL_GNTDEV_SET_MAX_GRANTS \
	_IOC(_IOC_NONE, 'G', 3, sizeof(struct ioctl_gntdev_set_max_grants))

/* What happens when a mapping ends, also by the end of the program. */
#define UNMAP_NOTIFY_CLEAR_BYTE 0x1 /* a byte is set to 0 */
#define UNMAP_NOTIFY_SEND_EVENT 0x2 /* an event is sent */
struct ioctl_gntdev_unmap_notify {
	uint64_t index;			/* IN: offset of the byte */
	uint32_t action;		/* IN: UNMAP_NOTIFY_* */
	uint32_t event_channel_port;	/* IN */
};
#define IOCTL_GNTDEV_SET_UNMAP_NOTIFY \
	_IOC(_IOC_NONE, 'G', 7, sizeof(struct ioctl_gntdev_unmap_notify))

/* Copies, as GNTTABOP_copy. */
struct gntdev_grant_copy_segment {
	union {
		void *virt;		/* IN: of the program, or */
		struct {
			grant_ref_t ref;	/* IN: a grant, by flags */
			uint16_t offset;
			domid_t domid;
		} foreign;
	} source, dest;
	uint16_t len;			/* IN: bytes */
	uint16_t flags;			/* IN: GNTCOPY_* */
	int16_t status;			/* OUT: GNTST_* */
};
struct ioctl_gntdev_grant_copy {
	unsigned int count;		/* IN */
	struct gntdev_grant_copy_segment *segments;	/* INOUT */
};
#define IOCTL_GNTDEV_GRANT_COPY \
	_IOC(_IOC_NONE, 'G', 8, sizeof(struct ioctl_gntdev_grant_copy))

#endif
