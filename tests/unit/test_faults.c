/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out at every possible moment: nothing leaks, nothing crashes, and the next try gives
 * the same answer. */
#include "fixture.h"

static const char PACK[] =
    "module m \"模块\" / \"module\"\n"
    "regions \"地区\"\n  610000 \"省\"\n  610900 \"市\" in 610000\n  by design \"t\"\n"
    "enum kind \"类\"\n  a \"甲\"\n  b \"乙\"\n"
    "entity root \"根\"\n  root\n  region : region\n  kind : kind\n  day : event date\n"
    "  rows : list of item, at most 20\n  total : money per month >= 0, assume 3\n"
    "entity item \"项\"\n  amount : money per month\n  ok : yes/no\n"
    "parameter m.rate : money per month\n  keys region, kind\n  610900, a : 12 yuan per year from "
    "2020-01-01 by design \"t\"\n"
    "option m.how : one of fen = half up to 0.01 yuan, yuan = up to 1 yuan\n  nation : yuan by "
    "design \"t\"\n"
    "define root.m.sum : exact money per month \"和\"\n  when total > 0 yuan per month = (sum of "
    "rows.amount where ok) / 3 + m.rate\n"
    "  otherwise = 0 yuan per month\n  by design \"t\"\n"
    "define root.m.paid : money per month \"付\"\n  = m.sum\n  rounded by m.how\n  by design "
    "\"t\"\n"
    "decide root.m.fine \"好\"\n  all of\n    x \"甲类\" : kind is a\n    y \"有项\" : any rows "
    "where ok\n  by design \"t\"\n"
    "status root.m.status\n  first that holds\n  not_eligible by reason of m.fine : not m.fine\n  "
    "paid : otherwise\n  by design \"t\"\n"
    "define root.m.due : date \"期限\"\n  = day + 3 months\n  by design \"t\"\n"
    "define root.m.list : list of item \"项目\"\n  = rows where ok\n  by design \"t\"\n";

static civ_status build(civ_policy **out, civ_engine *engine)
{
    civ_policy_builder *b = NULL;
    civ_status s = civ_policy_builder_create(&b, engine, NULL);
    if (!s)
        s = civ_policy_builder_add(b, fx_text("m.civ"), fx_text(PACK), CIV_FILE_PACK, NULL);
    if (!s)
        s = civ_policy_builder_let(b, fx_text("m.how=fen"), NULL);
    if (!s)
        s = civ_policy_build(out, b, NULL);
    civ_policy_builder_release(b);
    return s;
}

static civ_status fill(civ_case *c)
{
    uint32_t row;
    civ_status s = (civ_status)fx_set(c, "root", 0, "region", "610900");
    if (!s)
        s = (civ_status)fx_set(c, "root", 0, "kind", "a");
    for (int i = 0; i < 12 && !s; i++) {
        s = civ_case_add(c, &row, fx_text("rows"), 0, NULL);
        if (!s)
            s = (civ_status)fx_set(c, "item", row, "amount", "10.00");
        if (!s)
            s = civ_case_set_id(c, fx_text("item"), row, fx_text("a row"), NULL);
        if (!s && i != 5)
            s = (civ_status)fx_set(c, "item", row, "ok", "yes");
    }
    return s;
}

static civ_status explain(civ_text *text, civ_workspace *w, size_t output)
{
    const civ_wanted wanted[] = {{(uint32_t)output, 0}, {0, 0}};
    return civ_explain_text(text, w, wanted, 2, 1, CIV_FORMAT_TEXT, NULL);
}

/* Everything that reads a result; the text of the amount goes to `answer`. */
static civ_status read_all(civ_workspace *w, const civ_calculator *k, char *answer)
{
    size_t n;
    civ_text text;
    const uint32_t *rows;
    civ_status s = CIV_OK;
    for (size_t i = 0; i < civ_calculator_output_count(k) && !s; i++) {
        civ_value v = CIV_VALUE_INIT;
        s = civ_result_value(&v, w, i, 0);
        if (!s && v.answer)
            s = civ_result_causes(&n, w, i, 0);
        if (!s && v.kind == CIV_KIND_ROWS)
            s = civ_result_rows(&rows, &n, w, i, 0);
        if (!s)
            snprintf(answer + strlen(answer), 400 - strlen(answer), "%d%.*s;", v.answer,
                     (int)v.text.length, v.text.data);
        if (!s)
            s = explain(&text, w, i);
    }
    return s ? s : civ_result_notes(&n, w);
}

static civ_status months(civ_workspace *w, const civ_case *c, char *answer)
{
    civ_timeline *t = NULL;
    civ_status s = civ_timeline_create(&t, w, c, 2020 * 12, 2020 * 12 + 2, NULL);
    for (size_t i = 0; i < civ_timeline_series_count(t) && !s; i++) {
        civ_value v = CIV_VALUE_INIT;
        s = civ_timeline_value(&v, t, i, 2);
        if (!s)
            snprintf(answer + strlen(answer), 400 - strlen(answer), "%d%.*s,", v.answer,
                     (int)v.text.length, v.text.data);
    }
    civ_timeline_release(t);
    return s;
}

