/* SPDX-License-Identifier: BSD-2-Clause */
/* From the file that the boot loader loaded to an ELF image in memory. */
#include "lib/printf.h"
#include "lib/string.h"
#include "lib/xz.h"
#include "mm/heap.h"
#include "pv/build.h"

#define BZ_SETUP_SECTS	0x1f1
#define BZ_MAGIC	0x202
#define BZ_PAYLOAD	0x248
#define MAX_UNPACKED	(GIB)

static __init u32 get32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The payload of a bzImage; anything else is returned as it is. */
static __init bool find_payload(const u8 **file, u64 *size)
{
	const u8 *p = *file;
	u64 offset, length;

	if (*size < BZ_PAYLOAD + 8 || memcmp(p + BZ_MAGIC, "HdrS", 4))
		return true;
	offset = (p[BZ_SETUP_SECTS] ? p[BZ_SETUP_SECTS] : 4) + 1UL;
	offset = offset * 512 + get32(p + BZ_PAYLOAD);
	length = get32(p + BZ_PAYLOAD + 4);
	if (offset > *size || length > *size - offset)
		return false;
	*file = p + offset;
	*size = length;
	return true;
}

typedef bool decoder(const u8 *in, u64 in_size, u8 *out, u64 out_size);

/* The last four bytes say how long the result is. */
static __init const char *unpack(struct kernel *k, decoder *decode,
				 const u8 *in, u64 size)
{
	u64 out_size = get32(in + size - 4);

	if (!out_size || out_size > MAX_UNPACKED)
		return "its unpacked size is impossible";
	while ((PAGE_SIZE << k->unpacked_order) < out_size)
		k->unpacked_order++;
	k->unpacked = heap_alloc_dirty(k->unpacked_order, 0);
	if (mfn_eq(k->unpacked, INVALID_MFN))
		return "there is no memory to unpack it";
	k->data = mfn_to_virt(k->unpacked);
	k->size = out_size;
	if (decode(in, size, mfn_to_virt(k->unpacked), out_size))
		return NULL;
	kernel_free(k);
	return "its compressed data are damaged";
}

__init const char *kernel_unpack(struct kernel *k, const u8 *file, u64 size)
{
	*k = (struct kernel){ .unpacked = INVALID_MFN };
	if (!find_payload(&file, &size))
		return "its payload lies outside of the file";
	k->data = file;
	k->size = size;
	if (size < 64)
		return "it is too short";
	/* In a bzImage XZ is followed by the size, which is not its own. */
	if (!memcmp(file, "\xfd" "7zXZ", 6))
		return unpack(k, xz_decode, file, size);
	if (!memcmp(file, "\x1f\x8b", 2))
		return unpack(k, inflate_gzip, file, size);
	if (!memcmp(file, "\x28\xb5\x2f\xfd", 4))
		return "zstd compression is not supported for dom0";
	if (!memcmp(file, "\x02\x21\x4c\x18", 4))
		return "LZ4 compression is not supported for dom0";
	return NULL;
}

__init void kernel_free(struct kernel *k)
{
	if (mfn_eq(k->unpacked, INVALID_MFN))
		return;
	heap_free(k->unpacked, k->unpacked_order);
	k->unpacked = INVALID_MFN;
}
