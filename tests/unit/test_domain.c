/* SPDX-License-Identifier: BSD-2-Clause */
/* The domain config: tables of its parsers, JSON there and back. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/builder.h"
#include "config/domain.h"

static const struct {
	const char *unit;
	uint64_t bytes;
} unit_cases[] = {
	{ NULL, 1024 }, { "b", 1 }, { "bytes", 1 }, { "KB", 1000 },
	{ "k", 1024 }, { "K", 1024 }, { "KiB", 1024 }, { "MB", 1000000 },
	{ "M", 1048576 }, { "MiB", 1048576 }, { "mib", 1048576 },
	{ "GB", 1000000000 }, { "G", 1073741824 }, { "GiB", 1073741824 },
	{ "TB", 1000000000000 }, { "TiB", 1099511627776 }, { "", 0 },
	{ "MBit", 0 }, { "kilo", 0 },
};

START_TEST(test_units)
{
	ck_assert_uint_eq(domain_unit_bytes(unit_cases[_i].unit),
			  unit_cases[_i].bytes);
}
END_TEST

static const struct {
	const char *target;
	uint32_t devid;		/* 0: refused */
} target_cases[] = {
	{ "xvda", 51712 }, { "xvdb", 51728 }, { "xvda1", 51713 },
	{ "xvda15", 51727 }, { "xvdp", 202 << 8 | 15 << 4 },
	{ "xvdq", 1 << 28 | 16 << 8 }, { "xvdz", 1 << 28 | 25 << 8 },
	{ "xvdaa", 1 << 28 | 26 << 8 }, { "xvdzz", 1 << 28 | 701 << 8 },
	{ "xvda16", 1 << 28 | 16 }, { "xvdaa1", 1 << 28 | 26 << 8 | 1 },
	{ "xvdb255", 1 << 28 | 1 << 8 | 255 },
	{ "xvd", 0 }, { "xvda0", 0 }, { "xvda01", 0 }, { "xvda256", 0 },
	{ "xvdaaa", 0 }, { "xvdA", 0 }, { "sda", 0 }, { "hda", 0 },
	{ "xvda ", 0 }, { "xvda1x", 0 }, { "xvda99999999999999999999", 0 },
	{ "", 0 }, { "/dev/xvda", 0 },
};

START_TEST(test_targets)
{
	uint32_t devid = 0;
	bool ok = domain_target_devid(target_cases[_i].target, &devid);

	ck_assert_int_eq(ok, target_cases[_i].devid != 0);
	ck_assert_uint_eq(devid, target_cases[_i].devid);
}
END_TEST

static const struct {
	const char *name;
	bool ok;
} name_cases[] = {
	{ "web1", true }, { "a", true }, { "9a", true }, { "a.b-c_d+e", true },
	{ "", false }, { "12", false }, { "-a", false }, { ".a", false },
	{ "a b", false }, { "a/b", false }, { "ü", false }, { "a\n", false },
	{ "_x", false }, { "a;b", false },
};

START_TEST(test_names)
{
	ck_assert_int_eq(domain_name_valid(name_cases[_i].name),
			 name_cases[_i].ok);
}
END_TEST

START_TEST(test_name_length)
{
	char name[DOMAIN_NAME_MAX + 2];

	memset(name, 'a', sizeof(name));
	name[DOMAIN_NAME_MAX + 1] = '\0';
	ck_assert(!domain_name_valid(name));
	name[DOMAIN_NAME_MAX] = '\0';
	ck_assert(domain_name_valid(name));
}
END_TEST

