/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transactions: whatever commits must be as if it had run alone at that
 * moment, and what touches nothing that others changed must commit.
 */
#include <stdio.h>
#include <string.h>
#include "xs_check.h"
#include "xs_fake.h"

/* --- a naive model: all nodes of a small world in one array ---------------- */

#define NAMES	3
#define NODES	(1 + NAMES + NAMES * NAMES + NAMES * NAMES * NAMES)

struct world {
	bool there[NODES];
	char value[NODES][8];
	bool changed[NODES];
};

/* Node 0 is /w, the children of n are NAMES * n + 1 ... */
static int parent(int n)
{
	return (n - 1) / NAMES;
}

static void node_path(int n, char *out)
{
	char tail[32] = "";

	for (; n; n = parent(n)) {
		char longer[32];

		snprintf(longer, sizeof(longer), "/%c%.20s",
			 'a' + (n - 1) % NAMES, tail);
		strcpy(tail, longer);
	}
	sprintf(out, "/w%.20s", tail);
}

static void world_write(struct world *w, int n, const char *value)
{
	for (int p = n; ; p = parent(p)) {
		if (!w->there[p]) {
			w->there[p] = true;
			w->value[p][0] = '\0';
			w->changed[p] = true;
			w->changed[parent(p)] = true;
		}
		if (!p)
			break;
	}
	strcpy(w->value[n], value);
	w->changed[n] = true;
}

static void world_remove(struct world *w, int n)
{
	if (!w->there[n])
		return;
	w->there[n] = false;
	w->changed[n] = w->changed[parent(n)] = true;
	for (int i = 0; i < NAMES && NAMES * n + 1 + i < NODES; i++)
		world_remove(w, NAMES * n + 1 + i);
}

static void world_list(const struct world *w, int n, char *out)
{
	out[0] = '\0';
	for (int i = 0; i < NAMES && NAMES * n + 1 + i < NODES; i++)
		if (w->there[NAMES * n + 1 + i])
			sprintf(out + strlen(out), "%s%c", *out ? "|" : "",
				'a' + i);
}

/* --- one step, on the model and on the store ------------------------------- */

enum { STEP_WRITE, STEP_REMOVE, STEP_READ, STEP_LIST, STEP_KINDS };

struct step {
	int kind;
	int node;
	char value[8];
	char saw[64];
};

static void step_random(struct step *s)
{
	static int serial;

	s->kind = random() % STEP_KINDS;
	s->node = random() % NODES;
	/* The root of this world stays. */
	if (s->kind == STEP_REMOVE && !s->node)
		s->node = 1;
	sprintf(s->value, "%d", serial++ % 100000);
}

static void step_model(struct world *w, const struct step *s, char *saw)
{
	strcpy(saw, "OK");
	switch (s->kind) {
	case STEP_WRITE:
		world_write(w, s->node, s->value);
		return;
	case STEP_REMOVE:
		if (!w->there[s->node] && !w->there[parent(s->node)])
			strcpy(saw, "ENOENT");
		world_remove(w, s->node);
		return;
	case STEP_READ:
		strcpy(saw, w->there[s->node] ? w->value[s->node] : "ENOENT");
		return;
	default:
		strcpy(saw, "ENOENT");
		if (w->there[s->node])
			world_list(w, s->node, saw);
	}
}

static void step_store(struct fake *f, uint32_t tx, struct step *s)
{
	static const int types[] = { XS_WRITE, XS_RM, XS_READ, XS_DIRECTORY };
	char path[32];
	const char *r;

	node_path(s->node, path);
	if (s->kind == STEP_WRITE)
		r = fake_write(f, tx, path, s->value);
	else
		r = fake_ask(f, types[s->kind], tx, path, strlen(path) + 1);
	snprintf(s->saw, sizeof(s->saw), "%s", r);
}

/* --- interleaved transactions ---------------------------------------------- */

#define SLOTS	4
#define STEPS	12

struct slot {
	uint32_t id;
	struct world seen;
	/* Nodes that others changed since it began. */
	bool others[NODES];
	struct step step[STEPS];
	int count;
	bool effect;
};

static void slot_step(struct fake *f, struct slot *t)
{
	struct step *s = &t->step[t->count++];
	char expect[64];

	step_random(s);
	t->effect |= s->kind == STEP_WRITE ||
		(s->kind == STEP_REMOVE && t->seen.there[s->node]);
	step_store(f, t->id, s);
	step_model(&t->seen, s, expect);
	ck_assert_str_eq(s->saw, expect);
}

