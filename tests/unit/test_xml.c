/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain XML: what is read, and the exact text of every complaint. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/xml.h"
#include "xml_full.h"

static struct diag diag;

static struct domain_config *parse(const char *text)
{
	return xml_parse_text("f.xml", text, strlen(text), &diag);
}

START_TEST(test_full)
{
	struct domain_config *c = parse(full);

	ck_assert_msg(c != NULL, "%s", diag_first_error(&diag));
	ck_assert_msg(diag.count == 0, "%s", diag.messages[0].text);
	ck_assert_str_eq(c->name, "web1");
	ck_assert_uint_eq(c->uuid[0], 0x11);
	ck_assert_uint_eq(c->max_memory_kib, 524288);
	ck_assert_uint_eq(c->memory_kib, 262144);
	ck_assert_uint_eq(c->vcpus, 2);
	ck_assert_uint_eq(c->weight, 512);
	ck_assert_uint_eq(c->cap, 25);
	ck_assert_str_eq(c->kernel, "/boot/vmlinuz");
	ck_assert_uint_eq(c->kernel_line, 13);
	ck_assert_str_eq(c->initrd, "/boot/initrd.img");
	ck_assert_str_eq(c->cmdline, "console=hvc0 root=/dev/xvda <&");
	ck_assert_int_eq(c->on_poweroff, DOMAIN_PRESERVE);
	ck_assert_int_eq(c->on_reboot, DOMAIN_DESTROY);
	ck_assert_int_eq(c->on_crash, DOMAIN_RENAME_RESTART);
	ck_assert_uint_eq(c->disk_count, 2);
	ck_assert_int_eq(c->disks[0].kind, DOMAIN_DISK_FILE);
	ck_assert_str_eq(c->disks[0].path, "/img/a");
	ck_assert(!c->disks[0].readonly && !c->disks[0].discard);
	ck_assert_uint_eq(c->disks[0].devid, 51712);
	ck_assert_int_eq(c->disks[1].kind, DOMAIN_DISK_BLOCK);
	ck_assert(c->disks[1].readonly && c->disks[1].discard);
	ck_assert_uint_eq(c->disks[1].devid, 51729);
	ck_assert_uint_eq(c->interface_count, 2);
	ck_assert_str_eq(c->interfaces[0].bridge, "br0");
	ck_assert_uint_eq(c->interfaces[0].mac[5], 3);
	ck_assert_str_eq(c->interfaces[0].ifname, "web1.0");
	ck_assert_uint_eq(c->interfaces[0].mtu, 1400);
	ck_assert_str_eq(c->interfaces[1].bridge, "");
	domain_config_free(c);
}
END_TEST

static const char small[] =
	"<domain type='xen'>\n"
	"<name>a</name>\n"
	"<memory>65536</memory>\n"
	"<os><type>linux</type><kernel>/k</kernel></os>\n"
	"<devices>\n"
	"<interface type='bridge'><source bridge='b'/></interface>\n"
	"</devices>\n"
	"</domain>\n";

START_TEST(test_defaults)
{
	struct domain_config *c = parse(small), *again = parse(small);
	uint8_t mac[6];

	ck_assert_msg(c != NULL, "%s", diag_first_error(&diag));
	ck_assert_uint_eq(diag.count, 0);
	ck_assert_uint_eq(c->memory_kib, 65536);
	ck_assert_uint_eq(c->vcpus, 1);
	ck_assert_uint_eq(c->weight, 0);
	ck_assert_uint_eq(c->cap, 0);
	ck_assert_str_eq(c->cmdline, "");
	ck_assert_ptr_null(c->initrd);
	ck_assert_int_eq(c->on_poweroff, DOMAIN_DESTROY);
	ck_assert_int_eq(c->on_reboot, DOMAIN_RESTART);
	ck_assert_int_eq(c->on_crash, DOMAIN_DESTROY);
	/* A uuid is made up, the mac follows from it. */
	ck_assert_mem_ne(c->uuid, again->uuid, 16);
	domain_mac_generate(c->uuid, 0, mac);
	ck_assert_mem_eq(c->interfaces[0].mac, mac, 6);
	domain_config_free(c);
	domain_config_free(again);
}
END_TEST

