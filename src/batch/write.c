/* SPDX-License-Identifier: Apache-2.0 */
/* From the registers of a block to the places of its rows among the answers.

   Blocks are written by several threads at once. Whole bytes belong to one block; bits of rows that
   share a byte are set atomically, and bitmaps begin as zeros. */
#include <string.h>

#include "base/rat.h"
#include "batch/outcomes.h"
#include "engine/causes.h"
#include "engine/value.h"

typedef struct cr_place { /* the rows of one entity, and where they go */
    const cr_span *span;
    int64_t base;
    uint32_t n;
} cr_place;

static int64_t place_of(const cr_place *p, uint32_t k)
{
    return cr_span_row(p->span, k) - p->base;
}

/* ---- bits ---- */

static void set_bit(uint8_t *bits, int64_t at)
{
    __atomic_fetch_or(&bits[at >> 3], (uint8_t)(1u << (at & 7)), __ATOMIC_RELAXED);
}

/* The bits of rows whose byte is not 0, or is 0. `bytes` NULL: all are. */
static void write_bits_of(const cr_block *b, uint8_t *bits, const cr_place *p, const uint8_t *bytes,
                          int zeros)
{
    uint32_t k = 0, whole;
    int64_t at = p->span->pick ? 0 : p->span->first - p->base;
    for (; k < p->n && (p->span->pick || ((at + k) & 7)); k++)
        if (!bytes || (bytes[k] == 0) == zeros)
            set_bit(bits, place_of(p, k));
    whole = (p->n - k) / 8;
    if (bytes)
        b->lanes->pack(bits + ((at + k) >> 3), bytes + k, whole, zeros);
    else
        memset(bits + ((at + k) >> 3), 0xFF, whole);
    for (k += whole * 8; k < p->n; k++)
        if (!bytes || (bytes[k] == 0) == zeros)
            set_bit(bits, at + k);
}

static void write_bits(const cr_block *b, uint8_t *bits, const cr_place *p, const uint8_t *yes)
{
    write_bits_of(b, bits, p, yes, 0);
}

/* ---- values ---- */

#define WIDEN(T)                                                                                   \
    for (uint32_t k = 0; k < n; k++)                                                               \
        to[k] = (int64_t)((const T *)from)[k] * by;

/* A register of whole numbers times `by`, as 64 bits. */
static void widen(const cr_workspace *w, int32_t reg, int64_t by, uint32_t n, int64_t *restrict to)
{
    const void *from = w->frame->val[reg];
    switch (w->frame->plan->regs.at[reg].lane) {
    case CR_LANE_8: WIDEN(int8_t) break;
    case CR_LANE_16: WIDEN(int16_t) break;
    case CR_LANE_32: WIDEN(int32_t) break;
    case CR_LANE_64: WIDEN(int64_t) break;
    default:
        for (uint32_t k = 0; k < n; k++)
            to[k] = (int64_t)(cr_lane_get(w, reg, k) * by);
        break;
    }
}

static cr_i128 unit_of(const cr_type *t)
{
    cr_i128 unit = 1;
    for (int32_t i = 0; t->kind == CR_T_NUMBER && i < t->decimals; i++)
        unit *= 10;
    return unit;
}

/* Whole units of the type's last decimal; what 64 bits do not hold is left out. */
static void whole_values(cr_block *b, const cr_workspace *w, const cr_pval *v, const cr_type *t,
                         uint32_t n)
{
    cr_i128 unit = unit_of(t);
    if (v->div < 0 && unit % v->den == 0 && w->frame->plan->regs.at[v->reg].lane < CR_LANE_128) {
        widen(w, v->reg, (int64_t)(unit / v->den), n, b->values);
        return;
    }
    for (uint32_t k = 0; k < n; k++) {
        cr_rat r = {0, 1};
        cr_wide wide[2];
        b->values[k] = 0;
        if (!b->cells[k])
            continue;
        if (cr_value_get(w, v, k, &r, wide) || cr_i128_mul(r.num, unit / r.den, &r.num) ||
            cr_i128_to_i64(r.num, &b->values[k]))
            b->cells[k] = 0;
    }
}

#define COPY(T)                                                                                    \
    if (p->span->pick)                                                                             \
        for (uint32_t k = 0; k < p->n; k++)                                                        \
            ((T *)to)[place_of(p, k)] = (T)(yes[k] ? from[k] : 0);                                 \
    else                                                                                           \
        for (uint32_t k = 0; k < p->n; k++)                                                        \
            ((T *)to)[first + k] = (T)(yes[k] ? from[k] : 0);

