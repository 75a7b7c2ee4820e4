/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI tables, read through the mapping that head.S made of the first 4 GiB; so
 * all of it happens before our own page tables are in use.
 */
#include "boot/boot.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "x86/acpi.h"

struct acpi_info acpi_info;

struct rsdp {
	char signature[8];
	u8 checksum;
	char oem[6];
	u8 revision;
	u32 rsdt;
	u32 length;
	u64 xsdt;
} __packed;

struct header {
	char signature[4];
	u32 length;
	u8 revision, checksum;
	char oem[6], table[8];
	u32 oem_revision, creator, creator_revision;
} __packed;

struct gas {			/* generic address */
	u8 space, width, offset, access;
	u64 addr;
} __packed;

struct fadt {
	struct header h;
	u32 facs, dsdt;
	u8 reserved0, profile;
	u16 sci;
	u32 smi_cmd;
	u8 enable, disable, s4bios, pstate;
	u32 pm1a_evt, pm1b_evt, pm1a_cnt, pm1b_cnt, pm2_cnt, pm_timer;
	u32 gpe0, gpe1;
	u8 pm1_evt_len, pm1_cnt_len, pm2_cnt_len, pm_timer_len;
	u8 gpe0_len, gpe1_len, gpe1_base, cst;
	u16 c2_latency, c3_latency, flush_size, flush_stride;
	u8 duty_offset, duty_width, day_alarm, month_alarm, century;
	u16 boot_arch;
	u8 reserved1;
	u32 flags;
	struct gas reset;
	u8 reset_value;
} __packed;

#define FADT_RESET_SUPPORTED	BIT(10)

struct madt_entry {
	u8 type, length;
	union {
		struct { u8 id, apic_id; u32 flags; } __packed lapic;
		struct { u8 id, reserved; u32 addr, gsi_base; } __packed io;
		struct { u8 bus, isa; u32 gsi; u16 flags; } __packed iso;
		struct { u16 reserved; u64 addr; } __packed lapic_addr;
		struct { u16 reserved; u32 apic_id, flags, id; } __packed x2;
	};
} __packed;

struct madt {
	struct header h;
	u32 lapic, flags;
} __packed;

struct mcfg {
	struct header h;
	u64 reserved;
	struct { u64 addr; u16 segment; u8 first, last; u32 reserved; }
		__packed windows[];
} __packed;

#define MAPPED_LIMIT	(4 * GIB)

static __init const void *at(u64 addr, u64 size)
{
	if (!addr || addr + size > MAPPED_LIMIT)
		return NULL;
	return maddr_to_virt(MADDR(addr));
}

static __init bool checksum_ok(const void *p, u32 length)
{
	const u8 *b = p;
	u8 sum = 0;

	while (length--)
		sum += *b++;
	return sum == 0;
}

static __init void add_cpu(u32 id, u32 apic, u32 flags)
{
	unsigned int n = acpi_info.cpu_count;

	if (!(flags & 1) || n == ARRAY_SIZE(acpi_info.cpus))
		return;
	acpi_info.cpus[n].id = id;
	acpi_info.cpus[n].apic_id = apic;
	acpi_info.cpu_count++;
}

static __init void add_ioapic(const struct madt_entry *e)
{
	unsigned int n = acpi_info.ioapic_count;

	if (n == ARRAY_SIZE(acpi_info.ioapics))
		return;
	acpi_info.ioapics[n].id = e->io.id;
	acpi_info.ioapics[n].addr = MADDR((u64)e->io.addr);
	acpi_info.ioapics[n].gsi_base = e->io.gsi_base;
	acpi_info.ioapic_count++;
}

static __init void add_override(const struct madt_entry *e)
{
	unsigned int n = acpi_info.override_count;

	if (n == ARRAY_SIZE(acpi_info.overrides))
		return;
	acpi_info.overrides[n].isa = e->iso.isa;
	acpi_info.overrides[n].gsi = e->iso.gsi;
	acpi_info.overrides[n].flags = e->iso.flags;
	acpi_info.override_count++;
}

static __init void parse_madt(const struct madt *madt)
{
	const u8 *p = (const u8 *)(madt + 1);
	const u8 *end = (const u8 *)madt + madt->h.length;

	acpi_info.lapic = MADDR((u64)madt->lapic);
	while (p + 2 <= end) {
		const struct madt_entry *e = (const void *)p;

		if (e->length < 2 || p + e->length > end)
			return;
		switch (e->type) {
		case 0:
			add_cpu(e->lapic.id, e->lapic.apic_id, e->lapic.flags);
			break;
		case 1:
			add_ioapic(e);
			break;
		case 2:
			add_override(e);
			break;
		case 5:
			acpi_info.lapic = MADDR(e->lapic_addr.addr);
			break;
		case 9:
			add_cpu(e->x2.id, e->x2.apic_id, e->x2.flags);
			break;
		}
		p += e->length;
	}
}

/*
 * _S5_ in the DSDT's bytecode: name, package (0x12, length, count), then the
 * two values, each a byte constant (0x0a n) or zero or one themselves.
 */
