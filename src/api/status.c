/* SPDX-License-Identifier: Apache-2.0 */
/* Status codes, errors, the version, engines. */
#include <string.h>

#include "api/handles.h"

const char *civ_version(void)
{
    return CIV_VERSION_TEXT;
}

const char *civ_status_text(civ_status status)
{
    switch (status) {
    case CIV_OK: return "fine";
    case CIV_ERROR_ARGUMENT: return "an argument is missing or impossible";
    case CIV_ERROR_STRUCT_SIZE: return "struct_size is 0 or too small: use the INIT macro";
    case CIV_ERROR_MEMORY: return "out of memory";
    case CIV_ERROR_LIMIT: return "a limit of the engine was reached";
    case CIV_ERROR_STATE: return "the call does not fit the state of the object";
    case CIV_ERROR_POLICY: return "the policy has errors: see its diagnostics";
    case CIV_ERROR_UNKNOWN_MODULE: return "no such module";
    case CIV_ERROR_UNKNOWN_OUTPUT: return "no such output or module";
    case CIV_ERROR_UNKNOWN_FIELD: return "no such field";
    case CIV_ERROR_UNKNOWN_LIST: return "no such list";
    case CIV_ERROR_UNKNOWN_ENTITY: return "no such entity";
    case CIV_ERROR_UNKNOWN_VALUE: return "not a value of the field";
    case CIV_ERROR_TYPE: return "the value is of another type than the field";
    case CIV_ERROR_FORMAT: return "the text is not of the form that the field wants";
    case CIV_ERROR_PRECISION: return "more decimals than the field has";
    case CIV_ERROR_ROOTS: return "the outputs hang on different roots";
    case CIV_ERROR_DATE: return "a date outside 1900-01-01 to 2200-12-31";
    case CIV_ERROR_PLAN: return "the outputs cannot be compiled";
    case CIV_ERROR_SCHEMA: return "columns are missing, mistyped or unused";
    case CIV_ERROR_ARRAY: return "the array does not fit its schema";
    case CIV_ERROR_CANCELLED: return "cancelled";
    default: return "unknown status code";
    }
}

civ_text cr_text(cr_str s)
{
    civ_text t = {s.p ? s.p : "", s.n};
    return t;
}

cr_str cr_str_text(civ_text t)
{
    cr_str s = {t.data, t.length};
    return s;
}

static void copy_cut(char *out, size_t cap, cr_str s)
{
    size_t n = s.n < cap - 1 ? s.n : cap - 1;
    while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--; /* not inside a character */
    if (n > 0)
        memcpy(out, s.p, n);
    out[n] = 0;
}

static void join(char *out, size_t cap, const char *text, cr_str where, cr_str nearest)
{
    size_t at = 0;
    const cr_str parts[] = {
        cr_str_of(text), CR_STR(": '"), where, CR_STR("'"), CR_STR("; did you mean '"),
        nearest,         CR_STR("'?")};
    for (int i = 0; i < 7 && at + 1 < cap; i++) {
        if ((i >= 1 && i <= 3 && where.n == 0) || (i >= 4 && nearest.n == 0))
            continue;
        copy_cut(out + at, cap - at, parts[i]);
        at += strlen(out + at);
    }
}

civ_status cr_fail(civ_error *error, civ_status status, const char *text, cr_str where,
                   cr_str nearest)
{
    if (!error || error->struct_size < sizeof *error)
        return status;
    error->status = status;
    copy_cut(error->where, sizeof error->where, where);
    copy_cut(error->nearest, sizeof error->nearest, nearest);
    join(error->message, sizeof error->message, text ? text : civ_status_text(status), where,
         nearest);
    return status;
}

civ_status civ_engine_create(civ_engine **out, const civ_engine_options *options, civ_error *error)
{
    cr_str none = {0};
    if (!out)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, none, none);
    *out = NULL;
    if (options && options->struct_size < sizeof *options)
        return cr_fail(error, CIV_ERROR_STRUCT_SIZE, NULL, CR_STR("civ_engine_options"), none);
    cr_alloc alloc = cr_alloc_default();
    if (options && options->alloc) {
        alloc.fn = options->alloc;
        alloc.user = options->alloc_user;
    }
    civ_engine *engine = cr_mem_get(&alloc, 1, sizeof *engine);
    if (!engine)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, none, none);
    engine->alloc = alloc;
    engine->max_policy_bytes = options ? options->max_policy_bytes : 0;
    engine->min_lane_bits = options ? options->min_lane_bits : 0;
    engine->max_cpu_level = options ? options->max_cpu_level : 0;
    *out = engine;
    return CIV_OK;
}

void civ_engine_release(civ_engine *engine)
{
    if (!engine)
        return;
    cr_alloc alloc = engine->alloc;
    cr_mem_free(&alloc, engine, sizeof *engine);
}
