/* SPDX-License-Identifier: Apache-2.0 */
/* Dates: every day of the range, month ends, 29 February, negative spans, and the ends of the
 * range. */
#include "fixture.h"

#include "base/date.h"

static int32_t on(const char *text)
{
    int32_t d = 0;
    if (cr_date_parse(cr_str_of(text), &d))
        fail_msg("%s is not a date", text);
    return d;
}

static void is(int32_t date, const char *want)
{
    char text[11];
    cr_date_text(date, text);
    assert_string_equal(text, want);
}

static void every_day_of_the_range_goes_there_and_back(void **state)
{
    int y = 1899, m = 12, d = 31, weekday = 6; /* a Sunday */
    (void)state;
    for (int32_t date = CR_DATE_MIN; date <= CR_DATE_MAX; date++) {
        int y2, m2, d2;
        int32_t back = 0;
        cr_date_split(date, &y2, &m2, &d2);
        int next_day = y2 == y && m2 == m && d2 == d + 1;
        int next_month =
            d2 == 1 && ((y2 == y && m2 == m + 1) || (y2 == y + 1 && m == 12 && m2 == 1));
        weekday = (weekday + 1) % 7;
        if (!(next_day || next_month) || cr_date_make(y2, m2, d2, &back) || back != date ||
            cr_weekday(date) != weekday)
            fail_msg("day %d: %d-%d-%d", (int)date, y2, m2, d2);
        y = y2;
        m = m2;
        d = d2;
    }
    is(0, "1970-01-01");
    is(CR_DATE_MIN, "1900-01-01");
    is(CR_DATE_MAX, "2200-12-31");
}

static void what_is_not_a_date_is_refused(void **state)
{
    static const char *const bad[] = {
        "",           "2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30",  "2024-04-31",
        "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32", "1899-12-31",  "2201-01-01",
        "2024-1-01",  "2024/01/01", "2024-01-1",  "+024-01-01", "2024-01-01 ", "２０24-01",
        "2024-01-0x", "0000-00-00", "9999-99-99"};
    int32_t out = 42;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!cr_date_parse(cr_str_of(bad[i]), &out))
            fail_msg("'%s' is taken for a date", bad[i]);
    assert_int_equal(cr_date_make(2023, 2, 29, &out), 1);
    assert_int_equal(cr_date_make(INT32_MAX, 1, 1, &out), 1);
    assert_int_equal(cr_date_make(2023, -1, 1, &out), 1);
    assert_int_equal(cr_date_make(2023, 1, -1, &out), 1);
    assert_int_equal(out, 42);
    assert_int_equal(cr_date_make(2000, 2, 29, &out), 0);
}

static void months_parse_print_and_end(void **state)
{
    static const char *const bad[] = {"",       "2024-00", "2024-13",    "1899-12", "2201-01",
                                      "2024-1", "2024/01", "2024-01-01", "x024-01"};
    char text[8];
    int32_t m = 7;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(cr_month_parse(cr_str_of(bad[i]), &m), 1);
    assert_int_equal(m, 7);
    assert_int_equal(cr_month_parse(CR_STR("2024-02"), &m), 0);
    assert_int_equal(m, 2024 * 12 + 1);
    cr_month_text(m, text);
    assert_string_equal(text, "2024-02");
    is(cr_month_first(m), "2024-02-01");
    is(cr_month_last(m), "2024-02-29");
    is(cr_month_last(1900 * 12 + 1), "1900-02-28");
    is(cr_month_last(2200 * 12 + 11), "2200-12-31");
    for (int32_t d = CR_DATE_MIN; d <= CR_DATE_MAX; d++) {
        int32_t month = cr_month_of(d);
        if (cr_month_first(month) > d || cr_month_last(month) < d)
            fail_msg("day %d lies outside its month", (int)d);
    }
}

static void months_later(const char *from, int32_t n, const char *want)
{
    int32_t out = 0;
    assert_int_equal(cr_date_add_months(on(from), n, &out), 0);
    is(out, want);
}

static void a_day_that_the_month_lacks_falls_back_to_its_last(void **state)
{
    (void)state;
    months_later("2024-01-31", 1, "2024-02-29");
    months_later("2023-01-31", 1, "2023-02-28");
    months_later("2023-01-31", 2, "2023-03-31");
    months_later("2024-03-31", -1, "2024-02-29");
    months_later("2020-01-31", -3, "2019-10-31");
    months_later("2020-01-30", -2, "2019-11-30");
    months_later("2020-05-31", -6, "2019-11-30");
    months_later("2024-02-29", 12, "2025-02-28");
    months_later("2024-02-29", 0, "2024-02-29");
    months_later("1900-01-01", 301 * 12 - 1, "2200-12-01");
}

static void what_leaves_the_range_is_refused(void **state)
{
    static const int32_t far[] = {INT32_MAX, INT32_MIN, 4000, -4000};
    int32_t out = 42;
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(cr_date_add_months(on("2024-02-29"), far[i], &out), 1);
        assert_int_equal(cr_date_add_years(on("2024-02-29"), far[i], 0, &out), 1);
        assert_int_equal(cr_date_add_years(on("2024-02-29"), far[i], 1, &out), 1);
    }
    assert_int_equal(cr_date_add_months(CR_DATE_MAX, 1, &out), 1);
    assert_int_equal(cr_date_add_months(CR_DATE_MIN, -1, &out), 1);
    assert_int_equal(cr_date_add_days(CR_DATE_MAX, 1, &out), 1);
    assert_int_equal(cr_date_add_days(CR_DATE_MIN, -1, &out), 1);
    assert_int_equal(cr_date_add_days(CR_DATE_MAX, INT32_MAX, &out), 1);
    assert_int_equal(cr_date_add_days(CR_DATE_MIN, INT32_MIN, &out), 1);
    assert_int_equal(out, 42);
    assert_int_equal(cr_date_add_days(CR_DATE_MIN, CR_DATE_MAX - CR_DATE_MIN, &out), 0);
    is(out, "2200-12-31");
}

