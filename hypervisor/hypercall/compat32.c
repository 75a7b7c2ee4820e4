/* SPDX-License-Identifier: BSD-2-Clause */
/* The translation area of a 32-bit vCPU, and structures by tables of fields. */
#include "core/guest_copy.h"
#include "hypercall/compat32.h"
#include "lib/string.h"
#include "mm/heap.h"

/* Larger structures have a converter of their own. */
#define STRUCT_MAX	128

/* --- the area ---------------------------------------------------------------- */

void *compat32_room(size_t n)
{
	struct vcpu *v = current;
	size_t at = ROUND_UP(v->xlat.used, (size_t)16);

	if (n > COMPAT32_AREA || at > COMPAT32_AREA - n)
		return NULL;
	if (!v->xlat.area)
		v->xlat.area = heap_zalloc(COMPAT32_AREA);
	if (!v->xlat.area)
		return NULL;
	v->xlat.used = at + n;
	return v->xlat.area + at;
}

void *compat32_alloc(size_t n)
{
	void *p = compat32_room(n);

	return p ? memset(p, 0, n) : NULL;
}

void compat32_reset(void)
{
	current->xlat.used = 0;
}

/* --- structures --------------------------------------------------------------- */

/* Most fields are words. */
static void widen_field(const struct compat32_field *f, u8 *native,
			const u8 *guest)
{
	u8 *to = native + f->to;
	const u8 *from = guest + f->from;

	switch (f->from_size) {
	case 2:
		*(u16 *)to = *(const u16 *)from;
		return;
	case 4:
		if (f->to_size == 8)
			*(u64 *)to = *(const u32 *)from;
		else
			*(u32 *)to = *(const u32 *)from;
		return;
	default:
		memcpy(to, from, min(f->from_size, f->to_size));
	}
}

void compat32_widen(const struct compat32_struct *s, void *native,
		    const void *guest)
{
	for (unsigned int i = 0; i < s->count; i++)
		widen_field(&s->fields[i], native, guest);
}

static bool narrow_field(const struct compat32_field *f, u8 *guest,
			 const u8 *native)
{
	u32 upper;

	memcpy(guest + f->from, native + f->to,
	       min(f->from_size, f->to_size));
	if (f->from_size == f->to_size)
		return true;
	memcpy(&upper, native + f->to + 4, sizeof(upper));
	return upper == 0;
}

bool compat32_narrow(const struct compat32_struct *s, void *guest,
		     const void *native)
{
	bool fits = true;

	memset(guest, 0, s->from_size);
	for (unsigned int i = 0; i < s->count; i++)
		fits &= narrow_field(&s->fields[i], guest, native);
	return fits;
}

int compat32_get(const struct compat32_struct *s, void **native, gva_t from)
{
	u8 guest[STRUCT_MAX] __aligned(8) __uninitialized;

	if (copy_from_guest(guest, from, s->from_size))
		return -EFAULT;
	*native = compat32_alloc(s->to_size);
	if (!*native)
		return -ENOMEM;
	compat32_widen(s, *native, guest);
	return 0;
}

int compat32_put(const struct compat32_struct *s, gva_t to,
		 const void *native)
{
	u8 guest[STRUCT_MAX] __aligned(8) __uninitialized;

	if (!compat32_narrow(s, guest, native))
		return -ERANGE;
	return copy_to_guest(to, guest, s->from_size);
}

/* --- arrays of words -------------------------------------------------------------- */

#define WORDS	64U

unsigned int compat32_get_words(u64 *native, gva_t from, unsigned int n)
{
	u32 w[WORDS] __uninitialized;

	for (unsigned int i = 0; i < n; i++) {
		if (i % WORDS == 0 &&
		    copy_from_guest(w, GVA(from.v + i * sizeof(w[0])),
				    min(n - i, WORDS) * sizeof(w[0])))
			return i;
		native[i] = w[i % WORDS];
	}
	return n;
}

unsigned int compat32_put_words(gva_t to, const u64 *native, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		u32 w = (u32)native[i];

		if (w != native[i] || copy_elem_to_guest(to, i, &w))
			return i;
	}
	return n;
}
