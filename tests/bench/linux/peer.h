/* SPDX-License-Identifier: BSD-2-Clause */
/* A byte to and fro by two pipes, with another process or another thread. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdint.h>

enum peer_kind { PEER_PROCESS, PEER_THREAD };

/* The time of so many round trips: two switches each. */
uint64_t peer_round_trips(enum peer_kind kind, uint32_t count);

#endif
