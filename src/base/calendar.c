/* SPDX-License-Identifier: Apache-2.0 */
/* Stepping over days off. */
#include "base/calendar.h"

#include "base/date.h"

static uint32_t first_not_below(const int32_t *dates, uint32_t n, int32_t date)
{
    uint32_t lo = 0;
    while (n > 0) {
        uint32_t half = n / 2;
        if (dates[lo + half] < date) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo;
}

static int holds(const int32_t *dates, uint32_t n, int32_t date)
{
    uint32_t at = first_not_below(dates, n, date);
    return at < n && dates[at] == date;
}

static int covered(const cr_calendar *c, int32_t date)
{
    uint32_t at = first_not_below(c->cover_to, c->n_cover, date);
    return at < c->n_cover && c->cover_from[at] <= date;
}

int cr_calendar_is_working(const cr_calendar *c, int32_t date)
{
    if (!covered(c, date))
        return -1;
    if (holds(c->off, c->n_off, date))
        return 0;
    return cr_weekday(date) < 5 || holds(c->work, c->n_work, date);
}

int cr_calendar_add(const cr_calendar *c, int32_t start, int32_t n, int32_t *out,
                    int32_t *missing_year)
{
    int32_t date = start, step = n < 0 ? -1 : 1;
    int month, day;
    for (int64_t left = n < 0 ? -(int64_t)n : n; left > 0;) {
        date += step;
        if (date < CR_DATE_MIN || date > CR_DATE_MAX)
            return 2;
        int working = cr_calendar_is_working(c, date);
        if (working < 0) {
            int year;
            cr_date_split(date, &year, &month, &day);
            *missing_year = year;
            return 1;
        }
        left -= working;
    }
    *out = date;
    return 0;
}
