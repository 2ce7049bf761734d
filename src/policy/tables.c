/* SPDX-License-Identifier: Apache-2.0 */
/* Parameter tables: rows by region, keys and date over one common denominator, and looking them up.
 */
#include <string.h>

#include "base/date.h"
#include "policy/keys.h"
#include "policy/regions.h"

static void report(cr_table_maker *m, cr_diag_code code, cr_pos pos, cr_str found,
                   const char *expected)
{
    cr_diag_add(m->d, code, pos, found, cr_str_of(expected));
}

/* ---- rows ---- */

static int row_region(cr_table_maker *m, const cr_row_key *key, int32_t *out)
{
    *out = cr_map_get(&m->p->region_map, key->text);
    if (key->kind == CR_KEY_CODE && *out >= 0)
        return 0;
    report(m, CR_D_UNKNOWN_REGION, key->pos, key->text, "a listed region code or 'nation'");
    return 1;
}

static int row_value(cr_table_maker *m, const cr_expr *x, cr_pos pos, cr_prow *row, cr_rat *number)
{
    cr_literal v;
    if (!x || cr_check_value(&m->p->program, x, &m->param->type, &v)) {
        report(m, CR_D_NOT_LITERAL, pos, x ? x->text : CR_STR(""),
               "a value of the parameter's type");
        return 1;
    }
    row->is_none = v.is_none;
    *number = v.number;
    if (m->param->type.kind == CR_T_REGION && !v.is_none)
        number->num = cr_policy_region(m->p, v.text);
    if (number->num < 0 && m->param->type.kind == CR_T_REGION)
        report(m, CR_D_UNKNOWN_REGION, x->pos, v.text, "a listed region code");
    return 0;
}

static void push_row(cr_table_maker *m, const cr_prow *row, cr_rat number)
{
    cr_i128 den;
    if (cr_lcm(m->table->den, number.den, &den) || den > INT64_MAX / 1000000) {
        report(m, CR_D_DENOMINATOR, row->row ? row->row->pos : row->let->pos, m->param->name, "");
        return;
    }
    m->table->den = (int64_t)den;
    if (!CR_PUSH(&m->p->arena, m->table->rows, *row) ||
        !CR_PUSH(&m->p->arena, m->p->scratch, number))
        m->oom = 1;
}

/* One row for each combination that `-` stands for. */
static void expand(cr_table_maker *m, cr_prow row, const cr_row_key *keys, uint32_t k,
                   cr_rat number)
{
    if (m->oom)
        return;
    if (k == m->table->n_keys) {
        push_row(m, &row, number);
        return;
    }
    uint32_t from = 0, to = 0;
    if (cr_table_key_range(m, k, &keys[k], &from, &to)) {
        cr_table_unknown_key(m, k, &keys[k]);
        return;
    }
    for (uint32_t i = from; i < to; i++) {
        cr_prow one = row;
        one.key = row.key * m->table->key_size[k] + i;
        expand(m, one, keys, k + 1, number);
    }
}

static void add_row(cr_table_maker *m, const cr_row *row)
{
    cr_prow out = {0};
    cr_rat number;
    uint32_t skip = m->param->by_region ? 1 : 0;
    if (m->p->until && row->recorded > *m->p->until)
        return; /* not known by then */
    if (row->keys.n != m->param->n_keys + skip)
        return; /* reported by the checker */
    if (skip && row_region(m, &row->keys.at[0], &out.region))
        return;
    out.from = row->period.from;
    out.to = row->period.to;
    out.confirmed_to = row->confirmed_to;
    out.then_as_parent = row->then_as_parent;
    out.row = row;
    out.cites = row->cites.n ? row->cites : m->param->stmt->cites;
    if (!row_value(m, row->value, row->pos, &out, &number))
        expand(m, out, row->keys.at + skip, 0, number);
}

/* Without keys it answers everywhere (key UINT32_MAX); with them as a row of that region and those
 * keys, for every date. */
