/* SPDX-License-Identifier: BSD-2-Clause */
/* The layout of a new PV domain; see plan.h. */
#include "builder/plan.h"

#include <string.h>

/* The hypervisor's part of every 64-bit address space: L4 slots 256..271. */
#define HYPERVISOR_START 0xffff800000000000ull
#define HYPERVISOR_END 0xffff880000000000ull
#define CANONICAL_HOLE 0x0000800000000000ull
/* Its part of a 32-bit one, up to the end. */
#define HYPERVISOR_START_32 0xf5800000ull

/* The ABI's promise for the end of the initial region. */
#define SLACK_BYTES (512ull << 10)
#define REGION_ALIGN (4ull << 20)

#define FRAMES_MAX (1ull << 28)		/* 1 TiB */

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

/* Whether [start, start + bytes) is all the guest's. */
static bool usable_range(const struct plan_kernel *k, uint64_t start,
			 uint64_t bytes)
{
	uint64_t last = start + bytes - 1;

	if (bytes == 0 || last < start)
		return false;
	if (k->is_32bit)
		return last < HYPERVISOR_START_32;
	if (last < CANONICAL_HOLE)
		return true;
	return start >= HYPERVISOR_END;
}

static int check_notes(const struct elf *elf, const struct elfnotes *notes,
		       const char *path, struct build_error *error)
{
	char feature[64];

	if (!notes->found)
		return build_fail(error, "kernel %s is not a Xen PV kernel: "
				  "it has no Xen ELF notes; use a kernel with "
				  "CONFIG_XEN_PV", path);
	if (!notes->pv)
		return build_fail(error, "kernel %s is not a Xen PV kernel: "
				  "it has only a PVH entry; use a kernel with "
				  "CONFIG_XEN_PV", path);
	if (!elf->is_64 && !elfnotes_pae(notes))
		return build_fail(error, "kernel %s is a 32-bit PV kernel "
				  "without PAE; use one built with PAE", path);
	if (notes->xen_version[0] &&
	    strncmp(notes->xen_version, "xen-3.0", 7) != 0)
		return build_fail(error, "kernel %s is for the interface "
				  "'%s', not xen-3.0; use another kernel",
				  path, notes->xen_version);
	if (notes->loader[0] && strcmp(notes->loader, "generic") != 0)
		return build_fail(error, "kernel %s wants the loader '%s', "
				  "only 'generic' is known; use another "
				  "kernel", path, notes->loader);
	if (notes->bsd_symtab)
		return build_fail(error, "kernel %s wants its symbols loaded "
				  "behind it (note BSD_SYMTAB), which is not "
				  "done; use a kernel without that note", path);
	if (elfnotes_missing_feature(notes, feature))
		return build_fail(error, "kernel %s demands the feature '%s', "
				  "which PV domains do not have; use another "
				  "kernel", path, feature);
	return 0;
}

static int check_addresses(const struct plan_kernel *k, const char *path,
			   struct build_error *error)
{
	uint64_t start, bytes;

	if (k->virt_base % PLAN_PAGE_SIZE || k->paddr_offset % PLAN_PAGE_SIZE)
		return build_fail(error, "kernel %s is malformed: VIRT_BASE "
				  "or PADDR_OFFSET is not a multiple of 4096",
				  path);
	if (k->pstart < k->paddr_offset ||
	    (k->pend - k->paddr_offset) >> PLAN_PAGE_SHIFT > FRAMES_MAX)
		return build_fail(error, "kernel %s is malformed: its "
				  "segments lie outside of any memory "
				  "(PADDR_OFFSET 0x%llx)", path,
				  (unsigned long long)k->paddr_offset);
	bytes = k->pend - k->paddr_offset;
	start = k->virt_base;
	if (!usable_range(k, start, bytes))
		return build_fail(error, "kernel %s is malformed: it wants "
				  "addresses of the hypervisor (VIRT_BASE "
				  "0x%llx)", path, (unsigned long long)start);
	if (k->entry < start || k->entry - start >= bytes)
		return build_fail(error, "kernel %s is malformed: its entry "
				  "0x%llx is outside of it", path,
				  (unsigned long long)k->entry);
	if (k->has_hypercall_page &&
	    (k->hypercall_page % PLAN_PAGE_SIZE ||
	     k->hypercall_page < start || k->hypercall_page - start >= bytes))
		return build_fail(error, "kernel %s is malformed: its "
				  "hypercall page 0x%llx is outside of it",
				  path,
				  (unsigned long long)k->hypercall_page);
	return 0;
}

