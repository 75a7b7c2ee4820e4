/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grant_table_op(command, operations, count): memory that one domain lets
 * another use. Does `count` operations; each has its own status (GNTST_*), and
 * the result tells only whether they could be read and written (-EFAULT).
 */
#ifndef __XEN_PUBLIC_GRANT_TABLE_H__
#define __XEN_PUBLIC_GRANT_TABLE_H__

#include "xen.h"

/* Number of an entry in the table of the domain that grants. */
typedef uint32_t grant_ref_t;

/*
 * An entry. The domain that grants fills in domid and frame, then flags; to
 * take it back it waits until reading and writing are clear, and sets flags to
 * 0 by compare-and-exchange.
 */
struct grant_entry_v1 {
	uint16_t flags;			/* GTF_* */
	domid_t domid;			/* who may use it */
	uint32_t frame;			/* of the domain that grants */
};
typedef struct grant_entry_v1 grant_entry_v1_t;

/* Entries that the toolstack fills in. */
#define GNTTAB_NR_RESERVED_ENTRIES 8
#define GNTTAB_RESERVED_CONSOLE    0
#define GNTTAB_RESERVED_XENSTORE   1

/* Kind of an entry ... */
#define GTF_invalid         (0U << 0)
#define GTF_permit_access   (1U << 0) /* map or copy */
#define GTF_accept_transfer (2U << 0) /* a page may be given to it */
#define GTF_transitive      (3U << 0) /* version 2: another's grant */
#define GTF_type_mask       (3U << 0)
/* ... flags of one that permits access: set by the domain ... */
#define _GTF_readonly (2)
#define GTF_readonly  (1U << _GTF_readonly)
#define _GTF_PWT      (5)
#define GTF_PWT       (1U << _GTF_PWT)
#define _GTF_PCD      (6)
#define GTF_PCD       (1U << _GTF_PCD)
#define _GTF_PAT      (7)
#define GTF_PAT       (1U << _GTF_PAT)
#define _GTF_sub_page (8)
#define GTF_sub_page  (1U << _GTF_sub_page) /* version 2: copies from a part */
/* ... and by the hypervisor, while it is in use ... */
#define _GTF_reading  (3)
#define GTF_reading   (1U << _GTF_reading)
#define _GTF_writing  (4)
#define GTF_writing   (1U << _GTF_writing)
/* ... and of one that accepts a page, set by the hypervisor. */
#define _GTF_transfer_committed (2)
#define GTF_transfer_committed  (1U << _GTF_transfer_committed)
#define _GTF_transfer_completed (3)
#define GTF_transfer_completed  (1U << _GTF_transfer_completed)

#define GNTTABOP_map_grant_ref     0
#define GNTTABOP_unmap_grant_ref   1
#define GNTTABOP_setup_table       2
#define GNTTABOP_dump_table        3 /* -ENOSYS */
#define GNTTABOP_transfer          4
#define GNTTABOP_copy              5
#define GNTTABOP_query_size        6
#define GNTTABOP_unmap_and_replace 7
#define GNTTABOP_set_version       8
#define GNTTABOP_get_status_frames 9
#define GNTTABOP_get_version       10
#define GNTTABOP_swap_grant_ref    11
#define GNTTABOP_cache_flush       12 /* -ENOSYS */

/* Names a mapping. Of the domain that maps. */
typedef uint32_t grant_handle_t;

/* Maps a granted page into the caller. Anybody. */
struct gnttab_map_grant_ref {
	/* IN: linear, or machine address of an entry (GNTMAP_contains_pte) */
	uint64_t host_addr;
	uint32_t flags;			/* IN: GNTMAP_* */
	grant_ref_t ref;		/* IN */
	domid_t dom;			/* IN: who grants */
	int16_t status;			/* OUT: GNTST_* */
	grant_handle_t handle;		/* OUT */
	uint64_t dev_bus_addr;		/* OUT: machine address */
};
typedef struct gnttab_map_grant_ref gnttab_map_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_map_grant_ref_t);

/* Ends a mapping, or that part of it whose address is not 0. */
struct gnttab_unmap_grant_ref {
	uint64_t host_addr;		/* IN: as it was mapped, or 0 */
	uint64_t dev_bus_addr;		/* IN: as it was told, or 0 */
	grant_handle_t handle;		/* IN */
	int16_t status;			/* OUT: GNTST_* */
};
typedef struct gnttab_unmap_grant_ref gnttab_unmap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_grant_ref_t);

/* Lets a table have at least some frames, and lists them. Count must be 1. */
struct gnttab_setup_table {
	domid_t dom;			/* IN: DOMID_SELF; others: privileged */
	uint32_t nr_frames;		/* IN */
	int16_t status;			/* OUT: GNTST_* */
	XEN_GUEST_HANDLE(xen_pfn_t) frame_list;	/* OUT: machine frames */
};
typedef struct gnttab_setup_table gnttab_setup_table_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_setup_table_t);

/* Gives a page of the caller away, to an entry that accepts one. */
struct gnttab_transfer {
	xen_pfn_t mfn;			/* IN: the page */
	domid_t domid;			/* IN: to whom */
	grant_ref_t ref;		/* IN: its entry */
	int16_t status;			/* OUT: GNTST_* */
};
typedef struct gnttab_transfer gnttab_transfer_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_transfer_t);