/* One piece of `full` replaced; the messages, all of them, in order. */
static const struct {
	const char *from, *to;
	bool ok;
	const char *messages;
} cases[] = {
	{ "<name>web1</name>", "", false,
	  "f.xml:2: <name> is missing; give the domain one: "
	  "<name>web1</name>\n" },
	{ "<name>web1<", "<name>-x<", false,
	  "f.xml:3: <name> is '-x', must be 1 to 127 letters, digits and . _ "
	  "+ : @ -, begin with a letter or digit, and not be a number\n" },
	{ "<title>", "<name>b</name><title>", false,
	  "f.xml:5: a second <name> in <domain>; only one is possible, the "
	  "first is on line 3\n" },
	{ "11223344-", "x-", false,
	  "f.xml:4: <uuid> is 'x-5566-7788-99aa-bbccddeeff00', must be 32 "
	  "hexadecimal digits as in 8-4-4-4-12; leave it out to get one\n" },
	{ "type='xen' id", "type='kvm' id", false,
	  "f.xml:2: type of <domain> is 'kvm', must be 'xen'\n" },
	{ "type='xen' id='3'", "", false,
	  "f.xml:2: type of <domain> is missing, must be 'xen'\n" },
	{ "unit='MiB'>512", "unit='MB'>512", true, "" },
	{ "unit='MiB'>512", "unit='parsec'>512", false,
	  "f.xml:7: unit of <memory> is 'parsec', must be one of b, KiB, MiB, "
	  "GiB, TiB, KB, MB, GB, TB\n" },
	{ "unit='MiB'>512", "unit='MiB'>0.5", false,
	  "f.xml:7: <memory> is '0.5', must be a whole number, for example "
	  "<memory unit='MiB'>256</memory>\n" },
	{ "unit='MiB'>512", "unit='MiB'>-1", false,
	  "f.xml:7: <memory> is '-1', must be a whole number, for example "
	  "<memory unit='MiB'>256</memory>\n" },
	{ "unit='MiB'>512", "unit='TiB'>99999999999999", false,
	  "f.xml:7: <memory> is '99999999999999', must be a whole number, for "
	  "example <memory unit='MiB'>256</memory>\n" },
	{ "unit='MiB'>512", ">512", false,
	  "f.xml:7: <memory> is 512 KiB, must be 1 MiB to 1 TiB; without a "
	  "unit the number means KiB\n" },
	{ "unit='MiB'>512", "unit='MiB'>128", false,
	  "f.xml:8: <currentMemory> is 262144 KiB, must not be more than the "
	  "131072 KiB of <memory>\n" },
	{ "  <memory unit='MiB'>512</memory>\n", "\n", false,
	  "f.xml:2: <memory> is missing; say how much the domain gets: "
	  "<memory unit='MiB'>256</memory>\n" },
	{ "> 2 <", ">33<", false,
	  "f.xml:9: <vcpu> is '33', must be a whole number from 1 to 32\n" },
	{ "> 2 <", ">0<", false,
	  "f.xml:9: <vcpu> is '0', must be a whole number from 1 to 32\n" },
	{ "<vcpu placement='static'", "<vcpu placement='auto' current='1'",
	  true,
	  "f.xml:9: placement 'auto' of <vcpu> is not known and ignored\n"
	  "f.xml:9: attribute 'current' of <vcpu> is not known and ignored\n" },
	{ "<shares>512", "<shares>0", false,
	  "f.xml:10: <shares> is '0', must be a whole number from 1 to 65535 "
	  "(256 is usual)\n" },
	{ "<global_quota>25000<", "<global_quota>none<", false,
	  "f.xml:10: <global_quota> is 'none', must be microseconds of CPU "
	  "time in each period of 100000, at most 32 CPUs, or -1 for no "
	  "limit\n" },
	{ "<global_quota>", "<global_period>1</global_period><global_quota>",
	  false,
	  "f.xml:10: <global_period> is '1', must be 1000 to 1000000 "
	  "microseconds\n" },
	{ ">linux<", ">hvm<", false,
	  "f.xml:12: <type> is 'hvm', which is not supported yet; write "
	  "<type>linux</type> for a PV domain\n" },
	{ ">linux<", ">exe<", false,
	  "f.xml:12: <type> is 'exe', must be 'linux'\n" },
	{ "xenpv", "pc", false,
	  "f.xml:12: machine of <type> is 'pc', must be 'xenpv'\n" },
	{ "x86_64", "arm", false,
	  "f.xml:12: arch of <type> is 'arm', must be 'x86_64' or 'i686'; "
	  "leave it out to go by the kernel\n" },
	{ "<kernel>/boot/vmlinuz</kernel>", "", false,
	  "f.xml:11: <kernel> is missing in <os>; name a PV kernel: "
	  "<kernel>/boot/vmlinuz</kernel>\n" },
	{ "/boot/vmlinuz", "vmlinuz", false,
	  "f.xml:13: <kernel> is 'vmlinuz', must be an absolute path, "
	  "beginning with /\n" },
	{ "preserve", "explode", false,
	  "f.xml:19: <on_poweroff> is 'explode', must be destroy, restart, "
	  "preserve or rename-restart\n" },
	{ "rename-restart", "coredump-restart", true,
	  "f.xml:21: core dumps are not made yet: <on_crash> "
	  "'coredump-restart' is taken as 'restart'\n" },
	{ "'utc'", "'localtime'", true,
	  "f.xml:18: offset 'localtime' of <clock> is not known and ignored: "
	  "PV domains see UTC\n" },
	{ "<clock", "<features><acpi/></features><clock", true,
	  "f.xml:18: element <features> in <domain> is not known and "
	  "ignored\n" },
	{ "<memballoon model='xen'/>", "<memballoon model='virtio'/>", true,
	  "" },
	{ "dev='xvda' bus", "dev='hda' bus", false,
	  "f.xml:26: dev of <target> is 'hda', must be xvda to xvdzz, with or "
	  "without a partition number\n" },
	{ "bus='xen'", "bus='ide'", false,
	  "f.xml:26: bus of <target> is 'ide', must be 'xen': PV domains have "
	  "no other\n" },
	{ "xvdb1", "xvda", false,
	  "f.xml:28: target xvda is taken by the disk on line 23; give each "
	  "disk its own\n" },
	{ "<source dev='/dev/vg/b'/>", "<source dev='/img/a'/>", false,
	  "f.xml:28: source /img/a is used by the disk on line 23 as well; "
	  "make both <readonly/> or use another\n" },
	{ "type='file' device", "type='network' device", false,
	  "f.xml:23: type of <disk> is 'network', must be 'file' or "
	  "'block'\n" },
	{ "type='file' device", "type='block' device", false,
	  "f.xml:25: <disk type='block'> has no source; write <source "
	  "dev='/PATH'/>\n"
	  "f.xml:25: attribute 'file' of <source> is not supported: a source "
	  "is a path or a bridge of dom0 and nothing else; remove it\n" },
	{ "<source file='/img/a'/>", "", false,
	  "f.xml:23: <disk type='file'> has no source; write <source "
	  "file='/PATH'/>\n" },
	{ "'/img/a'", "'a'", false,
	  "f.xml:25: file of <source> is 'a', must be an absolute path, "
	  "beginning with /\n" },
	{ "type='raw'", "type='qcow2'", false,
	  "f.xml:24: type of <driver> is 'qcow2', must be 'raw'; convert the "
	  "image with qemu-img convert -O raw\n" },
	{ "'ignore'", "'maybe'", false,
	  "f.xml:24: discard of <driver> is 'maybe', must be 'unmap' or "
	  "'ignore'\n" },
	{ "device='disk'", "device='cdrom'", true,
	  "f.xml:23: device 'cdrom' of <disk> is served as a read-only "
	  "disk\n" },
	{ "device='disk'", "device='floppy'", false,
	  "f.xml:23: device of <disk> is 'floppy', must be 'disk'\n" },
	{ "<readonly/>", "<shareable/>", true,
	  "f.xml:31: element <shareable> in <disk> is not known and "
	  "ignored\n" },
	{ "<target dev='xvda' bus='xen'/>", "", false,
	  "f.xml:23: <disk> has no target; write <target dev='xvda'/>\n" },
	{ "type='bridge'", "type='network'", false,
	  "f.xml:33: type of <interface> is 'network', must be 'bridge' (or "
	  "'ethernet' for one without a bridge)\n" },
	{ "<source bridge='br0'/>", "", false,
	  "f.xml:33: <interface type='bridge'> names no bridge; write "
	  "<source bridge='br0'/>\n" },
	{ "'br0'", "'bridge-of-too-many-letters'", false,
	  "f.xml:35: bridge of <source> is 'bridge-of-too-many-letters', must "
	  "be the name of a network device, 1 to 15 characters\n" },
	{ "'br0'", "'../br0'", false,
	  "f.xml:35: bridge of <source> is '../br0', must be the name of a "
	  "network device, 1 to 15 characters\n" },
	{ "00:16:3e:01:02:03", "00:16:3e", false,
	  "f.xml:34: address of <mac> is '00:16:3e', must be six hexadecimal "
	  "pairs as in 00:16:3e:12:34:56\n" },
	{ "00:16:3e:01:02:03", "01:16:3e:01:02:03", false,
	  "f.xml:34: address of <mac> is '01:16:3e:01:02:03', must not be a "
	  "group address or zero; begin it with 00:16:3e\n" },
	{ "<interface type='ethernet'/>",
	  "<interface type='ethernet'><mac address='00:16:3e:01:02:03'/>"
	  "<target dev='web1.0'/></interface>", false,
	  "f.xml:40: mac 00:16:3e:01:02:03 is taken by the interface on line "
	  "33; give each its own\n"
	  "f.xml:40: target web1.0 is taken by the interface on line 33; give "
	  "each its own\n" },
	{ "'1400'", "'67'", false,
	  "f.xml:38: size of <mtu> is '67', must be 68 to 65535\n" },
	{ "'netfront'", "'e1000'", true,
	  "f.xml:37: model 'e1000' of <interface> is not known and ignored: "
	  "PV domains have netfront\n" },
	{ "<console type='pty'", "<graphics type='vnc'/><console type='file'",
	  false,
	  "f.xml:41: type of <console> is 'file', must be 'pty': what a guest "
	  "prints goes to 'hospes console' and a log in /var/log/hospes\n"
	  "f.xml:41: element <graphics> in <devices> is not known and "
	  "ignored\n" },
	{ "<target type='xen' port='0'/>",
	  "<source path='/dev/pts/1'/><target type='xen' port='0'/>", true,
	  "" },
	{ "</domain>", "", false, "f.xml:47: not well-formed XML: " },
	{ "</os>", "", false, "f.xml:46: not well-formed XML: " },
	{ "<?xml version='1.0'?>", "<!DOCTYPE domain SYSTEM '/etc/passwd'>",
	  false, "f.xml:1: a DOCTYPE is not allowed here; remove it\n" },
	{ "<?xml version='1.0'?>",
	  "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", false,
	  "f.xml:1: a DOCTYPE is not allowed here; remove it\n" },
};

