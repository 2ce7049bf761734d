/* SPDX-License-Identifier: Apache-2.0 */
/* The level of x86-64 by CPUID; wide registers count only where the operating system saves them. */
#include "base/cpu.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>

enum {
    BITS_V2 = 1 << 9 | 1 << 13 | 1 << 19 | 1 << 20 | 1 << 23, /* ssse3 cx16 sse4.1 sse4.2 popcnt */
    SAVES = 1 << 27 | 1 << 28,                                /* osxsave avx */
    BITS_V3 = 1 << 3 | 1 << 5 | 1 << 8,                       /* bmi1 avx2 bmi2 */
    SAVED_YMM = 0x06,
    SAVED_ZMM = 0xE6
};
/* avx512 f, dq, cd, bw, vl */
#define BITS_V4 (1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31)

static unsigned saved_state(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    return low;
}

cr_cpu_level cr_cpu_best(void)
{
    unsigned a, b, c, d, more = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & BITS_V2) != BITS_V2)
        return CR_CPU_PLAIN;
    if ((c & SAVES) != SAVES || !__get_cpuid_count(7, 0, &a, &more, &c, &d))
        return CR_CPU_V2;
    unsigned saved = saved_state();
    if ((more & BITS_V3) != BITS_V3 || (saved & SAVED_YMM) != SAVED_YMM)
        return CR_CPU_V2;
    return (more & BITS_V4) == BITS_V4 && (saved & SAVED_ZMM) == SAVED_ZMM ? CR_CPU_V4 : CR_CPU_V3;
}
#else
cr_cpu_level cr_cpu_best(void)
{
    return CR_CPU_PLAIN;
}
#endif
