/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out at every moment of a batch: nothing leaks, nothing crashes, and the next try
 * gives the same answers. A warm batch asks for no memory but that of its answers. */
#include "arrow_fixture.h"
#include "base/sha256.h"
#include "civicrules/arrow.h"

static const char PACK[] =
    "module m \"模块\" / \"module\"\n"
    "enum kind \"类\"\n  a \"甲\" code \"0\"\n  b \"乙\" code \"1\"\n"
    "entity root \"根\"\n  root\n  kind : kind\n  words : set of kind\n"
    "  share : number with 3 decimals\n"
    "  rows : list of item, at most 20\n"
    "entity item \"项\"\n  amount : money per month\n  ok : yes/no\n"
    "define root.m.sum : exact money per month \"和\"\n"
    "  = (sum of rows.amount where ok) / 7\n  by design \"t\"\n"
    "define root.m.paid : money per month \"付\"\n  = m.sum\n"
    "  rounded up to 1 yuan\n  by design \"t\"\n"
    "carried root.m.total : money per month starts 0 \"累计\"\n"
    "  = m.total in the previous month + m.paid\n  by design \"t\"\n"
    "define root.m.kind : kind \"类\"\n  = kind\n  by design \"t\"\n"
    "define root.m.words : set of kind \"词\"\n  = words\n  by design \"t\"\n"
    "define root.m.big : exact number \"大\"\n"
    "  = share * share * share * share * share / 7\n  by design \"t\"\n"
    "define root.m.list : list of item \"项目\"\n  = rows where ok\n"
    "  by design \"t\"\n"
    "define item.m.twice : money per month \"倍\"\n  = 2 * amount\n"
    "  by design \"t\"\n";

enum { ROOTS = 5, ITEMS = 7 };

static const fx_column LISTS[] = {{"+s", "", NULL, 4},       {"c", "kind", NULL, 0},
                                  {"l", "share", NULL, 0},   {"s", "id", NULL, 0},
                                  {"+l", "rows", NULL, 1},   {"+s", "", NULL, 2},
                                  {"i", "amount", "fen", 0}, {"b", "ok", NULL, 0}};
static const fx_column ROOT_TABLE[] = {
    {"+s", "", NULL, 3}, {"c", "kind", NULL, 0}, {"l", "share", NULL, 0}, {"s", "id", NULL, 0}};
static const fx_column ITEM_TABLE[] = {
    {"+s", "", NULL, 3}, {"i", "amount", "fen", 0}, {"b", "ok", NULL, 0}, {"s", "owner", NULL, 0}};

static void root_columns(struct ArrowArray *to)
{
    static const int8_t kind[ROOTS] = {1, 0, 1, 0, 1};
    static const int64_t share[ROOTS] = {1, 999999999, -3, 0, 5};
    static const int16_t id[ROOTS] = {10, 11, 12, 13, 14};
    static const uint8_t valid[ROOTS] = {1, 1, 0, 1, 1};
    fx_array(&to[0], kind, sizeof kind, ROOTS, NULL);
    fx_array(&to[1], share, sizeof share, ROOTS, valid);
    fx_array(&to[2], id, sizeof id, ROOTS, NULL);
}

static void item_columns(struct ArrowArray *to)
{
    static const int32_t amount[ITEMS] = {100, 200, 300, 400, 500, 600, 700};
    static const uint8_t ok[1] = {0x5B}, valid[ITEMS] = {1, 1, 1, 0, 1, 1, 1};
    fx_array(&to[0], amount, sizeof amount, ITEMS, valid);
    fx_array(&to[1], ok, sizeof ok, ITEMS, NULL);
}

static void with_lists(struct ArrowArray *out)
{
    static const int32_t off[ROOTS + 1] = {0, 2, 2, 4, 6, 7};
    struct ArrowArray root[4], item[2], rows;
    root_columns(root);
    item_columns(item);
    fx_struct(&rows, item, 2, ITEMS);
    fx_list(&root[3], off, ROOTS, &rows);
    fx_struct(out, root, 4, ROOTS);
}

static void as_tables(struct ArrowArray out[2])
{
    static const int16_t owner[ITEMS] = {14, 10, 11, 99, 10, 12, 14};
    struct ArrowArray root[3], item[3];
    root_columns(root);
    item_columns(item);
    fx_array(&item[2], owner, sizeof owner, ITEMS, NULL);
    fx_struct(&out[0], root, 3, ROOTS);
    fx_struct(&out[1], item, 3, ITEMS);
}