static char *all_messages(void)
{
	size_t size = 1;
	char *text;

	for (size_t i = 0; i < diag.count; i++)
		size += strlen(diag.messages[i].text) + 1;
	text = calloc(1, size);
	for (size_t i = 0; i < diag.count; i++) {
		strcat(text, diag.messages[i].text);
		strcat(text, "\n");
	}
	return text;
}

START_TEST(test_case)
{
	char *text = replaced(full, cases[_i].from, cases[_i].to);
	const char *wanted = cases[_i].messages;
	size_t len = strlen(wanted);
	struct domain_config *c = parse(text);
	char *got = all_messages();

	/* A message of the XML parser itself is only compared in part. */
	if (len && wanted[len - 1] != '\n')
		got[len] = '\0';
	ck_assert_str_eq(got, wanted);
	ck_assert_int_eq(c != NULL, cases[_i].ok);
	ck_assert_int_eq(diag.errors == 0, cases[_i].ok);
	domain_config_free(c);
	free(got);
	free(text);
}
END_TEST

/* All errors of a file come at once. */
START_TEST(test_all_at_once)
{
	char *got;

	ck_assert_ptr_null(parse("<domain type='xen'>\n"
				 "<name>1</name>\n"
				 "<memory>x</memory>\n"
				 "<vcpu>x</vcpu>\n"
				 "<os>\n<type>linux</type>\n</os>\n"
				 "<devices>\n<disk/>\n</devices>\n"
				 "<frob/>\n"
				 "</domain>"));
	got = all_messages();
	ck_assert_uint_eq(diag.errors, 6);
	ck_assert_uint_eq(diag.count, 7);
	ck_assert_ptr_nonnull(strstr(got, "f.xml:2: <name>"));
	ck_assert_ptr_nonnull(strstr(got, "f.xml:3: <memory>"));
	ck_assert_ptr_nonnull(strstr(got, "f.xml:4: <vcpu>"));
	ck_assert_ptr_nonnull(strstr(got, "f.xml:5: <kernel>"));
	ck_assert_ptr_nonnull(strstr(got, "f.xml:9: <disk type='file'>"));
	ck_assert_ptr_nonnull(strstr(got, "f.xml:9: <disk> has no target"));
	ck_assert_ptr_nonnull(strstr(got, "f.xml:11: element <frob>"));
	free(got);
}
END_TEST

