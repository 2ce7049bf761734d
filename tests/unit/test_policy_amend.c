/* SPDX-License-Identifier: Apache-2.0 */
/* Amendments: rows that take their span from what stood there, statements that are replaced or
   removed, their order, what changes nothing; and the hash that tells policies apart. */
#include "test_policy_fixture.h"

#define HEAD                                                                                       \
    "module m \"模块\"\n"                                                                        \
    "regions \"地区\"\n  610000 \"省\"\n  by design \"t\"\n"                                    \
    "enum kind \"类\"\n  red \"红\"\n  green \"绿\"\n"                                          \
    "entity root \"根\"\n  root\n  kind : kind\n  size : integer\n"
#define RATE                                                                                       \
    "parameter m.p : integer\n  nation : 5 from 2020-01-01\n  nation : 6 from 2022-01-01\n"        \
    "  610000 : 7 from 2020-01-01 to 2024-12-31\n  by design \"t\"\n"
#define X(value) "define root.m.x : integer \"x\"\n  = " value "\n  by design \"t\"\n"

static int64_t nation_on(const fx_built *b, const char *day)
{
    return fx_value(b, "m.p", "000000", day);
}

/* The number that the first version of m.x is defined as; -1 = there is no m.x. */
static int64_t x_of(const fx_built *b)
{
    const cr_program *p = &b->policy->program;
    int32_t def = cr_program_def(p, cr_program_entity(p, CR_STR("root")), CR_STR("m.x"));
    if (def < 0)
        return -1;
    assert_int_equal(p->defs.at[def].versions.n, 1);
    return (int64_t)p->defs.at[def].versions.at[0].stmt->clauses.at[0].value->number.num;
}

/* ---- rows ---- */

static void rows_may_stand_in_other_files(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {"parameter m.p\n  610000 : 7 from 2020-01-01 by design \"t\"\n",
                                  HEAD "parameter m.p : integer\n  nation : 5\n  by design \"t\"\n",
                                  "parameter m.p\n  nation : 8 from 2023-01-01\n  by design "
                                  "\"other\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(nation_on(&b, "2022-12-31"), 5);
    assert_int_equal(nation_on(&b, "2023-01-01"), 8);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2023-01-01"), 7);
    const cr_prow *row =
        &fx_table(&b, "m.p")->rows.at[fx_row(&b, "m.p", "000000", NULL, "2023-01-01")];
    assert_int_equal(row->cites.n, 1);
    assert_true(cr_str_eq(row->cites.at[0].design.zh, CR_STR("other")));
    fx_drop(&b);
}

static void a_row_takes_its_span_from_what_stood_there(void **state)
{
    fx_built b;
    const fx_texts t = {.packs = {HEAD RATE},
                        .amendments = {"amend m.p\n  nation : 9 from 2021-01-01 by design \"t\"\n"
                                       "  610000 : 8 from 2023-01-01 by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(nation_on(&b, "2020-12-31"), 5);
    assert_int_equal(nation_on(&b, "2021-01-01"), 9);
    assert_int_equal(nation_on(&b, "2021-12-31"), 9);
    assert_int_equal(nation_on(&b, "2022-01-01"), 6); /* the next row begins all the same */
    assert_int_equal(fx_value(&b, "m.p", "610000", "2022-12-31"), 7);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2023-01-01"), 8);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2024-12-31"), 8);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2025-01-01"),
                     FX_NO_ROW); /* its end passes on */
    fx_drop(&b);
}

/* Of rows without an end the latest is the one in which a day lies. */
static void a_row_cuts_the_one_in_force_not_the_first(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD RATE},
        .amendments = {"amend m.p\n  nation : 9 from 2023-01-01 by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(nation_on(&b, "2021-12-31"), 5);
    assert_int_equal(nation_on(&b, "2022-12-31"), 6);
    assert_int_equal(nation_on(&b, "2200-12-31"), 9);
    fx_drop(&b);
}