/* Nothing at, above or below @n was changed by others. */
static bool node_untouched(const struct slot *t, int n)
{
	for (int p = n; p; p = parent(p))
		if (t->others[p])
			return false;
	if (t->others[0])
		return false;
	for (int d = 1; d < NODES; d++)
		for (int p = d; p; p = parent(p))
			if (parent(p) == n && t->others[d])
				return false;
	return true;
}

/* Then it has to be committed. */
static bool slot_disjoint(const struct slot *t)
{
	for (int i = 0; i < t->count; i++)
		if (!node_untouched(t, t->step[i].node))
			return false;
	return true;
}

static bool slot_alone(const struct slot *t)
{
	for (int n = 0; n < NODES; n++)
		if (t->others[n])
			return false;
	return true;
}

/* What it saw must be what it would see if it ran now, as a whole. */
static void slot_replay(const struct slot *t, struct world *now)
{
	char saw[64];

	memset(now->changed, 0, sizeof(now->changed));
	for (int i = 0; i < t->count; i++) {
		step_model(now, &t->step[i], saw);
		ck_assert_str_eq(saw, t->step[i].saw);
	}
}

static void compare(struct fake *f, const struct world *w)
{
	for (int n = 0; n < NODES; n++) {
		struct step s = { .kind = STEP_READ, .node = n };

		step_store(f, 0, &s);
		ck_assert_str_eq(s.saw, w->there[n] ? w->value[n] : "ENOENT");
	}
}

static struct {
	int ended, committed, merged;
} tally;

static void slot_begin(struct fake *f, struct slot *t, const struct world *now)
{
	t->id = fake_start(f);
	ck_assert_uint_ne(t->id, 0);
	t->seen = *now;
	t->count = 0;
	t->effect = false;
	memset(t->others, 0, sizeof(t->others));
}

static void tell_others(struct slot *slot, const struct world *now)
{
	for (int k = 0; k < SLOTS; k++)
		for (int n = 0; n < NODES; n++)
			slot[k].others[n] |= now->changed[n];
}

static void slot_end(struct fake *f, struct slot *slot, struct slot *t,
		     struct world *now)
{
	const char *r = fake_end(f, t->id, true);

	t->id = 0;
	tally.ended++;
	if (strcmp(r, "OK")) {
		ck_assert_str_eq(r, "EAGAIN");
		ck_assert(!slot_disjoint(t));
		compare(f, now);
		return;
	}
	tally.committed++;
	/* Without effect it counts as run when it began. */
	if (!t->effect)
		return;
	tally.merged += !slot_alone(t);
	slot_replay(t, now);
	tell_others(slot, now);
	compare(f, now);
}

/* A change outside of all transactions. */
static void plain_step(struct fake *f, struct slot *slot, struct world *now)
{
	struct step s;
	char saw[64];

	step_random(&s);
	step_store(f, 0, &s);
	memset(now->changed, 0, sizeof(now->changed));
	step_model(now, &s, saw);
	ck_assert_str_eq(saw, s.saw);
	tell_others(slot, now);
}

static void run_seed(unsigned int seed)
{
	struct fake *f = fake_new(0);
	static struct slot slot[SLOTS];
	static struct world now;

	memset(slot, 0, sizeof(slot));
	memset(&now, 0, sizeof(now));
	srandom(seed);
	fake_str(f, XS_RM, 0, "/w");
	fake_write(f, 0, "/w", "");
	world_write(&now, 0, "");
	for (int i = 0; i < 300; i++) {
		struct slot *t = &slot[random() % SLOTS];

		if (!t->id)
			slot_begin(f, t, &now);
		else if (t->count < STEPS && random() % 4)
			slot_step(f, t);
		else
			slot_end(f, slot, t, &now);
		if (!(random() % 40))
			plain_step(f, slot, &now);
	}
	for (int k = 0; k < SLOTS; k++)
		if (slot[k].id)
			fake_end(f, slot[k].id, false);
	compare(f, &now);
	ck_assert(store_check());
}

START_TEST(model)
{
	fake_store();
	for (unsigned int seed = 1; seed <= 300; seed++)
		run_seed(seed);
	/* The test itself must be worth something. */
	ck_assert_int_gt(tally.committed, 1000);
	ck_assert_int_gt(tally.merged, 100);
	ck_assert_int_lt(tally.committed, tally.ended);
	fake_forget();
}
END_TEST

