/* SPDX-License-Identifier: Apache-2.0 */
/* Growing arrays: order is kept, a failed push changes nothing. */
#include "fixture.h"

#include "base/vec.h"

typedef struct pair {
    int64_t a;
    char b;
} pair;

typedef CR_VEC(pair) pairs;

static int fill(cr_arena *arena, pairs *v)
{
    for (int i = 0; i < 5000; i++) {
        pair p = {i, (char)(i % 100)};
        if (!CR_PUSH(arena, *v, p))
            return 1;
    }
    return 0;
}

static void what_is_pushed_stands_in_order(void **state)
{
    cr_arena arena;
    pairs v = {0};
    (void)state;
    cr_arena_init(&arena, cr_alloc_default());
    assert_int_equal(fill(&arena, &v), 0);
    assert_int_equal(v.n, 5000);
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(v.at[i].a, i);
        assert_int_equal(v.at[i].b, i % 100);
    }
    cr_arena_free(&arena);
}

static void pointers_and_numbers_can_be_pushed(void **state)
{
    CR_VEC(const char *) names = {0};
    CR_VEC(uint8_t) bytes = {0};
    cr_arena arena;
    (void)state;
    cr_arena_init(&arena, cr_alloc_default());
    for (uint8_t i = 0; i < 200; i++) {
        assert_int_equal(CR_PUSH(&arena, names, "n"), 1);
        assert_int_equal(CR_PUSH(&arena, bytes, i), 1);
    }
    assert_string_equal(names.at[199], "n");
    assert_int_equal(bytes.at[199], 199);
    cr_arena_free(&arena);
}

static void the_largest_count_is_refused_with_the_flag_set(void **state)
{
    cr_arena arena;
    void *at = NULL;
    uint32_t cap = UINT32_MAX / 2 + 1;
    (void)state;
    cr_arena_init(&arena, cr_alloc_default());
    assert_int_equal(cr_vec_grow(&arena, &at, &cap, 0, 1), 0);
    assert_int_equal(arena.oom, 1);
    assert_null(at);
    cr_arena_free(&arena);
}

static void the_nth_allocation_failing_leaves_the_array_as_it_was(void **state)
{
    int failed = 1;
    (void)state;
    for (long n = 1; failed; n++) {
        fx_memory m = {.fail_at = n};
        cr_alloc alloc = {fx_alloc, &m};
        cr_arena arena;
        pairs v = {0};
        cr_arena_init(&arena, alloc);
        failed = fill(&arena, &v);
        assert_int_equal(failed, m.calls >= n);
        assert_int_equal(arena.oom, failed);
        for (uint32_t i = 0; i < v.n; i++)
            assert_int_equal(v.at[i].a, i);
        cr_arena_free(&arena);
        assert_int_equal(m.live, 0);
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_pushed_stands_in_order),
        cmocka_unit_test(pointers_and_numbers_can_be_pushed),
        cmocka_unit_test(the_largest_count_is_refused_with_the_flag_set),
        cmocka_unit_test(the_nth_allocation_failing_leaves_the_array_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
