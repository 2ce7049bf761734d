/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine promises on the real packs: exact numbers, the kinds of answer with their causes,
   and results that do not depend on how wide the lanes are. */
#include "fixture.h"

typedef struct family {
    civ_engine *engine;
    civ_policy *policy;
    civ_calculator *k;
    civ_case *c;
    civ_workspace *w;
} family;

/* Two or more adults born 1985 in urban Ankang, without income; every ordinary fact is stated. */
static void open_family(family *f, uint32_t lane_bits, int people, const char *let)
{
    static const char *const facts[][2] = {{"birth_date", "1985-06-15"},
                                           {"hukou_region", "610900"},
                                           {"hukou_kind", "urban"},
                                           {"can_work", "no"},
                                           {"employed", "no"},
                                           {"disability_kind", "none"},
                                           {"serious_illness", "no"},
                                           {"school", "none"},
                                           {"in_prison", "no"},
                                           {"in_drug_detention", "no"},
                                           {"declared_missing", "no"},
                                           {"religious_venue_years", "0"},
                                           {"income_wage", "0"},
                                           {"income_business", "0"},
                                           {"income_property", "0"},
                                           {"income_transfer", "0"},
                                           {"income_other", "0"},
                                           {"legal_duty", "yes"},
                                           {"lives_with_household", "yes"},
                                           {"relation", "other"},
                                           {"can_live_independently", "yes"},
                                           {"study_part_time", "no"},
                                           {"tekun_recipient", "no"}};
    civ_policy_builder *b = NULL;
    civ_text modules[2];
    memset(f, 0, sizeof *f);
    f->engine = fx_engine(NULL, lane_bits);
    assert_int_equal(civ_policy_builder_create(&b, f->engine, NULL), CIV_OK);
    assert_int_equal(civ_policy_builder_add_embedded(b, NULL), CIV_OK);
    if (let)
        assert_int_equal(civ_policy_builder_let(b, fx_text(let), NULL), CIV_OK);
    assert_int_equal(civ_policy_build(&f->policy, b, NULL), CIV_OK);
    civ_policy_builder_release(b);
    modules[0] = fx_text("dibao");
    modules[1] = fx_text("low_income");
    assert_int_equal(civ_calculator_create(&f->k, f->policy, modules, 2, NULL, NULL), CIV_OK);
    assert_int_equal(civ_case_create(&f->c, f->policy, fx_text("household"), NULL), CIV_OK);
    assert_int_equal(civ_workspace_create(&f->w, f->k, NULL), CIV_OK);
    fx_set(f->c, "household", 0, "region", "610900");
    fx_set(f->c, "household", 0, "residence", "urban");
    fx_set(f->c, "household", 0, "refused_check", "no");
    for (int i = 0; i < people; i++) {
        uint32_t row = 0;
        assert_int_equal(civ_case_add(f->c, &row, fx_text("members"), 0, NULL), CIV_OK);
        for (size_t k = 0; k < sizeof facts / sizeof *facts; k++)
            assert_int_equal(fx_set(f->c, "person", row, facts[k][0], facts[k][1]), CIV_OK);
    }
}

static void close_family(family *f)
{
    civ_workspace_release(f->w);
    civ_case_release(f->c);
    civ_calculator_release(f->k);
    civ_policy_release(f->policy);
    civ_engine_release(f->engine);
}

static size_t output(const family *f, const char *name)
{
    for (size_t i = 0; i < civ_calculator_output_count(f->k); i++) {
        civ_item item;
        memset(&item, 0, sizeof item);
        item.struct_size = sizeof item;
        civ_calculator_output(&item, f->k, i);
        if (item.name.length == strlen(name) &&
            memcmp(item.name.data, name, item.name.length) == 0 && item.entity.length == 9)
            return i;
    }
    fail_msg("no output %s", name);
    return 0;
}

