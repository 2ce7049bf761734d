/* SPDX-License-Identifier: Apache-2.0 */
/* One cell of a spreadsheet as the value of a field. What spreadsheets do to values is told by
   name: lost digits are never guessed; what is beyond doubt (blanks at the end, the mark of a text,
   a date written 2024/3/5, the label of a word) is read. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

/* ---- what spreadsheets leave ---- */

static size_t blank_before(const char *end, size_t n)
{
    if (n >= 3 && memcmp(end - 3, "\xE3\x80\x80", 3) == 0) /* ideographic space */
        return 3;
    if (n >= 2 && memcmp(end - 2, "\xC2\xA0", 2) == 0) /* no-break space */
        return 2;
    return n >= 1 && strchr(" \t\r\n", end[-1]) && end[-1] ? 1 : 0;
}

static size_t blank_after(const char *p, size_t n)
{
    if (n >= 3 && memcmp(p, "\xE3\x80\x80", 3) == 0)
        return 3;
    if (n >= 2 && memcmp(p, "\xC2\xA0", 2) == 0)
        return 2;
    return n >= 1 && strchr(" \t\r\n", p[0]) && p[0] ? 1 : 0;
}

const char *cli_cell_trim(civ_text *cell)
{
    const char *note = NULL;
    size_t n;
    while ((n = blank_before(cell->data + cell->length, cell->length)) > 0) {
        cell->length -= n;
        note = "blank_tail";
    }
    while ((n = blank_after(cell->data, cell->length)) > 0) {
        cell->data += n;
        cell->length -= n;
        note = "blank_tail";
    }
    if (cell->length > 1 && cell->data[0] == '\'') {
        cell->data++;
        cell->length--;
        note = "apostrophe";
    }
    return note;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(civ_text t, size_t from)
{
    size_t n = 0;
    while (from + n < t.length && is_digit(t.data[from + n]))
        n++;
    return n;
}

static int is_scientific(civ_text t)
{
    size_t at = t.length > 0 && t.data[0] == '-', n = digits_at(t, at);
    at += n;
    if (n == 0)
        return 0;
    if (at < t.length && t.data[at] == '.') {
        at++;
        at += digits_at(t, at);
    }
    if (at >= t.length || (t.data[at] != 'e' && t.data[at] != 'E'))
        return 0;
    at++;
    at += at < t.length && (t.data[at] == '+' || t.data[at] == '-');
    n = digits_at(t, at);
    return n > 0 && at + n == t.length;
}

static int has_full_width_digits(civ_text t)
{
    for (size_t i = 0; i + 2 < t.length; i++) {
        const unsigned char *p = (const unsigned char *)t.data + i;
        if (p[0] == 0xEF && p[1] == 0xBC && p[2] >= 0x8E && p[2] <= 0x99) /* ．／０…９ */
            return 1;
    }
    return 0;
}

/* 1,200.00 */
static int has_thousands(civ_text t)
{
    size_t at = t.length > 0 && t.data[0] == '-', n = digits_at(t, at), groups = 0;
    if (n == 0 || n > 3)
        return 0;
    at += n;
    while (at < t.length && t.data[at] == ',' && digits_at(t, at + 1) == 3) {
        at += 4;
        groups++;
    }
    if (at < t.length && t.data[at] == '.') {
        at++;
        at += digits_at(t, at);
    }
    return groups > 0 && at == t.length;
}

/* The check sign of GB 11643. */
static int check_fails(civ_text t)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (t.data[i] - '0') * weights[i];
    return "10X98765432"[sum % 11] != t.data[17];
}

const char *cli_long_number_damage(civ_text t)
{
    if (is_scientific(t))
        return "scientific";
    if (has_full_width_digits(t))
        return "full_width";
    if (t.length == 18 && digits_at(t, 0) == 18 && memcmp(t.data + 15, "000", 3) == 0 &&
        check_fails(t))
        return "truncated_digits";
    return NULL;
}

