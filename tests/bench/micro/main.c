/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions of one operation, as a dom0 that is alone on the machine sees
 * them: with QEMU's --icount a cycle of the TSC is one instruction.  Each row is
 * the mean of ROUNDS operations, the loop included; the first goes uncounted.
 * Prints lines `bench NAME INSTRUCTIONS`, and where the hypervisor has counters
 * `events NAME OPERATIONS EXITS N...` (see counters[]), which tests/bench/run reads.
 */
#include "perf.h"
#include "peers.h"

#define ROUNDS		1000
#define MULTI		32
#define BATCH		128

static grant_entry_v1_t *grants;
static u32 ipi_port;
static char *page_a, *page_b, *windows;
static u64 pte_a, pte_b, window_ptes;
static u64 empty_l1, full_l1;	/* frames of tables that are not in use */
static unsigned int failures;	/* operations that were refused */

/* fault64.S, fault32.S */
void fault_at(unsigned long address);
extern const char fault_handler[];
/* syscall64.S */
extern const char user_syscalls[] __attribute__((weak));
extern const char syscall_handler[] __attribute__((weak));

static u64 now(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) :: "memory");
	return (u64)hi << 32 | lo;
}

/* ---- Operations: each returns how many it did ---------------------------- */

static unsigned int null_hypercall(void)
{
	HC2(xen_version, 0, 0);
	return 1;
}

static unsigned int null_multicall(void)
{
	static struct multicall_entry m[MULTI];
	unsigned int i;

	for (i = 0; i < MULTI; i++)
		m[i] = (struct multicall_entry){
			.op = __HYPERVISOR_xen_version };
	HC2(multicall, m, MULTI);
	return MULTI;
}

static unsigned int event_send(void)
{
	struct evtchn_send s = { .port = ipi_port };

	HC2(event_channel_op, EVTCHNOP_send, &s);
	return 1;
}

static unsigned int event_open_close(void)
{
	struct evtchn_alloc_unbound a = { .dom = DOMID_SELF,
					  .remote_dom = DOMID_SELF };
	struct evtchn_close c;

	HC2(event_channel_op, EVTCHNOP_alloc_unbound, &a);
	c.port = a.port;
	HC2(event_channel_op, EVTCHNOP_close, &c);
	return 1;
}

static unsigned int map_same(void)
{
	update_va_mapping((unsigned long)page_a, pte_a, 0);
	return 1;
}

static unsigned int map_other(void)
{
	static bool odd;

	odd = !odd;
	update_va_mapping((unsigned long)page_a, odd ? pte_b : pte_a,
			  UVMF_INVLPG);
	return 1;
}

static unsigned int map_clear_restore(void)
{
	update_va_mapping((unsigned long)page_a, 0, UVMF_INVLPG);
	update_va_mapping((unsigned long)page_a, pte_a, UVMF_INVLPG);
	return 1;
}

static unsigned int mmu_batch(unsigned int n)
{
	static struct mmu_update u[BATCH];
	unsigned int i;

	for (i = 0; i < n; i++) {
		u[i].ptr = window_ptes + i * 8;
		u[i].val = pte_b;
	}
	hypercall(__HYPERVISOR_mmu_update, (unsigned long)u, n, 0, DOMID_SELF,
		  0);
	return n;
}

static unsigned int mmu_1(void)
{
	return mmu_batch(1);
}

static unsigned int mmu_32(void)
{
	return mmu_batch(32);
}

static unsigned int mmu_128(void)
{
	return mmu_batch(128);
}

/* Pinned and unpinned: all entries are looked at, twice. */
static unsigned int pin_l1(u64 mfn)
{
	struct mmuext_op op[2] = {
		{ .cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = mfn },
		{ .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = mfn },
	};

	HC4(mmuext_op, op, 2, 0, DOMID_SELF);
	return 1;
}

static unsigned int pin_empty(void)
{
	return pin_l1(empty_l1);
}

static unsigned int pin_full(void)
{
	return pin_l1(full_l1);
}

static unsigned int stack_switch(void)
{
	HC2(stack_switch, KERNEL_DS, trap_stack_end);
	return 1;
}

static unsigned int set_debugreg(void)
{
	HC2(set_debugreg, 0, 0x1000);
	return 1;
}

static unsigned int sched_yield(void)
{
	HC2(sched_op, SCHEDOP_yield, 0);
	return 1;
}

static unsigned int forced_cpuid(void)
{
	u32 a = 1, b, c = 0, d;

	__asm__ volatile("ud2; .ascii \"xen\"; cpuid"
			 : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return 1;
}

static unsigned int read_msr(void)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(0xc0000100));
	return 1;
}