static civ_value decide(family *f, const char *name)
{
    civ_value v = CIV_VALUE_INIT;
    assert_int_equal(civ_evaluate(f->w, f->c, 19487, NULL), CIV_OK); /* 2023-05-10 */
    assert_int_equal(civ_result_value(&v, f->w, output(f, name), 0), CIV_OK);
    return v;
}

static void expect_text(family *f, const char *name, const char *want)
{
    char got[100];
    civ_value v = decide(f, name);
    assert_int_equal(v.answer, CIV_KNOWN);
    snprintf(got, sizeof got, "%.*s", (int)v.text.length, v.text.data);
    assert_string_equal(got, want);
}

static int has_cause(family *f, const char *name, const char *cause)
{
    size_t n = 0;
    int found = 0;
    assert_int_equal(civ_result_causes(&n, f->w, output(f, name), 0), CIV_OK);
    for (size_t i = 0; i < n; i++) {
        civ_cause c;
        memset(&c, 0, sizeof c);
        c.struct_size = sizeof c;
        civ_result_cause(&c, f->w, i);
        found |= c.name.length == strlen(cause) && memcmp(c.name.data, cause, c.name.length) == 0;
    }
    return found;
}

static void amounts_survive_to_the_fen(void **state)
{
    (void)state;
    family f;
    open_family(&f, 0, 2, NULL);
    fx_set(f.c, "person", 0, "income_wage", "68212209.00");
    fx_set(f.c, "person", 1, "income_wage", "20000001.00");
    expect_text(&f, "dibao.countable_income", "88212210.00");
    close_family(&f);
}

static void the_difference_is_not_rounded_twice(void **state)
{
    (void)state;
    family f;
    open_family(&f, 0, 3, NULL);
    fx_set(f.c, "household", 0, "property_within_limits", "yes");
    fx_set(f.c, "person", 0, "income_wage", "1933.00");
    expect_text(&f, "dibao.base", "2.00");
    expect_text(&f, "dibao.amount", "2.00");
    close_family(&f);
}

static void a_third_leaves_as_a_fraction(void **state)
{
    (void)state;
    family f;
    open_family(&f, 0, 3, "dibao.job_refusal=stop");
    fx_set(f.c, "household", 0, "property_within_limits", "yes");
    fx_set(f.c, "person", 0, "income_wage", "1234.99");
    fx_set(f.c, "person", 1, "can_work", "yes");
    fx_set(f.c, "person", 1, "consecutive_refusals", "3");
    civ_value v = decide(&f, "dibao.base"); /* (1935 - 1234.99) × 2/3 */
    assert_int_equal(v.answer, CIV_KNOWN);
    assert_int_equal(v.number, 70001);
    assert_int_equal(v.denominator, 150);
    expect_text(&f, "dibao.base", "70001/150");
    expect_text(&f, "dibao.amount", "467.00");
    close_family(&f);
}

static void without_a_finding_the_limits_are_no_data_and_named(void **state)
{
    (void)state;
    family f;
    open_family(&f, 0, 2, NULL);
    assert_int_equal(decide(&f, "dibao.amount").answer, CIV_NO_DATA);
    assert_true(has_cause(&f, "dibao.amount", "dibao.limit_financial_assets"));
    assert_true(has_cause(&f, "dibao.amount", "financial_assets"));
    close_family(&f);
}

static void income_above_the_line_refuses_without_the_finding(void **state)
{
    (void)state;
    family f;
    open_family(&f, 0, 2, NULL);
    fx_set(f.c, "person", 0, "income_wage", "1290.00");
    expect_text(&f, "dibao.eligible", "false");
    expect_text(&f, "dibao.reason", "income_equals_standard");
    expect_text(&f, "dibao.amount", "0.00");
    close_family(&f);
}