const char *cli_cell_long_expected(void)
{
    return "the number as text: spreadsheets keep 15 digits only";
}

/* ---- forms that are beyond doubt ---- */

static void set_text(cli_cell *out, const char *text)
{
    snprintf(out->room, sizeof out->room, "%s", text);
    out->text = cli_text(out->room);
}

/* Numbers of a date or month with `/`, `.`, `-`, 年 月 日 between them; the count of them. */
static int parts_of(civ_text t, int parts[3])
{
    int n = 0;
    for (size_t at = 0; at < t.length;) {
        size_t digits = digits_at(t, at);
        if (n == 3 || digits == 0 || digits > (n == 0 ? 4u : 2u) || (n == 0 && digits != 4))
            return 0;
        parts[n] = 0;
        for (size_t i = 0; i < digits; i++)
            parts[n] = parts[n] * 10 + (t.data[at + i] - '0');
        n++;
        at += digits;
        if (at == t.length)
            break;
        if (strchr("/.-", t.data[at])) {
            if (++at == t.length)
                return 0;
        } else if (t.length - at >= 3 &&
                   (memcmp(t.data + at, "年", 3) == 0 || memcmp(t.data + at, "月", 3) == 0 ||
                    memcmp(t.data + at, "日", 3) == 0)) {
            at += 3;
        } else {
            return 0;
        }
    }
    return n;
}

