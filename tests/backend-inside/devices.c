/* SPDX-License-Identifier: BSD-2-Clause */
/* Other guests, by the devices and the store connection that are open. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>
#include "inside.h"

/* The grants that were once made for every guest's console and store. */
static int map_grant(const struct inside *in, long ref)
{
	return refused_if(!xengnttab_map_grant_ref(in->gnttab, in->other, ref,
						   PROT_READ | PROT_WRITE));
}

static int bind_port(const struct inside *in, long port)
{
	return refused_if(xenevtchn_bind_interdomain(in->evtchn, in->other,
						     port) < 0);
}

/* A request as it stands; THROUGH if the answer is no error. */
static int ask(const struct inside *in, uint32_t type, const char *payload,
	       uint32_t len)
{
	struct xsd_sockmsg head = { .type = type, .req_id = 4711, .len = len };
	char answer[XENSTORE_PAYLOAD_MAX];

	if (in->store < 0)
		return UNKNOWN;
	if (write(in->store, &head, sizeof(head)) != sizeof(head) ||
	    write(in->store, payload, len) != (ssize_t)len)
		return UNKNOWN;
	/* Events of the backend's own watches come in between. */
	do {
		if (recv(in->store, &head, sizeof(head), MSG_WAITALL) !=
		    sizeof(head) || head.len > sizeof(answer) ||
		    recv(in->store, answer, head.len, MSG_WAITALL) !=
		    (ssize_t)head.len)
			return UNKNOWN;
	} while (head.req_id != 4711);
	return refused_if(head.type == XS_ERROR);
}

static int read_other(const struct inside *in, long which)
{
	static const char *const nodes[] = {
		"console/ring-ref", "store/ring-ref", "name",
	};
	char path[128];
	int len = snprintf(path, sizeof(path), "/local/domain/%d/%s",
			   in->other, nodes[which]);

	return ask(in, XS_READ, path, len + 1);
}

static int write_node(const struct inside *in, long which)
{
	char paths[7][128], payload[160];
	int len;

	snprintf(paths[0], 128, "/local/domain/%d/control/shutdown",
		 in->other);
	snprintf(paths[1], 128, "/local/domain/0/backend/vbd/%d/51712/params",
		 in->other);
	snprintf(paths[2], 128, "/local/domain/0/backend/vbd/%d/51712/state",
		 in->other);
	snprintf(paths[3], 128, "/local/domain/%d/device/vbd/51712/state",
		 in->own);
	snprintf(paths[4], 128, "/local/domain/%d/control/shutdown", in->own);
	snprintf(paths[5], 128, "/local/domain/0/backend/vif/%d/0/state",
		 in->own);
	snprintf(paths[6], 128, "/tool/inside");
	len = snprintf(payload, sizeof(payload) - 2, "%s", paths[which]);
	payload[len + 1] = '5';
	return ask(in, XS_WRITE, payload, len + 2);
}

static int plain(const struct inside *in, long type)
{
	char payload[64];
	int len = snprintf(payload, sizeof(payload), "%d%c1%c1%c", in->other,
			   0, 0, 0);

	return ask(in, type, payload, len);
}

static int on_path(const struct inside *in, long type)
{
	static const char payload[] = "/local/domain\0w\0";

	return ask(in, type, payload, type == XS_WATCH ? sizeof(payload) - 1 :
		   sizeof("/local/domain"));
}

static int control(const struct inside *in, long unused)
{
	static const char payload[] = "restrict\0/\0/";

	(void)unused;
	return ask(in, XS_CONTROL, payload, sizeof(payload));
}

const struct attempt device_attempts[] = {
	{ "gntdev: the other's grant 0", map_grant, 0 },
	{ "gntdev: the other's grant 1", map_grant, 1 },
	{ "evtchn: the other's port 1", bind_port, 1 },
	{ "evtchn: the other's port 2", bind_port, 2 },
	{ "evtchn: the other's port 3", bind_port, 3 },
	{ "store: read the other's console/ring-ref", read_other, 0 },
	{ "store: read the other's store/ring-ref", read_other, 1 },
	{ "store: read the other's name", read_other, 2 },
	{ "store: shut the other down", write_node, 0 },
	{ "store: write the other's params", write_node, 1 },
	{ "store: write the other's backend state", write_node, 2 },
	{ "store: write the own frontend's state", write_node, 3 },
	{ "store: shut the own guest down", write_node, 4 },
	{ "store: write another device's state", write_node, 5 },
	{ "store: write anywhere", write_node, 6 },
	{ "store: introduce a domain", plain, XS_INTRODUCE },
	{ "store: release a domain", plain, XS_RELEASE },
	{ "store: set a target", plain, XS_SET_TARGET },
	{ "store: list all domains", on_path, XS_DIRECTORY },
	{ "store: watch all domains", on_path, XS_WATCH },
	{ "store: remove all domains", on_path, XS_RM },
	{ "store: widen the own rights", control, 0 },
};
const unsigned int nr_device_attempts =
	sizeof(device_attempts) / sizeof(*device_attempts);
