/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains: creation, references, end.
 *
 * A domain is found by its id from the moment it is complete until its
 * structure is freed.  domain_kill() takes everything from it in steps; what
 * is left then is a dead domain that keeps its id as long as somebody holds
 * a reference, or frames of it are still mapped elsewhere (frame_put() of
 * another domain returns them to the heap).  domain_reap() frees the
 * structure; it is called where no lock is held.
 */
#include "core/domain.h"
#include "core/memory.h"
#include "core/pirq.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "x86/time.h"

struct domain *domain_dom0;
struct domain *domain_idle;

static struct spinlock list_lock = SPINLOCK_INIT(LOCK_DOMLIST);
static struct list domains = LIST_INIT(domains);	/* D: by id */
static u64 used_ids[BITMAP_WORDS(FRAME_MAX_DOMID)];	/* D */
static unsigned int last_id;				/* D */
static u32 dead_count;		/* atomic: domains to reap */

/* --- references ------------------------------------------------------------ */

void domain_hold(struct domain *d)
{
	__atomic_fetch_add(&d->refs, 1, __ATOMIC_RELAXED);
}

void domain_put(struct domain *d)
{
	__atomic_fetch_sub(&d->refs, 1, __ATOMIC_RELEASE);
}

struct domain *domain_next(unsigned int domid)
{
	struct domain *d, *found = NULL;

	spin_lock(&list_lock);
	list_for_each(d, &domains, link) {
		if (d->id < domid)
			continue;
		domain_hold(d);
		found = d;
		break;
	}
	spin_unlock(&list_lock);
	return found;
}

void domain_for_each(void (*fn)(struct domain *d))
{
	struct domain *d;

	spin_lock(&list_lock);
	list_for_each(d, &domains, link)
		fn(d);
	spin_unlock(&list_lock);
}

struct domain *domain_get(unsigned int domid)
{
	struct domain *d = domain_next(domid);

	if (!d || d->id == domid)
		return d;
	domain_put(d);
	return NULL;
}

/* --- creation -------------------------------------------------------------- */

/* Ids are not used again soon: a stale one names nobody. */
static int id_reserve(int wanted)
{
	int id = -EEXIST;

	spin_lock(&list_lock);
	if (wanted >= 0) {
		if (!bit_test(used_ids, wanted))
			id = wanted;
	} else {
		unsigned int n = last_id;

		id = -ENFILE;
		for (unsigned int i = 0; i < FRAME_MAX_DOMID; i++) {
			n = n + 1 < FRAME_MAX_DOMID ? n + 1 : 1;
			if (bit_test(used_ids, n))
				continue;
			last_id = id = n;
			break;
		}
	}
	if (id >= 0)
		bit_set(used_ids, id);
	spin_unlock(&list_lock);
	return id;
}

static void id_release(unsigned int id)
{
	spin_lock(&list_lock);
	bit_clear(used_ids, id);
	spin_unlock(&list_lock);
}

static void list_insert(struct domain *d)
{
	struct list *pos;

	spin_lock(&list_lock);
	for (pos = domains.prev; pos != &domains; pos = pos->prev)
		if (list_entry(pos, struct domain, link)->id < d->id)
			break;
	list_add(&d->link, pos);
	spin_unlock(&list_lock);
}

