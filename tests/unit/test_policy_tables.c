/* SPDX-License-Identifier: Apache-2.0 */
/* Parameter tables: the chain of regions, spans of rows, keys, overrides, and what is refused. */
#include "test_policy_fixture.h"

#define HEAD                                                                                       \
    "module m \"模块\"\n"                                                                        \
    "regions \"地区\"\n"                                                                         \
    "  610000 \"省\"\n  610900 \"市\" in 610000\n  610902 \"县\" in 610900\n  620000 \"另\"\n" \
    "  by design \"t\"\n"                                                                          \
    "enum kind \"类\"\n  red \"红\"\n  green \"绿\"\n  blue \"蓝\"\n"                          \
    "entity root \"根\"\n  root\n  kind : kind\n  flag : yes/no\n  size : integer\n"              \
    "  share : number with 2 decimals\n  name : text\n"

static void a_place_without_rows_asks_the_place_above(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {HEAD "parameter m.p : integer\n"
                                       "  nation : 1\n  610000 : 2 from 2020-01-01\n"
                                       "  610902 : 3 from 2022-01-01\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(fx_value(&b, "m.p", "620000", "2023-01-01"), 1);
    assert_int_equal(fx_value(&b, "m.p", "000000", "2023-01-01"), 1);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2023-01-01"), 2);
    assert_int_equal(fx_value(&b, "m.p", "610900", "2023-01-01"), 2);
    assert_int_equal(fx_value(&b, "m.p", "610902", "2023-01-01"), 3);
    assert_int_equal(fx_value(&b, "m.p", "610903", "2023-01-01"), 2); /* unlisted: its city */
    assert_int_equal(fx_value(&b, "m.p", "610902", "2021-12-31"), 2); /* before its first row */
    assert_int_equal(fx_value(&b, "m.p", "610902", "2019-12-31"), 1);
    assert_int_equal(fx_value(&b, "m.p", "610902", "1900-01-01"), 1);
    assert_false(fx_table(&b, "m.p")->national);
    fx_drop(&b);
}

static void a_place_keeps_what_it_once_had(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {
            HEAD "parameter m.p : integer\n"
                 "  nation : 1\n  610000 : 2 from 2020-01-01 to 2020-12-31\n"
                 "  620000 : 3 from 2020-01-01 to 2020-12-31 then as parent\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2020-12-31"), 2);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2021-01-01"), FX_NO_ROW);
    assert_int_equal(fx_value(&b, "m.p", "610902", "2021-01-01"), FX_NO_ROW);
    assert_int_equal(fx_value(&b, "m.p", "620000", "2020-12-31"), 3);
    assert_int_equal(fx_value(&b, "m.p", "620000", "2021-01-01"), 1);
    fx_drop(&b);
}

static void between_two_rows_the_earlier_one_tells(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD "parameter m.p : integer\n  nation : 1\n"
                       "  610000 : 2 from 2020-01-01 to 2020-12-31 then as parent\n"
                       "  610000 : 3 from 2022-01-01 to 2022-12-31\n  610000 : 4 from 2024-01-01\n"
                       "  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(b.diags.list.n, 2); /* both gaps are warned of */
    assert_int_equal(b.diags.list.at[0].code, CR_D_ROW_GAP);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2021-06-01"), 1);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2022-12-31"), 3);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2023-06-01"), FX_NO_ROW);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2200-12-31"), 4);
    fx_drop(&b);
}

static void local_only_asks_nobody_above(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {
            HEAD "parameter m.p : integer\n  local only\n  nation : 1\n"
                 "  610000 : 2 from 2020-01-01 to 2020-12-31 then as parent\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(fx_value(&b, "m.p", "000000", "2020-06-01"), 1);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2020-06-01"), 2);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2021-06-01"), FX_NO_ROW);
    assert_int_equal(fx_value(&b, "m.p", "610900", "2020-06-01"), FX_NO_ROW);
    assert_int_equal(fx_value(&b, "m.p", "620000", "2020-06-01"), FX_NO_ROW);
    fx_drop(&b);
}

