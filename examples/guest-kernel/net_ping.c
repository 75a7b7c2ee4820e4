/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pings those whom ping=A.B.C.D,... names. Each is looked for until it is
 * found, and then asked PINGS times; one line tells how it went.
 */
#include "net.h"

enum {
	PEERS = 4,
	PINGS = 20,
};
#define SEARCH_NS	(200 * MS)
#define PING_NS		(20 * MS)
#define PATIENCE_NS	(2000 * MS)	/* for the last answers */

static struct peer {
	ipv4 address;
	u8 mac[6];
	bool found, done;
	u32 sent, answered;
	u32 missing;			/* a bit for each */
	u64 next;			/* when there is something to do */
} peers[PEERS];
static unsigned int nr_peers;

static struct peer *peer_of(ipv4 address)
{
	unsigned int i;

	for (i = 0; i < nr_peers; i++)
		if (!memcmp(&peers[i].address, &address, sizeof(address)))
			return &peers[i];
	return NULL;
}

void ping_init(void)
{
	const char *list = option("ping");

	while (list && *list) {
		if (nr_peers == PEERS ||
		    !net_parse_address(&list, &peers[nr_peers].address) ||
		    (*list && *list++ != ','))
			panic("ping= is no list of at most %u addresses",
			      PEERS);
		nr_peers++;
	}
}

void ping_arp_answer(ipv4 from, const u8 mac[6])
{
	struct peer *p = peer_of(from);

	if (!p || p->found)
		return;
	memcpy(p->mac, mac, 6);
	p->found = true;
	p->next = 0;
}

void ping_answer(ipv4 from, u16 sequence)
{
	struct peer *p = peer_of(from);

	if (!p || sequence >= p->sent || !(p->missing >> sequence & 1))
		return;
	p->missing &= ~(1U << sequence);
	if (++p->answered == PINGS)
		p->next = 0;
}

static void ping_report(struct peer *p)
{
	const u8 *a = p->address.byte;

	p->done = true;
	print("ping: %u.%u.%u.%u: %u sent, %u answered\n", a[0], a[1], a[2],
	      a[3], p->sent, p->answered);
}

static void ping_step(struct peer *p, u64 now)
{
	if (!p->found) {
		net_arp_ask(p->address);
		p->next = now + SEARCH_NS;
	} else if (p->sent == PINGS) {
		ping_report(p);
	} else {
		p->missing |= 1U << p->sent;
		ip_send_ping(p->mac, p->address, p->sent++);
		p->next = now + (p->sent == PINGS ? PATIENCE_NS : PING_NS);
	}
}

u64 net_deadline(void)
{
	u64 first = ~0ULL;
	unsigned int i;

	for (i = 0; i < nr_peers; i++)
		if (!peers[i].done && peers[i].next < first)
			first = peers[i].next;
	return first;
}

void net_tick(void)
{
	u64 now = time_now();
	unsigned int i;

	for (i = 0; i < nr_peers; i++)
		if (!peers[i].done && peers[i].next <= now)
			ping_step(&peers[i], now);
}
