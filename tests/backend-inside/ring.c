/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel would do by the ring, which no filter looks at. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "inside.h"

/* The entry as it is; REFUSED only if the ring refused it for what it is. */
static int submit(const struct inside *in, const struct io_uring_sqe *entry)
{
	struct io_uring *ring = &in->image->uring;
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
	struct io_uring_cqe *cqe;

	*sqe = *entry;
	if (io_uring_submit(ring) < 0 || io_uring_wait_cqe(ring, &cqe))
		return UNKNOWN;
	if (cqe->res != -EACCES)
		printf("(%d) ", cqe->res);
	return refused_if(cqe->res == -EACCES);
}

/* Any operation, with the flag that is required. */
static int operation(const struct inside *in, long opcode)
{
	struct io_uring_sqe sqe;

	memset(&sqe, 0, sizeof(sqe));
	sqe.opcode = opcode;
	sqe.flags = IOSQE_FIXED_FILE;
	return submit(in, &sqe);
}

static int open_file(const struct inside *in, long flags)
{
	struct io_uring_sqe sqe;

	memset(&sqe, 0, sizeof(sqe));
	io_uring_prep_openat(&sqe, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
	sqe.flags = flags;
	return submit(in, &sqe);
}

static int make_folder(const struct inside *in, long flags)
{
	struct io_uring_sqe sqe;
	char path[256];

	snprintf(path, sizeof(path), "%s/made-inside", in->folder);
	memset(&sqe, 0, sizeof(sqe));
	io_uring_prep_mkdirat(&sqe, AT_FDCWD, path, 0777);
	sqe.flags = flags;
	return submit(in, &sqe);
}

static int remove_file(const struct inside *in, long flags)
{
	struct io_uring_sqe sqe;
	char path[256];

	snprintf(path, sizeof(path), "%s/keep", in->folder);
	memset(&sqe, 0, sizeof(sqe));
	io_uring_prep_unlinkat(&sqe, AT_FDCWD, path, 0);
	sqe.flags = flags;
	return submit(in, &sqe);
}

static int make_socket(const struct inside *in, long flags)
{
	struct io_uring_sqe sqe;

	memset(&sqe, 0, sizeof(sqe));
	io_uring_prep_rw(IORING_OP_SOCKET, &sqe, AF_UNIX, NULL, 0, SOCK_STREAM);
	sqe.flags = flags;
	return submit(in, &sqe);
}

/* A permitted operation on a descriptor that is not registered. */
static int unregistered(const struct inside *in, long opcode)
{
	static char buffer[512];
	struct iovec iov = { buffer, sizeof(buffer) };
	struct io_uring_sqe sqe;

	memset(&sqe, 0, sizeof(sqe));
	io_uring_prep_rw(opcode, &sqe, in->gnttab ?
			 xengnttab_fd(in->gnttab) : 0, &iov, 1, 0);
	return submit(in, &sqe);
}

static int linked(const struct inside *in, long flags)
{
	static char buffer[512];
	struct iovec iov = { buffer, sizeof(buffer) };
	struct io_uring_sqe sqe;

	memset(&sqe, 0, sizeof(sqe));
	io_uring_prep_readv(&sqe, 0, &iov, 1, 0);
	sqe.flags = IOSQE_FIXED_FILE | flags;
	return submit(in, &sqe);
}

#define OP(name) { "ring: " #name, operation, IORING_OP_##name }

const struct attempt ring_attempts[] = {
	{ "ring: open a file", open_file, 0 },
	{ "ring: open a file, flag as required", open_file, IOSQE_FIXED_FILE },
	{ "ring: make a folder", make_folder, 0 },
	{ "ring: make a folder, flag as required", make_folder,
	  IOSQE_FIXED_FILE },
	{ "ring: remove a file", remove_file, 0 },
	{ "ring: make a socket", make_socket, 0 },
	{ "ring: make a socket, flag as required", make_socket,
	  IOSQE_FIXED_FILE },
	{ "ring: readv of another descriptor", unregistered, IORING_OP_READV },
	{ "ring: writev to another descriptor", unregistered,
	  IORING_OP_WRITEV },
	{ "ring: fsync of another descriptor", unregistered, IORING_OP_FSYNC },
	{ "ring: a linked request", linked, IOSQE_IO_LINK },
	{ "ring: a draining request", linked, IOSQE_IO_DRAIN },
	{ "ring: a chosen buffer", linked, IOSQE_BUFFER_SELECT },
	OP(NOP), OP(POLL_ADD), OP(POLL_REMOVE), OP(SYNC_FILE_RANGE),
	OP(SENDMSG), OP(RECVMSG), OP(TIMEOUT), OP(TIMEOUT_REMOVE),
	OP(ACCEPT), OP(ASYNC_CANCEL), OP(LINK_TIMEOUT), OP(CONNECT),
	OP(OPENAT), OP(CLOSE), OP(FILES_UPDATE), OP(STATX), OP(READ),
	OP(WRITE), OP(FADVISE), OP(MADVISE), OP(SEND), OP(RECV), OP(OPENAT2),
	OP(EPOLL_CTL), OP(SPLICE), OP(PROVIDE_BUFFERS), OP(REMOVE_BUFFERS),
	OP(TEE), OP(SHUTDOWN), OP(RENAMEAT), OP(UNLINKAT), OP(MKDIRAT),
	OP(SYMLINKAT), OP(LINKAT), OP(MSG_RING), OP(FSETXATTR), OP(SETXATTR),
	OP(FGETXATTR), OP(GETXATTR), OP(SOCKET), OP(URING_CMD), OP(SEND_ZC),
	OP(SENDMSG_ZC),
};
const unsigned int nr_ring_attempts =
	sizeof(ring_attempts) / sizeof(*ring_attempts);