static unsigned int read_cr3(void)
{
	unsigned long x;

	__asm__ volatile("mov %%cr3, %0" : "=r"(x));
	return 1;
}

static unsigned int clear_ts(void)
{
	__asm__ volatile("clts");
	return 1;
}

static unsigned int page_fault(void)
{
	fault_at(HOLE_ADDRESS);
	return 1;
}

/* From user mode, which is entered and left once for many of them. */
static unsigned int system_call(void)
{
	struct frame f;

	set_callbacks((unsigned long)event_entry, (unsigned long)failsafe_entry,
		      (unsigned long)syscall_handler);
	catch_user(user_syscalls, ROUNDS, &f);
	return ROUNDS;
}

static void grant_copy(unsigned int bytes)
{
	struct gnttab_copy c = {
		.source.u.ref = 8,
		.source.domid = DOMID_SELF,
		.dest.u.gmfn = PTE_FRAME(pte_b),
		.dest.domid = DOMID_SELF,
		.len = bytes,
		.flags = GNTCOPY_source_gref,
	};

	HC3(grant_table_op, GNTTABOP_copy, &c, 1);
	failures += c.status != GNTST_okay;
}

static unsigned int grant_copy_64(void)
{
	grant_copy(64);
	return 1;
}

static unsigned int grant_copy_page(void)
{
	grant_copy(PAGE_SIZE);
	return 1;
}

static unsigned int grant_map_batch(unsigned int n)
{
	static struct gnttab_map_grant_ref m[BATCH];
	static struct gnttab_unmap_grant_ref u[BATCH];
	unsigned int i;

	for (i = 0; i < n; i++)
		m[i] = (struct gnttab_map_grant_ref){
			.host_addr = (unsigned long)windows + i * PAGE_SIZE,
			.flags = GNTMAP_host_map, .ref = 8, .dom = 0 };
	HC3(grant_table_op, GNTTABOP_map_grant_ref, m, n);
	for (i = 0; i < n; i++)
		u[i] = (struct gnttab_unmap_grant_ref){
			.host_addr = m[i].host_addr, .handle = m[i].handle };
	HC3(grant_table_op, GNTTABOP_unmap_grant_ref, u, n);
	/* The first and the last, once a batch: it is not the guest's time. */
	failures += m[0].status || m[n - 1].status || u[0].status ||
		    u[n - 1].status;
	return n;
}

static unsigned int grant_map_1(void)
{
	return grant_map_batch(1);
}

static unsigned int grant_map_32(void)
{
	return grant_map_batch(32);
}

/* ---- Preparation ----------------------------------------------------------- */

static void open_ipi(void)
{
	struct evtchn_bind_ipi b = { .vcpu = 0 };

	HC2(event_channel_op, EVTCHNOP_bind_ipi, &b);
	ipi_port = b.port;
	shared_info->evtchn_mask[b.port / BITS_PER_LONG] |=
		1UL << b.port % BITS_PER_LONG;
}

/* All ports that a 2-level guest has; one of the last is used. */
static void open_all_ports(void)
{
	struct evtchn_alloc_unbound a = { .dom = DOMID_SELF,
					  .remote_dom = DOMID_SELF };
	struct evtchn_close c;

	while (!HC2(event_channel_op, EVTCHNOP_alloc_unbound, &a))
		;
	c.port = a.port;
	HC2(event_channel_op, EVTCHNOP_close, &c);
	open_ipi();
}

static void open_grants(void)
{
	unsigned long frames[1] = { 0 };
	struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };

	set_xen_guest_handle(s.frame_list, frames);
	HC3(grant_table_op, GNTTABOP_setup_table, &s, 1);
	grants = alloc_page();
	map_page((unsigned long)grants, PTE_RW(frames[0]), UVMF_INVLPG);
	grants[8].domid = 0;
	grants[8].frame = mfn_of(page_a);
	barrier();
	grants[8].flags = GTF_permit_access;
}

static void catch_faults(void)
{
	struct trap_info t[2] = {
		{ .vector = 14, .cs = KERNEL_CS,
		  .address = (unsigned long)fault_handler },
	};

	HC1(set_trap_table, t);
}

