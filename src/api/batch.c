/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of columns through the public door. */
#include <string.h>

#include "api/handles.h"
#include "batch/outcomes.h"
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

civ_status civ_batch_bind(civ_batch *b, const struct ArrowSchema *schema, civ_error *error)
{
    if (!b || !schema || !schema->release)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    return failed(b, cr_batch_bind(b->core, schema), error);
}

civ_text civ_batch_mismatch(const civ_batch *b)
{
    civ_text none = {"", 0};
    civ_text lines = {b ? b->core->lines.p : NULL, b ? b->core->lines.n : 0};
    return lines.length ? lines : none;
}

civ_status civ_batch_output_schema(struct ArrowSchema *out, const civ_batch *b, civ_error *error)
{
    if (!out || !b)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    memset(out, 0, sizeof *out);
    if (!b->core->bound)
        return cr_fail(error, CIV_ERROR_STATE, "no schema is bound", NONE, NONE);
    return failed(b,
                  cr_outcomes_schema(out, b->core->calc, &b->core->binding, &b->core->options)
                      ? CR_RUN_MEMORY
                      : CR_RUN_FINE,
                  error);
}

civ_status civ_batch_run(struct ArrowArray *out, civ_batch *b, struct ArrowArray *in,
                         civ_error *error)
{
    if (!out || !b || !in)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    memset(out, 0, sizeof *out);
    if (!b->core->bound)
        return cr_fail(error, CIV_ERROR_STATE, "no schema is bound", NONE, NONE);
    return failed(b, cr_batch_run(b->core, in, out), error);
}
