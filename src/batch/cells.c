/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of a block into the lanes of a register.

   Columns of plain integers go from the caller's memory into the lane in one pass, with their range
   checked; nulls cost a second pass over bytes. Everything else is read cell by cell. */
#include <string.h>

#include "batch/batch.h"

typedef struct cr_cells { /* one request */
    cr_block *b;
    cr_workspace *w;
    const cr_insn *i;
    const cr_view *view;
    const cr_sym_field *field;
    const cr_span *span;
    uint32_t n;
} cr_cells;

/* ---- cell by cell ---- */

/* Texts and codes that take time to read, where they are not in a dictionary. */
static int is_worth_keeping(const cr_view *v)
{
    int form = v->column->layout.form;
    return !v->inner && !v->column->history && v->column->meaning != CR_M_STATED &&
           (v->column->meaning == CR_M_CODE || (form >= CR_F_TEXT32 && form <= CR_F_TEXT_VIEW));
}

/* The key of a cell; 0 = too long to keep. */
static int make_key(const cr_view *v, int64_t row, cr_read_before *key)
{
    key->key[0] = key->key[1] = 0;
    if (v->column->meaning == CR_M_CODE) {
        key->n = UINT32_MAX;
        key->key[0] = (uint64_t)cr_view_integer(v, row);
        key->key[1] = v->column->layout.form; /* 2^64 - 1 is not -1 */
        return 1;
    }
    cr_str text = cr_view_text(v, row);
    if (text.n > sizeof key->key)
        return 0;
    key->n = (uint32_t)text.n;
    memcpy(key->key, text.p, text.n);
    return 1;
}

static uint8_t value_before(const cr_cells *c, int64_t row, int64_t *value)
{
    const cr_policy *policy = c->w->calc->policy;
    cr_read_before key;
    if (cr_said_unknown(&c->view->unknown, row) || cr_view_null(c->view, row) ||
        !make_key(c->view, row, &key))
        return (uint8_t)cr_view_value(c->view, policy, c->field, row, value);
    uint64_t h =
        (key.key[0] ^ key.key[1] * 31 ^ (uint64_t)c->i->imm << 40) * UINT64_C(0x9E3779B97F4A7C15);
    cr_read_before *at = &c->b->before[h >> 56];
    if (at->field != c->i->imm + 1 || at->n != key.n || at->key[0] != key.key[0] ||
        at->key[1] != key.key[1]) {
        at->cell = (uint8_t)cr_view_value(c->view, policy, c->field, row, &at->value);
        at->field = c->i->imm + 1;
        at->n = key.n;
        memcpy(at->key, key.key, sizeof at->key);
    }
    *value = at->value;
    return at->cell;
}

/* Values and cells into the block's own columns; days: per row, NULL = the date decided for. */
static void stage(const cr_cells *c, const int32_t *days)
{
    const cr_policy *policy = c->w->calc->policy;
    int64_t *values = c->b->values;
    uint8_t *cells = c->b->cells;
    if (!c->view->column) {
        memset(cells, CR_CELL_ABSENT, c->n);
        memset(values, 0, c->n * sizeof *values);
        return;
    }
    if (!days && is_worth_keeping(c->view)) {
        for (uint32_t k = 0; k < c->n; k++)
            cells[k] = value_before(c, cr_span_row(c->span, k), &values[k]);
        return;
    }
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t row = days ? cr_span_row(&c->b->spans[c->i->child], cr_row_above(c->w, c->i, k))
                           : cr_span_row(c->span, k);
        cells[k] = (uint8_t)(!c->view->column->history
                                 ? cr_view_value(c->view, policy, c->field, row, &values[k])
                                 : cr_view_on(c->view, policy, c->field, row,
                                              days ? days[k] : cr_day_of_row(c->w, c->i->space, k),
                                              &values[k]));
    }
}

/* A list of rows as a fact: whether it was stated. */
static void stage_list(const cr_cells *c)
{
    const cr_edge *e = &c->b->views->edges[c->field->child];
    for (uint32_t k = 0; k < c->n; k++) {
        c->b->values[k] = 0;
        c->b->cells[k] = (uint8_t)cr_edge_cell(e, cr_span_row(c->span, k));
    }
}

#define STORE(T)                                                                                   \
    for (uint32_t k = 0; k < n; k++)                                                               \
        ((T *)d)[k] = (T)values[k];

static void store(void *restrict d, int lane, uint32_t n, const int64_t *restrict values)
{
    switch (lane) {
    case CR_LANE_8: STORE(int8_t) break;
    case CR_LANE_16: STORE(int16_t) break;
    case CR_LANE_32: STORE(int32_t) break;
    case CR_LANE_64: STORE(int64_t) break;
    default: STORE(cr_i128) break;
    }
}