START_TEST(test_other_documents)
{
	ck_assert_ptr_null(parse(""));
	ck_assert_uint_eq(diag.errors, 1);
	ck_assert_ptr_null(parse("hello"));
	ck_assert_uint_eq(diag.errors, 2);
	ck_assert_ptr_null(parse("<network/>"));
	ck_assert_str_eq(diag.messages[2].text, "f.xml:1: the file's element "
			 "is <network>, must be <domain type='xen'>");
}
END_TEST

/* An entity bomb is refused at once, and nothing is expanded. */
START_TEST(test_bomb)
{
	ck_assert_ptr_null(parse(
		"<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'>"
		"<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
		"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>"
		"<!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]>"
		"<domain type='xen'><name>&d;</name></domain>"));
	ck_assert_uint_eq(diag.errors, 1);
}
END_TEST

START_TEST(test_depth_and_size)
{
	size_t size = 256 * 1024 + 1, len = 0;
	char *text = malloc(size + 1);

	memset(text, ' ', size);
	text[size] = '\0';
	ck_assert_ptr_null(parse(text));
	ck_assert_str_eq(diag.messages[0].text, "f.xml: larger than 262144 "
			 "bytes, which no domain file is");
	/* As deep as it may be, and one more. */
	for (int depth = 32; depth <= 33; depth++) {
		len = 0;
		for (int i = 0; i < depth; i++)
			len += (size_t)sprintf(text + len, "<a>");
		for (int i = 0; i < depth; i++)
			len += (size_t)sprintf(text + len, "</a>");
		ck_assert_ptr_null(parse(text));
	}
	ck_assert_uint_eq(diag.count, 3);
	ck_assert_ptr_nonnull(strstr(diag.messages[1].text, "element is <a>"));
	ck_assert_str_eq(diag.messages[2].text,
			 "f.xml: elements are nested more than 32 deep");
	free(text);
}
END_TEST

