/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer: the bytes are a kernel file. Whatever it claims, unpacking stays
 * in its bounds, and a layout that is accepted keeps every part of the domain
 * inside of its memory.
 *
 * `make test` runs it with drive.c. For libFuzzer it is built by clang
 * -fsanitize=fuzzer,address,undefined with the sources that the Makefile names;
 * run it with -max_total_time=60. Good seeds: build/tests/fuzz/seeds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "builder/decompress.h"
#include "builder/image.h"
#include "builder/plan.h"

#define UNPACKED_MAX (4u << 20)
#define PAGES 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(const struct plan_range *range, uint64_t limit)
{
	if (range->pfn > limit || range->count > limit - range->pfn)
		abort();
}

static void check_plan(const struct plan *plan, const struct elf *elf)
{
	uint64_t end;

	inside(&plan->image, plan->mapped);
	inside(&plan->tables.all, plan->mapped);
	inside(&plan->initrd, plan->nr_pages);
	inside(&plan->p2m, plan->nr_pages);
	inside(&plan->p2m_tables.all, plan->nr_pages);
	if (plan->mapped > plan->nr_pages || plan->stack >= plan->mapped)
		abort();
	for (unsigned int i = 0; i < elf->segment_count; i++) {
		end = plan_address(&plan->kernel, elf->segments[i].paddr) +
			elf->segments[i].memsz;
		if (plan_pages(end) > plan->start_info)
			abort();
	}
}

static void load(const uint8_t *data, size_t size)
{
	static struct elfnotes notes;
	static struct elf elf;
	struct build_error error = { .text = "" };
	struct plan_kernel kernel;
	struct plan plan;

	if (elf_parse(&elf, data, size))
		return;
	elfnotes_read(&elf, &notes);
	if (plan_kernel(&kernel, &elf, &notes, "k", &error) < 0 ||
	    plan_make(&plan, &kernel, PAGES, size, &error) < 0) {
		if (error.text[0] == '\0')
			abort();
		return;
	}
	check_plan(&plan, &elf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct build_error error = { .text = "" };
	size_t packed_len, max, got = 0;
	const uint8_t *packed;
	uint8_t *out;

	if (image_locate(data, size, "k", &packed, &packed_len, &max,
			 &error) < 0)
		return 0;
	if (!packed) {
		load(data, size);
		return 0;
	}
	if (max > UNPACKED_MAX)
		max = UNPACKED_MAX;
	out = malloc(max);
	if (!decompress(packed, packed_len, out, max, &got))
		load(out, got);
	if (got > max)
		abort();
	free(out);
	return 0;
}
