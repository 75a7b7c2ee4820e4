/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain XML: what is refused rather than ignored. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/xml.h"
#include "xml_full.h"

static struct diag diag;

static struct domain_config *parse(const char *text)
{
	return xml_parse_text("f.xml", text, strlen(text), &diag);
}

/*
 * What says where data goes: refused, wherever it stands. "M" is what begins
 * the message: "f.xml:LINE: M is not supported: ", and an advice follows.
 */
#define IN_DISK "<target dev='xvda' bus='xen'/>", 26
#define IN_NIC "<model type='netfront'/>", 37
#define IN_CONSOLE "<target type='xen' port='0'/>", 42
#define IN_DEVICES "<memballoon model='xen'/>", 44
#define IN_DOMAIN "<clock offset='utc'/>", 18
#define IN_OS "<kernel>/boot/vmlinuz</kernel>", 13
#define FILE_SOURCE "<source file='/img/a'/>", 25
#define NIC_SOURCE "<source bridge='br0'/>", 35

static const struct {
	/* `added` comes before `at`; in its place if it is the same element. */
	const char *at;
	unsigned int line;
	const char *added;
	const char *message;
} refused[] = {
	{ IN_DISK, "<backenddomain name='x'/>", "<backenddomain> in <disk>" },
	{ IN_DISK, "<transient/>", "<transient> in <disk>" },
	{ IN_DISK, "<encryption format='luks'/>", "<encryption> in <disk>" },
	{ IN_DISK, "<auth username='a'/>", "<auth> in <disk>" },
	{ IN_DISK, "<mirror file='/m'/>", "<mirror> in <disk>" },
	{ IN_DISK, "<script path='s'/>", "<script> in <disk>" },
	{ IN_DISK, "<backingStore type='file'/>", "<backingStore> in <disk>" },
	{ FILE_SOURCE, "<source file='/img/a' startupPolicy='optional'/>",
	  "attribute 'startupPolicy' of <source>" },
	{ FILE_SOURCE, "<source file='/img/a' pool='p'/>",
	  "attribute 'pool' of <source>" },
	{ FILE_SOURCE, "<source file='/img/a' dev='/dev/b'/>",
	  "attribute 'dev' of <source>" },
	{ FILE_SOURCE, "<source file='/img/a'><encryption/></source>",
	  "<encryption> in <source>" },
	{ FILE_SOURCE, "<source file='/img/a'><slices/></source>",
	  "<slices> in <source>" },
	{ FILE_SOURCE, "<source file='/img/a'><host name='h'/></source>",
	  "<host> in <source>" },
	{ IN_NIC, "<backenddomain name='x'/>",
	  "<backenddomain> in <interface>" },
	{ IN_NIC, "<filterref filter='f'/>", "<filterref> in <interface>" },
	{ IN_NIC, "<ip address='10.0.0.1'/>", "<ip> in <interface>" },
	{ IN_NIC, "<link state='down'/>", "<link> in <interface>" },
	{ IN_NIC, "<port isolated='yes'/>", "<port> in <interface>" },
	{ IN_NIC, "<script path='vif-route'/>", "<script> in <interface>" },
	{ IN_NIC, "<virtualport type='openvswitch'/>",
	  "<virtualport> in <interface>" },
	{ IN_NIC, "<vlan><tag id='3'/></vlan>", "<vlan> in <interface>" },
	{ IN_NIC, "<backend type='passt'/>", "<backend> in <interface>" },
	{ "<target dev='web1.0'/>", 36,
	  "<target dev='web1.0' managed='no'/>",
	  "attribute 'managed' of <target>" },
	{ NIC_SOURCE, "<source bridge='br0' network='n'/>",
	  "attribute 'network' of <source>" },
	{ "<interface type='ethernet'/>", 40,
	  "<interface type='ethernet'><source bridge='b'/></interface>",
	  "<source> in <interface>" },
	{ IN_CONSOLE, "<log file='/l'/>", "<log> in <console>" },
	{ IN_CONSOLE, "<source path='/p' mode='bind'/>",
	  "attribute 'mode' of <source>" },
	{ IN_DEVICES, "<hostdev mode='subsystem'/>", "<hostdev> in <devices>" },
	{ IN_DEVICES, "<filesystem/>", "<filesystem> in <devices>" },
	{ IN_DEVICES, "<tpm/>", "<tpm> in <devices>" },
	{ IN_DEVICES, "<shmem name='s'/>", "<shmem> in <devices>" },
	{ IN_DEVICES, "<lease/>", "<lease> in <devices>" },
	{ IN_DEVICES, "<serial type='file'><source path='/s'/></serial>",
	  "<serial> in <devices>" },
	{ IN_DEVICES, "<channel type='unix'/>", "<channel> in <devices>" },
	{ IN_DEVICES, "<source file='/x'/>", "<source> in <devices>" },
	{ IN_DOMAIN, "<backenddomain name='x'/>",
	  "<backenddomain> in <domain>" },
	{ IN_DOMAIN, "<bootloader>/b</bootloader>", "<bootloader> in <domain>" },
	{ IN_DOMAIN, "<launchSecurity type='sev'/>",
	  "<launchSecurity> in <domain>" },
	{ IN_DOMAIN, "<q:commandline xmlns:q='urn:q'/>",
	  "<commandline> in <domain>" },
	{ IN_OS, "<nvram>/n</nvram>", "<nvram> in <os>" },
};

/* The same, saying what is so anyway: at most a warning. */
static const struct {
	const char *at, *instead;
} tolerated[] = {
	{ "<readonly/>", "<backingStore/>" },
	{ "<readonly/>", "<shareable/>" },
	{ "<source file='/img/a'/>",
	  "<source file='/img/a' index='1' startupPolicy='mandatory'>"
	  "<seclabel relabel='no'/></source>" },
	{ "<model type='netfront'/>", "<link state='up'/>" },
	{ "<target dev='web1.0'/>", "<target dev='web1.0' managed='yes'/>" },
	{ "<memballoon model='xen'/>",
	  "<serial type='pty'><source path='/dev/pts/3'/></serial>" },
};

START_TEST(test_refused)
{
	char added[200], begins[200], *text;
	bool same = strncmp(refused[_i].added, refused[_i].at,
			    strcspn(refused[_i].at, " ")) == 0;

	snprintf(added, sizeof(added), "%s%s", refused[_i].added,
		 same ? "" : refused[_i].at);
	text = replaced(full, refused[_i].at, added);
	ck_assert_msg(!parse(text), "accepted: %s", refused[_i].added);
	free(text);
	snprintf(begins, sizeof(begins), "f.xml:%u: %s is not supported: ",
		 refused[_i].line, refused[_i].message);
	ck_assert_msg(strncmp(diag_first_error(&diag), begins,
			      strlen(begins)) == 0, "%s\nnot %s",
		      diag_first_error(&diag), begins);
	ck_assert_uint_eq(diag.errors, 1);
	/* What would be right. */
	ck_assert_msg(strstr(diag_first_error(&diag), "remove") != NULL, "%s",
		      diag_first_error(&diag));
}
END_TEST

START_TEST(test_tolerated)
{
	char *text = replaced(full, tolerated[_i].at, tolerated[_i].instead);
	struct domain_config *c = parse(text);

	ck_assert_msg(c != NULL, "%s", diag_first_error(&diag));
	domain_config_free(c);
	free(text);
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
	Suite *s = suite_create("xml_rest");
	TCase *t = tcase_create("xml_rest");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_refused, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_loop_test(t, test_tolerated, 0,
			    sizeof(tolerated) / sizeof(tolerated[0]));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