/* Cut at every length: complaints, never a crash. */
START_TEST(test_cut)
{
	for (size_t len = 0; len + 2 < sizeof(full); len++) {
		char *copy = malloc(len ? len : 1);

		memcpy(copy, full, len);
		if (xml_parse_text("f", copy, len, &diag))
			ck_abort_msg("accepted at length %zu", len);
		free(copy);
		diag_free(&diag);
	}
}
END_TEST

START_TEST(test_many_disks)
{
	char disks[64 * 1024] = "", *text;
	size_t len = 0;
	struct domain_config *c;

	for (int i = 0; i < 65; i++)
		len += (size_t)sprintf(disks + len, "<disk><source file='/d%d'"
				       "/><target dev='xvd%c%c'/></disk>\n", i,
				       'a' + i / 26, 'a' + i % 26);
	text = malloc(len + sizeof(small) + 32);
	sprintf(text, "%.*s%s%s", (int)(strstr(small, "<interface") - small),
		small, disks, strstr(small, "<interface"));
	ck_assert_ptr_null(parse(text));
	ck_assert_str_eq(diag.messages[0].text, "f.xml:70: too many disks; at "
			 "most 64 are possible");
	ck_assert_uint_eq(diag.errors, 1);
	diag_free(&diag);
	/* One less. */
	memset(strstr(text, "<disk>"), ' ', strcspn(disks, "\n"));
	c = parse(text);
	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(c->disk_count, 64);
	domain_config_free(c);
	free(text);
}
END_TEST

