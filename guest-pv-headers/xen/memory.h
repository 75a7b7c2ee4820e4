/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory_op(command, argument): memory that a domain has. Frame numbers are
 * the machine's unless they are called pseudo-physical.
 */
#ifndef __XEN_PUBLIC_MEMORY_H__
#define __XEN_PUBLIC_MEMORY_H__

#include "xen.h"

/*
 * Three commands on extents of 2^order frames each. The result is how many
 * extents were done: fewer than asked for where memory, the domain's limit or
 * an argument stopped it; there are no negative results. Anybody for itself,
 * extents up to order 9; privileged domains for others, and up to order 18.
 *
 * increase: gets memory; OUT its frames.
 * decrease: IN frames to give back; none may be in use.
 * populate: gets memory for pseudo-physical frames; INOUT those, its frames.
 */
#define XENMEM_increase_reservation 0
#define XENMEM_decrease_reservation 1
#define XENMEM_populate_physmap     6
struct xen_memory_reservation {
	XEN_GUEST_HANDLE(xen_pfn_t) extent_start;	/* OUT: or null */
	xen_ulong_t nr_extents;		/* IN */
	unsigned int extent_order;	/* IN */
	unsigned int mem_flags;		/* IN: XENMEMF_* */
	domid_t domid;			/* IN: DOMID_SELF */
};
typedef struct xen_memory_reservation xen_memory_reservation_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_reservation_t);

/* Bits that machine addresses may have, 0 for any; the node, plus one. */
#define XENMEMF_address_bits(x)     (x)
#define XENMEMF_get_address_bits(x) ((x) & 0xffu)
#define XENMEMF_node(x)             (((x) + 1) << 8)
#define XENMEMF_get_node(x)         ((((x) >> 8) - 1) & 0xffu)
#define XENMEMF_populate_on_demand  (1 << 16) /* not offered */
#define XENMEMF_exact_node_request  (1 << 17)
#define XENMEMF_exact_node(n) (XENMEMF_node(n) | XENMEMF_exact_node_request)
#define XENMEMF_vnode               (1 << 18)

/*
 * Gives extents of one size for as much memory in another, such as one
 * contiguous range for DMA; keeps the pseudo-physical frames. -EINVAL: sizes do
 * not match, or a frame is not the caller's or is in use; -ENOMEM. What was
 * done so far is in nr_exchanged, also on errors. Anybody.
 */
#define XENMEM_exchange 11
struct xen_memory_exchange {
	struct xen_memory_reservation in;	/* IN frames */
	struct xen_memory_reservation out;	/* IN pfns, OUT frames */
	xen_ulong_t nr_exchanged;	/* INOUT: extents of `in`; 0 */
};
typedef struct xen_memory_exchange xen_memory_exchange_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_exchange_t);

/* The result: the highest frame that is RAM. No argument. */
#define XENMEM_maximum_ram_page 2

/* The results: pages that a domain has, and may have; IN xen_memory_domain. */
#define XENMEM_current_reservation 3
#define XENMEM_maximum_reservation 4
/* The result: its highest pseudo-physical frame, as far as it has told. */
#define XENMEM_maximum_gpfn 14
struct xen_memory_domain {
	domid_t domid;			/* IN */
};

/* Not offered (-ENOSYS): frames of the machine-to-physical table. */
#define XENMEM_machphys_mfn_list 5
struct xen_machphys_mfn_list {
	unsigned int max_extents;	/* IN */
	XEN_GUEST_HANDLE(xen_pfn_t) extent_start;	/* OUT */
	unsigned int nr_extents;	/* OUT */
};
typedef struct xen_machphys_mfn_list xen_machphys_mfn_list_t;
DEFINE_XEN_GUEST_HANDLE(xen_machphys_mfn_list_t);

/* Where the machine-to-physical table is mapped. Anybody. */
#define XENMEM_machphys_mapping 12
struct xen_machphys_mapping {
	xen_ulong_t v_start, v_end;	/* OUT: linear addresses */
	xen_ulong_t max_mfn;		/* OUT: last frame in it */
};
typedef struct xen_machphys_mapping xen_machphys_mapping_t;
DEFINE_XEN_GUEST_HANDLE(xen_machphys_mapping_t);

/*
 * The caller's memory map, as of the firmware (E820, entries of 20 bytes).
 * -ENOSYS: none was set.
 */
#define XENMEM_memory_map 9
struct xen_memory_map {
	unsigned int nr_entries;	/* IN: room; OUT: used */
	XEN_GUEST_HANDLE(void) buffer;	/* OUT */
};
typedef struct xen_memory_map xen_memory_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_map_t);

/* That of the machine. Privileged domains; -EPERM. */
#define XENMEM_machine_memory_map 10

/* Sets that of a domain. Privileged domains; -EINVAL: too many entries. */
#define XENMEM_set_memory_map 13
struct xen_foreign_memory_map {
	domid_t domid;			/* IN */
	struct xen_memory_map map;	/* IN */
};
typedef struct xen_foreign_memory_map xen_foreign_memory_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_foreign_memory_map_t);

/*
 * IN xen_memory_reservation: so much of the free memory is kept for the domain
 * that it can come to have nr_extents pages in all; what it is given comes out of
 * that. 0 pages, or its end, give it up. All other members but domid are 0.
 * -EINVAL: no such domain, one that has a claim, or the pages, already, or may
 * not have them; -ENOMEM: fewer are free. Privileged domains; -EPERM.
 */
#if defined(__XEN__) || defined(__XEN_TOOLS__)
#define XENMEM_claim_pages 24
#endif

/*
 * Frames that the hypervisor keeps for a domain, to be mapped by a tool: those
 * of its grant table. -EOPNOTSUPP: another type, -EINVAL: no such id or frame.
 * Privileged domains; -EPERM.
 */
#define XENMEM_acquire_resource 28
struct xen_mem_acquire_resource {
	domid_t domid;			/* IN */
	uint16_t type;			/* IN */
#define XENMEM_resource_grant_table 1
	uint32_t id;			/* IN */
#define XENMEM_resource_grant_table_id_shared 0
#define XENMEM_resource_grant_table_id_status 1 /* version 2 only */
	uint32_t nr_frames;		/* IN; with 0 OUT: how many there are */
	uint32_t pad;			/* IN: 0 */
	uint64_t frame;			/* IN: the first one's number */
	XEN_GUEST_HANDLE(xen_pfn_t) frame_list;	/* OUT; or null */
};
typedef struct xen_mem_acquire_resource xen_mem_acquire_resource_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_acquire_resource_t);

/* Nodes of the caller: -EOPNOTSUPP, guests have one. */
#define XENMEM_get_vnumainfo 26

#endif
