/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out in what stands around an evaluation: timelines over histories, examples, rules in
   words, layout, findings of a text that does not compile, cases that are emptied and filled again.
 */
#include "fixture.h"

static const char PACK[] =
    "module m \"模块\" / \"module\"\n"
    "source law \"某法\" / \"some law\"\n  number \"1\"\n  confidence official\n"
    "entity root \"根\" / \"root\"\n  root\n  income : money per month >= 0 \"收入\" / \"income\"\n"
    "  name : text \"姓名\" / \"name\"\n  rows : list of item, at most 9 \"项\" / \"rows\"\n"
    "entity item \"项\" / \"item\"\n  size : integer \"数\" / \"size\"\n"
    "parameter m.line : money per month \"线\" / \"line\"\n  nation : 500 yuan per month cites law "
    "art 1\n"
    "define root.m.gap : exact money per month \"差\" / \"gap\"\n"
    "  when income < m.line = m.line - income\n  otherwise = 0 yuan per month\n  cites law art 2\n"
    "define root.m.sizes : integer \"和\" / \"sizes\"\n  = sum of rows.size\n  by design \"理由\" "
    "/ \"reason\"\n"
    "carried root.m.drawn : exact money per month starts 0 \"累计\" / \"drawn\"\n"
    "  = m.drawn in the previous month + m.gap\n  by design \"t\"\n";

static const char EXAMPLES[] =
    "given common \"共同\"\n  root : name \"x\"\n"
    "example months\n  months 2021-01 to 2021-03\n  given common\n"
    "  root : income 400 from 2020-01-01, income 600 from 2021-02-01\n"
    "  gives m.drawn = 100 in 2021-03\n  gives total of m.gap = 100\n"
    "example wrong\n  on 2021-01-01\n  root : income 400\n  gives m.gap = 99\n"
    "example open\n  on 2021-01-01\n  gives m.gap undetermined (income)\n";

static const char BROKEN[] =
    "define root.m.x : integer\n  = nothing_of_that_name\ndefin root.m.y : integer\n  = 1\n";

/* What a round has seen; equal in every round that reaches its end. */
typedef struct seen {
    char text[8000];
    size_t n;
} seen;

static void see(seen *s, civ_text t)
{
    size_t n = t.length < sizeof s->text - s->n - 1 ? t.length : sizeof s->text - s->n - 1;
    if (n) /* an empty text may stand nowhere */
        memcpy(s->text + s->n, t.data, n);
    s->n += n;
}

static civ_status build(civ_policy **out, civ_engine *engine, const char *more, seen *s)
{
    civ_policy_builder *b = NULL;
    civ_status bad = civ_policy_builder_create(&b, engine, NULL);
    if (!bad)
        bad = civ_policy_builder_add(b, fx_text("m.civ"), fx_text(PACK), CIV_FILE_PACK, NULL);
    if (!bad && more)
        bad = civ_policy_builder_add(b, fx_text("more.civ"), fx_text(more), CIV_FILE_PACK, NULL);
    if (!bad)
        bad = civ_policy_builder_add(b, fx_text("m.examples.civ"), fx_text(EXAMPLES),
                                     CIV_FILE_EXAMPLES, NULL);
    if (!bad)
        bad = civ_policy_build(out, b, NULL);
    for (size_t i = 0; bad == CIV_ERROR_POLICY && i < civ_policy_builder_diagnostic_count(b); i++) {
        civ_diagnostic d;
        memset(&d, 0, sizeof d);
        d.struct_size = sizeof d;
        if (civ_policy_builder_diagnostic(&d, b, i))
            bad = CIV_ERROR_MEMORY;
        see(s, d.rendered_zh);
    }
    civ_policy_builder_release(b);
    return bad;
}

/* A text that does not compile: findings, or no memory. */
static civ_status findings(civ_engine *engine, seen *s)
{
    civ_policy *policy = NULL;
    civ_status bad = build(&policy, engine, BROKEN, s);
    assert_null(policy);
    return bad == CIV_ERROR_POLICY ? CIV_OK : bad;
}

static civ_status layout(civ_engine *engine, seen *s)
{
    civ_policy_builder *b = NULL;
    civ_text text = {NULL, 0};
    civ_status bad = civ_policy_builder_create(&b, engine, NULL);
    if (!bad)
        bad = civ_format_policy(&text, b, fx_text("m.civ"), fx_text(EXAMPLES), NULL);
    if (!bad)
        see(s, text);
    civ_policy_builder_release(b);
    return bad;
}

static civ_status words(civ_policy *policy, seen *s)
{
    civ_test_report report;
    civ_text text;
    memset(&report, 0, sizeof report);
    report.struct_size = sizeof report;
    civ_status bad = civ_policy_test(&report, policy, 1, NULL);
    if (bad)
        return bad;
    assert_int_equal(report.examples, 3);
    assert_int_equal(report.failed, 1);
    see(s, report.text);
    for (int lang = 0; lang < 2 && !bad; lang++) {
        bad = civ_render_module(&text, policy, fx_text("m"), lang, NULL);
        if (!bad)
            see(s, text);
    }
    return bad;
}