static void staged_to_lanes(const cr_cells *c)
{
    cr_frame *f = c->w->frame;
    uint8_t *s = f->st_memory[c->i->dst], any = 0, status[CR_CELL_INVALID + 1];
    int event = c->field->type.event;
    int64_t never = cr_cell_never(&c->field->type);
    for (uint8_t cell = 0; cell <= CR_CELL_INVALID; cell++)
        status[cell] = cr_cell_status(cell, event);
    for (uint32_t k = 0; k < c->n; k++) {
        s[k] = status[c->b->cells[k]];
        any |= s[k];
    }
    for (uint32_t k = 0; event && never && k < c->n; k++)
        c->b->values[k] = c->b->cells[k] == CR_CELL_ABSENT ? never : c->b->values[k];
    store(f->val[c->i->dst], c->i->lane, c->n, c->b->values);
    f->st[c->i->dst] = any ? s : NULL;
    if (any && f->few && cr_few_scan(f->few_memory[c->i->dst], s, c->n, cr_few_most(c->n)))
        f->few[c->i->dst] = f->few_memory[c->i->dst];
}

/* A field that no column states is one value and one status for all rows. */
static void input_missing(const cr_cells *c)
{
    cr_frame *f = c->w->frame;
    uint8_t *s = f->st_memory[c->i->dst];
    uint8_t status = cr_cell_status(CR_CELL_ABSENT, c->field->type.event);
    int64_t value = c->field->type.event ? cr_cell_never(&c->field->type) : 0;
    if (value == 0) {
        memset(f->val[c->i->dst], 0, c->n * CR_LANE_BYTES(c->i->lane));
    } else {
        for (uint32_t k = 0; k < c->n; k++)
            c->b->values[k] = value;
        store(f->val[c->i->dst], c->i->lane, c->n, c->b->values);
    }
    f->st[c->i->dst] = status ? s : NULL;
    if (status)
        memset(s, status, c->n);
}

/* ---- columns of integers ---- */

static const uint8_t WIDTH[] = {[CR_F_I8] = 1,  [CR_F_U8] = 1,     [CR_F_I16] = 2, [CR_F_U16] = 2,
                                [CR_F_I32] = 4, [CR_F_U32] = 4,    [CR_F_I64] = 8, [CR_F_D32] = 4,
                                [CR_F_D64] = 8, [CR_F_DATE32] = 4, [CR_F_BOOL] = 1};

/* The range of the field where it is an interval of integers; 0 = it is not. */
static int interval(const cr_type *t, int64_t *lo, int64_t *hi)
{
    switch (t->kind) {
    case CR_T_BOOL:
        *lo = 0;
        *hi = 1;
        return 1;
    case CR_T_DATE:
    case CR_T_MONTH: {
        int32_t first, last;
        cr_time_bounds(t, &first, &last);
        *lo = first;
        *hi = last;
        return 1;
    }
    case CR_T_NUMBER:
        *lo = t->lo < INT64_MIN ? INT64_MIN : (int64_t)t->lo;
        *hi = t->hi > INT64_MAX ? INT64_MAX : (int64_t)t->hi;
        return 1;
    default: return 0;
    }
}

/* The column's memory of the rows of the block, one behind another. */
static const void *in_place(const cr_cells *c)
{
    const cr_view *v = c->view;
    int form = v->column->layout.form;
    size_t width = WIDTH[form];
    char *to = (char *)c->b->values;
    if (form == CR_F_BOOL && !c->span->pick) {
        c->b->lanes->expand(v->data, v->offset + c->span->first, c->n, (uint8_t *)to);
        return to;
    }
    if (!c->span->pick)
        return (const char *)v->data + (size_t)(v->offset + c->span->first) * width;
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t at = v->offset + c->span->pick[k];
        if (form == CR_F_BOOL)
            to[k] = (char)cr_bit(v->data, at);
        else
            memcpy(to + k * width, (const char *)v->data + (size_t)at * width, width);
    }
    return to;
}

/* Which rows are null, as bytes 1 = there; NULL = all are there. */
static const uint8_t *presence(const cr_cells *c)
{
    const cr_view *v = c->view;
    uint8_t *out = c->b->cells;
    if (!v->valid)
        return NULL;
    if (!c->span->pick)
        return c->b->lanes->expand(v->valid, v->offset + c->span->first, c->n, out) ? NULL : out;
    unsigned all = 1;
    for (uint32_t k = 0; k < c->n; k++)
        all &= out[k] = (uint8_t)cr_bit(v->valid, v->offset + c->span->pick[k]);
    return all ? NULL : out;
}