static void write_whole(const cr_block *b, const cr_outcome *o, const cr_place *p,
                        const int64_t *restrict from, uint8_t *restrict yes)
{
    void *restrict to = o->value;
    int64_t first = p->span->first - p->base;
    switch (o->shape) {
    case CR_S_TIME:
    case CR_S_I64: COPY(int64_t) break;
    case CR_S_D128: COPY(cr_i128) break;
    case CR_S_DATE32:
    case CR_S_WORD32: COPY(int32_t) break;
    case CR_S_WORD8: COPY(int8_t) break;
    default: /* bits */
        write_bits(b, o->valid, p, yes);
        for (uint32_t k = 0; k < p->n; k++)
            yes[k] = yes[k] && from[k];
        write_bits(b, o->value, p, yes);
        break;
    }
}

/* An event that has not happened is known, and no value. */
static void drop_none(cr_block *b, const cr_type *t, uint32_t n)
{
    int64_t none = t->kind == CR_T_ENUM ? -1 : CR_NEVER;
    uint8_t *restrict cells = b->cells;
    int64_t *restrict values = b->values;
    if (t->kind != CR_T_ENUM && !cr_type_is_time(t))
        return;
    for (uint32_t k = 0; k < n; k++)
        cells[k] = cells[k] & (values[k] != none);
    for (uint32_t k = 0; t->kind == CR_T_MONTH && k < n; k++)
        values[k] = cells[k] ? cr_month_first((int32_t)values[k]) : 0;
    for (uint32_t k = 0; t->kind == CR_T_TIME && k < n; k++)
        values[k] *= 60; /* minutes to seconds */
}