static void a_leap_day_becomes_28_february_or_1_march(void **state)
{
    int32_t out = 0;
    (void)state;
    assert_int_equal(cr_date_add_years(on("2024-02-29"), 1, 0, &out), 0);
    is(out, "2025-02-28");
    assert_int_equal(cr_date_add_years(on("2024-02-29"), 1, 1, &out), 0);
    is(out, "2025-03-01");
    assert_int_equal(cr_date_add_years(on("2024-02-29"), -124, 1, &out), 0);
    is(out, "1900-03-01");
    assert_int_equal(cr_date_add_years(on("2024-02-29"), 4, 1, &out), 0);
    is(out, "2028-02-29");
    assert_int_equal(cr_date_add_years(on("2024-02-28"), 1, 1, &out), 0);
    is(out, "2025-02-28");
}

static void an_age_is_completed_on_the_birthday(void **state)
{
    (void)state;
    assert_int_equal(cr_age_years(on("2000-05-10"), on("2018-05-09"), 0), 17);
    assert_int_equal(cr_age_years(on("2000-05-10"), on("2018-05-10"), 0), 18);
    assert_int_equal(cr_age_years(on("2000-05-10"), on("2000-05-10"), 0), 0);
    assert_int_equal(cr_age_years(on("2000-05-10"), on("2000-05-09"), 0), -1);
    assert_int_equal(cr_age_years(on("2000-05-10"), on("1999-05-10"), 0), -1);
    assert_int_equal(cr_age_years(on("2000-05-10"), on("1999-05-09"), 0), -2);
    assert_int_equal(cr_age_years(on("2004-02-29"), on("2022-02-27"), 0), 17);
    assert_int_equal(cr_age_years(on("2004-02-29"), on("2022-02-28"), 0), 18);
    assert_int_equal(cr_age_years(on("2004-02-29"), on("2022-02-28"), 1), 17);
    assert_int_equal(cr_age_years(on("2004-02-29"), on("2022-03-01"), 1), 18);
    assert_int_equal(cr_age_years(on("2004-02-29"), on("2024-02-28"), 0), 19);
    assert_int_equal(cr_age_years(on("2004-02-29"), on("2024-02-29"), 1), 20);
}

static void completed_months_agree_with_adding_months(void **state)
{
    static const int32_t far[] = {1, 27, 28, 29, 30, 31, 59, 365, 366, 20000};
    (void)state;
    assert_int_equal(cr_months_between(on("2024-01-31"), on("2024-02-29")), 1);
    assert_int_equal(cr_months_between(on("2024-01-31"), on("2024-02-28")), 0);
    assert_int_equal(cr_months_between(on("2024-02-29"), on("2024-01-31")), -1);
    for (int32_t a = on("2023-01-01"); a < on("2025-01-01"); a++)
        for (size_t i = 0; i < 20; i++) {
            int32_t b = a + (i % 2 ? far[i / 2] : -far[i / 2]), n = cr_months_between(a, b), at = 0,
                    after = 0;
            if (cr_date_add_months(a, n, &at) || cr_date_add_months(a, n + 1, &after) || at > b ||
                after <= b)
                fail_msg("from %d to %d: %d months", (int)a, (int)b, (int)n);
        }
}

static void every_minute_of_the_edges_goes_there_and_back(void **state)
{
    static const char *const days[] = {"1900-01-01", "1969-12-31", "1970-01-01", "2200-12-31"};
    char text[17], again[17];
    (void)state;
    for (size_t d = 0; d < 4; d++)
        for (int minute = 0; minute < 1440; minute++) {
            int32_t time = 0;
            snprintf(text, sizeof text, "%sT%02d:%02d", days[d], minute / 60, minute % 60);
            assert_int_equal(cr_time_parse(cr_str_of(text), &time), 0);
            assert_int_equal(time, on(days[d]) * 1440 + minute);
            assert_int_equal(cr_date_of(time), on(days[d]));
            cr_time_text(time, again);
            assert_string_equal(again, text);
        }
}

static void what_is_not_a_time_is_refused(void **state)
{
    static const char *const bad[] = {"2024-05-01T24:00", "2024-05-01T12:60", "2024-05-01 12:00",
                                      "2024-05-01T1:00",  "2024-02-30T12:00", "2024-05-01T12:00:00",
                                      "2024-05-01",       "2024-05-01T12-00", "2201-01-01T00:00"};
    int32_t time;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(cr_time_parse(cr_str_of(bad[i]), &time), 1);
    assert_true(cr_time_exists(CR_STR("2201-01-01T00:00")));
    assert_false(cr_time_exists(CR_STR("2024-02-30T12:00")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_the_range_goes_there_and_back),
        cmocka_unit_test(what_is_not_a_date_is_refused),
        cmocka_unit_test(months_parse_print_and_end),
        cmocka_unit_test(a_day_that_the_month_lacks_falls_back_to_its_last),
        cmocka_unit_test(what_leaves_the_range_is_refused),
        cmocka_unit_test(a_leap_day_becomes_28_february_or_1_march),
        cmocka_unit_test(an_age_is_completed_on_the_birthday),
        cmocka_unit_test(completed_months_agree_with_adding_months),
        cmocka_unit_test(every_minute_of_the_edges_goes_there_and_back),
        cmocka_unit_test(what_is_not_a_time_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
