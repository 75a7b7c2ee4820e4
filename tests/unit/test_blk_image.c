/* SPDX-License-Identifier: BSD-2-Clause */
/* blkback's raw images on real files, through the kernel's io_uring. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "blkback/image.h"

enum { SIZE = 1 << 20 };

static char folder[64];
static char path[128];
static char why[300];

static void setup(void)
{
	int fd;

	snprintf(folder, sizeof(folder), "/tmp/test_blk_image.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/disk", folder);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(ftruncate(fd, SIZE), 0);
	close(fd);
}

static void teardown(void)
{
	unlink(path);
	rmdir(folder);
}

static struct image *open_disk(bool readonly, bool discard)
{
	struct image_config config = {
		path, open(path, readonly ? O_RDONLY : O_RDWR), readonly,
		discard,
	};
	struct image *image = image_open(&config, why, sizeof(why));

	ck_assert_msg(image != NULL, "%s", why);
	return image;
}

static int wait_one(struct image *image, void *expected)
{
	struct pollfd p = { .fd = image_fd(image), .events = POLLIN };
	void *token;
	int result;

	ck_assert_int_eq(image_submit(image), 0);
	ck_assert_int_eq(poll(&p, 1, 5000), 1);
	ck_assert(image_next(image, &token, &result));
	ck_assert_ptr_eq(token, expected);
	return result;
}

static void *page(int fill)
{
	void *memory = aligned_alloc(4096, 4096);

	memset(memory, fill, 4096);
	return memory;
}

START_TEST(write_sync_read)
{
	struct image *image = open_disk(false, true);
	struct iovec iov[2] = { { page(1), 4096 }, { page(2), 512 } };
	int token;

	image_transfer(image, true, iov, 2, 512 * 3, &token);
	ck_assert_int_eq(wait_one(image, &token), 4608);
	image_sync(image, &token);
	ck_assert_int_eq(wait_one(image, &token), 0);
	memset(iov[0].iov_base, 0, 4096);
	memset(iov[1].iov_base, 0, 4096);
	image_transfer(image, false, iov, 2, 512 * 3, &token);
	ck_assert_int_eq(wait_one(image, &token), 4608);
	ck_assert_int_eq(((char *)iov[0].iov_base)[4095], 1);
	ck_assert_int_eq(((char *)iov[1].iov_base)[511], 2);
	ck_assert_int_eq(((char *)iov[1].iov_base)[512], 0);
	free(iov[0].iov_base);
	free(iov[1].iov_base);
	image_close(image);
}
END_TEST

/* /tmp may be a file system without O_DIRECT: there is none then. */
START_TEST(fixed_memory)
{
	struct image *image = open_disk(false, true);
	size_t bytes;
	uint8_t *memory = image_fixed(image, &bytes);
	int token;

	ck_assert_int_eq(memory != NULL, bytes != 0);
	ck_assert(image_info(image)->direct || !memory);
	if (memory) {
		memset(memory, 7, 8192);
		image_transfer_fixed(image, true, memory, 8192, 4096, &token);
		ck_assert_int_eq(wait_one(image, &token), 8192);
		memset(memory, 0, 8192);
		image_transfer_fixed(image, false, memory + 512, 512, 8192,
				     &token);
		ck_assert_int_eq(wait_one(image, &token), 512);
		ck_assert(!image_ready(image));
		ck_assert_int_eq(memory[511], 0);
		ck_assert_int_eq(memory[512], 7);
		ck_assert_int_eq(memory[1024], 0);
	}
	image_close(image);
}
END_TEST

START_TEST(measures)
{
	struct image *image = open_disk(false, true);
	const struct image_info *info = image_info(image);

	ck_assert_uint_eq(info->sectors, SIZE / 512);
	ck_assert_uint_eq(info->sector_size, 512);
	ck_assert(!info->readonly);
	image_close(image);
	image = open_disk(false, false);
	ck_assert_uint_eq(image_info(image)->discard_granularity, 0);
	image_close(image);
}
END_TEST

