/* SPDX-License-Identifier: Apache-2.0 */
/* The working-day calendar: the `calendar` statements of all packs in one, and what the caller puts
 * in place of a year: `calendar.days_off[2021] = none`. A day that several of them name counts
 * once. */
#include "base/date.h"
#include "policy/regions.h"

typedef struct cr_span { /* both days are in */
    int32_t from, to;
} cr_span;

typedef CR_VEC(cr_span) cr_spans;

/* ---- years that the caller states ---- */

static cr_str let_name(cr_calendar_kind kind)
{
    return kind == CR_CAL_WORK ? CR_STR("calendar.makeup_days") : CR_STR("calendar.days_off");
}

int cr_policy_is_calendar_let(const cr_let *let)
{
    return cr_str_eq(let->name, let_name(CR_CAL_OFF)) ||
           cr_str_eq(let->name, let_name(CR_CAL_WORK));
}

/* The last override of a year's list, of that kind; NULL = none. */
static const cr_let *let_of(const cr_policy *p, cr_calendar_kind kind, int year)
{
    for (uint32_t i = p->lets.n; i > 0; i--) {
        const cr_let *let = &p->lets.at[i - 1];
        if (cr_str_eq(let->name, let_name(kind)) && let->keys.n == 1 &&
            let->keys.at[0].kind == CR_KEY_INT && let->keys.at[0].lo == year)
            return let;
    }
    return NULL;
}

static int year_of(int32_t day)
{
    int year, month, rest;
    cr_date_split(day, &year, &month, &rest);
    return year;
}

static int32_t day_of(int year, int month, int day)
{
    int32_t out = 0;
    cr_date_make(year, month, day, &out);
    return out;
}

static int add_let_day(cr_policy *p, const cr_expr *x, int64_t year, cr_spans *out, cr_diags *d)
{
    cr_span span = {(int32_t)x->integer, (int32_t)x->integer};
    if (x->kind != CR_X_DATE || year_of(span.from) != year) {
        cr_diag_add(d, CR_D_NOT_LITERAL, x->pos, x->text, CR_STR("dates of that year, or none"));
        return 0;
    }
    return CR_PUSH(&p->arena, *out, span) ? 0 : 2;
}

/* The days of the overrides of a kind. A list of days off also says that the year is covered. */
static int collect_lets(cr_policy *p, cr_calendar_kind kind, cr_spans *out, cr_diags *d)
{
    for (uint32_t i = 0; i < p->lets.n; i++) {
        const cr_let *let = &p->lets.at[i];
        if (!cr_str_eq(let->name, let_name(kind)))
            continue;
        int keyed = let->keys.n == 1 && let->keys.at[0].kind == CR_KEY_INT;
        int64_t year = keyed ? let->keys.at[0].lo : 0;
        int known = year >= year_of(CR_DATE_MIN) && year <= year_of(CR_DATE_MAX);
        if (!known && kind != CR_CAL_COVERS)
            cr_diag_add(d, CR_D_ROW_KEYS, let->pos, let->name, CR_STR("one key, the year"));
        if (!known || let_of(p, kind, (int)year) != let)
            continue;
        cr_span whole = {day_of((int)year, 1, 1), day_of((int)year, 12, 31)};
        if (kind == CR_CAL_COVERS && !CR_PUSH(&p->arena, *out, whole))
            return 2;
        if (kind == CR_CAL_COVERS || let->value->kind == CR_X_NONE)
            continue;
        if (let->value->kind != CR_X_IN && add_let_day(p, let->value, year, out, d))
            return 2;
        for (uint32_t k = 0; let->value->kind == CR_X_IN && k < let->value->args.n; k++)
            if (add_let_day(p, let->value->args.at[k], year, out, d))
                return 2;
    }
    return 0;
}

/* A row of a notice without the years that are overridden. */
static int add_row(cr_policy *p, cr_calendar_kind kind, cr_span span, cr_spans *out)
{
    if (kind == CR_CAL_COVERS || p->lets.n == 0)
        return CR_PUSH(&p->arena, *out, span) ? 0 : 2;
    while (span.from <= span.to) {
        int year = year_of(span.from);
        cr_span part = {span.from, day_of(year, 12, 31)};
        part.to = part.to < span.to ? part.to : span.to;
        span.from = part.to + 1;
        if (!let_of(p, kind, year) && !CR_PUSH(&p->arena, *out, part))
            return 2;
    }
    return 0;
}