static void rows_for_the_nation_alone_need_no_place(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {
            HEAD
            "parameter m.p : integer\n  nation : 1\n  by design \"t\"\n"
            "parameter m.local : integer\n  local only\n  nation : 1\n  by design \"t\"\n"
            "parameter m.k : integer\n  keys kind\n  red : 1\n  by design \"t\"\nparameter m.e : "
            "integer\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_true(fx_table(&b, "m.p")->national);
    assert_true(fx_table(&b, "m.k")->national);
    assert_true(fx_table(&b, "m.e")->national);
    assert_false(fx_table(&b, "m.local")->national);
    fx_drop(&b);
}

static void rows_say_to_which_day_they_are_confirmed(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {HEAD "parameter m.p : integer\n"
                                       "  nation : 1 confirmed to 2024-12-31\n  610000 : 2\n"
                                       "  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    const cr_ptable *table = fx_table(&b, "m.p");
    assert_int_equal(table->rows.at[fx_row(&b, "m.p", "620000", NULL, "2030-01-01")].confirmed_to,
                     fx_day("2024-12-31"));
    assert_int_equal(table->rows.at[fx_row(&b, "m.p", "610000", NULL, "2030-01-01")].confirmed_to,
                     CR_DATE_MAX);
    fx_drop(&b);
}

/* ---- keys ---- */

static void words_and_answers_are_keys(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD
                  "parameter m.p : integer\n  keys region, kind, flag\n  nation, red, yes : 1\n"
                  "  nation, green, - : 2\n  610000, -, no : 3\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    for (int64_t kind = 0; kind < 3; kind++)
        for (int64_t flag = 0; flag < 2; flag++) {
            int64_t keys[] = {kind, flag};
            int64_t nation = kind == 1 ? 2 : kind == 0 && flag ? 1 : FX_NO_ROW;
            int32_t row = fx_row(&b, "m.p", "620000", keys, "2020-01-01");
            assert_int_equal(row < 0 ? row : fx_table(&b, "m.p")->rows.at[row].value, nation);
            row = fx_row(&b, "m.p", "610902", keys, "2020-01-01");
            assert_int_equal(row < 0 ? row : fx_table(&b, "m.p")->rows.at[row].value,
                             flag ? nation : 3);
        }
    fx_drop(&b);
}

static void whole_numbers_are_keys(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD "parameter m.p : integer\n  keys size\n  -3 : 1\n  0 : 2\n  7 : 3\n"
                       "  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", -3, "2020-01-01"), 1);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", 0, "2020-01-01"), 2);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", 7, "2020-01-01"), 3);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", 6, "2020-01-01"), FX_NO_ROW);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", 8, "2020-01-01"), FX_NO_KEY);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", -4, "2020-01-01"), FX_NO_KEY);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", INT64_MAX, "2020-01-01"), FX_NO_KEY);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", INT64_MIN, "2020-01-01"), FX_NO_KEY);
    fx_drop(&b);
}

/* The distance from such a key to a far value does not fit into 64 bits. */
static void far_numbers_are_keys(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD "parameter m.p : integer\n  keys size\n  4611686018427387903 : 1\n"
                       "  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", 4611686018427387903, "2020-01-01"), 1);
    assert_int_equal(fx_value_at(&b, "m.p", "000000", INT64_MIN, "2020-01-01"), FX_NO_KEY);
    fx_drop(&b);
}

/* The index of a number among bands is how many cuts it has passed. */
static void bands_cut_the_numbers(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD "parameter m.p : integer\n  keys size\n  < 0 : 1\n  [0 .. 10) : 2\n"
                       "  10 : 3\n  (10 .. 20] : 4\n  >= 30 : 5\n  by design \"t\"\n"}};
    static const int64_t want[] = {1, 2, 3, 4, FX_NO_ROW, 5};
    (void)state;
    fx_fine(&b, &t);
    const cr_ptable *p = fx_table(&b, "m.p");
    assert_true(p->banded[0]);
    assert_int_equal(p->cuts[0].n, 5);
    for (int64_t i = 0; i < 6; i++)
        assert_int_equal(fx_value_at(&b, "m.p", "000000", i, "2020-01-01"), want[i]);
    assert_int_equal(p->cuts[0].at[0].at.num, 0);
    assert_false(p->cuts[0].at[0].behind);
    assert_int_equal(p->cuts[0].at[2].at.num, 10);
    assert_true(p->cuts[0].at[2].behind);
    fx_drop(&b);
}

/* `-` stands for numbers that no row names, too. */
static void a_dash_stands_for_every_number(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD
                  "parameter m.p : integer\n  keys region, size\n  610000, - : 1\n  nation, 3 : 2\n"
                  "  by design \"t\"\n"
                  "parameter m.all : integer\n  keys size\n  - : 5\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    const cr_ptable *p = fx_table(&b, "m.p");
    assert_true(p->banded[0]);
    assert_int_equal(p->key_size[0], 3); /* below 3, 3, above 3 */
    for (int64_t i = 0; i < 3; i++) {
        assert_int_equal(fx_value_at(&b, "m.p", "610902", i, "2020-01-01"), 1);
        assert_int_equal(fx_value_at(&b, "m.p", "620000", i, "2020-01-01"), i == 1 ? 2 : FX_NO_ROW);
    }
    for (int64_t i = 0; i < fx_table(&b, "m.all")->key_size[0]; i++)
        assert_int_equal(fx_value_at(&b, "m.all", "620000", i, "2020-01-01"), 5);
    fx_drop(&b);
}

