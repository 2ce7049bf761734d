/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4), streaming. */
#ifndef CR_BASE_SHA256_H
#define CR_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct cr_sha256 {
    uint32_t h[8];
    uint64_t bytes;
    unsigned char block[64];
} cr_sha256;

void cr_sha256_init(cr_sha256 *s);
void cr_sha256_put(cr_sha256 *s, const void *bytes, size_t n);
void cr_sha256_end(cr_sha256 *s, unsigned char out[32]);
void cr_sha256_hex(const unsigned char digest[32], char out[65]);

#endif
