/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a new store contains. Not /local/domain/0/name: by that other toolstacks
 * see whether they have set up dom0.
 */
#include "initial.h"

#include <string.h>
#include "store.h"

static const struct {
	const char *path;
	const char *value;
} initial_table[] = {
	{ "/tool/xenstored", "" },
	{ "/local/domain/0/domid", "0" },
};

void initial_nodes(void)
{
	const struct who dom0 = { .domid = 0, .target = DOMID_NONE };
	struct view v;

	store_view(&v);
	for (size_t i = 0; i < sizeof(initial_table) / sizeof(*initial_table);
	     i++)
		store_write(&v, &dom0, initial_table[i].path,
			    initial_table[i].value,
			    strlen(initial_table[i].value));
	store_commit(&v);
}
