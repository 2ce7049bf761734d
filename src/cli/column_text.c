/* SPDX-License-Identifier: Apache-2.0 */
/* Answers in Arrow columns as text, as `eval` writes them. */
#include <string.h>

#include "batch.h"

static int bit(const void *bits, int64_t at)
{
    return ((const uint8_t *)bits)[at / 8] >> (at % 8) & 1;
}

int cli_column_valid(const struct ArrowArray *a, int64_t row)
{
    return !a->buffers[0] || bit(a->buffers[0], a->offset + row);
}

static void put_number(cli_buf *out, const char *form, int64_t n)
{
    char text[32];
    int length = snprintf(text, sizeof text, form, (long long)n);
    cli_put(out, text, (size_t)length);
}

/* ---- decimals ---- */

/* Digits of 128 bits, backwards; the magnitude is left at 0. */
static size_t digits_of(uint32_t word[4], char *digits)
{
    size_t n = 0;
    do {
        uint64_t rest = 0;
        for (int i = 3; i >= 0; i--) {
            rest = rest << 32 | word[i];
            word[i] = (uint32_t)(rest / 10);
            rest %= 10;
        }
        digits[n++] = (char)('0' + rest);
    } while (word[0] | word[1] | word[2] | word[3]);
    return n;
}

/* Digits stand backwards; zeros at the end go as far as `least` places. */
static void put_decimal(cli_buf *out, char *digits, size_t n, int places, int least, int negative)
{
    int cut = 0;
    while (n <= (size_t)places)
        digits[n++] = '0';
    while (places - cut > least && digits[cut] == '0')
        cut++;
    if (negative)
        cli_puts(out, "-");
    for (size_t i = n; i > (size_t)places; i--)
        cli_put(out, &digits[i - 1], 1);
    if (places > cut)
        cli_puts(out, ".");
    for (int i = places; i > cut; i--)
        cli_put(out, &digits[i - 1], 1);
}

static void decimal_text(cli_buf *out, const struct ArrowSchema *s, const struct ArrowArray *a,
                         int64_t row, int least)
{
    uint32_t word[4];
    uint64_t part[2];
    char digits[64];
    int places = 0;
    memcpy(part, (const char *)a->buffers[1] + (a->offset + row) * 16, 16);
    int negative = (part[1] >> 63) != 0;
    if (negative) {
        part[0] = ~part[0] + 1;
        part[1] = ~part[1] + (part[0] == 0);
    }
    for (int i = 0; i < 4; i++)
        word[i] = (uint32_t)(part[i / 2] >> (i % 2 * 32));
    const char *gap = strchr(s->format, ',');
    if (gap)
        sscanf(gap + 1, "%d", &places);
    size_t n = digits_of(word, digits);
    put_decimal(out, digits, n, places, least, negative);
}

int cli_column_units(const struct ArrowArray *a, int64_t row, int64_t *units)
{
    int64_t part[2];
    memcpy(part, (const char *)a->buffers[1] + (a->offset + row) * 16, 16);
    *units = part[0];
    return part[1] == (part[0] < 0 ? -1 : 0);
}

/* ---- exact numbers ---- */

static int is_finite(uint64_t den)
{
    while (den % 2 == 0)
        den /= 2;
    while (den % 5 == 0)
        den /= 5;
    return den == 1;
}

static void ratio_text(cli_buf *out, int64_t num, int64_t den, int least)
{
    uint64_t d = (uint64_t)den, n = num < 0 ? 0 - (uint64_t)num : (uint64_t)num, rest = n % d;
    int places = 0;
    if (!is_finite(d) || d > UINT64_MAX / 10) {
        put_number(out, "%lld", num);
        put_number(out, "/%lld", den);
        return;
    }
    if (num < 0)
        cli_puts(out, "-");
    put_number(out, "%lld", (int64_t)(n / d));
    if (rest > 0 || least > 0)
        cli_puts(out, ".");
    for (; rest > 0 || places < least; places++) {
        char c = (char)('0' + rest * 10 / d);
        rest = rest * 10 % d;
        cli_put(out, &c, 1);
    }
}

