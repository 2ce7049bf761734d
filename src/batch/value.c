/* SPDX-License-Identifier: Apache-2.0 */
/* One cell of a column: any layout, any meaning. The fast ways for whole blocks are in cells.c. */
#include <string.h>

#include "batch/batch.h"
#include "engine/reading.h"

/* ---- integers ---- */

/* An integer of a column as 128 bits. */
static cr_i128 integer_at(const cr_view *v, int form, int64_t at)
{
    const void *p = v->data;
    switch (form) {
    case CR_F_BOOL: return cr_bit(p, at);
    case CR_F_I8: return ((const int8_t *)p)[at];
    case CR_F_U8: return ((const uint8_t *)p)[at];
    case CR_F_I16: return ((const int16_t *)p)[at];
    case CR_F_U16: return ((const uint16_t *)p)[at];
    case CR_F_I32:
    case CR_F_D32:
    case CR_F_DATE32: return ((const int32_t *)p)[at];
    case CR_F_U32: return ((const uint32_t *)p)[at];
    case CR_F_U64: return ((const uint64_t *)p)[at];
    case CR_F_D128: {
        cr_i128 out; /* aligned to 8 only */
        memcpy(&out, (const char *)p + at * (int64_t)sizeof out, sizeof out);
        return out;
    }
    default: return ((const int64_t *)p)[at];
    }
}

static cr_str text_at(const cr_view *v, int form, int64_t at)
{
    cr_str out = {"", 0};
    if (form == CR_F_TEXT32) {
        const int32_t *off = v->data;
        out.n = (size_t)(off[at + 1] - off[at]);
        out.p = out.n ? v->bytes + off[at] : "";
    } else if (form == CR_F_TEXT64) {
        const int64_t *off = v->data;
        out.n = (size_t)(off[at + 1] - off[at]);
        out.p = out.n ? v->bytes + off[at] : "";
    } else { /* a view: up to 12 bytes stand in it, others in a buffer that it names */
        const char *p = (const char *)v->data + at * 16;
        int32_t n, where[2];
        memcpy(&n, p, sizeof n);
        memcpy(where, p + 8, sizeof where);
        out.n = (size_t)n;
        out.p = n <= 12 ? p + 4 : (const char *)v->buffers[2 + where[0]] + where[1];
    }
    return out;
}

static cr_cell from_text(const cr_policy *policy, const cr_sym_field *field, cr_str text,
                         int64_t *value)
{
    return cr_value_read(policy, field, text, value, NULL) ? CR_CELL_INVALID : CR_CELL_KNOWN;
}

/* A code of an enum, or of a region with its leading digits. */
static cr_cell from_code(const cr_policy *policy, const cr_sym_field *field, cr_i128 code,
                         int64_t *value)
{
    char text[48];
    cr_str s = {text, cr_i128_text(code, text)};
    if (field->type.kind == CR_T_REGION)
        return from_text(policy, field, s, value);
    const cr_enum *e = &policy->program.enums.at[field->type.index];
    for (uint32_t i = 0; i < e->n_values; i++)
        for (uint32_t k = 0; k < e->values[i].codes.n; k++) {
            cr_str c = e->values[i].codes.at[k];
            while (c.n > 1 && c.p[0] == '0') /* 01 is 1 */
                c = cr_str_part(c, 1, c.n);
            if (cr_str_eq(c, s)) {
                *value = i;
                return CR_CELL_KNOWN;
            }
        }
    return CR_CELL_INVALID;
}

static cr_cell from_integer(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                            cr_i128 n, int64_t *value)
{
    const cr_column *c = v->column;
    switch (c->meaning) {
    case CR_M_CODE: return from_code(policy, field, n, value);
    case CR_M_STATED: *value = 0; return CR_CELL_KNOWN;
    case CR_M_MILLIS:
        if (n % 86400000)
            return CR_CELL_INVALID;
        n /= 86400000;
        break;
    case CR_M_FIRST_DAY:
        if (n < CR_DATE_MIN || n > CR_DATE_MAX ||
            cr_month_first(cr_month_of((int32_t)n)) != (int32_t)n)
            return CR_CELL_INVALID;
        n = cr_month_of((int32_t)n);
        break;
    case CR_M_SCALED:
        if (n % c->down || cr_i128_mul(n / c->down, c->up, &n))
            return CR_CELL_INVALID;
        break;
    default: break;
    }
    return cr_i128_to_i64(n, value) ? CR_CELL_INVALID : CR_CELL_KNOWN;
}

/* ---- cells ---- */

