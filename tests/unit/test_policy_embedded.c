/* SPDX-License-Identifier: Apache-2.0 */
/* The packs that the library carries, as one policy. */
#include "test_policy_fixture.h"

#include "policy/embedded.h"

enum { MOST_FILES = 300 };

static uint32_t carried_files(cr_file *files)
{
    assert_true(cr_embedded_count > 0 && cr_embedded_count < MOST_FILES);
    for (size_t i = 0; i < cr_embedded_count; i++) {
        memset(&files[i], 0, sizeof files[i]);
        files[i].name = cr_str_of(cr_embedded_files[i].path);
        files[i].text.p = (const char *)cr_embedded_files[i].bytes;
        files[i].text.n = cr_embedded_files[i].size;
    }
    return (uint32_t)cr_embedded_count;
}

static void build_carried(fx_built *b, cr_file *files, uint32_t n, uint32_t max_bytes)
{
    cr_policy_input in = {0};
    memset(b, 0, sizeof *b);
    cr_arena_init(&b->arena, cr_alloc_default());
    cr_diags_init(&b->diags, &b->arena);
    in.files = files;
    in.n_files = n;
    in.max_bytes = max_bytes;
    b->rc = cr_policy_build(&b->policy, &in, cr_alloc_default(), &b->diags);
}

static int ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

static void every_file_is_a_pack_of_its_own_name(void **state)
{
    (void)state;
    assert_true(cr_embedded_count > 0);
    for (size_t i = 0; i < cr_embedded_count; i++) {
        assert_true(ends_with(cr_embedded_files[i].path, ".civ"));
        assert_false(ends_with(cr_embedded_files[i].path, ".examples.civ"));
        assert_true(cr_embedded_files[i].size > 0);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(cr_embedded_files[i].path, cr_embedded_files[k].path);
    }
}

/* Also without a warning: a host would show it to its users. */
static void the_packs_are_one_policy_in_any_order(void **state)
{
    static cr_file files[MOST_FILES], turned[MOST_FILES];
    fx_built a, b;
    uint32_t n = carried_files(files);
    (void)state;
    for (uint32_t i = 0; i < n; i++)
        turned[i] = files[n - 1 - i];
    build_carried(&a, files, n, 0);
    build_carried(&b, turned, n, 0);
    assert_int_equal(a.rc, 0);
    assert_int_equal(b.rc, 0);
    assert_int_equal(a.diags.list.n, 0);
    assert_string_equal(a.policy->sha256, b.policy->sha256);
    assert_int_equal(a.policy->program.params.n, a.policy->tables.n);
    fx_drop(&a);
    fx_drop(&b);
}

static void every_row_is_found_on_its_own_day(void **state)
{
    static cr_file files[MOST_FILES];
    fx_built b;
    uint32_t asked = 0;
    (void)state;
    build_carried(&b, files, carried_files(files), 0);
    assert_int_equal(b.rc, 0);
    for (uint32_t i = 0; i < b.policy->tables.n; i++) {
        const cr_ptable *t = &b.policy->tables.at[i];
        for (uint32_t k = 0; k < t->rows.n; k++, asked++) {
            const cr_prow *row = &t->rows.at[k];
            assert_int_equal(cr_ptable_find(b.policy, t, row->region, row->key, row->from), k);
            assert_int_equal(cr_ptable_find(b.policy, t, row->region, row->key, row->to), k);
        }
    }
    assert_true(asked > 50);
    fx_drop(&b);
}

static void memory_is_limited(void **state)
{
    static cr_file files[MOST_FILES];
    fx_built b;
    (void)state;
    build_carried(&b, files, carried_files(files), 50000);
    assert_int_equal(b.rc, 3);
    assert_null(b.policy);
    fx_drop(&b);
}

static void a_policy_lives_as_long_as_somebody_holds_it(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {"module m \"模块\"\n  version \"7\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    cr_policy_retain(b.policy);
    cr_policy_release(b.policy);
    assert_true(cr_str_eq(b.policy->version, CR_STR("7"))); /* a sanitizer tells if it is gone */
    cr_policy_release(NULL);
    fx_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_a_pack_of_its_own_name),
        cmocka_unit_test(the_packs_are_one_policy_in_any_order),
        cmocka_unit_test(every_row_is_found_on_its_own_day),
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(a_policy_lives_as_long_as_somebody_holds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
