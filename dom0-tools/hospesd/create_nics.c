/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Before a domain is built: are its NICs' addresses and device names free?
 * Two NICs with one MAC address on one bridge take each other's frames, now and
 * then, which nobody would look for in a domain file.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hospesd/domain.h"
#include "hospesd/tap.h"
#include "lib/diag.h"

__attribute__((format(printf, 4, 5)))
static void refuse(struct diag *diag, const char *origin,
		   const struct domain_interface *nic, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	diag_error(diag, "%s:%u: interface: %s", origin, nic->line, text);
}

/* One that was put aside to be studied has lost them. */
static bool keeps_nics(const struct domain *d)
{
	if (d->lc.state != LC_SHUTDOWN)
		return true;
	for (size_t i = 0; i < d->devices.count; i++)
		if (proc_alive(&d->devices.list[i].backend))
			return true;
	return false;
}

static void check_address(struct hospesd *m, const struct domain_config *config,
			  const struct domain_interface *nic,
			  const char *origin, struct diag *diag)
{
	struct domain *d;
	char mac[18];

	LIST_FOREACH(d, &m->domains, link) {
		if (!keeps_nics(d) || !domain_mac_taken(d->config, nic))
			continue;
		domain_mac_format(nic->mac, mac);
		refuse(diag, origin, nic, "mac %s is in use by domain %s on "
		       "bridge %s; give %s another <mac address=/>, or insist "
		       "with --force", mac, d->config->name, nic->bridge,
		       config->name);
		return;
	}
}

static const struct domain *name_user(struct hospesd *m, const char *ifname)
{
	struct domain *d;

	LIST_FOREACH(d, &m->domains, link)
		for (size_t i = 0; i < d->config->interface_count; i++)
			if (keeps_nics(d) &&
			    !strcmp(d->config->interfaces[i].ifname, ifname))
				return d;
	return NULL;
}

static void check_name(struct hospesd *m, const struct domain_interface *nic,
		       const char *origin, struct diag *diag)
{
	const struct domain *user;

	if (!nic->ifname[0])
		return;
	user = name_user(m, nic->ifname);
	if (user)
		refuse(diag, origin, nic, "target %s is in use by domain %s; "
		       "choose another <target dev=/>, or leave it out",
		       nic->ifname, user->config->name);
	else if (tap_exists(nic->ifname))
		refuse(diag, origin, nic, "target " TAP_IN_USE, nic->ifname,
		       nic->ifname);
}

void create_check_nics(struct hospesd *m, const struct domain_config *config,
		       const char *origin, bool force, struct diag *diag)
{
	for (size_t i = 0; i < config->interface_count; i++) {
		const struct domain_interface *nic = &config->interfaces[i];

		if (!force)
			check_address(m, config, nic, origin, diag);
		check_name(m, nic, origin, diag);
	}
}
