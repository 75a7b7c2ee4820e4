/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests that are copies of this kernel: see clone.h. */
#define __XEN_TOOLS__ 1
#include "clone.h"
#include <xen/domctl.h>
#include <xen/sysctl.h>

extern char start[];

/* Where things are in its memory, by frame number, behind its image. */
struct layout {
	unsigned int info, console, list, tables, tables_end;
	unsigned int l1_count, upper;	/* upper: first table above the L1s */
};

long clone_domctl(struct xen_domctl *op, unsigned int cmd, unsigned int id)
{
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = id;
	return HC1(domctl, op);
}

long clone_sysctl(struct xen_sysctl *op, unsigned int cmd)
{
	op->cmd = cmd;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	return HC1(sysctl, op);
}

static struct layout lay_out(void)
{
	struct layout l;

	l.info = pfn_of(image_end + PAGE_SIZE - 1);
	l.console = l.info + 1;
	l.list = l.console + 1;
	l.tables = l.list + CLONE_PAGES * sizeof(long) / PAGE_SIZE;
	l.l1_count = (CLONE_PAGES + 511) / 512;
	l.upper = l.tables + l.l1_count;
	l.tables_end = l.upper + (IS_32BIT ? 5 : 3);
	return l;
}

/* ---- its memory ----------------------------------------------------------------- */

/* One of its frames in place of the window page. */
static void *look(struct clone *c, unsigned int pfn, bool writable)
{
	u64 mfn = c->mfn[pfn], pte = writable ? PTE_RW(mfn) : PTE_RO(mfn);

	if (update_one(maddr_of(l1_entry(addr_of(c->window))), pte, c->id))
		return 0;
	mmuext(MMUEXT_INVLPG_LOCAL, addr_of(c->window));
	return c->window;
}

static void look_away(struct clone *c)
{
	CHECK_EQ(make_rw(c->window), 0);
}

static void write_frame(struct clone *c, unsigned int pfn, const void *from,
			size_t size)
{
	char *to = look(c, pfn, true);

	if (!to) {
		CHECK(to);
		return;
	}
	if (size < PAGE_SIZE)
		memset(to, 0, PAGE_SIZE);
	memcpy(to, from, size);
}

static void write_image(struct clone *c)
{
	unsigned long at;

	for (at = addr_of(image_start) & PAGE_MASK; at < addr_of(image_end);
	     at += PAGE_SIZE)
		if (at != addr_of(c->window))
			write_frame(c, at / PAGE_SIZE, (void *)at, PAGE_SIZE);
}

/* ---- its tables -------------------------------------------------------------------- */

static void write_l1(struct clone *c, const struct layout *l, unsigned int n)
{
	static u64 table[512];
	unsigned int i;

	for (i = 0; i < 512; i++) {
		unsigned int pfn = n * 512 + i;

		table[i] = pfn >= CLONE_PAGES ? 0 :
			   pfn >= l->tables && pfn < l->tables_end ?
			   PTE_RO(c->mfn[pfn]) : PTE_RW(c->mfn[pfn]);
	}
	write_frame(c, l->tables + n, table, PAGE_SIZE);
}

static u64 entry(struct clone *c, unsigned int pfn, u64 flags)
{
	return (u64)c->mfn[pfn] << 12 | flags;
}

/* L2 and above: they name each other in a row, L1 tables first. */
static void write_upper(struct clone *c, const struct layout *l)
{
	static u64 table[512];
	unsigned int i;

	memset(table, 0, sizeof(table));
	for (i = 0; i < l->l1_count; i++)
		table[i] = entry(c, l->tables + i, UPPER_FLAGS);
	write_frame(c, l->upper, table, PAGE_SIZE);
	memset(table, 0, sizeof(table));
	if (!IS_32BIT) {
		table[0] = entry(c, l->upper, UPPER_FLAGS);
		write_frame(c, l->upper + 1, table, PAGE_SIZE);
		table[0] = entry(c, l->upper + 1, UPPER_FLAGS);
		write_frame(c, l->upper + 2, table, PAGE_SIZE);
		return;
	}
	for (i = 1; i < 4; i++)
		write_frame(c, l->upper + i, table, PAGE_SIZE);
	for (i = 0; i < 4; i++)
		table[i] = entry(c, l->upper + i, 1);
	write_frame(c, l->upper + 4, table, PAGE_SIZE);
}

/* ---- creation ------------------------------------------------------------------------ */

static long create_domain(struct clone *c)
{
	struct xen_domctl op;
	long rc;

	memset(&op, 0, sizeof(op));
	op.u.createdomain.max_vcpus = CLONE_VCPUS;
	op.u.createdomain.max_evtchn_port = 1023;
	op.u.createdomain.max_grant_frames = 4;
	op.u.createdomain.max_maptrack_frames = 8;
	op.u.createdomain.grant_opts = XEN_DOMCTL_GRANT_version(1);
	rc = clone_domctl(&op, XEN_DOMCTL_createdomain, 0);
	if (rc)
		return rc;
	c->id = op.domain;
	if (IS_32BIT) {
		memset(&op, 0, sizeof(op));
		op.u.address_size.size = 32;
		rc = clone_domctl(&op, XEN_DOMCTL_set_address_size, c->id);
	}
	memset(&op, 0, sizeof(op));
	op.u.max_mem.max_memkb = (CLONE_PAGES + 64) * 4;
	if (!rc)
		rc = clone_domctl(&op, XEN_DOMCTL_max_mem, c->id);
	memset(&op, 0, sizeof(op));
	op.u.max_vcpus.max = CLONE_VCPUS;
	if (!rc)
		rc = clone_domctl(&op, XEN_DOMCTL_max_vcpus, c->id);
	return rc;
}