static size_t field(const civ_case *c, const char *entity, const char *name)
{
    int64_t f = civ_case_field(c, fx_text(entity), fx_text(name), NULL);
    assert_true(f >= 0);
    return (size_t)f;
}

static civ_status fill(civ_case *c)
{
    size_t income = field(c, "root", "income"), size = field(c, "item", "size");
    civ_status bad = civ_case_set_text(c, field(c, "root", "name"), 0, fx_text("某人"), NULL);
    if (!bad)
        bad = civ_case_since(c, 18262, NULL);
    if (!bad)
        bad = civ_case_set_int(c, income, 0, 40000, NULL);
    if (!bad)
        bad = civ_case_since(c, 18659, NULL);
    if (!bad)
        bad = civ_case_set_int(c, income, 0, 60000, NULL);
    civ_case_since(c, CIV_ALWAYS, NULL);
    for (int i = 0; i < 5 && !bad; i++) {
        uint32_t row;
        bad = civ_case_add(c, &row, fx_text("rows"), 0, NULL);
        if (!bad)
            bad = civ_case_set_id(c, fx_text("item"), row, fx_text("some row"), NULL);
        if (!bad)
            bad = i == 3 ? civ_case_set_unknown(c, size, row, NULL)
                         : civ_case_set_int(c, size, row, i, NULL);
    }
    return bad;
}

static civ_status read_node(civ_workspace *w, seen *s)
{
    civ_wanted wanted[] = {{0, 0}, {1, 0}, {2, 0}};
    size_t n;
    civ_status bad = civ_explain(&n, w, wanted, 3, 1, NULL);
    for (size_t i = 0; i < n && !bad; i++) {
        civ_node node;
        memset(&node, 0, sizeof node);
        node.struct_size = sizeof node;
        bad = civ_explain_node(&node, w, i);
        see(s, node.value);
        see(s, node.row_id);
    }
    return bad;
}

static civ_status months(civ_workspace *w, civ_case *c, seen *s)
{
    civ_status bad = CIV_OK;
    for (int32_t month = 2021 * 12; month < 2021 * 12 + 3 && !bad; month++) {
        civ_value v = CIV_VALUE_INIT;
        bad = civ_evaluate_month(w, c, month, month == 2021 * 12, NULL);
        if (!bad)
            bad = civ_result_value(&v, w, 0, 0);
        if (!bad)
            see(s, v.text);
        if (!bad)
            bad = read_node(w, s);
    }
    return bad;
}

static civ_status calculate(civ_policy *policy, seen *s)
{
    civ_calculator_options o = CIV_CALCULATOR_OPTIONS_INIT;
    civ_calculator *k = NULL;
    civ_case *c = NULL;
    civ_workspace *w = NULL;
    civ_text module = fx_text("m");
    o.explain = 1;
    civ_status bad = civ_calculator_create(&k, policy, &module, 1, &o, NULL);
    if (!bad)
        bad = civ_case_create(&c, policy, fx_text("root"), NULL);
    for (int again = 0; again < 2 && !bad; again++) { /* the second time into kept memory */
        civ_case_clear(c);
        bad = fill(c);
    }
    if (!bad)
        bad = civ_workspace_create(&w, k, NULL);
    if (!bad)
        bad = months(w, c, s);
    civ_workspace_release(w);
    civ_case_release(c);
    civ_calculator_release(k);
    return bad;
}

static civ_status everything(fx_memory *memory, seen *s)
{
    civ_engine *engine = fx_engine(memory, 0);
    civ_policy *policy = NULL;
    memset(s, 0, sizeof *s);
    civ_status bad = engine ? findings(engine, s) : CIV_ERROR_MEMORY;
    if (!bad)
        bad = layout(engine, s);
    if (!bad)
        bad = build(&policy, engine, NULL, s);
    if (!bad)
        bad = words(policy, s);
    if (!bad)
        bad = calculate(policy, s);
    civ_policy_release(policy);
    civ_engine_release(engine);
    return bad;
}

static void every_allocation_may_fail(int for_ever)
{
    static seen want, got;
    fx_memory memory = {0, 0, 0, 0};
    assert_int_equal(everything(&memory, &want), CIV_OK);
    assert_int_equal(memory.live, 0);
    assert_true(want.n > 1000);
    for (long n = 1; n <= memory.calls; n++) {
        fx_memory m = {0, 0, n, for_ever};
        civ_status s = everything(&m, &got);
        assert_int_equal(m.live, 0);
        if (s == CIV_OK) { /* what failed was not needed after all */
            assert_int_equal(got.n, want.n);
            assert_memory_equal(got.text, want.text, want.n);
        } else {
            assert_int_equal(s, CIV_ERROR_MEMORY);
        }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaks_when_one_allocation_fails),
        cmocka_unit_test(nothing_leaks_when_memory_stays_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
