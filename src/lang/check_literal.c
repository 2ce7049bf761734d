/* SPDX-License-Identifier: Apache-2.0 */
/* Literals that stand alone: values of parameter rows, overrides, facts and expectations. */
#include "base/date.h"
#include "lang/check.h"

/* A literal may leave out `per person` and the like: the declaration says them. Month and year
 * convert exactly. */
static int convert(cr_unit from, cr_unit to, cr_rat *v)
{
    int months = 0;
    for (int i = 0; i < CR_DIM_COUNT; i++) {
        if (i == CR_DIM_YEAR || i == CR_DIM_MONTH)
            continue;
        if (from.e[i] != to.e[i] && !(from.e[i] == 0 && to.e[i] < 0))
            return 1;
    }
    if (from.e[CR_DIM_MONTH] + from.e[CR_DIM_YEAR] != to.e[CR_DIM_MONTH] + to.e[CR_DIM_YEAR])
        return 1;
    months = to.e[CR_DIM_MONTH] - from.e[CR_DIM_MONTH];
    for (; months > 0; months--) { /* years to months */
        cr_rat by = {12, 1};
        if (cr_rat_mul(*v, by, v))
            return 1;
    }
    for (; months < 0; months++) {
        cr_rat by = {12, 1};
        if (cr_rat_div(*v, by, v))
            return 1;
    }
    return 0;
}

static const cr_type PLAIN = {.kind = CR_T_NUMBER}; /* a factor without unit */

static int number_value(const cr_expr *x, const cr_type *type, cr_rat *out, int depth)
{
    cr_rat a, b;
    if (depth > 20)
        return 1;
    switch (x->kind) {
    case CR_X_NUMBER:
        *out = x->number;
        return x->has_unit && !cr_unit_none(type->unit) ? convert(x->unit, type->unit, out)
                                                        : x->has_unit && cr_unit_none(type->unit);
    case CR_X_NEG:
        out->num = 0;
        out->den = 1;
        return number_value(x->a, type, &a, depth + 1) || cr_rat_sub(*out, a, out);
    case CR_X_ADD:
    case CR_X_SUB:
        if (number_value(x->a, type, &a, depth + 1) || number_value(x->b, type, &b, depth + 1))
            return 1;
        return x->kind == CR_X_ADD ? cr_rat_add(a, b, out) : cr_rat_sub(a, b, out);
    case CR_X_DIV:
    case CR_X_MUL:
        if (number_value(x->a, type, &a, depth + 1) || number_value(x->b, &PLAIN, &b, depth + 1))
            return 1;
        return x->kind == CR_X_DIV ? cr_rat_div(a, b, out) : cr_rat_mul(a, b, out);
    default: return 1;
    }
}

static int word_value(const cr_program *p, const cr_expr *x, const cr_type *type, cr_literal *out)
{
    if (x->kind != CR_X_NAME && x->kind != CR_X_BOOL && x->kind != CR_X_NONE)
        return 1;
    int32_t index = cr_program_enum_value(p, type->index, x->text);
    out->number.num = index;
    return index < 0;
}

static int set_value(const cr_program *p, const cr_expr *x, const cr_type *type, cr_literal *out)
{
    cr_u128 mask = 0;
    uint32_t n = x->kind == CR_X_IN ? x->args.n : x->kind == CR_X_NONE ? 0 : 1;
    for (uint32_t i = 0; i < n; i++) {
        cr_literal one = {0, {0, 1}, {NULL, 0}};
        if (word_value(p, x->kind == CR_X_IN ? x->args.at[i] : x, type, &one))
            return 1;
        mask |= (cr_u128)1 << one.number.num;
    }
    out->number.num = (cr_i128)mask;
    return 0;
}

int cr_check_value(const cr_program *p, const cr_expr *x, const cr_type *type, cr_literal *out)
{
    out->is_none = 0;
    out->number.num = 0;
    out->number.den = 1;
    out->text = x->text;
    if (x->kind == CR_X_NONE && (type->or_none || type->event) && type->kind != CR_T_ENUM) {
        out->is_none = 1;
        return 0;
    }
    switch (type->kind) {
    case CR_T_BOOL: out->number.num = x->integer; return x->kind != CR_X_BOOL;
    case CR_T_DATE: out->number.num = x->integer; return x->kind != CR_X_DATE;
    case CR_T_TIME: out->number.num = x->integer; return x->kind != CR_X_TIME;
    case CR_T_MONTH: out->number.num = x->integer; return x->kind != CR_X_MONTH;
    case CR_T_ENUM:
        if (word_value(p, x, type, out) == 0)
            return 0;
        out->is_none = x->kind == CR_X_NONE && (type->or_none || type->event);
        return !out->is_none;
    case CR_T_SET: return set_value(p, x, type, out);
    case CR_T_REGION: return x->kind != CR_X_NUMBER && x->kind != CR_X_CODE;
    case CR_T_TEXT: return x->kind != CR_X_TEXT;
    case CR_T_NUMBER: return number_value(x, type, &out->number, 0);
    default: return 1;
    }
}

int cr_check_literal(const cr_program *p, cr_expr *x, const cr_type *want, cr_diags *diags)
{
    cr_literal v;
    if (want->kind == CR_T_ERROR || x->kind == CR_X_ERROR || cr_check_value(p, x, want, &v) == 0)
        return 0;
    int unit = want->kind == CR_T_NUMBER && x->kind == CR_X_NUMBER && x->has_unit;
    int word = want->kind == CR_T_ENUM && x->kind == CR_X_NAME;
    cr_diag *d = cr_diag_add(diags,
                             unit   ? CR_D_UNIT
                             : word ? CR_D_UNKNOWN_VALUE
                                    : CR_D_NOT_LITERAL,
                             x->pos, x->text, CR_STR(""));
    if (word) {
        const cr_enum *e = &p->enums.at[want->index];
        cr_str names[64];
        size_t at = 0;
        for (uint32_t i = 0; i < e->n_values; i++)
            names[i] = e->values[i].name;
        if (cr_nearest(x->text, names, e->n_values, &at))
            d->nearest = names[at];
    }
    return 1;
}
