/* SPDX-License-Identifier: BSD-2-Clause */
/* The model machine: heap, processor, guests' memory access, domains. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/unit/fake_pv.h"
#include "tests/unit/fake_pv_model.h"

#include "boot/boot.h"
#include "core/memory.h"
#include "core/guest_copy.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/hvmap.h"
#include "pv/mmu.h"
#include "pv/page_type.h"
#include "x86/cpuid.h"
#include "x86/irq.h"

u64 frame_count = FAKE_FRAMES + FAKE_IO_FRAMES;
struct domain *fake_domains[FAKE_CPUS];
struct domain *domain_dom0;
unsigned int fake_preempt_percent;
u64 fake_restart_args[4];
bool fake_restarted;
u64 fake_seed = 1;
_Thread_local unsigned int fake_cpu_now;
struct cpumask cpu_online_mask;
unsigned int cpu_online_count = FAKE_CPUS;
struct cpu_features cpu_features = { .phys_bits = 40 };

struct boot_info boot_info;

static struct cpu cpus[FAKE_CPUS];
static struct vcpu vcpus[FAKE_CPUS][2];

u32 fake_random(u32 below)
{
	fake_seed = fake_seed * 6364136223846793005UL + 1442695040888963407UL;
	return (fake_seed >> 33) % below;
}

struct cpu *fake_cpu(unsigned int id)
{
	return &cpus[id];
}

void fake_run(unsigned int domain)
{
	fake_cpu_now = domain;
}

/* ---- heap ---------------------------------------------------------------------- */

#define FREE_WORD	((u64)OWNER_FREE << FRAME_OWNER_SHIFT)
#define XEN_WORD	((u64)OWNER_XEN << FRAME_OWNER_SHIFT | FRAME_ONE_REF)