static uint64_t gcd_of(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Over a small denominator: what is left of each remainder in lowest terms is found once. */
enum { SMALL = 1024 };
typedef struct cr_terms {
    uint16_t num[SMALL], den[SMALL]; /* per remainder; den 0 = not found yet */
} cr_terms;

static void find_terms(cr_terms *t, uint64_t rest, uint64_t over)
{
    uint64_t common = gcd_of(over, rest);
    t->num[rest] = (uint16_t)(rest / common);
    t->den[rest] = (uint16_t)(over / common);
}

/* floor(2^64 / over) + 1 times a magnitude below 2^64 / over: the high half is the quotient. */
static void write_over_small(cr_outcome *o, const cr_place *p, const cr_block *b, uint64_t over)
{
    cr_terms t;
    const uint64_t by = (uint64_t)(((cr_u128)1 << 64) / over) + 1;
    memset(&t.den, 0, sizeof t.den);
    for (uint32_t k = 0; k < p->n; k++) {
        int64_t at = place_of(p, k), num = b->cells[k] ? b->values[k] : 0;
        uint64_t size = num < 0 ? -(uint64_t)num : (uint64_t)num;
        uint64_t whole = over == 1 ? size : (uint64_t)((cr_u128)size * by >> 64);
        uint64_t rest = size - whole * over;
        if (t.den[rest] == 0)
            find_terms(&t, rest, over);
        int64_t top = (int64_t)(whole * t.den[rest] + t.num[rest]);
        ((int64_t *)o->value)[at] = num < 0 ? -top : top;
        ((int64_t *)o->second)[at] = b->cells[k] ? t.den[rest] : 0;
    }
}

static void write_over_large(cr_outcome *o, const cr_place *p, const cr_block *b, int64_t over)
{
    for (uint32_t k = 0; k < p->n; k++) {
        int64_t at = place_of(p, k), num = b->cells[k] ? b->values[k] : 0;
        uint64_t size = num < 0 ? -(uint64_t)num : (uint64_t)num;
        int64_t common =
            num % over == 0 ? over : (int64_t)gcd_of((uint64_t)over, size % (uint64_t)over);
        ((int64_t *)o->value)[at] = num / common;
        ((int64_t *)o->second)[at] = b->cells[k] ? over / common : 0;
    }
}

/* Over one denominator of 64 bits: most are whole. */
static void write_over_one(cr_outcome *o, const cr_place *p, cr_block *b, const cr_workspace *w,
                           const cr_pval *v)
{
    const cr_reg *r = &w->frame->plan->regs.at[v->reg];
    cr_i128 most = r->hi > -r->lo ? r->hi : -r->lo;
    widen(w, v->reg, 1, p->n, b->values);
    if (v->den <= SMALL && most <= INT64_MAX / SMALL)
        write_over_small(o, p, b, (uint64_t)v->den);
    else
        write_over_large(o, p, b, (int64_t)v->den);
    write_bits(b, o->inner_valid, p, b->cells);
    write_bits(b, o->valid, p, b->cells);
}

/* Lowest terms; what needs more than 64 bits stands in the text. */
static int write_exact(cr_outcome *o, const cr_place *p, cr_block *b, const cr_workspace *w,
                       const cr_pval *v, cr_buf *tail)
{
    cr_buf text;
    int bad = 0;
    cr_buf_init(&text, b->alloc);
    for (uint32_t k = 0; k < p->n; k++) {
        int64_t at = place_of(p, k), num = 0, den = 0;
        cr_rat r;
        cr_wide wide[2];
        int big = b->cells[k] && cr_value_get(w, v, k, &r, wide);
        if (b->cells[k] && !big && (cr_i128_to_i64(r.num, &num) || cr_i128_to_i64(r.den, &den))) {
            cr_wide_from(&wide[0], r.num);
            cr_wide_from(&wide[1], r.den);
            big = 1;
        }
        ((int64_t *)o->value)[at] = big ? 0 : num;
        ((int64_t *)o->second)[at] = big ? 0 : den;
        if (b->cells[k])
            set_bit(big ? o->text_valid : o->inner_valid, at);
        if (!big)
            continue;
        bad |= text.oom; /* clearing forgets it */
        cr_buf_clear(&text);
        cr_value_ratio_text(&text, wide);
        cr_tail_put(&o->tail, tail, at, (uint32_t)text.n, text.p, text.n);
    }
    write_bits(b, o->valid, p, b->cells);
    bad |= text.oom || tail->oom;
    cr_buf_free(&text);
    return bad ? 2 : 0;
}

static void write_set(cr_outcome *o, const cr_place *p, const cr_block *b, cr_buf *tail)
{
    for (uint32_t k = 0; k < p->n; k++) {
        uint8_t words[64], i = 0;
        uint32_t n = 0;
        for (uint64_t left = b->cells[k] ? (uint64_t)b->values[k] : 0; left; left >>= 1, i++)
            if (left & 1)
                words[n++] = i;
        if (n > 0)
            cr_tail_put(&o->tail, tail, place_of(p, k), n, words, n);
    }
    write_bits(b, o->valid, p, b->cells);
}

/* Rows by their number in the list of their parent. Where no rule is in force there is no list. */
static int write_rows(cr_outcome *o, const cr_place *p, cr_block *b, const cr_workspace *w,
                      const cr_pval *v, cr_buf *tail)
{
    const cr_space_rows *s = v->rows < 0 ? NULL : &w->spaces[v->rows];
    const int8_t *mask = w->frame->val[v->reg];
    cr_buf rows;
    int bad = 0;
    cr_buf_init(&rows, b->alloc);
    for (uint32_t k = 0; k < p->n; k++) {
        bad |= rows.oom;
        cr_buf_clear(&rows);
        uint32_t first = s && b->cells[k] ? s->off[k] : 0;
        uint32_t end = s && b->cells[k] ? s->off[k + 1] : 0;
        if (first == end || !memchr(mask + first, 1, end - first))
            continue;
        for (uint32_t i = first; i < end; i++) {
            int32_t number = (int32_t)(i - first);
            if (mask[i])
                cr_buf_put(&rows, &number, sizeof number);
        }
        if (rows.n > 0)
            cr_tail_put(&o->tail, tail, place_of(p, k), (uint32_t)(rows.n / sizeof(int32_t)),
                        rows.p, rows.n);
    }
    write_bits(b, o->valid, p, b->cells);
    bad |= rows.oom || tail->oom;
    cr_buf_free(&rows);
    return bad ? 2 : 0;
}

/* ---- one output ---- */

static void write_answers(cr_outcome *o, const cr_place *p, const uint8_t *st)
{
    if (p->span->pick) {
        for (uint32_t k = 0; k < p->n; k++)
            o->answer[place_of(p, k)] = st ? st[k] : CR_KNOWN;
        return;
    }
    uint8_t *to = o->answer + (p->span->first - p->base);
    if (st)
        memcpy(to, st, p->n);
    else
        memset(to, CR_KNOWN, p->n);
}

static int write_values(cr_outcome *o, const cr_place *p, cr_block *b, const cr_workspace *w,
                        const cr_pval *v, const cr_type *t, cr_buf *tail)
{
    if (o->shape == CR_S_EXACT && v->div < 0 && v->den <= INT64_MAX &&
        w->frame->plan->regs.at[v->reg].lane < CR_LANE_128) {
        write_over_one(o, p, b, w, v);
        return 0;
    }
    if (o->shape == CR_S_EXACT)
        return write_exact(o, p, b, w, v, tail);
    if (o->shape == CR_S_ROWS)
        return write_rows(o, p, b, w, v, tail);
    whole_values(b, w, v, t, p->n);
    drop_none(b, t, p->n);
    if (o->shape == CR_S_SET) {
        write_set(o, p, b, tail);
        return tail->oom ? 2 : 0;
    }
    if (o->shape != CR_S_BITS)
        write_bits(b, o->valid, p, b->cells);
    write_whole(b, o, p, b->values, b->cells);
    return 0;
}

/* Bytes of a value that is the lane's own; 0 = it is made from it, or may be none. */
static size_t plain_width(const cr_outcome *o, const cr_type *t, const cr_reg *r)
{
    switch (o->shape) {
    case CR_S_I64: return 8;
    case CR_S_WORD32: return 4;
    case CR_S_WORD8: return r->lo >= 0;
    case CR_S_DATE32: return t->kind == CR_T_DATE && r->hi < CR_NEVER ? 4 : 0;
    default: return 0;
    }
}

/* What the rows are that have a value, and then the few that may have none. */
static void write_but_few(cr_outcome *o, const cr_place *p, const cr_block *b, const uint8_t *st,
                          const cr_few *few)
{
    const int64_t first = p->span->first - p->base, whole = (first + 7) & ~INT64_C(7);
    const int64_t end = (first + p->n) & ~INT64_C(7);
    int64_t nulls = 0;
    write_bits_of(b, o->valid, p, NULL, 0);
    write_answers(o, p, NULL);
    for (uint32_t j = 0; j < few->n; j++) {
        const int64_t at = first + few->row[j];
        const uint8_t status = st[few->row[j]], rest = (uint8_t) ~(1u << (at & 7));
        if (status == CR_KNOWN)
            continue;
        nulls++;
        o->answer[at] = status;
        if (at >= whole && at < end)
            o->valid[at >> 3] &= rest;
        else
            __atomic_fetch_and(&o->valid[at >> 3], rest, __ATOMIC_RELAXED);
    }
    __atomic_fetch_add(&o->nulls, nulls, __ATOMIC_RELAXED);
}

/* Numbers and yes/no in order, straight from the lane to their places; 0 = they are not so. */
static int write_plain(cr_outcome *o, const cr_place *p, const cr_block *b, const cr_workspace *w,
                       const cr_pval *v, const cr_type *t)
{
    const uint8_t *st = w->frame->st[cr_status_register(v)];
    const cr_few *few = st ? cr_few_of(w->frame, cr_status_register(v)) : NULL;
    const cr_reg *r = &w->frame->plan->regs.at[v->reg];
    int lane = r->lane;
    cr_i128 unit = unit_of(t);
    size_t width = plain_width(o, t, r);
    int64_t first = p->span->first - p->base;
    if (p->span->pick || v->div >= 0 || unit % v->den != 0 || lane >= CR_LANE_128)
        return 0;
    if (o->shape == CR_S_BITS && lane == CR_LANE_8) {
        const uint8_t *yes = w->frame->val[v->reg];
        if (st)
            b->lanes->known_yes(b->cells, yes, st, p->n);
        write_bits(b, o->value, p, st ? b->cells : yes);
    } else if (width) {
        b->lanes->store((char *)o->value + (size_t)first * width, width, w->frame->val[v->reg],
                        lane, (int64_t)(unit / v->den), st, few, p->n);
    } else {
        return 0;
    }
    if (few) {
        write_but_few(o, p, b, st, few);
        return 1;
    }
    if (st)
        __atomic_store_n(&o->some_null, 1, __ATOMIC_RELAXED);
    write_bits_of(b, o->valid, p, st, 1);
    write_answers(o, p, st);
    return 1;
}

static int write_output(cr_outcome *o, const cr_place *p, cr_block *b, const cr_workspace *w,
                        const cr_pval *v, const cr_type *t, cr_buf *tail)
{
    const uint8_t *st = w->frame->st[cr_status_register(v)];
    if (write_plain(o, p, b, w, v, t))
        return 0;
    __atomic_store_n(&o->some_null, 1, __ATOMIC_RELAXED); /* maybe */
    if (st)
        b->lanes->status(b->cells, st, p->n, 1); /* 1 where it is 0 */
    else
        memset(b->cells, 1, p->n);
    write_answers(o, p, st);
    return write_values(o, p, b, w, v, t, tail);
}

int64_t cr_outcomes_base(const cr_outcomes *a, int32_t entity, int64_t month)
{
    const cr_owner *o = &a->views->owners[entity];
    return o->first - month * (o->last - o->first);
}

static cr_place place(const cr_outcomes *a, const cr_block *b, const cr_workspace *w,
                      int32_t entity, int64_t month)
{
    cr_place p = {&b->spans[entity], cr_outcomes_base(a, entity, month), w->spaces[entity].n};
    return p;
}

int cr_outcomes_write(cr_outcomes *a, cr_block *b, const cr_workspace *w, int64_t month,
                      cr_buf *tails)
{
    const cr_calculator *calc = w->calc;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        const cr_output *out = &calc->outputs.at[i];
        const cr_plan_def *d = &w->frame->plan->defs[out->def];
        cr_place p = place(a, b, w, cr_output_entity(calc, i), month);
        if (p.n > 0 && write_output(&a->outputs[i], &p, b, w, out->reason ? &d->reason : &d->value,
                                    cr_output_type(calc, i), &tails[2 * i]))
            return 2;
    }
    return 0;
}

