/* SPDX-License-Identifier: Apache-2.0 */
/* Exact rationals: lowest terms, exact comparison, rounding, text, and the ends of 128 bits. */
#include "fixture.h"

#include "base/rat.h"

static cr_rat of(const char *text)
{
    cr_rat r = {0, 0};
    if (cr_rat_parse(cr_str_of(text), &r))
        fail_msg("%s does not parse", text);
    return r;
}

static void is(cr_rat r, const char *want)
{
    char text[120];
    assert_int_equal(cr_rat_text(r, 0, text, sizeof text), strlen(want));
    assert_string_equal(text, want);
}

static void values_stand_in_lowest_terms_over_a_positive_number(void **state)
{
    cr_rat r;
    (void)state;
    assert_int_equal(cr_rat_make(6, -4, &r), 0);
    assert_true(r.num == -3 && r.den == 2);
    assert_int_equal(cr_rat_make(0, -9, &r), 0);
    assert_true(r.num == 0 && r.den == 1);
    assert_int_equal(cr_rat_make(1, 0, &r), 1);
    assert_int_equal(cr_rat_make(CR_I128_MIN, 2, &r), 1);
    assert_int_equal(cr_rat_make(2, CR_I128_MIN, &r), 1);
}

static void divisors_and_multiples(void **state)
{
    cr_i128 out = 0;
    (void)state;
    assert_true(cr_gcd(-12, 18) == 6 && cr_gcd(0, 0) == 1 && cr_gcd(0, 5) == 5);
    assert_int_equal(cr_lcm(12, 18, &out), 0);
    assert_true(out == 36);
    assert_int_equal(cr_lcm(CR_I128_MAX, CR_I128_MAX, &out), 0);
    assert_true(out == CR_I128_MAX);
    assert_int_equal(cr_lcm(CR_I128_MAX, CR_I128_MAX - 1, &out), 1);
}

static void arithmetic_is_exact(void **state)
{
    cr_rat r;
    (void)state;
    assert_int_equal(cr_rat_add(of("1/6"), of("1/10"), &r), 0);
    is(r, "4/15");
    assert_int_equal(cr_rat_sub(of("1/6"), of("1/6"), &r), 0);
    assert_true(r.num == 0 && r.den == 1);
    assert_int_equal(cr_rat_mul(of("-2/3"), of("0.75"), &r), 0);
    is(r, "-0.5");
    assert_int_equal(cr_rat_div(of("1"), of("-3"), &r), 0);
    is(r, "-1/3");
    assert_int_equal(cr_rat_div(of("1"), of("0"), &r), 1);
    is(cr_rat_neg(of("0.5")), "-0.5");
    is(cr_rat_neg(of("0")), "0");
}

static void a_result_that_does_not_fit_is_refused(void **state)
{
    cr_rat most = {CR_I128_MAX, 1}, least = {1, CR_I128_MAX}, r;
    (void)state;
    assert_int_equal(cr_rat_add(most, of("1"), &r), 1);
    assert_int_equal(cr_rat_sub(cr_rat_neg(most), of("1"), &r), 1);
    assert_int_equal(cr_rat_mul(most, of("2"), &r), 1);
    assert_int_equal(cr_rat_div(most, least, &r), 1);
    assert_int_equal(cr_rat_add(most, least, &r), 1);
    assert_int_equal(cr_rat_mul(most, least, &r), 0);
    is(r, "1");
    assert_int_equal(cr_rat_div(most, most, &r), 0);
    is(r, "1");
}

/* 3/(2k) - 1/(2k) = 1/k, where the product of the denominators is near 2^254. */
static void a_sum_cancels_before_its_denominator_is_formed(void **state)
{
    cr_i128 k = CR_I128_MAX / 6;
    cr_rat a, b, r;
    (void)state;
    k -= k % 3 == 0;
    assert_int_equal(cr_rat_make(1, 3 * k, &a), 0);
    assert_int_equal(cr_rat_make(1, 6 * k, &b), 0);
    assert_int_equal(cr_rat_add(a, b, &r), 0); /* 3/(6k) */
    assert_true(r.num == 1 && r.den == 2 * k);
}

