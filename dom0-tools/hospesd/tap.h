/* SPDX-License-Identifier: BSD-2-Clause */
/* TAP devices in bridges: the dom0 end of a guest's network interface. */
#ifndef HOSPESD_TAP_H
#define HOSPESD_TAP_H

#include <stdbool.h>
#include <stddef.h>

/* What to say of a name that is taken; it takes the name twice. */
#define TAP_IN_USE "%s is the name of another device of dom0; choose " \
	"another <target dev=/>, or remove that device: ip link delete %s"

/*
 * The kernel takes an interface away when the last holder of the fd exits.  Nobody
 * removes one by its name, which may be somebody else's by then.
 */

/*
 * Makes interface `name` a port of `bridge` ("": none) and sets it up; mtu 0
 * takes the bridge's.  Returns the fd, or -errno with a message in `error`.
 */
int tap_create(const char *name, const char *bridge, unsigned int mtu,
	       char *error, size_t size);
bool tap_exists(const char *name);

#endif
