/* SPDX-License-Identifier: Apache-2.0 */
/* Working days over a calendar that is data: the yearly notices of the State Council's office. */
#ifndef CR_BASE_CALENDAR_H
#define CR_BASE_CALENDAR_H

#include <stdint.h>

/* Dates are sorted; spans are sorted and do not overlap. */
typedef struct cr_calendar {
    const int32_t *off; /* weekdays (or any day) declared off */
    uint32_t n_off;
    const int32_t *work; /* Saturdays and Sundays declared working days */
    uint32_t n_work;
    const int32_t *cover_from, *cover_to; /* what the notices cover */
    uint32_t n_cover;
} cr_calendar;

int cr_calendar_is_working(const cr_calendar *calendar,
                           int32_t date); /* 1, 0; -1 = no notice covers it */

/* The n-th working day after `start` (before it for negative n; n = 0: start). 0 fine; 1 a day
   stepped over is not covered, and `missing_year` names its year; 2 out of the range of dates. */
int cr_calendar_add(const cr_calendar *calendar, int32_t start, int32_t n, int32_t *out,
                    int32_t *missing_year);

#endif