START_TEST(siblings_merge)
{
	struct fake *f;
	uint32_t a, b;

	fake_store();
	f = fake_new(0);
	fake_write(f, 0, "/local/domain/0/backend", "");
	a = fake_start(f);
	b = fake_start(f);
	fake_write(f, a, "/local/domain/1/x", "1");
	fake_write(f, b, "/local/domain/2/x", "2");
	ck_assert_str_eq(fake_end(f, a, true), "OK");
	ck_assert_str_eq(fake_end(f, b, true), "OK");
	ck_assert_str_eq(fake_str(f, XS_DIRECTORY, 0, "/local/domain"),
			 "0|1|2");
	fake_forget();
}
END_TEST

START_TEST(directory_conflicts)
{
	struct fake *f;
	uint32_t a;

	fake_store();
	f = fake_new(0);
	fake_write(f, 0, "/d/1", "");
	a = fake_start(f);
	ck_assert_str_eq(fake_str(f, XS_DIRECTORY, a, "/d"), "1");
	fake_write(f, a, "/n", "1");
	fake_write(f, 0, "/d/2", "");
	ck_assert_str_eq(fake_str(f, XS_DIRECTORY, a, "/d"), "1");
	ck_assert_str_eq(fake_end(f, a, true), "EAGAIN");
	ck_assert_str_eq(fake_str(f, XS_READ, 0, "/n"), "ENOENT");
	fake_forget();
}
END_TEST

START_TEST(aborted_leaves_nothing)
{
	struct fake *f;
	char *before, *after;
	uint32_t a;

	fake_store();
	f = fake_new(0);
	fake_write(f, 0, "/d/1", "x");
	before = fake_dump();
	a = fake_start(f);
	fake_write(f, a, "/d/2", "y");
	fake_str(f, XS_RM, a, "/d/1");
	ck_assert_str_eq(fake_str(f, XS_READ, a, "/d/2"), "y");
	ck_assert_str_eq(fake_end(f, a, false), "OK");
	after = fake_dump();
	ck_assert_str_eq(before, after);
	ck_assert_uint_eq(usage_of(0)->transactions, 0);
	ck_assert(store_check());
	free(before);
	free(after);
	fake_forget();
}
END_TEST

START_TEST(ids)
{
	struct fake *f, *g;
	uint32_t a;

	fake_store();
	f = fake_new(0);
	g = fake_new(0);
	a = fake_start(f);
	ck_assert_str_eq(fake_str(g, XS_READ, a, "/"), "ENOENT");
	ck_assert_str_eq(fake_str(f, XS_TRANSACTION_START, a, ""), "EBUSY");
	ck_assert_str_eq(fake_str(f, XS_TRANSACTION_END, a, "X"), "EINVAL");
	ck_assert_str_eq(fake_str(f, XS_TRANSACTION_END, 0, "T"), "ENOENT");
	ck_assert_str_eq(fake_end(f, a, true), "OK");
	ck_assert_str_eq(fake_end(f, a, true), "ENOENT");
	fake_forget();
}
END_TEST

/* Transactions that a dead daemon knew go on, and then must be done again. */
START_TEST(lost_with_the_daemon)
{
	struct fake *f;

	fake_store();
	f = fake_new(0);
	f->conn.lost_tx = 7;
	f->conn.next_tx = 7;
	fake_write(f, 0, "/a", "1");
	ck_assert_str_eq(fake_str(f, XS_READ, 5, "/a"), "1");
	ck_assert_str_eq(fake_write(f, 5, "/a", "2"), "OK");
	ck_assert_str_eq(fake_end(f, 5, true), "EAGAIN");
	ck_assert_str_eq(fake_str(f, XS_READ, 0, "/a"), "1");
	ck_assert_str_eq(fake_end(f, 6, true), "EAGAIN");
	ck_assert_str_eq(fake_end(f, 4, false), "OK");
	ck_assert_uint_eq(fake_start(f), 7);
	ck_assert_str_eq(fake_end(f, 8, true), "ENOENT");
	ck_assert(store_check());
	fake_forget();
}
END_TEST

XS_SUITE(xs_transaction, model, siblings_merge, directory_conflicts,
	aborted_leaves_nothing, ids, lost_with_the_daemon)
