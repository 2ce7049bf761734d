/* SPDX-License-Identifier: Apache-2.0 */
/* Places: codes that are listed or stand for a listed place, chains, successors, rings; and the
   working-day calendar of several statements. */
#include "test_policy_fixture.h"

#define PLACES                                                                                     \
    "module m \"模块\"\n"                                                                        \
    "regions \"省\"\n  610000 \"甲\"\n  620000 \"乙\" complete\n  by design \"t\"\n"            \
    "regions \"下\"\n"                                                                            \
    "  610900 \"市\" in 610000\n  610901 \"区\" in 610900\n  610981 \"新市\" in 610900\n"      \
    "  610928 \"旧县\" in 610900 to 2021-06-30 successor 610981\n"                               \
    "  610927 \"更旧\" in 610900 successor 610928\n"                                             \
    "  610901001 \"街道\" in 610901\n  611000 \"全市\" in 610000 complete\n"                   \
    "  611021 \"县\" in 611000\n  419001 \"直管\" in 610000\n  by design \"t\"\n"

static int32_t place(const fx_built *b, const char *code)
{
    return cr_policy_region(b->policy, cr_str_of(code));
}

static const cr_region *region(const fx_built *b, const char *code)
{
    int32_t at = place(b, code);
    assert_true(at >= 0);
    return &b->policy->regions.at[at];
}

/* What a code stands for; empty = no place. */
static void codes_stand_for_places(void **state)
{
    static const char *const pairs[][2] = {{"610901", "610901"},
                                           {"000000", "000000"},
                                           {"610000", "610000"},
                                           {"610901001", "610901001"},
                                           {"610901002", "610901"},
                                           {"610901001002", "610901"},
                                           {"610999", "610900"},
                                           {"610999001", "610900"},
                                           {"619900", "610000"},
                                           {"619901", "610000"},
                                           {"620100", ""},
                                           {"620101", ""},
                                           {"620101001", ""},
                                           {"611021", "611021"},
                                           {"611022", ""},
                                           {"611021005", "611021"},
                                           {"990000", ""},
                                           {"001234", ""},
                                           {"000001", ""},
                                           {"", ""},
                                           {"61", ""},
                                           {"6109", ""},
                                           {"61090", ""},
                                           {"6109010", ""},
                                           {"6109010010020", ""},
                                           {"abcdef", ""},
                                           {"61099９", ""},
                                           {"61090x", ""},
                                           {"419001", "419001"},
                                           {"419002", ""}};
    fx_built b;
    const fx_texts t = {.packs = {PLACES}};
    (void)state;
    fx_fine(&b, &t);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        int32_t at = place(&b, pairs[i][0]);
        cr_str code = at < 0 ? CR_STR("") : b.policy->regions.at[at].code;
        if (!cr_str_eq(code, cr_str_of(pairs[i][1])))
            print_error("%s\n", pairs[i][0]);
        assert_true(cr_str_eq(code, cr_str_of(pairs[i][1])));
    }
    fx_drop(&b);
}

static void places_know_their_city_and_province(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {PLACES}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(region(&b, "610901001")->depth, 4);
    assert_int_equal(region(&b, "610901001")->city, place(&b, "610900"));
    assert_int_equal(region(&b, "610901001")->province, place(&b, "610000"));
    assert_int_equal(region(&b, "610900")->city, place(&b, "610900"));
    assert_int_equal(region(&b, "610000")->city, -1);
    assert_int_equal(region(&b, "610000")->province, place(&b, "610000"));
    assert_int_equal(region(&b, "419001")->province, place(&b, "610000")); /* not by its digits */
    assert_int_equal(region(&b, "000000")->depth, 0);
    assert_int_equal(region(&b, "000000")->parent, -1);
    assert_int_equal(region(&b, "610928")->to, fx_day("2021-06-30"));
    assert_int_equal(region(&b, "610928")->from, CR_DATE_MIN);
    fx_drop(&b);
}

static int within(const fx_built *b, const char *what, const char *where)
{
    return cr_region_within(b->policy, place(b, what), place(b, where));
}

static void a_replaced_place_is_the_place_that_replaced_it(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {PLACES}};
    (void)state;
    fx_fine(&b, &t);
    assert_true(within(&b, "610928", "610981"));
    assert_true(within(&b, "610927", "610981"));
    assert_true(within(&b, "610981", "610928"));
    assert_true(within(&b, "610928", "610927"));
    assert_true(within(&b, "610928", "610900"));
    assert_true(within(&b, "610901001", "610000"));
    assert_true(within(&b, "610901001", "000000"));
    assert_false(within(&b, "610900", "610901"));
    assert_false(within(&b, "610901", "620000"));
    assert_false(within(&b, "610928", "610901"));
    fx_drop(&b);
}