/* A digest of all that an array holds, by its schema. */
static void digest(cr_sha256 *sha, const struct ArrowArray *a, const struct ArrowSchema *s)
{
    static const struct {
        char format;
        size_t width;
    } widths[] = {{'l', 8}, {'i', 4}, {'c', 1}, {'C', 1}, {'s', 2}};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        if (s->format[0] == widths[i].format && !s->format[1])
            cr_sha256_put(sha, a->buffers[1], (size_t)a->length * widths[i].width);
    if (s->format[0] == 'u') {
        const int32_t *off = a->buffers[1];
        cr_sha256_put(sha, off, ((size_t)a->length + 1) * sizeof *off);
        cr_sha256_put(sha, a->buffers[2], (size_t)off[a->length]);
    }
    if (strcmp(s->format, "+l") == 0)
        cr_sha256_put(sha, a->buffers[1], ((size_t)a->length + 1) * sizeof(int32_t));
    if (a->n_buffers > 0 && a->buffers[0])
        cr_sha256_put(sha, a->buffers[0], (size_t)(a->length + 7) / 8);
    for (int64_t i = 0; i < a->n_children; i++)
        digest(sha, a->children[i], s->children[i]);
    if (a->dictionary)
        digest(sha, a->dictionary, s->dictionary);
}

typedef struct way {
    civ_batch_options options;
    int tables, stream, lanes;
} way;

/* ---- a stream of one array ---- */

typedef struct source {
    int left;
} source;

static int source_schema(struct ArrowArrayStream *s, struct ArrowSchema *out)
{
    (void)s;
    fx_schema(out, LISTS);
    return 0;
}

static int source_next(struct ArrowArrayStream *s, struct ArrowArray *out)
{
    source *of = s->private_data;
    memset(out, 0, sizeof *out);
    if (of->left-- > 0)
        with_lists(out);
    return 0;
}

static void source_release(struct ArrowArrayStream *s)
{
    s->release = NULL;
}

static civ_status read_stream(civ_batch *b, cr_sha256 *sha)
{
    source of = {2};
    struct ArrowArrayStream in = {source_schema, source_next, NULL, source_release, &of}, out;
    struct ArrowSchema schema;
    struct ArrowArray a;
    civ_status bad = civ_batch_stream(&out, b, &in, NULL);
    assert_null(in.release);
    if (bad)
        return bad;
    int failed = out.get_schema(&out, &schema);
    while (!failed) {
        failed = out.get_next(&out, &a);
        if (failed || !a.release)
            break;
        digest(sha, &a, &schema);
        a.release(&a);
    }
    if (schema.release)
        schema.release(&schema);
    if (failed)
        assert_non_null(out.get_last_error(&out));
    out.release(&out);
    return failed ? CIV_ERROR_MEMORY : CIV_OK;
}

/* ---- arrays ---- */

static civ_status read_arrays(civ_batch *b, const way *how, cr_sha256 *sha)
{
    struct ArrowSchema schemas[2], answered[2];
    struct ArrowArray in[2], out[2];
    size_t n = how->tables ? 2 : 1;
    memset(answered, 0, sizeof answered);
    civ_status bad;
    if (how->tables) {
        fx_schema(&schemas[0], ROOT_TABLE);
        fx_schema(&schemas[1], ITEM_TABLE);
        civ_batch_table t = {fx_text("rows"), fx_text("owner"), &schemas[1]};
        as_tables(in);
        bad = civ_batch_bind_tables(b, &schemas[0], fx_text("id"), &t, 1, NULL);
    } else {
        fx_schema(&schemas[0], LISTS);
        with_lists(&in[0]);
        bad = civ_batch_bind(b, &schemas[0], NULL);
    }
    for (size_t i = 0; i < n; i++)
        schemas[i].release(&schemas[i]);
    if (!bad)
        bad = civ_batch_output_schema(&answered[0], b, NULL);
    if (!bad && how->tables)
        bad = civ_batch_table_schema(&answered[1], b, 0, NULL);
    int ran = !bad;
    if (!bad)
        bad = civ_batch_run_tables(out, b, in, n, NULL);
    for (size_t i = 0; i < n; i++) {
        if (ran && how->options.pass_through)
            assert_null(in[i].release);
        cr_array_release(&in[i]);
        if (!bad)
            digest(sha, &out[i], &answered[i]);
        if (ran)
            cr_array_release(&out[i]);
        cr_schema_release(&answered[i]);
    }
    return bad;
}

static civ_status everything(fx_memory *memory, const way *how, char answer[65])
{
    long fail_at = memory->fail_at; /* the policy is tested elsewhere */
    memory->fail_at = 0;
    civ_engine *engine = fx_engine(memory, 0);
    civ_policy *policy = NULL;
    civ_calculator *k = NULL;
    civ_batch *b = NULL;
    struct ArrowSchema input;
    civ_text module = fx_text("m");
    cr_sha256 sha;
    unsigned char sum[32];
    cr_sha256_init(&sha);
    civ_status s = engine ? CIV_OK : CIV_ERROR_MEMORY;
    policy = engine ? fx_policy(engine, PACK, NULL, 0) : NULL;
    if (policy)
        s = civ_calculator_create(&k, policy, &module, 1, NULL, NULL);
    memory->fail_at = fail_at ? memory->calls + fail_at : 0;
    if (!s)
        s = civ_batch_create(&b, k, &how->options, NULL);
    if (!s) {
        s = civ_batch_input_schema(&input, b, NULL);
        if (!s)
            input.release(&input);
    }
    if (!s)
        s = how->stream ? read_stream(b, &sha) : read_arrays(b, how, &sha);
    civ_batch_release(b);
    civ_calculator_release(k);
    civ_policy_release(policy);
    civ_engine_release(engine);
    cr_sha256_end(&sha, sum);
    cr_sha256_hex(sum, answer);
    return s;
}