void domain_init_shared(struct domain *d)
{
	memset(d->shared, 0, PAGE_SIZE);
	for (unsigned int i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
		d->shared->vcpu_info[i].evtchn_upcall_mask = 1;
	domain_update_wallclock(d);
}

static int create_shared_info(struct domain *d)
{
	/* A 32-bit guest is told its address in a word. */
	mfn_t m = heap_alloc(0, 32);

	if (mfn_eq(m, INVALID_MFN))
		return -ENOMEM;
	d->shared = mfn_to_virt(m);
	d->shared_mfn = m;
	domain_init_shared(d);
	frame_share(d->shared_mfn, d);
	m2p_set(d->shared_mfn, M2P_INVALID);
	return 0;
}

static int create_parts(struct domain *d, const struct domain_params *p)
{
	int rc = frame_set_init(&d->frames);

	if (!rc)
		rc = create_shared_info(d);
	if (!rc)
		rc = evtchn_init(d);
	if (!rc)
		rc = gnttab_init(d, p->max_grant_frames, p->max_maptrack_frames);
	if (!rc && d->privileged)
		rc = pirq_init(d);
	if (!rc)
		rc = d->kind->domain_init(d);
	return rc;
}

static void init_fields(struct domain *d, const struct domain_params *p)
{
	spin_lock_init(&d->lock, LOCK_DOMAIN);
	spin_lock_init(&d->memory_lock, LOCK_MEMORY);
	list_init(&d->link);
	d->refs = 1;
	d->privileged = p->privileged;
	d->max_vcpus = p->max_vcpus;
	d->evtchn.max_port = p->max_evtchn < 0xffffffff ? p->max_evtchn + 1
							: 0xffffffff;
	if (p->handle)
		memcpy(d->handle, p->handle, sizeof(d->handle));
	/* Whoever creates it starts it, too: we dom0, dom0 the others. */
	d->pause_count = 1;
	d->paused_by_controller = !p->privileged;
	d->being_built = !p->privileged;
	d->shared_mfn = INVALID_MFN;
	sched_domain_init(d);
	watchdog_init(d);
}

/* Give back what a domain without frames of its own has. */
static void free_parts(struct domain *d)
{
	for (unsigned int i = 0; d->vcpus && i < d->max_vcpus; i++)
		if (d->vcpus[i])
			vcpu_free(d->vcpus[i]);
	heap_zfree(d->vcpus);
	if (d->pirqs)
		pirq_destroy(d);
	evtchn_free(d);
	frame_set_destroy(&d->frames);
	sched_domain_destroy(d);
	id_release(d->id);
	heap_zfree(d);
}

struct domain *domain_create(int domid, const struct domain_params *p,
			     const struct guest_kind *kind, int *err)
{
	struct domain *d = heap_zalloc(sizeof(*d));
	int id;

	*err = -ENOMEM;
	if (!d)
		return NULL;
	id = id_reserve(domid);
	if (id < 0) {
		*err = id;
		heap_zfree(d);
		return NULL;
	}
	d->id = id;
	d->kind = kind;
	init_fields(d, p);
	d->vcpus = heap_zalloc(p->max_vcpus * sizeof(d->vcpus[0]));
	if (d->vcpus)
		*err = create_parts(d, p);
	if (!d->vcpus || *err) {
		gnttab_destroy(d);
		if (d->shared)
			frame_put_shared(d->shared_mfn);
		free_parts(d);
		return NULL;
	}
	if (p->privileged)
		domain_dom0 = d;
	list_insert(d);
	return d;
}

int domain_set_32bit(struct domain *d)
{
	struct vcpu *v;
	int rc;

	if (domain_is_32bit(d))
		return 0;
	if (memory_pages(d))
		return -EACCES;
	for_each_vcpu(d, v)
		if (READ_ONCE(v->flags) & VCPU_INITIALISED)
			return -EACCES;
	d->pv.is_32bit = true;
	rc = d->kind->set_32bit ? d->kind->set_32bit(d) : 0;
	if (rc) {
		d->pv.is_32bit = false;
		return rc;
	}
	domain_init_shared(d);
	for_each_vcpu(d, v)
		vcpu_update_time(v);
	return 0;
}

struct domain *domain_create_idle(void)
{
	static struct domain idle;
	static struct vcpu *vcpus[NR_CPUS];

	idle.id = DOMID_IDLE;
	idle.is_idle = true;
	idle.refs = 1;
	idle.max_vcpus = NR_CPUS;
	idle.vcpus = vcpus;
	spin_lock_init(&idle.lock, LOCK_DOMAIN);
	list_init(&idle.link);
	sched_domain_init(&idle);
	return &idle;
}

/* --- end -------------------------------------------------------------------- */

/* Stop all that could touch the domain on its own. */
static int kill_start(struct domain *d)
{
	struct vcpu *v;
	bool first;

	spin_lock(&d->lock);
	first = d->dying == DYING_NO;
	d->dying = DYING_YES;
	spin_unlock(&d->lock);
	if (first)
		domain_pause(d);
	memory_claim(d, 0);
	watchdog_stop(d);
	for_each_vcpu(d, v)
		vcpu_stop_timers(v);
	return 0;
}

static int kill_vcpu_pages(struct domain *d)
{
	struct vcpu *v;

	for_each_vcpu(d, v)
		vcpu_unmap_info(v);
	return 0;
}

static int kill_relinquish(struct domain *d)
{
	return d->kind->relinquish(d);
}

/*
 * dom0 may still ask about the domain, set its clock, audit it: each looks for
 * the page under one of these locks.
 */
static void drop_shared_info(struct domain *d)
{
	spin_lock(&d->memory_lock);
	spin_lock(&d->evtchn.lock);
	d->shared = NULL;
	spin_unlock(&d->evtchn.lock);
	spin_unlock(&d->memory_lock);
	frame_put_shared(d->shared_mfn);
}

static int kill_finish(struct domain *d)
{
	gnttab_destroy(d);
	d->kind->domain_destroy(d);
	drop_shared_info(d);
	return 0;
}

/* Each may be called again after -ERESTART. */
static int (*const kill_steps[])(struct domain *) = {
	kill_start,
	evtchn_destroy,
	gnttab_release_mappings,
	kill_vcpu_pages,
	kill_relinquish,
	kill_finish,
};

int domain_kill(struct domain *d)
{
	if (d->dying == DYING_DEAD)
		return 0;
	while (d->relinquish_step < ARRAY_SIZE(kill_steps)) {
		int rc = kill_steps[d->relinquish_step](d);

		if (rc)
			return rc;
		d->relinquish_step++;
	}
	d->dying = DYING_DEAD;
	__atomic_fetch_add(&dead_count, 1, __ATOMIC_SEQ_CST);
	domain_put(d);
	evtchn_send_global_virq(VIRQ_DOM_EXC);
	return 0;
}

static bool reapable(const struct domain *d)
{
	return READ_ONCE(d->dying) == DYING_DEAD && !READ_ONCE(d->refs) &&
	       !frame_owned_count(d->id);
}

void domain_reap(void)
{
	struct domain *d, *dead = NULL;

	if (likely(!READ_ONCE(dead_count)))
		return;
	spin_lock(&list_lock);
	list_for_each(d, &domains, link) {
		/* References are taken under list_lock, or from another. */
		if (!reapable(d))
			continue;
		dead = d;
		list_del(&d->link);
		break;
	}
	spin_unlock(&list_lock);
	if (!dead)
		return;
	__atomic_fetch_sub(&dead_count, 1, __ATOMIC_SEQ_CST);
	free_parts(dead);
	evtchn_send_global_virq(VIRQ_DOM_EXC);
}