static void a_row_of_the_same_beginning_is_replaced(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD RATE},
        .amendments = {"amend m.p\n  nation : 9 from 2022-01-01 to 2022-12-31\n  by design \"n\"\n"
                       "  610000 : 8 from 2019-01-01 to 2019-12-31 by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &t);
    assert_int_equal(nation_on(&b, "2021-12-31"), 5);
    assert_int_equal(nation_on(&b, "2022-12-31"), 9);
    assert_int_equal(nation_on(&b, "2023-01-01"), FX_NO_ROW);
    assert_int_equal(fx_value(&b, "m.p", "610000", "2019-12-31"), 8); /* a new row before all */
    assert_int_equal(fx_value(&b, "m.p", "610000", "2020-01-01"), 7);
    const cr_prow *row =
        &fx_table(&b, "m.p")->rows.at[fx_row(&b, "m.p", "000000", NULL, "2022-06-01")];
    assert_true(cr_str_eq(row->cites.at[0].design.zh, CR_STR("n")));
    fx_drop(&b);
}

static void rows_of_other_keys_stay(void **state)
{
    fx_built b;
    const fx_texts t = {
        .packs = {HEAD "parameter m.k : integer\n  keys size\n  1 .. 2 : 1\n  3 : 2\n"
                       "  by design \"t\"\n"},
        .amendments = {"amend m.k\n  1 .. 2 : 8 by design \"t\"\n  4 : 9 by design \"t\"\n"}};
    static const int64_t want[] = {FX_NO_ROW, 8, FX_NO_ROW, 2, FX_NO_ROW, 9, FX_NO_ROW};
    (void)state;
    fx_fine(&b, &t);
    for (int64_t i = 0; i < 7; i++)
        assert_int_equal(fx_value_at(&b, "m.k", "000000", i, "2020-01-01"), want[i]);
    fx_drop(&b);
}

static void amendments_are_read_in_order(void **state)
{
    static const char first[] = "amend m.p\n  nation : 8 from 2023-01-01 by design \"t\"\n";
    static const char second[] = "amend m.p\n  nation : 9 from 2023-01-01 by design \"t\"\n";
    fx_built a, b;
    const fx_texts there = {.packs = {HEAD RATE}, .amendments = {first, second}};
    const fx_texts back = {.packs = {HEAD RATE}, .amendments = {second, first}};
    (void)state;
    fx_fine(&a, &there);
    fx_fine(&b, &back);
    assert_int_equal(nation_on(&a, "2024-01-01"), 9);
    assert_int_equal(nation_on(&b, "2024-01-01"), 8);
    assert_string_not_equal(a.policy->sha256, b.policy->sha256);
    fx_drop(&a);
    fx_drop(&b);
}

/* A row that a later amendment adds is not there yet when an earlier one amends. */
static void rows_added_by_an_amendment_wait_their_turn(void **state)
{
    const fx_texts t = {
        .packs = {HEAD RATE},
        .amendments = {"amend m.p\n  nation : 8 from 2023-01-01 by design \"t\"\n",
                       "parameter m.p\n  nation : 9 from 2023-01-01 by design \"t\"\n"}};
    (void)state;
    fx_refused(&t, CR_D_ROW_OVERLAP, 2);
}

/* ---- what changes nothing ---- */

static void changing_nothing_is_an_error(void **state)
{
    static const char *const rows[] = {
        "amend m.p\n  nation : 6 from 2023-01-01 by design \"t\"\n",
        "amend m.p\n  nation : 6 from 2022-01-01 by design \"t\"\n",
        "amend m.p\n  610000 : 7 from 2020-01-01 to 2024-12-31 by design \"t\"\n",
        "amend m.neg\n  nation : -5 from 2022-01-01 by design \"t\"\n", "amend m.p\n"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const fx_texts t = {
            .packs = {HEAD RATE "parameter m.neg : integer\n  nation : -5\n  by design \"t\"\n"},
            .amendments = {rows[i]}};
        fx_refused(&t, CR_D_AMEND_NOTHING, i == 4 ? 1 : 2);
    }
}

