/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of parameter tables. */
#include <string.h>

#include "policy/keys.h"

static void report(cr_table_maker *m, cr_diag_code code, const char *expected)
{
    cr_diag_add(m->d, code, m->param->stmt->name_pos, m->param->name, cr_str_of(expected));
}

enum { MOST_CUTS = 256 };

/* ---- the rows and overrides that name keys ---- */

/* Which position in the list of keys a key other than the region has. */
static uint32_t key_at(const cr_param *param, uint32_t k)
{
    return k + (param->by_region && param->stmt->key_names.n > 0 ? 1u : 0u);
}

typedef void (*cr_key_visit)(cr_table_maker *m, uint32_t k, const cr_row_key *key);

static void each_key(cr_table_maker *m, uint32_t k, cr_key_visit visit)
{
    uint32_t at = key_at(m->param, k);
    for (uint32_t i = 0; i < m->param->stmt->rows.n; i++)
        if (at < m->param->stmt->rows.at[i].keys.n)
            visit(m, k, &m->param->stmt->rows.at[i].keys.at[at]);
    for (uint32_t i = 0; i < m->p->lets.n; i++)
        if (cr_str_eq(m->p->lets.at[i].name, m->param->name) && at < m->p->lets.at[i].keys.n)
            visit(m, k, &m->p->lets.at[i].keys.at[at]);
}

/* ---- whole numbers ---- */

static void widen(cr_table_maker *m, uint32_t k, const cr_row_key *key)
{
    cr_ptable *t = m->table;
    if (key->kind == CR_KEY_BAND || key->kind == CR_KEY_ANY) /* `-` also means what no row names */
        t->banded[k] = 1;
    if (key->kind != CR_KEY_INT)
        return;
    int64_t hi = t->key_lo[k] + (int64_t)t->key_size[k] - 1;
    if (t->key_size[k] == 0) {
        t->key_lo[k] = hi = key->lo;
    } else if (key->lo < t->key_lo[k]) {
        t->key_lo[k] = key->lo;
    } else if (key->lo > hi) {
        hi = key->lo;
    }
    t->key_size[k] = hi - t->key_lo[k] >= 65536 ? 65537 : (uint32_t)(hi - t->key_lo[k] + 1);
}

/* ---- bands: cuts between which no row tells numbers apart ---- */

static int cut_cmp(cr_cut a, cr_cut b)
{
    int order = cr_rat_cmp(a.at, b.at);
    return order ? order : (int)a.behind - (int)b.behind;
}

static uint32_t cuts_before(const cr_ptable *t, uint32_t k, cr_cut cut)
{
    uint32_t n = 0;
    while (n < t->cuts[k].n && cut_cmp(t->cuts[k].at[n], cut) < 0)
        n++;
    return n;
}

static void add_cut(cr_table_maker *m, uint32_t k, cr_rat at, int behind)
{
    cr_cut cut = {at, (uint8_t)behind};
    cr_ptable *t = m->table;
    if (at.den == 0 || t->cuts[k].n > MOST_CUTS) /* open on this side; or refused in the end */
        return;
    uint32_t i = cuts_before(t, k, cut);
    if (i < t->cuts[k].n && cut_cmp(t->cuts[k].at[i], cut) == 0)
        return;
    if (!CR_PUSH(&m->p->arena, t->cuts[k], cut)) {
        m->oom = 1;
        return;
    }
    cr_cut *list = t->cuts[k].at;
    memmove(&list[i + 1], &list[i], (t->cuts[k].n - 1 - i) * sizeof *list);
    list[i] = cut;
}

static void add_cuts(cr_table_maker *m, uint32_t k, const cr_row_key *key)
{
    if (key->kind != CR_KEY_INT && key->kind != CR_KEY_BAND)
        return;
    add_cut(m, k, key->from, key->above);
    add_cut(m, k, key->to, !key->below);
}

/* ---- sizes ---- */

static int size_numbers(cr_table_maker *m, uint32_t k)
{
    cr_ptable *t = m->table;
    cr_rat zero = {0, 1};
    t->banded[k] = m->param->key_type[k].decimals != 0;
    each_key(m, k, widen);
    if (t->banded[k]) {
        t->key_lo[k] = 0;
        each_key(m, k, add_cuts);
        if (t->cuts[k].n == 0) /* every row says `-`: the number is asked for all the same */
            add_cut(m, k, zero, 0);
        t->key_size[k] = t->cuts[k].n + 1;
        if (t->cuts[k].n > MOST_CUTS)
            report(m, CR_D_TOO_MANY, "at most 256 bounds of bands");
        return t->cuts[k].n > MOST_CUTS;
    }
    t->key_size[k] = t->key_size[k] ? t->key_size[k] : 1;
    return 0;
}