START_TEST(test_file)
{
	char path[] = "/tmp/test_xml.XXXXXX";
	int fd = mkstemp(path);
	struct domain_config *c;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, small, strlen(small)),
			 (ssize_t)strlen(small));
	close(fd);
	c = xml_parse_file(path, &diag);
	ck_assert_ptr_nonnull(c);
	domain_config_free(c);
	unlink(path);
	ck_assert_ptr_null(xml_parse_file("/nonexistent.xml", &diag));
	ck_assert_str_eq(diag.messages[0].text, "/nonexistent.xml: No such "
			 "file or directory; give the path of a domain XML "
			 "file");
	ck_assert_ptr_null(xml_parse_file("/tmp", &diag));
	ck_assert_ptr_nonnull(strstr(diag.messages[1].text,
				     "/tmp: Is a directory"));
}
END_TEST

/* What is no text is not given to the parser, nor to hospesd. */
START_TEST(test_binary_file)
{
	static const struct {
		const char *text;
		size_t len;
		bool ok;
	} files[] = {
		{ "<a>\t\r\n\xc3\xa4</a>", 12, true },
		{ "<a>\0</a>", 8, false },
		{ "<a>\1</a>", 8, false },
		{ "<a>\x1b</a>", 8, false },
		{ "", 0, true },
	};
	char path[] = "/tmp/test_xml.XXXXXX";
	int fd = mkstemp(path);

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		size_t len = 0, n = diag.errors;
		char *text;

		ck_assert_int_eq(ftruncate(fd, 0), 0);
		ck_assert_int_eq(pwrite(fd, files[i].text, files[i].len, 0),
				 (ssize_t)files[i].len);
		text = xml_read_text(path, &len, &diag);
		ck_assert(files[i].ok == (text != NULL));
		ck_assert_uint_eq(diag.errors, files[i].ok ? n : n + 1);
		if (text)
			ck_assert_uint_eq(len, files[i].len);
		free(text);
	}
	close(fd);
	unlink(path);
}
END_TEST

/* "-" is stdin. */
START_TEST(test_stdin)
{
	char path[] = "/tmp/test_xml.XXXXXX";
	int fd = mkstemp(path);
	struct domain_config *c;

	ck_assert_int_eq(write(fd, small, strlen(small)),
			 (ssize_t)strlen(small));
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(dup2(fd, 0), 0);
	c = xml_parse_file("-", &diag);
	ck_assert_ptr_nonnull(c);
	domain_config_free(c);
	/* At its end: nothing more comes, and messages have a name for it. */
	ck_assert_ptr_null(xml_parse_file("-", &diag));
	ck_assert_ptr_nonnull(strstr(diag.messages[0].text, "stdin:1: "));
	close(fd);
	unlink(path);
}
END_TEST

static void setup(void)
{
	diag_init(&diag);
}

static void teardown(void)
{
	diag_free(&diag);
}

int main(void)
{
	Suite *s = suite_create("xml");
	TCase *t = tcase_create("xml");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_full);
	tcase_add_test(t, test_defaults);
	tcase_add_loop_test(t, test_case, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, test_all_at_once);
	tcase_add_test(t, test_other_documents);
	tcase_add_test(t, test_bomb);
	tcase_add_test(t, test_depth_and_size);
	tcase_add_test(t, test_cut);
	tcase_add_test(t, test_many_disks);
	tcase_add_test(t, test_file);
	tcase_add_test(t, test_binary_file);
	tcase_add_test(t, test_stdin);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
