/* SPDX-License-Identifier: Apache-2.0 */
/* Civil dates (Gregorian) from 1900 to 2200 as days since 1970-01-01, months as year * 12 + month
 * - 1. */
#ifndef CR_BASE_DATE_H
#define CR_BASE_DATE_H

#include "base/str.h"

#define CR_DATE_MIN (-25567) /* 1900-01-01 */
#define CR_DATE_MAX 84370    /* 2200-12-31 */

/* Points of time: minutes since 1970-01-01T00:00. A day has 24 hours. */
#define CR_TIME_MIN (CR_DATE_MIN * 1440)
#define CR_TIME_MAX (CR_DATE_MAX * 1440 + 1439)

/* 0 fine, 1 not a date or out of range. */
int cr_date_make(int year, int month, int day, int32_t *out);
int cr_date_parse(cr_str text, int32_t *out);  /* YYYY-MM-DD */
int cr_month_parse(cr_str text, int32_t *out); /* YYYY-MM */
int cr_time_parse(cr_str text, int32_t *out);  /* YYYY-MM-DDThh:mm */

/* Well-formed ones of any year: what those above refuse may still be one outside the
 * range. */
int cr_date_exists(cr_str text);
int cr_month_exists(cr_str text);
int cr_time_exists(cr_str text);

void cr_date_split(int32_t date, int *year, int *month, int *day);
void cr_date_text(int32_t date, char out[11]);
void cr_month_text(int32_t month, char out[8]);
void cr_time_text(int32_t time, char out[17]);

int32_t cr_month_of(int32_t date);
int32_t cr_date_of(int32_t time);
int32_t cr_month_first(int32_t month);
int32_t cr_month_last(int32_t month);
int cr_weekday(int32_t date); /* 0 = Monday */

/* A day that the month does not have falls back to its last day (民法典 art. 202). Spans may be
   negative. 1 = out of range. */
int cr_date_add_days(int32_t date, int32_t n, int32_t *out);
int cr_date_add_months(int32_t date, int32_t n, int32_t *out);
int cr_date_add_years(int32_t date, int32_t n, int feb29_mar1,
                      int32_t *out); /* 29 February: 28 February, or 1 March */

/* The largest n with birth + n years <= on; negative before birth. */
int32_t cr_age_years(int32_t birth, int32_t on, int feb29_mar1);
/* The largest n with a + n months <= b. */
int32_t cr_months_between(int32_t a, int32_t b);

#endif
