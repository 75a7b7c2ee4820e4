/* SPDX-License-Identifier: BSD-2-Clause */
/* Which edition of the interface the including program was written for. */
#ifndef __XEN_PUBLIC_XEN_COMPAT_H__
#define __XEN_PUBLIC_XEN_COMPAT_H__

/* The newest edition, and the only one these headers describe. */
#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00

/*
 * A program may name an edition: 4.13 and later lay everything out alike.
 * Control programs (__XEN_TOOLS__) always get the newest.
 */
#if defined(__XEN__) || defined(__XEN_TOOLS__)
#undef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__
#elif !defined(__XEN_INTERFACE_VERSION__)
#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__
#endif

#if __XEN_INTERFACE_VERSION__ < 0x00040d00
#error "these headers know no layout older than 0x00040d00"
#endif
#if __XEN_INTERFACE_VERSION__ > __XEN_LATEST_INTERFACE_VERSION__
#error "these headers know no layout newer than 0x00040e00"
#endif

#endif