static void every_allocation_may_fail(const way *how)
{
    char want[65], got[65];
    fx_memory memory = {0, 0, 0, 0};
    assert_int_equal(everything(&memory, how, want), CIV_OK);
    assert_int_equal(memory.live, 0);
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        long failed = 1;
        for (long n = 1; failed; n++) { /* until so many are not asked for any more */
            fx_memory m = {0, 0, n, for_ever};
            civ_status s = everything(&m, how, got);
            assert_int_equal(m.live, 0);
            failed = m.calls >= m.fail_at;
            if (s == CIV_OK)
                assert_string_equal(got, want);
            else
                assert_int_equal(s, CIV_ERROR_MEMORY);
            assert_true(n < 20000);
            assert_true(failed || n > 100);
        }
    }
}

static way plain_way(void)
{
    way how = {CIV_BATCH_OPTIONS_INIT, 0, 0, 0};
    how.options.on = 19000;
    how.options.allow_missing = 1;
    how.options.allow_unused = 1;
    how.options.causes = 1;
    return how;
}

static void lists_and_columns_that_pass(void **nothing)
{
    (void)nothing;
    way how = plain_way();
    how.options.pass_through = 1;
    how.options.block_rows = 2;
    every_allocation_may_fail(&how);
}

static void tables(void **nothing)
{
    (void)nothing;
    way how = plain_way();
    how.tables = 1;
    every_allocation_may_fail(&how);
}

static void tables_that_pass_columns(void **nothing)
{
    (void)nothing;
    way how = plain_way();
    how.tables = 1;
    how.options.pass_through = 1;
    every_allocation_may_fail(&how);
}

static void months(void **nothing)
{
    (void)nothing;
    way how = plain_way();
    how.options.months = 3;
    how.options.first_month = 2023 * 12;
    every_allocation_may_fail(&how);
}

static void streams(void **nothing)
{
    (void)nothing;
    way how = plain_way();
    how.stream = 1;
    every_allocation_may_fail(&how);
}

static void a_day_for_each_root(void **nothing)
{
    (void)nothing;
    way how = plain_way();
    how.options.on_column = fx_text("id"); /* no dates: refused, whatever fails */
    char got[65];
    fx_memory memory = {0, 0, 0, 0};
    assert_int_equal(everything(&memory, &how, got), CIV_ERROR_SCHEMA);
    assert_int_equal(memory.live, 0);
}

static void threads_share_one_allocator(void **nothing)
{
    (void)nothing;
    char want[65], got[65];
    way how = plain_way();
    fx_memory memory = {0, 0, 0, 0};
    assert_int_equal(everything(&memory, &how, want), CIV_OK);
    how.options.threads = 4;
    how.options.block_rows = 1;
    for (long n = 0; n < 400; n++) {
        fx_memory m = {0, 0, n, 0};
        civ_status s = everything(&m, &how, got);
        assert_int_equal(m.live, 0);
        if (s == CIV_OK)
            assert_string_equal(got, want);
        else
            assert_int_equal(s, CIV_ERROR_MEMORY);
    }
}

static void a_warm_batch_asks_for_its_answers_alone(void **nothing)
{
    (void)nothing;
    way how = plain_way();
    how.options.causes = 0;
    fx_memory memory = {0, 0, 0, 0};
    civ_engine *engine = fx_engine(&memory, 0);
    civ_policy *policy = fx_policy(engine, PACK, NULL, 0);
    civ_text wanted[] = {fx_text("m.paid"), fx_text("m.kind"), fx_text("m.twice")};
    civ_calculator *k = NULL;
    civ_batch *b = NULL;
    struct ArrowSchema schema;
    struct ArrowArray in, out;
    assert_int_equal(civ_calculator_create(&k, policy, wanted, 3, NULL, NULL), CIV_OK);
    assert_int_equal(civ_batch_create(&b, k, &how.options, NULL), CIV_OK);
    fx_schema(&schema, LISTS);
    with_lists(&in);
    assert_int_equal(civ_batch_bind(b, &schema, NULL), CIV_OK);
    long live[4];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(civ_batch_run(&out, b, &in, NULL), CIV_OK);
        out.release(&out);
        live[i] = memory.live;
    }
    assert_int_equal(live[1], live[0]);
    assert_int_equal(live[3], live[0]);
    in.release(&in);
    schema.release(&schema);
    civ_batch_release(b);
    civ_calculator_release(k);
    civ_policy_release(policy);
    civ_engine_release(engine);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_columns_that_pass),
        cmocka_unit_test(tables),
        cmocka_unit_test(tables_that_pass_columns),
        cmocka_unit_test(months),
        cmocka_unit_test(streams),
        cmocka_unit_test(a_day_for_each_root),
        cmocka_unit_test(threads_share_one_allocator),
        cmocka_unit_test(a_warm_batch_asks_for_its_answers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