/* A chain that a look-up walks to its end, and one that it would not. */
static void long_chains_are_refused(void **state)
{
#define CHAIN                                                                                      \
    "module m \"模块\"\nregions \"r\"\n  100000 \"1\"\n  110000 \"2\" in 100000\n"               \
    "  120000 \"3\" in 110000\n  130000 \"4\" in 120000\n  140000 \"5\" in 130000\n"               \
    "  150000 \"6\" in 140000\n  160000 \"7\" in 150000\n"
    fx_built b;
    const fx_texts seven = {.packs = {CHAIN "  by design \"t\"\nparameter m.p : integer\n"
                                            "  nation : 5\n  by design \"t\"\n"}};
    const fx_texts eight = {.packs = {CHAIN "  170000 \"8\" in 160000\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &seven);
    assert_int_equal(region(&b, "160000")->depth, 7);
    assert_int_equal(region(&b, "160000")->province, place(&b, "100000"));
    assert_int_equal(fx_value(&b, "m.p", "160000", "2020-01-01"), 5);
    assert_true(within(&b, "160000", "000000"));
    fx_drop(&b);
    fx_refused(&eight, CR_D_TOO_DEEP, 10);
}

static void rings_are_refused(void **state)
{
    static const char *const rings[] = {
        "  100000 \"1\" in 100000\n", "  100000 \"1\" in 110000\n  110000 \"2\" in 100000\n",
        "  100000 \"1\" successor 100000\n",
        "  100000 \"1\" successor 110000\n  110000 \"2\" successor 100000\n"};
    (void)state;
    for (size_t i = 0; i < sizeof rings / sizeof *rings; i++) {
        char text[400];
        snprintf(text, sizeof text, "module m \"模块\"\nregions \"r\"\n%s  by design \"t\"\n",
                 rings[i]);
        const fx_texts t = {.packs = {text}};
        fx_refused(&t, CR_D_CYCLE, 3);
    }
}

static void places_that_are_not_listed_are_refused(void **state)
{
    const fx_texts parent = {
        .packs = {
            "module m \"模块\"\nregions \"r\"\n  110000 \"1\" in 120000\n  by design \"t\"\n"}};
    const fx_texts successor = {.packs = {"module m \"模块\"\nregions \"r\"\n  110000 \"1\" "
                                          "successor 120000\n  by design \"t\"\n"}};
    const fx_texts twice = {.packs = {PLACES, "module n \"另\"\nregions \"r\"\n  610000 \"1\"\n"
                                              "  by design \"t\"\n"}};
    (void)state;
    fx_refused(&parent, CR_D_UNKNOWN_REGION, 3);
    fx_refused(&successor, CR_D_UNKNOWN_REGION, 3);
    fx_refused(&twice, CR_D_DUPLICATE, 3);
}

/* ---- the calendar ---- */

static int working(const fx_built *b, const char *day)
{
    return cr_calendar_is_working(&b->policy->calendar, fx_day(day));
}

static void statements_make_one_calendar(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {"module m \"模块\"\ncalendar \"乙\"\n  covers 2022-01-01 to 2022-12-31\n"
                  "  off 2022-10-01 to 2022-10-07, 2022-01-03\n  work 2022-10-08\n"
                  "  by design \"t\"\n"
                  "calendar \"甲\"\n  covers 2021-01-01 to 2022-06-30, 2024-01-01\n"
                  "  off 2021-10-04, 2022-01-03\n  work 2022-10-09\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(b.policy->calendar.n_cover, 2); /* what overlaps is one */
    assert_int_equal(b.policy->calendar.n_off, 9);   /* a day named twice is one */
    assert_int_equal(working(&b, "2020-12-31"), -1);
    assert_int_equal(working(&b, "2021-01-01"), 1);
    assert_int_equal(working(&b, "2021-10-04"), 0);
    assert_int_equal(working(&b, "2022-01-03"), 0);
    assert_int_equal(working(&b, "2022-10-08"), 1); /* a Saturday that is worked */
    assert_int_equal(working(&b, "2022-10-09"), 1);
    assert_int_equal(working(&b, "2022-10-15"), 0);
    assert_int_equal(working(&b, "2022-12-30"), 1);
    assert_int_equal(working(&b, "2023-06-01"), -1);
    assert_int_equal(working(&b, "2024-01-01"), 1);
    assert_int_equal(working(&b, "2024-01-02"), -1);
    fx_drop(&b);
}

/* Days next to each other are one span; a day between two spans is in neither. */
static void spans_end_where_they_say(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {
            "module m \"模块\"\ncalendar \"c\"\n  covers 2021-03-01 to 2021-03-02, 2021-03-03, "
            "2021-03-05 to 2021-03-31\n  off 2021-03-08, 2021-03-10, 2021-03-11\n"
            "  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(b.policy->calendar.n_cover, 2);
    assert_int_equal(b.policy->calendar.n_off, 3);
    assert_int_equal(working(&b, "2021-03-03"), 1);
    assert_int_equal(working(&b, "2021-03-04"), -1);
    assert_int_equal(working(&b, "2021-03-05"), 1);
    assert_int_equal(working(&b, "2021-03-09"), 1);
    assert_int_equal(working(&b, "2021-03-11"), 0);
    fx_drop(&b);
}

/* Ends of the time that the library knows. */
static void the_whole_time_may_be_covered(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {"module m \"模块\"\ncalendar \"c\"\n  covers 1900-01-01 to "
                                  "2200-12-31\n  off 1900-01-01, 2200-12-31\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(b.policy->calendar.n_cover, 1);
    assert_int_equal(working(&b, "1900-01-01"), 0);
    assert_int_equal(working(&b, "1900-01-02"), 1);
    assert_int_equal(working(&b, "2200-12-31"), 0);
    fx_drop(&b);
}

static void days_without_an_end_are_refused(void **state)
{
    const fx_texts t = {.packs = {"module m \"模块\"\ncalendar \"c\"\n"
                                  "  covers 2021-02-01 to 2021-01-01\n  by design \"t\"\n"}};
    (void)state;
    fx_refused(&t, CR_D_RANGE, 3);
}

#define DAYS                                                                                       \
    "module m \"模块\"\ncalendar \"c\"\n  covers 2021-01-01 to 2022-12-31\n"                     \
    "  off 2021-12-30 to 2022-01-03\n  work 2021-12-26, 2022-01-08\n  by design \"t\"\n"

static void a_year_may_be_stated_by_the_caller(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {DAYS},
                        .lets = {"calendar.days_off[2021]=2021-03-01, 2021-03-02",
                                 "calendar.days_off[2021]=(2021-05-03)",
                                 "calendar.days_off[2030]=none", "calendar.makeup_days[2021]=none",
                                 "calendar.makeup_days[2030]=2030-01-05"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(working(&b, "2021-12-30"), 1); /* the notice's days of 2021 are gone */
    assert_int_equal(working(&b, "2021-12-26"), 0);
    assert_int_equal(working(&b, "2021-03-01"), 1); /* the last override counts */
    assert_int_equal(working(&b, "2021-05-03"), 0);
    assert_int_equal(working(&b, "2022-01-03"), 0); /* those of 2022 stand */
    assert_int_equal(working(&b, "2022-01-08"), 1);
    assert_int_equal(working(&b, "2030-01-01"), 1); /* covered now */
    assert_int_equal(working(&b, "2030-01-05"), 1);
    assert_int_equal(working(&b, "2031-01-01"), -1);
    fx_drop(&b);
}

static void days_made_up_do_not_cover_a_year(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {DAYS}, .lets = {"calendar.makeup_days[2030]=2030-01-05"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(working(&b, "2030-01-05"), -1);
    fx_drop(&b);
}

static void strange_years_are_refused(void **state)
{
    static const struct {
        const char *let;
        cr_diag_code code;
    } cases[] = {{"calendar.days_off=none", CR_D_ROW_KEYS},
                 {"calendar.days_off[urban]=none", CR_D_ROW_KEYS},
                 {"calendar.makeup_days[2021,2022]=none", CR_D_ROW_KEYS},
                 {"calendar.days_off[1899]=none", CR_D_ROW_KEYS},
                 {"calendar.days_off[2201]=none", CR_D_ROW_KEYS},
                 {"calendar.days_off[2021]=2022-01-01", CR_D_NOT_LITERAL},
                 {"calendar.days_off[2021]=(2021-01-01, yes)", CR_D_NOT_LITERAL},
                 {"calendar.days_on[2021]=none", CR_D_UNKNOWN_NAME}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const fx_texts t = {.packs = {DAYS}, .lets = {cases[i].let}};
        fx_refused(&t, cases[i].code, 1);
    }
}

/* Three hundred years, said five thousand times over, cost what they cost once. */
static void repeated_days_cost_nothing(void **state)
{
    enum { MANY = 5000 };
    static const char row[] = "  off 1900-01-01 to 2200-12-31\n";
    static const char head[] = "module m \"模块\"\ncalendar \"c\"\n  by design \"t\"\n";
    char *text = malloc(sizeof head + (size_t)MANY * sizeof row);
    fx_built b;
    (void)state;
    assert_non_null(text);
    strcpy(text, head);
    for (size_t i = 0, n = sizeof head - 1; i < MANY; i++, n += sizeof row - 1)
        strcpy(text + n, row);
    const fx_texts t = {.packs = {text}};
    fx_fine(&b, &t);
    assert_int_equal(b.policy->calendar.n_off, CR_DATE_MAX - CR_DATE_MIN + 1);
    fx_drop(&b);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_stand_for_places),
        cmocka_unit_test(places_know_their_city_and_province),
        cmocka_unit_test(a_replaced_place_is_the_place_that_replaced_it),
        cmocka_unit_test(long_chains_are_refused),
        cmocka_unit_test(rings_are_refused),
        cmocka_unit_test(places_that_are_not_listed_are_refused),
        cmocka_unit_test(statements_make_one_calendar),
        cmocka_unit_test(spans_end_where_they_say),
        cmocka_unit_test(the_whole_time_may_be_covered),
        cmocka_unit_test(days_without_an_end_are_refused),
        cmocka_unit_test(a_year_may_be_stated_by_the_caller),
        cmocka_unit_test(days_made_up_do_not_cover_a_year),
        cmocka_unit_test(strange_years_are_refused),
        cmocka_unit_test(repeated_days_cost_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
