/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions and their frames: every vector that a guest can raise by itself
 * arrives with the right frame, software interrupts obey the gate's privilege,
 * privileged instructions are emulated, forced CPUID answers, and the iret
 * hypercall restores every register.
 */
#include "guest.h"

#define RO_PAGE		0x7000000000UL		/* not mapped */

static void do_ud(void *arg)
{
	(void)arg;
	__asm__ volatile("ud2");
}

static void do_div(void *arg)
{
	(void)arg;
	__asm__ volatile("xorl %%ecx, %%ecx; divl %%ecx" ::: "eax", "ecx",
			 "edx");
}

static void do_read(void *arg)
{
	*(volatile u64 *)arg;
}

static void do_write(void *arg)
{
	*(volatile u64 *)arg = 1;
}

static void do_call(void *arg)
{
	((void (*)(void))arg)();
}

static void do_int20(void *arg)
{
	(void)arg;
	__asm__ volatile("int $0x20");
}

static void do_int21(void *arg)
{
	(void)arg;
	__asm__ volatile("int $0x21");
}

static void do_int3(void *arg)
{
	(void)arg;
	__asm__ volatile("int3");
}

static void do_hlt(void *arg)
{
	(void)arg;
	__asm__ volatile("hlt");
}

static void do_rdmsr(void *arg)
{
	__asm__ volatile("rdmsr" :: "c"((u32)(u64)arg) : "eax", "edx");
}

static void do_ss(void *arg)
{
	(void)arg;
	__asm__ volatile("movw %w0, %%ss" :: "r"(0x1234));
}

static void check_vectors(void)
{
	struct frame f;

	subject("exceptions");
	CHECK_EQ(catch_trap(do_ud, 0, &f), 6);
	CHECK_EQ(f.cs & 3, 0);			/* kernel looks like ring 0 */
	CHECK_EQ(f.error, 0);
	CHECK_EQ(*(u16 *)f.rip, 0x0b0f);
	CHECK_EQ(catch_trap(do_div, 0, &f), 0);
	CHECK_EQ(catch_trap(do_int3, 0, &f), 3);
	CHECK_EQ(*(u8 *)(f.rip - 1), 0xcc);
	CHECK_EQ(catch_trap(do_hlt, 0, &f), 13);
	CHECK_EQ(catch_trap(do_rdmsr, (void *)0x12345678, &f), 13);
	CHECK_EQ(f.error, 0);
	CHECK_EQ(catch_trap(do_ss, 0, &f), 13);
	CHECK_EQ(f.error, 0x1234);
	CHECK_EQ(f.rflags & 0x200, shared_info->vcpu_info[0].evtchn_upcall_mask
		 ? 0 : 0x200);
}

static void check_page_faults(void)
{
	void *page = alloc_page();
	struct frame f;

	subject("page faults");
	CHECK_EQ(catch_trap(do_read, (void *)RO_PAGE, &f), 14);
	CHECK_EQ(f.error, 0);
	CHECK_EQ(shared_info->vcpu_info[0].arch.cr2, RO_PAGE);
	CHECK_EQ(catch_trap(do_write, (void *)(RO_PAGE + 8), &f), 14);
	CHECK_EQ(f.error, 2);
	CHECK_EQ(shared_info->vcpu_info[0].arch.cr2, RO_PAGE + 8);
	CHECK_EQ(map_page((u64)page, PTE_RO(mfn_of(page)), UVMF_INVLPG), 0);
	CHECK_EQ(catch_trap(do_read, page, &f), -1);
	CHECK_EQ(catch_trap(do_write, page, &f), 14);
	CHECK_EQ(f.error, 3);
	CHECK_EQ(map_page((u64)page, PTE_RW(mfn_of(page)) | 1UL << 63,
			  UVMF_INVLPG), 0);
	CHECK_EQ(catch_trap(do_call, page, &f), 14);
	CHECK_EQ(f.error, 0x11);
	CHECK_EQ(f.rip, (u64)page);
	/* The hypervisor's memory, and its table past the end of RAM. */
	CHECK_EQ(catch_trap(do_read, (void *)0xffff830000000000, &f), 14);
	CHECK_EQ(catch_trap(do_write, (void *)0xffff800000000000, &f), 14);
	CHECK_EQ(catch_trap(do_read, (void *)0xffff803000000000, &f), 14);
	CHECK_EQ(catch_trap(do_read, (void *)0x8000000000000000, &f), 13);
}

