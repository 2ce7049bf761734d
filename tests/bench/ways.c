/* SPDX-License-Identifier: Apache-2.0 */
/* Every way of computing the yardstick that is written in C, over the same columns. */
#include <stdlib.h>
#include <string.h>

#include "yardstick.h"

static const char *const NAMES[YARD_WAYS] = {"plain C, array of structs",
                                             "plain C, fused columns",
                                             "plain C, fused columns, checked",
                                             "AVX-512 by hand",
                                             "civicrules",
                                             "civicrules, 2 threads",
                                             "civicrules, 1 % nulls",
                                             "civicrules, memory fresh from malloc"};

struct yard_ways {
    yard_columns *columns;
    yard_answers answers;
    yard_rows *rows;
    yard_engine *engines[YARD_WAYS];
};

yard_ways *yard_ways_make(const char *policy_path, int64_t households)
{
    yard_ways *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->columns = yard_make(households);
    if (!w->columns || yard_make_answers(&w->answers, w->columns))
        return NULL;
    w->rows = yard_rows_make(w->columns);
    for (int k = YARD_ENGINE; k < YARD_WAYS; k++)
        w->engines[k] = yard_engine_make(w->columns, policy_path, k == YARD_THREADS ? 2 : 1,
                                         k == YARD_NULLS, k != YARD_FRESH);
    return w->rows ? w : NULL;
}

const yard_columns *yard_ways_columns(const yard_ways *w)
{
    return w->columns;
}

size_t yard_ways_operations(const yard_ways *w)
{
    return yard_engine_operations(w->engines[YARD_ENGINE]);
}

int yard_way_count(void)
{
    return YARD_WAYS;
}

const char *yard_compiler(void)
{
#if defined(__clang__)
    return __VERSION__;
#elif defined(__GNUC__)
    return "gcc " __VERSION__;
#else
    return "?";
#endif
}

const char *yard_way_name(int way)
{
    return NAMES[way];
}

int yard_way_present(int way)
{
    return way != YARD_AVX512 || yard_avx512_present();
}

void yard_way_run(yard_ways *w, int way)
{
    int64_t n = w->columns->households;
    switch (way) {
    case YARD_ROWS: yard_rows_run(w->rows); break;
    case YARD_FUSED: yard_fused_run(w->columns, &w->answers, 0, n); break;
    case YARD_CHECKED: yard_checked_run(w->columns, &w->answers, 0, n); break;
    case YARD_AVX512: yard_avx512_run(w->columns, &w->answers, 0, n); break;
    default: yard_engine_run(w->engines[way]); break;
    }
}

int yard_totals_wrong(const yard_totals *t, int64_t households)
{
    static const yard_totals million = {602793,     120238806500, 1046838000,
                                        2103620000, 59995601338,  60713792238800};
    return households == 1000000 && memcmp(t, &million, sizeof million) != 0;
}

int yard_way_add_up(yard_totals *t, int64_t *not_known, yard_ways *w, int way)
{
    *not_known = 0;
    if (way == YARD_ROWS)
        yard_rows_add_up(t, w->rows);
    else if (way < YARD_ENGINE)
        yard_add_up(t, w->columns, &w->answers);
    else
        *not_known = yard_engine_add_up(t, w->engines[way]);
    if (way == YARD_NULLS) /* some are not known, as they should be */
        return *not_known == 0;
    return *not_known != 0 || yard_totals_wrong(t, w->columns->households);
}
