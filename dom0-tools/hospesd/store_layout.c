/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store nodes of a domain that do not belong to a device.  What the guest
 * may only read is owned by dom0; the few nodes that a guest writes are made
 * for it beforehand, as it may make none by itself.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "hospesd/domain.h"
#include "lib/store.h"

/* Below /local/domain/N: owned by the guest. */
static const char *const guest_nodes[] = {
	"control/shutdown", "control/sysrq", "control/feature-poweroff",
	"control/feature-reboot", "control/feature-suspend", "data", "drivers",
	"feature", "attr", "error",
};

static void layout_guest(const struct domain *d, struct store_batch *b)
{
	for (size_t i = 0; i < sizeof(guest_nodes) / sizeof(*guest_nodes); i++)
		store_batch_dir(b, d->domid, 0, "/local/domain/%u/%s",
				d->domid, guest_nodes[i]);
}

static void layout_console(const struct domain *d, struct store_batch *b)
{
	store_batch_set(b, "console/ring-ref", "%llu",
			(unsigned long long)d->built.console_mfn);
	store_batch_set(b, "console/port", "%u", d->built.console_port);
	store_batch_set(b, "console/type", "hospesd");
	store_batch_set(b, "console/limit", "1048576");
}

static void layout_base(const struct domain *d, struct store_batch *b)
{
	const struct domain_config *config = d->config;
	char name[32];

	store_batch_dir(b, 0, d->domid, "/local/domain/%u", d->domid);
	store_batch_set(b, "name", "%s", config->name);
	store_batch_set(b, "domid", "%u", d->domid);
	store_batch_set(b, "vm", "/vm/%s", d->uuid);
	store_batch_set(b, "memory/static-max", "%llu",
			(unsigned long long)config->max_memory_kib);
	store_batch_set(b, "memory/target", "%llu",
			(unsigned long long)config->memory_kib);
	store_batch_set(b, "store/ring-ref", "%llu",
			(unsigned long long)d->built.store_mfn);
	store_batch_set(b, "store/port", "%u", d->built.store_port);
	store_batch_set(b, "control/platform-feature-xs_reset_watches", "1");
	for (unsigned int i = 0; i < config->vcpus; i++) {
		snprintf(name, sizeof(name), "cpu/%u/availability", i);
		store_batch_set(b, name, "online");
	}
	layout_console(d, b);
	/* A guest lists it even when it has no devices. */
	store_batch_set(b, "device", "%s", "");
}

static void layout_vm(const struct domain *d, struct store_batch *b)
{
	store_batch_dir(b, 0, d->domid, "/vm/%s", d->uuid);
	store_batch_set(b, "name", "%s", d->config->name);
	store_batch_set(b, "uuid", "%s", d->uuid);
	store_batch_set(b, "start_time", "%lld", (long long)time(NULL));
}

int layout_write(struct domain *d)
{
	struct store_batch *b = store_batch_new();
	int rc;

	if (!b)
		return -ENOMEM;
	layout_base(d, b);
	layout_guest(d, b);
	layout_vm(d, b);
	devices_layout(d, b);
	rc = store_batch_commit(d->m->store, b);
	store_batch_free(b);
	return rc;
}

void layout_remove(struct hospesd *m, uint32_t domid, const char *uuid)
{
	struct store_batch *b = store_batch_new();

	if (!b)
		return;
	store_batch_remove(b, "/local/domain/%u", domid);
	store_batch_remove(b, "/local/domain/0/backend/vbd/%u", domid);
	store_batch_remove(b, "/local/domain/0/backend/vif/%u", domid);
	store_batch_remove(b, "/vm/%s", uuid);
	store_batch_commit(m->store, b);
	store_batch_free(b);
}

int layout_rename(struct domain *d, const char *old_uuid)
{
	struct store_batch *b = store_batch_new();
	char vm[DOMAIN_UUID_TEXT + 8];
	int rc;

	if (!b)
		return -ENOMEM;
	store_batch_remove(b, "/vm/%s", old_uuid);
	store_batch_write(b, d->config->name, "/local/domain/%u/name",
			  d->domid);
	snprintf(vm, sizeof(vm), "/vm/%s", d->uuid);
	store_batch_write(b, vm, "/local/domain/%u/vm", d->domid);
	layout_vm(d, b);
	rc = store_batch_commit(d->m->store, b);
	store_batch_free(b);
	return rc;
}
