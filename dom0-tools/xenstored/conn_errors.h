/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of errors on the wire. */
#ifndef XENSTORED_CONN_ERRORS_H
#define XENSTORED_CONN_ERRORS_H

/* What the protocol has no name for is EINVAL. */
const char *conn_error_name(int err);

#endif