/* Values out of range were read as 0. */
static void mark_bad(const cr_cells *c, const uint8_t *there, uint8_t *s)
{
    int64_t value;
    for (uint32_t k = 0; k < c->n; k++)
        if ((!there || there[k]) && cr_lane_get(c->w, c->i->dst, k) == 0 &&
            cr_view_value(c->view, c->w->calc->policy, c->field, cr_span_row(c->span, k), &value) ==
                CR_CELL_INVALID)
            s[k] = CR_INVALID;
}

static void put_few(const cr_cells *c, const cr_few *few, int64_t value)
{
    void *d = c->w->frame->val[c->i->dst];
    for (uint32_t j = 0; j < few->n; j++)
        switch (c->i->lane) {
        case CR_LANE_8: ((int8_t *)d)[few->row[j]] = (int8_t)value; break;
        case CR_LANE_16: ((int16_t *)d)[few->row[j]] = (int16_t)value; break;
        case CR_LANE_32: ((int32_t *)d)[few->row[j]] = (int32_t)value; break;
        default: ((int64_t *)d)[few->row[j]] = value; break;
        }
}

/* Few nulls are listed, and nothing else is looked at; 0 = they are not few. */
static int put_few_nulls(const cr_cells *c, uint8_t status, int64_t value)
{
    cr_frame *f = c->w->frame;
    const cr_view *v = c->view;
    cr_few *few = f->few ? f->few_memory[c->i->dst] : NULL;
    uint8_t *s = f->st_memory[c->i->dst];
    f->st[c->i->dst] = NULL;
    if (!v->valid)
        return 1;
    if (!few || c->span->pick ||
        !c->b->lanes->list_unset(v->valid, v->offset + c->span->first, c->n, cr_few_most(c->n),
                                 few))
        return 0;
    put_few(c, few, value);
    if (few->n == 0 || !status)
        return 1;
    memset(s, CR_KNOWN, c->n);
    for (uint32_t j = 0; j < few->n; j++)
        s[few->row[j]] = status;
    cr_own_status(f, c->i->dst);
    f->few[c->i->dst] = few;
    return 1;
}

/* The values are in the lane: what nulls are instead, and the status. */
static void put_nulls(const cr_cells *c, int some_outside)
{
    cr_frame *f = c->w->frame;
    const cr_column *column = c->view->column;
    uint8_t *s = f->st_memory[c->i->dst];
    uint8_t status = cr_cell_status(column->null_cell, c->field->type.event);
    int never = column->null_cell == CR_CELL_ABSENT && c->field->type.event;
    int64_t value = never ? cr_cell_never(&c->field->type) : 0;
    if (!some_outside && put_few_nulls(c, status, value))
        return;
    const uint8_t *there = presence(c);
    if (there)
        c->b->lanes->fill(f->val[c->i->dst], c->i->lane, there, c->n, value);
    f->st[c->i->dst] = (there && status) || some_outside ? s : NULL;
    if (there && status)
        c->b->lanes->status(s, there, c->n, status);
    else if (some_outside)
        memset(s, CR_KNOWN, c->n);
    if (some_outside)
        mark_bad(c, there, s);
}

/* Not of a row above, which only fields on another day are read from. */
static int is_of_own_row(const cr_cells *c)
{
    int on_a_day = c->i->op == CR_OP_INPUT_ON || c->i->op == CR_OP_GIVEN_ON;
    return !on_a_day || c->i->child == c->i->space;
}

/* Each cell says by itself what it is, in a lane that vectors hold. */
static int is_simple(const cr_cells *c)
{
    const cr_view *v = c->view;
    return c->i->lane <= CR_LANE_64 && !v->column->history && !v->unknown.bits && !v->owner_valid;
}

/* 1 = done; 0 = the column has to be read cell by cell. */
static int load_plain(const cr_cells *c)
{
    const cr_column *column = c->view->column;
    int64_t lo, hi;
    if (!is_simple(c) || column->meaning != CR_M_PLAIN || column->layout.index ||
        !interval(&c->field->type, &lo, &hi) || column->layout.form > CR_F_DATE32 ||
        !WIDTH[column->layout.form])
        return 0;
    put_nulls(c, c->b->lanes->load(in_place(c), column->layout.form, c->w->frame->val[c->i->dst],
                                   c->i->lane, c->n, lo, hi));
    return 1;
}

/* The same of a dictionary of few words, all of them the field's. */
static int load_words(const cr_cells *c)
{
    const cr_view *v = c->view;
    const cr_layout *l = &v->column->layout;
    if (!is_simple(c) || v->is_list || !v->words || !v->words_known || c->span->pick ||
        (l->index != CR_F_U8 && l->index != CR_F_I8))
        return 0;
    int64_t n =
        l->index == CR_F_I8 && v->inner->n_rows > INT8_MAX + 1 ? INT8_MAX + 1 : v->inner->n_rows;
    if (c->b->lanes->load_words((const uint8_t *)v->data + v->offset + c->span->first, v->words, n,
                                c->w->frame->val[c->i->dst], c->i->lane, c->n))
        return 0;
    put_nulls(c, 0);
    return 1;
}