START_TEST(discard_frees)
{
	struct image *image = open_disk(false, true);
	struct iovec iov = { page(7), 4096 };
	struct stat before, after;
	int token;

	if (!image_info(image)->discard_granularity) {
		image_close(image);
		free(iov.iov_base);
		return;		/* a file system without holes */
	}
	image_transfer(image, true, &iov, 1, 8192, &token);
	ck_assert_int_eq(wait_one(image, &token), 4096);
	image_sync(image, &token);
	ck_assert_int_eq(wait_one(image, &token), 0);
	stat(path, &before);
	image_discard(image, 8192, 4096, &token);
	ck_assert_int_eq(wait_one(image, &token), 0);
	stat(path, &after);
	ck_assert_int_lt(after.st_blocks, before.st_blocks);
	ck_assert_int_eq(after.st_size, SIZE);
	image_transfer(image, false, &iov, 1, 8192, &token);
	ck_assert_int_eq(wait_one(image, &token), 4096);
	ck_assert_int_eq(((char *)iov.iov_base)[0], 0);
	free(iov.iov_base);
	image_close(image);
}
END_TEST

START_TEST(readonly_cannot_write)
{
	struct image *image = open_disk(true, true);
	struct iovec iov = { page(7), 4096 };
	int token;

	ck_assert_uint_eq(image_info(image)->discard_granularity, 0);
	image_transfer(image, true, &iov, 1, 0, &token);
	ck_assert_int_eq(wait_one(image, &token), -EBADF);
	free(iov.iov_base);
	image_close(image);
}
END_TEST

static struct image *open_named(const char *name, int flags)
{
	struct image_config config = { name, open(name, flags), false, false };

	return image_open(&config, why, sizeof(why));
}

START_TEST(refusals_say_why)
{
	char expected[300];

	ck_assert_ptr_null(open_named(folder, O_RDONLY));
	snprintf(expected, sizeof(expected), "cannot use disk %s: No such device",
		 folder);
	ck_assert_str_eq(why, expected);
	ck_assert_ptr_null(open_named("/dev/null", O_RDWR));
	ck_assert_int_eq(truncate(path, 511), 0);
	ck_assert_ptr_null(open_named(path, O_RDWR));
	ck_assert_ptr_nonnull(strstr(why, "is empty"));
}
END_TEST

/* Under its guest: cut short, then removed. */
START_TEST(loss_is_noticed)
{
	struct image *image = open_disk(false, false);
	char expected[400];

	ck_assert(!image_lost(image, why, sizeof(why)));
	ck_assert_int_eq(truncate(path, 4096), 0);
	ck_assert(image_lost(image, why, sizeof(why)));
	snprintf(expected, sizeof(expected), "disk %s was cut from %d to 4096 bytes in dom0 while its guest uses it",
		 path, SIZE);
	ck_assert_str_eq(why, expected);
	ck_assert_int_eq(truncate(path, SIZE), 0);
	ck_assert(!image_lost(image, why, sizeof(why)));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(image_lost(image, why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "was removed in dom0"));
	image_close(image);
}
END_TEST

/* As a hand-over: the last owner lets go while we wait. */
START_TEST(one_writer_at_a_time)
{
	struct image *first = open_disk(false, false), *second;
	pid_t child;

	image_close(first);
	child = fork();
	if (!child) {
		int fd = open(path, O_RDWR);

		flock(fd, LOCK_EX);
		usleep(300000);
		_exit(0);
	}
	usleep(100000);
	second = open_named(path, O_RDWR);
	ck_assert_ptr_nonnull(second);
	ck_assert_int_eq(waitpid(child, NULL, WNOHANG), child);
	image_close(second);
}
END_TEST

/* One that does not let go is named. */
START_TEST(other_writer_is_named)
{
	struct image *image = open_disk(false, false);
	int fd = open(path, O_RDWR), go[2];
	char expected[200];
	pid_t child;

	image_close(image);
	ck_assert_int_eq(pipe(go), 0);
	child = fork();
	if (!child) {
		char byte;

		close(go[1]);
		fd = open(path, O_RDWR);
		flock(fd, LOCK_EX);
		_exit(read(go[0], &byte, 1) != 0);
	}
	while (!flock(fd, LOCK_EX | LOCK_NB)) {
		flock(fd, LOCK_UN);
		usleep(1000);
	}
	close(fd);
	ck_assert_ptr_null(open_named(path, O_RDWR));
	snprintf(expected, sizeof(expected), "is locked by process %d "
		 "(blk_image); end that, or use another image", child);
	ck_assert_msg(strstr(why, expected) != NULL, "%s", why);
	close(go[1]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blk_image");
	TCase *t = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, write_sync_read);
	tcase_add_test(t, fixed_memory);
	tcase_add_test(t, measures);
	tcase_add_test(t, discard_frees);
	tcase_add_test(t, readonly_cannot_write);
	tcase_add_test(t, refusals_say_why);
	tcase_add_test(t, loss_is_noticed);
	tcase_add_test(t, one_writer_at_a_time);
	tcase_add_test(t, other_writer_is_named);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
