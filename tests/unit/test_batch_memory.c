/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of generated households through the packs dibao and low_income: memory beyond the
   columns and their answers does not grow with the number of rows. CIVICRULES_HOMES=5000000 for
   more of them. */
#include "arrow_fixture.h"
#include "civicrules/arrow.h"

enum { HOMES = 4000 /* of one array */, THREADS = 2, MOST = 8 << 20 /* of each thread */ };

static const fx_column SCHEMA[] = {{"+s", "", NULL, 4},
                                   {"I", "region", NULL, 0},
                                   {"b", "property_within_limits", NULL, 0},
                                   {"b", "property_within_edge_limits", NULL, 0},
                                   {"+l", "members", NULL, 1},
                                   {"+s", "", NULL, 5},
                                   {"tdD", "birth_date", NULL, 0},
                                   {"b", "can_work", NULL, 0},
                                   {"b", "legal_duty", NULL, 0},
                                   {"i", "income_wage", "fen", 0},
                                   {"i", "income_transfer", "fen", 0}};

typedef struct source { /* of households */
    long left, asked;
    uint64_t state;
    long peak; /* of what is live when the next array is asked for: no answers are */
    const fx_memory *memory;
} source;

static uint32_t below(source *s, uint32_t n)
{
    s->state = s->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((s->state >> 33) % n);
}

static int give_schema(struct ArrowArrayStream *s, struct ArrowSchema *out)
{
    (void)s;
    fx_schema(out, SCHEMA);
    return 0;
}

static void give_homes(source *s, struct ArrowArray *out)
{
    static int32_t off[HOMES + 1], born[HOMES * 6], wage[HOMES * 6], transfer[HOMES * 6];
    static uint8_t work[HOMES], duty[HOMES], limits[HOMES / 8], there[HOMES * 6];
    static uint32_t region[HOMES];
    struct ArrowArray person[5], rows, home[4];
    int32_t p = 0;
    for (int i = 0; i < HOMES; i++) {
        region[i] = below(s, 20) ? 610902 : 610900 + below(s, 3);
        for (uint32_t k = 0, n = 1 + below(s, 5); k < n; k++, p++) {
            born[p] = (int32_t)below(s, 19000);
            wage[p] = (int32_t)below(s, 90000);
            transfer[p] = (int32_t)below(s, 20000);
            there[p] = below(s, 100) != 0;
        }
        off[i + 1] = p;
    }
    for (int i = 0; i < HOMES; i++)
        work[i] = duty[i] = (uint8_t)below(s, 256);
    for (int i = 0; i < HOMES / 8; i++)
        limits[i] = (uint8_t)(below(s, 256) | below(s, 256));
    size_t bits = (size_t)(p + 7) / 8;
    fx_array(&person[0], born, (size_t)p * 4, p, NULL);
    fx_array(&person[1], work, bits, p, there);
    fx_array(&person[2], duty, bits, p, NULL);
    fx_array(&person[3], wage, (size_t)p * 4, p, there);
    fx_array(&person[4], transfer, (size_t)p * 4, p, NULL);
    fx_struct(&rows, person, 5, p);
    fx_array(&home[0], region, sizeof region, HOMES, NULL);
    fx_array(&home[1], limits, sizeof limits, HOMES, NULL);
    fx_array(&home[2], limits, sizeof limits, HOMES, NULL);
    fx_list(&home[3], off, HOMES, &rows);
    fx_struct(out, home, 4, HOMES);
}

static int give_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    source *s = stream->private_data;
    memset(out, 0, sizeof *out);
    if (s->memory->live > s->peak)
        s->peak = s->memory->live;
    if (s->left <= 0)
        return 0;
    s->left -= HOMES;
    s->asked++;
    give_homes(s, out);
    return 0;
}

static void give_up(struct ArrowArrayStream *s)
{
    s->release = NULL;
}

/* Reads all answers and lets them go; counts those of the households by kind. */
static void read_all(struct ArrowArrayStream *out, long *rows, long kinds[5])
{
    struct ArrowArray a;
    struct ArrowSchema s;
    assert_int_equal(out->get_schema(out, &s), 0);
    for (;;) {
        assert_int_equal(out->get_next(out, &a), 0);
        if (!a.release)
            break;
        *rows += (long)a.length;
        for (int64_t c = 0; c < s.n_children; c++) {
            const uint8_t *kind = a.children[c]->buffers[1];
            for (int64_t i = 0; s.children[c]->format[0] == 'C' && i < a.length; i++)
                kinds[kind[i]]++;
        }
        a.release(&a);
    }
    s.release(&s);
}

/* Bytes that a batch holds between arrays, after so many households. */
static long held(civ_calculator *k, fx_memory *memory, long homes, uint32_t threads)
{
    civ_batch_options o = CIV_BATCH_OPTIONS_INIT;
    civ_batch *b = NULL;
    source s = {homes, 0, 7, 0, memory};
    struct ArrowArrayStream in = {give_schema, give_next, NULL, give_up, &s}, out;
    long before = memory->live, rows = 0, kinds[5] = {0};
    o.on = 19487;
    o.threads = threads;
    o.allow_missing = 1;
    assert_int_equal(civ_batch_create(&b, k, &o, NULL), CIV_OK);
    assert_int_equal(civ_batch_stream(&out, b, &in, NULL), CIV_OK);
    read_all(&out, &rows, kinds);
    assert_true(kinds[CIV_KNOWN] > homes && kinds[CIV_UNDETERMINED] > homes);
    assert_int_equal(rows, (homes + HOMES - 1) / HOMES * HOMES);
    out.release(&out);
    civ_batch_release(b);
    assert_int_equal(memory->live, before);
    return s.peak - before;
}

static void memory_beyond_the_columns_is_constant(void **nothing)
{
    (void)nothing;
    const char *more = getenv("CIVICRULES_HOMES");
    long homes = more ? atol(more) : 100000;
    fx_memory memory = {0, 0, 0, 0};
    civ_engine *engine = fx_engine(&memory, 0);
    civ_policy *policy = fx_embedded(engine);
    civ_text wanted[] = {fx_text("dibao"), fx_text("low_income")};
    civ_calculator_options o = CIV_CALCULATOR_OPTIONS_INIT;
    civ_calculator *k = NULL;
    o.presume = 1;
    o.root = fx_text("household");
    assert_int_equal(civ_calculator_create(&k, policy, wanted, 2, &o, NULL), CIV_OK);
    /* by one thread: of two, one may find no block left among few */
    long few = held(k, &memory, homes / 5, 1), many = held(k, &memory, homes, 1);
    print_message("%ld households: %ld bytes; %ld: %ld bytes; %zu operations\n", homes / 5, few,
                  homes, many, civ_calculator_operation_count(k));
    assert_in_range(many, 1, (long)MOST);
    assert_in_range(held(k, &memory, homes / 5, THREADS), 1, (long)MOST * THREADS);
    assert_in_range(many, 1, few + few / 20); /* a block with more children than all before */
    civ_calculator_release(k);
    civ_policy_release(policy);
    civ_engine_release(engine);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_beyond_the_columns_is_constant)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