static void add_let(cr_table_maker *m, const cr_let *let)
{
    cr_prow out = {0};
    cr_rat number;
    uint32_t skip = m->param->by_region ? 1 : 0;
    out.from = CR_DATE_MIN;
    out.to = out.confirmed_to = CR_DATE_MAX;
    out.let = let;
    if (row_value(m, let->value, let->pos, &out, &number))
        return;
    if (let->keys.n == 0) {
        out.key = UINT32_MAX;
        push_row(m, &out, number);
        return;
    }
    if (let->keys.n != m->param->n_keys + skip) {
        report(m, CR_D_ROW_KEYS, let->pos, let->name,
               "the region first, then the keys of the parameter; or no brackets");
        return;
    }
    if (!skip || !row_region(m, &let->keys.at[0], &out.region))
        expand(m, out, let->keys.at + skip, 0, number);
}

/* ---- order, spans, numerators ---- */

static int before(const cr_prow *a, const cr_prow *b)
{
    if ((a->let != NULL) != (b->let != NULL))
        return a->let != NULL;
    if (a->region != b->region)
        return a->region < b->region;
    if (a->key != b->key)
        return a->key < b->key;
    if (a->let)
        return a->let > b->let; /* of overrides the last one counts */
    return a->from != b->from ? a->from < b->from : a->row < b->row;
}

static void sort_rows(cr_ptable *t, cr_rat *numbers)
{
    for (uint32_t gap = t->rows.n / 2; gap > 0; gap /= 2)
        for (uint32_t i = gap; i < t->rows.n; i++)
            for (uint32_t j = i; j >= gap && before(&t->rows.at[j], &t->rows.at[j - gap]);
                 j -= gap) {
                cr_prow row = t->rows.at[j];
                cr_rat number = numbers[j];
                t->rows.at[j] = t->rows.at[j - gap];
                numbers[j] = numbers[j - gap];
                t->rows.at[j - gap] = row;
                numbers[j - gap] = number;
            }
}

/* A row without an end runs to the day before the next one of its region and keys. */
static void close_rows(cr_table_maker *m)
{
    for (uint32_t i = 0; i + 1 < m->table->rows.n; i++) {
        cr_prow *row = &m->table->rows.at[i], *next = row + 1;
        if (row->let || row->region != next->region || row->key != next->key)
            continue;
        int overlaps = next->from == row->from ||
                       (row->row->period.to != CR_DATE_MAX && row->to >= next->from);
        if (overlaps)
            cr_diag_add(m->d, CR_D_ROW_OVERLAP, next->row->pos, m->param->name, CR_STR(""))->other =
                row->row->pos;
        else if (row->row->period.to == CR_DATE_MAX)
            row->to = next->from - 1;
        else if (row->to + 1 < next->from)
            cr_diag_add(m->d, CR_D_ROW_GAP, next->row->pos, m->param->name, CR_STR(""))->other =
                row->row->pos;
    }
}

/* ---- holes between bands ---- */

/* A row of the region and keys stands on the day. */
static int covered(const cr_ptable *t, int32_t region, uint32_t key, int32_t day)
{
    uint32_t lo = 0, hi = t->rows.n;
    while (lo < hi) { /* the first row of that place and key, or behind; there are no overrides */
        uint32_t mid = lo + (hi - lo) / 2;
        const cr_prow *r = &t->rows.at[mid];
        if (r->region < region || (r->region == region && r->key < key))
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < t->rows.n && t->rows.at[lo].region == region && t->rows.at[lo].key == key; lo++)
        if (t->rows.at[lo].from <= day && day <= t->rows.at[lo].to)
            return 1;
    return 0;
}

