/* SPDX-License-Identifier: BSD-2-Clause */
/* Orders of the toolstack: it writes a word to control/shutdown. */
#include "devices.h"

static int acknowledge(struct xenbus *x, uint32_t tx, void *arg)
{
	char *word = arg;
	int rc = xenbus_read(x, tx, "control", "shutdown", word, 16);

	if (rc <= 0)
		return rc;
	/* Clearing the node says that we have seen it. */
	return xenbus_write(x, tx, "control", "shutdown", "");
}

static void control_changed(void *arg)
{
	char word[16] = "";

	(void)arg;
	if (xenbus_transaction(hooks.xenbus, acknowledge, word) < 0 || !*word)
		return;
	print("control: %s\n", word);
	if (!strcmp(word, "poweroff") || !strcmp(word, "halt"))
		shutdown(SHUTDOWN_poweroff);
	if (!strcmp(word, "reboot"))
		shutdown(SHUTDOWN_reboot);
}

void control_init(void)
{
	static struct xenbus_watch watch = {
		.path = "control/shutdown", .changed = control_changed,
	};

	/* Some toolstacks ask only those that say they listen. */
	xenbus_write_number(hooks.xenbus, XENBUS_NO_TX, "control",
			    "feature-poweroff", 1);
	xenbus_write_number(hooks.xenbus, XENBUS_NO_TX, "control",
			    "feature-reboot", 1);
	if (xenbus_watch(hooks.xenbus, &watch))
		panic("control/shutdown cannot be watched");
}