static void exact_text(cli_buf *out, const struct ArrowSchema *s, const struct ArrowArray *a,
                       int64_t row)
{
    const struct ArrowArray *text = a->children[2];
    int64_t at = a->offset + row;
    if (cli_column_valid(text, at)) {
        cli_column_text(out, s->children[2], text, at, CIV_KIND_TEXT);
        return;
    }
    const int64_t *num = a->children[0]->buffers[1], *den = a->children[1]->buffers[1];
    ratio_text(out, num[at], den[at], s->metadata ? 2 : 0);
}

/* ---- texts and days ---- */

static civ_text text_at(const struct ArrowArray *a, int64_t at)
{
    const int32_t *off = a->buffers[1];
    civ_text t = {(const char *)a->buffers[2] + off[a->offset + at],
                  (size_t)(off[a->offset + at + 1] - off[a->offset + at])};
    return t;
}

static void put_text(cli_buf *out, civ_text t)
{
    cli_put(out, t.data, t.length);
}

static int64_t index_at(const struct ArrowSchema *s, const struct ArrowArray *a, int64_t at)
{
    at += a->offset;
    return s->format[0] == 'c' ? ((const int8_t *)a->buffers[1])[at]
                               : ((const int32_t *)a->buffers[1])[at];
}

static void set_text(cli_buf *out, const struct ArrowSchema *s, const struct ArrowArray *a,
                     int64_t row)
{
    size_t n;
    const int32_t *off = a->buffers[1];
    cli_column_rows(a, row, &n);
    for (size_t i = 0; i < n; i++) {
        int64_t at = off[a->offset + row] + (int64_t)i;
        cli_puts(out, i ? "," : "");
        put_text(out,
                 text_at(a->children[0]->dictionary, index_at(s->children[0], a->children[0], at)));
    }
}

static void day_text(cli_buf *out, const struct ArrowSchema *s, int32_t day)
{
    char text[11];
    cli_date_text(day, text);
    cli_put(out, text, s->metadata ? 7 : 10); /* a month is its first day, and says so */
}

static void time_text(cli_buf *out, int64_t seconds)
{
    int64_t day = seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
    int64_t minute = (seconds - day * 86400) / 60;
    char text[11], clock[16];
    cli_date_text((int32_t)day, text);
    cli_puts(out, text);
    snprintf(clock, sizeof clock, "T%02d:%02d", (int)(minute / 60 % 24), (int)(minute % 60));
    cli_puts(out, clock);
}

const int32_t *cli_column_rows(const struct ArrowArray *a, int64_t row, size_t *n)
{
    const int32_t *off = a->buffers[1];
    int64_t at = a->offset + row;
    *n = (size_t)(off[at + 1] - off[at]);
    return (const int32_t *)a->children[0]->buffers[1] + a->children[0]->offset + off[at];
}

civ_text cli_column_item(const struct ArrowArray *a, int64_t row, size_t item, size_t *n)
{
    static const civ_text none = {"", 0};
    const int32_t *off = a->buffers[1];
    int64_t at = a->offset + row;
    *n = (size_t)(off[at + 1] - off[at]);
    return item < *n ? text_at(a->children[0], off[at] + (int64_t)item) : none;
}

int cli_column_text(cli_buf *out, const struct ArrowSchema *s, const struct ArrowArray *a,
                    int64_t row, int32_t kind)
{
    int64_t at = a->offset + row;
    if (!cli_column_valid(a, row))
        return 0;
    if (s->dictionary) {
        put_text(out, text_at(a->dictionary, index_at(s, a, row)));
        return 1;
    }
    switch (s->format[0]) {
    case 'b': cli_puts(out, bit(a->buffers[1], at) ? "true" : "false"); break;
    case 'l': put_number(out, "%lld", ((const int64_t *)a->buffers[1])[at]); break;
    case 'd': decimal_text(out, s, a, row, kind == CIV_KIND_MONEY ? 2 : 0); break;
    case 'u': put_text(out, text_at(a, row)); break;
    case 't':
        if (s->format[1] == 'd')
            day_text(out, s, ((const int32_t *)a->buffers[1])[at]);
        else
            time_text(out, ((const int64_t *)a->buffers[1])[at]);
        break;
    case '+':
        if (s->format[1] == 's')
            exact_text(out, s, a, row);
        else
            set_text(out, s, a, row);
        break;
    default: break;
    }
    return 1;
}
