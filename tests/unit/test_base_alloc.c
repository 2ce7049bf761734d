/* SPDX-License-Identifier: Apache-2.0 */
/* The way to memory: sizes are checked, blocks are zeroed, every byte goes through the hook. */
#include "fixture.h"

#include "base/alloc.h"

static void a_product_that_fits_is_given_and_one_that_does_not_is_refused(void **state)
{
    size_t out = 7;
    (void)state;
    assert_int_equal(cr_mul_size(6, 7, &out), 0);
    assert_int_equal(out, 42);
    assert_int_equal(cr_mul_size(0, SIZE_MAX, &out), 0);
    assert_int_equal(out, 0);
    assert_int_equal(cr_mul_size(SIZE_MAX, 1, &out), 0);
    assert_true(out == SIZE_MAX);
    out = 7;
    assert_int_equal(cr_mul_size(SIZE_MAX / 2 + 1, 2, &out), 1);
    assert_int_equal(cr_mul_size(SIZE_MAX, SIZE_MAX, &out), 1);
    assert_int_equal(out, 7);
}

static void memory_comes_zeroed_and_goes_back_in_full(void **state)
{
    fx_memory m = {0};
    cr_alloc alloc = {fx_alloc, &m};
    (void)state;
    unsigned char *p = cr_mem_get(&alloc, 25, 40);
    assert_non_null(p);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(p[i], 0);
    assert_int_equal(m.live, 1000);
    cr_mem_free(&alloc, p, 1000);
    cr_mem_free(&alloc, NULL, 1000);
    assert_int_equal(m.live, 0);
}

static void a_failed_or_impossible_request_is_null(void **state)
{
    fx_memory m = {.fail_at = 1};
    cr_alloc alloc = {fx_alloc, &m};
    (void)state;
    assert_null(cr_mem_get(&alloc, 1, 1));
    assert_null(cr_mem_get(&alloc, SIZE_MAX, 2));
    assert_null(cr_mem_get(&alloc, 0, 8));
    assert_int_equal(m.calls, 1); /* the overflow never reached the hook */
    assert_int_equal(m.live, 0);
}

static void the_default_hook_grows_and_keeps_what_was_there(void **state)
{
    cr_alloc a = cr_alloc_default();
    (void)state;
    char *p = a.fn(a.user, NULL, 0, 4);
    assert_non_null(p);
    memcpy(p, "abc", 4);
    p = a.fn(a.user, p, 4, 4096);
    assert_non_null(p);
    assert_string_equal(p, "abc");
    assert_null(a.fn(a.user, p, 4096, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_product_that_fits_is_given_and_one_that_does_not_is_refused),
        cmocka_unit_test(memory_comes_zeroed_and_goes_back_in_full),
        cmocka_unit_test(a_failed_or_impossible_request_is_null),
        cmocka_unit_test(the_default_hook_grows_and_keeps_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
