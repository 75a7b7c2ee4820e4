/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ways into the hypervisor and back.
 *
 * The frame (struct regs) at the end of the per-CPU area, as pushed for every
 * entry from a guest; offsets from its start:
 *
 *	160 ss		<- pushed by the processor, or by a stub
 *	152 rsp
 *	144 rflags
 *	136 cs
 *	128 rip
 *	120 error code (4 bytes), vector (4 bytes)
 *	112 rdi ... 0 r15	<- pushed here
 *
 * TSS.RSP0 is the end of the frame, which is the end of the area too.  Below a
 * guest's frame lies the rest of struct cpu: C is called from below that
 * (CPU_regs is 8 modulo 16, as is the start of a frame, so calls are aligned).
 */
#include "asm_offsets.h"

	.macro	push_all
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	.endm

	.macro	pop_all
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	.endm

	/*
	 * C code runs with the flags of RFLAGS_CLEAR_IN_C (x86/cpu.h) clear,
	 * whatever the guest had. What each way in leaves of the guest's:
	 *
	 *	SYSCALL			none of them (SYSCALL_MASK)
	 *	an interrupt gate	DF, AC
	 *	SYSENTER		DF, AC, NT, TF
	 *
	 * The two macros clear the rest.  tests/unit/entry_flags.awk follows
	 * every path from each way in and finds no call of a C function before
	 * them.  AC matters where SMAP is on; CLAC exists only there.
	 */
	.macro	CLEAR_FLAGS_OF_GATE
	cld
	cmpb	$0, cpu_features+CPU_FEATURES_smap(%rip)
	je	770f
	clac
770:
	.endm

	.macro	CLEAR_FLAGS_OF_SYSENTER
	pushq	$RFLAGS_MBS
	popfq
	.endm

	/* From the start of the frame, with the stack below struct cpu. */
	.macro	CALL_C function
	subq	$CPU_regs, %rsp
	call	\function
	addq	$CPU_regs, %rsp
	.endm

	/*
	 * SYSRET if %rcx and %r11 need not be preserved, the selectors are those
	 * it gives, and nothing forbids it: a non-canonical %rip would fault
	 * with the guest's stack pointer in ring 0 (Intel SDM, SYSRET), RF and
	 * TF cannot be set by it.  Leaves both registers as it wants them.
	 */
	.macro	SYSRET_POSSIBLE otherwise
	movq	REGS_rip(%rsp), %rcx
	movq	%rcx, %r11
	shlq	$16, %r11
	sarq	$16, %r11
	cmpq	%rcx, %r11
	jne	\otherwise
	movq	REGS_rflags(%rsp), %r11
	testl	$(RFLAGS_RF | RFLAGS_TF), %r11d
	jnz	\otherwise
	.endm

	/* Field \f of struct cpu when %rsp is the start of its frame. */
#define CPU_FIELD(f)	(CPU_##f - CPU_regs)(%rsp)

#include "x86/spec_ctrl_asm.h"
	SPEC_SITES_BEGIN

/* ---- Stubs: page 0 of every per-CPU area ------------------------------- */
/*
 * SYSCALL leaves the stack pointer alone and no register is free.  The same
 * page stands at the start of every per-CPU area, so that addresses relative to
 * the instruction pointer name this CPU's own data.
 */
#define AREA_END	(stub_page_start + CPU_AREA_SIZE)
#define AREA_FIELD(f)	(AREA_END - CPU_SIZE + CPU_##f)(%rip)
#define AREA_FRAME_RSP	(AREA_END - REGS_SIZE + REGS_rsp)(%rip)

	/* The frame's fields above the general registers; %rsp to its end. */
	.macro	ENTER_BY_SYSCALL code from
	movq	%rsp, AREA_FRAME_RSP
	leaq	AREA_FRAME_RSP, %rsp
	pushq	%r11
	pushq	$\code
	pushq	%rcx
	pushq	$0
	movl	$\from, REGS_vector - REGS_error_code(%rsp)
	movq	$SEL_RING3_DATA, REGS_ss - REGS_error_code(%rsp)
	.endm

	.section .text.stubs, "ax", @progbits
	.balign	4096
	.globl	stub_page_start, stub_page_end
	.globl	stub_syscall64, stub_syscall32, stub_sysenter
