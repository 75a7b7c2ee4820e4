/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grant copy, a domain with itself: by reference and by frame on either side,
 * at every kind of offset and length, over the same page, and every refusal
 * with its status and not a byte written.
 */
#include "grant.h"

static grant_entry_v1_t *table;
static unsigned int self;
static u8 *from, *to;

static void fill(void)
{
	unsigned int i;

	for (i = 0; i < PAGE_SIZE; i++)
		from[i] = i * 7 + (i >> 8);
	memset(to, 0xee, PAGE_SIZE);
}

static bool untouched(const u8 *p, unsigned int n)
{
	for (; n; n--, p++)
		if (*p != 0xee)
			return false;
	return true;
}

static int copy(struct gnttab_copy *c)
{
	c->status = 77;
	CHECK_EQ(grant_op(GNTTABOP_copy, c), 0);
	return c->status;
}

/* References 20 (from, for reading) and 21 (to). */
static struct gnttab_copy request(u16 flags, u16 src_off, u16 dst_off, u16 len)
{
	struct gnttab_copy c = {
		.source = { .domid = DOMID_SELF, .offset = src_off },
		.dest = { .domid = DOMID_SELF, .offset = dst_off },
		.len = len, .flags = flags,
	};

	if (flags & GNTCOPY_source_gref)
		c.source.u.ref = 20;
	else
		c.source.u.gmfn = mfn_of(from);
	if (flags & GNTCOPY_dest_gref)
		c.dest.u.ref = 21;
	else
		c.dest.u.gmfn = mfn_of(to);
	return c;
}

static void check_forms(void)
{
	static const u16 forms[] = {
		0, GNTCOPY_source_gref, GNTCOPY_dest_gref,
		GNTCOPY_source_gref | GNTCOPY_dest_gref,
	};
	static const struct { u16 src, dst, len; } parts[] = {
		{ 0, 0, 4096 }, { 100, 7, 500 }, { 4095, 0, 1 },
		{ 0, 4095, 1 }, { 1, 2, 4094 }, { 0, 0, 0 }, { 8, 8, 8 },
	};
	unsigned int i, k;
	struct gnttab_copy c;

	subject("forms");
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		for (k = 0; k < ARRAY_SIZE(parts); k++) {
			fill();
			c = request(forms[i], parts[k].src, parts[k].dst,
				    parts[k].len);
			CHECK_EQ(copy(&c), GNTST_okay);
			CHECK_EQ(memcmp(to + parts[k].dst,
					from + parts[k].src, parts[k].len), 0);
			CHECK(untouched(to, parts[k].dst));
			CHECK(untouched(to + parts[k].dst + parts[k].len,
					PAGE_SIZE - parts[k].dst -
					parts[k].len));
			CHECK_EQ(table[20].flags, GTF_permit_access |
				 GTF_readonly);
			CHECK_EQ(table[21].flags, GTF_permit_access);
		}
	}
}

static void refuse(struct gnttab_copy c, int status)
{
	fill();
	CHECK_EQ(copy(&c), status);
	CHECK(untouched(to, PAGE_SIZE));
	CHECK_EQ(table[20].flags, GTF_permit_access | GTF_readonly);
	CHECK_EQ(table[21].flags, GTF_permit_access);
}

static void check_refusals(void)
{
	u16 both = GNTCOPY_source_gref | GNTCOPY_dest_gref;
	struct gnttab_copy c;

	subject("refusals");
	refuse(request(both, 0, 1, 4096), GNTST_bad_copy_arg);
	refuse(request(both, 1, 0, 4096), GNTST_bad_copy_arg);
	refuse(request(both, 4096, 0, 1), GNTST_bad_copy_arg);
	refuse(request(both, 0, 0xffff, 0xffff), GNTST_bad_copy_arg);
	c = request(both, 0, 0, 8);
	c.source.domid = NO_DOMAIN;
	refuse(c, GNTST_bad_domain);
	c = request(both, 0, 0, 8);
	c.dest.domid = NO_DOMAIN;
	refuse(c, GNTST_bad_domain);
	c = request(both, 0, 0, 8);
	c.source.u.ref = 22;			/* never granted */
	refuse(c, GNTST_general_error);
	c.source.u.ref = 1U << 30;
	refuse(c, GNTST_bad_gntref);
	c = request(both, 0, 0, 8);
	c.dest.u.ref = 20;			/* for reading only */
	refuse(c, GNTST_general_error);
	c = request(0, 0, 0, 8);
	c.source.u.gmfn = 0xffffff0;
	refuse(c, GNTST_bad_page);
	c = request(0, 0, 0, 8);
	c.dest.u.gmfn = 0xffffff0;
	refuse(c, GNTST_bad_page);
	/* Onto a page table: never. */
	c = request(0, 0, 0, 8);
	c.dest.u.gmfn = mfn_of((void *)start_info->pt_base);
	refuse(c, GNTST_general_error);
	/* From one: why not. */
	c = request(0, 0, 0, 8);
	c.source.u.gmfn = mfn_of((void *)start_info->pt_base);
	CHECK_EQ(copy(&c), GNTST_okay);
}

/* A frame by its number belongs to whom the call says: to nobody else. */
static void check_owner(void)
{
	struct gnttab_copy c = request(0, 0, 0, 8);

	subject("frames by number");
	c.source.u.gmfn = 0xfee00;
	refuse(c, GNTST_bad_page);
}

static void check_batch(void)
{
	static struct gnttab_copy c[100];
	unsigned int i, wrong = 0;

	subject("batches");
	fill();
	for (i = 0; i < 100; i++) {
		c[i] = request(GNTCOPY_source_gref, i * 40, i * 40, 40);
		if (i == 50)
			c[i].source.u.ref = 22;
	}
	CHECK_EQ(HC3(grant_table_op, GNTTABOP_copy, c, 100), 0);
	for (i = 0; i < 100; i++) {
		if (i == 50)
			wrong += c[i].status != GNTST_general_error ||
				 !untouched(to + i * 40, 40);
		else
			wrong += c[i].status != GNTST_okay ||
				 memcmp(to + i * 40, from + i * 40, 40);
	}
	CHECK_EQ(wrong, 0);
}

void test_main(void)
{
	self = own_domid();
	table = grant_table_map();
	from = alloc_page();
	to = alloc_page();
	grant_set(&table[20], self, mfn_of(from),
		  GTF_permit_access | GTF_readonly);
	grant_set(&table[21], self, mfn_of(to), GTF_permit_access);
	check_forms();
	check_refusals();
	check_owner();
	check_batch();
}
