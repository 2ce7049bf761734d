/* SPDX-License-Identifier: Apache-2.0 */
/* Timelines through the public door: months, sums, payments, changes and what is behind them. */
#include "fixture.h"

static const char PACK[] =
    "module m \"模块\" / \"module\"\n"
    "source notice \"通知\" / \"the notice\"\n  confidence official\n"
    "entity root \"根\"\n  root\n  rows : list of item, at most 20\n"
    "entity item \"项\"\n  amount : money per month >= 0 \"额\" / \"amount\"\n"
    "parameter m.rate : number with 1 decimals \"率\" / \"rate\"\n  nation : 0.5 cites notice art "
    "1\n"
    "  nation : 1 from 2021-02-10 cites notice art 2\n"
    "define item.m.part : money per month \"份\" / \"part\"\n  = amount * m.rate\n"
    "  rounded half up to 0.01 yuan\n  cites notice art 3\n"
    "decide item.m.fine \"好\" / \"fine\"\n  all of\n    big \"大\" / \"big\" : amount >= 10 yuan "
    "per month\n"
    "  cites notice art 4\n"
    "define root.m.all : list of item \"全\"\n  = rows where yes\n  by design \"t\"\n";

typedef struct world {
    civ_engine *engine;
    civ_policy *policy;
    civ_calculator *k;
    civ_case *c;
    civ_workspace *w;
    civ_timeline *t;
} world;

static int begin(void **state)
{
    world *x = calloc(1, sizeof *x);
    civ_calculator_options o = CIV_CALCULATOR_OPTIONS_INIT;
    civ_text wanted[] = {fx_text("m"), fx_text("m.fine.reason")};
    uint32_t row;
    o.explain = 1;
    civ_engine_create(&x->engine, NULL, NULL);
    x->policy = fx_policy(x->engine, PACK, NULL, 0);
    assert_non_null(x->policy);
    assert_int_equal(civ_calculator_create(&x->k, x->policy, wanted, 2, &o, NULL), CIV_OK);
    assert_int_equal(civ_case_create(&x->c, x->policy, fx_text("root"), NULL), CIV_OK);
    assert_int_equal(civ_case_add(x->c, &row, fx_text("rows"), 0, NULL), CIV_OK);
    assert_int_equal(civ_case_since(x->c, 18628, NULL), CIV_OK); /* 2021-01-01 */
    assert_int_equal(fx_set(x->c, "item", 0, "amount", "10.01"), 0);
    assert_int_equal(civ_case_since(x->c, 18700, NULL), CIV_OK); /* 2021-03-14 */
    assert_int_equal(fx_set(x->c, "item", 0, "amount", "8.00"), 0);
    assert_int_equal(civ_case_since(x->c, CIV_ALWAYS, NULL), CIV_OK);
    assert_int_equal(civ_workspace_create(&x->w, x->k, NULL), CIV_OK);
    assert_int_equal(civ_timeline_create(&x->t, x->w, x->c, 2020 * 12 + 11, 2021 * 12 + 3, NULL),
                     CIV_OK);
    *state = x;
    return 0;
}

static int end(void **state)
{
    world *x = *state;
    civ_timeline_release(x->t);
    civ_workspace_release(x->w);
    civ_case_release(x->c);
    civ_calculator_release(x->k);
    civ_policy_release(x->policy);
    civ_engine_release(x->engine);
    free(x);
    return 0;
}

static civ_series series_at(const world *x, size_t i)
{
    civ_series s = {0};
    s.struct_size = sizeof s;
    assert_int_equal(civ_timeline_series(&s, x->t, i), CIV_OK);
    return s;
}

static size_t series_of(const world *x, const char *output)
{
    for (size_t i = 0; i < civ_timeline_series_count(x->t); i++) {
        civ_item item = {0};
        item.struct_size = sizeof item;
        civ_calculator_output(&item, x->k, series_at(x, i).output);
        if (item.name.length == strlen(output) &&
            memcmp(item.name.data, output, item.name.length) == 0)
            return i;
    }
    fail_msg("no series of %s", output);
    return 0;
}

static void months_are_kept_side_by_side(void **state)
{
    static const char *const want[] = {"", "5.01", "10.01", "8.00", "8.00"};
    const world *x = *state;
    size_t part = series_of(x, "m.part");
    for (uint32_t m = 0; m < 5; m++) {
        civ_value v = CIV_VALUE_INIT;
        assert_int_equal(civ_timeline_value(&v, x->t, part, m), CIV_OK);
        assert_int_equal(v.answer, m == 0 ? CIV_UNDETERMINED : CIV_KNOWN);
        assert_int_equal(v.text.length, strlen(want[m]));
        assert_memory_equal(v.text.data, want[m], v.text.length);
    }
    civ_series s = series_at(x, part);
    assert_int_equal(s.months, 5);
    assert_int_equal(s.is_amount, 1);
    assert_int_equal(s.without_value, 1);
    assert_int_equal(s.total, 501 + 1001 + 800 + 800);
    assert_int_equal(s.has_payments, 0);
}

