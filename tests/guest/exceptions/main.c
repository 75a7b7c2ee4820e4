/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions that the processor raises, in the kernel and in user mode: each
 * arrives once, at its own handler, with its error code and where it was.
 * Page faults have a folder of their own, as have debug exceptions and NMIs.
 */
#include "causes.h"

CAUSE(c_div, "xor %ecx, %ecx; div %ecx");
CAUSE(c_int3, "int3");
CAUSE(c_ud, "ud2");
CAUSE(c_hlt, "hlt");
CAUSE(c_rdmsr, "mov $0x12345678, %ecx; rdmsr");
CAUSE(c_lgdt, "lgdt (" ASM_AX ")");
CAUSE(c_ltr, "ltr %ax");
CAUSE(c_ss, "mov $0x1234, %ecx; mov %cx, %ss");
CAUSE(c_ds, "mov $0x1237, %ecx; mov %cx, %ds");
CAUSE(c_iret, "push $0x1233; push $0; " ASM_LRET);
CAUSE(c_fpu, "fninit; push $0x33b; fldcw (" ASM_SP "); pop " ASM_CX "; fldz; fld1;"
      "fdivp; fwait");
CAUSE(c_lock, ".byte 0xf0, 0x90");

static void clean_fpu(void)
{
	static const u32 usual = 0x1f80;

	__asm__ volatile("fninit; ldmxcsr %0" :: "m"(usual));
}

static const char *current_code;

static void call_code(void *arg)
{
	__asm__ volatile("call *%[code]" :: [code] "r"(current_code), "a"(arg),
			 "D"(arg) : "ecx", "edx", "memory", "cc");
}

static unsigned long shown_if(void)
{
	return shared_info->vcpu_info[0].evtchn_upcall_mask ? 0 : 0x200;
}

static void check_cause(const struct cause *c, bool user)
{
	struct frame f = { .vector = 999 };
	int vector;

	current_code = c->code;
	vector = user ? catch_user(c->code, 0, &f) :
			catch_trap(call_code, 0, &f);
	clean_fpu();
	CHECK_EQ(vector, c->vector);
	CHECK_EQ(f.error, c->error);
	if (c->offset >= 0)
		CHECK_EQ(f.ip - (unsigned long)c->code, c->offset);
	CHECK_EQ(f.cs, user ? USER_CS : KERNEL_CS_SHOWN);
	CHECK_EQ(f.ss, user ? USER_DS : KERNEL_DS);
	CHECK_EQ(f.flags & 0x23300, user ? 0x200 : shown_if());
}

static const struct cause causes[] = {
	{ c_div, 0, 0, 2 },
	{ c_int3, 3, 0, 1 },
	{ c_ud, 6, 0, 0 },
	{ c_lock, 6, 0, 0 },
	{ c_hlt, 13, 0, 0 },
	{ c_rdmsr, 13, 0, 5 },
	{ c_lgdt, 13, 0, 0 },
	{ c_ltr, 13, 0, 0 },
	{ c_ss, 13, 0x1234, 5 },
	{ c_ds, 13, 0x1234, 5 },
	{ c_iret, 13, 0x1230, 7 },
	{ c_fpu, 16, 0, -1 },
};

static void check_causes(bool user)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(causes); i++)
		check_cause(&causes[i], user);
	for (i = 0; i < nr_kind_causes; i++)
		check_cause(&kind_causes[i], user);
}

USER_CODE(align_check, "pushf; orl $0x40000, (" ASM_SP "); popf;"
	  "mov 1(" ASM_SP "), %ecx; ud2");

USER_CODE(simd, "push $0x1d80; ldmxcsr (" ASM_SP ");"
	  "xorps %xmm0, %xmm0; mov $0x3f800000, %ecx; movd %ecx, %xmm1;"
	  "divss %xmm0, %xmm1; ud2");

