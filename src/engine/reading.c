/* SPDX-License-Identifier: Apache-2.0 */
/* Reading values of fields from text. */
#include <string.h>

#include "base/date.h"
#include "base/rat.h"
#include "engine/reading.h"

static const cr_str NONE = {NULL, 0};

static cr_misread misread(cr_misreading *why, cr_misread kind, const char *text, cr_str where,
                          cr_str nearest)
{
    if (why) {
        why->text = text;
        why->where = where;
        why->nearest = nearest;
    }
    return kind;
}

static int digits_only(cr_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return 0;
    return s.n > 0;
}

static cr_misread parse_number(const cr_sym_field *f, cr_str s, int64_t *out, cr_misreading *why)
{
    cr_rat r;
    cr_i128 scale = 1, v;
    for (int32_t i = 0; i < f->type.decimals; i++)
        scale *= 10;
    if (cr_rat_parse(s, &r) || memchr(s.p, '/', s.n))
        return misread(why, CR_READ_FORMAT,
                       f->type.money ? "not an amount in yuan" : "not a number", s, NONE);
    if (scale % r.den != 0)
        return misread(why, CR_READ_PRECISION,
                       f->type.money ? "an amount must be whole fen (two decimals)"
                                     : "too many decimals",
                       s, NONE);
    if (cr_i128_mul(r.num, scale / r.den, &v) || cr_i128_to_i64(v, out))
        *out = r.num < 0 ? INT64_MIN : INT64_MAX; /* out of every range: invalid, not an error */
    return CR_READ_FINE;
}

static cr_misread parse_word(const cr_program *p, const cr_sym_field *f, cr_str s, int64_t *out,
                             cr_misreading *why)
{
    const cr_enum *e = &p->enums.at[f->type.index];
    cr_str names[64];
    size_t at = 0;
    for (uint32_t i = 0; i < e->n_values; i++) {
        names[i] = e->values[i].name;
        *out = i;
        if (cr_str_eq(names[i], s))
            return CR_READ_FINE;
        for (uint32_t k = 0; k < e->values[i].codes.n; k++)
            if (cr_str_eq(e->values[i].codes.at[k], s))
                return CR_READ_FINE;
    }
    return misread(why, CR_READ_WORD, NULL, s,
                   why && cr_nearest(s, names, e->n_values, &at) ? names[at] : NONE);
}

/* Words or codes with commas; an empty text is the empty set. */
static cr_misread parse_set(const cr_program *p, const cr_sym_field *f, cr_str s, int64_t *out,
                            cr_misreading *why)
{
    *out = 0;
    for (size_t from = 0, i = 0; s.n > 0 && i <= s.n; i++) {
        int64_t word = 0;
        if (i < s.n && s.p[i] != ',')
            continue;
        cr_misread bad = parse_word(p, f, cr_str_part(s, from, i), &word, why);
        if (bad)
            return bad;
        *out |= INT64_C(1) << word;
        from = i + 1;
    }
    return CR_READ_FINE;
}

static cr_misread parse_bool(cr_str s, int64_t *out, cr_misreading *why)
{
    *out = cr_str_eq(s, CR_STR("true")) || cr_str_eq(s, CR_STR("yes"));
    if (*out || cr_str_eq(s, CR_STR("false")) || cr_str_eq(s, CR_STR("no")))
        return CR_READ_FINE;
    return misread(why, CR_READ_FORMAT, "expected true or false", s, NONE);
}

static cr_misread parse_region(const cr_policy *policy, cr_str s, int64_t *out, cr_misreading *why)
{
    if (!digits_only(s) || (s.n != 6 && s.n != 9 && s.n != 12))
        return misread(why, CR_READ_FORMAT, "a region code has 6, 9 or 12 digits", s, NONE);
    *out = cr_policy_region(policy, s); /* -1: outside the range, so invalid */
    return CR_READ_FINE;
}

/* What lies outside of the range is invalid, not an error. */
static cr_misread parse_time(const cr_type *type, cr_str s, int64_t *out, cr_misreading *why)
{
    static const char *const expected[] = {"expected a date YYYY-MM-DD between 1900 and 2200",
                                           "expected a month YYYY-MM between 1900 and 2200",
                                           "expected a date-time YYYY-MM-DDThh:mm"};
    int32_t time = 0, first, last;
    int which = type->kind == CR_T_DATE ? 0 : type->kind == CR_T_MONTH ? 1 : 2;
    int bad = which == 0   ? cr_date_parse(s, &time)
              : which == 1 ? cr_month_parse(s, &time)
                           : cr_time_parse(s, &time);
    int exists = which == 0   ? cr_date_exists(s)
                 : which == 1 ? cr_month_exists(s)
                              : cr_time_exists(s);
    cr_time_bounds(type, &first, &last);
    *out = bad ? (int64_t)last + 1 : time;
    return bad && !exists ? misread(why, CR_READ_FORMAT, expected[which], s, NONE) : CR_READ_FINE;
}

cr_misread cr_value_read(const cr_policy *policy, const cr_sym_field *f, cr_str s, int64_t *out,
                         cr_misreading *why)
{
    *out = 0;
    switch (f->type.kind) {
    case CR_T_BOOL: return parse_bool(s, out, why);
    case CR_T_NUMBER: return parse_number(f, s, out, why);
    case CR_T_ENUM: return parse_word(&policy->program, f, s, out, why);
    case CR_T_SET: return parse_set(&policy->program, f, s, out, why);
    case CR_T_REGION: return parse_region(policy, s, out, why);
    case CR_T_TEXT: return CR_READ_FINE;
    case CR_T_DATE:
    case CR_T_MONTH:
    case CR_T_TIME: return parse_time(&f->type, s, out, why);
    default: return misread(why, CR_READ_LIST, "a list takes rows, not a value", f->name, NONE);
    }
}
