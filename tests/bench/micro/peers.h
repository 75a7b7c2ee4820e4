/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows with a second domain on the same CPU.  64-bit kernels have them, in
 * others the names stand for nothing.
 */
#ifndef BENCH_MICRO_PEERS_H
#define BENCH_MICRO_PEERS_H

#define WEAK	__attribute__((weak))

/* An event to it, and its answer: two sends, two waits, two switches. */
unsigned int peer_ping_pong(void) WEAK;
/* To it and back, nothing else: two switches. */
unsigned int peer_switch(void) WEAK;
/* Starts it, and ends it: around each of the two. */
void peer_open_ping_pong(void) WEAK;
void peer_open_switch(void) WEAK;
void peer_close(void) WEAK;

#endif
