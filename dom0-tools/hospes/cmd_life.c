/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands that change or await the state of one domain. */
#include <string.h>

#include "hospes/args.h"
#include "hospes/client.h"
#include "hospes/cmd_all.h"
#include "hospes/hospes.h"
#include "lib/json.h"

static int simple_call(struct json_writer *w)
{
	struct json *answer = client_call(w);

	if (!answer)
		return EXIT_FAILED;
	json_free(answer);
	return EXIT_DONE;
}

static bool put_timeout(struct json_writer *w, const char *timeout)
{
	int64_t ms;

	if (!timeout)
		return true;
	if (!parse_seconds(timeout, &ms)) {
		json_writer_free(w);
		return false;
	}
	json_put_int(w, "timeout-ms", ms);
	return true;
}

/* pause, unpause, resume */
int cmd_plain(const struct command *cmd, int argc, char **argv)
{
	static const struct arg_option none[] = { { 0 } };
	int status, n = args_parse(cmd, none, argc, argv, &status);

	if (n < 0)
		return status;
	if (n != 1)
		return usage_error(cmd, "one NAME is needed");
	return simple_call(client_request(cmd->name, argv[1]));
}

static int no_seconds(const struct command *cmd, const char *timeout)
{
	return usage_error(cmd, "'%s' is no number of seconds", timeout);
}

static int no_name(const struct command *cmd)
{
	return usage_error(cmd, "one NAME is needed, or --all without any");
}

int cmd_destroy(const struct command *cmd, int argc, char **argv)
{
	bool all = false;
	const struct arg_option options[] = {
		{ "all", 'a', &all, NULL },
		{ 0 },
	};
	struct all_request everyone = { .cmd = cmd->name };
	int status, n = args_parse(cmd, options, argc, argv, &status);

	if (n < 0)
		return status;
	if (n != !all)
		return no_name(cmd);
	return all ? command_for_all(&everyone) :
		simple_call(client_request(cmd->name, argv[1]));
}

/* shutdown, reboot */
int cmd_stop(const struct command *cmd, int argc, char **argv)
{
	struct all_request r = { .cmd = cmd->name };
	bool all = false;
	const char *timeout = NULL;
	const struct arg_option options[] = {
		{ "all", 'a', &all, NULL },
		{ "wait", 'w', &r.wait, NULL },
		{ "timeout", 't', NULL, &timeout },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);
	struct json_writer *w;

	if (n < 0)
		return status;
	if (n != !all)
		return no_name(cmd);
	if (timeout && !parse_seconds(timeout, &r.timeout_ms))
		return no_seconds(cmd, timeout);
	if (all)
		return command_for_all(&r);
	w = client_request(cmd->name, argv[1]);
	json_put_bool(w, "wait", r.wait);
	if (r.timeout_ms)
		json_put_int(w, "timeout-ms", r.timeout_ms);
	return simple_call(w);
}

int cmd_suspend(const struct command *cmd, int argc, char **argv)
{
	const char *timeout = "60";
	const struct arg_option options[] = {
		{ "timeout", 't', NULL, &timeout },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);
	struct json_writer *w;

	if (n < 0)
		return status;
	if (n != 1)
		return usage_error(cmd, "one NAME is needed");
	w = client_request(cmd->name, argv[1]);
	json_put_bool(w, "wait", true);
	if (!put_timeout(w, timeout))
		return no_seconds(cmd, timeout);
	return simple_call(w);
}

int cmd_wait(const struct command *cmd, int argc, char **argv)
{
	const char *what = "gone", *timeout = NULL;
	const struct arg_option options[] = {
		{ "for", 'f', NULL, &what },
		{ "timeout", 't', NULL, &timeout },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);
	struct json_writer *w;

	if (n < 0)
		return status;
	if (n != 1)
		return usage_error(cmd, "one NAME is needed");
	if (strcmp(what, "running") && strcmp(what, "shutdown") &&
	    strcmp(what, "gone"))
		return usage_error(cmd, "--for is running, shutdown or gone, "
				   "not '%s'", what);
	w = client_request("wait", argv[1]);
	json_put_string(w, "for", what);
	if (!put_timeout(w, timeout))
		return no_seconds(cmd, timeout);
	return simple_call(w);
}
