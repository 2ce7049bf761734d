/* SPDX-License-Identifier: Apache-2.0 */
/* Working days: weekends, holidays, make-up days, and years that no notice covers. */
#include "fixture.h"

#include "base/calendar.h"
#include "base/date.h"

static int32_t off[8], work[2], from[2], to[2];
static cr_calendar calendar = {off, 8, work, 2, from, to, 2};

static int32_t on(const char *text)
{
    int32_t d = 0;
    if (cr_date_parse(cr_str_of(text), &d))
        fail_msg("%s is not a date", text);
    return d;
}

/* The National Day holiday of 2024 (1-7 October; 29 September and 12 October worked), New Year's
   Day of 2026; 2025 is not covered. */
static int make_calendar(void **state)
{
    (void)state;
    for (int32_t i = 0; i < 7; i++)
        off[i] = on("2024-10-01") + i;
    off[7] = on("2026-01-01");
    work[0] = on("2024-09-29");
    work[1] = on("2024-10-12");
    from[0] = on("2024-01-01");
    to[0] = on("2024-12-31");
    from[1] = on("2026-01-01");
    to[1] = on("2026-12-31");
    return 0;
}

static void is_on(const char *start, int32_t n, const char *want)
{
    char text[11];
    int32_t out = 0, year = 0;
    assert_int_equal(cr_calendar_add(&calendar, on(start), n, &out, &year), 0);
    cr_date_text(out, text);
    assert_string_equal(text, want);
}

static void a_day_works_unless_it_is_off(void **state)
{
    (void)state;
    assert_int_equal(cr_calendar_is_working(&calendar, on("2024-09-30")), 1);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2024-10-01")), 0);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2024-09-28")), 0);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2024-09-29")), 1);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2024-10-12")), 1);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2024-10-13")), 0);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2023-12-31")), -1);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2025-06-03")), -1);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2027-01-01")), -1);
    assert_int_equal(cr_calendar_is_working(&calendar, on("2026-01-02")), 1);
}

static void days_are_counted_both_ways(void **state)
{
    (void)state;
    is_on("2024-09-30", 1, "2024-10-08");
    is_on("2024-10-03", 1, "2024-10-08");
    is_on("2024-09-27", 2, "2024-09-30");
    is_on("2024-10-11", 1, "2024-10-12");
    is_on("2024-10-11", 2, "2024-10-14");
    is_on("2024-10-08", -1, "2024-09-30");
    is_on("2024-10-08", -2, "2024-09-29");
    is_on("2024-10-08", -3, "2024-09-27");
    is_on("2024-10-05", 0, "2024-10-05"); /* nothing is stepped over */
    is_on("2025-06-03", 0, "2025-06-03");
}

static void the_year_without_a_notice_is_named(void **state)
{
    int32_t out = 42, year = 0;
    (void)state;
    assert_int_equal(cr_calendar_add(&calendar, on("2024-12-31"), 1, &out, &year), 1);
    assert_int_equal(year, 2025);
    assert_int_equal(cr_calendar_add(&calendar, on("2024-12-20"), 300, &out, &year), 1);
    assert_int_equal(year, 2025);
    assert_int_equal(cr_calendar_add(&calendar, on("2024-01-01"), -1, &out, &year), 1);
    assert_int_equal(year, 2023);
    assert_int_equal(out, 42);
}

static void what_leaves_the_range_of_dates_is_refused(void **state)
{
    static const int32_t first = CR_DATE_MIN, last = CR_DATE_MAX;
    const cr_calendar all = {NULL, 0, NULL, 0, &first, &last, 1},
                      nothing = {NULL, 0, NULL, 0, NULL, NULL, 0};
    int32_t out = 42, year = 0;
    (void)state;
    assert_int_equal(cr_calendar_add(&all, CR_DATE_MAX, 1, &out, &year), 2);
    assert_int_equal(cr_calendar_add(&all, CR_DATE_MIN, -1, &out, &year), 2);
    assert_int_equal(cr_calendar_add(&all, 0, INT32_MAX, &out, &year), 2);
    assert_int_equal(cr_calendar_add(&all, 0, INT32_MIN, &out, &year), 2);
    assert_int_equal(cr_calendar_add(&nothing, 0, 1, &out, &year), 1);
    assert_int_equal(year, 1970);
    assert_int_equal(out, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_works_unless_it_is_off),
        cmocka_unit_test(days_are_counted_both_ways),
        cmocka_unit_test(the_year_without_a_notice_is_named),
        cmocka_unit_test(what_leaves_the_range_of_dates_is_refused),
    };
    return cmocka_run_group_tests(tests, make_calendar, NULL);
}