static void comparison_is_exact_where_products_do_not_fit(void **state)
{
    cr_i128 m = CR_I128_MAX;
    cr_rat a = {m, m - 1}, b = {m - 1, m - 2}, zero = {0, 1};
    (void)state;
    assert_int_equal(cr_rat_cmp(a, b), -1);
    assert_int_equal(cr_rat_cmp(b, a), 1);
    assert_int_equal(cr_rat_cmp(cr_rat_neg(a), cr_rat_neg(b)), 1);
    assert_int_equal(cr_rat_cmp(a, a), 0);
    assert_int_equal(cr_rat_cmp(cr_rat_neg(a), a), -1);
    assert_int_equal(cr_rat_cmp(zero, cr_rat_neg(a)), 1);
    assert_int_equal(cr_rat_cmp(of("1/3"), of("0.333333333333333333333333333333")), 1);
    assert_int_equal(cr_rat_cmp(of("2"), of("5/2")), -1);
    assert_int_equal(cr_rat_cmp(of("5/2"), of("2")), 1);
}

static void floor_and_ceiling_enclose_the_value(void **state)
{
    cr_rat low = {-CR_I128_MAX, CR_I128_MAX - 1};
    (void)state;
    assert_true(cr_rat_floor(of("7/2")) == 3 && cr_rat_ceil(of("7/2")) == 4);
    assert_true(cr_rat_floor(of("-7/2")) == -4 && cr_rat_ceil(of("-7/2")) == -3);
    assert_true(cr_rat_floor(of("-4")) == -4 && cr_rat_ceil(of("-4")) == -4);
    assert_true(cr_rat_floor(low) == -2 && cr_rat_ceil(low) == -1);
}

static void rounds_to(const char *value, const char *step, cr_round_mode mode, const char *want)
{
    cr_rat r;
    assert_int_equal(cr_rat_round(of(value), of(step), mode, &r), 0);
    is(r, want);
}

static void the_four_roundings_differ_where_they_should(void **state)
{
    (void)state;
    rounds_to("-0.5", "1", CR_ROUND_UP, "0");
    rounds_to("0.01", "1", CR_ROUND_UP, "1");
    rounds_to("3", "1", CR_ROUND_UP, "3");
    rounds_to("-0.5", "1", CR_ROUND_DOWN, "-1");
    rounds_to("0.99", "1", CR_ROUND_DOWN, "0");
    rounds_to("2.5", "1", CR_ROUND_HALF_UP, "3");
    rounds_to("-2.5", "1", CR_ROUND_HALF_UP, "-3");
    rounds_to("-2.4", "1", CR_ROUND_HALF_UP, "-2");
    rounds_to("-2.6", "1", CR_ROUND_HALF_UP, "-3");
    rounds_to("2.5", "1", CR_ROUND_HALF_EVEN, "2");
    rounds_to("3.5", "1", CR_ROUND_HALF_EVEN, "4");
    rounds_to("-2.5", "1", CR_ROUND_HALF_EVEN, "-2");
    rounds_to("-3.5", "1", CR_ROUND_HALF_EVEN, "-4");
    rounds_to("1234.565", "0.01", CR_ROUND_HALF_UP, "1234.57");
    rounds_to("101", "50", CR_ROUND_UP, "150");
    rounds_to("1/3", "1/12", CR_ROUND_DOWN, "1/3");
}

static void rounding_refuses_a_step_that_is_not_positive_and_survives_the_edges(void **state)
{
    cr_rat r, low = {-CR_I128_MAX, CR_I128_MAX - 1}, most = {CR_I128_MAX, 1};
    (void)state;
    assert_int_equal(cr_rat_round(of("1"), of("0"), CR_ROUND_UP, &r), 1);
    assert_int_equal(cr_rat_round(of("1"), of("-1"), CR_ROUND_UP, &r), 1);
    assert_int_equal(cr_rat_round(most, of("0.01"), CR_ROUND_UP, &r), 1);
    for (int mode = CR_ROUND_UP; mode <= CR_ROUND_HALF_EVEN; mode++) {
        assert_int_equal(cr_rat_round(low, of("1"), (cr_round_mode)mode, &r), 0);
        is(r, mode == CR_ROUND_DOWN ? "-2" : "-1");
    }
}

