/* SPDX-License-Identifier: Apache-2.0 */
/* The byte buffer: what is put stands there, ended by a NUL; a failure sticks and leaks nothing. */
#include "fixture.h"

#include "base/buf.h"

static void pieces_of_every_kind_follow_one_another(void **state)
{
    cr_buf b;
    (void)state;
    cr_buf_init(&b, cr_alloc_default());
    cr_buf_text(&b, "a");
    cr_buf_char(&b, ':');
    cr_buf_str(&b, CR_STR("bc"));
    cr_buf_i64(&b, INT64_MIN);
    cr_buf_char(&b, ' ');
    cr_buf_i128(&b, CR_I128_MIN);
    cr_buf_repeat(&b, '-', 3);
    cr_buf_repeat(&b, '-', 0);
    cr_buf_put(&b, NULL, 0);
    assert_int_equal(b.oom, 0);
    assert_string_equal(b.p,
                        "a:bc-9223372036854775808 -170141183460469231731687303715884105728---");
    assert_int_equal(b.n, strlen(b.p));
    cr_buf_free(&b);
}

static void json_text_is_quoted_and_escaped(void **state)
{
    cr_buf b;
    (void)state;
    cr_buf_init(&b, cr_alloc_default());
    cr_buf_json(&b, CR_STR("低\"\\/\n\r\t\x01\x1f\0z"));
    assert_string_equal(b.p, "\"低\\\"\\\\/\\n\\r\\t\\u0001\\u001f\\u0000z\"");
    cr_buf_clear(&b);
    assert_string_equal(b.p, "");
    cr_buf_json(&b, CR_STR(""));
    assert_string_equal(b.p, "\"\"");
    cr_buf_free(&b);
}

static void it_ends_with_nul_after_every_byte(void **state)
{
    cr_buf b;
    (void)state;
    cr_buf_init(&b, cr_alloc_default());
    for (size_t i = 1; i < 2000; i++) {
        cr_buf_char(&b, 'x');
        assert_int_equal(b.n, i);
        assert_true(b.n < b.cap);
        assert_int_equal(b.p[i], 0);
    }
    cr_buf_free(&b);
    assert_null(b.p);
}

static void an_impossible_size_is_refused_without_a_request(void **state)
{
    fx_memory m = {0};
    cr_alloc alloc = {fx_alloc, &m};
    cr_buf b;
    (void)state;
    cr_buf_init(&b, alloc);
    cr_buf_put(&b, "x", SIZE_MAX);
    assert_int_equal(b.oom, 1);
    assert_int_equal(m.calls, 0);
    cr_buf_free(&b);
}

static void use(cr_buf *b)
{
    for (int i = 0; i < 100; i++) {
        cr_buf_i64(b, i);
        cr_buf_repeat(b, ' ', 40);
        cr_buf_json(b, CR_STR("a\"b"));
    }
}

static void the_nth_allocation_failing_sticks_and_leaks_nothing(void **state)
{
    int failed = 1;
    (void)state;
    for (long n = 1; failed; n++) {
        fx_memory m = {.fail_at = n};
        cr_alloc alloc = {fx_alloc, &m};
        cr_buf b;
        cr_buf_init(&b, alloc);
        use(&b);
        failed = b.oom;
        assert_int_equal(failed, m.calls >= n);
        size_t kept = b.n;
        cr_buf_char(&b, '!');
        assert_int_equal(b.n, kept + !failed);
        if (b.p)
            assert_int_equal(b.p[b.n], 0);
        cr_buf_free(&b);
        assert_int_equal(m.live, 0);
        assert_true(n < 100);
    }
}

static void a_cleared_buffer_starts_again_after_a_failure(void **state)
{
    fx_memory m = {.fail_at = 2};
    cr_alloc alloc = {fx_alloc, &m};
    cr_buf b;
    (void)state;
    cr_buf_init(&b, alloc);
    use(&b);
    assert_int_equal(b.oom, 1);
    cr_buf_clear(&b);
    cr_buf_text(&b, "again");
    assert_int_equal(b.oom, 0);
    assert_string_equal(b.p, "again");
    cr_buf_free(&b);
    assert_int_equal(m.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_every_kind_follow_one_another),
        cmocka_unit_test(json_text_is_quoted_and_escaped),
        cmocka_unit_test(it_ends_with_nul_after_every_byte),
        cmocka_unit_test(an_impossible_size_is_refused_without_a_request),
        cmocka_unit_test(the_nth_allocation_failing_sticks_and_leaks_nothing),
        cmocka_unit_test(a_cleared_buffer_starts_again_after_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
