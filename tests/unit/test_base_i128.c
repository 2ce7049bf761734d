/* SPDX-License-Identifier: Apache-2.0 */
/* Wide integers: overflow is seen at the very edges, decimal text is exact. */
#include "fixture.h"

#include "base/i128.h"

static void overflow_is_reported_at_the_edges_only(void **state)
{
    cr_i128 out = 0, root = (cr_i128)1 << 63;
    (void)state;
    assert_int_equal(cr_i128_add(CR_I128_MAX - 1, 1, &out), 0);
    assert_true(out == CR_I128_MAX);
    assert_int_equal(cr_i128_add(CR_I128_MAX, 1, &out), 1);
    assert_int_equal(cr_i128_add(CR_I128_MIN, -1, &out), 1);
    assert_int_equal(cr_i128_sub(CR_I128_MIN + 1, 1, &out), 0);
    assert_true(out == CR_I128_MIN);
    assert_int_equal(cr_i128_sub(CR_I128_MIN, 1, &out), 1);
    assert_int_equal(cr_i128_sub(0, CR_I128_MIN, &out), 1);
    assert_int_equal(cr_i128_mul(root, root - 1, &out), 0);
    assert_true(out == root * (root - 1));
    assert_int_equal(cr_i128_mul(-root, root - 1, &out), 0);
    assert_true(out == -root * (root - 1));
    assert_int_equal(cr_i128_mul(root, root * 2, &out), 1);
    assert_int_equal(cr_i128_mul(CR_I128_MIN, -1, &out), 1);
    assert_int_equal(cr_i128_mul(CR_I128_MAX, -1, &out), 0);
    assert_true(out == -CR_I128_MAX);
    assert_int_equal(cr_i128_mul(0, CR_I128_MIN, &out), 0);
    assert_true(out == 0);
}

static void sixty_four_bits_are_taken_exactly(void **state)
{
    int64_t out = 7;
    (void)state;
    assert_int_equal(cr_i128_to_i64(INT64_MAX, &out), 0);
    assert_true(out == INT64_MAX);
    assert_int_equal(cr_i128_to_i64(INT64_MIN, &out), 0);
    assert_true(out == INT64_MIN);
    out = 7;
    assert_int_equal(cr_i128_to_i64((cr_i128)INT64_MAX + 1, &out), 1);
    assert_int_equal(cr_i128_to_i64((cr_i128)INT64_MIN - 1, &out), 1);
    assert_int_equal(out, 7);
}

static void the_smaller_and_the_larger_are_chosen(void **state)
{
    (void)state;
    assert_true(cr_i128_min(CR_I128_MIN, CR_I128_MAX) == CR_I128_MIN);
    assert_true(cr_i128_max(CR_I128_MIN, CR_I128_MAX) == CR_I128_MAX);
    assert_true(cr_i128_min(3, 3) == 3 && cr_i128_max(-1, -2) == -1);
}

static void decimal_text_is_exact(void **state)
{
    char text[48];
    (void)state;
    assert_int_equal(cr_i128_text(0, text), 1);
    assert_string_equal(text, "0");
    assert_int_equal(cr_i128_text(-10, text), 3);
    assert_string_equal(text, "-10");
    assert_int_equal(cr_i128_text(CR_I128_MAX, text), 39);
    assert_string_equal(text, "170141183460469231731687303715884105727");
    assert_int_equal(cr_i128_text(CR_I128_MIN, text), 40);
    assert_string_equal(text, "-170141183460469231731687303715884105728");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overflow_is_reported_at_the_edges_only),
        cmocka_unit_test(sixty_four_bits_are_taken_exactly),
        cmocka_unit_test(the_smaller_and_the_larger_are_chosen),
        cmocka_unit_test(decimal_text_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
