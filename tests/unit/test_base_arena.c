/* SPDX-License-Identifier: Apache-2.0 */
/* The arena: alignment, zeroing, limits, and every allocation failing in turn. */
#include "fixture.h"

#include "base/arena.h"

static void blocks_are_aligned_zeroed_and_apart(void **state)
{
    cr_arena a;
    unsigned char *last = NULL;
    (void)state;
    cr_arena_init(&a, cr_alloc_default());
    for (size_t n = 1; n < 3000; n += 7) {
        unsigned char *p = cr_arena_get(&a, n, 1);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
        if (last)
            assert_int_equal(*last, 0xAA);
        last = p;
    }
    assert_int_equal(a.oom, 0);
    cr_arena_free(&a);
}

static void a_block_larger_than_a_chunk_fits(void **state)
{
    cr_arena a;
    (void)state;
    cr_arena_init(&a, cr_alloc_default());
    unsigned char *p = cr_arena_get(&a, 3, 1u << 20);
    assert_non_null(p);
    p[(3u << 20) - 1] = 1;
    assert_non_null(cr_arena_get(&a, 0, 8));
    cr_arena_free(&a);
}

static void text_is_copied_and_ended(void **state)
{
    char source[] = "abc";
    cr_arena a;
    (void)state;
    cr_arena_init(&a, cr_alloc_default());
    cr_str copy = cr_arena_text(&a, cr_str_of(source));
    source[0] = 'x';
    assert_int_equal(copy.n, 3);
    assert_string_equal(copy.p, "abc");
    cr_str none = {NULL, 0};
    copy = cr_arena_text(&a, none);
    assert_non_null(copy.p);
    assert_string_equal(copy.p, "");
    cr_arena_free(&a);
}

static void an_impossible_size_is_out_of_memory_and_stays_so(void **state)
{
    cr_arena a;
    (void)state;
    cr_arena_init(&a, cr_alloc_default());
    assert_null(cr_arena_get(&a, SIZE_MAX, 2));
    assert_null(cr_arena_get(&a, SIZE_MAX, 1));
    assert_null(cr_arena_get(&a, SIZE_MAX - 20, 1));
    assert_non_null(cr_arena_get(&a, 1, 1));
    assert_int_equal(a.oom, 1);
    assert_int_equal(a.over_limit, 0);
    cr_arena_free(&a);
}

static void the_limit_is_used_up_and_never_passed(void **state)
{
    static const size_t limits[] = {1000, 16384, 20000, 70001, 300000};
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        fx_memory m = {0};
        cr_alloc alloc = {fx_alloc, &m};
        cr_arena a;
        size_t got = 0;
        cr_arena_init(&a, alloc);
        a.limit = limits[i];
        while (cr_arena_get(&a, 1, 16))
            got += 16;
        assert_true((size_t)m.live <= limits[i]);
        assert_true(got + 48 * (size_t)m.calls + 48 > limits[i]); /* heads and a last remainder */
        assert_int_equal(a.oom, 1);
        assert_int_equal(a.over_limit, 1);
        cr_arena_free(&a);
        assert_int_equal(m.live, 0);
    }
}

static int use(cr_arena *a)
{
    for (size_t i = 1; i < 60; i++) {
        char *p = cr_arena_get(a, i, 1000);
        if (!p)
            return 1;
        memset(p, 1, i * 1000);
    }
    return cr_arena_text(a, cr_str_of("end")).p == NULL;
}

static void the_nth_allocation_failing_leaks_nothing(void **state)
{
    int failed = 1;
    (void)state;
    for (long n = 1; failed; n++) {
        fx_memory m = {.fail_at = n};
        cr_alloc alloc = {fx_alloc, &m};
        cr_arena a;
        cr_arena_init(&a, alloc);
        failed = use(&a);
        assert_int_equal(a.oom, failed);
        assert_int_equal(a.over_limit, 0);
        assert_int_equal(failed, m.calls >= n);
        cr_arena_free(&a);
        assert_int_equal(m.live, 0);
        m.fail_at = 0;
        assert_int_equal(use(&a), 0); /* after a release it is as new, flag included */
        cr_arena_free(&a);
        assert_int_equal(m.live, 0);
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_zeroed_and_apart),
        cmocka_unit_test(a_block_larger_than_a_chunk_fits),
        cmocka_unit_test(text_is_copied_and_ended),
        cmocka_unit_test(an_impossible_size_is_out_of_memory_and_stays_so),
        cmocka_unit_test(the_limit_is_used_up_and_never_passed),
        cmocka_unit_test(the_nth_allocation_failing_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
