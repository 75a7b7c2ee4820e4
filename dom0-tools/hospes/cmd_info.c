/* SPDX-License-Identifier: BSD-2-Clause */
/* hospes info: the host (from the hypervisor), or a domain (from hospesd). */
#include <stdio.h>
#include <string.h>

#include "hospes/args.h"
#include "hospes/client.h"
#include "hospes/format.h"
#include "hospes/host.h"
#include "hospes/hospes.h"
#include "lib/control.h"
#include "lib/json.h"

#define PAGE_KIB 4

static void print_line(const char *key, const char *value)
{
	char head[64];

	format_info_key(head, sizeof(head), key);
	/* The one key whose values each bring their own space. */
	if (!strcmp(key, "virt_caps"))
		head[strlen(head) - 1] = '\0';
	printf("%s%s\n", head, value);
}

static void print_writer(struct json_writer *w)
{
	const char *text = json_writer_text(w, NULL);

	if (text)
		puts(text);
	json_writer_free(w);
}

/* JSON of ours has hyphens where the text has underscores. */
static const char *json_key(const char *key, char *buf, size_t size)
{
	snprintf(buf, size, "%s", key);
	for (char *p = buf; *p; p++)
		if (*p == '_')
			*p = '-';
	return buf;
}

static void print_host_json(const struct host_facts *facts,
			    const struct xen_sysctl_physinfo *info)
{
	struct json_writer *w = json_writer_new(true);
	char key[sizeof(facts->list[0].key)];

	json_open_object(w, NULL);
	for (size_t i = 0; i < facts->count; i++) {
		const struct host_fact *f = &facts->list[i];

		json_key(f->key, key, sizeof(key));
		if (f->is_number)
			json_put_int(w, key, f->number);
		else
			json_put_string(w, key, f->text +
					(f->text[0] == ' '));
	}
	/* To the page, for those who look for leaks. */
	json_put_int(w, "total-memory-kib",
		     (int64_t)info->total_pages * PAGE_KIB);
	json_put_int(w, "free-memory-kib",
		     (int64_t)info->free_pages * PAGE_KIB);
	json_close_object(w);
	print_writer(w);
}

static int host_info(bool json)
{
	static struct host_facts facts;
	struct xen_sysctl_physinfo info = { 0 };
	struct control *c = host_open();
	int rc;

	if (!c)
		return EXIT_FAILED;
	rc = host_collect(c, &facts);
	if (!rc && json)
		rc = control_physinfo(c, &info);
	control_close(c);
	if (rc) {
		complain("the hypervisor does not answer: %s", strerror(-rc));
		return EXIT_FAILED;
	}
	if (json)
		print_host_json(&facts, &info);
	for (size_t i = 0; !json && i < facts.count; i++)
		print_line(facts.list[i].key, facts.list[i].text);
	return EXIT_DONE;
}

static void print_text(const struct json *object, const char *member)
{
	const struct json *value = json_get(object, member);
	char number[24], key[32];

	if (!value)
		return;
	snprintf(key, sizeof(key), "%s", member);
	for (char *p = key; *p; p++)
		if (*p == '-')
			*p = '_';
	if (json_type(value) == JSON_STRING) {
		print_line(key, json_as_string(value));
	} else if (json_type(value) == JSON_NUMBER) {
		snprintf(number, sizeof(number), "%lld",
			 (long long)json_as_int(value));
		print_line(key, number);
	}
}

static void print_mib(const struct json *domain, const char *key,
		      const char *as)
{
	char text[32];

	if (!json_get(domain, key))
		return;
	snprintf(text, sizeof(text), "%lld MiB",
		 (long long)json_get_int(domain, key, 0) / 1024);
	print_line(as, text);
}

static void print_device(const struct json *config, const struct json *device)
{
	bool disk = !strcmp(json_get_string(device, "kind", ""), "vbd");
	const struct json *of = json_at(json_get(config, disk ? "disks" :
						 "interfaces"),
		(size_t)json_get_int(device, "index", 0));
	char text[512];

	if (disk)
		snprintf(text, sizeof(text), "%s %s %s, backend %s, pid %lld",
			 json_get_string(of, "target", "?"),
			 json_get_string(of, "path", "?"),
			 json_get_bool(of, "readonly", false) ? "r" : "w",
			 json_get_string(device, "backend", "?"),
			 (long long)json_get_int(device, "pid", 0));
	else
		snprintf(text, sizeof(text), "%s %s bridge %s, backend %s, "
			 "pid %lld", json_get_string(device, "ifname", "?"),
			 json_get_string(of, "mac", "?"),
			 json_get_string(of, "bridge", "?"),
			 json_get_string(device, "backend", "?"),
			 (long long)json_get_int(device, "pid", 0));
	print_line(disk ? "disk" : "interface", text);
	if (json_get(device, "error"))
		print_line(disk ? "disk_error" : "interface_error",
			   json_get_string(device, "error", "?"));
}

static void print_domain(const struct json *domain)
{
	static const char *const heads[] = {
		"name", "domid", "uuid", "state", "waits", "left-of",
		"last-shutdown", "guest-os", "vcpus",
	};
	static const char *const configs[] = {
		"kernel", "initrd", "cmdline", "on_poweroff", "on_reboot",
		"on_crash",
	};
	const struct json *config = json_get(domain, "config");
	const struct json *devices = json_get(domain, "devices");
	char text[32];

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		print_text(domain, heads[i]);
	print_mib(domain, "memory-kib", "memory");
	print_mib(domain, "max-memory-kib", "max_memory");
	snprintf(text, sizeof(text), "%.1f s",
		 (double)json_get_int(domain, "cpu-ns", 0) / 1e9);
	print_line("cpu_time", text);
	for (size_t i = 0; i < sizeof(configs) / sizeof(*configs); i++)
		print_text(config, configs[i]);
	for (size_t i = 0; devices && i < json_count(devices); i++)
		print_device(config, json_at(devices, i));
	print_text(domain, "console-log");
}

static int domain_info(const char *name, bool json)
{
	struct json *answer = client_call(client_request("info", name));
	const struct json *domain;
	struct json_writer *w;

	if (!answer)
		return EXIT_FAILED;
	domain = json_get(answer, "domain");
	if (json) {
		w = json_writer_new(true);
		json_put_json(w, NULL, domain);
		print_writer(w);
	} else {
		print_domain(domain);
	}
	json_free(answer);
	return EXIT_DONE;
}

int cmd_info(const struct command *cmd, int argc, char **argv)
{
	bool json = false;
	const struct arg_option options[] = {
		{ "json", 'j', &json, NULL },
		{ 0 },
	};
	int status, n = args_parse(cmd, options, argc, argv, &status);

	if (n < 0)
		return status;
	if (n > 1)
		return usage_error(cmd, "one NAME at most");
	return n ? domain_info(argv[1], json) : host_info(json);
}
