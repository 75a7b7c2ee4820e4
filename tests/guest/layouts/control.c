/* SPDX-License-Identifier: BSD-2-Clause */
/* What domctl takes and gives in the layout of the caller or of the target. */
#define __XEN_TOOLS__ 1
#include "layouts.h"
#include "peer.h"
#include <xen/domctl.h>

static struct xen_domctl op;

static long domctl(unsigned int cmd, unsigned int id)
{
	op.cmd = cmd;
	op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op.domain = id;
	return HC1(domctl, &op);
}

static long address_size(unsigned int id, unsigned int bits)
{
	memset(&op, 0, sizeof(op));
	op.u.address_size.size = bits;
	return domctl(XEN_DOMCTL_set_address_size, id);
}

static void check_address_size(const struct peer *p)
{
	subject("address size");
	memset(&op, 0, sizeof(op));
	CHECK_EQ(domctl(XEN_DOMCTL_get_address_size, p->id), 0);
	CHECK_EQ(op.u.address_size.size, BITS_PER_LONG);
	/* It has memory: what it is it stays. */
	CHECK_EQ(address_size(p->id, BITS_PER_LONG), 0);
	CHECK_EQ(address_size(p->id, 16), -XEN_EINVAL);
	CHECK(address_size(p->id, 96 - BITS_PER_LONG) < 0);
}

static unsigned char guarded[sizeof(struct vcpu_guest_context) + 64];

static long get_context(unsigned int id)
{
	memset(guarded, 0xa5, sizeof(guarded));
	memset(&op, 0, sizeof(op));
	op.u.vcpucontext.ctxt.p = (void *)guarded;
	return domctl(XEN_DOMCTL_getvcpucontext, id);
}

static bool has_run(const struct peer *p)
{
	struct vcpu_guest_context *c = (void *)guarded;

	return !get_context(p->id) && c->user_regs.edx == 0x12345678;
}

static void check_context(const struct peer *p)
{
	static struct vcpu_guest_context was;
	struct vcpu_guest_context *c = (void *)guarded;
	unsigned int i, wrong = 0;

	subject("context of another vCPU");
	CHECK_EQ(get_context(p->id), 0);
	for (i = sizeof(*c); i < sizeof(guarded); i++)
		wrong += guarded[i] != 0xa5;
	CHECK_EQ(wrong, 0);
	CHECK_EQ(c->user_regs.cs, KERNEL_CS);
	CHECK(c->user_regs.eip >= 0x200000 && c->user_regs.eip < 0x201000);
	CHECK_EQ(c->user_regs.edx, 0x12345678);
	CHECK(c->flags & VGCF_in_kernel);
	CHECK_EQ(mfn_of_cr3(c->ctrlreg[3]), p->mfn[8 + PT_LEVELS - 1]);
	/* Changed, and told back. */
	c->user_regs.ebx = 0x87654321;
	c->kernel_sp = 0x203000;
	c->trap_ctxt[200].vector = 200;
	c->trap_ctxt[200].cs = KERNEL_CS;
	c->trap_ctxt[200].address = 0x200010;
	c->event_callback_eip = 0x200020;
	c->failsafe_callback_eip = 0x200030;
	memcpy(&was, c, sizeof(was));
	op.u.vcpucontext.ctxt.p = (void *)c;
	CHECK_EQ(domctl(XEN_DOMCTL_setvcpucontext, p->id), 0);
	CHECK_EQ(get_context(p->id), 0);
	CHECK_EQ(c->user_regs.ebx, 0x87654321);
	CHECK_EQ(c->user_regs.eip, was.user_regs.eip);
	CHECK_EQ(c->kernel_sp, 0x203000);
	CHECK_EQ(c->trap_ctxt[200].address, 0x200010);
	CHECK_EQ(c->event_callback_eip, 0x200020);
	CHECK_EQ(c->failsafe_callback_eip, 0x200030);
	CHECK_EQ(mfn_of_cr3(c->ctrlreg[3]), p->mfn[8 + PT_LEVELS - 1]);
}

static void check_types(const struct peer *p)
{
	xen_pfn_t list[14];
	unsigned int i;

	subject("types of frames");
	for (i = 0; i < 13; i++)
		list[i] = p->mfn[i];
	list[13] = 0x1234567;
	memset(&op, 0, sizeof(op));
	op.u.getpageframeinfo3.num = 13;
	op.u.getpageframeinfo3.array.p = list;
	CHECK_EQ(domctl(XEN_DOMCTL_getpageframeinfo3, p->id), 0);
	CHECK_EQ(list[0], XEN_DOMCTL_PFINFO_NOTAB);
	CHECK_EQ(list[8], XEN_DOMCTL_PFINFO_L1TAB);
	CHECK_EQ(list[9], XEN_DOMCTL_PFINFO_L2TAB);
	CHECK_EQ(list[10], XEN_DOMCTL_PFINFO_L3TAB);
	CHECK_EQ(list[13], 0x1234567);
}

void check_control(void)
{
	/* mov $0x12345678, %edx; here: jmp here */
	static const unsigned char code[] = {
		0xba, 0x78, 0x56, 0x34, 0x12, 0xeb, 0xfe
	};
	struct peer p;
	u64 end;

	if (!peer_create(&p))
		return;
	check_address_size(&p);
	CHECK_EQ(peer_start(&p, code, sizeof(code)), 0);
	end = time_now() + 1000 * MSEC;
	while (!has_run(&p) && time_now() < end)
		HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(peer_control(&p, XEN_DOMCTL_pausedomain), 0);
	check_types(&p);
	check_context(&p);
	CHECK_EQ(peer_destroy(&p), 0);
}