static void payments_do_not_make_up_for_one_another(void **state)
{
    const world *x = *state;
    size_t part = series_of(x, "m.part");
    assert_int_equal(civ_timeline_pay(x->t, part, 0, 300), CIV_OK); /* what was due is unknown */
    assert_int_equal(civ_timeline_pay(x->t, part, 1, 999), CIV_OK);
    assert_int_equal(civ_timeline_pay(x->t, part, 1, 600), CIV_OK); /* takes its place */
    assert_int_equal(civ_timeline_pay(x->t, part, 2, 1000), CIV_OK);
    civ_series s = series_at(x, part);
    assert_int_equal(s.has_payments, 1);
    assert_int_equal(s.paid, 1900);
    assert_int_equal(s.due, 501 + 1001);
    assert_int_equal(s.overpaid, 99);
    assert_int_equal(s.arrears, 1);
    assert_int_equal(civ_timeline_pay(x->t, series_of(x, "m.fine"), 0, 1), CIV_ERROR_TYPE);
    assert_int_equal(civ_timeline_pay(x->t, part, 5, 1), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_pay(x->t, part, 0, INT64_MAX), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_pay(NULL, part, 0, 1), CIV_ERROR_ARGUMENT);
}

static int text_is(civ_text t, const char *s)
{
    return t.length == strlen(s) && memcmp(t.data, s, t.length) == 0;
}

static void changes_name_the_row_and_the_fact(void **state)
{
    const world *x = *state;
    size_t part = series_of(x, "m.part");
    uint32_t seen = 0;
    for (size_t i = 0; i < civ_timeline_change_count(x->t); i++) {
        civ_change c = {0};
        civ_ground g = {0};
        c.struct_size = sizeof c;
        g.struct_size = sizeof g;
        assert_int_equal(civ_timeline_change(&c, x->t, i), CIV_OK);
        if (c.series != part)
            continue;
        seen |= 1u << c.month;
        assert_int_equal(c.ground_count, 1);
        assert_int_equal(civ_timeline_ground(&g, x->t, i, 0), CIV_OK);
        assert_int_equal(civ_timeline_ground(&g, x->t, i, 1), CIV_ERROR_ARGUMENT);
        if (c.month == 2) {
            assert_int_equal(g.kind, CIV_GROUND_PARAMETER);
            assert_true(text_is(g.name, "m.rate") && text_is(g.detail, "[000000]"));
            assert_int_equal(g.from, 18668);
            assert_true(text_is(g.citation_en, "the notice art 2"));
        } else {
            assert_int_equal(g.kind, CIV_GROUND_FACT);
            assert_true(text_is(g.name, "rows.amount"));
            assert_true(text_is(g.detail, c.month == 1 ? "10.01" : "8.00"));
        }
    }
    assert_int_equal(seen, 1u << 1 | 1u << 2 | 1u << 3);
}

static void a_decision_changes_with_its_reason(void **state)
{
    const world *x = *state;
    size_t fine = series_of(x, "m.fine");
    for (size_t i = 0; i < civ_timeline_change_count(x->t); i++) {
        civ_change c = {0};
        c.struct_size = sizeof c;
        civ_timeline_change(&c, x->t, i);
        if (c.series == fine && c.month == 3)
            assert_true(text_is(c.reason, "big") && text_is(c.reason_zh, "大"));
    }
    civ_ground g = {0};
    g.struct_size = sizeof g;
    assert_int_equal(civ_timeline_rule(&g, x->t, fine, 0), CIV_OK);
    assert_true(text_is(g.name, "m.fine"));
    assert_int_equal(g.from, INT32_MIN);
}

static void wrong_calls_are_refused(void **state)
{
    const world *x = *state;
    civ_timeline *t = x->t;
    civ_error error = CIV_ERROR_INIT;
    civ_series s = {0};
    civ_value v = {0};
    civ_ground g = {0};
    civ_change c = {0};
    assert_int_equal(civ_timeline_create(&t, x->w, x->c, 24252, 24251, &error), CIV_ERROR_DATE);
    assert_null(t);
    assert_int_equal(civ_timeline_create(&t, x->w, x->c, 0, 24251, NULL), CIV_ERROR_DATE);
    assert_int_equal(civ_timeline_create(&t, NULL, x->c, 24251, 24251, NULL), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_create(NULL, x->w, x->c, 24251, 24251, NULL), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_series(&s, x->t, 0), CIV_ERROR_STRUCT_SIZE);
    assert_int_equal(civ_timeline_value(&v, x->t, 0, 0), CIV_ERROR_STRUCT_SIZE);
    assert_int_equal(civ_timeline_rule(&g, x->t, 0, 0), CIV_ERROR_STRUCT_SIZE);
    assert_int_equal(civ_timeline_change(&c, x->t, 0), CIV_ERROR_STRUCT_SIZE);
    assert_int_equal(civ_timeline_ground(&g, x->t, 0, 0), CIV_ERROR_STRUCT_SIZE);
    s.struct_size = sizeof s;
    v.struct_size = sizeof v;
    g.struct_size = sizeof g;
    c.struct_size = sizeof c;
    assert_int_equal(civ_timeline_series(&s, x->t, 1000), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_value(&v, x->t, 0, 5), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_rule(&g, x->t, 0, 5), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_change(&c, x->t, 1000), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_ground(&g, x->t, 1000, 0), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_timeline_series_count(NULL), 0);
    assert_int_equal(civ_timeline_change_count(NULL), 0);
    civ_timeline_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(months_are_kept_side_by_side, begin, end),
        cmocka_unit_test_setup_teardown(payments_do_not_make_up_for_one_another, begin, end),
        cmocka_unit_test_setup_teardown(changes_name_the_row_and_the_fact, begin, end),
        cmocka_unit_test_setup_teardown(a_decision_changes_with_its_reason, begin, end),
        cmocka_unit_test_setup_teardown(wrong_calls_are_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