START_TEST(test_uuid)
{
	const char *text = "11223344-5566-7788-99aa-bbccddeeff00";
	const char *const bad[] = {
		"", "1122", "11223344-5566-7788-99aa-bbccddeeff0",
		"11223344-5566-7788-99aa-bbccddeeff000",
		"112233445566-7788-99aa-bbccddeeff00",
		"g1223344-5566-7788-99aa-bbccddeeff00",
		"11223344_5566_7788_99aa_bbccddeeff00",
	};
	uint8_t uuid[16], again[16];
	char out[DOMAIN_UUID_TEXT];

	ck_assert(domain_uuid_parse(text, uuid));
	domain_uuid_format(uuid, out);
	ck_assert_str_eq(out, text);
	ck_assert(domain_uuid_parse("112233445566778899AABBCCDDEEFF00",
				    again));
	ck_assert_mem_eq(uuid, again, 16);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!domain_uuid_parse(bad[i], again), "%s", bad[i]);
	domain_uuid_random(uuid);
	domain_uuid_random(again);
	ck_assert_mem_ne(uuid, again, 16);
	ck_assert_uint_eq(uuid[6] >> 4, 4);
	ck_assert_uint_eq(uuid[8] >> 6, 2);
}
END_TEST

START_TEST(test_mac)
{
	const char *const bad[] = {
		"", "00:16:3e:00:00", "00:16:3e:00:00:0", "00-16-3e-00-00-01",
		"00:16:3e:00:00:01:", "00:16:3e:00:00:0g", "0:16:3e:0:0:1",
	};
	uint8_t uuid[16] = { 1, 2, 3 }, mac[6], other[6];
	char text[18];

	ck_assert(domain_mac_parse("00:16:3E:ab:cd:ef", mac));
	domain_mac_format(mac, text);
	ck_assert_str_eq(text, "00:16:3e:ab:cd:ef");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!domain_mac_parse(bad[i], mac), "%s", bad[i]);

	domain_mac_generate(uuid, 0, mac);
	domain_mac_format(mac, text);
	/* Guests know their NIC by it: it must never change. */
	ck_assert_str_eq(text, "00:16:3e:25:10:07");
	domain_mac_generate(uuid, 0, other);
	ck_assert_mem_eq(mac, other, 6);
	domain_mac_generate(uuid, 1, other);
	ck_assert_mem_ne(mac, other, 6);
	uuid[15] ^= 1;
	domain_mac_generate(uuid, 0, other);
	ck_assert_mem_ne(mac, other, 6);
}
END_TEST

START_TEST(test_actions)
{
	enum domain_action action;

	for (int i = DOMAIN_DESTROY; i <= DOMAIN_RENAME_RESTART; i++) {
		const char *name = domain_action_name((enum domain_action)i);

		ck_assert(domain_action_parse(name, &action));
		ck_assert_int_eq(action, i);
	}
	ck_assert(!domain_action_parse("explode", &action));
}
END_TEST

static const char full[] =
	"{\"name\":\"web1\",\"uuid\":\"11223344-5566-7788-99aa-bbccddeeff00\","
	"\"memory_kib\":262144,\"max_memory_kib\":524288,\"vcpus\":2,"
	"\"arch\":\"i686\",\"kernel\":\"/boot/vmlinuz\",\"initrd\":null,"
	"\"cmdline\":\"console=hvc0 \\\"x\\\"\",\"on_poweroff\":\"preserve\","
	"\"on_reboot\":\"restart\",\"on_crash\":\"rename-restart\","
	"\"weight\":512,\"cap\":50,\"console\":true,"
	"\"disks\":[{\"type\":\"file\",\"path\":\"/a.img\","
	"\"target\":\"xvda\",\"readonly\":false,\"discard\":true},"
	"{\"type\":\"block\",\"path\":\"/dev/sdb\",\"target\":\"xvdb1\","
	"\"readonly\":true,\"discard\":false}],"
	"\"interfaces\":[{\"bridge\":\"br0\",\"mac\":\"00:16:3e:01:02:03\","
	"\"ifname\":\"web1.0\",\"mtu\":1400}]}";

static struct domain_config *read_text(const char *text, struct diag *diag)
{
	char error[200];
	struct json *j = json_parse(text, strlen(text), error, sizeof(error));
	struct domain_config *config;