/* BATCH pages in a row, of one L1 table, that nothing is mapped at. */
static void open_windows(void)
{
	static char room[(BATCH + 512) * 4096] __attribute__((aligned(4096)));
	unsigned long at = ((unsigned long)room + 0x1fffff) & ~0x1fffffUL;
	unsigned int i;

	if (at + BATCH * PAGE_SIZE > (unsigned long)room + sizeof(room))
		at = (unsigned long)room;
	windows = (char *)at;
	window_ptes = l1_entry_maddr(at);
	for (i = 0; i < BATCH; i++)
		update_va_mapping(at + i * PAGE_SIZE, 0, UVMF_INVLPG);
}

static u64 make_table(u64 pte)
{
	u64 *table = alloc_page();
	unsigned int i;

	for (i = 0; i < 512; i++)
		table[i] = pte;
	map_page((unsigned long)table, PTE_RO(mfn_of(table)), UVMF_INVLPG);
	return mfn_of(table);
}

static const struct {
	const char *name;
	unsigned int (*run)(void);
	bool only64;
	void (*open)(void), (*close)(void);	/* once, around all rounds */
} rows[] = {
	{ .name = "null-hypercall", .run = null_hypercall },
	{ .name = "multicall-entry", .run = null_multicall },
	{ .name = "event-send", .run = event_send },
	{ .name = "event-open-close", .run = event_open_close },
	{ .name = "map-same", .run = map_same },
	{ .name = "map-other", .run = map_other },
	{ .name = "map-clear-restore", .run = map_clear_restore },
	{ .name = "mmu-update-1", .run = mmu_1 },
	{ .name = "mmu-update-32", .run = mmu_32 },
	{ .name = "mmu-update-128", .run = mmu_128 },
	{ .name = "pin-empty-l1", .run = pin_empty },
	{ .name = "pin-full-l1", .run = pin_full },
	{ .name = "stack-switch", .run = stack_switch },
	{ .name = "set-debugreg", .run = set_debugreg },
	{ .name = "yield", .run = sched_yield },
	{ .name = "forced-cpuid", .run = forced_cpuid },
	{ .name = "rdmsr-fs-base", .run = read_msr, .only64 = true },
	{ .name = "read-cr3", .run = read_cr3 },
	{ .name = "clts", .run = clear_ts },
	{ .name = "page-fault", .run = page_fault },
	{ .name = "system-call", .run = system_call, .only64 = true },
	{ .name = "grant-copy-64", .run = grant_copy_64 },
	{ .name = "grant-copy-4096", .run = grant_copy_page },
	{ .name = "grant-map-1", .run = grant_map_1 },
	{ .name = "grant-map-32", .run = grant_map_32 },
	{ .name = "ping-pong", .run = peer_ping_pong, .only64 = true,
	  .open = peer_open_ping_pong, .close = peer_close },
	{ .name = "switch-twice", .run = peer_switch, .only64 = true,
	  .open = peer_open_switch, .close = peer_close },
	{ .name = "null-all-ports", .run = null_hypercall,
	  .open = open_all_ports },
	{ .name = "send-all-ports", .run = event_send },
};

/* What a row of tests/bench/run shows beside the instructions. */
static const char *const counters[] = {
	"cr3-load", "tlb-flush-full", "tlb-flush-one", "ipi-sent",
	"grant-copy-bytes",
};

static void print_events(const char *name, unsigned int ops)
{
	unsigned int i;

	if (perf_read())
		return;
	print("events %s %u %llu", name, ops, (unsigned long long)perf_exits());
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		print(" %llu", (unsigned long long)perf_delta(counters[i]));
	print("\n");
}

static void measure(const char *name, unsigned int (*run)(void))
{
	unsigned int i, ops = 0;
	u64 start, ns;
	u32 rem;

	run();
	perf_read();
	start = now();
	for (i = 0; i < ROUNDS; i++)
		ops += run();
	ns = now() - start;
	print_events(name, ops);
	print("bench %s %llu\n", name,
	      (unsigned long long)div_u64(ns + ops / 2, ops, &rem));
}

void test_main(void)
{
	unsigned int i;

	page_a = alloc_page();
	page_b = alloc_page();
	pte_a = *l1_entry((unsigned long)page_a);
	pte_b = PTE_RW(mfn_of(page_b));
	open_ipi();
	open_grants();
	open_windows();
	empty_l1 = make_table(0);
	full_l1 = make_table(PTE_RO(mfn_of(page_b)));
	catch_faults();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].only64 && IS_32BIT)
			continue;
		if (rows[i].open)
			rows[i].open();
		measure(rows[i].name, rows[i].run);
		if (rows[i].close)
			rows[i].close();
	}
	CHECK_EQ(i, ARRAY_SIZE(rows));
	CHECK_EQ(failures, 0);
}
