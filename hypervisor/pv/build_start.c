/* SPDX-License-Identifier: BSD-2-Clause */
/* What dom0 finds at its start: start_info, registers. */
#include "boot/boot.h"
#include "core/domain.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "pv/build.h"

/* It is a field's name in the public header, too. */
#undef dom0

static __init void add_console(struct dom0_vga_console_info *vga)
{
	vga->video_type = XEN_VGATYPE_TEXT_MODE_3;
	vga->u.text_mode_3.font_height = 16;
	vga->u.text_mode_3.rows = 25;
	vga->u.text_mode_3.columns = 80;
}

static __init void add_initrd(const struct build *b, struct start_info *s)
{
	if (!b->initrd)
		return;
	s->mod_start = build_pfn_va(b, b->l.initrd);
	s->mod_len = b->initrd->size;
	if (b->k.mod_start_pfn) {
		s->mod_start = b->l.initrd;
		s->flags |= SIF_MOD_START_PFN;
	}
}

static __init void fill(const struct build *b, struct start_info *s)
{
	const struct layout *l = &b->l;

	strlcpy(s->magic, b->k.is_32bit ? "xen-3.0-x86_32p" :
		"xen-3.0-x86_64", sizeof(s->magic));
	s->nr_pages = l->total;
	s->shared_info = mfn_to_maddr(b->d->shared_mfn).v;
	s->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
	s->pt_base = build_pfn_va(b, l->tables);
	s->nr_pt_frames = l->table_frames;
	s->mfn_list = build_pfn_va(b, l->p2m);
	if (b->k.has_init_p2m) {
		s->mfn_list = b->k.init_p2m;
		s->first_p2m_pfn = l->p2m;
		s->nr_p2m_frames = l->p2m_frames + l->p2m_tables;
	}
	add_initrd(b, s);
	strlcpy((char *)s->cmd_line, boot_info.modules[0].cmdline,
		sizeof(s->cmd_line));
}

/* Behind it comes what is known of the screen. */
__init void build_start_info(struct build *b)
{
	static struct start_info s __initdata;
	u8 *page = build_pfn_virt(b, b->l.start_info);
	u32 size = sizeof(s);

	memset(page, 0, PAGE_SIZE);
	fill(b, &s);
	if (b->k.is_32bit)
		size = pv_start_info32(NULL, &s);
	s.console.dom0.info_off = size;
	s.console.dom0.info_size = sizeof(struct dom0_vga_console_info);
	if (b->k.is_32bit)
		pv_start_info32(page, &s);
	else
		memcpy(page, &s, sizeof(s));
	add_console((void *)(page + size));
}

static __init void set_selectors(vcpu_guest_context_t *c, bool is_32bit)
{
	c->user_regs.cs = SEL_RING3_CODE64;
	c->user_regs.ss = c->kernel_ss = SEL_RING3_DATA;
	if (!is_32bit)
		return;
	c->user_regs.cs = SEL_RING1_CODE32;
	c->user_regs.ss = c->kernel_ss = SEL_RING1_DATA;
	c->user_regs.ds = c->user_regs.es = SEL_RING1_DATA;
	c->user_regs.fs = c->user_regs.gs = SEL_RING1_DATA;
}

__init void build_first_vcpu(struct build *b)
{
	static vcpu_guest_context_t c __initdata;
	u64 stack = build_pfn_va(b, b->l.stack + 1);
	int rc;

	memset(build_pfn_virt(b, b->l.stack), 0, PAGE_SIZE);
	c.flags = VGCF_in_kernel | VGCF_online;
	c.user_regs.rip = b->k.entry;
	c.user_regs.rsp = stack;
	c.user_regs.rsi = build_pfn_va(b, b->l.start_info);
	c.user_regs.rflags = RFLAGS_IF | RFLAGS_MBS;
	set_selectors(&c, b->k.is_32bit);
	c.kernel_sp = stack;
	c.ctrlreg[3] = b->p2m[b->l.tables] << PAGE_SHIFT;
	rc = vcpu_set_context(b->d->vcpus[0], &c);
	if (rc)
		panic("dom0's first context is refused: %d", rc);
}