/* ---- the five operations ---- */

static void input(const cr_cells *c)
{
    if (!c->view->column) {
        input_missing(c);
    } else if (!load_plain(c) && !load_words(c)) {
        stage(c, NULL);
        staged_to_lanes(c);
    }
}

/* Without a history a column says the same on every day. */
static void input_on(const cr_cells *c)
{
    cr_frame *f = c->w->frame;
    const uint8_t *x = f->st[c->i->a];
    uint8_t *s = f->st_memory[c->i->dst];
    if (is_of_own_row(c) && c->view->column && !c->view->column->history) {
        input(c);
    } else {
        stage(c, f->val[c->i->a]);
        staged_to_lanes(c);
    }
    for (uint32_t k = 0; k < c->n && x; k++) {
        uint8_t own = f->st[c->i->dst] ? s[k] : (uint8_t)CR_KNOWN;
        s[k] = x[k] > own ? x[k] : own;
    }
    if (x)
        cr_own_status(f, c->i->dst);
}

static void absent(const cr_cells *c, const int32_t *days, const uint8_t *x)
{
    int8_t *d = c->w->frame->val[c->i->dst];
    const cr_column *column = c->view->column;
    c->w->frame->st[c->i->dst] = NULL;
    if (column && !column->history && column->null_cell != CR_CELL_ABSENT) {
        memset(d, 0, c->n);
        return;
    }
    if (!column && !x) {
        memset(d, 1, c->n);
        return;
    }
    stage(c, days);
    for (uint32_t k = 0; k < c->n; k++)
        d[k] = (!x || !x[k]) && c->b->cells[k] == CR_CELL_ABSENT;
}

/* Where nulls alone are not given, what the cells say need not be read. */
static int given_by_nulls(const cr_cells *c)
{
    const cr_view *v = c->view;
    cr_frame *f = c->w->frame;
    int8_t *d = f->val[c->i->dst];
    if (!v->column || !is_simple(c) || v->column->layout.form == CR_F_NULL || !is_of_own_row(c))
        return 0;
    const uint8_t *there = presence(c);
    uint8_t *s = f->st_memory[c->i->dst];
    int open = v->column->null_cell == CR_CELL_UNKNOWN && c->field->type.event;
    if (there)
        memcpy(d, there, c->n);
    else
        memset(d, 1, c->n);
    f->st[c->i->dst] = there && open ? s : NULL;
    if (there && open)
        c->b->lanes->status(s, there, c->n, CR_UNDETERMINED);
    return 1;
}

/* A value out of range was still given. Only an event that is said to be unknown leaves it open. */
static void given(const cr_cells *c, const int32_t *days, const uint8_t *x)
{
    cr_frame *f = c->w->frame;
    int8_t *d = f->val[c->i->dst];
    uint8_t *s = f->st_memory[c->i->dst], any = 0;
    if (!x && c->field->child < 0 && given_by_nulls(c))
        return;
    if (c->field->child >= 0)
        stage_list(c);
    else
        stage(c, days);
    for (uint32_t k = 0; k < c->n; k++) {
        uint8_t cell = c->b->cells[k];
        d[k] = cell == CR_CELL_KNOWN || cell == CR_CELL_INVALID;
        s[k] = cell == CR_CELL_UNKNOWN && c->field->type.event ? CR_UNDETERMINED : CR_KNOWN;
        s[k] = x && x[k] ? x[k] : s[k];
        any |= s[k];
    }
    f->st[c->i->dst] = any ? s : NULL;
}

void cr_block_cells(const cr_input *in, cr_workspace *w, const cr_insn *i)
{
    cr_block *b = (cr_block *)(uintptr_t)in; /* staging is its own */
    const cr_program *p = &w->calc->policy->program;
    cr_cells c = {b,
                  w,
                  i,
                  &b->views->fields[i->imm],
                  &p->fields.at[i->imm],
                  &b->spans[i->space],
                  w->spaces[i->space].n};
    switch (i->op) {
    case CR_OP_INPUT: input(&c); break;
    case CR_OP_INPUT_ON: input_on(&c); break;
    case CR_OP_ABSENT: absent(&c, NULL, NULL); break;
    case CR_OP_ABSENT_ON: absent(&c, w->frame->val[i->a], w->frame->st[i->a]); break;
    case CR_OP_GIVEN_ON: given(&c, w->frame->val[i->a], w->frame->st[i->a]); break;
    default: given(&c, NULL, NULL); break;
    }
}
