/* SPDX-License-Identifier: BSD-2-Clause */
/* Control calls about the host: hardware, console ring, versions. */
#include "lib/control_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <xen/version.h>

int control_physinfo(struct control *c, struct xen_sysctl_physinfo *info)
{
	struct xen_sysctl op = { .cmd = 0 };
	int rc = control_sysctl(c, &op, XEN_SYSCTL_physinfo);

	if (rc == 0)
		*info = op.u.physinfo;
	return rc;
}

int control_spec_ctrl(struct control *c,
		      struct xen_sysctl_hospes_spec_ctrl *info)
{
	struct xen_sysctl op = { .cmd = 0 };
	int rc = control_sysctl(c, &op, XEN_SYSCTL_hospes_spec_ctrl);

	if (rc == 0)
		*info = op.u.hospes_spec_ctrl;
	return rc;
}

int control_sched_id(struct control *c, uint32_t *sched_id)
{
	struct xen_sysctl op = { .cmd = 0 };
	int rc = control_sysctl(c, &op, XEN_SYSCTL_sched_id);

	if (rc == 0)
		*sched_id = op.u.sched_id.sched_id;
	return rc;
}

int control_cpu_idle(struct control *c, uint64_t *idle_ns, size_t max)
{
	struct xen_sysctl op = { .u.getcpuinfo.max_cpus = (uint32_t)max };
	struct xen_sysctl_cpuinfo *data = control_data(c, max * sizeof(*data));
	uint32_t count;
	int rc;

	if (!data)
		return -ENOMEM;
	set_xen_guest_handle(op.u.getcpuinfo.info, data);
	rc = control_sysctl(c, &op, XEN_SYSCTL_getcpuinfo);
	if (rc < 0)
		return rc;
	count = op.u.getcpuinfo.nr_cpus;
	if (count > max)
		return -EIO;
	for (uint32_t i = 0; i < count; i++)
		idle_ns[i] = data[i].idletime;
	return (int)count;
}

int control_cpu_topology(struct control *c, struct xen_sysctl_cputopo *topo,
			 size_t max)
{
	struct xen_sysctl op = { .u.cputopoinfo.num_cpus = (uint32_t)max };
	struct xen_sysctl_cputopo *data = control_data(c, max * sizeof(*data));
	uint32_t count;
	int rc;

	if (!data)
		return -ENOMEM;
	set_xen_guest_handle(op.u.cputopoinfo.cputopo, data);
	rc = control_sysctl(c, &op, XEN_SYSCTL_cputopoinfo);
	if (rc < 0)
		return rc;
	count = op.u.cputopoinfo.num_cpus;
	if (count > max)
		count = (uint32_t)max;
	memcpy(topo, data, count * sizeof(*topo));
	return (int)count;
}

int control_console_read(struct control *c, char *buffer, size_t size,
			 uint32_t *index, bool incremental, bool clear)
{
	struct xen_sysctl op = { .cmd = 0 };
	struct xen_sysctl_readconsole *read = &op.u.readconsole;
	char *data = control_data(c, size);
	int rc;

	if (!data)
		return -ENOMEM;
	read->clear = clear;
	read->incremental = incremental;
	read->index = *index;
	read->count = (uint32_t)size;
	set_xen_guest_handle(read->buffer, data);
	rc = control_sysctl(c, &op, XEN_SYSCTL_readconsole);
	if (rc < 0)
		return rc;
	if (read->count > size)
		return -EIO;
	memcpy(buffer, data, read->count);
	*index = read->index;
	return (int)read->count;
}

int control_debug_keys(struct control *c, const char *keys)
{
	struct xen_sysctl op = { .cmd = 0 };
	size_t len = strlen(keys);
	char *data = control_data(c, len + 1);

	if (!data)
		return -ENOMEM;
	memcpy(data, keys, len + 1);
	op.u.debug_keys.nr_keys = (uint32_t)len;
	set_xen_guest_handle(op.u.debug_keys.keys, data);
	return control_sysctl(c, &op, XEN_SYSCTL_debug_keys);
}

static long version_op(struct control *c, unsigned int cmd, void *arg,
		       size_t size)
{
	return control_call(c, __HYPERVISOR_xen_version, cmd, arg, size);
}

/* A text member; one that cannot be had is empty, not an error. */
static void version_text(struct control *c, unsigned int cmd, char *text,
			 size_t size)
{
	memset(text, 0, size);
	if (version_op(c, cmd, text, size) < 0)
		text[0] = '\0';
	text[size - 1] = '\0';
}

static void version_compile(struct control *c, struct control_version *v)
{
	struct xen_compile_info info;

	memset(&info, 0, sizeof(info));
	if (version_op(c, XENVER_compile_info, &info, sizeof(info)) < 0)
		return;
	snprintf(v->compiler, sizeof(v->compiler), "%.63s", info.compiler);
	snprintf(v->compile_by, sizeof(v->compile_by), "%.15s",
		 info.compile_by);
	snprintf(v->compile_domain, sizeof(v->compile_domain), "%.31s",
		 info.compile_domain);
	snprintf(v->compile_date, sizeof(v->compile_date), "%.31s",
		 info.compile_date);
}

static void version_build_id(struct control *c, struct control_version *v)
{
	struct {
		uint32_t len;
		unsigned char bytes[(sizeof(v->build_id) - 1) / 2];
	} id = { .len = sizeof(id.bytes) };
	long len = version_op(c, XENVER_build_id, &id, sizeof(id));

	if (len <= 0 || (size_t)len > sizeof(id.bytes))
		return;
	for (long i = 0; i < len; i++)
		snprintf(v->build_id + 2 * i, 3, "%02x", id.bytes[i]);
}

int control_version(struct control *c, struct control_version *v)
{
	struct xen_platform_parameters params = { 0 };
	long number = version_op(c, XENVER_version, NULL, 0);

	if (number < 0)
		return (int)number;
	memset(v, 0, sizeof(*v));
	v->major = (unsigned int)number >> 16;
	v->minor = number & 0xffff;
	version_text(c, XENVER_extraversion, v->extra, sizeof(v->extra));
	version_text(c, XENVER_capabilities, v->capabilities,
		     sizeof(v->capabilities));
	version_text(c, XENVER_changeset, v->changeset, sizeof(v->changeset));
	version_text(c, XENVER_commandline, v->commandline,
		     sizeof(v->commandline));
	version_compile(c, v);
	version_build_id(c, v);
	if (version_op(c, XENVER_platform_parameters, &params,
		       sizeof(params)) == 0)
		v->virt_start = params.virt_start;
	number = version_op(c, XENVER_pagesize, NULL, 0);
	v->pagesize = number > 0 ? (unsigned int)number : 4096;
	return 0;
}
