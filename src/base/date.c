/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar arithmetic without loops over years. */
#include "base/date.h"

static int leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[m - 1] + (m == 2 && leap(y));
}

/* Days before 1 March of a year, counted from 0000-03-01; years begin in March so that the leap day
 * is last. */
static int32_t days_of(int y, int m, int d)
{
    y -= m <= 2;
    int32_t in_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + in_year - 719468;
}

int cr_date_make(int y, int m, int d, int32_t *out)
{
    if (y < 1900 || y > 2200 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
        return 1;
    *out = days_of(y, m, d);
    return 0;
}

void cr_date_split(int32_t date, int *year, int *month, int *day)
{
    int32_t z = date + 719468, era = z / 146097, e = z % 146097;
    int32_t y = (e - e / 1460 + e / 36524 - e / 146096) / 365;
    int32_t in_year = e - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;
    *day = in_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

static int number(cr_str s, size_t from, size_t n, int *out)
{
    *out = 0;
    for (size_t i = from; i < from + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return 1;
        *out = *out * 10 + (s.p[i] - '0');
    }
    return 0;
}

int cr_date_exists(cr_str s)
{
    int y, m, d;
    return s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && !number(s, 0, 4, &y) &&
           !number(s, 5, 2, &m) && !number(s, 8, 2, &d) && m >= 1 && m <= 12 && d >= 1 &&
           d <= month_days(y, m);
}

int cr_month_exists(cr_str s)
{
    int y, m;
    return s.n == 7 && s.p[4] == '-' && !number(s, 0, 4, &y) && !number(s, 5, 2, &m) && m >= 1 &&
           m <= 12;
}

int cr_date_parse(cr_str s, int32_t *out)
{
    int y, m, d;
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || number(s, 0, 4, &y) || number(s, 5, 2, &m) ||
        number(s, 8, 2, &d))
        return 1;
    return cr_date_make(y, m, d, out);
}

int cr_month_parse(cr_str s, int32_t *out)
{
    int y, m;
    if (s.n != 7 || s.p[4] != '-' || number(s, 0, 4, &y) || number(s, 5, 2, &m) || m < 1 ||
        m > 12 || y < 1900 || y > 2200)
        return 1;
    *out = y * 12 + m - 1;
    return 0;
}

/* hh:mm after the date */
static int clock_parse(cr_str s, int *minutes)
{
    int h, m;
    if (s.n != 16 || s.p[10] != 'T' || s.p[13] != ':' || number(s, 11, 2, &h) ||
        number(s, 14, 2, &m) || h > 23 || m > 59)
        return 1;
    *minutes = h * 60 + m;
    return 0;
}

int cr_time_parse(cr_str s, int32_t *out)
{
    int minutes = 0;
    if (clock_parse(s, &minutes) || cr_date_parse(cr_str_part(s, 0, 10), out))
        return 1;
    *out = *out * 1440 + minutes;
    return 0;
}

int cr_time_exists(cr_str s)
{
    int minutes;
    return !clock_parse(s, &minutes) && cr_date_exists(cr_str_part(s, 0, 10));
}

int32_t cr_date_of(int32_t time)
{
    return time / 1440 - (time % 1440 < 0);
}

static void digits(char *out, int value, int n)
{
    for (int i = n; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
}

void cr_time_text(int32_t time, char out[17])
{
    int32_t date = cr_date_of(time), minutes = time - date * 1440;
    cr_date_text(date, out);
    out[10] = 'T';
    digits(out + 11, minutes / 60, 2);
    out[13] = ':';
    digits(out + 14, minutes % 60, 2);
    out[16] = 0;
}

void cr_date_text(int32_t date, char out[11])
{
    int y, m, d;
    cr_date_split(date, &y, &m, &d);
    digits(out, y, 4);
    digits(out + 5, m, 2);
    digits(out + 8, d, 2);
    out[4] = out[7] = '-';
    out[10] = 0;
}

void cr_month_text(int32_t month, char out[8])
{
    digits(out, month / 12, 4);
    digits(out + 5, month % 12 + 1, 2);
    out[4] = '-';
    out[7] = 0;
}

int32_t cr_month_of(int32_t date)
{
    int y, m, d;
    cr_date_split(date, &y, &m, &d);
    return y * 12 + m - 1;
}

int32_t cr_month_first(int32_t month)
{
    return days_of(month / 12, month % 12 + 1, 1);
}

int32_t cr_month_last(int32_t month)
{
    return cr_month_first(month + 1) - 1;
}

int cr_weekday(int32_t date)
{
    int r = (date + 3) % 7;
    return r < 0 ? r + 7 : r;
}

/* ---- spans ---- */

static int in_range(int64_t date)
{
    return date >= CR_DATE_MIN && date <= CR_DATE_MAX;
}

int cr_date_add_days(int32_t date, int32_t n, int32_t *out)
{
    int64_t sum = (int64_t)date + n;
    if (!in_range(sum))
        return 1;
    *out = (int32_t)sum;
    return 0;
}

/* The day that a span of months ends on, or the nearest before it; false where the month is out of
 * range. */
static int month_step(int32_t date, int64_t n, int32_t *out)
{
    int y, m, d;
    cr_date_split(date, &y, &m, &d);
    int64_t month = (int64_t)y * 12 + m - 1 + n;
    if (month < 1900 * 12 || month > 2200 * 12 + 11)
        return 1;
    y = (int)(month / 12);
    m = (int)(month % 12) + 1;
    int last = month_days(y, m);
    *out = days_of(y, m, d < last ? d : last);
    return 0;
}

int cr_date_add_months(int32_t date, int32_t n, int32_t *out)
{
    return month_step(date, n, out);
}

int cr_date_add_years(int32_t date, int32_t n, int feb29_mar1, int32_t *out)
{
    int y, m, d;
    if (month_step(date, (int64_t)n * 12, out))
        return 1;
    cr_date_split(date, &y, &m, &d);
    if (feb29_mar1 && m == 2 && d == 29 && !leap(y + n))
        ++*out;
    return 0;
}

int32_t cr_age_years(int32_t birth, int32_t on, int feb29_mar1)
{
    int y, m, d, y2, m2, d2;
    cr_date_split(birth, &y, &m, &d);
    cr_date_split(on, &y2, &m2, &d2);
    if (m == 2 && d == 29 && !leap(y2)) {
        m = feb29_mar1 ? 3 : 2;
        d = feb29_mar1 ? 1 : 28;
    }
    return y2 - y - (m2 < m || (m2 == m && d2 < d));
}

int32_t cr_months_between(int32_t a, int32_t b)
{
    int y, m, d, y2, m2, d2;
    cr_date_split(a, &y, &m, &d);
    cr_date_split(b, &y2, &m2, &d2);
    int last = month_days(y2, m2);
    return (y2 - y) * 12 + m2 - m - (d2 < (d < last ? d : last));
}
