/* SPDX-License-Identifier: Apache-2.0 */
/* The working-day calendar: the `calendar` statements of all packs in one. A day that several of
 * them name counts once. */
#include "base/date.h"
#include "policy/regions.h"

enum { ALL_DAYS = CR_DATE_MAX - CR_DATE_MIN + 1 };

typedef struct cr_day_set { /* per day how many rows name it */
    int32_t *rows;
    uint32_t n; /* days named */
} cr_day_set;

/* Rows first say only where they begin and end, so that long ones that say the same cost nothing.
 */
static void add_rows(const cr_policy *p, cr_calendar_kind kind, int32_t *rows)
{
    for (uint32_t i = 0; i < p->ast.stmts.n; i++) {
        const cr_stmt *s = p->ast.stmts.at[i];
        for (uint32_t k = 0; s->kind == CR_S_CALENDAR && k < s->days.n; k++) {
            if (s->days.at[k].kind != kind)
                continue;
            rows[s->days.at[k].from - CR_DATE_MIN]++;
            rows[s->days.at[k].to - CR_DATE_MIN + 1]--;
        }
    }
}

/* The days of one kind. 2 = out of memory. */
static int collect(cr_policy *p, cr_calendar_kind kind, cr_day_set *set)
{
    set->rows = cr_arena_get(&p->arena, ALL_DAYS + 1, sizeof *set->rows);
    set->n = 0;
    if (!set->rows)
        return 2;
    add_rows(p, kind, set->rows);
    for (int32_t d = 0; d < ALL_DAYS; d++) {
        set->rows[d] += d ? set->rows[d - 1] : 0;
        set->n += set->rows[d] > 0;
    }
    return 0;
}

static int list_days(cr_arena *arena, const cr_day_set *set, const int32_t **out, uint32_t *n)
{
    int32_t *days = cr_arena_get(arena, (size_t)set->n + 1, sizeof *days);
    *out = days;
    *n = 0;
    for (int32_t d = 0; days && d < ALL_DAYS; d++)
        if (set->rows[d])
            days[(*n)++] = d + CR_DATE_MIN;
    return days ? 0 : 2;
}

/* Spans that meet or overlap become one. */
static int list_spans(cr_policy *p, const cr_day_set *set)
{
    CR_VEC(int32_t) from = {0}, to = {0};
    for (int32_t d = 0; d < ALL_DAYS; d++) {
        int begins = set->rows[d] && (d == 0 || !set->rows[d - 1]);
        int ends = set->rows[d] && (d == ALL_DAYS - 1 || !set->rows[d + 1]);
        if ((begins && !CR_PUSH(&p->arena, from, d + CR_DATE_MIN)) ||
            (ends && !CR_PUSH(&p->arena, to, d + CR_DATE_MIN)))
            return 2;
    }
    p->calendar.cover_from = from.at;
    p->calendar.cover_to = to.at;
    p->calendar.n_cover = from.n;
    return 0;
}

/* 1 = there is a calendar. */
static int check_rows(const cr_policy *p, cr_diags *d)
{
    int any = 0;
    for (uint32_t i = 0; i < p->ast.stmts.n; i++) {
        const cr_stmt *s = p->ast.stmts.at[i];
        for (uint32_t k = 0; s->kind == CR_S_CALENDAR && k < s->days.n; k++) {
            const cr_calendar_row *row = &s->days.at[k];
            if (row->to < row->from)
                cr_diag_add(d, CR_D_RANGE, row->pos, CR_STR(""),
                            CR_STR("an end that is not before the beginning"));
            any = 1;
        }
    }
    return any;
}

int cr_policy_make_calendar(cr_policy *p, cr_diags *d)
{
    cr_day_set days;
    uint32_t errors = d->errors;
    if (!check_rows(p, d) || d->errors > errors)
        return d->errors > errors;
    if (collect(p, CR_CAL_OFF, &days) ||
        list_days(&p->arena, &days, &p->calendar.off, &p->calendar.n_off))
        return 2;
    if (collect(p, CR_CAL_WORK, &days) ||
        list_days(&p->arena, &days, &p->calendar.work, &p->calendar.n_work))
        return 2;
    return collect(p, CR_CAL_COVERS, &days) || list_spans(p, &days) ? 2 : 0;
}