/* A number that key `k` may have in the band with that index; 0 = there is none. */
static int number_in(const cr_table_maker *m, uint32_t k, uint32_t band, cr_rat *out)
{
    const cr_type *type = &m->param->key_type[k];
    cr_rat unit = {1, 1}, low = m->table->cuts[k].at[band - 1].at;
    cr_i128 least;
    for (int32_t i = 0; i < type->decimals && i < 18; i++)
        unit.den *= 10;
    if (cr_rat_div(low, unit, &low))
        return 0;
    least = cr_rat_ceil(low);
    if (m->table->cuts[k].at[band - 1].behind && low.den == 1)
        least++;
    out->num = least;
    out->den = 1;
    if (cr_rat_mul(*out, unit, out))
        return 0;
    int order = cr_rat_cmp(*out, m->table->cuts[k].at[band].at);
    return order < 0 || (order == 0 && m->table->cuts[k].at[band].behind);
}

static void report_hole(cr_table_maker *m, const cr_prow *row, uint32_t k, cr_rat witness)
{
    char number[100];
    size_t n = cr_rat_text(witness, 0, number, sizeof number);
    cr_str name = m->param->key_name[k];
    char *text = cr_arena_get(&m->p->arena, name.n + n + 4, 1);
    if (!text) {
        m->oom = 1;
        return;
    }
    memcpy(text, name.p, name.n);
    memcpy(text + name.n, " = ", 3);
    memcpy(text + name.n + 3, number, n);
    cr_str found = {text, name.n + n + 3};
    report(m, CR_D_ROW_GAP, row->row->pos, found, "a row for what lies between two bands");
}

/* Between a band and the next one above it that stands when the row begins. */
static void hole_above(cr_table_maker *m, const cr_prow *row, uint32_t k)
{
    const cr_ptable *t = m->table;
    uint32_t stride = 1, hole = 0;
    cr_rat witness = {0, 1};
    for (uint32_t i = k + 1; i < t->n_keys; i++)
        stride *= t->key_size[i];
    uint32_t band = row->key / stride % t->key_size[k];
    for (uint32_t i = band + 1; i < t->key_size[k]; i++) {
        if (covered(t, row->region, row->key + (i - band) * stride, row->from)) {
            if (hole)
                report_hole(m, row, k, witness);
            return;
        }
        if (!hole && i + 1 < t->key_size[k])
            hole = (uint32_t)number_in(m, k, i, &witness);
    }
}

static void find_holes(cr_table_maker *m)
{
    for (uint32_t k = 0; k < m->table->n_keys; k++)
        for (uint32_t i = 0; m->table->banded[k] && i < m->table->rows.n && !m->oom; i++)
            if (!m->table->rows.at[i].let)
                hole_above(m, &m->table->rows.at[i], k);
}

static void finish(cr_table_maker *m, const cr_rat *numbers)
{
    cr_ptable *t = m->table;
    t->national = !m->param->stmt->local_only;
    for (uint32_t i = 0; i < t->rows.n; i++) {
        cr_prow *row = &t->rows.at[i];
        cr_i128 value;
        t->national &= row->region == 0;
        if (cr_i128_mul(numbers[i].num, t->den / numbers[i].den, &value) ||
            cr_i128_to_i64(value, &row->value))
            report(m, CR_D_DENOMINATOR, row->row ? row->row->pos : row->let->pos, m->param->name,
                   "");
        t->may_be_none |= row->is_none;
        t->lo = i == 0 || row->value < t->lo ? row->value : t->lo;
        t->hi = i == 0 || row->value > t->hi ? row->value : t->hi;
    }
}

static int make_table(cr_policy *p, cr_diags *d, int32_t index)
{
    cr_table_maker m = {p, d, &p->tables.at[index], &p->program.params.at[index], 0};
    m.table->param = index;
    m.table->den = 1;
    p->scratch.n = 0;
    if (cr_table_size_keys(&m))
        return 1;
    for (uint32_t i = 0; i < m.param->stmt->rows.n && !m.oom; i++)
        add_row(&m, &m.param->stmt->rows.at[i]);
    for (uint32_t i = 0; i < p->lets.n && !m.oom; i++)
        if (cr_str_eq(p->lets.at[i].name, m.param->name))
            add_let(&m, &p->lets.at[i]);
    if (m.oom)
        return 2;
    sort_rows(m.table, p->scratch.at);
    close_rows(&m);
    if (m.table->rows.n > 0 && !m.table->rows.at[0].let)
        find_holes(&m);
    if (m.oom)
        return 2;
    finish(&m, p->scratch.at);
    while (m.table->n_lets < m.table->rows.n && m.table->rows.at[m.table->n_lets].let)
        m.table->n_lets++;
    return 0;
}

