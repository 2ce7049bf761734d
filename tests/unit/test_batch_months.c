/* SPDX-License-Identifier: Apache-2.0 */
/* 100,000 random households over 12 months: a batch answers what one case at a time answers, with
 * what passes from month to month, nulls, and values out of range. */
#include "arrow_fixture.h"
#include "civicrules/arrow.h"

enum { HOMES = 100000, MONTHS = 12, FIRST = 2021 * 12 + 3, MOST = 5 };

static const char PACK[] =
    "module m \"模块\" / \"module\"\n"
    "  not in force before 2021-01-01\n"
    "entity home \"户\"\n"
    "  root\n"
    "  limit : money per month >= 0 <= 5000\n"
    "  left_on : event date\n"
    "  rows : list of person, at most 4\n"
    "entity person \"人\"\n"
    "  born : date\n"
    "  wage : money per month\n"
    "  ill : yes/no\n"
    "define person.m.age : integer year \"岁\"\n"
    "  = years from born to on\n"
    "  by design \"t\"\n"
    "carried person.m.months : integer starts 0 \"月数\"\n"
    "  = m.months in the previous month + (if ill then 1 else 0)\n"
    "  by design \"t\"\n"
    "define home.m.income : money per month \"收入\"\n"
    "  = sum of rows.wage where not ill\n"
    "  by design \"t\"\n"
    "define home.m.paid : money per month \"付\"\n"
    "  when left_on <= on = 0 yuan per month\n"
    "  when m.income < limit and any rows where m.months < 6 = limit - m.income\n"
    "  otherwise = 0 yuan per month\n"
    "  from 2021-01-01 to 2021-08-31\n"
    "  by design \"t\"\n"
    "define home.m.paid : money per month \"付\"\n"
    "  = (limit - lowest(limit, m.income)) / 3\n"
    "  rounded up to 1 yuan\n"
    "  from 2021-09-01\n"
    "  by design \"t\"\n"
    "carried home.m.total : money per month starts 0 \"累计\"\n"
    "  = m.total in the previous month + m.paid\n"
    "  by design \"t\"\n";

typedef struct town {
    int64_t limit[HOMES], wage[HOMES * 4];
    int32_t left[HOMES], off[HOMES + 1], born[HOMES * 4];
    uint8_t ill_bits[HOMES / 2], has_limit[HOMES], has_left[HOMES];
    uint8_t has_born[HOMES * 4], has_wage[HOMES * 4], has_ill[HOMES * 4], ill[HOMES * 4];
} town;

static uint64_t state = 20261125;

static uint32_t below(uint32_t n)
{
    uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) % n);
}

static void settle(town *t)
{
    int32_t p = 0;
    for (int i = 0; i < HOMES; i++) {
        t->off[i] = p;
        t->limit[i] =
            below(40) ? 10 * (int64_t)below(40000) : 600000; /* out of range now and then */
        t->has_limit[i] = below(50) != 0;
        t->left[i] = 18700 + (int32_t)below(500);
        t->has_left[i] = below(4) == 0;
        for (uint32_t k = 0, n = below(MOST); k < n; k++, p++) {
            t->born[p] = (int32_t)below(18000);
            t->wage[p] = below(30) ? (int64_t)below(150000) : INT64_MAX;
            t->ill[p] = below(3) == 0;
            t->ill_bits[p / 8] |= (uint8_t)(t->ill[p] << (p % 8));
            t->has_born[p] = below(90) != 0;
            t->has_wage[p] = below(60) != 0;
            t->has_ill[p] = below(80) != 0;
        }
    }
    t->off[HOMES] = p;
}

static void table(struct ArrowArray *out, const town *t)
{
    int64_t p = t->off[HOMES];
    struct ArrowArray person[3], rows, home[3];
    fx_array(&person[0], t->born, (size_t)p * 4, p, t->has_born);
    fx_array(&person[1], t->wage, (size_t)p * 8, p, t->has_wage);
    fx_array(&person[2], t->ill_bits, (size_t)(p + 7) / 8, p, t->has_ill);
    fx_struct(&rows, person, 3, p);
    fx_array(&home[0], t->limit, sizeof t->limit, HOMES, t->has_limit);
    fx_array(&home[1], t->left, sizeof t->left, HOMES, t->has_left);
    fx_list(&home[2], t->off, HOMES, &rows);
    fx_struct(out, home, 3, HOMES);
}

static const fx_column SCHEMA[] = {{"+s", "", NULL, 3},         {"l", "limit", "fen", 0},
                                   {"tdD", "left_on", NULL, 0}, {"+l", "rows", NULL, 1},
                                   {"+s", "", NULL, 3},         {"tdD", "born", NULL, 0},
                                   {"l", "wage", "fen", 0},     {"b", "ill", NULL, 0}};

typedef struct fields {
    size_t limit, left, born, wage, ill;
} fields;

static void put(civ_case *c, size_t field, uint32_t row, int there, int64_t value)
{
    assert_int_equal(there ? civ_case_set_int(c, field, row, value, NULL)
                           : civ_case_set_unknown(c, field, row, NULL),
                     CIV_OK);
}

/* The facts of one household as a case: a null is unknown, but an event has not happened. */
static void state_facts(civ_case *c, const fields *f, const town *t, int i)
{
    uint32_t row;
    civ_case_clear(c);
    put(c, f->limit, 0, t->has_limit[i], t->limit[i]);
    if (t->has_left[i])
        put(c, f->left, 0, 1, t->left[i]);
    civ_case_set_empty(c, fx_text("home"), 0, fx_text("rows"), NULL);
    for (int32_t p = t->off[i]; p < t->off[i + 1]; p++) {
        assert_int_equal(civ_case_add(c, &row, fx_text("rows"), 0, NULL), CIV_OK);
        put(c, f->born, row, t->has_born[p], t->born[p]);
        put(c, f->wage, row, t->has_wage[p], t->wage[p]);
        put(c, f->ill, row, t->has_ill[p], t->ill[p]);
    }
}

