/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System time from the TSC.  Its rate comes from CPUID where that tells it, else
 * from the ACPI PM timer or the PIT; the APIC timer is measured against it.
 */
#include "lib/printf.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/cmos.h"
#include "x86/cpu.h"
#include "x86/cpuid.h"
#include "x86/time.h"
#include "x86/time_init.h"

#define PM_TIMER_HZ	3579545UL
#define PM_TIMER_MASK	0xffffffU
#define PIT_HZ		1193182UL
#define CALIBRATION_MS	5UL
#define CALIBRATION_MAX_MS 500UL
#define CALIBRATION_PARTS 4000UL	/* wrong by one in these at most */
/* On no processor more than 4 s. */
#define MEASURE_CYCLES_MAX	3000000000UL

struct time_scale time_scale __ro_after_init;
u64 tsc_khz __ro_after_init;
static u64 ns_to_tsc_mul __ro_after_init;	/* 32 bits after the point */
static u64 wallclock_base;	/* atomic: ns since 1970 at system time 0 */

/*
 * The clock we measure against: reads of @now() count up at @hz, modulo
 * @mask + 1.
 */
struct reference {
	u32 (*now)(void);
	u64 hz;
	u32 mask;
};

static u32 pm_timer_now(void)
{
	return inl(acpi_info.pm_timer_port);
}

/* Channel 2 counts down from 65535; latched. */
static u32 pit_now(void)
{
	u32 lo;

	outb(0x43, 0x80);
	lo = inb(0x42);
	return 0xffff - (lo | (u32)inb(0x42) << 8);
}

static __init void pit_start(void)
{
	outb(0x61, (inb(0x61) & ~2) | 1);
	outb(0x43, 0xb0);
	outb(0x42, 0xff);
	outb(0x42, 0xff);
}

/* A pair of readings, and how far they may be apart: twice that. */
struct sample {
	u64 tsc, width;
	u32 ref;
};

/* The narrowest of a few tries. */
static __init struct sample sample(const struct reference *r)
{
	struct sample best = { .width = ~0UL };

	for (unsigned int i = 0; i < 8; i++) {
		u64 before = rdtsc();
		u32 ref = r->now();
		u64 width = rdtsc() - before;

		if (width < best.width)
			best = (struct sample){ before + width / 2, width, ref };
	}
	return best;
}

/* A PM timer that does not run would make us wait for ever. */
static __init bool pm_timer_works(void)
{
	u32 start;

	if (!acpi_info.pm_timer_port)
		return false;
	start = pm_timer_now();
	for (unsigned int i = 0; i < 100000; i++)
		if (((pm_timer_now() - start) & PM_TIMER_MASK) > 4)
			return true;
	return false;
}

/* CPUID 0x15: crystal frequency and ratio; exact where it is given. */
static __init u64 cpuid_khz(void)
{
	struct cpuid r;

	if (cpu_features.max_leaf < 0x15)
		return 0;
	r = cpuid(0x15, 0);
	if (!r.a || !r.b || !r.c)
		return 0;
	return (u64)r.c * r.b / r.a / 1000;
}

/* ---- Measuring -------------------------------------------------------------- */

/* A clock beside the TSC, from a moment on. */
struct measurement {
	struct reference ref;
	struct sample begin;
};

struct span {
	u64 cycles, ticks;
	bool exact;		/* what both ends may be wrong by is little */
};

static __init void measure_begin(struct measurement *m)
{
	m->begin = sample(&m->ref);
}

/*
 * Where others use the processor, too, single readings can take very long, which
 * the span must be long against.
 */
static __init struct span measure(const struct measurement *m)
{
	struct sample end = sample(&m->ref);
	u64 cycles = end.tsc - m->begin.tsc;
	u64 wrong = (end.width + m->begin.width) / 2;

	return (struct span){
		.cycles = cycles,
		.ticks = (end.ref - m->begin.ref) & m->ref.mask,
		.exact = wrong <= cycles / CALIBRATION_PARTS,
	};
}

/* Begun early, so that other work passes the time. */
static struct measurement tsc_rate __initdata;

__init void time_begin(void)
{
	tsc_rate.ref = (struct reference){ pm_timer_now, PM_TIMER_HZ,
					   PM_TIMER_MASK };
	if (!pm_timer_works()) {
		tsc_rate.ref = (struct reference){ pit_now, PIT_HZ, 0xffff };
		pit_start();
	}
	measure_begin(&tsc_rate);
}

/* The PIT has come round after 55 ms, the PM timer after 4.7 s. */
static __init bool too_late(void)
{
	return tsc_rate.ref.now == pit_now ||
	       rdtsc() - tsc_rate.begin.tsc > MEASURE_CYCLES_MAX;
}