static void check_simd(void)
{
	struct frame f;

	subject("SIMD exception");
	if (catch_user(simd, 0, &f) == 6) {
		skip("the processor raises none");
	} else {
		CHECK_EQ(f.vector, 19);
		CHECK_EQ(f.error, 0);
	}
	clean_fpu();
}

/* Only user mode has them in a 32-bit kernel, which is in ring 1. */
static void check_alignment(void)
{
	struct frame f;

	subject("alignment check");
	if (catch_user(align_check, 0, &f) == 6) {
		skip("the processor does not check");
		return;
	}
	CHECK_EQ(f.vector, 17);
	CHECK_EQ(f.error, 0);
}

static struct frame seen;
static u8 mask_in_handler;

static bool skip_ud(struct frame *f)
{
	seen = *f;
	mask_in_handler = shared_info->vcpu_info[0].evtchn_upcall_mask;
	f->ip += 2;
	return f->vector == 6 || f->vector == 7;
}

static void set_ud(u8 flags, unsigned int entry)
{
	struct trap_info t[2] = { {
		.vector = 6, .flags = flags, .cs = KERNEL_CS,
		.address = (unsigned long)trap_entries + entry * 64,
	} };

	CHECK_EQ(HC1(set_trap_table, t), 0);
}

static void raise_ud(void)
{
	seen.vector = 99;
	__asm__ volatile("ud2" ::: "memory");
}

/* A gate may mask events; the frame has what it was, and iret restores it. */
static void check_mask(void)
{
	struct vcpu_info *vi = &shared_info->vcpu_info[0];

	subject("gates that mask events");
	on_entry = skip_ud;
	vi->evtchn_upcall_mask = 0;
	set_ud(0, 6);
	raise_ud();
	CHECK_EQ(seen.vector, 6);
	CHECK_EQ(mask_in_handler, 0);
	CHECK_EQ(seen.saved_mask, 0);
	CHECK_EQ(seen.flags & 0x200, 0x200);
	set_ud(4, 6);
	raise_ud();
	CHECK_EQ(mask_in_handler, 1);
	CHECK_EQ(seen.saved_mask, 0);
	CHECK_EQ(vi->evtchn_upcall_mask, 0);
	vi->evtchn_upcall_mask = 1;
	raise_ud();
	CHECK_EQ(mask_in_handler, 1);
	CHECK_EQ(seen.saved_mask, 1);
	CHECK_EQ(seen.flags & 0x200, 0);
	CHECK_EQ(vi->evtchn_upcall_mask, 1);
	on_entry = 0;
}

/* Entries are changed one by one; the first with address 0 is the end. */
static void check_table(void)
{
	static struct trap_info t[258];
	struct frame f;

	subject("trap table");
	on_entry = skip_ud;
	set_ud(0, 7);
	raise_ud();
	CHECK_EQ(seen.vector, 7);
	t[0] = (struct trap_info){ .vector = 0, .cs = KERNEL_CS };
	t[1] = (struct trap_info){ .vector = 6, .cs = KERNEL_CS,
				   .address = 0x1000 };
	CHECK_EQ(HC1(set_trap_table, t), 0);		/* changes nothing */
	raise_ud();
	CHECK_EQ(seen.vector, 7);
	set_ud(0, 6);
	raise_ud();
	CHECK_EQ(seen.vector, 6);
	on_entry = 0;
	CHECK_EQ(HC1(set_trap_table, HV_ADDRESS), -14);
	CHECK_EQ(HC1(set_trap_table, HOLE_ADDRESS), -14);
	default_traps(t);
	CHECK_EQ(HC1(set_trap_table, 0), 0);		/* clears it all */
	CHECK_EQ(HC1(set_trap_table, t), 0);
	current_code = c_ud;
	CHECK_EQ(catch_trap(call_code, 0, &f), 6);
}

void test_main(void)
{
	subject("of the kernel");
	check_causes(false);
	subject("of user mode");
	check_causes(true);
	check_alignment();
	check_simd();
	check_mask();
	check_table();
}