static int two_digits(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Days since 1900, and what part of the day has gone: 45000, 45000.5. */
static int is_serial(civ_text t)
{
    size_t n = digits_at(t, 0);
    if (n == 5 && n + 1 < t.length && t.data[n] == '.')
        n += 1 + digits_at(t, n + 1);
    return n == t.length && digits_at(t, 0) == 5;
}

static void mend_day(cli_cell *out, civ_text t, int is_month)
{
    char text[32];
    int p[3], n = parts_of(t, p);
    size_t all = digits_at(t, 0) == t.length ? t.length : 0;
    if (all == (is_month ? 6u : 8u)) {
        p[0] = two_digits(t.data) * 100 + two_digits(t.data + 2);
        p[1] = two_digits(t.data + 4);
        p[2] = is_month ? 0 : two_digits(t.data + 6);
        n = is_month ? 2 : 3;
    } else if (is_serial(t)) {
        out->code = "date_serial";
        return;
    }
    if (n != (is_month ? 2 : 3))
        return;
    if (is_month)
        snprintf(text, sizeof text, "%04d-%02d", p[0], p[1]);
    else
        snprintf(text, sizeof text, "%04d-%02d-%02d", p[0], p[1], p[2]);
    set_text(out, text);
}

static int is_one_of(civ_text t, const char *const *words)
{
    for (; *words; words++)
        if (cli_text_is(t, *words))
            return 1;
    return 0;
}

static void mend_yes_no(cli_cell *out, civ_text t)
{
    static const char *const yes[] = {"是", "TRUE", "True", "YES", "Yes",
                                      "Y",  "y",    "1",    "有",  NULL};
    static const char *const no[] = {"否", "FALSE", "False", "NO", "No", "N", "n", "0", "无", NULL};
    if (is_one_of(t, yes))
        set_text(out, "yes");
    else if (is_one_of(t, no))
        set_text(out, "no");
}

static int same(civ_text a, civ_text b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* The word that a label stands for; else the text itself. */
static civ_text word_of(const cli_cell_reader *r, const civ_item *item, civ_text t)
{
    civ_text name, zh, en;
    for (size_t i = 0;
         civ_policy_field_value(r->policy, (size_t)item->index, i, &name, &zh, &en) == CIV_OK; i++)
        if (same(t, name))
            return name;
    for (size_t i = 0;
         civ_policy_field_value(r->policy, (size_t)item->index, i, &name, &zh, &en) == CIV_OK; i++)
        if (same(t, zh) || same(t, en))
            return name;
    return t;
}

/* Words with `,`, `;` or 、 between them. */
static void mend_set(cli_cell *out, const cli_cell_reader *r, const civ_item *item, civ_text t)
{
    size_t n = 0;
    for (size_t from = 0, i = 0; i <= t.length;) {
        size_t gap = i == t.length                                           ? 1
                     : t.data[i] == ',' || t.data[i] == ';'                  ? 1
                     : t.length - i >= 3 && memcmp(t.data + i, "、", 3) == 0 ? 3
                                                                             : 0;
        if (gap == 0) {
            i++;
            continue;
        }
        civ_text part = {t.data + from, i - from}, word = word_of(r, item, part);
        if (n + word.length + 2 > sizeof out->room)
            return;
        if (n > 0)
            out->room[n++] = ',';
        memcpy(out->room + n, word.data, word.length);
        n += word.length;
        i += gap;
        from = i;
    }
    out->text.data = out->room;
    out->text.length = n;
}

static void mend_region(cli_cell *out, civ_text t)
{
    if (is_scientific(t))
        out->code = "scientific";
    else if (digits_at(t, 0) == t.length && (t.length == 1 || t.length == 5 || t.length == 11))
        out->code = "leading_zeros"; /* 0 for 000000 */
}

static void mend_number(cli_cell *out, civ_text t)
{
    if (is_scientific(t))
        out->code = "scientific";
    else if (has_thousands(t))
        out->code = "thousands";
}

static void mend(cli_cell *out, const cli_cell_reader *r, const civ_item *item, civ_text t)
{
    if (has_full_width_digits(t)) {
        out->code = "full_width";
        return;
    }
    switch (item->kind) {
    case CIV_KIND_DATE: mend_day(out, t, 0); break;
    case CIV_KIND_MONTH: mend_day(out, t, 1); break;
    case CIV_KIND_BOOL: mend_yes_no(out, t); break;
    case CIV_KIND_ENUM: out->text = word_of(r, item, t); break;
    case CIV_KIND_SET: mend_set(out, r, item, t); break;
    case CIV_KIND_REGION: mend_region(out, t); break;
    case CIV_KIND_TEXT: out->code = cli_long_number_damage(t); break;
    case CIV_KIND_INTEGER:
    case CIV_KIND_NUMBER:
    case CIV_KIND_MONEY:
    case CIV_KIND_EXACT: mend_number(out, t); break;
    default: break;
    }
}

/* ---- ranges ---- */

/* A number that the library has read, in units of its last decimal; INT64_MAX where it does not
 * fit. */
static int64_t units_of(civ_text t, int decimals)
{
    int64_t n = 0;
    int left = -1, negative = t.length > 0 && t.data[0] == '-';
    for (size_t i = 0; i < t.length; i++) {
        if (t.data[i] == '.')
            left = decimals;
        if (!is_digit(t.data[i]) || left == 0)
            continue;
        left -= left > 0;
        if (n > (INT64_MAX - 9) / 10)
            return INT64_MAX;
        n = n * 10 + (t.data[i] - '0');
    }
    for (left = left < 0 ? decimals : left; left > 0; left--) {
        if (n > INT64_MAX / 10)
            return INT64_MAX;
        n *= 10;
    }
    return negative ? -n : n;
}

static int is_outside(const civ_item *item, civ_text t, int64_t fen, int in_fen)
{
    char day[11];
    int32_t n;
    int64_t v;
    switch (item->kind) {
    case CIV_KIND_INTEGER: v = units_of(t, 0); break;
    case CIV_KIND_NUMBER: v = units_of(t, item->decimals); break;
    case CIV_KIND_MONEY: v = in_fen ? fen : units_of(t, 2); break;
    case CIV_KIND_DATE:
        if (t.length != 10)
            return 0;
        memcpy(day, t.data, 10);
        day[10] = 0;
        if (cli_date_parse(day, &n))
            return 1; /* it exists, but not in our calendar */
        v = n;
        break;
    default: return 0;
    }
    return v < item->minimum || v > item->maximum;
}

/* ---- the cell ---- */

static void refuse(cli_cell *out, const char *code, const char *expected)
{
    out->kind = CLI_CELL_BAD;
    out->code = code;
    out->expected = expected;
    out->text = cli_text("\x01"); /* no value of any field */
    out->fen = INT64_MAX;
}

static int read_fen(cli_cell *out, civ_text t)
{
    size_t sign = t.length > 0 && t.data[0] == '-';
    size_t n = digits_at(t, sign);
    if (n == 0 || n > 18 || sign + n != t.length)
        return 1;
    out->fen = units_of(t, 0);
    return 0;
}

static const char *damage_expected(const char *code, const civ_item *item)
{
    return strcmp(code, "scientific") == 0 || strcmp(code, "truncated_digits") == 0
               ? cli_cell_long_expected()
               : cli_expected_of(item->kind);
}

static void read_value(cli_cell *out, const cli_cell_reader *r, const civ_item *item, int fen,
                       civ_text t)
{
    civ_error error = CIV_ERROR_INIT;
    out->kind = CLI_CELL_VALUE;
    out->text = t;
    mend(out, r, item, t);
    if (out->code) {
        refuse(out, out->code, damage_expected(out->code, item));
        return;
    }
    if (fen) {
        if (read_fen(out, t))
            refuse(out, "bad_fen", "a whole number of fen");
    } else {
        civ_status bad = civ_case_set_parsed(r->scratch, (size_t)item->index, 0, out->text, &error);
        if (bad) {
            snprintf(out->nearest, sizeof out->nearest, "%s", error.nearest);
            refuse(out, cli_code_of(bad, item->kind), cli_expected_of(item->kind));
        }
    }
    if (out->kind == CLI_CELL_VALUE && is_outside(item, out->text, out->fen, fen))
        refuse(out, "out_of_range", "a value within the range of the field");
}

int cli_is_broken(civ_text t)
{
    for (size_t i = 0; i + 3 <= t.length; i++)
        if (memcmp(t.data + i, "\xEF\xBF\xBD", 3) == 0)
            return 1;
    return 0;
}

void cli_cell_read(cli_cell *out, const cli_cell_reader *r, const civ_item *item, int fen,
                   civ_text t)
{
    static const char *const errors[] = {"#N/A",  "#REF!",  "#VALUE!",  "#DIV/0!", "#NAME?",
                                         "#NUM!", "#NULL!", "########", NULL};
    memset(out, 0, offsetof(cli_cell, room));
    out->note = cli_cell_trim(&t);
    if (t.length == 0) {
        out->note = NULL;
        out->kind = CLI_CELL_ABSENT;
    } else if (cli_text_is(t, "?") || cli_text_is(t, "？")) {
        out->kind = CLI_CELL_UNKNOWN;
    } else if (cli_is_broken(t)) {
        refuse(out, "encoding", "characters of the encoding of the file");
    } else if (is_one_of(t, errors)) {
        refuse(out, "spreadsheet_error", cli_expected_of(item->kind));
    } else {
        read_value(out, r, item, fen, t);
    }
}

void cli_cell_day(cli_cell *out, civ_text t)
{
    char day[11] = "";
    int32_t n;
    memset(out, 0, offsetof(cli_cell, room));
    cli_cell_trim(&t);
    if (t.length == 0)
        return;
    out->kind = CLI_CELL_VALUE;
    out->text = t;
    mend_day(out, t, 0);
    if (out->text.length == 10)
        memcpy(day, out->text.data, 10);
    if (out->code || cli_date_parse(day, &n))
        refuse(out, out->code ? out->code : "bad_date", cli_expected_of(CIV_KIND_DATE));
}
