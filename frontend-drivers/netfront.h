/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual network interface.
 *
 *	thread	netfront_open -> Connected ... netfront_close
 *	any	netfront_send; received() from netfront_poll, which is also
 *		the handler of the device's events unless config.event is set
 *
 * Data goes through pages that the driver owns and has granted once. What is
 * sent may lie anywhere and is the caller's again when netfront_send returns;
 * what is received has been copied out of the backend's reach, in one piece,
 * before received() sees it. A ring with n pages takes n + 1 grants. Packets
 * are Ethernet frames without their sum at the end.
 *
 * Offloads: a packet may be handed over with a blank checksum or, larger than
 * the MTU, to be cut into segments (GSO), if the other side can take it.
 *
 * Backends are not trusted: responses with a wrong id, for what was not asked
 * or answered before, data outside of its page, more responses than requests:
 * the device is broken, nothing is sent or received any more. A packet that
 * makes no sense by itself (an error, too large, an offload nobody agreed on)
 * is dropped and counted.
 */
#ifndef NETFRONT_H
#define NETFRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/io/netif.h>
#include "front_ring.h"
#include "frontend.h"
#include "xenbus.h"

enum {
	NETFRONT_SLOTS = 256,		/* of each ring */
	NETFRONT_HEADER = 14,		/* the smallest packet */
	NETFRONT_LARGEST = XEN_NETIF_MAX_TX_SIZE
};

enum netfront_gso {
	NETFRONT_GSO_NONE,
	NETFRONT_GSO_TCPV4,		/* the ABI's numbers */
	NETFRONT_GSO_TCPV6
};

/* What of a packet's work was left to whoever gets it. */
struct netfront_offload {
	/* TCP or UDP: the sum's place holds that of the pseudo header only. */
	bool checksum_blank;
	bool checksum_good;		/* need not be looked at */
	enum netfront_gso gso;		/* implies checksum_blank */
	uint16_t gso_size;		/* bytes of payload of a segment, not 0 */
};

struct netfront_buffer {
	const void *address;
	size_t bytes;
};

/* What the interface is and can; after a resume it may differ. */
struct netfront_info {
	uint8_t mac[6];
	uint32_t mtu;
	uint32_t largest;	/* bytes that netfront_send takes */
	bool checksum6;		/* blank ones in IPv6 (in IPv4: always) */
	bool gso4, gso6;	/* netfront_send takes them */
	bool split;		/* an event channel for each ring */
	bool multicast;		/* only wanted groups come */
};

struct netfront_config {
	uint32_t tx_pages, rx_pages;	/* powers of two to 256 */
	/*
	 * What we want to receive: packets above a page (needs 32 rx pages),
	 * blank sums, GSO.
	 */
	bool large, checksum, checksum6;
	bool gso4, gso6;		/* need large, checksum (checksum6) */
	bool split;
	bool multicast;			/* ask for groups one by one */
	/*
	 * A packet: data and offload are the driver's, until return. Any
	 * context; may call netfront_send.
	 */
	void (*received)(void *arg, void *data, size_t bytes,
			 const struct netfront_offload *offload);
	/* There is room again, after -XEN_EAGAIN. Any context; may be NULL. */
	void (*room)(void *arg);
	/*
	 * If not NULL, called in place of netfront_poll() at events, any
	 * context: the kernel polls when it sees fit.
	 */
	void (*event)(void *arg);
	/* The device was lost. Thread context, by xenbus_poll(); or NULL. */
	void (*changed)(void *arg);
	void *arg;
};
/* All offloads, one event channel, no callbacks. */
#define NETFRONT_DEFAULT { \
	NETFRONT_SLOTS, NETFRONT_SLOTS, true, true, true, true, true, \
	false, false, NULL, NULL, NULL, NULL, NULL \
}

enum netfront_state {
	NETFRONT_CLOSED,
	NETFRONT_CONNECTING,
	NETFRONT_CONNECTED,
	NETFRONT_CLOSING,
	NETFRONT_GONE			/* the backend has gone, or is broken */
};