static void map_fixed(u64 at, size_t size)
{
	void *p = mmap((void *)at, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		abort();
}

static bool is_free(u64 f)
{
	return frame_table[f].word == FREE_WORD;
}

mfn_t heap_alloc_dirty(unsigned int order, unsigned int addr_bits)
{
	u64 n = 1UL << order, last = FAKE_FRAMES;

	if (addr_bits && addr_bits < 20)
		last = min(last, 1UL << (addr_bits - PAGE_SHIFT));
	for (u64 f = 0; f + n <= last; f += n) {
		u64 i = 0;

		while (i < n && is_free(f + i))
			i++;
		if (i < n)
			continue;
		/* What the stamps of the real heap are for. */
		model_flush_all();
		for (i = 0; i < n; i++)
			frame_table[f + i].word = XEN_WORD;
		return MFN(f);
	}
	return INVALID_MFN;
}

mfn_t heap_alloc(unsigned int order, unsigned int addr_bits)
{
	mfn_t m = heap_alloc_dirty(order, addr_bits);

	if (!mfn_eq(m, INVALID_MFN))
		memset(mfn_to_virt(m), 0, PAGE_SIZE << order);
	return m;
}

/* The fake heap never runs short: claims of it are not modelled. */
mfn_t heap_alloc_claimed(u64 *claim, unsigned int order,
			 unsigned int addr_bits)
{
	(void)claim;
	return heap_alloc(order, addr_bits);
}

int heap_claim(u64 *claim, u64 frames)
{
	*claim = frames;
	return 0;
}

/* Ours, with our reference; what it was to a domain before may still stand. */
static bool is_ours(u64 w)
{
	return frame_word_owner(w) == OWNER_XEN && frame_word_refs(w) == 1 &&
	       !frame_word_types(w);
}

void heap_free(mfn_t m, unsigned int order)
{
	for (u64 i = 0; i < 1UL << order; i++) {
		u64 *word = &frame_table[m.v + i].word;

		if (m.v + i >= FAKE_FRAMES || (!is_ours(*word) &&
		    (frame_word_refs(*word) || is_free(m.v + i) != true)))
			panic("bad free of frame %#lx, word %#lx", m.v + i,
			      *word);
		*word = FREE_WORD;
		memset(mfn_to_virt(MFN(m.v + i)), 0xcc, PAGE_SIZE);
	}
}

void *heap_page(void)
{
	mfn_t m = heap_alloc(0, 0);

	return mfn_eq(m, INVALID_MFN) ? NULL : mfn_to_virt(m);
}

void heap_page_free(void *p)
{
	if (p)
		heap_free(virt_to_mfn(p), 0);
}

void heap_free_wiped(mfn_t m)
{
	const u8 *page = mfn_to_virt(m);

	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		if (page[i])
			panic("frame %#lx was not wiped", m.v);
	heap_free(m, 0);
}

u64 heap_free_frames(void)
{
	u64 n = 0;

	for (u64 f = 0; f < FAKE_FRAMES; f++)
		n += is_free(f);
	return n;
}

void *heap_zalloc(size_t size)
{
	return calloc(1, size);
}

void heap_zfree(void *p)
{
	free(p);
}

/* ---- the rest of the hypervisor --------------------------------------------------- */

void hvmap_fill_l4(u64 *l4)
{
	for (unsigned int i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++)
		l4[i] = 0xdead000 | PTE_P;
}

/* The 32-bit guests' M2P: no room for it here, and nobody reads it. */
bool m2p32_exists;

void m2p32_set(mfn_t m, u64 pfn)
{
	(void)m;
	(void)pfn;
}

int m2p32_make(void)
{
	return 0;
}

void m2p32_fill_l2(u64 *l2)
{
	for (unsigned int i = L2_TOP_HV_SLOT; i < 512; i++)
		l2[i] = 0xdead000 | PTE_P;
}

bool mmio_frame_denied(mfn_t m)
{
	return m.v == FAKE_FRAMES;
}

bool mmio_frame_readonly(mfn_t m)
{
	return m.v == FAKE_FRAMES + 1;
}

int copy_from_guest(void *dst, gva_t src, size_t n)
{
	if (!src.v)
		return -EFAULT;
	memcpy(dst, (const void *)src.v, n);
	return 0;
}

int copy_to_guest(gva_t dst, const void *src, size_t n)
{
	if (!dst.v)
		return -EFAULT;
	memcpy((void *)dst.v, src, n);
	return 0;
}

bool hypercall_preempt(void)
{
	return fake_random(100) < fake_preempt_percent;
}

bool hypercall_preempt_short(void)
{
	return hypercall_preempt();
}

long hypercall_restart(u64 a1, u64 a2, u64 a3, u64 a4)
{
	fake_restart_args[0] = a1;
	fake_restart_args[1] = a2;
	fake_restart_args[2] = a3;
	fake_restart_args[3] = a4;
	fake_restarted = true;
	return -ERESTART;
}

long hypercall_restart_same(void)
{
	fake_restarted = true;
	return -ERESTART;
}

int policy_host(const struct domain *caller)
{
	return caller->privileged ? 0 : -EPERM;
}

void pv_load_cr3(struct vcpu *v)
{
	(void)v;
	model_flush_cpu(fake_cpu_now);
}

/* Bit 63 of a descriptor stands for all that is refused. */
bool pv_check_descriptor(const struct domain *d, u64 *desc)
{
	(void)d;
	return !(*desc >> 63);
}

bool pv_drop_ldt(struct vcpu *v)
{
	(void)v;
	return false;
}

int pv_set_ldt(struct vcpu *v, u64 base, unsigned int entries)
{
	(void)v;
	(void)base;
	(void)entries;
	return 0;
}

void pv_drop_gdt(struct vcpu *v)
{
	(void)v;
}

/* ---- domains ------------------------------------------------------------------------ */

void domain_hold(struct domain *d)
{
	d->refs++;
}

void domain_put(struct domain *d)
{
	if (!d->refs--)
		abort();
}

struct domain *domain_get(unsigned int domid)
{
	if (domid >= FAKE_CPUS || !fake_domains[domid])
		return NULL;
	domain_hold(fake_domains[domid]);
	return fake_domains[domid];
}

void domain_for_each(void (*fn)(struct domain *d))
{
	for (unsigned int i = 0; i < FAKE_CPUS; i++)
		if (fake_domains[i])
			fn(fake_domains[i]);
}

struct domain *domain_get_target(domid_t domid, int *err)
{
	struct domain *self = current->domain, *d;

	if (domid == DOMID_SELF)
		domid = self->id;
	d = domain_get(domid);
	*err = -ESRCH;
	if (!d || d == self || self->privileged)
		return d;
	domain_put(d);
	*err = -EPERM;
	return NULL;
}

static struct domain *make_domain(unsigned int id)
{
	struct domain *d = calloc(1, sizeof(*d));

	d->id = id;
	d->privileged = !id;
	d->max_vcpus = 2;
	d->vcpus = calloc(2, sizeof(*d->vcpus));
	d->max_pages = 64;
	spin_lock_init(&d->memory_lock, LOCK_MEMORY);
	spin_lock_init(&d->pv.mmu_lock, LOCK_MMU);
	if (frame_set_init(&d->frames) || gnttab_init(d, 2, 1))
		abort();
	for (unsigned int i = 0; i < 2; i++) {
		struct vcpu *v = &vcpus[id][i];

		memset(v, 0, sizeof(*v));
		v->id = i;
		v->cpu = id;
		v->domain = d;
		v->pv.kernel_mode = true;
		v->pv.kernel_cr3 = v->pv.user_cr3 = INVALID_MFN;
		for (unsigned int g = 0; g < PV_GDT_FRAMES; g++)
			v->pv.gdt[g] = INVALID_MFN;
		for (unsigned int l = 0; l < ARRAY_SIZE(v->pv.ldt); l++)
			v->pv.ldt[l] = INVALID_MFN;
		d->vcpus[i] = v;
	}
	cpumask_set(&d->dirty, id);
	return d;
}

void fake_pv_reset(void)
{
	static bool mapped;

	if (!mapped) {
		map_fixed(DIRECTMAP_VIRT, FAKE_FRAMES * PAGE_SIZE);
		map_fixed(FRAMES_VIRT, PAGE_SIZE);
		map_fixed(M2P_RW_VIRT, PAGE_SIZE);
		mapped = true;
	}
	memset((void *)DIRECTMAP_VIRT, 0xcc, FAKE_FRAMES * PAGE_SIZE);
	for (u64 f = 0; f < frame_count; f++) {
		frame_table[f].word = f < FAKE_FRAMES ? FREE_WORD :
			(u64)OWNER_IO << FRAME_OWNER_SHIFT;
		m2p_rw[f] = M2P_INVALID;
	}
	/* As on a real machine, nobody gets frame 0. */
	frame_table[0].word = XEN_WORD;
	memset(cpus, 0, sizeof(cpus));
	model_reset();
	for (unsigned int i = 0; i < FAKE_CPUS; i++) {
		fake_domains[i] = make_domain(i);
		cpus[i].id = i;
		cpus[i].current_vcpu = fake_domains[i]->vcpus[0];
		cpus[i].online = true;
		cpumask_set(&cpu_online_mask, i);
	}
	domain_dom0 = fake_domains[0];
	fake_preempt_percent = 0;
	fake_run(1);
}

mfn_t fake_give(struct domain *d)
{
	mfn_t m = heap_alloc(0, 0);

	if (mfn_eq(m, INVALID_MFN))
		abort();
	frame_assign(m, 1, d);
	return m;
}

u64 *fake_table(mfn_t m)
{
	return mfn_to_virt(m);
}

void fake_kill(struct domain *d)
{
	d->dying = DYING_YES;
	cpumask_clear(&d->dirty, d->id);
	model_flush_cpu(d->id);
	while (gnttab_release_mappings(d))
		;
	while (pv_relinquish(d))
		;
	gnttab_destroy(d);
	for (unsigned int i = 0; i < d->max_vcpus; i++)
		mmu_root_free(d->vcpus[i]);
}

unsigned int fake_pv_finish(void)
{
	u64 left;

	for (unsigned int i = FAKE_CPUS; i-- > 0;) {
		if (fake_domains[i]->dying)
			continue;
		fake_run(0);
		fake_kill(fake_domains[i]);
	}
	left = FAKE_FRAMES - 1 - heap_free_frames();
	for (unsigned int i = 0; i < FAKE_CPUS; i++) {
		if (memory_pages(fake_domains[i]))
			left++;
		frame_set_destroy(&fake_domains[i]->frames);
		free(fake_domains[i]->vcpus);
		free(fake_domains[i]);
		fake_domains[i] = NULL;
	}
	return left;
}