static void texts_are_no_keys(void **state)
{
    const fx_texts t = {
        .packs = {HEAD "parameter m.p : integer\n  keys name\n  - : 1\n  by design \"t\"\n"}};
    (void)state;
    fx_refused(&t, CR_D_TYPE, 20);
}

/* Thousands of bounds are refused before they cost anything. */
static void too_many_bounds_are_refused_quickly(void **state)
{
    enum { ROWS = 60000 };
    size_t room = 200 + sizeof HEAD + (size_t)ROWS * 40, n = 0;
    char *text = malloc(room);
    (void)state;
    assert_non_null(text);
    n += (size_t)snprintf(text, room,
                          HEAD "parameter m.p : integer\n  keys share\n  by design "
                               "\"t\"\n");
    for (int i = 0; i < ROWS; i++)
        n += (size_t)snprintf(text + n, room - n, "  [%d .. %d) : 1\n", i, i + 1);
    const fx_texts t = {.packs = {text}};
    fx_refused(&t, CR_D_TOO_MANY, 19);
    free(text);
}

/* ---- values ---- */

static void values_stand_over_one_denominator(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {
            HEAD
            "parameter m.p : exact number\n  nation : 1 / 3\n  610000 : 0.5\n  620000 : 2 / 7\n"
            "  by design \"t\"\n"
            "parameter m.rate : money per month\n  nation : 7441 yuan per year\n  by design "
            "\"t\"\n"
            "parameter m.seat : region\n  nation : 610902\n  by design \"t\"\n"
            "parameter m.end : date or none\n  nation : none\n  610000 : 2020-01-01\n  by design "
            "\"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    const cr_ptable *p = fx_table(&b, "m.p"), *rate = fx_table(&b, "m.rate");
    assert_int_equal(p->den, 42);
    assert_int_equal(fx_value(&b, "m.p", "610900", "2020-01-01"), 21);
    assert_int_equal(fx_value(&b, "m.p", "620000", "2020-01-01"), 12);
    assert_int_equal(p->lo, 12);
    assert_int_equal(p->hi, 21);
    assert_int_equal(rate->den, 12);
    assert_int_equal(rate->rows.at[0].value, 7441);
    assert_int_equal(fx_value(&b, "m.seat", "620000", "2020-01-01"),
                     cr_policy_region(b.policy, CR_STR("610902")));
    assert_true(fx_table(&b, "m.end")->may_be_none);
    fx_drop(&b);
}

static void a_place_as_a_value_must_be_listed(void **state)
{
    const fx_texts t = {
        .packs = {HEAD "parameter m.seat : region\n  nation : 999999\n  by design \"t\"\n"}};
    (void)state;
    fx_refused(&t, CR_D_UNKNOWN_REGION, 20);
}

/* ---- overrides ---- */

static void overrides_go_before_rows(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD "parameter m.p : integer\n  nation : 1 to 2020-12-31\n  610902 : 2\n"
                       "  by design \"t\"\n"
                       "parameter m.k : integer\n  keys region, kind\n  nation, red : 1\n"
                       "  by design \"t\"\n"},
        .lets = {"m.p[610000]=7", "m.k=8"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(fx_value(&b, "m.p", "610902", "2030-01-01"), 7);
    assert_int_equal(fx_value(&b, "m.p", "610900", "1900-01-01"), 7);
    assert_int_equal(fx_value(&b, "m.p", "620000", "2020-01-01"), 1);
    assert_int_equal(fx_value(&b, "m.p", "620000", "2021-01-01"), FX_NO_ROW);
    assert_int_equal(fx_value_at(&b, "m.k", "620000", 2, "2020-01-01"), 8);
    assert_int_equal(fx_table(&b, "m.p")->n_lets, 1);
    fx_drop(&b);
}

static void of_two_overrides_the_last_counts(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD
                  "parameter m.p : integer\nparameter m.q : integer\nparameter m.local : integer\n"
                  "  local only\n"},
        .lets = {"m.p=1", "m.p=2", "m.p=3", "m.q[610000]=4", "m.q[610900]=5", "m.q[610000]=6",
                 "m.local[610000]=7", "m.p=8", "m.q[610000]=9"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2020-01-01"), 8);
    assert_int_equal(fx_value(&b, "m.q", "610000", "2020-01-01"), 9);
    assert_int_equal(fx_value(&b, "m.q", "610902", "2020-01-01"), 5);
    assert_int_equal(fx_value(&b, "m.q", "620000", "2020-01-01"), FX_NO_ROW);
    assert_int_equal(fx_value(&b, "m.local", "610000", "2020-01-01"), 7);
    assert_int_equal(fx_value(&b, "m.local", "610900", "2020-01-01"), FX_NO_ROW);
    fx_drop(&b);
}

static void overrides_are_checked(void **state)
{
    static const struct {
        const char *let;
        cr_diag_code code;
    } cases[] = {{"m.q=1", CR_D_UNKNOWN_NAME},
                 {"m.p=red", CR_D_NOT_LITERAL},
                 {"m.p[red]=1", CR_D_UNKNOWN_REGION},
                 {"m.p[999999]=1", CR_D_UNKNOWN_REGION},
                 {"m.p[610000, red]=1", CR_D_ROW_KEYS},
                 {"m.p=", CR_D_EXPECTED},
                 {"m.p=1 2", CR_D_TRAILING},
                 {"m.k[610000, gren]=1", CR_D_UNKNOWN_VALUE}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const fx_texts t = {.packs = {HEAD "parameter m.p : integer\nparameter m.k : integer\n"
                                           "  keys region, kind\n"},
                            .lets = {cases[i].let}};
        fx_refused(&t, cases[i].code, 1);
    }
}

/* ---- findings ---- */

static void rows_of_one_day_are_refused_where_the_second_stands(void **state)
{
    const fx_texts same = {.packs = {HEAD "parameter m.p : integer\n  610000 : 1\n  nation : 1\n"
                                          "  610000 : 2\n  by design \"t\"\n"}};
    const fx_texts meets = {.packs = {HEAD
                                      "parameter m.p : integer\n  nation : 2 from 2021-12-31\n"
                                      "  nation : 1 from 2020-01-01 to 2021-12-31\n  by design "
                                      "\"t\"\n"}};
    const fx_texts cell = {.packs = {HEAD
                                     "parameter m.p : integer\n  keys kind, flag\n  red, - : 1\n"
                                     "  -, yes : 2\n  by design \"t\"\n"}};
    (void)state;
    fx_refused(&same, CR_D_ROW_OVERLAP, 22);
    fx_refused(&meets, CR_D_ROW_OVERLAP, 20);
    fx_refused(&cell, CR_D_ROW_OVERLAP, 22);
}

static void a_gap_is_a_warning(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {HEAD "parameter m.p : integer\n  nation : 1 to 2020-12-31\n"
                                       "  nation : 2 from 2021-01-02\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(b.diags.list.n, 1);
    assert_int_equal(b.diags.list.at[0].code, CR_D_ROW_GAP);
    assert_int_equal(b.diags.list.at[0].pos.line, 21);
    assert_int_equal(b.diags.list.at[0].other.line, 20);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2021-01-01"), FX_NO_ROW);
    fx_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_without_rows_asks_the_place_above),
        cmocka_unit_test(a_place_keeps_what_it_once_had),
        cmocka_unit_test(between_two_rows_the_earlier_one_tells),
        cmocka_unit_test(local_only_asks_nobody_above),
        cmocka_unit_test(rows_for_the_nation_alone_need_no_place),
        cmocka_unit_test(rows_say_to_which_day_they_are_confirmed),
        cmocka_unit_test(words_and_answers_are_keys),
        cmocka_unit_test(whole_numbers_are_keys),
        cmocka_unit_test(far_numbers_are_keys),
        cmocka_unit_test(bands_cut_the_numbers),
        cmocka_unit_test(a_dash_stands_for_every_number),
        cmocka_unit_test(texts_are_no_keys),
        cmocka_unit_test(too_many_bounds_are_refused_quickly),
        cmocka_unit_test(values_stand_over_one_denominator),
        cmocka_unit_test(a_place_as_a_value_must_be_listed),
        cmocka_unit_test(overrides_go_before_rows),
        cmocka_unit_test(of_two_overrides_the_last_counts),
        cmocka_unit_test(overrides_are_checked),
        cmocka_unit_test(rows_of_one_day_are_refused_where_the_second_stands),
        cmocka_unit_test(a_gap_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
