/* SPDX-License-Identifier: BSD-2-Clause */
/* Doubly linked lists, intrusive and circular. */
#ifndef HOSPES_LIB_LIST_H
#define HOSPES_LIB_LIST_H

#include "lib/types.h"

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(l)	{ &(l), &(l) }

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

/* Insert @n behind @pos; with the head as @pos that is the first place. */
static inline void list_add(struct list *n, struct list *pos)
{
	n->next = pos->next;
	n->prev = pos;
	pos->next->prev = n;
	pos->next = n;
}

/* Insert @n before @pos; with the head as @pos that is the last place. */
static inline void list_add_tail(struct list *n, struct list *pos)
{
	list_add(n, pos->prev);
}

/* Unlink @n and leave it empty, so that a second call does no harm. */
static inline void list_del(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

#define list_entry(l, type, member) container_of(l, type, member)
#define list_first(l, type, member) list_entry((l)->next, type, member)

#define list_for_each(pos, head, member) \
	for (pos = list_entry((head)->next, __typeof__(*pos), member); \
	     &pos->member != (head); \
	     pos = list_entry(pos->member.next, __typeof__(*pos), member))

/* As above, but @pos may be removed; @tmp is a second cursor. */
#define list_for_each_safe(pos, tmp, head, member) \
	for (pos = list_entry((head)->next, __typeof__(*pos), member), \
	     tmp = list_entry(pos->member.next, __typeof__(*pos), member); \
	     &pos->member != (head); \
	     pos = tmp, \
	     tmp = list_entry(tmp->member.next, __typeof__(*tmp), member))

#endif
