/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * physdev_op(command, argument): interrupts and ports of devices. Domain 0
 * (-EPERM), unless said to be for anybody. A "pirq" is a number under which a
 * domain knows an interrupt; a GSI is an input of an I/O APIC.
 */
#ifndef __XEN_PUBLIC_PHYSDEV_H__
#define __XEN_PUBLIC_PHYSDEV_H__

#include "xen.h"

/* An interrupt was served, and may come again. Anybody. */
#define PHYSDEVOP_eoi 12
struct physdev_eoi {
	uint32_t irq;			/* IN: pirq */
};
typedef struct physdev_eoi physdev_eoi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_eoi_t);

/* Whether that has to be said. Anybody; -EINVAL: number out of range. */
#define PHYSDEVOP_irq_status_query 5
struct physdev_irq_status_query {
	uint32_t irq;			/* IN: pirq */
	uint32_t flags;			/* OUT: XENIRQSTAT_* */
};
typedef struct physdev_irq_status_query physdev_irq_status_query_t;
DEFINE_XEN_GUEST_HANDLE(physdev_irq_status_query_t);
#define _XENIRQSTAT_needs_eoi (0)
#define XENIRQSTAT_needs_eoi  (1U << _XENIRQSTAT_needs_eoi)
#define _XENIRQSTAT_shared    (1)
#define XENIRQSTAT_shared     (1U << _XENIRQSTAT_shared)

/* Privilege level from which the vCPU may use ports it has been given. */
#define PHYSDEVOP_set_iopl 6
struct physdev_set_iopl {
	uint32_t iopl;			/* IN: 1 kernel, 3 processes too */
};
typedef struct physdev_set_iopl physdev_set_iopl_t;
DEFINE_XEN_GUEST_HANDLE(physdev_set_iopl_t);

/* Ports that its user mode may use: those whose bit is clear. */
#define PHYSDEVOP_set_iobitmap 7
struct physdev_set_iobitmap {
	XEN_GUEST_HANDLE(uint8) bitmap;	/* IN: stays where it is */
	uint32_t nr_ports;		/* IN: at most 65536, else -EINVAL */
};
typedef struct physdev_set_iobitmap physdev_set_iobitmap_t;
DEFINE_XEN_GUEST_HANDLE(physdev_set_iobitmap_t);

/* Reads a register of an I/O APIC; writes are accepted, and do nothing. */
#define PHYSDEVOP_apic_read  8
#define PHYSDEVOP_apic_write 9
struct physdev_apic {
	unsigned long apic_physbase;	/* IN: machine address */
	uint32_t reg;			/* IN */
	uint32_t value;			/* OUT (read), IN (write) */
};
typedef struct physdev_apic physdev_apic_t;
DEFINE_XEN_GUEST_HANDLE(physdev_apic_t);

/* Old ways to map_pirq and nothing at all. */
#define PHYSDEVOP_alloc_irq_vector 10
#define PHYSDEVOP_free_irq_vector  11
struct physdev_irq {
	uint32_t irq;			/* IN */
	uint32_t vector;		/* OUT: a number to be told back */
};
typedef struct physdev_irq physdev_irq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_irq_t);

/*
 * Gives an interrupt a pirq of the caller. -EINVAL: unknown kind or device,
 * -EOPNOTSUPP: for another domain, -ENOSPC: no vector or number is left.
 */
#define MAP_PIRQ_TYPE_MSI       0x0 /* bus of 8 bits */
#define MAP_PIRQ_TYPE_GSI       0x1
#define MAP_PIRQ_TYPE_UNKNOWN   0x2
#define MAP_PIRQ_TYPE_MSI_SEG   0x3 /* bus: segment in the upper half */
#define MAP_PIRQ_TYPE_MULTI_MSI 0x4 /* entry_nr: how many; pirqs in a row */
#define PHYSDEVOP_map_pirq 13
struct physdev_map_pirq {
	domid_t domid;			/* IN: DOMID_SELF */
	int type;			/* IN: MAP_PIRQ_TYPE_* */
	int index;			/* IN: the GSI */
	int pirq;			/* INOUT: wanted, or negative; given */
	int bus;			/* IN: of the device, for MSI */
	int devfn;			/* IN: device << 3 | function */
	int entry_nr;			/* IN: of MSI-X, or count; OUT: count */
	uint64_t table_base;		/* IN: machine address of the MSI-X */
					/* table, or 0 for MSI */
};
typedef struct physdev_map_pirq physdev_map_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_map_pirq_t);

/* Takes that back. -EINVAL: it has none. */
#define PHYSDEVOP_unmap_pirq 14
struct physdev_unmap_pirq {
	domid_t domid;			/* IN: DOMID_SELF */
	int pirq;			/* IN */
};
typedef struct physdev_unmap_pirq physdev_unmap_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_unmap_pirq_t);

