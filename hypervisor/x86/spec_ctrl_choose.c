/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From CPUID and the option to what is done.  For the bits see Intel's
 * "Speculative Execution Side Channel Mitigations" (336996) and AMD's "Indirect
 * Branch Control Extension" (111006).
 */
#include "lib/string.h"
#include "x86/spec_ctrl.h"

/* CPUID leaf 7, EDX. */
#define L7_MD_CLEAR	BIT(10)
#define L7_IBRS_IBPB	BIT(26)
#define L7_STIBP	BIT(27)
#define L7_SSBD		BIT(31)
/* CPUID leaf 0x80000008, EBX. */
#define E8_IBPB		BIT(12)
#define E8_IBRS		BIT(14)
#define E8_STIBP	BIT(15)
#define E8_IBRS_ALWAYS	BIT(16)
#define E8_STIBP_ALWAYS	BIT(17)
#define E8_SSBD		BIT(24)
/* CPUID leaf 0x80000021, EAX. */
#define E21_AUTO_IBRS	BIT(8)
/* MSR ARCH_CAPABILITIES. */
#define AC_RDCL_NO	BIT(0)
#define AC_IBRS_ALL	BIT(1)
#define AC_MDS_NO	BIT(5)
#define AC_FB_CLEAR	BIT(17)

static const char names[SPEC_COUNT][6] = {
	"ibrs", "stibp", "ibpb", "verw", "rsb"
};

const char *spec_ctrl_name(unsigned int bit)
{
	return names[bit];
}

/* ---- The option --------------------------------------------------------- */

static bool parse_word(const char *word, struct spec_request *r)
{
	bool no = !strncmp(word, "no-", 3);

	if (!strcmp(word, "auto") || !strcmp(word, "on")) {
		r->automatic = true;
		return true;
	}
	if (!strcmp(word, "no") || !strcmp(word, "off") || !strcmp(word, "0")) {
		*r = (struct spec_request){ 0 };
		return true;
	}
	for (unsigned int i = 0; i < SPEC_COUNT; i++) {
		if (strcmp(no ? word + 3 : word, names[i]))
			continue;
		*(no ? &r->unwanted : &r->wanted) |= BIT(i);
		return true;
	}
	return false;
}

bool spec_ctrl_parse(const char *s, struct spec_request *r)
{
	char word[12];
	size_t n;

	*r = (struct spec_request){ 0 };
	for (;;) {
		for (n = 0; s[n] && s[n] != ','; n++) {
			if (n + 1 == sizeof(word))
				return false;
			word[n] = s[n];
		}
		word[n] = '\0';
		if (!parse_word(word, r))
			return false;
		if (!s[n])
			return true;
		s += n + 1;
	}
}

/* ---- The choice --------------------------------------------------------- */

static bool has_ibrs(const struct spec_facts *f)
{
	return f->leaf7_edx & L7_IBRS_IBPB ||
	       (f->amd && f->ext8_ebx & E8_IBRS);
}

static bool has_stibp(const struct spec_facts *f)
{
	return f->leaf7_edx & L7_STIBP || (f->amd && f->ext8_ebx & E8_STIBP);
}

static bool has_ssbd(const struct spec_facts *f)
{
	return f->leaf7_edx & L7_SSBD || (f->amd && f->ext8_ebx & E8_SSBD);
}

static bool has_auto_ibrs(const struct spec_facts *f)
{
	return f->amd && f->ext21_eax & E21_AUTO_IBRS;
}

static u32 can(const struct spec_facts *f)
{
	u32 can = SPEC_RSB;

	if (has_ibrs(f) || has_auto_ibrs(f))
		can |= SPEC_IBRS;
	if (has_stibp(f))
		can |= SPEC_STIBP;
	if (f->leaf7_edx & L7_IBRS_IBPB || (f->amd && f->ext8_ebx & E8_IBPB))
		can |= SPEC_IBPB;
	if (f->leaf7_edx & L7_MD_CLEAR)
		can |= SPEC_VERW;
	return can;
}

/* IBRS that is set once and holds for whatever privileged code runs. */
static bool ibrs_lasts(const struct spec_facts *f)
{
	return has_auto_ibrs(f) || f->arch_caps & AC_IBRS_ALL ||
	       (f->amd && f->ext8_ebx & E8_IBRS_ALWAYS);
}

/*
 * All that helps on this processor.  Lasting IBRS covers the other thread; VERW
 * does nothing where there is nothing to overwrite; where there is not even a
 * barrier for predictions, filling the return stack is no use.
 */
static u32 choose_auto(const struct spec_facts *f)
{
	u32 use = can(f);

	if (ibrs_lasts(f) && !(f->amd && f->ext8_ebx & E8_STIBP_ALWAYS))
		use &= ~SPEC_STIBP;
	if (f->arch_caps & AC_MDS_NO && !(f->arch_caps & AC_FB_CLEAR))
		use &= ~SPEC_VERW;
	if (!(use & (SPEC_IBRS | SPEC_IBPB)))
		use &= ~SPEC_RSB;
	return use;
}

static u64 guest_mask(const struct spec_facts *f)
{
	return (has_ibrs(f) ? SPEC_CTRL_IBRS : 0) |
	       (has_stibp(f) ? SPEC_CTRL_STIBP : 0) |
	       (has_ssbd(f) ? SPEC_CTRL_SSBD : 0);
}

void spec_ctrl_choose(const struct spec_request *r, const struct spec_facts *f,
		      struct spec_choice *c)
{
	*c = (struct spec_choice){
		.used = (r->automatic ? choose_auto(f) : 0) |
			(r->wanted & can(f)),
		.lacking = ~can(f) & (BIT(SPEC_COUNT) - 1),
		.guest_mask = guest_mask(f),
		.meltdown = f->intel && !(f->arch_caps & AC_RDCL_NO),
	};
	c->used &= ~r->unwanted;
	c->auto_ibrs = c->used & SPEC_IBRS && has_auto_ibrs(f);
	if (c->used & SPEC_IBRS && !c->auto_ibrs)
		c->own |= SPEC_CTRL_IBRS;
	if (c->used & SPEC_STIBP)
		c->own |= SPEC_CTRL_STIBP;
	c->switched = c->own && !ibrs_lasts(f);
	/*
	 * 64-bit guests return to user pages, which SMEP keeps us from even
	 * speculatively; the kernels of 32-bit ones are supervisors like us.
	 */
	c->rsb_syscall = c->used & SPEC_RSB &&
			 (!f->smep || r->wanted & SPEC_RSB);
}
