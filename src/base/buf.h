/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a sticky out-of-memory flag. */
#ifndef CR_BASE_BUF_H
#define CR_BASE_BUF_H

#include "base/alloc.h"
#include "base/i128.h"
#include "base/str.h"

typedef struct cr_buf {
    char *p; /* NUL-terminated past n; NULL while nothing was put */
    size_t n, cap;
    cr_alloc a;
    int oom;
} cr_buf;

void cr_buf_init(cr_buf *buf, cr_alloc alloc);
void cr_buf_free(cr_buf *buf);
void cr_buf_clear(cr_buf *buf); /* keeps the memory, forgets the flag */
void cr_buf_put(cr_buf *buf, const void *bytes, size_t n);
void cr_buf_str(cr_buf *buf, cr_str text);
void cr_buf_text(cr_buf *buf, const char *text);
void cr_buf_char(cr_buf *buf, char c);
void cr_buf_i64(cr_buf *buf, int64_t value);
void cr_buf_i128(cr_buf *buf, cr_i128 value);
void cr_buf_repeat(cr_buf *buf, char c, size_t n);
void cr_buf_json(cr_buf *buf, cr_str text); /* a JSON string, quotes included */

#endif
