/* SPDX-License-Identifier: Apache-2.0 */
/* The growing byte buffer. */
#include <string.h>

#include "base/buf.h"

void cr_buf_init(cr_buf *buf, cr_alloc alloc)
{
    memset(buf, 0, sizeof *buf);
    buf->a = alloc;
}

void cr_buf_free(cr_buf *buf)
{
    cr_mem_free(&buf->a, buf->p, buf->cap);
    cr_alloc alloc = buf->a;
    cr_buf_init(buf, alloc);
}

void cr_buf_clear(cr_buf *buf)
{
    buf->n = 0;
    buf->oom = 0;
    if (buf->p)
        buf->p[0] = 0;
}

static int reserve(cr_buf *buf, size_t more)
{
    if (buf->oom || more > (size_t)-1 / 4 - buf->n) {
        buf->oom = 1;
        return 1;
    }
    if (buf->n + more < buf->cap)
        return 0;
    size_t cap = buf->cap ? buf->cap * 2 : 128;
    while (cap <= buf->n + more)
        cap *= 2;
    char *p = buf->a.fn(buf->a.user, buf->p, buf->cap, cap);
    if (!p) {
        buf->oom = 1;
        return 1;
    }
    buf->p = p;
    buf->cap = cap;
    return 0;
}

void cr_buf_put(cr_buf *buf, const void *bytes, size_t n)
{
    if (reserve(buf, n))
        return;
    if (n > 0)
        memcpy(buf->p + buf->n, bytes, n);
    buf->n += n;
    buf->p[buf->n] = 0;
}

void cr_buf_str(cr_buf *buf, cr_str text)
{
    cr_buf_put(buf, text.p, text.n);
}

void cr_buf_text(cr_buf *buf, const char *text)
{
    cr_buf_put(buf, text, strlen(text));
}

void cr_buf_char(cr_buf *buf, char c)
{
    cr_buf_put(buf, &c, 1);
}

void cr_buf_i64(cr_buf *buf, int64_t value)
{
    cr_buf_i128(buf, value);
}

void cr_buf_i128(cr_buf *buf, cr_i128 value)
{
    char text[48];
    cr_buf_put(buf, text, cr_i128_text(value, text));
}

void cr_buf_repeat(cr_buf *buf, char c, size_t n)
{
    while (n-- > 0)
        cr_buf_char(buf, c);
}

static void json_char(cr_buf *buf, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char *named = c == '"'    ? "\\\""
                        : c == '\\' ? "\\\\"
                        : c == '\n' ? "\\n"
                        : c == '\r' ? "\\r"
                        : c == '\t' ? "\\t"
                                    : NULL;
    if (named) {
        cr_buf_text(buf, named);
    } else if (c < 0x20) {
        char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        cr_buf_put(buf, escape, sizeof escape);
    } else {
        cr_buf_char(buf, (char)c);
    }
}

void cr_buf_json(cr_buf *buf, cr_str text)
{
    cr_buf_char(buf, '"');
    for (size_t i = 0; i < text.n; i++)
        json_char(buf, (unsigned char)text.p[i]);
    cr_buf_char(buf, '"');
}
