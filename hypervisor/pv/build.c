/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Builds dom0 from the boot modules: kernel, and initrd if there is one.
 *
 * The initial region maps pseudo-physical frames from 0 on at the kernel's
 * virtual base: kernel, [initrd, [p2m]], start_info, page tables, boot stack,
 * slack.  Behind it, and not mapped there, come the initrd (whose frames are
 * used where the boot loader put them) and the p2m with its own tables, if
 * the kernel's notes say that it wants them so.
 */
#include "boot/boot.h"
#include "core/domain.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "pv/build.h"
#include "pv/page_type.h"
#include "x86/time.h"

/* It is a field's name in the public header, too. */
#undef dom0

/* Low memory that stays free, for device buffers (XENMEM_exchange). */
#define RESERVE		(128 * MIB)
#define SLACK		(512 * KIB)
#define REGION_ALIGN	(4 * MIB)

static __init u64 frames(u64 bytes)
{
	return DIV_UP(bytes, PAGE_SIZE);
}

/* Bytes of an entry in dom0's own list of its frames. */
static __init u64 p2m_entry(const struct build *b)
{
	return b->k.is_32bit ? sizeof(u32) : sizeof(u64);
}

/* ---- layout ------------------------------------------------------------------ */

static __init u64 dom0_frames(void)
{
	u64 free = heap_free_frames(), want = options.dom0_mem >> PAGE_SHIFT;
	u64 keep = (RESERVE >> PAGE_SHIFT) + free / 32, most;

	most = free > 2 * keep ? free - keep : free / 2;
	return want && want < most ? want : most;
}

/* The number of tables and the size of what they map depend on each other. */
static __init void lay_out_tables(struct build *b, u64 at)
{
	struct layout *l = &b->l;
	u64 base = b->k.virt_base, count = 1, end;

	l->start_info = at;
	l->tables = at + 1;
	for (;;) {
		l->stack = l->tables + count;
		end = ((l->stack + 1) << PAGE_SHIFT) + SLACK;
		end = ROUND_UP(base + end, REGION_ALIGN) - base;
		if (1 + tables_needed(b->k.is_32bit, base, end) <= count)
			break;
		count = 1 + tables_needed(b->k.is_32bit, base, end);
	}
	l->table_frames = count;
	l->region_end = end >> PAGE_SHIFT;
}

static __init void lay_out(struct build *b)
{
	struct layout *l = &b->l;
	u64 at = frames(b->k.end);

	l->kernel_end = at;
	l->total = dom0_frames();
	l->p2m_frames = frames(l->total * p2m_entry(b));
	if (b->initrd)
		l->initrd_frames = frames(b->initrd->size);
	if (l->initrd_frames && !b->k.mod_start_pfn) {
		l->initrd = at;
		at += l->initrd_frames;
	}
	if (!b->k.has_init_p2m) {
		l->p2m = at;
		at += l->p2m_frames;
	}
	lay_out_tables(b, at);
	at = l->region_end;
	if (l->initrd_frames && b->k.mod_start_pfn) {
		l->initrd = at;
		at += l->initrd_frames;
	}
	if (b->k.has_init_p2m) {
		l->p2m = at;
		l->p2m_tables = tables_needed(false, b->k.init_p2m,
					      l->p2m_frames << PAGE_SHIFT);
		at += l->p2m_frames + l->p2m_tables;
	}
	if (b->k.is_32bit &&
	    build_pfn_va(b, l->region_end) > HV_COMPAT_START)
		panic("dom0's first region does not fit below %#lx",
		      HV_COMPAT_START);
	if (at >= l->total)
		panic("dom0 needs at least %lu MiB (dom0_mem=)",
		      (at >> 8) + 1);
}

/* ---- memory ------------------------------------------------------------------- */

