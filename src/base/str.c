/* SPDX-License-Identifier: Apache-2.0 */
/* Slices of text. */
#include <string.h>

#include "base/str.h"

cr_str cr_str_of(const char *text)
{
    cr_str s = {text, text ? strlen(text) : 0};
    return s;
}

int cr_str_eq(cr_str a, cr_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int cr_str_cmp(cr_str a, cr_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

int cr_str_starts(cr_str text, cr_str prefix)
{
    return text.n >= prefix.n && (prefix.n == 0 || memcmp(text.p, prefix.p, prefix.n) == 0);
}

cr_str cr_str_part(cr_str text, size_t from, size_t to)
{
    cr_str s = {text.p + from, to - from};
    return s;
}

/* ---- UTF-8 ---- */

static int tail(const char *p, size_t n, int count, uint32_t *cp)
{
    if (n < (size_t)count + 1)
        return 0;
    for (int i = 1; i <= count; i++) {
        unsigned char c = (unsigned char)p[i];
        if ((c & 0xC0) != 0x80)
            return 0;
        *cp = *cp << 6 | (c & 0x3Fu);
    }
    return count + 1;
}

int cr_utf8_next(const char *p, size_t n, uint32_t *cp)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (n == 0)
        return 0;
    unsigned char c = (unsigned char)p[0];
    *cp = c;
    if (c < 0x80)
        return 1;
    int count = c >= 0xF0 && c < 0xF8   ? 3
                : c >= 0xE0 && c < 0xF0 ? 2
                : c >= 0xC0 && c < 0xE0 ? 1
                                        : 0;
    *cp = c & (0x3Fu >> count);
    int used = count ? tail(p, n, count, cp) : 0;
    if (used == 0 || *cp < least[used] || *cp > 0x10FFFF || (*cp >= 0xD800 && *cp <= 0xDFFF))
        return 0;
    return used;
}

static int is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
           (c >= 0x20000 && c <= 0x3FFFD);
}

size_t cr_utf8_width(cr_str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.n;) {
        uint32_t cp = 0;
        int used = cr_utf8_next(text.p + i, text.n - i, &cp);
        width += used && is_wide(cp) ? 2u : 1u;
        i += used ? (size_t)used : 1u;
    }
    return width;
}

/* ---- nearest names ---- */

enum { LONGEST = 64 };

static unsigned least3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

unsigned cr_edit_distance(cr_str a, cr_str b, unsigned max)
{
    unsigned row[3][LONGEST + 1];
    if (a.n > LONGEST || b.n > LONGEST)
        return max + 1;
    for (size_t j = 0; j <= b.n; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            now[j] = least3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a.p[i - 1] != b.p[j - 1]));
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    unsigned d = row[a.n % 3][b.n];
    return d > max ? max + 1 : d;
}

int cr_nearest(cr_str want, const cr_str *names, size_t n, size_t *index)
{
    unsigned best = (unsigned)(want.n / 3 > 1 ? want.n / 3 : 1) + 1;
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = cr_edit_distance(want, names[i], best - 1);
        if (d < best) {
            best = d;
            *index = i;
            found = 1;
            if (best == 0)
                break;
        }
    }
    return found;
}