static long populate(struct clone *c)
{
	struct xen_memory_reservation r = { .nr_extents = CLONE_PAGES,
					    .domid = c->id };
	unsigned int i;

	for (i = 0; i < CLONE_PAGES; i++)
		c->mfn[i] = i;
	set_xen_guest_handle(r.extent_start, c->mfn);
	return HC2(memory_op, XENMEM_populate_physmap, &r) == CLONE_PAGES ?
	       0 : -XEN_ENOMEM;
}

long clone_create(struct clone *c)
{
	struct layout l = lay_out();
	unsigned int i;
	long rc;

	if (!c->window)
		c->window = alloc_page();
	CHECK(l.tables_end < CLONE_PAGES);
	rc = create_domain(c);
	if (rc)
		return rc;
	rc = populate(c);
	if (rc) {
		clone_kill(c);
		return rc;
	}
	write_image(c);
	for (i = 0; i < CLONE_PAGES * sizeof(long) / PAGE_SIZE; i++)
		write_frame(c, l.list + i, (char *)c->mfn + i * PAGE_SIZE,
			    PAGE_SIZE);
	for (i = 0; i < l.l1_count; i++)
		write_l1(c, &l, i);
	write_upper(c, &l);
	look_away(c);
	return 0;
}

static u64 shared_info_of(const struct clone *c)
{
	struct xen_domctl op;

	memset(&op, 0, sizeof(op));
	if (clone_domctl(&op, XEN_DOMCTL_getdomaininfo, c->id))
		return 0;
	return op.u.getdomaininfo.shared_info_frame << 12;
}

static void write_info(struct clone *c, const struct layout *l, int port,
		       const char *cmdline)
{
	static struct start_info si;

	memset(&si, 0, sizeof(si));
	memcpy(si.magic, start_info->magic, sizeof(si.magic));
	si.nr_pages = CLONE_PAGES;
	si.shared_info = shared_info_of(c);
	si.console.domU.mfn = c->mfn[l->console];
	si.console.domU.evtchn = port;
	si.pt_base = (l->tables_end - 1) * PAGE_SIZE;
	si.nr_pt_frames = l->tables_end - l->tables;
	si.mfn_list = l->list * PAGE_SIZE;
	memcpy(si.cmd_line, cmdline, strlen(cmdline));
	write_frame(c, l->info, &si, sizeof(si));
	look_away(c);
}

long clone_start(struct clone *c, const char *cmdline)
{
	static struct vcpu_guest_context context;
	struct layout l = lay_out();
	int port = port_alloc(c->id, DOMID_SELF);
	struct xen_domctl op;
	long rc;

	if (port < 0)
		return port;
	c->console_port = port_bind(c->id, port);
	write_info(c, &l, port, cmdline);
	fill_context(&context, (void (*)(void))start, stack_end);
	memset(context.trap_ctxt, 0, sizeof(context.trap_ctxt));
	context.user_regs.esi = l.info * PAGE_SIZE;
	context.ctrlreg[3] = cr3_of(c->mfn[l.tables_end - 1]);
	context.flags |= VGCF_online;
	memset(&op, 0, sizeof(op));
	set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
	rc = clone_domctl(&op, XEN_DOMCTL_setvcpucontext, c->id);
	memset(&op, 0, sizeof(op));
	return rc ? rc : clone_domctl(&op, XEN_DOMCTL_unpausedomain, c->id);
}

/* ---- while it lives ------------------------------------------------------------------ */

u64 clone_read(struct clone *c, const volatile u64 *at)
{
	const char *page = look(c, pfn_of((void *)addr_of(at)), false);
	u64 value = 0;

	if (page)
		value = *(const volatile u64 *)
			(page + (addr_of(at) & ~PAGE_MASK));
	look_away(c);
	return value;
}

void clone_console(struct clone *c)
{
	struct layout l = lay_out();
	volatile struct xencons_interface *r = look(c, l.console, true);
	static char line[2049];
	u32 n = 0;

	if (r) {
		while (r->out_cons != r->out_prod && n < 2048) {
			line[n++] = r->out[MASK_XENCONS_IDX(r->out_cons, r->out)];
			r->out_cons++;
		}
	}
	look_away(c);
	if (n)
		HC3(console_io, 0, n, line);
}

int clone_shut_down(const struct clone *c)
{
	struct xen_domctl op;
	u32 flags;

	memset(&op, 0, sizeof(op));
	if (clone_domctl(&op, XEN_DOMCTL_getdomaininfo, c->id) ||
	    op.domain != c->id)
		return -2;
	flags = op.u.getdomaininfo.flags;
	return flags & XEN_DOMINF_shutdown ?
	       (int)(flags >> XEN_DOMINF_shutdownshift &
		     XEN_DOMINF_shutdownmask) : -1;
}

void clone_kill(struct clone *c)
{
	u64 limit = time_now() + 10000 * MSEC;
	struct xen_domctl op;

	if (c->console_port)
		port_close(c->console_port);
	c->console_port = 0;
	do {
		memset(&op, 0, sizeof(op));
	} while (clone_domctl(&op, XEN_DOMCTL_destroydomain, c->id) ==
		 -XEN_EAGAIN && time_now() < limit);
}

bool clone_gone(struct clone *c)
{
	u64 limit = time_now() + 5000 * MSEC;

	while (clone_shut_down(c) != -2 && time_now() < limit)
		HC2(sched_op, SCHEDOP_yield, 0);
	return clone_shut_down(c) == -2;
}
