/* SPDX-License-Identifier: Apache-2.0 */
/* Text: comparison, strict UTF-8, display width, nearest names. */
#include "fixture.h"

#include "base/str.h"

static void texts_compare_by_bytes(void **state)
{
    cr_str none = {NULL, 0};
    (void)state;
    assert_true(cr_str_eq(CR_STR("ab"), cr_str_of("ab")));
    assert_false(cr_str_eq(CR_STR("ab"), CR_STR("abc")));
    assert_true(cr_str_eq(none, CR_STR("")));
    assert_int_equal(cr_str_of(NULL).n, 0);
    assert_true(cr_str_cmp(CR_STR("a"), CR_STR("b")) < 0);
    assert_true(cr_str_cmp(CR_STR("a"), CR_STR("ab")) < 0);
    assert_true(cr_str_cmp(CR_STR("\xff"), CR_STR("a")) > 0);
    assert_true(cr_str_cmp(CR_STR("b"), CR_STR("ab")) > 0);
    assert_int_equal(cr_str_cmp(none, CR_STR("")), 0);
    assert_true(cr_str_starts(CR_STR("abc"), CR_STR("ab")));
    assert_true(cr_str_starts(CR_STR("abc"), none));
    assert_false(cr_str_starts(CR_STR("ab"), CR_STR("abc")));
    assert_true(cr_str_eq(cr_str_part(CR_STR("abcd"), 1, 3), CR_STR("bc")));
}

static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80)
        return (void)(out[0] = (char)c), 1;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)((0xF00u >> n & 0xF0) | c);
    return n;
}

static void every_code_point_decodes_and_surrogates_do_not(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x110010; c++) {
        char text[4];
        uint32_t got = 0;
        size_t n = encode(c, text);
        int valid = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        int used = cr_utf8_next(text, n, &got);
        if (used != (valid ? (int)n : 0) || (valid && got != c))
            fail_msg("U+%04X: %d bytes, U+%04X", (unsigned)c, used, (unsigned)got);
        if (cr_utf8_next(text, n - 1, &got) != 0)
            fail_msg("U+%04X cut short is accepted", (unsigned)c);
    }
}

static void what_is_not_utf8_is_refused(void **state)
{
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x80\x80",
                                      "\xe0\x9f\xbf",
                                      "\xf0\x80\x80\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80",
                                      "\xfe",
                                      "\xff",
                                      "\xc3(",
                                      "\xe4\xb8(",
                                      "\xf0\x9f\x98("};
    uint32_t cp;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(cr_utf8_next(bad[i], strlen(bad[i]), &cp), 0);
}

static void wide_characters_take_two_columns(void **state)
{
    (void)state;
    assert_int_equal(cr_utf8_width(CR_STR("")), 0);
    assert_int_equal(cr_utf8_width(CR_STR("abc")), 3);
    assert_int_equal(cr_utf8_width(CR_STR("低保 a")), 6);
    assert_int_equal(cr_utf8_width(CR_STR("，：（）")), 8);
    assert_int_equal(cr_utf8_width(CR_STR("é")), 1);
    assert_int_equal(cr_utf8_width(CR_STR("한글")), 4);
    assert_int_equal(cr_utf8_width(CR_STR("𠮷")), 2);
    assert_int_equal(cr_utf8_width(CR_STR("\xff\xe4")),
                     2); /* a column for each byte that is no text */
}

static void distance_counts_the_four_edits(void **state)
{
    (void)state;
    assert_int_equal(cr_edit_distance(CR_STR("same"), CR_STR("same"), 3), 0);
    assert_int_equal(cr_edit_distance(CR_STR("amount"), CR_STR("amuont"), 3), 1);
    assert_int_equal(cr_edit_distance(CR_STR("amount"), CR_STR("amont"), 3), 1);
    assert_int_equal(cr_edit_distance(CR_STR("amont"), CR_STR("amount"), 3), 1);
    assert_int_equal(cr_edit_distance(CR_STR("amount"), CR_STR("amoumt"), 3), 1);
    assert_int_equal(cr_edit_distance(CR_STR("kitten"), CR_STR("sitting"), 5), 3);
    assert_int_equal(cr_edit_distance(CR_STR(""), CR_STR("abc"), 5), 3);
    assert_int_equal(cr_edit_distance(CR_STR("abc"), CR_STR("xyz"), 2), 3);
}

static void distance_gives_up_beyond_64_bytes(void **state)
{
    char text[66];
    (void)state;
    memset(text, 'a', sizeof text);
    cr_str at = {text, 64}, over = {text, 65};
    assert_int_equal(cr_edit_distance(at, at, 2), 0);
    assert_int_equal(cr_edit_distance(over, over, 2), 3);
    assert_int_equal(cr_edit_distance(at, over, 2), 3);
}

static void the_nearest_name_is_found_within_a_third(void **state)
{
    const cr_str names[] = {CR_STR("income"), CR_STR("outcome"), CR_STR("in"), CR_STR("on"),
                            CR_STR("家庭成员")};
    size_t at = 99;
    (void)state;
    assert_int_equal(cr_nearest(CR_STR("incme"), names, 5, &at), 1);
    assert_int_equal(at, 0);
    assert_int_equal(cr_nearest(CR_STR("outcome"), names, 5, &at), 1);
    assert_int_equal(at, 1);
    assert_int_equal(cr_nearest(CR_STR("家庭成圆"), names, 5, &at), 1);
    assert_int_equal(at, 4);
    assert_int_equal(cr_nearest(CR_STR("an"), names, 5, &at), 1); /* a tie: the first */
    assert_int_equal(at, 2);
    at = 99;
    assert_int_equal(cr_nearest(CR_STR("xyz"), names, 5, &at), 0);
    assert_int_equal(cr_nearest(CR_STR("in"), names, 0, &at), 0);
    assert_int_equal(at, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_compare_by_bytes),
        cmocka_unit_test(every_code_point_decodes_and_surrogates_do_not),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(wide_characters_take_two_columns),
        cmocka_unit_test(distance_counts_the_four_edits),
        cmocka_unit_test(distance_gives_up_beyond_64_bytes),
        cmocka_unit_test(the_nearest_name_is_found_within_a_third),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
