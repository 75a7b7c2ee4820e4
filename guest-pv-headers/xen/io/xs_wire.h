/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages to and from the store: a header and its data. Strings in the data
 * end with a zero byte unless they are the last and are values.
 */
#ifndef _XS_WIRE_H
#define _XS_WIRE_H

#include <stdint.h>

/* In brackets the data of the request, then of the answer. */
enum xsd_sockmsg_type {
	XS_CONTROL,		/* [command, arguments] [text]; domain 0 */
#define XS_DEBUG XS_CONTROL
	XS_DIRECTORY,		/* [path] [name, ...] */
	XS_READ,		/* [path] [value] */
	XS_GET_PERMS,		/* [path] [permission, ...] */
	XS_WATCH,		/* [path, token] [OK] */
	XS_UNWATCH,		/* [path, token] [OK] */
	XS_TRANSACTION_START,	/* [] [number in digits] */
	XS_TRANSACTION_END,	/* ["T" or "F"] [OK]; EAGAIN */
	XS_INTRODUCE,		/* [domain, frame, port] [OK]; domain 0 */
	XS_RELEASE,		/* [domain] [OK]; domain 0 */
	XS_GET_DOMAIN_PATH,	/* [domain] [path] */
	XS_WRITE,		/* [path, value] [OK] */
	XS_MKDIR,		/* [path] [OK] */
	XS_RM,			/* [path] [OK] */
	XS_SET_PERMS,		/* [path, permission, ...] [OK] */
	XS_WATCH_EVENT,		/* from the store only: [path, token] */
	XS_ERROR,		/* from the store only: [name of an error] */
	XS_IS_DOMAIN_INTRODUCED, /* [domain] ["T" or "F"] */
	XS_RESUME,		/* [domain] [OK]; domain 0 */
	XS_SET_TARGET,		/* [domain, target] [OK]; domain 0 */
	XS_RESET_WATCHES = XS_SET_TARGET + 2,	/* [] [OK] */
	XS_DIRECTORY_PART,	/* [path, offset] [generation, name, ...] */
	XS_TYPE_COUNT,
	XS_INVALID = 0xffff
};

#define XS_WRITE_NONE        "NONE"
#define XS_WRITE_CREATE      "CREATE"
#define XS_WRITE_CREATE_EXCL "CREATE|EXCL"

/* Names of errors, for whoever has included <errno.h> before. */
struct xsd_errors {
	int errnum;
	const char *errstring;
};
#ifdef EINVAL
#define XSD_ERROR(x) { x, #x }
static const struct xsd_errors xsd_errors[] __attribute__((unused)) = {
	/* the first one stands for those that are not here */
	XSD_ERROR(EINVAL),
	XSD_ERROR(E2BIG),
	XSD_ERROR(EACCES),
	XSD_ERROR(EAGAIN),
	XSD_ERROR(EBUSY),
	XSD_ERROR(EEXIST),
	XSD_ERROR(EIO),
	XSD_ERROR(EISCONN),
	XSD_ERROR(EISDIR),
	XSD_ERROR(ENOENT),
	XSD_ERROR(ENOMEM),
	XSD_ERROR(ENOSPC),
	XSD_ERROR(ENOSYS),
	XSD_ERROR(ENOTEMPTY),
	XSD_ERROR(EPERM),
	XSD_ERROR(EROFS)
};
#endif

struct xsd_sockmsg {
	uint32_t type;		/* XS_* */
	uint32_t req_id;	/* told back in the answer */
	uint32_t tx_id;		/* transaction, 0 for none */
	uint32_t len;		/* bytes that follow */
};

/* Which string is which in a watch event. */
enum xs_watch_type {
	XS_WATCH_PATH = 0,
	XS_WATCH_TOKEN
};

/* The page by which a domain talks to the store: a ring for each direction. */
#define XENSTORE_RING_SIZE 1024
typedef uint32_t XENSTORE_RING_IDX;
#define MASK_XENSTORE_IDX(idx) ((idx) & (XENSTORE_RING_SIZE - 1))
struct xenstore_domain_interface {
	char req[XENSTORE_RING_SIZE];
	char rsp[XENSTORE_RING_SIZE];
	XENSTORE_RING_IDX req_cons, req_prod;
	XENSTORE_RING_IDX rsp_cons, rsp_prod;
	uint32_t server_features;	/* XENSTORE_SERVER_FEATURE_* */
	uint32_t connection;		/* XENSTORE_CONNECTED or _RECONNECT */
	uint32_t error;			/* XENSTORE_ERROR_* */
};

/* Bytes: data of a message, paths from the root, and from the own directory. */
#define XENSTORE_PAYLOAD_MAX  4096
#define XENSTORE_ABS_PATH_MAX 3072
#define XENSTORE_REL_PATH_MAX 2048

#define XENSTORE_SERVER_FEATURE_RECONNECTION 1 /* the ring can be set anew */
#define XENSTORE_SERVER_FEATURE_ERROR        2 /* `error` is used */

#define XENSTORE_CONNECTED 0
#define XENSTORE_RECONNECT 1 /* the guest has asked for it */

#define XENSTORE_ERROR_NONE    0
#define XENSTORE_ERROR_COMM    1 /* the store could not be talked to */
#define XENSTORE_ERROR_RINGIDX 2 /* indices were impossible */
#define XENSTORE_ERROR_PROTO   3 /* a header was */

#endif