typedef struct answers { /* of one output */
    const int64_t *value;
    const uint8_t *valid, *answer;
} answers;

static answers column(struct ArrowArray *a, const struct ArrowSchema *s, const char *name)
{
    char kind[64];
    snprintf(kind, sizeof kind, "%s.answer", name);
    struct ArrowArray *value = fx_child(a, s, name);
    answers out = {value->buffers[1], value->buffers[0], fx_child(a, s, kind)->buffers[1]};
    return out;
}

static void same(const answers *a, int64_t at, civ_workspace *w, size_t output, uint32_t row,
                 long kinds[5])
{
    civ_value v = CIV_VALUE_INIT;
    assert_int_equal(civ_result_value(&v, w, output, row), CIV_OK);
    if (a->answer[at] != v.answer || (a->valid[at >> 3] >> (at & 7) & 1) != (v.answer == 0) ||
        a->value[at] != v.number)
        fail_msg("output %zu, place %ld: batch %d %ld, one by one %d %ld", output, (long)at,
                 a->answer[at], (long)a->value[at], v.answer, (long)v.number);
    kinds[v.answer]++;
}

static void compare(struct ArrowArray *out, const struct ArrowSchema *schema, civ_calculator *k,
                    civ_policy *policy, const town *t)
{
    static const char *const names[] = {"m.income", "m.paid", "m.total", "m.age", "m.months"};
    civ_case *c = NULL;
    civ_workspace *w = NULL;
    answers a[5];
    long kinds[5] = {0};
    assert_int_equal(civ_case_create(&c, policy, fx_text("home"), NULL), CIV_OK);
    assert_int_equal(civ_workspace_create(&w, k, NULL), CIV_OK);
    fields f = {(size_t)civ_case_field(c, fx_text("home"), fx_text("limit"), NULL),
                (size_t)civ_case_field(c, fx_text("home"), fx_text("left_on"), NULL),
                (size_t)civ_case_field(c, fx_text("person"), fx_text("born"), NULL),
                (size_t)civ_case_field(c, fx_text("person"), fx_text("wage"), NULL),
                (size_t)civ_case_field(c, fx_text("person"), fx_text("ill"), NULL)};
    struct ArrowArray *rows = fx_child(out, schema, "rows");
    const struct ArrowSchema *below = schema->children[schema->n_children - 1]->children[0];
    for (int n = 0; n < 5; n++)
        a[n] = n < 3 ? column(out, schema, names[n]) : column(rows->children[0], below, names[n]);
    for (int i = 0; i < HOMES; i++) {
        state_facts(c, &f, t, i);
        for (int m = 0; m < MONTHS; m++) {
            assert_int_equal(civ_evaluate_month(w, c, FIRST + m, m == 0, NULL), CIV_OK);
            for (size_t n = 0; n < 3; n++)
                same(&a[n], (int64_t)m * HOMES + i, w, n, 0, kinds);
            for (int32_t p = t->off[i]; p < t->off[i + 1]; p++)
                for (size_t n = 3; n < 5; n++)
                    same(&a[n], (int64_t)m * t->off[HOMES] + p, w, n, (uint32_t)(p - t->off[i]),
                         kinds);
        }
    }
    for (int i = 0; i < 5; i++)
        if (i != CIV_NO_DATA && i != CIV_NOT_IN_FORCE)
            assert_true(kinds[i] > 10000);
    civ_workspace_release(w);
    civ_case_release(c);
}

static void a_batch_of_months_answers_what_each_household_answers_alone(void **nothing)
{
    (void)nothing;
    static town t;
    civ_text names[] = {fx_text("m.income"), fx_text("m.paid"), fx_text("m.total"),
                        fx_text("m.age"), fx_text("m.months")};
    civ_engine *engine = fx_engine(NULL, 0);
    civ_policy *policy = fx_policy(engine, PACK, NULL, 0);
    civ_calculator *k = NULL;
    civ_batch *b = NULL;
    civ_batch_options o = CIV_BATCH_OPTIONS_INIT;
    struct ArrowArray in, out;
    struct ArrowSchema schema, answered;
    assert_non_null(policy);
    assert_int_equal(civ_calculator_create(&k, policy, names, 5, NULL, NULL), CIV_OK);
    settle(&t);
    table(&in, &t);
    fx_schema(&schema, SCHEMA);
    o.months = MONTHS;
    o.first_month = FIRST;
    o.threads = 2;
    o.block_rows = 1000;
    assert_int_equal(civ_batch_create(&b, k, &o, NULL), CIV_OK);
    assert_int_equal(civ_batch_bind(b, &schema, NULL), CIV_OK);
    assert_int_equal(civ_batch_run(&out, b, &in, NULL), CIV_OK);
    assert_int_equal(civ_batch_output_schema(&answered, b, NULL), CIV_OK);
    assert_int_equal(out.length, (int64_t)HOMES * MONTHS);
    compare(&out, &answered, k, policy, &t);
    answered.release(&answered);
    out.release(&out);
    in.release(&in);
    schema.release(&schema);
    civ_batch_release(b);
    civ_calculator_release(k);
    civ_policy_release(policy);
    civ_engine_release(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_of_months_answers_what_each_household_answers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
