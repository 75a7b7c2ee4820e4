/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory maps: the machine's for dom0, the toolstack's for others. */
#include <xen/memory.h>

#include "boot/boot.h"
#include "core/domain.h"
#include "core/guest_copy.h"
#include "core/memory.h"
#include "hypercall/memory.h"
#include "lib/string.h"
#include "mm/heap.h"

static long put_map(gva_t arg, struct xen_memory_map *m,
		    const struct e820_entry *e, unsigned int count)
{
	m->nr_entries = min(m->nr_entries, count);
	if (copy_to_guest(GVA(m->buffer.p), e, m->nr_entries * sizeof(*e)) ||
	    copy_to_guest(arg, m, sizeof(*m)))
		return -EFAULT;
	return 0;
}

long memory_map_get(gva_t arg)
{
	struct domain *d = current->domain;
	struct xen_memory_map m;
	long rc = -ENOSYS;

	if (copy_from_guest(&m, arg, sizeof(m)))
		return -EFAULT;
	spin_lock(&d->memory_lock);
	if (d->memory_map)
		rc = put_map(arg, &m, d->memory_map, d->memory_map_count);
	spin_unlock(&d->memory_lock);
	return rc;
}

long memory_map_set(gva_t arg)
{
	struct xen_foreign_memory_map f;
	struct e820_entry *e;
	struct domain *d;
	int rc = -ESRCH;

	if (copy_from_guest(&f, arg, sizeof(f)))
		return -EFAULT;
	if (f.map.nr_entries > E820_MAX)
		return -EINVAL;
	d = domain_get_target(f.domid, &rc);
	if (!d)
		return rc;
	e = heap_zalloc(E820_MAX * sizeof(*e));
	rc = -ENOMEM;
	if (e)
		rc = copy_from_guest(e, GVA(f.map.buffer.p),
				     f.map.nr_entries * sizeof(*e));
	if (!rc)
		rc = memory_set_map(d, e, f.map.nr_entries);
	heap_zfree(e);
	domain_put(d);
	return rc;
}

/*
 * Windows of interrupt controllers, which not every firmware lists, at their
 * place in the order of addresses.
 */
static void add_window(struct e820_entry *e, unsigned int *n, u64 addr)
{
	unsigned int at = 0;

	for (unsigned int i = 0; i < *n; i++) {
		if (addr < e[i].addr + e[i].size &&
		    addr + PAGE_SIZE > e[i].addr)
			return;
		if (e[i].addr < addr)
			at = i + 1;
	}
	memmove(&e[at + 1], &e[at], (*n - at) * sizeof(*e));
	e[at] = (struct e820_entry){ addr, PAGE_SIZE, E820_RESERVED };
	(*n)++;
}

long memory_map_machine(gva_t arg)
{
	unsigned int n = boot_info.e820_count;
	struct xen_memory_map m;
	struct e820_entry *e;
	long rc;

	if (policy_host(current->domain))
		return -EPERM;
	if (copy_from_guest(&m, arg, sizeof(m)))
		return -EFAULT;
	e = heap_zalloc((n + 2) * sizeof(*e));
	if (!e)
		return -ENOMEM;
	for (unsigned int i = 0; i < n; i++)
		e[i] = boot_info.e820[i];
	add_window(e, &n, 0xfec00000);
	add_window(e, &n, 0xfee00000);
	/* All or nothing, unlike a guest's own map. */
	rc = m.nr_entries < n ? -EINVAL : put_map(arg, &m, e, n);
	heap_zfree(e);
	return rc;
}