int plan_kernel(struct plan_kernel *k, const struct elf *elf,
		const struct elfnotes *notes, const char *path,
		struct build_error *error)
{
	if (check_notes(elf, notes, path, error) < 0)
		return -1;
	*k = (struct plan_kernel){
		.is_32bit = !elf->is_64,
		.extended_cr3 = notes->pae_extended_cr3,
		.virt_base = notes->number[NOTE_VIRT_BASE],
		.paddr_offset = notes->number[NOTE_PADDR_OFFSET],
		.entry = elfnotes_has(notes, NOTE_ENTRY) ?
			notes->number[NOTE_ENTRY] : elf->entry,
		.hypercall_page = notes->number[NOTE_HYPERCALL_PAGE],
		.has_hypercall_page = elfnotes_has(notes, NOTE_HYPERCALL_PAGE),
		.init_p2m = notes->number[NOTE_INIT_P2M],
		.has_init_p2m = elf->is_64 &&
			elfnotes_has(notes, NOTE_INIT_P2M),
		.initrd_by_pfn = notes->number[NOTE_MOD_START_PFN] != 0,
		.pstart = elf->pstart,
		.pend = elf->pend,
	};
	return check_addresses(k, path, error);
}

/* How many tables of a level the addresses [start, end) need. */
static uint64_t tables_of_level(const struct plan_tables *t,
				unsigned int level)
{
	unsigned int shift = PLAN_PAGE_SHIFT + 9 * level;

	if (level == 4)
		return 1;
	if (t->pae && level >= 2)
		return level == 2 ? 4 : 1;
	return ((t->end - 1) >> shift) - (t->start >> shift) + 1;
}

/* Places the tables at `pfn`, the highest level first. */
static void place_tables(struct plan_tables *t, uint64_t pfn)
{
	t->all.pfn = pfn;
	for (unsigned int level = t->top; level >= 1; level--) {
		t->pfn[level] = pfn;
		t->count[level] = tables_of_level(t, level);
		pfn += t->count[level];
	}
	t->all.count = pfn - t->all.pfn;
}

static struct plan_range take(uint64_t *next, uint64_t count)
{
	struct plan_range range = { *next, count };

	*next += count;
	return range;
}

/*
 * Tables, stack and slack: the region must map its own tables, so its size is
 * found by trying.
 */
static void place_region_end(struct plan *p, uint64_t next)
{
	uint64_t base = p->kernel.virt_base, end;
	struct plan_tables *t = &p->tables;

	t->start = base;
	t->target = 0;
	t->pae = p->kernel.is_32bit;
	t->top = t->pae ? 3 : 4;
	t->all.count = 1;
	do {
		end = next + t->all.count + 1;		/* the stack */
		end = base + (end << PLAN_PAGE_SHIFT) + SLACK_BYTES;
		t->end = round_up(end, REGION_ALIGN);
		/* At the very top of the address space it wraps to 0. */
		if (t->end < end)
			t->end = 0;
		place_tables(t, next);
	} while ((base + ((next + t->all.count + 1) << PLAN_PAGE_SHIFT) +
		  SLACK_BYTES) > t->end && t->end != 0);
	p->stack = next + t->all.count;
	p->mapped = (t->end - base) >> PLAN_PAGE_SHIFT;
}

static void place_p2m(struct plan *p, uint64_t *next)
{
	uint64_t pages = plan_pages(p->nr_pages * plan_word(&p->kernel));
	struct plan_tables *t = &p->p2m_tables;

	p->p2m = take(next, pages);
	p->mfn_list = p->kernel.init_p2m;
	t->start = p->kernel.init_p2m;
	t->end = t->start + (pages << PLAN_PAGE_SHIFT);
	t->target = p->p2m.pfn;
	t->top = 3;
	place_tables(t, *next);
	*next += t->all.count;
}