	ck_assert_msg(j != NULL, "%s", error);
	config = domain_config_read(j, diag);
	json_free(j);
	return config;
}

START_TEST(test_round_trip)
{
	struct json_writer *w = json_writer_new(false);
	struct domain_config *config;
	struct diag diag;

	diag_init(&diag);
	config = read_text(full, &diag);
	ck_assert_msg(config != NULL, "%s", diag_first_error(&diag));
	ck_assert_uint_eq(config->disks[1].devid, 51729);
	domain_config_write(w, NULL, config);
	ck_assert_str_eq(json_writer_text(w, NULL), full);
	domain_config_free(config);
	json_writer_free(w);
	diag_free(&diag);
}
END_TEST

/* One change to a good config each, and the message it must give. */
static const struct {
	const char *from, *to, *error;
} json_cases[] = {
	{ "web1", "1", "config: '1' is no name for a domain" },
	{ "11223344-", "x-",
	  "config: 'x-5566-7788-99aa-bbccddeeff00' is no uuid" },
	{ "262144", "-1",
	  "config: memory_kib is -1, must be 1024 to 1073741824" },
	{ "524288", "4096",
	  "config: max_memory_kib is 4096, must be 262144 to 1073741824" },
	{ "\"vcpus\":2", "\"vcpus\":33",
	  "config: vcpus is 33, must be 1 to 32" },
	{ "\"/boot/vmlinuz\"", "null",
	  "config: kernel must be an absolute path" },
	{ "\"/boot/vmlinuz\"", "\"vmlinuz\"",
	  "config: kernel must be an absolute path" },
	{ "i686", "arm", "config: arch is 'arm', must be x86_64 or i686" },
	{ "preserve", "x", "config: on_poweroff: unknown action 'x'" },
	{ "xvdb1", "xvda", "config: two disks have the target xvda" },
	{ "xvdb1", "sda",
	  "config: disk target is 'sda', must be xvda to xvdzz" },
	{ "\"block\"", "\"tape\"",
	  "config: disk type is 'tape', must be file or block" },
	{ "00:16:3e:01:02:03", "zz",
	  "config: mac 'zz' is not six hexadecimal pairs" },
	{ "\"br0\"", "\"a-bridge-with-a-long-name\"",
	  "config: bridge is longer than 15 characters" },
	{ "1400", "99999", "config: mtu is 99999, must be 0 to 65535" },
	{ "1400", "67", "config: mtu is 67, must be 0 or 68 to 65535" },
};

START_TEST(test_json_errors)
{
	char text[2048];
	const char *at = strstr(full, json_cases[_i].from);
	struct diag diag;

	ck_assert_ptr_nonnull(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - full), full,
		 json_cases[_i].to, at + strlen(json_cases[_i].from));
	diag_init(&diag);
	ck_assert_ptr_null(read_text(text, &diag));
	ck_assert_str_eq(diag_first_error(&diag), json_cases[_i].error);
	diag_free(&diag);
}
END_TEST

START_TEST(test_json_defaults)
{
	struct domain_config *config;
	struct diag diag;

	diag_init(&diag);
	config = read_text("{\"name\":\"a\",\"uuid\":"
			   "\"11223344-5566-7788-99aa-bbccddeeff00\","
			   "\"memory_kib\":4096,\"kernel\":\"/k\"}", &diag);
	ck_assert_msg(config != NULL, "%s", diag_first_error(&diag));
	ck_assert_uint_eq(config->max_memory_kib, 4096);
	ck_assert_uint_eq(config->vcpus, 1);
	ck_assert_str_eq(config->cmdline, "");
	ck_assert_int_eq(config->on_reboot, DOMAIN_RESTART);
	ck_assert_int_eq(config->on_poweroff, DOMAIN_DESTROY);
	domain_config_free(config);
	diag_free(&diag);
}
END_TEST