static void check_lets(cr_policy *p, cr_diags *d)
{
    for (uint32_t i = 0; i < p->lets.n; i++) {
        cr_str names[1024];
        size_t n = 0, at = 0;
        if (cr_program_param(&p->program, p->lets.at[i].name) >= 0 ||
            cr_policy_is_calendar_let(&p->lets.at[i]))
            continue;
        for (uint32_t k = 0; k < p->program.params.n && n < 1024; k++)
            names[n++] = p->program.params.at[k].name;
        cr_diag *diag = cr_diag_add(d, CR_D_UNKNOWN_NAME, p->lets.at[i].pos, p->lets.at[i].name,
                                    CR_STR("a parameter or option"));
        if (cr_nearest(p->lets.at[i].name, names, n, &at))
            diag->nearest = names[at];
    }
}

int cr_policy_make_tables(cr_policy *p, cr_diags *d)
{
    uint32_t errors = d->errors;
    for (uint32_t i = 0; i < p->program.params.n; i++) {
        cr_ptable empty = {0};
        if (!CR_PUSH(&p->arena, p->tables, empty) || make_table(p, d, (int32_t)i) == 2)
            return 2;
    }
    check_lets(p, d);
    return d->errors > errors;
}

/* ---- looking up ---- */

static int below(const cr_prow *row, int32_t region, uint32_t key)
{
    return row->region != region ? row->region < region : row->key < key;
}

/* First row of a region and key among [lo, hi); hi if there is none. */
static uint32_t first_row(const cr_ptable *t, uint32_t lo, uint32_t hi, int32_t region,
                          uint32_t key)
{
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (below(&t->rows.at[mid], region, key))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static int32_t parent(const cr_policy *p, const cr_ptable *t, int32_t region)
{
    return p->program.params.at[t->param].stmt->local_only ? -1 : p->regions.at[region].parent;
}

/* Overrides are few. Those with keys stand for a place; the one without serves all that is left. */
static int32_t find_let(const cr_policy *p, const cr_ptable *t, int32_t region, uint32_t key)
{
    for (int n = 0; region >= 0 && n < 8; n++, region = parent(p, t, region))
        for (uint32_t i = 0; i < t->n_lets; i++)
            if (t->rows.at[i].region == region && t->rows.at[i].key == key)
                return (int32_t)i;
    for (uint32_t i = 0; i < t->n_lets; i++)
        if (t->rows.at[i].key == UINT32_MAX)
            return (int32_t)i;
    return -1;
}

int32_t cr_ptable_find(const cr_policy *p, const cr_ptable *t, int32_t region, uint32_t key,
                       int32_t date)
{
    if (t->n_lets > 0) {
        int32_t let = find_let(p, t, region, key);
        if (let >= 0)
            return let;
    }
    for (int n = 0; region >= 0 && n < 8; n++, region = parent(p, t, region)) {
        uint32_t i = first_row(t, t->n_lets, t->rows.n, region, key);
        const cr_prow *begun = NULL;
        for (; i < t->rows.n && t->rows.at[i].region == region && t->rows.at[i].key == key; i++) {
            if (t->rows.at[i].from > date)
                break;
            begun = &t->rows.at[i];
            if (date <= begun->to)
                return (int32_t)i;
        }
        if (begun &&
            !begun->then_as_parent) /* its own row has ended: the parent's does not come back */
            return -1;
    }
    return -1;
}