static void small_changes_are_changes(void **state)
{
    static const char pack[] =
        HEAD "parameter m.neg : integer\n  nation : -5\n  by design \"t\"\n"
             "parameter m.part : exact number\n  nation : 1 / 3\n  by design \"t\"\n"
             "limit m.cap : integer\n  nation : below 5\n  by design \"t\"\n"
             "parameter m.end : integer\n  610000 : 1 to 2025-12-31 confirmed to 2020-12-31\n"
             "  by design \"t\"\n";
    static const char *const changes[] = {
        "amend m.neg\n  nation : -6 by design \"t\"\n",
        "amend m.part\n  nation : 1 / 7 by design \"t\"\n",
        "amend m.part\n  nation : 2 / 3 by design \"t\"\n",
        "amend m.cap\n  nation : up to 5 by design \"t\"\n",
        "amend m.end\n  610000 : 1 to 2026-12-31 confirmed to 2020-12-31 by design \"t\"\n",
        "amend m.end\n  610000 : 1 confirmed to 2021-12-31 by design \"t\"\n",
        "amend m.end\n  610000 : 1 confirmed to 2020-12-31 then as parent by design \"t\"\n"};
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        fx_built b;
        const fx_texts t = {.packs = {pack}, .amendments = {changes[i]}};
        fx_fine(&b, &t);
        fx_drop(&b);
    }
}

static void what_belongs_to_the_declaration_is_refused(void **state)
{
    const fx_texts local = {.packs = {HEAD RATE},
                            .amendments = {"amend m.p\n  local only\n  nation : 9 by design "
                                           "\"t\"\n"}};
    const fx_texts keys = {.packs = {HEAD RATE "parameter m.p\n  keys kind\n  nation : 9\n"}};
    (void)state;
    fx_refused(&local, CR_D_CLAUSE, 1);
    fx_refused(&keys, CR_D_CLAUSE, 18);
}

/* ---- statements ---- */

static void a_statement_is_replaced_or_removed(void **state)
{
    fx_built b;
    const fx_texts replaced = {.packs = {HEAD X("1")}, .amendments = {"replace " X("2")}};
    const fx_texts removed = {.packs = {HEAD X("1")}, .amendments = {"remove root.m.x\n"}};
    (void)state;
    fx_fine(&b, &replaced);
    assert_int_equal(x_of(&b), 2);
    fx_drop(&b);
    fx_fine(&b, &removed);
    assert_int_equal(x_of(&b), -1);
    fx_drop(&b);
}

static void statements_are_changed_one_after_another(void **state)
{
    fx_built b;
    const fx_texts twice = {.packs = {HEAD X("1")},
                            .amendments = {"replace " X("2"), "replace " X("3")}};
    const fx_texts gone = {.packs = {HEAD X("1")},
                           .amendments = {"replace " X("2"), "remove root.m.x\n"}};
    const fx_texts late = {.packs = {HEAD X("1")},
                           .amendments = {"remove root.m.x\n", "replace " X("2")}};
    const fx_texts again = {.packs = {HEAD X("1")},
                            .amendments = {"remove root.m.x\n", "remove root.m.x\n"}};
    (void)state;
    fx_fine(&b, &twice);
    assert_int_equal(x_of(&b), 3);
    fx_drop(&b);
    fx_fine(&b, &gone);
    assert_int_equal(x_of(&b), -1);
    fx_drop(&b);
    fx_refused(&late, CR_D_AMEND_TARGET, 1);
    fx_refused(&again, CR_D_AMEND_TARGET, 1);
}