/* Old ways to pci_device_add and _remove; accepted, and do nothing. */
#define PHYSDEVOP_manage_pci_add    15
#define PHYSDEVOP_manage_pci_remove 16
struct physdev_manage_pci {
	uint8_t bus;			/* IN */
	uint8_t devfn;			/* IN */
};
typedef struct physdev_manage_pci physdev_manage_pci_t;
DEFINE_XEN_GUEST_HANDLE(physdev_manage_pci_t);

/* Writes a device's MSI registers again, after it was reset. */
#define PHYSDEVOP_restore_msi 19
struct physdev_restore_msi {
	uint8_t bus;			/* IN */
	uint8_t devfn;			/* IN */
};
typedef struct physdev_restore_msi physdev_restore_msi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_restore_msi_t);

#define PHYSDEVOP_manage_pci_add_ext 20
struct physdev_manage_pci_ext {
	uint8_t bus;			/* IN */
	uint8_t devfn;			/* IN */
	uint32_t is_extfn;		/* IN */
	uint32_t is_virtfn;		/* IN */
	struct {
		uint8_t bus;
		uint8_t devfn;
	} physfn;			/* IN */
};
typedef struct physdev_manage_pci_ext physdev_manage_pci_ext_t;
DEFINE_XEN_GUEST_HANDLE(physdev_manage_pci_ext_t);

/* How a GSI signals. -EINVAL: there is none of this number. */
#define PHYSDEVOP_setup_gsi 21
struct physdev_setup_gsi {
	int gsi;			/* IN */
	uint8_t triggering;		/* IN: 0 edge, 1 level */
	uint8_t polarity;		/* IN: 0 high, 1 low */
};
typedef struct physdev_setup_gsi physdev_setup_gsi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_setup_gsi_t);

/* A pirq that is not in use. -ENOSPC */
#define PHYSDEVOP_get_free_pirq 23
struct physdev_get_free_pirq {
	int type;			/* IN: MAP_PIRQ_TYPE_* */
	uint32_t pirq;			/* OUT */
};
typedef struct physdev_get_free_pirq physdev_get_free_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_get_free_pirq_t);

/* Where the configuration space of PCI Express lies; accepted. */
#define XEN_PCI_MMCFG_RESERVED 0x1
#define PHYSDEVOP_pci_mmcfg_reserved 24
struct physdev_pci_mmcfg_reserved {
	uint64_t address;		/* IN: machine address */
	uint16_t segment;		/* IN */
	uint8_t start_bus;		/* IN */
	uint8_t end_bus;		/* IN */
	uint32_t flags;			/* IN: XEN_PCI_MMCFG_* */
};
typedef struct physdev_pci_mmcfg_reserved physdev_pci_mmcfg_reserved_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_mmcfg_reserved_t);

/* A device was found. -ENODEV: none answers there. */
#define XEN_PCI_DEV_EXTFN  0x1
#define XEN_PCI_DEV_VIRTFN 0x2 /* physfn says of which */
#define XEN_PCI_DEV_PXM    0x4 /* optarr[0] is its node */
#define PHYSDEVOP_pci_device_add 25
struct physdev_pci_device_add {
	uint16_t seg;			/* IN */
	uint8_t bus;			/* IN */
	uint8_t devfn;			/* IN */
	uint32_t flags;			/* IN: XEN_PCI_DEV_* */
	struct {
		uint8_t bus;
		uint8_t devfn;
	} physfn;			/* IN */
	__extension__ uint32_t optarr[XEN_FLEX_ARRAY_DIM];
};
typedef struct physdev_pci_device_add physdev_pci_device_add_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_device_add_t);

/* A device is gone; its MSI is to be set up again; its MSI-X is (no longer)
 * for another domain. All but the second are accepted and do nothing. */
#define PHYSDEVOP_pci_device_remove 26
#define PHYSDEVOP_restore_msi_ext   27
#define PHYSDEVOP_prepare_msix      30
#define PHYSDEVOP_release_msix      31
struct physdev_pci_device {
	uint16_t seg;			/* IN */
	uint8_t bus;			/* IN */
	uint8_t devfn;			/* IN */
};
typedef struct physdev_pci_device physdev_pci_device_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_device_t);

/* The USB controller with the debug port is reset; accepted. */
#define PHYSDEVOP_DBGP_RESET_PREPARE 1
#define PHYSDEVOP_DBGP_RESET_DONE    2
#define PHYSDEVOP_DBGP_BUS_UNKNOWN   0
#define PHYSDEVOP_DBGP_BUS_PCI       1
#define PHYSDEVOP_dbgp_op 29
struct physdev_dbgp_op {
	uint8_t op;			/* IN: PHYSDEVOP_DBGP_RESET_* */
	uint8_t bus;			/* IN: PHYSDEVOP_DBGP_BUS_* */
	union {
		physdev_pci_device_t pci;
	} u;				/* IN */
};
typedef struct physdev_dbgp_op physdev_dbgp_op_t;
DEFINE_XEN_GUEST_HANDLE(physdev_dbgp_op_t);

#endif
