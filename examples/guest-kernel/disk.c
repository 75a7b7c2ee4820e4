/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disk. The proof leaves what dom0 can check with its own tools: sums as
 * of crc32(1), and a pattern of lines that any awk can write, too.
 */
#include "devices.h"
#include "blkfront.h"

enum {
	BLOCK = 4096,
	CHUNK = 32,			/* blocks at a time */
	LINE = 32,
	TIMEOUT_S = 20,
};

static struct blkfront disk;
static u8 *chunk;

/* ---- The sum: CRC-32 as of gzip and crc32(1). ------------------------------ */

struct sum {
	u32 crc;
	const u8 *data;
	u32 len;
};

static u32 crc_bits(u32 crc)
{
	int bit;

	for (bit = 0; bit < 8; bit++)
		crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	return crc;
}

/* On the second vCPU, as an example of work. */
static void sum_add(void *arg)
{
	static u32 table[256];
	struct sum *s = arg;
	u32 i, crc = ~s->crc;

	for (i = 0; i < 256; i++)
		table[i] = crc_bits(i);
	for (i = 0; i < s->len; i++)
		crc = crc >> 8 ^ table[(crc ^ s->data[i]) & 0xff];
	s->crc = ~crc;
}

/* ---- The pattern: lines `SEED SECTOR LINE` of 32 bytes. ------------------- */

static void put_decimal(u8 *p, u32 n)
{
	int i;

	for (i = 7; i >= 0; i--, n /= 10)
		p[i] = '0' + n % 10;
}

static void pattern_line(u8 *p, const char *seed, u32 sector, u32 line)
{
	size_t len = strlen(seed);

	memset(p, ' ', LINE);
	memcpy(p, seed, len < 13 ? len : 13);
	put_decimal(p + 14, sector);
	put_decimal(p + 23, line);
	p[LINE - 1] = '\n';
}

static void pattern_fill(const char *seed, u32 block, u32 count)
{
	u32 i, lines = count * BLOCK / LINE;

	for (i = 0; i < lines; i++)
		pattern_line(chunk + i * LINE, seed, block * 8 + i / 16,
			     i % 16);
}

/* ---- Transfers -------------------------------------------------------------- */

static void transfer(enum blkfront_op op, u32 block, u32 count, void *data)
{
	int rc = blkfront_transfer(&disk, op, (u64)block * 8, (u64)count * 8,
				   data);

	if (rc)
		panic("disk: operation %d at block %u: error %d", op, block,
		      rc);
}

static u32 smaller(u32 a, u32 b)
{
	return a < b ? a : b;
}

static void read_and_sum(const char *what, u32 block, u32 count)
{
	struct sum s = { .data = chunk };
	u32 done, n;

	for (done = 0; done < count; done += n) {
		n = smaller(count - done, CHUNK);
		transfer(BLKFRONT_READ, block + done, n, chunk);
		s.len = n * BLOCK;
		smp_call(sum_add, &s);
	}
	print("disk: %s: %u blocks, crc32 %08x\n", what, count, s.crc);
}

static void write_pattern(const char *seed, u32 block, u32 count)
{
	u32 done, n;

	for (done = 0; done < count; done += n) {
		n = smaller(count - done, CHUNK);
		pattern_fill(seed, done, n);
		transfer(BLKFRONT_WRITE, block + done, n, chunk);
	}
	transfer(BLKFRONT_FLUSH, 0, 0, NULL);
}

void disk_prove(void)
{
	u32 read = option_number("read", 0), at = option_number("at", 0);
	u32 blocks = option_number("blocks", 0);
	const char *seed = option("pattern");

	if (read)
		read_and_sum("start", 0, read);
	if (!seed || !blocks)
		return;
	write_pattern(seed, at, blocks);
	read_and_sum("pattern", at, blocks);
}

bool disk_init(void)
{
	static char path[] = "device/vbd/00000";
	const char *name = option("disk");
	u32 number;
	int rc;

	if (!name)
		return false;
	if (memcmp(name, "xvd", 3) || name[3] < 'a' || name[3] > 'p' ||
	    name[4])
		panic("disk=%s is none of xvda to xvdp", name);
	number = 51712 + (name[3] - 'a') * 16;
	for (rc = 4; rc >= 0; rc--, number /= 10)
		path[11 + rc] = '0' + number % 10;
	chunk = memory_pages(CHUNK);
	rc = blkfront_open(&disk, &hooks, path, NULL,
			   TIMEOUT_S * 1000ULL * MS);
	if (rc || !chunk)
		panic("disk %s cannot be opened: error %d", name, rc);
	print("disk: %s, %llu sectors of 512 bytes\n", name,
	      (unsigned long long)disk.info.sectors);
	return true;
}
