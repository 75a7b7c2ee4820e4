/* SPDX-License-Identifier: BSD-2-Clause */
/* The start_info of a 32-bit dom0. */
#include <xen/xen.h>

#include "lib/string.h"
#include "pv/build.h"

/* It is a field's name in the public header, too. */
#undef dom0

/* See struct start_info; a word is 4 bytes. */
struct start_info32 {
	char magic[32];
	u32 nr_pages, shared_info, flags;
	u32 store_mfn, store_evtchn;
	u32 console[2];
	u32 pt_base, nr_pt_frames, mfn_list;
	u32 mod_start, mod_len;
	char cmd_line[MAX_GUEST_CMDLINE];
	u32 first_p2m_pfn, nr_p2m_frames;
};

_Static_assert(offsetof(struct start_info32, console) == 52 &&
	       offsetof(struct start_info32, cmd_line) == 80 &&
	       sizeof(struct start_info32) == 1112,
	       "start_info of 32-bit guests, public/xen.h");

__init unsigned int pv_start_info32(void *to, const struct start_info *s)
{
	struct start_info32 *t = to;

	if (!t)
		return sizeof(*t);
	memcpy(t->magic, s->magic, sizeof(t->magic));
	t->nr_pages = s->nr_pages;
	t->shared_info = s->shared_info;
	t->flags = s->flags;
	t->store_mfn = s->store_mfn;
	t->store_evtchn = s->store_evtchn;
	t->console[0] = s->console.dom0.info_off;
	t->console[1] = s->console.dom0.info_size;
	t->pt_base = s->pt_base;
	t->nr_pt_frames = s->nr_pt_frames;
	t->mfn_list = s->mfn_list;
	t->mod_start = s->mod_start;
	t->mod_len = s->mod_len;
	memcpy(t->cmd_line, s->cmd_line, sizeof(t->cmd_line));
	t->first_p2m_pfn = s->first_p2m_pfn;
	t->nr_p2m_frames = s->nr_p2m_frames;
	return sizeof(*t);
}