static __init void give_run(struct build *b, u64 pfn, mfn_t m, u64 n)
{
	frame_assign(m, n, b->d);
	for (u64 i = 0; i < n; i++) {
		m2p_set(MFN(m.v + i), pfn + i);
		b->p2m[pfn + i] = m.v + i;
	}
}

static __init void populate(struct build *b, u64 pfn, u64 end)
{
	unsigned int order = HEAP_MAX_ORDER;

	while (pfn < end) {
		mfn_t m;

		while (order && 1UL << order > end - pfn)
			order--;
		m = heap_alloc_dirty(order, m2p32_addr_bits(b->k.is_32bit, 0));
		if (!mfn_eq(m, INVALID_MFN)) {
			give_run(b, pfn, m, 1UL << order);
			pfn += 1UL << order;
		} else if (order) {
			order--;
		} else {
			panic("no memory for dom0 at frame %lu", pfn);
		}
	}
}

/*
 * The array must be contiguous for us to fill it while frames are given. That
 * of a 64-bit dom0 is its own; of a 32-bit one it is for us (write_p2m32()).
 */
static __init void alloc_p2m(struct build *b)
{
	u64 n = frames(b->l.total * sizeof(u64));
	unsigned int order = 0;

	while (1UL << order < n)
		order++;
	b->p2m_mfn = heap_alloc_dirty(order, 0);
	if (mfn_eq(b->p2m_mfn, INVALID_MFN))
		panic("no memory for dom0's p2m");
	b->p2m = mfn_to_virt(b->p2m_mfn);
	for (u64 i = n; i < 1UL << order; i++)
		heap_free(MFN(b->p2m_mfn.v + i), 0);
	for (u64 i = b->l.total; i < n * 512; i++)
		b->p2m[i] = ~0UL;
}

static __init void write_p2m32(struct build *b)
{
	u64 n = b->l.p2m_frames * (PAGE_SIZE / sizeof(u32));

	for (u64 i = 0; i < n; i++) {
		u32 *to = build_pfn_virt(b, b->l.p2m + i / 1024);

		to[i % 1024] = i < b->l.total ? (u32)b->p2m[i] : ~0U;
	}
}

static __init void free_p2m(struct build *b)
{
	u64 n = frames(b->l.total * sizeof(u64));

	for (u64 i = 0; b->k.is_32bit && i < n; i++)
		heap_free(MFN(b->p2m_mfn.v + i), 0);
}

/* Frames that have a place already. */
struct run {
	u64 pfn, n;
	mfn_t m;
};

/* The two of them in order, and what is between them. */
static __init void populate_all(struct build *b)
{
	struct layout *l = &b->l;
	struct run initrd = { l->initrd, l->initrd_frames, b->initrd_mfn };
	struct run p2m = { l->p2m, l->p2m_frames, b->p2m_mfn };
	struct run runs[2] = { p2m, initrd };
	u64 at = 0;

	if (initrd.pfn < p2m.pfn) {
		runs[0] = initrd;
		runs[1] = p2m;
	}
	for (unsigned int i = 0; i < 2; i++) {
		const struct run *r = &runs[i];

		if (!r->n || mfn_eq(r->m, INVALID_MFN) ||
		    (b->k.is_32bit && r->pfn == l->p2m))
			continue;
		populate(b, at, r->pfn);
		give_run(b, r->pfn, r->m, r->n);
		at = r->pfn + r->n;
	}
	populate(b, at, l->total);
	if (b->k.is_32bit)
		write_p2m32(b);
	b->d->max_pages = l->total;
}

__init void *build_pfn_virt(const struct build *b, u64 pfn)
{
	return mfn_to_virt(MFN(b->p2m[pfn]));
}

/* @data NULL: zeroes. */
static __init void fill(struct build *b, u64 paddr, const u8 *data, u64 size)
{
	while (size) {
		u64 offset = paddr & ~PAGE_MASK;
		u64 n = min(size, PAGE_SIZE - offset);
		u8 *to = (u8 *)build_pfn_virt(b, paddr >> PAGE_SHIFT) + offset;

		if (data) {
			memcpy(to, data, n);
			data += n;
		} else {
			memset(to, 0, n);
		}
		paddr += n;
		size -= n;
	}
}