static void check_software_interrupts(void)
{
	struct frame f;

	subject("software interrupts");
	CHECK_EQ(catch_trap(do_int20, 0, &f), 0x20);
	CHECK_EQ(*(u16 *)(f.rip - 2), 0x20cd);
	CHECK_EQ(catch_trap(do_int21, 0, &f), 13);
	CHECK_EQ(f.error, 0x21 << 3 | 2);
	CHECK_EQ(*(u16 *)f.rip, 0x21cd);
}

static void check_emulation(void)
{
	u64 cr0, cr3, cr4;
	u32 a, b, c, d;

	subject("privileged instructions");
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	CHECK(cr0 & 1);
	CHECK(cr0 >> 31 & 1);
	__asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
	CHECK_EQ(cr3, mfn_of((void *)start_info->pt_base) << 12);
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	CHECK(cr4 >> 5 & 1);
	__asm__ volatile("clts");
	__asm__ volatile("rdmsr" : "=a"(a), "=d"(d) : "c"(0x277));
	CHECK_EQ((u64)d << 32 | a, 0x050100070406);
	__asm__ volatile("wrmsr" :: "c"(0xc0000101), "a"(0x1234), "d"(0));
	__asm__ volatile("rdmsr" : "=a"(a), "=d"(d) : "c"(0xc0000101));
	CHECK_EQ((u64)d << 32 | a, 0x1234);
	__asm__ volatile("ud2; .ascii \"xen\"; cpuid"
			 : "=a"(a), "=b"(b), "=c"(c), "=d"(d)
			 : "a"(0x40000000), "c"(0));
	CHECK(a >= 0x40000002);
	CHECK_EQ(b, 0x566e6558);
	__asm__ volatile("ud2; .ascii \"xen\"; cpuid"
			 : "=a"(a), "=b"(b), "=c"(c), "=d"(d)
			 : "a"(1), "c"(0));
	CHECK(c >> 31);				/* hypervisor */
	CHECK(!(c >> 17 & 1));			/* PCID */
	CHECK(!(d >> 3 & 1));			/* PSE */
}

static struct frame seen;

static bool keep_frame(struct frame *f)
{
	seen = *f;
	f->rcx = 0x1111;
	f->r11 = 0x2222;
	f->rax = 0x3333;
	f->r15 = 0x4444;
	return true;
}

static void check_iret(void)
{
	u64 rcx = 0xc, r11 = 0xb, rax = 0xa, r15;

	subject("iret");
	on_entry = keep_frame;
	__asm__ volatile("mov %[in11], %%r11\n"
			 "int $0x20\n"
			 "mov %%r11, %[out11]\n"
			 "mov %%r15, %[out15]\n"
			 : "+c"(rcx), "+a"(rax), [out11] "=&r"(r11),
			   [out15] "=&r"(r15)
			 : [in11] "r"(0xbUL) : "r11", "r15", "memory");
	CHECK_EQ(seen.rcx, 0xc);
	CHECK_EQ(seen.r11, 0xb);
	CHECK_EQ(seen.rax, 0xa);
	CHECK_EQ(rcx, 0x1111);
	CHECK_EQ(r11, 0x2222);
	CHECK_EQ(rax, 0x3333);
	CHECK_EQ(r15, 0x4444);
	on_entry = 0;
}

static bool expect_failsafe(struct frame *f)
{
	seen = *f;
	f->rip = f->rbx;	/* the label behind the bad jump */
	f->cs = 0xe030;
	return true;
}