START_TEST(test_result)
{
	struct build_result r = {
		.domid = 3, .store_mfn = 0x123456789, .store_port = 1,
		.console_mfn = 77, .console_port = 2, .guest_os = "linux",
		.is_32bit = true, .cached = true, .ms = 12,
	}, again;
	struct json_writer *w = json_writer_new(false);
	char error[100];
	const char *text;
	struct json *j;
	size_t len;

	build_result_write(w, NULL, &r);
	text = json_writer_text(w, &len);
	j = json_parse(text, len, error, sizeof(error));
	ck_assert(build_result_read(j, &again));
	ck_assert_uint_eq(again.store_mfn, r.store_mfn);
	ck_assert_uint_eq(again.console_port, 2);
	ck_assert_str_eq(again.guest_os, "linux");
	ck_assert(again.cached);
	ck_assert(again.is_32bit);
	json_free(j);
	j = json_parse("{\"error\":\"x\"}", 13, error, sizeof(error));
	ck_assert(!build_result_read(j, &again));
	json_free(j);
	json_writer_free(w);
}
END_TEST

static void make_file(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
}

/* What the domain file says of the kernel, against the kernel. */
START_TEST(test_host_arch)
{
	static const struct {
		enum domain_arch said;
		size_t flags_at;
		char flags;
		const char *is, *right;
	} cases[] = {
		{ DOMAIN_ARCH_ANY, 4, 1, NULL, NULL },
		{ DOMAIN_ARCH_I686, 4, 1, NULL, NULL },
		{ DOMAIN_ARCH_X86_64, 4, 2, NULL, NULL },
		{ DOMAIN_ARCH_X86_64, 4, 1, "32-bit", "i686" },
		{ DOMAIN_ARCH_I686, 4, 2, "64-bit", "x86_64" },
		{ DOMAIN_ARCH_I686, 0x236, 1, "64-bit", "x86_64" },
		{ DOMAIN_ARCH_I686, 0x236, 0, NULL, NULL },
		/* Something packed: nothing can be seen. */
		{ DOMAIN_ARCH_I686, 0x300, 0, NULL, NULL },
	};
	char path[] = "/tmp/test_domain.XXXXXX", expected[300];
	struct domain_config *config = domain_config_new();
	char head[0x400] = { 0 };
	struct diag diag;
	int fd = mkstemp(path);

	if (cases[_i].flags_at == 4)
		memcpy(head, "\177ELF", 4);
	if (cases[_i].flags_at == 0x236)
		memcpy(head + 0x202, "HdrS\x0f\x02", 6);
	head[cases[_i].flags_at] = cases[_i].flags;
	ck_assert_int_eq(write(fd, head, sizeof(head)), sizeof(head));
	close(fd);
	config->kernel = strdup(path);
	config->arch = cases[_i].said;
	config->arch_line = 7;
	diag_init(&diag);
	ck_assert(domain_check_host(config, "f.xml", &diag) ==
		  !cases[_i].is);
	if (cases[_i].is) {
		snprintf(expected, sizeof(expected), "f.xml:7: arch of <type> "
			 "is '%s' and kernel %s is a %s one; write arch='%s' "
			 "or name another kernel",
			 domain_arch_name(cases[_i].said), path, cases[_i].is,
			 cases[_i].right);
		ck_assert_str_eq(diag_first_error(&diag), expected);
	}
	diag_free(&diag);
	domain_config_free(config);
	unlink(path);
}
END_TEST