int cr_table_size_keys(cr_table_maker *m)
{
    cr_ptable *t = m->table;
    t->n_keys = m->param->n_keys;
    t->flat_size = 1;
    for (uint32_t k = 0; k < t->n_keys && !m->oom; k++) {
        const cr_type *type = &m->param->key_type[k];
        if (type->kind != CR_T_NUMBER && type->kind != CR_T_ENUM && type->kind != CR_T_BOOL) {
            uint32_t at = key_at(m->param, k);
            cr_diag_add(m->d, CR_D_TYPE, m->param->stmt->key_pos.at[at], m->param->key_name[k],
                        CR_STR("a key that is an enumeration, yes/no or a number"));
            return 1;
        }
        if (type->kind == CR_T_NUMBER && size_numbers(m, k))
            return 1;
        if (type->kind != CR_T_NUMBER)
            t->key_size[k] =
                type->kind == CR_T_ENUM ? m->p->program.enums.at[type->index].n_values : 2;
        if (t->flat_size > 65536 / (t->key_size[k] ? t->key_size[k] : 1)) {
            report(m, CR_D_TOO_MANY, "at most 65536 combinations of keys");
            return 1;
        }
        t->flat_size *= t->key_size[k];
    }
    return 0;
}

/* ---- from a key to indices ---- */

static int word_index(const cr_table_maker *m, const cr_type *type, const cr_row_key *key,
                      int64_t *out)
{
    if (type->kind == CR_T_BOOL) {
        *out = cr_str_eq(key->text, CR_STR("yes"));
        return !*out && !cr_str_eq(key->text, CR_STR("no"));
    }
    if (type->kind != CR_T_ENUM)
        return 1;
    *out = cr_program_enum_value(&m->p->program, type->index, key->text);
    return *out < 0;
}

static int band_range(const cr_ptable *t, uint32_t k, const cr_row_key *key, uint32_t *from,
                      uint32_t *to)
{
    cr_cut low = {key->from, key->above}, high = {key->to, !key->below};
    *from = key->from.den ? cuts_before(t, k, low) + 1 : 0;
    *to = key->to.den ? cuts_before(t, k, high) + 1 : t->key_size[k];
    return *from >= *to; /* an empty band */
}

int cr_table_key_range(const cr_table_maker *m, uint32_t k, const cr_row_key *key, uint32_t *from,
                       uint32_t *to)
{
    const cr_ptable *t = m->table;
    const cr_type *type = &m->param->key_type[k];
    int64_t v = 0;
    *from = 0;
    *to = t->key_size[k];
    if (key->kind == CR_KEY_ANY)
        return 0;
    if (key->kind == CR_KEY_INT || key->kind == CR_KEY_BAND) {
        if (type->kind != CR_T_NUMBER)
            return 1;
        if (t->banded[k])
            return band_range(t, k, key, from, to);
        v = key->lo - t->key_lo[k];
    } else if (key->kind != CR_KEY_NAME || word_index(m, type, key, &v)) {
        return 1;
    }
    if (v < 0 || v >= (int64_t)t->key_size[k])
        return 1;
    *from = (uint32_t)v;
    *to = *from + 1;
    return 0;
}

void cr_table_unknown_key(cr_table_maker *m, uint32_t k, const cr_row_key *key)
{
    const cr_type *type = &m->param->key_type[k];
    int band = key->kind == CR_KEY_BAND && type->kind == CR_T_NUMBER;
    cr_str names[64];
    size_t n = 0, at = 0;
    cr_diag *d =
        cr_diag_add(m->d, CR_D_UNKNOWN_VALUE, key->pos, key->text,
                    cr_str_of(band ? "a band that some number lies in" : "a value of the key"));
    const cr_enum *e = type->kind == CR_T_ENUM ? &m->p->program.enums.at[type->index] : NULL;
    while (e && n < e->n_values && n < 64) {
        names[n] = e->values[n].name;
        n++;
    }
    if (cr_nearest(key->text, names, n, &at))
        d->nearest = names[at];
}

int cr_ptable_key(const cr_ptable *t, const int64_t *values, uint32_t *out)
{
    uint32_t key = 0;
    for (uint32_t k = 0; k < t->n_keys; k++) {
        /* what lies below wraps around, and so lies far above */
        uint64_t v = (uint64_t)values[k] - (uint64_t)t->key_lo[k];
        if (v >= t->key_size[k])
            return 1;
        key = key * t->key_size[k] + (uint32_t)v;
    }
    *out = key;
    return 0;
}