stub_page_start:
stub_syscall64:
	ENTER_BY_SYSCALL SEL_RING3_CODE64 REGS_FROM_SYSCALL
	jmp	*AREA_FIELD(syscall_entry)

	.balign	16
stub_syscall32:
	ENTER_BY_SYSCALL SEL_RING3_CODE32 REGS_FROM_SYSCALL32
	jmp	*AREA_FIELD(syscall32_entry)

	.balign	16
stub_sysenter:
	/* The stack pointer came from the MSR: the area's end. */
	pushq	$SEL_RING3_DATA
	pushq	$0
	pushfq
	/* TF stops the CPU in front of each instruction up to here, and of the
	   next: see debug_in_hypervisor(). */
	.globl	stub_sysenter_has_flags
stub_sysenter_has_flags:
	CLEAR_FLAGS_OF_SYSENTER
	pushq	$3
	pushq	$0
	pushq	$0
	movl	$REGS_FROM_SYSENTER, 4(%rsp)
	jmp	*AREA_FIELD(sysenter_entry)

	.balign	4096
stub_page_end:

/* ---- Exceptions and interrupts ------------------------------------------ */
	.text
	.altmacro
	/* Vectors for which the processor pushes an error code. */
#define HAS_ERROR_CODE(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || \
			   (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)

	.balign	16
trap_stubs:
	vec = 0
	.rept	256
	.balign	16
	.if	!HAS_ERROR_CODE(vec)
	pushq	$0
	.endif
	movl	$vec, 4(%rsp)
	.if	vec == VEC_HYPERCALL32
	jmp	hypercall32_common
	.elseif	vec == 2 || vec == 8 || vec == 18
	jmp	trap_ist
	.elseif	vec == 1
	jmp	trap_db
	.else
	jmp	trap_common
	.endif
	vec = vec + 1
	.endr

	.balign	16
trap_common:
	push_all
	CLEAR_FLAGS_OF_GATE
	movq	%rsp, %rdi
	testb	$3, REGS_cs(%rsp)
	jz	trap_in_hypervisor
trap_from_guest:
	/* %rsp is the frame at the end of the area. */
	SPEC_CTRL_ENTRY SPEC_SITE_TRAP
	CALL_C	guest_trap
	jmp	exit_guest

trap_in_hypervisor:
	testl	$RFLAGS_VM, REGS_rflags(%rsp)
	jnz	trap_from_guest
	leaq	guest_iretq(%rip), %rax
	cmpq	%rax, REGS_rip(%rsp)
	je	iret_fault
	subq	$8, %rsp		/* frames are 8 modulo 16 */
	call	hypervisor_trap
	addq	$8, %rsp
	pop_all
	addq	$8, %rsp
	iretq

	/*
	 * IRETQ to a guest failed: this frame overlaps the guest's, which has
	 * room for it (struct cpu, iret_fault_room).
	 */
iret_fault:
	orq	$(CPU_AREA_SIZE - 1), %rsp
	addq	$(1 - CPU_SIZE), %rsp
	SPEC_CTRL_ENTRY SPEC_SITE_TRAP
	call	guest_return_fault
	ud2

	/*
	 * A debug exception has a stack of its own: the one that MOV SS held
	 * back comes after SYSCALL, when %rsp is still the guest's.  One of a
	 * guest goes on as any other, from the frame where it belongs.
	 */
	/*
	 * In virtual-8086 mode CS is any number, and its lowest bits no privilege
	 * level.  Processors do not have that mode in long mode; QEMU's emulation
	 * enters it by everybody's IRETD.  A frame with that flag is a guest's.
	 */
	.macro	JUMP_IF_IN_HYPERVISOR to
	testb	$3, REGS_cs(%rsp)
	jnz	.Lguests\@
	testl	$RFLAGS_VM, REGS_rflags(%rsp)
	jz	\to
