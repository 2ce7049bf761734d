/* SPDX-License-Identifier: Apache-2.0 */
/* Eight bytes at a time: where most are zero, only the others are looked at. */
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

/* Whether so few of n bytes are not `usual` that they are better looked for one by one, to judge by
   the first. */
static inline int cr_few(const uint8_t *p, uint32_t n, uint8_t usual)
{
    const uint32_t first = n < 256 ? n : 256;
    uint32_t some = 0;
    for (uint32_t k = 0; k < first; k++)
        some += p[k] != usual;
    return some < first / 16;
}

#endif