static void a_missing_input_is_named(void **state)
{
    (void)state;
    family f;
    open_family(&f, 0, 2, NULL);
    int64_t field = civ_case_field(f.c, fx_text("person"), fx_text("income_wage"), NULL);
    assert_int_equal(civ_case_set_unknown(f.c, (size_t)field, 1, NULL), CIV_OK);
    assert_int_equal(decide(&f, "dibao.countable_income").answer, CIV_UNDETERMINED);
    assert_true(has_cause(&f, "dibao.countable_income", "members.income_wage"));
    assert_int_equal(decide(&f, "dibao.member_count").answer, CIV_KNOWN);
    close_family(&f);
}

static void a_value_out_of_range_is_invalid(void **state)
{
    (void)state;
    family f;
    open_family(&f, 0, 2, NULL);
    fx_set(f.c, "person", 1, "income_wage", "100000000000.01");
    assert_int_equal(decide(&f, "dibao.countable_income").answer, CIV_INVALID);
    assert_true(has_cause(&f, "dibao.countable_income", "members.income_wage"));
    close_family(&f);
}

static void before_its_first_rule_a_module_is_not_in_force(void **state)
{
    (void)state;
    family f;
    civ_value v = CIV_VALUE_INIT;
    open_family(&f, 0, 2, NULL);
    assert_int_equal(civ_evaluate(f.w, f.c, 15685, NULL), CIV_OK); /* 2012-12-11 */
    assert_int_equal(civ_result_value(&v, f.w, output(&f, "dibao.eligible"), 0), CIV_OK);
    assert_int_equal(v.answer, CIV_NOT_IN_FORCE);
    assert_int_equal(civ_evaluate(f.w, f.c, 100000, NULL), CIV_ERROR_DATE);
    close_family(&f);
}

/* Every output of both modules, over cases with known, unknown and invalid facts, at every lane
 * width. */
static void results_do_not_depend_on_lane_width(void **state)
{
    static const uint32_t widths[] = {0, 16, 32, 64, 128};
    static const char *const wages[] = {
        "0", "900.33", "1289.99", "99999999999.99", "-99999999999.99", "100000000000.01", NULL};
    static char want[7][24000], got[24000];
    (void)state;
    for (int width = 0; width < 5; width++) {
        family f;
        open_family(&f, widths[width], 4, "dibao.job_refusal=stop");
        fx_set(f.c, "person", 2, "consecutive_refusals", "3");
        fx_set(f.c, "person", 2, "can_work", "yes");
        for (int i = 0; i < 7; i++) {
            size_t at = 0;
            int64_t field = civ_case_field(f.c, fx_text("person"), fx_text("income_wage"), NULL);
            if (wages[i])
                fx_set(f.c, "person", 3, "income_wage", wages[i]);
            else
                civ_case_set_unknown(f.c, (size_t)field, 3, NULL);
            assert_int_equal(civ_evaluate(f.w, f.c, i % 2 ? 18000 : 20100, NULL), CIV_OK);
            for (size_t o = 0; o < civ_calculator_output_count(f.k); o++) {
                civ_value v = CIV_VALUE_INIT;
                for (uint32_t row = 0; civ_result_value(&v, f.w, o, row) == CIV_OK; row++)
                    at += (size_t)snprintf(got + at, sizeof got - at, "%d%d%.*s;", v.answer,
                                           v.is_none, (int)v.text.length, v.text.data);
            }
            if (width == 0)
                memcpy(want[i], got, at + 1);
            assert_string_equal(got, want[i]);
            assert_true(at > 300);
        }
        close_family(&f);
    }
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    family f;
    civ_error error = CIV_ERROR_INIT;
    civ_calculator *k = NULL;
    civ_value v = {0};
    civ_text name = fx_text("dibao.amuont");
    open_family(&f, 0, 2, NULL);
    assert_int_equal(civ_calculator_create(&k, f.policy, &name, 1, NULL, &error),
                     CIV_ERROR_UNKNOWN_OUTPUT);
    assert_string_equal(error.nearest, "dibao.amount");
    assert_null(k);
    assert_int_equal(civ_calculator_create(&k, f.policy, &name, 0, NULL, &error),
                     CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_result_value(&v, f.w, 0, 0), CIV_ERROR_STRUCT_SIZE);
    v.struct_size = sizeof v;
    assert_int_equal(civ_result_value(&v, f.w, 0, 0), CIV_ERROR_STATE);
    assert_int_equal(civ_evaluate(NULL, f.c, 0, &error), CIV_ERROR_ARGUMENT);
    assert_int_equal(fx_set(f.c, "person", 0, "income_wage", "1.005"), CIV_ERROR_PRECISION);
    assert_int_equal(fx_set(f.c, "person", 0, "income_wage", "1000+234"), CIV_ERROR_FORMAT);
    assert_int_equal(fx_set(f.c, "person", 0, "birth_date", "2021-02-31"), CIV_ERROR_FORMAT);
    assert_int_equal(fx_set(f.c, "person", 0, "relation", "soon"), CIV_ERROR_UNKNOWN_VALUE);
    assert_int_equal(fx_set(f.c, "person", 9, "relation", "son"), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_case_field(f.c, fx_text("person"), fx_text("birth_dte"), &error), -1);
    assert_string_equal(error.nearest, "birth_date");
    assert_int_equal(civ_explain(NULL, f.w, NULL, 0, 0, &error), CIV_ERROR_ARGUMENT);
    civ_policy_release(NULL);
    civ_case_release(NULL);
    civ_workspace_release(NULL);
    civ_calculator_release(NULL);
    civ_engine_release(NULL);
    close_family(&f);
}

