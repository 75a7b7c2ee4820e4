/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command for every guest there is, as one does when the host goes down. A
 * connection for each of them, so that all are asked before the first one's
 * answer is waited for.
 */
#include <stdlib.h>
#include <string.h>

#include "hospes/client.h"
#include "hospes/cmd_all.h"
#include "lib/json.h"

static struct client *ask(const struct all_request *r, const char *uuid)
{
	struct json_writer *w = client_request(r->cmd, NULL);
	struct client *c = client_open();

	if (!c) {
		json_writer_free(w);
		return NULL;
	}
	/* Not by name: another's may look like this uuid. */
	json_put_string(w, "uuid", uuid);
	if (r->wait)
		json_put_bool(w, "wait", true);
	if (r->timeout_ms)
		json_put_int(w, "timeout-ms", r->timeout_ms);
	if (client_send(c, w))
		return c;
	client_close(c);
	return NULL;
}

static bool answered(struct client *c)
{
	struct json *answer = c ? client_receive(c) : NULL;
	bool ok = answer && client_check(answer);

	json_free(answer);
	client_close(c);
	return ok;
}

/*
 * Every guest that hospesd knows, whether or not it has a domain now; dom0 and
 * what others made have no state. Who is at its end for good is not asked.
 */
static bool is_meant(const struct all_request *r, const struct json *d)
{
	const char *state = json_get_string(d, "state", NULL);

	if (!state)
		return false;
	if (!strcmp(r->cmd, "destroy") || json_get_bool(d, "restarts", false))
		return true;
	return strcmp(state, "dying");
}

static bool ask_all(const struct all_request *r, const struct json *domains)
{
	size_t count = json_count(domains), asked = 0;
	struct client **clients = calloc(count + 1, sizeof(*clients));
	bool ok = true;

	if (!clients)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct json *d = json_at(domains, i);

		if (is_meant(r, d))
			clients[asked++] =
				ask(r, json_get_string(d, "uuid", ""));
	}
	for (size_t i = 0; i < asked; i++)
		ok = answered(clients[i]) && ok;
	free(clients);
	return ok;
}

int command_for_all(const struct all_request *r)
{
	struct json *answer = client_call(client_request("list", NULL));
	const struct json *domains;
	bool ok = false;

	if (!answer)
		return EXIT_FAILED;
	domains = json_get_typed(answer, "domains", JSON_ARRAY);
	if (domains)
		ok = ask_all(r, domains);
	json_free(answer);
	return ok ? EXIT_DONE : EXIT_FAILED;
}