int cr_view_null(const cr_view *v, int64_t row)
{
    return (v->valid && !cr_bit(v->valid, v->offset + row)) ||
           (v->owner_valid && !cr_bit(v->owner_valid, v->owner_offset + row)) ||
           (v->column->layout.form == CR_F_NULL && !v->is_list); /* of a list: its items */
}

static cr_cell stated(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                      int64_t at, int64_t *value)
{
    int form = v->column->layout.form;
    int text = form == CR_F_TEXT32 || form == CR_F_TEXT64 || form == CR_F_TEXT_VIEW;
    if (text && v->column->meaning == CR_M_STATED)
        return CR_CELL_KNOWN;
    return text ? from_text(policy, field, text_at(v, form, at), value)
                : from_integer(v, policy, field, integer_at(v, form, at), value);
}

/* A set as a list of its words: nulls among them are unreadable. */
static cr_cell words_at(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                        int64_t at, int64_t *value);

cr_cell cr_view_value(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                      int64_t row, int64_t *value)
{
    int64_t at = v->offset + row;
    const cr_column *c = v->column;
    cr_cell cell;
    *value = 0;
    if (cr_said_unknown(&v->unknown, row))
        return CR_CELL_UNKNOWN;
    if (cr_view_null(v, row))
        return (cr_cell)c->null_cell;
    if (v->is_list)
        cell = words_at(v, policy, field, at, value);
    else if (v->inner) {
        cr_i128 entry = integer_at(v, c->layout.index, at);
        if (entry < 0 || entry >= v->inner->n_rows)
            return CR_CELL_INVALID;
        if (v->words) {
            *value = v->words[(int64_t)entry];
            return (cr_cell)v->word_cells[(int64_t)entry];
        }
        return cr_view_value(v->inner, policy, field, (int64_t)entry, value);
    } else
        cell = stated(v, policy, field, at, value);
    if (cell == CR_CELL_KNOWN && !cr_field_holds(policy, field, *value))
        cell = CR_CELL_INVALID;
    if (cell != CR_CELL_KNOWN)
        *value = 0;
    return cell;
}

/* Rows of the list `at` of a column of lists. */
static void list_rows(const cr_view *v, int64_t at, int64_t *from, int64_t *to)
{
    const int32_t *off32 = v->data;
    const int64_t *off64 = v->data;
    switch (v->column->list_form) {
    case CR_F_LIST32:
        *from = off32[at];
        *to = off32[at + 1];
        break;
    case CR_F_LIST64:
        *from = off64[at];
        *to = off64[at + 1];
        break;
    default:
        *from = at * v->column->width;
        *to = *from + v->column->width;
        break;
    }
}

static cr_cell words_at(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                        int64_t at, int64_t *value)
{
    int64_t from, to, bit;
    list_rows(v, at, &from, &to);
    for (; from < to; from++) {
        if (cr_view_value(v->inner, policy, field, from, &bit) != CR_CELL_KNOWN || !bit)
            return CR_CELL_INVALID;
        *value |= bit;
    }
    return CR_CELL_KNOWN;
}

/* The latest entry by the day; of several for one day the last. One without a day holds always. */
static cr_cell history_at(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                          int64_t at, int32_t day, int64_t *value)
{
    int64_t from, to, best = -1;
    int64_t since = INT64_MIN;
    list_rows(v, at, &from, &to);
    for (; from < to; from++) {
        int64_t k = v->from_offset + from;
        if (v->from_valid && !cr_bit(v->from_valid, k))
            return CR_CELL_INVALID;
        if (v->from[k] <= day && v->from[k] >= since) {
            since = v->from[k];
            best = from;
        }
    }
    return best < 0 ? CR_CELL_ABSENT : cr_view_value(v->inner, policy, field, best, value);
}

cr_cell cr_view_on(const cr_view *v, const cr_policy *policy, const cr_sym_field *field,
                   int64_t row, int32_t day, int64_t *value)
{
    *value = 0;
    if (!v->column->history)
        return cr_view_value(v, policy, field, row, value);
    if (cr_said_unknown(&v->unknown, row))
        return CR_CELL_UNKNOWN;
    if (cr_view_null(v, row))
        return (cr_cell)v->column->null_cell;
    return history_at(v, policy, field, v->offset + row, day, value);
}

cr_str cr_view_text(const cr_view *v, int64_t row)
{
    int64_t at = v->offset + row;
    if (v->inner)
        return text_at(v->inner, v->column->layout.form,
                       v->inner->offset + (int64_t)integer_at(v, v->column->layout.index, at));
    return text_at(v, v->column->layout.form, at);
}

int64_t cr_view_integer(const cr_view *v, int64_t row)
{
    return (int64_t)integer_at(v, v->column->layout.form, v->offset + row);
}