static __init void fill_hypercall_page(const struct build *b, void *page)
{
	if (b->k.is_32bit)
		pv_fill_hypercall_page32(page);
	else
		pv_fill_hypercall_page(page);
}

static __init void load_kernel(struct build *b)
{
	u64 paddr, file_size, mem_size;
	unsigned int i = 0;
	const u8 *data;

	while (kernel_segment(&b->k, &i, &paddr, &data, &file_size,
			      &mem_size)) {
		fill(b, paddr, data, file_size);
		fill(b, paddr + file_size, NULL, mem_size - file_size);
	}
	if (b->k.has_hypercall_page) {
		u64 at = b->k.hypercall_page - b->k.virt_base;

		if (at & ~PAGE_MASK || at >> PAGE_SHIFT >= b->l.region_end)
			panic("dom0's hypercall page is outside of it");
		fill_hypercall_page(b, build_pfn_virt(b, at >> PAGE_SHIFT));
	}
}

static __init void load_initrd(struct build *b)
{
	if (b->initrd && mfn_eq(b->initrd_mfn, INVALID_MFN))
		fill(b, b->l.initrd << PAGE_SHIFT,
		     maddr_to_virt(b->initrd->start), b->initrd->size);
}

/* ---- page tables ---------------------------------------------------------------- */

static __init void map_region(struct build *b, u64 *top)
{
	struct layout *l = &b->l;
	struct table_builder t = {
		.top = top, .top_shift = b->k.is_32bit ? 30 : 39,
		.p2m = b->p2m,
		.next = l->tables + 1, .end = l->tables + l->table_frames,
	};

	if (b->k.is_32bit)
		tables_make_l2(&t);
	for (u64 pfn = 0; pfn < l->region_end; pfn++)
		tables_map(&t, b->k.virt_base + (pfn << PAGE_SHIFT),
			   MFN(b->p2m[pfn]), pfn < l->tables ||
			   pfn >= l->tables + l->table_frames);
	/* What the estimate left over must not be seen as a table. */
	for (; t.next < t.end; t.next++)
		memset(build_pfn_virt(b, t.next), 0, PAGE_SIZE);
}

static __init void map_p2m(struct build *b, u64 *top)
{
	struct layout *l = &b->l;
	u64 tables = l->p2m + l->p2m_frames;
	struct table_builder t = {
		.top = top, .top_shift = 39, .p2m = b->p2m,
		.next = tables, .end = tables + l->p2m_tables,
	};

	for (u64 i = 0; i < l->p2m_frames; i++)
		tables_map(&t, b->k.init_p2m + (i << PAGE_SHIFT),
			   MFN(b->p2m[l->p2m + i]), true);
	for (; t.next < t.end; t.next++)
		memset(build_pfn_virt(b, t.next), 0, PAGE_SIZE);
}

static __init void build_tables(struct build *b)
{
	mfn_t m = MFN(b->p2m[b->l.tables]);
	u64 *top = mfn_to_virt(m);
	int rc;

	memset(top, 0, PAGE_SIZE);
	map_region(b, top);
	if (b->k.has_init_p2m)
		map_p2m(b, top);
	spin_lock(&b->d->pv.mmu_lock);
	rc = page_get_type(b->d, m, page_root_type(b->d), false);
	spin_unlock(&b->d->pv.mmu_lock);
	if (rc)
		panic("dom0's first page tables are invalid: %d", rc);
	__atomic_fetch_or(&mfn_frame(m)->word, FRAME_PINNED, __ATOMIC_SEQ_CST);
}

/* ---- the domain --------------------------------------------------------------------- */

