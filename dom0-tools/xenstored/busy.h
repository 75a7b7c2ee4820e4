/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which request was being served when a daemon died. A ring's request is read
 * again by the next daemon; one that kills each of them must not be.
 */
#ifndef XENSTORED_BUSY_H
#define XENSTORED_BUSY_H

#include <stdbool.h>
#include <stdint.h>

/* Beside the state, in memory that outlives us. Without it we go on as well. */
void busy_start(const char *state);
void busy_stop(void);
/* Between these a request of @domid, which ends at @pos of its ring. */
void busy_enter(uint16_t domid, uint32_t pos);
void busy_leave(void);
/* Two daemons in a row have died of this one. */
bool busy_deadly(uint16_t domid, uint32_t pos);
/* It was not served; what comes at that place of the ring is another one. */
void busy_forget(void);

#endif