static __init void find_s5(const struct header *dsdt)
{
	const u8 *p = (const u8 *)(dsdt + 1);
	const u8 *end = (const u8 *)dsdt + dsdt->length;
	u8 values[2] = { 0, 0 };

	for (; p + 16 < end; p++)
		if (!memcmp(p, "_S5_\x12", 5))
			break;
	if (p + 16 >= end)
		return;
	p += 5;
	p += (*p >> 6) + 2;
	for (unsigned int i = 0; i < 2; i++) {
		if (*p == 0x0a)
			p++;
		values[i] = *p++;
	}
	acpi_info.s5_found = true;
	acpi_info.s5_a = values[0] << 10;
	acpi_info.s5_b = values[1] << 10;
}

static __init void parse_fadt(const struct fadt *f)
{
	const struct header *dsdt = at(f->dsdt, sizeof(*dsdt));

	acpi_info.sci = f->sci;
	acpi_info.pm1a_cnt = f->pm1a_cnt;
	acpi_info.pm1b_cnt = f->pm1b_cnt;
	acpi_info.pm_timer_port = f->pm_timer_len == 4 ? f->pm_timer : 0;
	if (f->h.length >= offsetof(struct fadt, reset_value) + 1 &&
	    (f->flags & FADT_RESET_SUPPORTED)) {
		acpi_info.reset_supported = true;
		acpi_info.reset_space = f->reset.space;
		acpi_info.reset_addr = f->reset.addr;
		acpi_info.reset_value = f->reset_value;
	}
	if (dsdt && !memcmp(dsdt->signature, "DSDT", 4) &&
	    at(f->dsdt, dsdt->length))
		find_s5(dsdt);
}

static __init void parse_mcfg(const struct mcfg *m)
{
	if (m->h.length < sizeof(*m) + sizeof(m->windows[0]))
		return;
	acpi_info.mcfg = MADDR(m->windows[0].addr);
	acpi_info.mcfg_segment = m->windows[0].segment;
	acpi_info.mcfg_bus_first = m->windows[0].first;
	acpi_info.mcfg_bus_last = m->windows[0].last;
}

static __init void parse_table(u64 addr)
{
	const struct header *h = at(addr, sizeof(*h));

	if (!h || !at(addr, h->length)) {
		pr_warn("acpi: table at %#lx is out of reach\n", addr);
		return;
	}
	if (!checksum_ok(h, h->length))
		pr_warn("acpi: %.4s has a wrong checksum\n", h->signature);
	if (!memcmp(h->signature, "APIC", 4))
		parse_madt((const void *)h);
	else if (!memcmp(h->signature, "FACP", 4))
		parse_fadt((const void *)h);
	else if (!memcmp(h->signature, "MCFG", 4))
		parse_mcfg((const void *)h);
}

static __init void parse_root(u64 addr, unsigned int entry)
{
	const struct header *root = at(addr, sizeof(*root));
	const u8 *p = (const u8 *)(root + 1);

	if (!root || !at(addr, root->length))
		return;
	for (u32 n = (root->length - sizeof(*root)) / entry; n; n--) {
		u64 table = 0;

		memcpy(&table, p, entry);
		parse_table(table);
		p += entry;
	}
}

static __init const struct rsdp *scan(u64 start, u64 end)
{
	for (; start < end; start += 16) {
		const struct rsdp *r = at(start, sizeof(*r));

		if (!memcmp(r->signature, "RSD PTR ", 8) && checksum_ok(r, 20))
			return r;
	}
	return NULL;
}

static __init const struct rsdp *find_rsdp(void)
{
	const struct rsdp *r = NULL;
	const u16 *ebda = at(0x40e, 2);

	if (boot_info.rsdp.v)
		r = at(boot_info.rsdp.v, sizeof(*r));
	if (!r && *ebda >= 0x8000)
		r = scan((u64)*ebda << 4, ((u64)*ebda << 4) + KIB);
	if (!r)
		r = scan(0xe0000, 0x100000);
	return r;
}

/* Without a MADT: the I/O APIC of every PC, its timer on line 2. */
static __init void assume_pc(void)
{
	acpi_info.ioapics[0].addr = MADDR(0xfec00000);
	acpi_info.ioapic_count = 1;
	acpi_info.overrides[0].isa = 0;
	acpi_info.overrides[0].gsi = 2;
	acpi_info.override_count = 1;
}

__init void acpi_init(void)
{
	const struct rsdp *r = find_rsdp();

	if (r && r->revision >= 2 && r->xsdt && r->xsdt < MAPPED_LIMIT)
		parse_root(r->xsdt, 8);
	else if (r)
		parse_root(r->rsdt, 4);
	if (!acpi_info.ioapic_count)
		assume_pc();
	if (r)
		pr_info("acpi: %u CPUs, %u I/O APICs\n", acpi_info.cpu_count,
			acpi_info.ioapic_count);
	else
		pr_warn("acpi: no tables\n");
}