START_TEST(test_host)
{
	char dir[] = "/tmp/test_domain.XXXXXX", path[64], disk[64];
	struct domain_config *config = domain_config_new();
	struct diag diag;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/kernel", dir);
	snprintf(disk, sizeof(disk), "%s/disk", dir);
	make_file(path, "x");
	config->kernel = strdup(path);
	config->initrd = strdup(dir);
	config->kernel_line = 3;
	config->initrd_line = 4;
	config->disks = calloc(2, sizeof(*config->disks));
	config->disk_count = 2;
	config->disks[0].path = strdup(disk);
	strcpy(config->disks[0].target, "xvda");
	config->disks[0].line = 5;
	config->disks[1].path = strdup(path);
	config->disks[1].kind = DOMAIN_DISK_BLOCK;
	strcpy(config->disks[1].target, "xvdb");
	config->disks[1].line = 6;
	config->interfaces = calloc(2, sizeof(*config->interfaces));
	config->interface_count = 2;
	strcpy(config->interfaces[0].bridge, "nobridge");
	strcpy(config->interfaces[1].bridge, "lo");

	diag_init(&diag);
	ck_assert(!domain_check_host(config, "f.xml", &diag));
	ck_assert_uint_eq(diag.errors, 5);
	ck_assert_ptr_nonnull(strstr(diag.messages[0].text,
				     "f.xml:4: initrd "));
	ck_assert_ptr_nonnull(strstr(diag.messages[1].text,
				     "f.xml:5: disk xvda: "));
	ck_assert_ptr_nonnull(strstr(diag.messages[1].text,
				     "No such file"));
	ck_assert_ptr_nonnull(strstr(diag.messages[2].text,
				     "is not a block device"));
	ck_assert_ptr_nonnull(strstr(diag.messages[3].text,
				     "bridge nobridge does not exist"));
	diag_free(&diag);

	unlink(path);
	ck_assert(!domain_check_host(config, NULL, &diag));
	ck_assert_ptr_nonnull(strstr(diag_first_error(&diag), "kernel /tmp"));
	diag_free(&diag);
	domain_config_free(config);
	rmdir(dir);
}
END_TEST

/* One address twice is a conflict on one bridge, whatever that is called. */
START_TEST(test_mac_taken)
{
	static const struct {
		const char *bridge, *mac;
		bool taken;
	} others[] = {
		{ "br0", "00:16:3e:00:00:01", true },
		{ "br0", "00:16:3e:00:00:02", false },
		{ "br1", "00:16:3e:00:00:01", false },
		{ "", "00:16:3e:00:00:01", false },
		/* Not the first NIC, but the second. */
		{ "br1", "00:16:3e:00:00:03", true },
		/* Exists here, under one name. */
		{ "lo", "00:16:3e:00:00:04", true },
	};
	struct domain_config *config = domain_config_new();
	struct domain_interface nic = { .line = 1 };

	config->interfaces = calloc(4, sizeof(*config->interfaces));
	config->interface_count = 4;
	for (int i = 0; i < 4; i++) {
		static const char *const bridges[] = { "br0", "", "br1", "lo" };
		uint8_t mac[6] = { 0, 0x16, 0x3e, 0, 0, 0 };

		mac[5] = (uint8_t)(i ? i + (i > 1) : 1);
		memcpy(config->interfaces[i].mac, mac, 6);
		strcpy(config->interfaces[i].bridge, bridges[i]);
	}
	ck_assert(domain_mac_parse(others[_i].mac, nic.mac));
	strcpy(nic.bridge, others[_i].bridge);
	ck_assert(domain_mac_taken(config, &nic) == others[_i].taken);
	domain_config_free(config);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

int main(void)
{
	Suite *s = suite_create("domain");
	TCase *t = tcase_create("domain");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, test_units, 0, COUNT(unit_cases));
	tcase_add_loop_test(t, test_targets, 0, COUNT(target_cases));
	tcase_add_loop_test(t, test_names, 0, COUNT(name_cases));
	tcase_add_test(t, test_name_length);
	tcase_add_test(t, test_uuid);
	tcase_add_test(t, test_mac);
	tcase_add_test(t, test_actions);
	tcase_add_test(t, test_round_trip);
	tcase_add_loop_test(t, test_json_errors, 0, COUNT(json_cases));
	tcase_add_test(t, test_json_defaults);
	tcase_add_test(t, test_result);
	tcase_add_test(t, test_host);
	tcase_add_loop_test(t, test_host_arch, 0, 8);
	tcase_add_loop_test(t, test_mac_taken, 0, 6);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