.Lguests\@:
	.endm

	.macro	MOVE_FRAME_TO_MAIN_STACK
	movq	%rsp, %rsi
	movq	%rsp, %rdi
	orq	$(CPU_AREA_SIZE - 1), %rdi
	addq	$(1 - REGS_SIZE), %rdi
	movq	%rdi, %rsp
	movl	$(REGS_SIZE / 8), %ecx
	rep movsq
	.endm

trap_db:
	push_all
	CLEAR_FLAGS_OF_GATE
	JUMP_IF_IN_HYPERVISOR trap_on_own_stack
	MOVE_FRAME_TO_MAIN_STACK
	movq	%rsp, %rdi
	jmp	trap_from_guest

	/*
	 * On a stack of its own, wherever it came from; back to the same.  To a
	 * guest by the IRETQ that may fail: another vCPU may have changed the
	 * descriptor that the interrupted code runs with.
	 */
trap_ist:
	push_all
	CLEAR_FLAGS_OF_GATE
	JUMP_IF_IN_HYPERVISOR trap_on_own_stack
	movq	%rsp, %rdi
	subq	$8, %rsp
	call	ist_trap
	addq	$8, %rsp
	MOVE_FRAME_TO_MAIN_STACK
	jmp	return_by_iret

trap_on_own_stack:
	movq	%rsp, %rdi
	subq	$8, %rsp
	call	ist_trap
	addq	$8, %rsp
	pop_all
	addq	$8, %rsp
	iretq

/* ---- Hypercalls of 32-bit guests: INT 0x82 from ring 1 ------------------ */
	.balign	16
hypercall32_common:
	push_all
	CLEAR_FLAGS_OF_GATE
	SPEC_CTRL_ENTRY SPEC_SITE_TRAP
	CALL_C	hypercall32_dispatch
	jmp	exit_guest

/* ---- Hypercalls and system calls of 64-bit guests ----------------------- */
	/*
	 * A hypercall: straight to its handler, whose arguments are in their
	 * registers but the fourth.  The frame is whole; yet a handler leaves
	 * %rbx, %rbp and %r12 to %r15 as they are and the frame alone, so that
	 * the quick way back need not look at all of it.  (The iret hypercall,
	 * which changes the frame, goes by return_to_guest if the selectors are
	 * not those of SYSRET, or %rcx and %r11 must be as the frame says.)
	 */
	.balign	16
	.globl	syscall_entry
syscall_entry:
	push_all
	SPEC_CTRL_ENTRY SPEC_SITE_SYSCALL
	movq	CPU_FIELD(current), %rbx
	cmpb	$0, VCPU_pv_kernel_mode(%rbx)
	je	user_syscall
	cmpq	$HYPERCALL_SLOTS, %rax
	jae	no_hypercall
	incq	CPU_perf_hypercalls - CPU_regs(%rsp, %rax, 8)
	leaq	hypercall_table64(%rip), %rcx
	movq	(%rcx, %rax, 8), %rax
	movq	%r10, %rcx
	orb	$RFLAGS_IF >> 8, REGS_rflags + 1(%rsp)
	subq	$CPU_regs, %rsp
	call	*%rax
	addq	$CPU_regs, %rsp
	cmpq	$-ERESTART, %rax
	je	hypercall_again
hypercall_return:
	cmpq	$0, CPU_FIELD(work)
	jne	hypercall_slow_return
	movq	VCPU_info(%rbx), %rcx
	movzwl	(%rcx), %ecx		/* upcall pending, upcall mask */
	testb	%cl, %cl
	jz	1f
	testb	%ch, %ch
	jz	hypercall_slow_return
