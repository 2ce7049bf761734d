/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels for blocks, compiled once for each set of vector instructions.

   Whoever builds this library may do so without optimisation for loops, so the file asks for it;
   GCC and clang spell both requests in their own way. Elsewhere, and for a machine below x86-64-v2,
   there is the plain build: the compiler's own defaults (NEON on arm64). */
#include <string.h>

#include "engine/kernels.h"
#include "engine/reciprocal.h"

#define PASTE(name, level) cr_##name##_##level

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("O3")
#endif
#define CR_LEVEL(name) PASTE(name, plain)
#include "engine/kernels_block.inc"
#undef CR_LEVEL

#if defined(__x86_64__) && defined(__clang__)

#pragma clang attribute push(__attribute__((target("sse4.2,popcnt"))), apply_to = function)
#define CR_LEVEL(name) PASTE(name, v2)
#include "engine/kernels_block.inc"
#undef CR_LEVEL
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)
#define CR_LEVEL(name) PASTE(name, v3)
#include "engine/kernels_block.inc"
#undef CR_LEVEL
#pragma clang attribute pop

#define TARGET_V4 "avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl"
#pragma clang attribute push(__attribute__((target(TARGET_V4))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
#define CR_LEVEL(name) PASTE(name, v4)
#include "engine/kernels_block.inc"
#undef CR_LEVEL
#pragma clang attribute pop
#pragma clang attribute pop

#elif defined(__x86_64__) && defined(__GNUC__)

#pragma GCC push_options
#pragma GCC target("sse4.2,popcnt")
#define CR_LEVEL(name) PASTE(name, v2)
#include "engine/kernels_block.inc"
#undef CR_LEVEL
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#define CR_LEVEL(name) PASTE(name, v3)
#include "engine/kernels_block.inc"
#undef CR_LEVEL
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")
#if __GNUC__ >= 8 /* older ones use all 512 bits by themselves */
#pragma GCC target("prefer-vector-width=512")
#endif
#define CR_LEVEL(name) PASTE(name, v4)
#include "engine/kernels_block.inc"
#undef CR_LEVEL
#pragma GCC pop_options

#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif

static const cr_block_kernels *kernels_of(cr_cpu_level level)
{
#if defined(__x86_64__) && defined(__GNUC__)
    switch (level) {
    case CR_CPU_V4: return &cr_kernels_v4;
    case CR_CPU_V3: return &cr_kernels_v3;
    case CR_CPU_V2: return &cr_kernels_v2;
    default: break;
    }
#endif
    (void)level;
    return &cr_kernels_plain;
}

cr_kernel cr_block_kernel(cr_cpu_level level, const cr_insn *i, cr_shape shape)
{
    return i->lane <= CR_LANE_64 ? (*kernels_of(level))[i->op][i->lane][shape] : NULL;
}
