/* SPDX-License-Identifier: Apache-2.0 */
/* Answers questions about dates and numbers, one a line, for tests/oracle/base.py and dates.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/date.h"
#include "base/rat.h"

static void date_or_error(int bad, int32_t date)
{
    char text[11];
    if (bad) {
        puts("error");
        return;
    }
    cr_date_text(date, text);
    puts(text);
}

static void rat_or_error(int bad, cr_rat r, unsigned least)
{
    char text[120];
    text[0] = 0;
    if (!bad)
        cr_rat_text(r, least, text, sizeof text);
    puts(bad || !text[0] ? "error" : text);
}

static void spans(const char *op, int32_t x, const char *b)
{
    int32_t y = 0;
    if (cr_date_parse(cr_str_of(b), &y))
        puts("error");
    else if (strcmp(op, "age") == 0)
        printf("%d\n", (int)cr_age_years(x, y, 0));
    else if (strcmp(op, "age_mar1") == 0)
        printf("%d\n", (int)cr_age_years(x, y, 1));
    else if (strcmp(op, "between") == 0)
        printf("%d\n", (int)cr_months_between(x, y));
    else
        printf("%d %d %d\n", (int)(y - x), cr_weekday(x), (int)cr_month_of(x));
}

static void dates(const char *op, const char *a, const char *b)
{
    int32_t x = 0, out = 0;
    int n = atoi(b), bad = 1;
    if (cr_date_parse(cr_str_of(a), &x)) {
        puts("error");
        return;
    }
    if (strcmp(op, "days") == 0)
        bad = cr_date_add_days(x, n, &out);
    else if (strcmp(op, "months") == 0)
        bad = cr_date_add_months(x, n, &out);
    else if (strcmp(op, "years") == 0)
        bad = cr_date_add_years(x, n, 0, &out);
    else if (strcmp(op, "years_mar1") == 0)
        bad = cr_date_add_years(x, n, 1, &out);
    else {
        spans(op, x, b);
        return;
    }
    date_or_error(bad, out);
}

static void numbers(const char *op, const char *a, const char *b)
{
    cr_rat x, y, out = {0, 1};
    int failed = 1;
    if (cr_rat_parse(cr_str_of(a), &x) || cr_rat_parse(cr_str_of(b), &y)) {
        puts("error");
        return;
    }
    if (strcmp(op, "cmp") == 0) {
        printf("%d\n", cr_rat_cmp(x, y));
        return;
    }
    if (strcmp(op, "add") == 0)
        failed = cr_rat_add(x, y, &out);
    else if (strcmp(op, "sub") == 0)
        failed = cr_rat_sub(x, y, &out);
    else if (strcmp(op, "mul") == 0)
        failed = cr_rat_mul(x, y, &out);
    else if (strcmp(op, "div") == 0)
        failed = cr_rat_div(x, y, &out);
    else
        failed = cr_rat_round(x, y, (cr_round_mode)(op[5] - '0'), &out);
    rat_or_error(failed, out, 0);
}

/* What the lines `off DATE -`, `work DATE -` and `cover FROM TO` have said; they come sorted. */
typedef struct notices {
    int32_t off[4000], work[4000], from[100], to[100];
    cr_calendar calendar;
} notices;

static int noted(notices *n, const char *op, int32_t date, const char *b)
{
    cr_calendar *c = &n->calendar;
    if (strcmp(op, "off") == 0 && c->n_off < 4000)
        n->off[c->n_off++] = date;
    else if (strcmp(op, "work") == 0 && c->n_work < 4000)
        n->work[c->n_work++] = date;
    else if (strcmp(op, "cover") == 0 && c->n_cover < 100) {
        n->from[c->n_cover] = date;
        if (cr_date_parse(cr_str_of(b), &n->to[c->n_cover]) == 0)
            c->n_cover++;
    } else
        return 0;
    puts("noted");
    return 1;
}

static void step(const cr_calendar *c, int32_t date, int n)
{
    int32_t out = 0, year = 0;
    int failed = cr_calendar_add(c, date, n, &out, &year);
    if (failed == 1)
        printf("missing %d\n", (int)year);
    else
        date_or_error(failed, out);
}

/* 1 = it was a question about working days. */
static int working_days(notices *n, const char *op, const char *a, const char *b)
{
    int32_t date = 0;
    if (cr_date_parse(cr_str_of(a), &date))
        return 0;
    if (noted(n, op, date, b))
        return 1;
    if (strcmp(op, "is_working") == 0)
        printf("%d\n", cr_calendar_is_working(&n->calendar, date));
    else if (strcmp(op, "step") == 0)
        step(&n->calendar, date, atoi(b));
    else
        return 0;
    return 1;
}

/* 1 = it was one of `text NUMBER PLACES`, `floor NUMBER -`, `ceil NUMBER -`. */
static int one_number(const char *op, const char *a, const char *b)
{
    char text[48];
    cr_rat x = {0, 1};
    int is_text = strcmp(op, "text") == 0, is_floor = strcmp(op, "floor") == 0;
    if (!is_text && !is_floor && strcmp(op, "ceil") != 0)
        return 0;
    int failed = cr_rat_parse(cr_str_of(a), &x);
    if (is_text || failed) {
        rat_or_error(failed, x, (unsigned)atoi(b));
        return 1;
    }
    cr_i128_text(is_floor ? cr_rat_floor(x) : cr_rat_ceil(x), text);
    puts(text);
    return 1;
}

int main(void)
{
    static notices n;
    n.calendar = (cr_calendar){n.off, 0, n.work, 0, n.from, n.to, 0};
    char line[400], op[20], a[150], b[150];
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%19s %149s %149s", op, a, b) != 3)
            puts("error");
        else if (working_days(&n, op, a, b) || one_number(op, a, b))
            continue;
        else if (strchr("aymdb", op[0]) && strcmp(op, "add") && strcmp(op, "mul") &&
                 strcmp(op, "div"))
            dates(op, a, b);
        else
            numbers(op, a, b);
    }
    return 0;
}