static void a_row_knows_its_place(void **state)
{
    static const char text[] =
        "module m \"模块\"\nentity root \"根\"\n  root\n  members : list of person, at most 9\n"
        "entity person \"人\"\n  pets : list of pet, at most 9\nentity pet \"兽\"\n  age : "
        "integer\n"
        "define pet.m.old : yes/no \"老\"\n  = age > 9\n  by design \"t\"\n";
    civ_engine *engine = fx_engine(NULL, 0);
    civ_policy *policy = fx_policy(engine, text, NULL, 0);
    civ_case *c = NULL;
    uint32_t row, parent = 9, position = 9;
    (void)state;
    assert_non_null(policy);
    assert_int_equal(civ_case_create(&c, policy, fx_text("root"), NULL), CIV_OK);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(civ_case_add(c, &row, fx_text("members"), 0, NULL), CIV_OK);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(civ_case_add(c, &row, fx_text("pets"), i < 2 ? 0 : 2, NULL), CIV_OK);
    assert_int_equal(civ_case_place(&parent, &position, c, fx_text("pet"), 3), CIV_OK);
    assert_int_equal(parent, 2);
    assert_int_equal(position, 1);
    assert_int_equal(civ_case_place(&parent, &position, c, fx_text("person"), 2), CIV_OK);
    assert_int_equal(parent, 0);
    assert_int_equal(position, 2);
    assert_int_equal(civ_case_place(&parent, &position, c, fx_text("pet"), 4), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_case_place(&parent, &position, c, fx_text("root"), 0), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_case_place(&parent, &position, c, fx_text("cat"), 0), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_case_place(NULL, &position, c, fx_text("pet"), 0), CIV_ERROR_ARGUMENT);
    assert_int_equal(civ_case_place(&parent, &position, NULL, fx_text("pet"), 0),
                     CIV_ERROR_ARGUMENT);
    civ_case_release(c);
    civ_policy_release(policy);
    civ_engine_release(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_survive_to_the_fen),
        cmocka_unit_test(the_difference_is_not_rounded_twice),
        cmocka_unit_test(a_third_leaves_as_a_fraction),
        cmocka_unit_test(without_a_finding_the_limits_are_no_data_and_named),
        cmocka_unit_test(income_above_the_line_refuses_without_the_finding),
        cmocka_unit_test(a_missing_input_is_named),
        cmocka_unit_test(a_value_out_of_range_is_invalid),
        cmocka_unit_test(before_its_first_rule_a_module_is_not_in_force),
        cmocka_unit_test(results_do_not_depend_on_lane_width),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(a_row_knows_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
