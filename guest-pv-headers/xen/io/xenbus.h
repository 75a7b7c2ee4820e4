/* SPDX-License-Identifier: BSD-2-Clause */
/* The node "state" of either end of a device. */
#ifndef _XEN_PUBLIC_IO_XENBUS_H
#define _XEN_PUBLIC_IO_XENBUS_H

enum xenbus_state {
	XenbusStateUnknown = 0,		/* no node */
	XenbusStateInitialising = 1,
	XenbusStateInitWait = 2,	/* backend: says what it offers */
	XenbusStateInitialised = 3,	/* frontend: has set up its rings */
	XenbusStateConnected = 4,
	XenbusStateClosing = 5,
	XenbusStateClosed = 6,
	XenbusStateReconfiguring = 7,
	XenbusStateReconfigured = 8
};
typedef enum xenbus_state XenbusState;

#endif