struct netfront_count {
	uint64_t sent, received;	/* packets */
	uint64_t send_errors;		/* slots refused, as far as is known */
	uint64_t dropped;		/* packets received that were nonsense */
};

/* A packet on its way in. */
struct netfront_chain {
	enum { NETFRONT_FIRST, NETFRONT_EXTRA, NETFRONT_MORE } next;
	bool more;			/* data goes on after the extras */
	bool bad;
	uint32_t slots;
	uint32_t bytes;
	struct netfront_offload offload;
};

/* A ring and the pages behind its slots; page n belongs to id n. */
struct netfront_queue {
	struct front_ring ring;
	void *ring_page;
	uint32_t ring_ref;
	uint32_t count;			/* pages */
	uint8_t *pages;
	uint32_t refs[NETFRONT_SLOTS];
	evtchn_port_t port;
};

/* Only info and count are for others to read. */
struct netfront {
	struct netfront_info info;
	struct netfront_count count;
	const struct frontend_os *os;
	struct netfront_config config;
	struct xenbus_device device;
	struct xenbus_watch watch;
	enum netfront_state state;
	bool announced;			/* the store says Closed */
	struct netfront_queue tx, rx;
	uint16_t tx_next[NETFRONT_SLOTS];	/* list of free ids, or BUSY */
	uint16_t tx_free;
	uint32_t tx_nr_free;
	uint32_t tx_extras;		/* slots of information under way */
	bool tx_waiting;		/* owes a call of room() */
	struct netfront_chain chain;
	uint8_t *packet;		/* where it is put together */
	uint32_t packet_pages;
};

/*
 * Connects the device whose nodes are in `path` ("device/vif/0"), which may
 * take until `timeout` ns from now (0: no limit). `n` may hold anything;
 * config NULL: defaults. -XEN_ENOENT: no such device; -XEN_ENOMEM;
 * -XEN_ENOSPC: no more grants or ports; -XEN_ETIMEDOUT; -XEN_ENXIO: the
 * backend has closed; -XEN_EINVAL: the configuration, or what the backend
 * says. After an error nothing is left behind. Thread context.
 */
int netfront_open(struct netfront *n, const struct frontend_os *os,
		  const char *path, const struct netfront_config *config,
		  uint64_t timeout);

/*
 * Sends a packet, given in pieces; offload may be NULL. 0: it was copied and
 * given to the backend. -XEN_EAGAIN: no room, room() will be called;
 * -XEN_EINVAL: too short, or a bad offload; -XEN_E2BIG: above info.largest;
 * -XEN_EOPNOTSUPP: the backend cannot do this offload; -XEN_ENXIO: not
 * connected; -XEN_EIO: lost. Any context.
 */
int netfront_send(struct netfront *n, const struct netfront_buffer *buffers,
		  unsigned int nr_buffers,
		  const struct netfront_offload *offload);

/*
 * Takes what has come. True: there is more, call again. False: an event will
 * tell of more. Any context.
 */
bool netfront_poll(struct netfront *n);

bool netfront_usable(const struct netfront *n);

/*
 * Joins or leaves a multicast group; -XEN_EOPNOTSUPP without info.multicast,
 * others as of netfront_send. Forgotten by a resume. Any context.
 */
int netfront_multicast(struct netfront *n, const uint8_t address[6],
		       bool join);

/*
 * After grant_resume() and xenbus_resume(): connects to the backend of the new
 * host. Packets under way are lost, as on a wire. Errors as of netfront_open;
 * then the device is lost. Thread context. Before a suspend nothing need be
 * called; no call may be made between it and this one.
 */
int netfront_resume(struct netfront *n, uint64_t timeout);

/*
 * Says goodbye and gives all memory back, after `timeout` ns (0: no limit)
 * even if the backend does not answer. -XEN_EBUSY: it has kept pages mapped;
 * they are lost to the kernel. Either way `n` may be opened again. Thread
 * context.
 */
int netfront_close(struct netfront *n, uint64_t timeout);

#endif