1:	SPEC_CTRL_EXIT
	SYSRET_POSSIBLE hypercall_by_iret
	movq	REGS_r10(%rsp), %r10
	movq	REGS_r9(%rsp), %r9
	movq	REGS_r8(%rsp), %r8
	movq	REGS_rdx(%rsp), %rdx
	movq	REGS_rsi(%rsp), %rsi
	movq	REGS_rdi(%rsp), %rdi
	movq	REGS_rbx(%rsp), %rbx
	movq	REGS_rsp(%rsp), %rsp
	sysretq

no_hypercall:
	orb	$RFLAGS_IF >> 8, REGS_rflags + 1(%rsp)
	movq	$-ENOSYS, %rax
hypercall_slow_return:
	movq	%rax, REGS_rax(%rsp)
	jmp	exit_guest

	/* Nothing else is to be done any more. */
hypercall_by_iret:
	movq	%rax, REGS_rax(%rsp)
	jmp	return_by_iret

	/* The result, or the call once more: the frame still has its number. */
hypercall_again:
	CALL_C	hypercall_restart_frame
	jmp	exit_guest

	/* The frame enters the guest's kernel as SYSRET can do it. */
user_syscall:
	CALL_C	guest_syscall
	movq	REGS_rax(%rsp), %rax
	jmp	hypercall_return

	.globl	syscall32_entry, sysenter_entry
syscall32_entry:
sysenter_entry:
	push_all
	SPEC_CTRL_ENTRY SPEC_SITE_TRAP
	CALL_C	guest_syscall_compat
	jmp	exit_guest

/* ---- Back to the guest ----------------------------------------------------- */
	/* void exit_to_guest(void): forget the stack, run current. */
	.globl	exit_to_guest
exit_to_guest:
	orq	$(CPU_AREA_SIZE - 1), %rsp
	addq	$(1 - REGS_SIZE), %rsp
	jmp	exit_with_work

	/* void return_to_guest(void): the frame as it is, other work first. */
	.globl	return_to_guest
return_to_guest:
	orq	$(CPU_AREA_SIZE - 1), %rsp
	addq	$(1 - REGS_SIZE), %rsp
	.balign	16
exit_guest:
	cmpq	$0, CPU_FIELD(work)
	jne	exit_with_work
	movq	CPU_FIELD(current), %rax
	movq	VCPU_info(%rax), %rax
	movzwl	(%rax), %eax		/* upcall pending, upcall mask */
	testb	%al, %al
	jz	restore
	testb	%ah, %ah
	jnz	restore
exit_with_work:
	CALL_C	guest_exit_work		/* may change current */
restore:
	SPEC_CTRL_EXIT
	cmpl	$REGS_FROM_SYSCALL, REGS_vector(%rsp)
	jne	return_by_iret
	cmpl	$SEL_RING3_CODE64, REGS_cs(%rsp)
	jne	return_by_iret
	cmpl	$SEL_RING3_DATA, REGS_ss(%rsp)
	jne	return_by_iret
	SYSRET_POSSIBLE return_by_iret
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	addq	$8, %rsp		/* r11 */
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	addq	$8, %rsp		/* rcx */
	popq	%rdx
	popq	%rsi
	popq	%rdi
	movq	(REGS_rsp - REGS_error_code)(%rsp), %rsp
	sysretq

return_by_iret:
	pop_all
	addq	$8, %rsp
	/* Faults here are the guest's: see iret_fault. */
	.globl	guest_iretq
guest_iretq:
	iretq

	/* void enter_idle(void): forget the stack, run the idle loop. */
	.globl	enter_idle
enter_idle:
	orq	$(CPU_AREA_SIZE - 1), %rsp
	addq	$(1 - CPU_SIZE), %rsp
	call	sched_idle_loop
	ud2

	SPEC_SITES_END

	.section .rodata
	.balign	8
	.globl	trap_entry_table
trap_entry_table:
	n = 0
	.rept	256
	.quad	trap_stubs + n * 16
	n = n + 1
	.endr

	.section .note.GNU-stack, "", @progbits
