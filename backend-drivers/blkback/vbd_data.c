/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a request. Pages of frontends with persistent grants are
 * mapped and stay so; all others are copied by the hypervisor, a request's
 * segments in one batch, between the guest's pages and pages of ours.
 */
#include <stdint.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/io/blkif.h>
#include "vbd_internal.h"

static uint32_t segment_offset(const struct request_segment *s)
{
	return (uint32_t)s->first * REQUEST_SECTOR;
}

static uint32_t segment_bytes(const struct request_segment *s)
{
	return (s->last - s->first + 1u) * REQUEST_SECTOR;
}

bool vbd_read_guest(struct vbd *v, uint32_t ref, void *to, uint16_t len)
{
	struct grant_copy copy = { .local = to, .ref = ref, .len = len };
	struct persist_page *page = NULL;

	if (v->persist)
		page = persist_get(v->persist, ref);
	if (!page)
		return !grants_copy(v->grants, &copy, 1) && !copy.status;
	memcpy(to, persist_address(page), len);
	/* `to` is private from here on, whatever the guest writes. */
	__asm__ volatile("" ::: "memory");
	persist_put(v->persist, page);
	return true;
}

/* Copies all segments that are not mapped, in one batch. */
static bool vbd_copy(struct vbd *v, struct vbd_request *r, bool to_guest)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < r->info.nr_segments; i++) {
		const struct request_segment *s = &r->segments[i];

		if (r->buffers[i].mapped)
			continue;
		v->copies[count++] = (struct grant_copy){
			.local = (char *)r->buffers[i].page +
				 segment_offset(s),
			.ref = s->ref,
			.offset = segment_offset(s),
			.len = segment_bytes(s),
			.to_guest = to_guest,
		};
	}
	if (!count)
		return true;
	if (grants_copy(v->grants, v->copies, count))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (v->copies[i].status)
			return false;
	return true;
}

static void vbd_release_buffers(struct vbd *v, struct vbd_request *r)
{
	for (uint32_t i = 0; i < r->info.nr_segments; i++) {
		struct vbd_buffer *b = &r->buffers[i];

		if (b->mapped)
			persist_put(v->persist, b->mapped);
		else if (b->page)
			pages_put(v->pages, b->page);
		*b = (struct vbd_buffer){ NULL, NULL };
	}
}

/* Maps what can be mapped; returns how many pages of ours are needed. */
static uint32_t vbd_map(struct vbd *v, struct vbd_request *r)
{
	uint32_t missing = 0;

	for (uint32_t i = 0; i < r->info.nr_segments; i++) {
		struct vbd_buffer *b = &r->buffers[i];

		if (v->persist)
			b->mapped = persist_get(v->persist,
						r->segments[i].ref);
		if (b->mapped)
			b->page = persist_address(b->mapped);
		else
			missing++;
	}
	return missing;
}

enum vbd_prepared vbd_prepare(struct vbd *v, struct vbd_request *r)
{
	if (vbd_map(v, r) > pages_left(v->pages)) {
		vbd_release_buffers(v, r);
		return VBD_NO_PAGES;
	}
	for (uint32_t i = 0; i < r->info.nr_segments; i++) {
		const struct request_segment *s = &r->segments[i];
		struct vbd_buffer *b = &r->buffers[i];

		if (!b->page)
			b->page = pages_get(v->pages);
		r->iov[i].iov_base = (char *)b->page + segment_offset(s);
		r->iov[i].iov_len = segment_bytes(s);
	}
	r->iov_first = 0;
	r->done = 0;
	if (r->info.operation == BLKIF_OP_READ || vbd_copy(v, r, false))
		return VBD_READY;
	vbd_release_buffers(v, r);
	return VBD_BAD;
}

bool vbd_release(struct vbd *v, struct vbd_request *r, bool deliver)
{
	bool good = true;

	if (deliver && r->info.operation == BLKIF_OP_READ)
		good = vbd_copy(v, r, true);
	vbd_release_buffers(v, r);
	return good;
}

void vbd_transfer(struct vbd *v, struct vbd_request *r)
{
	image_transfer(v->image, r->info.operation != BLKIF_OP_READ,
		       r->iov + r->iov_first,
		       r->info.nr_segments - r->iov_first,
		       r->info.sector * REQUEST_SECTOR + r->done, r);
}

bool vbd_advance(struct vbd_request *r, uint64_t bytes)
{
	r->done += bytes;
	while (r->iov_first < r->info.nr_segments) {
		struct iovec *iov = &r->iov[r->iov_first];

		if (bytes < iov->iov_len) {
			iov->iov_base = (char *)iov->iov_base + bytes;
			iov->iov_len -= bytes;
			return false;
		}
		bytes -= iov->iov_len;
		r->iov_first++;
	}
	return true;
}