static __init u64 measure_khz(void)
{
	const struct reference *r = &tsc_rate.ref;
	u64 least = r->hz * CALIBRATION_MS / 1000;
	u64 most = min(r->hz * CALIBRATION_MAX_MS / 1000, r->mask * 3UL / 4);
	struct span s;

	if (too_late())
		measure_begin(&tsc_rate);
	do {
		s = measure(&tsc_rate);
	} while (s.ticks < least || (!s.exact && s.ticks < most));
	return s.cycles * r->hz / s.ticks / 1000;
}

/* Against the TSC: a millisecond, or more if it must be. */
static __init u64 measure_apic_khz(const struct measurement *m)
{
	struct span s;

	do {
		s = measure(m);
	} while (s.cycles < tsc_khz ||
		 (!s.exact && s.cycles < tsc_khz * CALIBRATION_MAX_MS));
	apic_timer_calibrate_end(s.ticks, s.cycles);
	return s.ticks * tsc_khz / s.cycles;
}

static __init u64 divide(u64 high, u64 low, u64 by)
{
	__asm__("divq %2" : "+a"(low), "+d"(high) : "r"(by) : "cc");
	return low;
}

/*
 * Moments that are 2^28 cycles of the shifted TSC apart: a whole number of
 * nanoseconds, as the scale is a multiple of 16.
 */
#define REFERENCE_SHIFT	28
#define SCALE_ROUND	(1U << (32 - REFERENCE_SHIFT))

/* ns = (tsc << shift or >> -shift) * mul >> 32, with mul in [2^31, 2^32). */
static __init void set_scale(u64 khz)
{
	u64 hz = khz * 1000;
	int shift = 0;

	while (hz > 2 * NS_PER_SEC) {
		hz >>= 1;
		shift--;
	}
	while (hz <= NS_PER_SEC) {
		hz <<= 1;
		shift++;
	}
	/* Now 1 GHz < hz <= 2 GHz, and the quotient has 32 bits. */
	time_scale.mul = shift < 0 ?
		divide(NS_PER_SEC >> (32 + shift), NS_PER_SEC << (32 - shift),
		       khz * 1000) : (NS_PER_SEC << 32) / hz;
	time_scale.mul &= ~(SCALE_ROUND - 1);
	time_scale.shift = shift;
	ns_to_tsc_mul = (khz << 32) / 1000000;
}

u64 tsc_to_ns(u64 tsc)
{
	u64 delta = tsc - time_scale.tsc_base;

	if (time_scale.shift >= 0)
		delta <<= time_scale.shift;
	else
		delta >>= -time_scale.shift;
	return (u64)(((unsigned __int128)delta * time_scale.mul) >> 32);
}

void time_reference(u64 *tsc, u64 *ns)
{
	u64 delta = rdtsc() - time_scale.tsc_base, n, cycles;
	int shift = time_scale.shift;

	n = (shift < 0 ? delta >> -shift : delta << shift) >> REFERENCE_SHIFT;
	cycles = n << REFERENCE_SHIFT;
	*tsc = time_scale.tsc_base +
	       (shift < 0 ? cycles << -shift : cycles >> shift);
	*ns = n * (time_scale.mul / SCALE_ROUND);
}

u64 time_now(void)
{
	return tsc_to_ns(rdtsc());
}

__init void time_init(void)
{
	struct measurement apic = { .ref = { apic_timer_count, 0, ~0U } };
	u64 exact = cpuid_khz(), khz, apic_khz;

	apic_timer_calibrate_start();
	measure_begin(&apic);
	khz = measure_khz();
	tsc_khz = exact ? exact : khz;
	apic_khz = measure_apic_khz(&apic);
	set_scale(tsc_khz);
	time_scale.tsc_base = rdtsc();
	wallclock_base = cmos_read_time() * NS_PER_SEC - time_now();
	pr_info("time: TSC at %lu.%03lu MHz, APIC timer at %lu.%03lu MHz\n",
		tsc_khz / 1000, tsc_khz % 1000, apic_khz / 1000,
		apic_khz % 1000);
}

u64 time_wallclock_base(void)
{
	return READ_ONCE(wallclock_base);
}

void time_set_wallclock(u64 ns, u64 system_time)
{
	WRITE_ONCE(wallclock_base, ns - system_time);
}

static u64 ns_to_tsc(u64 ns)
{
	return (u64)(((unsigned __int128)ns * ns_to_tsc_mul) >> 32);
}

/* Not further away than the timer counts; it is armed again when it fires. */
#define MAX_DELTA	(10 * NS_PER_SEC)

void time_arm(u64 deadline)
{
	u64 now;

	if (!deadline) {
		apic_timer_arm(0);
		return;
	}
	now = time_now();
	apic_timer_arm(deadline <= now ? 1 :
		       ns_to_tsc(min(deadline - now, MAX_DELTA)) + 1);
}

void time_delay_us(unsigned int us)
{
	u64 start = rdtsc(), cycles = tsc_khz * us / 1000;

	while (rdtsc() - start < cycles)
		cpu_relax();
}
