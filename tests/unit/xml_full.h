/* SPDX-License-Identifier: BSD-2-Clause */
/* A domain file with everything that is known, to be changed by tests. */
#ifndef UNIT_XML_FULL_H
#define UNIT_XML_FULL_H

static const char full[] =
	"<?xml version='1.0'?>\n"
	"<domain type='xen' id='3'>\n"
	"  <name>web1</name>\n"
	"  <uuid>11223344-5566-7788-99aa-bbccddeeff00</uuid>\n"
	"  <title>A</title><description>B</description>\n"
	"  <metadata><x:y xmlns:x='urn:x' z='1'/></metadata>\n"
	"  <memory unit='MiB'>512</memory>\n"
	"  <currentMemory unit='KiB'>262144</currentMemory>\n"
	"  <vcpu placement='static'> 2 </vcpu>\n"
	"  <cputune><shares>512</shares>"
	"<global_quota>25000</global_quota></cputune>\n"
	"  <os>\n"
	"    <type arch='x86_64' machine='xenpv'>linux</type>\n"
	"    <kernel>/boot/vmlinuz</kernel>\n"
	"    <initrd>/boot/initrd.img</initrd>\n"
	"    <cmdline>console=hvc0\n      root=/dev/xvda &lt;&amp;</cmdline>\n"
	"  </os>\n"
	"  <clock offset='utc'/>\n"
	"  <on_poweroff>preserve</on_poweroff>\n"
	"  <on_reboot>destroy</on_reboot>\n"
	"  <on_crash>rename-restart</on_crash>\n"
	"  <devices>\n"
	"    <disk type='file' device='disk'>\n"
	"      <driver name='qemu' type='raw' discard='ignore'/>\n"
	"      <source file='/img/a'/>\n"
	"      <target dev='xvda' bus='xen'/>\n"
	"    </disk>\n"
	"    <disk type='block'>\n"
	"      <source dev='/dev/vg/b'/>\n"
	"      <target dev='xvdb1'/>\n"
	"      <readonly/>\n"
	"    </disk>\n"
	"    <interface type='bridge'>\n"
	"      <mac address='00:16:3e:01:02:03'/>\n"
	"      <source bridge='br0'/>\n"
	"      <target dev='web1.0'/>\n"
	"      <model type='netfront'/>\n"
	"      <mtu size='1400'/>\n"
	"    </interface>\n"
	"    <interface type='ethernet'/>\n"
	"    <console type='pty' tty='/dev/pts/1'>\n"
	"      <target type='xen' port='0'/>\n"
	"    </console>\n"
	"    <memballoon model='xen'/>\n"
	"  </devices>\n"
	"</domain>\n";

/* `text` with the first `from` replaced; free it. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out;

	ck_assert_msg(at != NULL, "%s", from);
	ck_assert_int_gt(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
				  at + strlen(from)), 0);
	return out;
}

#endif
