/* SPDX-License-Identifier: Apache-2.0 */
/* Eight bytes, or 64 bits, at a time: where most say the same, only the others are looked at. */
#ifndef CR_BASE_EIGHT_H
#define CR_BASE_EIGHT_H

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CR_LITTLE_ENDIAN 1
#else
#define CR_LITTLE_ENDIAN 0
#endif

static inline uint64_t cr_eight(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* Takes the first byte that is not zero out of *x, which has one: its place. */
static inline unsigned cr_eight_next(uint64_t *x)
{
    unsigned at = 0;
#if defined(__GNUC__) && CR_LITTLE_ENDIAN
    at = (unsigned)__builtin_ctzll(*x) >> 3;
    *x &= ~(UINT64_C(0xFF) << (8 * at));
#else
    uint8_t bytes[8];
    memcpy(bytes, x, sizeof bytes);
    while (at < 7 && bytes[at] == 0)
        at++;
    bytes[at] = 0;
    memcpy(x, bytes, sizeof bytes);
#endif
    return at;
}

/* Ones in the first n bytes; n < 8. */
static inline uint64_t cr_eight_first(unsigned n)
{
#if CR_LITTLE_ENDIAN
    return (UINT64_C(1) << (8 * n)) - 1;
#else
    return ~(~UINT64_C(0) >> (8 * n));
#endif
}

/* 64 bits of a bitmap, the first one lowest. */
static inline uint64_t cr_word(const uint8_t *bits)
{
    uint64_t x = 0;
#if CR_LITTLE_ENDIAN
    memcpy(&x, bits, sizeof x);
#else
    for (unsigned i = 0; i < 8; i++)
        x |= (uint64_t)bits[i] << (8 * i);
#endif
    return x;
}

/* The place of the lowest bit of x, which has one. */
static inline unsigned cr_lowest(uint64_t x)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctzll(x);
#else
    unsigned at = 0;
    for (; !(x & 1); x >>= 1)
        at++;
    return at;
#endif
}

#endif
