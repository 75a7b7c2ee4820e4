/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * platform_op(xen_platform_op): what domain 0's kernel does to the machine.
 * Privileged domains (-EPERM). -EACCES: another interface version, -ENOSYS: a
 * command that is not offered.
 */
#ifndef __XEN_PUBLIC_PLATFORM_H__
#define __XEN_PUBLIC_PLATFORM_H__

#include "xen.h"

#define XENPF_INTERFACE_VERSION 0x03000001

/* Sets the wall clock. -EINVAL: nsecs is a second or more. */
#define XENPF_settime32 17
struct xenpf_settime32 {
	uint32_t secs;			/* IN: since 1970, UTC */
	uint32_t nsecs;			/* IN */
	uint64_t system_time;		/* IN: when it was so, ns */
};
typedef struct xenpf_settime32 xenpf_settime32_t;
#define XENPF_settime64 62
struct xenpf_settime64 {
	uint64_t secs;			/* IN: since 1970, UTC */
	uint32_t nsecs;			/* IN */
	uint32_t mbz;			/* IN: 0, else -EINVAL */
	uint64_t system_time;		/* IN: when it was so, ns */
};
typedef struct xenpf_settime64 xenpf_settime64_t;
#define XENPF_settime XENPF_settime64
#define xenpf_settime xenpf_settime64
typedef struct xenpf_settime xenpf_settime_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_settime_t);

/*
 * What the firmware told. Nothing is kept: -ENOENT past the last disk, -ESRCH
 * for the others (there is no EFI), -EINVAL for unknown types.
 */
#define XENPF_firmware_info 50
#define XEN_FW_DISK_INFO          1
#define XEN_FW_DISK_MBR_SIGNATURE 2
#define XEN_FW_VBEDDC_INFO        3
#define XEN_FW_EFI_INFO           4
#define XEN_FW_KBD_SHIFT_FLAGS    5
struct xenpf_firmware_info {
	uint32_t type;			/* IN: XEN_FW_* */
	uint32_t index;			/* IN */
	union {
		struct {
			uint8_t device;
			uint8_t version;
			uint16_t interface_support;
			uint16_t legacy_max_cylinder;
			uint8_t legacy_max_head;
			uint8_t legacy_sectors_per_track;
			XEN_GUEST_HANDLE(void) edd_params;
		} disk_info;
		struct {
			uint8_t device;
			uint32_t mbr_signature;
		} disk_mbr_signature;
		struct {
			uint8_t capabilities;
			uint8_t edid_transfer_time;
			XEN_GUEST_HANDLE(uint8) edid;
		} vbeddc_info;
		union xenpf_efi_info {
			uint32_t version;
			struct {
				uint64_t addr;
				uint32_t nent;
			} cfg;
			struct {
				uint32_t revision;
				uint32_t bufsz;
				XEN_GUEST_HANDLE(void) name;
			} vendor;
			struct {
				uint64_t addr;
				uint64_t size;
				uint64_t attr;
				uint32_t type;
			} mem;
			struct {
				uint16_t segment;
				uint8_t bus;
				uint8_t devfn;
				uint16_t vendor;
				uint16_t devid;
				uint64_t address;
				xen_ulong_t size;
			} pci_rom;
			struct {
				uint64_t address;
				xen_ulong_t size;
			} apple_properties;
		} efi_info;
		uint8_t kbd_shift_flags;
	} u;				/* OUT */
};
typedef struct xenpf_firmware_info xenpf_firmware_info_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_firmware_info_t);

/*
 * Sleep state 5: switches the machine off, and does not return. -EOPNOTSUPP:
 * another state, -EINVAL: flags.
 */
#define XENPF_enter_acpi_sleep 51
struct xenpf_enter_acpi_sleep {
	uint16_t val_a;			/* IN: SLP_TYP for PM1a_CNT */
	uint16_t val_b;			/* IN: the same for PM1b_CNT */
	uint32_t sleep_state;		/* IN */
#define XENPF_ACPI_SLEEP_EXTENDED 0x00000001
	uint32_t flags;			/* IN: 0 */
};
typedef struct xenpf_enter_acpi_sleep xenpf_enter_acpi_sleep_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_enter_acpi_sleep_t);

/* Power states of a processor: XEN_PM_PDC is accepted, others are -EINVAL. */
#define XENPF_set_processor_pminfo 54
#define XEN_PM_CX  0
#define XEN_PM_PX  1
#define XEN_PM_TX  2
#define XEN_PM_PDC 3
struct xenpf_set_processor_pminfo {
	uint32_t id;			/* IN: of ACPI */
	uint32_t type;			/* IN: XEN_PM_* */
	union {
		XEN_GUEST_HANDLE(uint32) pdc;
		uint8_t pad[sizeof(long) == 8 ? 104 : 92]; /* room of others */
	} u;
};
typedef struct xenpf_set_processor_pminfo xenpf_set_processor_pminfo_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_set_processor_pminfo_t);

/* A processor of the machine. */
#define XENPF_get_cpuinfo 55
struct xenpf_pcpuinfo {
	uint32_t xen_cpuid;		/* IN */
	uint32_t max_present;		/* OUT: highest number */
#define XEN_PCPU_FLAGS_ONLINE  1
#define XEN_PCPU_FLAGS_INVALID 2 /* there is none of this number */
	uint32_t flags;			/* OUT: XEN_PCPU_FLAGS_* */
	uint32_t apic_id;		/* OUT */
	uint32_t acpi_id;		/* OUT */
};
typedef struct xenpf_pcpuinfo xenpf_pcpuinfo_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_pcpuinfo_t);

/* What kind it is; all zero where there is none. */
#define XENPF_get_cpu_version 48
struct xenpf_pcpu_version {
	uint32_t xen_cpuid;		/* IN */
	uint32_t max_present;		/* OUT: highest number */
	char vendor_id[12];		/* OUT: no zero byte at the end */
	uint32_t family;		/* OUT */
	uint32_t model;			/* OUT */
	uint32_t stepping;		/* OUT */
};
typedef struct xenpf_pcpu_version xenpf_pcpu_version_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_pcpu_version_t);

/* How many processors are kept idle: always none. -EINVAL: unknown type. */
#define XENPF_core_parking 60
#define XEN_CORE_PARKING_SET 1
#define XEN_CORE_PARKING_GET 2
struct xenpf_core_parking {
	uint32_t type;			/* IN: XEN_CORE_PARKING_* */
	uint32_t idle_nums;		/* IN (set), OUT (get) */
};
typedef struct xenpf_core_parking xenpf_core_parking_t;
DEFINE_XEN_GUEST_HANDLE(xenpf_core_parking_t);

struct xen_platform_op {
	uint32_t cmd;			/* IN: XENPF_* */
	uint32_t interface_version;	/* IN: XENPF_INTERFACE_VERSION */
	union {
		xenpf_settime_t settime;
		xenpf_settime32_t settime32;
		xenpf_settime64_t settime64;
		xenpf_firmware_info_t firmware_info;
		xenpf_enter_acpi_sleep_t enter_acpi_sleep;
		xenpf_set_processor_pminfo_t set_pminfo;
		xenpf_pcpuinfo_t pcpu_info;
		xenpf_pcpu_version_t pcpu_version;
		xenpf_core_parking_t core_parking;
		uint8_t pad[128];
	} u;
};
typedef struct xen_platform_op xen_platform_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_platform_op_t);

#endif
