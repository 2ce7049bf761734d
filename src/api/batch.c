/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of columns through the public door. */
#include <errno.h>
#include <string.h>

#include "api/handles.h"
#include "batch/arrow_make.h"
#include "batch/run.h"

static const cr_str NONE = {NULL, 0};

struct civ_batch {
    cr_batch *core;
    civ_calculator *calculator;
};

civ_status civ_batch_create(civ_batch **out, civ_calculator *calculator,
                            const civ_batch_options *options, civ_error *error)
{
    static const civ_batch_options plain = CIV_BATCH_OPTIONS_INIT;
    if (!out || !calculator)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *out = NULL;
    if (options && options->struct_size < sizeof *options)
        return cr_fail(error, CIV_ERROR_STRUCT_SIZE, NULL, CR_STR("civ_batch_options"), NONE);
    if (options && options->months > 0 && (options->on_column.length > 0 || options->pass_through))
        return cr_fail(error, CIV_ERROR_ARGUMENT,
                       "a timeline has no column of dates, and passes no columns through", NONE,
                       NONE);
    cr_alloc alloc = calculator->engine->alloc;
    civ_batch *b = cr_mem_get(&alloc, 1, sizeof *b);
    if (b)
        b->core = cr_batch_make(&calculator->core, options ? options : &plain);
    if (!b || !b->core) {
        cr_mem_free(&alloc, b, sizeof *b);
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    b->calculator = calculator;
    __atomic_add_fetch(&calculator->references, 1, __ATOMIC_RELAXED);
    *out = b;
    return CIV_OK;
}

void civ_batch_release(civ_batch *b)
{
    if (!b)
        return;
    civ_calculator *calculator = b->calculator;
    cr_alloc alloc = calculator->engine->alloc;
    cr_batch_free(b->core);
    cr_mem_free(&alloc, b, sizeof *b);
    civ_calculator_release(calculator);
}

static civ_status failed(const civ_batch *b, int bad, civ_error *error)
{
    static const civ_status kinds[] = {
        CIV_OK,          CIV_ERROR_SCHEMA, CIV_ERROR_MEMORY,   CIV_ERROR_ARRAY,
        CIV_ERROR_LIMIT, CIV_ERROR_DATE,   CIV_ERROR_CANCELLED};
    if (!bad)
        return CIV_OK;
    if (bad == CR_RUN_MISMATCH)
        return cr_fail(error, CIV_ERROR_SCHEMA, b->core->lines.p, NONE, NONE);
    return cr_fail(error, kinds[bad], NULL, NONE, NONE);
}

static civ_status bind(civ_batch *b, const cr_schemas *schemas, civ_error *error)
{
    if (!b || !schemas->roots || !schemas->roots->release ||
        (schemas->n_tables && !schemas->tables))
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    for (size_t i = 0; i < schemas->n_tables; i++)
        if (!schemas->tables[i].schema || !schemas->tables[i].schema->release)
            return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    return failed(b, cr_batch_bind(b->core, schemas), error);
}

civ_status civ_batch_bind(civ_batch *b, const struct ArrowSchema *schema, civ_error *error)
{
    cr_schemas s = {schema, {NULL, 0}, NULL, 0};
    return bind(b, &s, error);
}

civ_status civ_batch_bind_tables(civ_batch *b, const struct ArrowSchema *roots, civ_text key,
                                 const civ_batch_table *tables, size_t n, civ_error *error)
{
    cr_schemas s = {roots, key, tables, n};
    return bind(b, &s, error);
}

civ_text civ_batch_mismatch(const civ_batch *b)
{
    civ_text none = {"", 0};
    civ_text lines = {b ? b->core->lines.p : NULL, b ? b->core->lines.n : 0};
    return lines.length ? lines : none;
}

/* Table 0 is the roots'; others are those bound, in order. */
static civ_status output_schema(struct ArrowSchema *out, const civ_batch *b, int32_t table,
                                civ_error *error)
{
    if (!out || !b)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    memset(out, 0, sizeof *out);
    if (!b->core->bound)
        return cr_fail(error, CIV_ERROR_STATE, "no schema is bound", NONE, NONE);
    const cr_calculator *calc = b->core->calc;
    int32_t entity = table ? -1 : calc->root;
    for (uint32_t i = 0; i < calc->policy->program.entities.n; i++)
        if (b->core->binding.sheets[i].joined && b->core->binding.sheets[i].at == table)
            entity = (int32_t)i;
    if (entity < 0)
        return cr_fail(error, CIV_ERROR_ARGUMENT, "no such table", NONE, NONE);
    int bad = cr_outcomes_schema(out, calc, &b->core->binding, &b->core->options, entity);
    return failed(b, bad ? CR_RUN_MEMORY : CR_RUN_FINE, error);
}

civ_status civ_batch_output_schema(struct ArrowSchema *out, const civ_batch *b, civ_error *error)
{
    return output_schema(out, b, 0, error);
}

civ_status civ_batch_table_schema(struct ArrowSchema *out, const civ_batch *b, size_t table,
                                  civ_error *error)
{
    return output_schema(out, b, table < 1000 ? (int32_t)table + 1 : -1, error);
}

civ_status civ_batch_input_schema(struct ArrowSchema *out, const civ_batch *b, civ_error *error)
{
    if (!out || !b)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    int bad = cr_input_schema(out, b->core->calc, &b->core->options);
    return failed(b, bad ? CR_RUN_MEMORY : CR_RUN_FINE, error);
}

/* ---- running ---- */

civ_status civ_batch_run_tables(struct ArrowArray *out, civ_batch *b, struct ArrowArray *in,
                                size_t n, civ_error *error)
{
    if (!out || !b || !in)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    for (size_t i = 0; i < n; i++)
        memset(&out[i], 0, sizeof out[i]);
    civ_status bad = CIV_OK;
    if (!b->core->bound)
        bad = cr_fail(error, CIV_ERROR_STATE, "no schema is bound", NONE, NONE);
    else if (n != (size_t)b->core->binding.n_tables + 1)
        bad = cr_fail(error, CIV_ERROR_ARGUMENT, "one array for the roots and for each table", NONE,
                      NONE);
    for (size_t i = 0; bad && b->core->options.pass_through && i < n; i++)
        cr_array_release(&in[i]);
    return bad ? bad : failed(b, cr_batch_run(b->core, in, out), error);
}

civ_status civ_batch_run(struct ArrowArray *out, civ_batch *b, struct ArrowArray *in,
                         civ_error *error)
{
    return civ_batch_run_tables(out, b, in, 1, error);
}

/* ---- streams ---- */

typedef struct cr_batch_stream {
    cr_alloc alloc;
    civ_batch *batch;
    struct ArrowArrayStream in;
    civ_error error;
} cr_batch_stream;

/* Errors of a stream are those of errno; what went wrong is said by get_last_error. */
static int stream_error(civ_status status)
{
    return status == CIV_ERROR_MEMORY ? ENOMEM : EINVAL;
}

static const char *last_error(struct ArrowArrayStream *s)
{
    const cr_batch_stream *of = s->private_data;
    return of->error.message[0] ? of->error.message : NULL;
}

static int next_schema(struct ArrowArrayStream *s, struct ArrowSchema *out)
{
    cr_batch_stream *of = s->private_data;
    civ_status bad = civ_batch_output_schema(out, of->batch, &of->error);
    return bad ? stream_error(bad) : 0;
}

static int next_array(struct ArrowArrayStream *s, struct ArrowArray *out)
{
    cr_batch_stream *of = s->private_data;
    struct ArrowArray in;
    memset(&in, 0, sizeof in);
    memset(out, 0, sizeof *out);
    int failure = of->in.get_next(&of->in, &in);
    if (failure) {
        const char *text = of->in.get_last_error ? of->in.get_last_error(&of->in) : NULL;
        cr_fail(&of->error, CIV_ERROR_ARRAY, text, NONE, NONE);
        return failure;
    }
    if (!in.release)
        return 0; /* the end */
    civ_status bad = civ_batch_run(out, of->batch, &in, &of->error);
    cr_array_release(&in);
    return bad ? stream_error(bad) : 0;
}

static void release_stream(struct ArrowArrayStream *s)
{
    cr_batch_stream *of = s->private_data;
    cr_alloc alloc = of->alloc;
    if (of->in.release)
        of->in.release(&of->in);
    cr_mem_free(&alloc, of, sizeof *of);
    s->release = NULL;
}

static civ_status bind_stream(cr_batch_stream *s, civ_error *error)
{
    struct ArrowSchema schema;
    memset(&schema, 0, sizeof schema);
    if (s->in.get_schema(&s->in, &schema)) {
        const char *text = s->in.get_last_error ? s->in.get_last_error(&s->in) : NULL;
        return cr_fail(error, CIV_ERROR_SCHEMA, text, NONE, NONE);
    }
    civ_status bad = civ_batch_bind(s->batch, &schema, error);
    cr_schema_release(&schema);
    return bad;
}

civ_status civ_batch_stream(struct ArrowArrayStream *out, civ_batch *b, struct ArrowArrayStream *in,
                            civ_error *error)
{
    static const civ_error clean = CIV_ERROR_INIT;
    if (!out || !b || !in || !in->release)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    memset(out, 0, sizeof *out);
    cr_batch_stream *s = cr_mem_get(&b->core->alloc, 1, sizeof *s);
    if (!s) {
        in->release(in);
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    s->alloc = b->core->alloc;
    s->batch = b;
    s->error = clean;
    s->in = *in;
    in->release = NULL;
    out->private_data = s;
    out->get_schema = next_schema;
    out->get_next = next_array;
    out->get_last_error = last_error;
    out->release = release_stream;
    civ_status bad = bind_stream(s, error);
    if (bad) {
        release_stream(out);
        memset(out, 0, sizeof *out);
    }
    return bad;
}
