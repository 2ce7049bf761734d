/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 against the vectors of FIPS 180-4, whole and in pieces. */
#include "fixture.h"

#include "base/sha256.h"

static void digest_is(const char *text, size_t n, size_t piece, const char *want)
{
    unsigned char digest[32];
    char hex[65];
    cr_sha256 s;
    cr_sha256_init(&s);
    for (size_t at = 0; at < n; at += piece)
        cr_sha256_put(&s, text + at, piece < n - at ? piece : n - at);
    cr_sha256_end(&s, digest);
    cr_sha256_hex(digest, hex);
    assert_string_equal(hex, want);
}

static void the_published_vectors_hold(void **state)
{
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    (void)state;
    digest_is("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest_is("abc", 3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_is(two, 56, 56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_letters_give_the_same_in_any_pieces(void **state)
{
    static const size_t pieces[] = {1000000, 1, 63, 64, 65, 999};
    char *text = malloc(1000000);
    (void)state;
    assert_non_null(text);
    memset(text, 'a', 1000000);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        digest_is(text, 1000000, pieces[i],
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(text);
}

static void nothing_put_changes_nothing(void **state)
{
    unsigned char digest[32];
    char hex[65];
    cr_sha256 s;
    (void)state;
    cr_sha256_init(&s);
    cr_sha256_put(&s, NULL, 0);
    cr_sha256_put(&s, "abc", 3);
    cr_sha256_put(&s, NULL, 0);
    cr_sha256_end(&s, digest);
    cr_sha256_hex(digest, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_hold),
        cmocka_unit_test(a_million_letters_give_the_same_in_any_pieces),
        cmocka_unit_test(nothing_put_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
