/* SPDX-License-Identifier: BSD-2-Clause */
/* The builder's answer, as JSON. */
#include "builder/builder.h"

#include <stdio.h>
#include <string.h>

void build_result_write(struct json_writer *w, const char *key,
			const struct build_result *r)
{
	json_open_object(w, key);
	json_put_int(w, "domid", r->domid);
	json_put_int(w, "store_mfn", (int64_t)r->store_mfn);
	json_put_int(w, "store_port", r->store_port);
	json_put_int(w, "console_mfn", (int64_t)r->console_mfn);
	json_put_int(w, "console_port", r->console_port);
	json_put_string(w, "guest_os", r->guest_os);
	json_put_bool(w, "is_32bit", r->is_32bit);
	json_put_bool(w, "cached", r->cached);
	json_put_int(w, "ms", r->ms);
	json_close_object(w);
}

bool build_result_read(const struct json *object, struct build_result *r)
{
	memset(r, 0, sizeof(*r));
	if (!json_get_typed(object, "domid", JSON_NUMBER))
		return false;
	r->domid = (uint32_t)json_get_int(object, "domid", 0);
	r->store_mfn = (uint64_t)json_get_int(object, "store_mfn", 0);
	r->store_port = (uint32_t)json_get_int(object, "store_port", 0);
	r->console_mfn = (uint64_t)json_get_int(object, "console_mfn", 0);
	r->console_port = (uint32_t)json_get_int(object, "console_port", 0);
	snprintf(r->guest_os, sizeof(r->guest_os), "%s",
		 json_get_string(object, "guest_os", ""));
	r->is_32bit = json_get_bool(object, "is_32bit", false);
	r->cached = json_get_bool(object, "cached", false);
	r->ms = (unsigned int)json_get_int(object, "ms", 0);
	return r->domid != 0;
}
