/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hospes-build makes a domain from a config: it reads one JSON config object
 * (domain_config_write) on stdin, builds the domain, leaves it paused, and
 * prints one line of JSON on stdout: a build result, or {"error": "..."} with
 * exit status 1. On any failure the half-made domain is destroyed first. If
 * the program itself is killed, the domain is left behind, paused, carrying
 * the config's uuid as its handle: that is how the one who spawned it finds it.
 *
 * With --check it only looks whether kernel and initrd can be loaded into the
 * domain's memory, prints nothing if so, and needs no hypervisor.
 */
#ifndef BUILDER_BUILDER_H
#define BUILDER_BUILDER_H

#include <stdbool.h>
#include <stdint.h>

#include "config/domain.h"
#include "lib/json.h"

#define BUILDER_CACHE_DIR "/var/cache/hospes"

struct build_result {
	uint32_t domid;
	uint64_t store_mfn;
	uint32_t store_port;	/* in the new domain */
	uint64_t console_mfn;
	uint32_t console_port;	/* in the new domain */
	char guest_os[32];	/* from the kernel's notes */
	bool is_32bit;
	bool cached;		/* the unpacked kernel came from the cache */
	unsigned int ms;	/* time taken */
};

void build_result_write(struct json_writer *w, const char *key,
			const struct build_result *result);
/* False when the object is no result. */
bool build_result_read(const struct json *object, struct build_result *result);

#endif