static __init struct domain *create(const struct kernel *k)
{
	struct domain_params p = {
		.max_vcpus = options.dom0_max_vcpus,
		.max_evtchn = EVTCHN_BUCKET * EVTCHN_BUCKETS - 1,
		.max_grant_frames = GNTTAB_MAX_FRAMES,
		.max_maptrack_frames = 1024,
		.privileged = true,
	};
	struct domain *d;
	int rc;

	if (!p.max_vcpus || p.max_vcpus > MAX_VCPUS)
		p.max_vcpus = min(cpu_online_count, (unsigned int)MAX_VCPUS);
	d = domain_create(0, &p, &pv_kind, &rc);
	if (!d)
		panic("dom0 cannot be created: %d", rc);
	for (unsigned int i = 0; i < p.max_vcpus; i++)
		if (!vcpu_create(d, i))
			panic("no memory for dom0's vCPU %u", i);
	rc = k->is_32bit ? domain_set_32bit(d) : 0;
	if (rc)
		panic("dom0 cannot be a 32-bit guest: %d", rc);
	if (k->extended_cr3)
		d->vm_assist |= BIT(VMASST_TYPE_pae_extended_cr3);
	return d;
}

static __init void find_kernel(struct build *b)
{
	const struct boot_module *m = &boot_info.modules[0];
	const char *fault;
	u64 begin = time_now();

	if (!boot_info.module_count)
		panic("the boot loader passed no kernel for dom0");
	fault = kernel_unpack(&b->k, maddr_to_virt(m->start), m->size);
	if (!fault)
		fault = kernel_parse(&b->k);
	if (fault)
		panic("dom0's kernel is unusable: %s", fault);
	if (!mfn_eq(b->k.unpacked, INVALID_MFN))
		pr_info("dom0: kernel unpacked, %lu KiB in %lu ms\n",
			b->k.size / KIB, (time_now() - begin) / MS);
}

/* In place if it starts on a page and is all RAM that is ours. */
static __init void find_initrd(struct build *b)
{
	struct boot_module *m = &boot_info.modules[1];

	b->initrd_mfn = INVALID_MFN;
	if (boot_info.module_count < 2 || !m->size)
		return;
	b->initrd = m;
	if (!(m->start.v & ~PAGE_MASK))
		b->initrd_mfn = maddr_to_mfn(m->start);
}

static __init void log_layout(const struct build *b, u64 begin)
{
	const struct layout *l = &b->l;

	pr_info("dom0: %lu MiB, kernel %#lx-%#lx, entry %#lx, virtual base "
		"%#lx\n", l->total >> 8, b->k.start, b->k.end, b->k.entry,
		b->k.virt_base);
	if (b->initrd)
		pr_info("dom0: initrd %lu KiB at frame %#lx%s\n",
			b->initrd->size / KIB, l->initrd,
			mfn_eq(b->initrd_mfn, INVALID_MFN) ? "" : ", in place");
	pr_info("dom0: p2m %#lx, start_info %#lx, %lu tables at %#lx, stack "
		"%#lx, region to %#lx; built in %lu ms\n", l->p2m,
		l->start_info, l->table_frames, l->tables, l->stack,
		l->region_end, (time_now() - begin) / MS);
}

__init struct domain *pv_build_dom0(void)
{
	static struct build b __initdata;
	u64 begin = time_now();

	find_kernel(&b);
	find_initrd(&b);
	b.d = create(&b.k);
	lay_out(&b);
	alloc_p2m(&b);
	populate_all(&b);
	load_kernel(&b);
	load_initrd(&b);
	build_tables(&b);
	build_start_info(&b);
	build_first_vcpu(&b);
	free_p2m(&b);
	kernel_free(&b.k);
	log_layout(&b, begin);
	/* The frames are dom0's now; the rest of the modules is given back. */
	if (!mfn_eq(b.initrd_mfn, INVALID_MFN))
		boot_info.modules[1].size = 0;
	return b.d;
}
