/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a request. Pages of frontends with persistent grants are
 * mapped and stay so; all others are copied by the hypervisor, a request's
 * segments in one batch, between the guest's pages and memory of ours.
 *
 * Where the image has memory that the kernel knows, a request's data goes
 * through a run of it, also between mapped pages: to look up a page that
 * another domain granted costs the kernel more than a copy of it. When that
 * memory is short, the image works on the guest's pages and on pages of ours.
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
	memcpy(to, page->address, len);
	/* `to` is private from here on, whatever the guest writes. */
	__asm__ volatile("" ::: "memory");
	persist_put(page);
	return true;
}

static bool vbd_copy_grants(struct vbd *v, uint32_t count)
{
	if (!count)
		return true;
	if (grants_copy(v->grants, v->copies, count))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (v->copies[i].status)
			return false;
	return true;
}

/* Between a mapped page and the request's run. */
static void vbd_move(char *guest, char *local, uint32_t bytes, bool to_guest)
{
	if (to_guest)
		memcpy(guest, local, bytes);
	else
		memcpy(local, guest, bytes);
}

/* Copies all segments that are not transferred in place. */
static bool vbd_copy(struct vbd *v, struct vbd_request *r, bool to_guest)
{
	uint32_t count = 0;
	char *run = r->run;

	for (uint32_t i = 0; i < r->info.nr_segments; i++) {
		const struct request_segment *s = &r->segments[i];
		const struct vbd_buffer *b = &r->buffers[i];
		uint32_t offset = segment_offset(s), bytes = segment_bytes(s);

		if (!b->mapped)
			v->copies[count++] = (struct grant_copy){
				.local = run ? run : (char *)b->page + offset,
				.ref = s->ref,
				.offset = offset,
				.len = bytes,
				.to_guest = to_guest,
			};
		else if (run)
			vbd_move((char *)b->mapped->address + offset, run,
				 bytes, to_guest);
		if (run)
			run += bytes;
	}
	return vbd_copy_grants(v, count);
}

static uint64_t vbd_bytes(const struct vbd_request *r)
{
	return r->info.nr_sectors * REQUEST_SECTOR;
}

static void vbd_release_buffers(struct vbd *v, struct vbd_request *r)
{
	for (uint32_t i = 0; i < r->info.nr_segments; i++) {
		struct vbd_buffer *b = &r->buffers[i];

		if (b->mapped)
			persist_put(b->mapped);
		else if (b->page)
			pages_put(v->pages, b->page);
	}
	if (r->run)
		runs_put(v->runs, r->run, vbd_bytes(r));
	r->run = NULL;
}

/* Maps what can be mapped; returns how many pages of ours are needed. */
static uint32_t vbd_map(struct vbd *v, struct vbd_request *r)
{
	uint32_t missing = 0;

	memset(r->buffers, 0, r->info.nr_segments * sizeof(*r->buffers));
	if (!v->persist)
		return r->info.nr_segments;
	for (uint32_t i = 0; i < r->info.nr_segments; i++) {
		r->buffers[i].mapped = persist_get(v->persist,
						   r->segments[i].ref);
		missing += !r->buffers[i].mapped;
	}
	return missing;
}

/* The image works on the guest's pages where they are mapped. */
static void vbd_scatter(struct vbd *v, struct vbd_request *r)
{
	for (uint32_t i = 0; i < r->info.nr_segments; i++) {
		const struct request_segment *s = &r->segments[i];
		struct vbd_buffer *b = &r->buffers[i];
		char *page;

		if (!b->mapped)
			b->page = pages_get(v->pages);
		page = b->mapped ? b->mapped->address : b->page;
		r->iov[i].iov_base = page + segment_offset(s);
		r->iov[i].iov_len = segment_bytes(s);
	}
}

enum vbd_prepared vbd_prepare(struct vbd *v, struct vbd_request *r)
{
	uint32_t missing = vbd_map(v, r);

	r->run = runs_get(v->runs, vbd_bytes(r));
	if (!r->run && missing > pages_left(v->pages)) {
		vbd_release_buffers(v, r);
		return VBD_NO_PAGES;
	}
	if (!r->run)
		vbd_scatter(v, r);
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
	bool write = r->info.operation != BLKIF_OP_READ;
	uint64_t offset = r->info.sector * REQUEST_SECTOR + r->done;

	if (r->run)
		image_transfer_fixed(v->image, write, (char *)r->run + r->done,
				     vbd_bytes(r) - r->done, offset, r);
	else
		image_transfer(v->image, write, r->iov + r->iov_first,
			       r->info.nr_segments - r->iov_first, offset, r);
}

bool vbd_advance(struct vbd_request *r, uint64_t bytes)
{
	r->done += bytes;
	if (r->run)
		return r->done >= vbd_bytes(r);
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