static civ_status everything(fx_memory *memory, char *answer)
{
    civ_engine *engine = fx_engine(memory, 0);
    civ_policy *policy = NULL;
    civ_calculator *k = NULL;
    civ_case *c = NULL;
    civ_workspace *w = NULL;
    civ_calculator_options o = CIV_CALCULATOR_OPTIONS_INIT;
    civ_text module = fx_text("m");
    answer[0] = 0;
    o.explain = 1;
    civ_status s = engine ? build(&policy, engine) : CIV_ERROR_MEMORY;
    if (!s)
        s = civ_calculator_create(&k, policy, &module, 1, &o, NULL);
    if (!s)
        s = civ_case_create(&c, policy, fx_text("root"), NULL);
    if (!s)
        s = fill(c);
    if (!s)
        s = civ_workspace_create(&w, k, NULL);
    if (!s)
        s = civ_evaluate(w, c, 19000, NULL);
    if (!s)
        s = read_all(w, k, answer);
    if (!s)
        s = months(w, c, answer);
    civ_workspace_release(w);
    civ_case_release(c);
    civ_calculator_release(k);
    civ_policy_release(policy);
    civ_engine_release(engine);
    return s;
}

static void every_allocation_may_fail(int for_ever)
{
    char want[400], got[400];
    fx_memory memory = {0, 0, 0, 0};
    assert_int_equal(everything(&memory, want), CIV_OK);
    assert_int_equal(memory.live, 0);
    assert_true(strlen(want) > 20);
    long calls = memory.calls;
    for (long n = 1; n <= calls; n++) {
        fx_memory m = {0, 0, n, for_ever};
        civ_status s = everything(&m, got);
        assert_int_equal(m.live, 0);
        if (s == CIV_OK) /* what failed was not needed after all */
            assert_string_equal(got, want);
        else
            assert_int_equal(s, CIV_ERROR_MEMORY);
    }
}

static void nothing_leaks_when_one_allocation_fails(void **state)
{
    (void)state;
    every_allocation_may_fail(0);
}

static void nothing_leaks_when_memory_stays_out(void **state)
{
    (void)state;
    every_allocation_may_fail(1);
}

static void a_warm_workspace_allocates_nothing(void **state)
{
    (void)state;
    fx_memory memory = {0, 0, 0, 0};
    civ_engine *engine = fx_engine(&memory, 0);
    civ_policy *policy = fx_policy(engine, PACK, NULL, 0);
    civ_calculator *k = NULL;
    civ_case *c = NULL;
    civ_workspace *w = NULL;
    civ_text module = fx_text("m");
    assert_non_null(policy);
    assert_int_equal(civ_calculator_create(&k, policy, &module, 1, NULL, NULL), CIV_OK);
    assert_int_equal(civ_case_create(&c, policy, fx_text("root"), NULL), CIV_OK);
    assert_int_equal(fill(c), CIV_OK);
    assert_int_equal(civ_workspace_create(&w, k, NULL), CIV_OK);
    assert_int_equal(civ_evaluate(w, c, 19000, NULL), CIV_OK);
    long calls = memory.calls;
    for (int i = 0; i < 10; i++)
        assert_int_equal(civ_evaluate(w, c, 19000, NULL), CIV_OK);
    assert_int_equal(memory.calls, calls);
    civ_workspace_release(w);
    civ_case_release(c);
    civ_calculator_release(k);
    civ_policy_release(policy);
    civ_engine_release(engine);
    assert_int_equal(memory.live, 0);
}

static void a_limit_on_policy_memory_is_an_error_of_its_own(void **state)
{
    (void)state;
    civ_engine_options o = CIV_ENGINE_OPTIONS_INIT;
    civ_engine *engine = NULL;
    civ_policy_builder *b = NULL;
    civ_policy *policy = NULL;
    o.max_policy_bytes = 100000;
    assert_int_equal(civ_engine_create(&engine, &o, NULL), CIV_OK);
    assert_int_equal(civ_policy_builder_create(&b, engine, NULL), CIV_OK);
    assert_int_equal(civ_policy_builder_add_embedded(b, NULL), CIV_OK);
    assert_int_equal(civ_policy_build(&policy, b, NULL), CIV_ERROR_LIMIT);
    assert_null(policy);
    civ_policy_builder_release(b);
    civ_engine_release(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaks_when_one_allocation_fails),
        cmocka_unit_test(nothing_leaks_when_memory_stays_out),
        cmocka_unit_test(a_warm_workspace_allocates_nothing),
        cmocka_unit_test(a_limit_on_policy_memory_is_an_error_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