void cr_outcomes_refuse(cr_outcomes *a, cr_block *b, const cr_workspace *w)
{
    const cr_calculator *calc = w->calc;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        cr_outcome *o = &a->outputs[i];
        cr_place p = place(a, b, w, cr_output_entity(calc, i), 0);
        __atomic_store_n(&o->some_null, 1, __ATOMIC_RELAXED);
        memset(b->values, 0, p.n * sizeof *b->values);
        memset(b->cells, CR_INVALID, p.n);
        write_answers(o, &p, b->cells);
        memset(b->cells, 0, p.n);
        for (uint32_t k = 0; o->second && k < p.n; k++)
            ((int64_t *)o->value)[place_of(&p, k)] = ((int64_t *)o->second)[place_of(&p, k)] = 0;
        if (o->value && !o->second)
            write_whole(b, o, &p, b->values, b->cells);
    }
}

/* ---- the end ---- */

static int64_t count_unset(const uint8_t *bits, int64_t n)
{
    const uint64_t twos = UINT64_C(0x5555555555555555), fours = UINT64_C(0x3333333333333333),
                   eights = UINT64_C(0x0F0F0F0F0F0F0F0F), ones = UINT64_C(0x0101010101010101);
    int64_t set = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        uint64_t x;
        memcpy(&x, bits + (i >> 3), sizeof x);
        x -= x >> 1 & twos;
        x = (x & fours) + (x >> 2 & fours);
        x = (x + (x >> 4)) & eights;
        set += (int64_t)(x * ones >> 56);
    }
    for (; i < n; i++)
        set += cr_bit(bits, i);
    return n - set;
}

int cr_outcomes_finish(cr_outcomes *a, cr_buf *const *tails, uint32_t n_workers)
{
    const cr_buf *of[CR_MOST_WORKERS];
    for (uint32_t i = 0; i < a->views->calc->outputs.n; i++) {
        cr_outcome *o = &a->outputs[i];
        cr_tail *both[] = {&o->tail, &o->causes};
        o->array->null_count = o->some_null ? count_unset(o->valid, o->array->length) : o->nulls;
        for (uint32_t t = 0; t < 2; t++) {
            for (uint32_t k = 0; k < n_workers; k++)
                of[k] = &tails[k][2 * i + t];
            int bad = cr_tail_finish(both[t], of, n_workers);
            if (bad)
                return bad;
        }
        if (o->second) /* numerators and denominators are there together */
            memcpy(o->second_valid, o->inner_valid, (size_t)((o->array->length + 7) / 8));
        for (int k = 0; o->second && k < 3; k++)
            o->array->children[k]->null_count =
                count_unset(o->array->children[k]->buffers[0], o->array->length);
    }
    return 0;
}