/* Copies inside of one page each, grants or own frames. Anybody. */
#define _GNTCOPY_source_gref (0)
#define GNTCOPY_source_gref  (1 << _GNTCOPY_source_gref)
#define _GNTCOPY_dest_gref   (1)
#define GNTCOPY_dest_gref    (1 << _GNTCOPY_dest_gref)
struct gnttab_copy {
	struct gnttab_copy_ptr {
		union {
			grant_ref_t ref;
			xen_pfn_t gmfn;
		} u;			/* IN: ref if its flag is set */
		domid_t domid;		/* IN: DOMID_SELF with gmfn */
		uint16_t offset;	/* IN: bytes */
	} source, dest;
	uint16_t len;			/* IN: bytes */
	uint16_t flags;			/* IN: GNTCOPY_* */
	int16_t status;			/* OUT: GNTST_* */
};
typedef struct gnttab_copy gnttab_copy_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_copy_t);

/* How large a table is, and may become. Count must be 1. */
struct gnttab_query_size {
	domid_t dom;			/* IN: DOMID_SELF; others: privileged */
	uint32_t nr_frames;		/* OUT */
	uint32_t max_nr_frames;		/* OUT */
	int16_t status;			/* OUT: GNTST_* */
};
typedef struct gnttab_query_size gnttab_query_size_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_query_size_t);

/* Ends a mapping and moves the page at new_addr to its place. */
struct gnttab_unmap_and_replace {
	uint64_t host_addr;		/* IN: linear */
	uint64_t new_addr;		/* IN: linear; 0 maps nothing */
	grant_handle_t handle;		/* IN */
	int16_t status;			/* OUT: GNTST_* */
};
typedef struct gnttab_unmap_and_replace gnttab_unmap_and_replace_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_and_replace_t);

/* Chooses the layout of the caller's entries: 1. -ENOSYS: 2, -EINVAL. */
struct gnttab_set_version {
	uint32_t version;		/* INOUT: wanted; in use, 1 */
};
typedef struct gnttab_set_version gnttab_set_version_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_set_version_t);

/* Lists the frames of status words; version 1 has none. */
struct gnttab_get_status_frames {
	uint32_t nr_frames;		/* IN */
	domid_t dom;			/* IN: DOMID_SELF; others: privileged */
	int16_t status;			/* OUT: GNTST_* */
	XEN_GUEST_HANDLE(uint64_t) frame_list;	/* OUT: machine frames */
};
typedef struct gnttab_get_status_frames gnttab_get_status_frames_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_get_status_frames_t);

/* Tells the layout of a domain's entries. */
struct gnttab_get_version {
	domid_t dom;			/* IN: DOMID_SELF; others: privileged */
	uint16_t pad;
	uint32_t version;		/* OUT */
};
typedef struct gnttab_get_version gnttab_get_version_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_get_version_t);

/* Exchanges two entries of the caller; neither may be in use. */
struct gnttab_swap_grant_ref {
	grant_ref_t ref_a;		/* IN */
	grant_ref_t ref_b;		/* IN */
	int16_t status;			/* OUT: GNTST_*; eagain: in use */
};
typedef struct gnttab_swap_grant_ref gnttab_swap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_swap_grant_ref_t);

/* How a page is mapped. */
#define _GNTMAP_device_map      (0)
#define GNTMAP_device_map       (1 << _GNTMAP_device_map) /* for DMA */
#define _GNTMAP_host_map        (1)
#define GNTMAP_host_map         (1 << _GNTMAP_host_map) /* for the processor */
#define _GNTMAP_readonly        (2)
#define GNTMAP_readonly         (1 << _GNTMAP_readonly)
#define _GNTMAP_application_map (3)
#define GNTMAP_application_map  (1 << _GNTMAP_application_map) /* user mode */
#define _GNTMAP_contains_pte    (4)
#define GNTMAP_contains_pte     (1 << _GNTMAP_contains_pte)
/* Bits from here on go to the available bits of the L1 entry. */
#define _GNTMAP_guest_avail0    (16)
#define GNTMAP_guest_avail_mask ((uint32_t)~0 << _GNTMAP_guest_avail0)

/* Status of an operation. */
#define GNTST_okay              (0)
#define GNTST_general_error     (-1)
#define GNTST_bad_domain        (-2)  /* there is no such domain */
#define GNTST_bad_gntref        (-3)  /* no such entry, or not for this */
#define GNTST_bad_handle        (-4)
#define GNTST_bad_virt_addr     (-5)
#define GNTST_bad_dev_addr      (-6)
#define GNTST_no_device_space   (-7)
#define GNTST_permission_denied (-8)
#define GNTST_bad_page          (-9)  /* the frame is not fit for it */
#define GNTST_bad_copy_arg      (-10) /* a copy reaches past its page */
#define GNTST_address_too_big   (-11)
#define GNTST_eagain            (-12) /* later perhaps */
#define GNTST_no_space          (-13) /* too many mappings */

#endif
