/* SPDX-License-Identifier: Apache-2.0 */
/* The working-day calendar: the `calendar` statements of all packs in one. */
#include "base/date.h"
#include "policy/regions.h"

typedef CR_VEC(int32_t) cr_days;

static int push_days(cr_arena *arena, cr_days *days, int32_t from, int32_t to)
{
    for (int32_t d = from; d <= to; d++)
        if (!CR_PUSH(arena, *days, d))
            return 1;
    return 0;
}

static void sort_days(cr_days *days)
{
    for (uint32_t i = 1; i < days->n; i++)
        for (uint32_t j = i; j > 0 && days->at[j - 1] > days->at[j]; j--) {
            int32_t t = days->at[j];
            days->at[j] = days->at[j - 1];
            days->at[j - 1] = t;
        }
}

int cr_policy_make_calendar(cr_policy *p, cr_diags *d)
{
    cr_days off = {0}, work = {0}, from = {0}, to = {0};
    (void)d;
    for (uint32_t i = 0; i < p->ast.stmts.n; i++) {
        const cr_stmt *s = p->ast.stmts.at[i];
        for (uint32_t k = 0; s->kind == CR_S_CALENDAR && k < s->days.n; k++) {
            const cr_calendar_row *row = &s->days.at[k];
            int bad = row->kind == CR_CAL_COVERS
                          ? !CR_PUSH(&p->arena, from, row->from) || !CR_PUSH(&p->arena, to, row->to)
                          : push_days(&p->arena, row->kind == CR_CAL_OFF ? &off : &work, row->from,
                                      row->to);
            if (bad)
                return 2;
        }
    }
    sort_days(&off);
    sort_days(&work);
    sort_days(&from);
    sort_days(&to);
    p->calendar.off = off.at;
    p->calendar.n_off = off.n;
    p->calendar.work = work.at;
    p->calendar.n_work = work.n;
    p->calendar.cover_from = from.at;
    p->calendar.cover_to = to.at;
    p->calendar.n_cover = from.n;
    return 0;
}