static void only_plain_numbers_parse(void **state)
{
    static const char *const bad[] = {"",    "-",     "+1",
                                      " 1",  "1 ",    ".5",
                                      "5.",  "1e3",   "1,000",
                                      "1/0", "1/-2",  "1/",
                                      "/2",  "1.5/2", "--1",
                                      "0x1", "1.2.3", "1/2/3",
                                      "1_0", "１",    "999999999999999999999999999999999999999999"};
    cr_rat r = {3, 4};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!cr_rat_parse(cr_str_of(bad[i]), &r))
            fail_msg("'%s' parses", bad[i]);
    assert_true(r.num == 3 && r.den == 4);
    is(of("-0"), "0");
    is(of("007.50"), "7.5");
    is(of("-6/4"), "-1.5");
    is(of("170141183460469231731687303715884105727"), "170141183460469231731687303715884105727");
}

static void what_text_writes_parses_back(void **state)
{
    cr_i128 m = CR_I128_MAX, ten_38 = 1;
    (void)state;
    for (int i = 0; i < 38; i++)
        ten_38 *= 10;
    const cr_rat values[] = {{-m, m - 1}, {m - 1, m}, {m, 1}, {1, ten_38}, {-m, ten_38}, {0, 1}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[120];
        cr_rat back = {0, 0};
        size_t n = cr_rat_text(values[i], 0, text, sizeof text);
        assert_true(n > 0);
        assert_int_equal(cr_rat_parse(cr_str_of(text), &back), 0);
        assert_true(back.num == values[i].num && back.den == values[i].den);
    }
    assert_int_equal(
        cr_rat_parse(CR_STR("0.000000000000000000000000000000000000001"), &(cr_rat){0, 1}),
        1); /* 39 places */
}

static void text_is_a_decimal_where_there_is_one(void **state)
{
    char text[120];
    (void)state;
    assert_int_equal(cr_rat_text(of("5"), 2, text, sizeof text), 4);
    assert_string_equal(text, "5.00");
    assert_int_equal(cr_rat_text(of("-0.05"), 0, text, sizeof text), 5);
    assert_string_equal(text, "-0.05");
    assert_int_equal(cr_rat_text(of("0"), 2, text, sizeof text), 4);
    assert_string_equal(text, "0.00");
    assert_int_equal(cr_rat_text(of("1/8"), 2, text, sizeof text), 5);
    assert_string_equal(text, "0.125");
    assert_int_equal(cr_rat_text(of("-1250/3"), 2, text, sizeof text), 7);
    assert_string_equal(text, "-1250/3");
}

static void text_without_room_is_nothing_and_touches_nothing(void **state)
{
    char text[8] = "#######";
    (void)state;
    assert_int_equal(cr_rat_text(of("12.5"), 0, text, 4), 0);
    assert_int_equal(cr_rat_text(of("1/3"), 0, text, 0), 0);
    assert_string_equal(text, "#######");
    assert_int_equal(cr_rat_text(of("12.5"), 0, text, 5), 4);
    assert_string_equal(text, "12.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stand_in_lowest_terms_over_a_positive_number),
        cmocka_unit_test(divisors_and_multiples),
        cmocka_unit_test(arithmetic_is_exact),
        cmocka_unit_test(a_result_that_does_not_fit_is_refused),
        cmocka_unit_test(a_sum_cancels_before_its_denominator_is_formed),
        cmocka_unit_test(comparison_is_exact_where_products_do_not_fit),
        cmocka_unit_test(floor_and_ceiling_enclose_the_value),
        cmocka_unit_test(the_four_roundings_differ_where_they_should),
        cmocka_unit_test(rounding_refuses_a_step_that_is_not_positive_and_survives_the_edges),
        cmocka_unit_test(only_plain_numbers_parse),
        cmocka_unit_test(what_text_writes_parses_back),
        cmocka_unit_test(text_is_a_decimal_where_there_is_one),
        cmocka_unit_test(text_without_room_is_nothing_and_touches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