/* The private tables hang off one L4 slot that nothing else may use. */
static int check_init_p2m(const struct plan *p, struct build_error *error)
{
	uint64_t start = p->kernel.init_p2m;
	uint64_t bytes = plan_pages(p->nr_pages * 8) << PLAN_PAGE_SHIFT;
	uint64_t slot = start >> 39;

	if (start % PLAN_PAGE_SIZE || !usable_range(&p->kernel, start, bytes) ||
	    slot != (start + bytes - 1) >> 39)
		return build_fail(error, "the kernel is malformed: it wants "
				  "its frame list at 0x%llx",
				  (unsigned long long)start);
	if (slot >= p->tables.start >> 39 &&
	    slot <= (p->tables.end - 1) >> 39)
		return build_fail(error, "the kernel wants its frame list "
				  "beside itself, at 0x%llx, which is not "
				  "supported", (unsigned long long)start);
	return 0;
}

static int check_fit(struct plan *p, uint64_t needed,
		     struct build_error *error)
{
	if (needed > p->nr_pages)
		return build_fail(error, "%llu KiB of memory are too little: "
				  "kernel, initrd and page tables need %llu "
				  "KiB; give the domain more <memory>",
				  (unsigned long long)p->nr_pages * 4,
				  (unsigned long long)needed * 4);
	return 0;
}

/*
 * Rounding the region up to 4 MiB is a courtesy that a domain smaller than
 * that cannot afford: it ends with the memory then, its slack still there.
 */
static void shrink_region(struct plan *p, uint64_t extra)
{
	uint64_t least = p->stack + 1 + (SLACK_BYTES >> PLAN_PAGE_SHIFT);

	if (p->mapped + extra <= p->nr_pages || least + extra > p->nr_pages)
		return;
	p->mapped = p->nr_pages - extra;
	p->tables.end = plan_va(p, p->mapped);
}

/* Frames behind the initial region. */
static uint64_t extra_frames(const struct plan *p, uint64_t initrd_pages)
{
	uint64_t extra = 0, next = 0;
	struct plan copy = *p;

	if (p->kernel.initrd_by_pfn)
		extra += initrd_pages;
	if (p->kernel.has_init_p2m) {
		place_p2m(&copy, &next);
		extra += next;
	}
	return extra;
}

int plan_make(struct plan *p, const struct plan_kernel *kernel,
	      uint64_t nr_pages, uint64_t initrd_bytes,
	      struct build_error *error)
{
	uint64_t initrd = plan_pages(initrd_bytes), next, extra;
	uint64_t first = (kernel->pstart - kernel->paddr_offset) >>
		PLAN_PAGE_SHIFT;

	memset(p, 0, sizeof(*p));
	p->kernel = *kernel;
	p->nr_pages = nr_pages;
	if (nr_pages == 0 || nr_pages > FRAMES_MAX || initrd > FRAMES_MAX)
		return build_fail(error, "%llu KiB is no size for a domain's "
				  "memory", (unsigned long long)nr_pages * 4);

	next = plan_pages(kernel->pend - kernel->paddr_offset);
	p->image = (struct plan_range){ first, next - first };
	if (initrd && !kernel->initrd_by_pfn) {
		p->initrd = take(&next, initrd);
		p->mod_start = plan_va(p, p->initrd.pfn);
	}
	if (!kernel->has_init_p2m) {
		p->p2m = take(&next, plan_pages(nr_pages * plan_word(kernel)));
		p->mfn_list = plan_va(p, p->p2m.pfn);
	}
	p->start_info = next++;
	p->store = next++;
	p->console = next++;
	place_region_end(p, next);
	if (kernel->has_init_p2m && check_init_p2m(p, error) < 0)
		return -1;
	extra = extra_frames(p, initrd);
	shrink_region(p, extra);
	if (check_fit(p, p->mapped + extra, error) < 0)
		return -1;
	/* Behind a region that wrapped lies what it should hold. */
	if (p->stack >= p->mapped ||
	    !usable_range(kernel, kernel->virt_base,
			  p->mapped << PLAN_PAGE_SHIFT))
		return build_fail(error, "the kernel is too large for its "
				  "place at 0x%llx with this initrd",
				  (unsigned long long)kernel->virt_base);
	next = p->mapped;
	if (initrd && kernel->initrd_by_pfn) {
		p->initrd = take(&next, initrd);
		p->mod_start = p->initrd.pfn;
	}
	if (kernel->has_init_p2m)
		place_p2m(p, &next);
	return 0;
}
