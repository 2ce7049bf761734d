/* SPDX-License-Identifier: Apache-2.0 */
/* The hash map: the first value of a key stays, an absent key is -1, a failed put changes nothing.
 */
#include "fixture.h"

#include "base/map.h"

enum { KEYS = 3000 };

static char keys[KEYS][16];

static int make_keys(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++)
        snprintf(keys[i], sizeof keys[i], "k%d", i);
    return 0;
}

static void a_key_is_found_with_its_first_value(void **state)
{
    cr_arena arena;
    cr_map map;
    (void)state;
    cr_arena_init(&arena, cr_alloc_default());
    cr_map_init(&map, &arena);
    assert_int_equal(cr_map_get(&map, CR_STR("k0")), -1);
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(cr_map_put(&map, cr_str_of(keys[i]), i), 1);
    for (int i = 0; i < KEYS; i++) {
        assert_int_equal(cr_map_put(&map, cr_str_of(keys[i]), -7), 0);
        assert_int_equal(cr_map_get(&map, cr_str_of(keys[i])), i);
    }
    assert_int_equal(map.n, KEYS);
    assert_int_equal(cr_map_get(&map, CR_STR("k")), -1);
    assert_int_equal(cr_map_get(&map, CR_STR("k3000")), -1);
    cr_arena_free(&arena);
}

static void empty_text_is_a_key_and_nul_bytes_count(void **state)
{
    cr_str none = {NULL, 0};
    cr_arena arena;
    cr_map map;
    (void)state;
    cr_arena_init(&arena, cr_alloc_default());
    cr_map_init(&map, &arena);
    assert_int_equal(cr_map_put(&map, none, 5), 1);
    assert_int_equal(cr_map_put(&map, CR_STR(""), 6), 0);
    assert_int_equal(cr_map_get(&map, none), 5);
    assert_int_equal(cr_map_put(&map, CR_STR("a\0b"), 8), 1);
    assert_int_equal(cr_map_put(&map, CR_STR("a\0c"), 9), 1);
    assert_int_equal(cr_map_get(&map, CR_STR("a\0c")), 9);
    assert_int_equal(cr_map_get(&map, CR_STR("a")), -1);
    cr_arena_free(&arena);
}

static int fill(cr_map *map)
{
    for (int i = 0; i < KEYS; i++)
        if (cr_map_put(map, cr_str_of(keys[i]), i) != 1)
            return 1;
    return 0;
}

static void the_nth_allocation_failing_keeps_what_was_put(void **state)
{
    int failed = 1;
    (void)state;
    for (long n = 1; failed; n++) {
        fx_memory m = {.fail_at = n};
        cr_alloc alloc = {fx_alloc, &m};
        cr_arena arena;
        cr_map map;
        cr_arena_init(&arena, alloc);
        cr_map_init(&map, &arena);
        failed = fill(&map);
        assert_int_equal(failed, m.calls >= n);
        for (int i = 0; i < KEYS; i++)
            assert_int_equal(cr_map_get(&map, cr_str_of(keys[i])), i < (int)map.n ? i : -1);
        cr_arena_free(&arena);
        assert_int_equal(m.live, 0);
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_found_with_its_first_value),
        cmocka_unit_test(empty_text_is_a_key_and_nul_bytes_count),
        cmocka_unit_test(the_nth_allocation_failing_keeps_what_was_put),
    };
    return cmocka_run_group_tests(tests, make_keys, NULL);
}