/* A return to an address that no code can have reaches the failsafe. */
static void check_failsafe(void)
{
	subject("failsafe");
	on_entry = expect_failsafe;
	seen.vector = 0;
	__asm__ volatile("lea 1f(%%rip), %%rbx\n"
			 "mov %%rsp, %%rdx\n"
			 "pushq $0xe02b\n pushq %%rdx\n pushfq\n"
			 "pushq $0xe030\n"
			 "movabs $0x8000000000000000, %%rax\n pushq %%rax\n"
			 "pushq $0\n pushq $0\n pushq $0\n pushq $0\n"
			 "mov $23, %%eax\n syscall\n"
			 "1: mov %%rdx, %%rsp\n"
			 ::: "rax", "rbx", "rcx", "rdx", "r11", "memory");
	CHECK(seen.vector == ENTRY_FAILSAFE || seen.vector == 13);
	on_entry = 0;
}

static volatile u64 watched;
static volatile u16 watched_ss = 0xe02b;
static volatile unsigned int debug_exceptions;

static bool count_debug(struct frame *f)
{
	seen = *f;
	debug_exceptions++;
	f->rflags &= ~0x100UL;
	return f->vector == 1;
}

/*
 * Watchpoints, a single step; and a watchpoint hit by MOV SS, which holds its
 * exception back until after the SYSCALL that follows.
 */
static void check_debug(void)
{
	u64 rc = __HYPERVISOR_xen_version;

	subject("debug exceptions");
	on_entry = count_debug;
	CHECK_EQ(HC2(set_debugreg, 0, 0xffff810000000000), -1);
	CHECK_EQ(HC2(set_debugreg, 4, 0), -22);
	CHECK_EQ(HC2(set_debugreg, 0, &watched), 0);
	CHECK_EQ(HC1(get_debugreg, 0), (u64)&watched);
	CHECK_EQ(HC2(set_debugreg, 7, 0x90001), 0);	/* writes, 8 bytes */
	watched = 5;
	CHECK_EQ(debug_exceptions, 1);
	CHECK_EQ(seen.cs & 3, 0);
	CHECK_EQ(HC1(get_debugreg, 6) & 15, 1);
	CHECK_EQ(HC2(set_debugreg, 0, &watched_ss), 0);
	CHECK_EQ(HC2(set_debugreg, 7, 0x70001), 0);	/* all, 2 bytes */
	__asm__ volatile("xorl %%edi, %%edi; xorl %%esi, %%esi\n"
			 "movw %[ss], %%ss; syscall"
			 : "+a"(rc) : [ss] "m"(watched_ss)
			 : "rcx", "r11", "rdi", "rsi", "memory");
	CHECK_EQ(rc, 4 << 16 | 17);
	CHECK_EQ(HC2(set_debugreg, 7, 0), 0);
	debug_exceptions = 0;
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop"
			 ::: "memory", "cc");
	CHECK_EQ(debug_exceptions, 1);
	on_entry = 0;
}

static volatile unsigned int nmis;

static bool count_nmi(struct frame *f)
{
	if (nmis++ == 0) {
		/* One within the handler waits for its end. */
		CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 0, 0), 0);
		CHECK_EQ(nmis, 1);
	}
	return f->vector == 2;
}

static void check_nmi(void)
{
	subject("NMI");
	on_entry = count_nmi;
	CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 0, 0), 0);
	HC2(sched_op, SCHEDOP_yield, 0);
	CHECK_EQ(nmis, 2);
	CHECK_EQ(HC3(vcpu_op, VCPUOP_send_nmi, 99, 0), -2);
	on_entry = 0;
}

static void check_table(void)
{
	struct trap_info bad[2] = {
		{ .vector = 5, .cs = 0xe033, .address = 0x8000000000000000 },
	};

	subject("trap table");
	CHECK_EQ(HC1(set_trap_table, bad), -22);
	CHECK_EQ(HC1(set_trap_table, 0xffff820000000000), -14);
	CHECK_EQ(HC3(set_callbacks, 0x8000000000000000, 0, 0), -22);
}

void test_main(void)
{
	check_vectors();
	check_page_faults();
	check_software_interrupts();
	check_emulation();
	check_iret();
	check_failsafe();
	check_debug();
	check_nmi();
	check_table();
}