static void a_removed_parameter_takes_its_rows_along(void **state)
{
    fx_built b;
    const fx_texts removed = {
        .packs = {"parameter m.p\n  610000 : 9 from 2026-01-01 by design \"t\"\n", HEAD RATE},
        .amendments = {"remove m.p\n"}};
    const fx_texts anew = {
        .packs = {HEAD RATE},
        .amendments = {"remove m.p\n", "parameter m.p : integer\n  nation : 1\n  by design \"t\"\n",
                       "amend m.p\n  nation : 2 from 2021-01-01 by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &removed);
    assert_int_equal(cr_program_param(&b.policy->program, CR_STR("m.p")), -1);
    fx_drop(&b);
    fx_fine(&b, &anew);
    assert_int_equal(nation_on(&b, "2020-12-31"), 1);
    assert_int_equal(nation_on(&b, "2022-01-01"), 2);
    fx_drop(&b);
}

static void versions_are_told_apart_by_their_beginning(void **state)
{
    static const char versions[] =
        HEAD "define root.m.x : integer \"x\"\n  to 2020-12-31\n  = 1\n  by design \"t\"\n"
             "define root.m.x : integer \"x\"\n  from 2021-01-01\n  = 2\n  by design \"t\"\n";
    fx_built b;
    const fx_texts second = {
        .packs = {versions},
        .amendments = {"replace define root.m.x : integer \"x\"\n  from 2021-01-01\n  = 3\n"
                       "  by design \"t\"\n"}};
    const fx_texts neither = {
        .packs = {versions},
        .amendments = {"replace define root.m.x : integer \"x\"\n  from 2021-01-02\n  = 3\n"
                       "  by design \"t\"\n"}};
    const fx_texts kind = {.packs = {versions},
                           .amendments = {"replace decide root.m.x \"x\"\n  all of\n"
                                          "    a \"a\" : size > 1\n  by design \"t\"\n"}};
    (void)state;
    fx_fine(&b, &second);
    const cr_program *p = &b.policy->program;
    const cr_def *d = &p->defs.at[cr_program_def(p, 0, CR_STR("m.x"))];
    assert_int_equal(d->versions.n, 2);
    assert_int_equal((int64_t)d->versions.at[0].stmt->clauses.at[0].value->number.num, 1);
    assert_int_equal((int64_t)d->versions.at[1].stmt->clauses.at[0].value->number.num, 3);
    fx_drop(&b);
    fx_refused(&neither, CR_D_AMEND_TARGET, 1);
    fx_refused(&kind, CR_D_AMEND_TARGET, 1);
}

static void the_nearest_name_is_proposed(void **state)
{
    static const char *const wrong[] = {"amend m.pp\n  nation : 1 by design \"t\"\n",
                                        "remove root.m.xy\n",
                                        "parameter m.q\n  nation : 1 by design \"t\"\n"};
    static const char *const near[] = {"m.p", "root.m.x", "m.p"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fx_built b;
        const fx_texts t = {.packs = {HEAD RATE X("1")}, .amendments = {wrong[i]}};
        fx_build(&b, &t);
        assert_int_equal(b.rc, 1);
        assert_int_equal(b.diags.list.n, 1);
        assert_true(cr_str_eq(b.diags.list.at[0].nearest, cr_str_of(near[i])));
        fx_drop(&b);
    }
}

/* Every statement looks for its target: fifty thousand of them must not look at one another. */
static void many_changes_end_soon(void **state)
{
    enum { MANY = 50000 };
    size_t room = sizeof HEAD + (size_t)MANY * 40, n = 0;
    char *text = malloc(room);
    fx_built b;
    (void)state;
    assert_non_null(text);
    n += (size_t)snprintf(text, room, HEAD);
    for (int i = 0; i < MANY; i++)
        n += (size_t)snprintf(text + n, room - n, i % 2 ? "remove no # %d\n" : "parameter p.n%d\n",
                              i);
    const fx_texts t = {.packs = {text}};
    fx_build(&b, &t);
    assert_int_equal(b.rc, 1);
    assert_true(b.diags.errors >= MANY);
    assert_int_equal(b.diags.list.n, 1000);
    fx_drop(&b);
    free(text);
}

/* ---- the hash ---- */

static void hash_of(char *out, const fx_texts *t)
{
    fx_built b;
    fx_fine(&b, t);
    memcpy(out, b.policy->sha256, 65);
    fx_drop(&b);
}

static void the_hash_tells_policies_apart(void **state)
{
    static const char other[] = "module n \"另\"\nenum other \"类\"\n  a \"甲\"\n";
    static const char change[] = "amend m.p\n  nation : 9 from 2023-01-01 by design \"t\"\n";
    char base[65], now[65];
    const fx_texts t = {.packs = {HEAD RATE, other}};
    const fx_texts turned = {.packs = {other, HEAD RATE}};
    const fx_texts spaced = {.packs = {"# a comment\n\n" HEAD "\n\n" RATE "# the end\n", other}};
    const fx_texts let = {.packs = {HEAD RATE, other}, .lets = {"m.p=1"}};
    const fx_texts amended = {.packs = {HEAD RATE, other}, .amendments = {change}};
    const fx_texts joined = {
        .packs = {HEAD RATE, other, "module o \"三\"\nenum third \"类\"\n  b \"甲\"\n"}};
    const fx_texts worded = {
        .packs = {HEAD RATE, "module n \"另\"\nenum other \"类\"\n  a \"乙\"\n"}};
    const fx_texts *const same[] = {&turned, &spaced, &let};
    const fx_texts *const different[] = {&amended, &joined, &worded};
    (void)state;
    hash_of(base, &t);
    assert_int_equal(strlen(base), 64);
    assert_int_equal(strspn(base, "0123456789abcdef"), 64);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        hash_of(now, same[i]);
        assert_string_equal(now, base);
    }
    for (size_t i = 0; i < sizeof different / sizeof *different; i++) {
        hash_of(now, different[i]);
        assert_string_not_equal(now, base);
    }
}

#define MORE "parameter m.p\n  610000 : 3 from 2030-01-01 by design \"t\"\n"

/* The same statements are another policy where they stand in an amendment: there they come last. */
static void the_hash_tells_amendments_from_packs(void **state)
{
    char pack[65], amendment[65], apart[65];
    const fx_texts in_pack = {.packs = {HEAD RATE MORE}};
    const fx_texts in_amendment = {.packs = {HEAD RATE}, .amendments = {MORE}};
    const fx_texts in_file = {.packs = {HEAD RATE, MORE}};
    (void)state;
    hash_of(pack, &in_pack);
    hash_of(amendment, &in_amendment);
    hash_of(apart, &in_file);
    assert_string_not_equal(pack, amendment);
    assert_string_not_equal(apart, amendment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_may_stand_in_other_files),
        cmocka_unit_test(a_row_takes_its_span_from_what_stood_there),
        cmocka_unit_test(a_row_cuts_the_one_in_force_not_the_first),
        cmocka_unit_test(a_row_of_the_same_beginning_is_replaced),
        cmocka_unit_test(rows_of_other_keys_stay),
        cmocka_unit_test(amendments_are_read_in_order),
        cmocka_unit_test(rows_added_by_an_amendment_wait_their_turn),
        cmocka_unit_test(changing_nothing_is_an_error),
        cmocka_unit_test(small_changes_are_changes),
        cmocka_unit_test(what_belongs_to_the_declaration_is_refused),
        cmocka_unit_test(a_statement_is_replaced_or_removed),
        cmocka_unit_test(statements_are_changed_one_after_another),
        cmocka_unit_test(a_removed_parameter_takes_its_rows_along),
        cmocka_unit_test(versions_are_told_apart_by_their_beginning),
        cmocka_unit_test(the_nearest_name_is_proposed),
        cmocka_unit_test(many_changes_end_soon),
        cmocka_unit_test(the_hash_tells_policies_apart),
        cmocka_unit_test(the_hash_tells_amendments_from_packs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