/* ---- rows ---- */

/* Every row is looked at; a row that ends before it begins is reported. 2 = out of memory. */
static int collect(cr_policy *p, cr_calendar_kind kind, cr_spans *out, cr_diags *d)
{
    for (uint32_t i = 0; i < p->ast.stmts.n; i++) {
        const cr_stmt *s = p->ast.stmts.at[i];
        for (uint32_t k = 0; s->kind == CR_S_CALENDAR && k < s->days.n; k++) {
            const cr_calendar_row *row = &s->days.at[k];
            cr_span span = {row->from, row->to};
            if (row->kind != kind)
                continue;
            if (span.to < span.from)
                cr_diag_add(d, CR_D_RANGE, row->pos, CR_STR(""),
                            CR_STR("an end that is not before the beginning"));
            else if (add_row(p, kind, span, out))
                return 2;
        }
    }
    return collect_lets(p, kind, out, d);
}

/* ---- order ---- */

/* Sinks the span at `i` below every later one of its heap. */
static void sink(cr_span *spans, uint32_t i, uint32_t n)
{
    cr_span moved = spans[i];
    for (uint32_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
        child += child + 1 < n && spans[child + 1].from > spans[child].from;
        if (spans[child].from <= moved.from)
            break;
        spans[i] = spans[child];
        i = child;
    }
    spans[i] = moved;
}

static void sort(cr_spans *spans)
{
    for (uint32_t i = spans->n / 2; i > 0; i--)
        sink(spans->at, i - 1, spans->n);
    for (uint32_t n = spans->n; n > 1; n--) {
        cr_span last = spans->at[n - 1];
        spans->at[n - 1] = spans->at[0];
        spans->at[0] = last;
        sink(spans->at, 0, n - 1);
    }
}

/* Spans that meet or overlap become one. */
static void merge(cr_spans *spans)
{
    uint32_t n = 0;
    sort(spans);
    for (uint32_t i = 0; i < spans->n; i++) {
        cr_span *last = n ? &spans->at[n - 1] : NULL;
        if (!last || spans->at[i].from > last->to + 1)
            spans->at[n++] = spans->at[i];
        else if (spans->at[i].to > last->to)
            last->to = spans->at[i].to;
    }
    spans->n = n;
}

/* ---- lists ---- */

static int32_t *numbers(cr_policy *p, size_t n)
{
    return cr_arena_get(&p->arena, n + 1, sizeof(int32_t));
}

static int make_days(cr_policy *p, cr_calendar_kind kind, const int32_t **out, uint32_t *n,
                     cr_diags *d)
{
    cr_spans spans = {0};
    size_t total = 0;
    if (collect(p, kind, &spans, d))
        return 2;
    merge(&spans);
    for (uint32_t i = 0; i < spans.n; i++)
        total += (size_t)(spans.at[i].to - spans.at[i].from) + 1;
    int32_t *days = numbers(p, total);
    if (!days)
        return 2;
    *out = days;
    *n = 0;
    for (uint32_t i = 0; i < spans.n; i++)
        for (int32_t day = spans.at[i].from; day <= spans.at[i].to; day++)
            days[(*n)++] = day;
    return 0;
}

static int make_covers(cr_policy *p, cr_diags *d)
{
    cr_spans spans = {0};
    if (collect(p, CR_CAL_COVERS, &spans, d))
        return 2;
    merge(&spans);
    int32_t *from = numbers(p, spans.n), *to = numbers(p, spans.n);
    if (!from || !to)
        return 2;
    for (uint32_t i = 0; i < spans.n; i++) {
        from[i] = spans.at[i].from;
        to[i] = spans.at[i].to;
    }
    p->calendar.cover_from = from;
    p->calendar.cover_to = to;
    p->calendar.n_cover = spans.n;
    return 0;
}

int cr_policy_make_calendar(cr_policy *p, cr_diags *d)
{
    uint32_t errors = d->errors;
    if (make_days(p, CR_CAL_OFF, &p->calendar.off, &p->calendar.n_off, d) ||
        make_days(p, CR_CAL_WORK, &p->calendar.work, &p->calendar.n_work, d) || make_covers(p, d))
        return 2;
    return d->errors > errors;
}
